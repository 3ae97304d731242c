// Signatures and attribute values as text.
using System;
using System.Collections.Immutable;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Text;

static class Text
{
    public static string Token(EntityHandle handle) => MetadataTokens.GetToken(handle).ToString("x");

    public static string Quoted(string text)
    {
        var result = new StringBuilder("\"");
        foreach (byte b in Encoding.UTF8.GetBytes(text))
            if (b >= ' ' && b <= '~' && b != '"' && b != '{' && b != '}')
                result.Append((char)b);
            else
                result.Append('{').Append(b.ToString("X2")).Append('}');
        return result.Append('"').ToString();
    }

    public static string Hex(BlobReader blob) => Convert.ToHexString(blob.ReadBytes(blob.Length)).ToLowerInvariant();

    public static string Primitive(PrimitiveTypeCode code) => code switch
    {
        PrimitiveTypeCode.Void => "void", PrimitiveTypeCode.Boolean => "bool", PrimitiveTypeCode.Char => "char",
        PrimitiveTypeCode.SByte => "i1", PrimitiveTypeCode.Byte => "u1", PrimitiveTypeCode.Int16 => "i2",
        PrimitiveTypeCode.UInt16 => "u2", PrimitiveTypeCode.Int32 => "i4", PrimitiveTypeCode.UInt32 => "u4",
        PrimitiveTypeCode.Int64 => "i8", PrimitiveTypeCode.UInt64 => "u8", PrimitiveTypeCode.Single => "r4",
        PrimitiveTypeCode.Double => "r8", PrimitiveTypeCode.IntPtr => "i", PrimitiveTypeCode.UIntPtr => "u",
        PrimitiveTypeCode.String => "string", PrimitiveTypeCode.Object => "object",
        PrimitiveTypeCode.TypedReference => "typedref", _ => throw new ArgumentOutOfRangeException(code.ToString()),
    };

    public static string Method(MethodSignature<string> method)
    {
        SignatureHeader header = method.Header;
        string conv = header.CallingConvention switch
        {
            SignatureCallingConvention.Default => "default", SignatureCallingConvention.CDecl => "cdecl",
            SignatureCallingConvention.StdCall => "stdcall", SignatureCallingConvention.ThisCall => "thiscall",
            SignatureCallingConvention.FastCall => "fastcall", SignatureCallingConvention.VarArgs => "vararg",
            SignatureCallingConvention.Unmanaged => "unmanaged", _ => "nativevararg",
        };
        string self = (header.IsInstance ? " instance" : "") + (header.HasExplicitThis ? " explicit" : "");
        string parameters = string.Join(",", method.ParameterTypes);
        return $"{conv}{self} <{method.GenericParameterCount}> {method.ReturnType}({parameters}) {method.RequiredParameterCount}";
    }

    public static string Value(CustomAttributeTypedArgument<string> argument) => argument.Value switch
    {
        null => "null",
        ImmutableArray<CustomAttributeTypedArgument<string>> array => "[" + string.Join(",", array.Select(Value)) + "]",
        string text when argument.Type == Attributes.SystemType => "t" + Quoted(text.Substring(Attributes.ByName.Length)),
        string text => "s" + Quoted(text),
        bool value => value ? "true" : "false",
        char value => "c" + (int)value,
        sbyte or short or int or long => "i" + argument.Value,
        byte or ushort or uint or ulong => "u" + argument.Value,
        float value => "f" + BitConverter.SingleToInt32Bits(value).ToString("x8"),
        double value => "d" + BitConverter.DoubleToInt64Bits(value).ToString("x16"),
        _ => throw new ArgumentOutOfRangeException(argument.Value.GetType().ToString()),
    };
}

// Types of signatures.
sealed class Types : ISignatureTypeProvider<string, object>
{
    static string Kind(byte raw) => raw switch { 0x11 => "valuetype ", 0x12 => "class ", _ => "" };
    public string GetPrimitiveType(PrimitiveTypeCode code) => Text.Primitive(code);
    public string GetTypeFromDefinition(MetadataReader r, TypeDefinitionHandle h, byte raw) => Kind(raw) + Text.Token(h);
    public string GetTypeFromReference(MetadataReader r, TypeReferenceHandle h, byte raw) => Kind(raw) + Text.Token(h);
    public string GetTypeFromSpecification(MetadataReader r, object c, TypeSpecificationHandle h, byte raw) => Kind(raw) + Text.Token(h);
    public string GetSZArrayType(string element) => element + "[]";
    public string GetPointerType(string element) => element + "*";
    public string GetByReferenceType(string element) => element + "&";
    public string GetPinnedType(string element) => element + " pinned";
    public string GetGenericMethodParameter(object context, int index) => "!!" + index;
    public string GetGenericTypeParameter(object context, int index) => "!" + index;
    public string GetFunctionPointerType(MethodSignature<string> method) => "fn(" + Text.Method(method) + ")";
    public string GetGenericInstantiation(string type, ImmutableArray<string> of) => type + "<" + string.Join(",", of) + ">";
    public string GetModifiedType(string modifier, string type, bool required) =>
        type + (required ? " modreq(" : " modopt(") + modifier + ")";
    public string GetArrayType(string element, ArrayShape shape) =>
        $"{element}[{shape.Rank};{string.Join(",", shape.Sizes)};{string.Join(",", shape.LowerBounds)}]";
}

// Types of attribute arguments: only what kind of value they are is asked.
sealed class Attributes : ICustomAttributeTypeProvider<string>
{
    public const string SystemType = "type";
    public const string ByName = "name:";
    readonly Assembly assembly;

    public Attributes(Assembly assembly) => this.assembly = assembly;

    public string GetPrimitiveType(PrimitiveTypeCode code) => Text.Primitive(code);
    public string GetSystemType() => SystemType;
    public bool IsSystemType(string type) => type == SystemType;
    public string GetSZArrayType(string element) => element + "[]";
    public string GetTypeFromSerializedName(string name) => ByName + name;

    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte raw)
    {
        TypeDefinition type = reader.GetTypeDefinition(handle);
        return IsType(reader, type.Namespace, type.Name) ? SystemType : Text.Token(handle);
    }

    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte raw)
    {
        TypeReference type = reader.GetTypeReference(handle);
        return IsType(reader, type.Namespace, type.Name) ? SystemType : Text.Token(handle);
    }

    static bool IsType(MetadataReader reader, StringHandle ns, StringHandle name) =>
        reader.StringComparer.Equals(ns, "System") && reader.StringComparer.Equals(name, "Type");

    public PrimitiveTypeCode GetUnderlyingEnumType(string type)
    {
        PrimitiveTypeCode? found;
        if (type.StartsWith(ByName))
        {
            string[] parts = type.Substring(ByName.Length).Split(',');
            Assembly home = parts.Length > 1 ? assembly.Folder.Named(parts[1].Trim()) : assembly;
            found = home?.Enum(parts[0].Trim());
        }
        else
        {
            EntityHandle handle = MetadataTokens.EntityHandle(Convert.ToInt32(type, 16));
            found = handle.Kind == HandleKind.TypeDefinition
                ? assembly.Enum((TypeDefinitionHandle)handle)
                : assembly.Enum((TypeReferenceHandle)handle);
        }
        return found ?? PrimitiveTypeCode.Int32;
    }
}
