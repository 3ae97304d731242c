// Every kind of row as lines of text.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

static class Rows
{
    static readonly Types types = new();

    public static IEnumerable<(string, IEnumerable<string>)> All(Assembly assembly)
    {
        MetadataReader r = assembly.Reader;
        yield return ("tables", Tables(r));
        yield return ("TypeRef", r.TypeReferences.Select(h => TypeRef(r, h)));
        yield return ("TypeDef", r.TypeDefinitions.Select(h => TypeDef(r, h)));
        yield return ("Field", r.FieldDefinitions.Select(h => Field(r, h)));
        yield return ("MethodDef", r.MethodDefinitions.Select(h => MethodDef(r, h)));
        yield return ("Param", Of(r, TableIndex.Param).Select(h => Param(r, (ParameterHandle)h)));
        yield return ("MemberRef", r.MemberReferences.Select(h => MemberRef(r, h)));
        yield return ("Constant", Of(r, TableIndex.Constant).Select(h => Constant(r, (ConstantHandle)h)));
        yield return ("CustomAttribute", r.CustomAttributes.Select(h => CustomAttribute(assembly, h)));
        yield return ("StandAloneSig", Of(r, TableIndex.StandAloneSig).Select(h => StandAlone(r, (StandaloneSignatureHandle)h)));
        yield return ("Property", r.PropertyDefinitions.Select(h => Property(r, h)));
        yield return ("Event", r.EventDefinitions.Select(h => Event(r, h)));
        yield return ("MethodImpl", Of(r, TableIndex.MethodImpl).Select(h => MethodImpl(r, (MethodImplementationHandle)h)));
        yield return ("TypeSpec", Of(r, TableIndex.TypeSpec).Select(h => TypeSpec(r, (TypeSpecificationHandle)h)));
        yield return ("MethodSpec", Of(r, TableIndex.MethodSpec).Select(h => MethodSpec(r, (MethodSpecificationHandle)h)));
        yield return ("ImplMap", r.MethodDefinitions.Select(h => Import(r, h)).Where(line => line != null));
        yield return ("AssemblyRef", r.AssemblyReferences.Select(h => AssemblyRef(r, h)));
        yield return ("ExportedType", r.ExportedTypes.Select(h => Exported(r, h)));
        yield return ("GenericParam", Of(r, TableIndex.GenericParam).Select(h => GenericParam(r, (GenericParameterHandle)h)));
        yield return ("InterfaceImpl", Of(r, TableIndex.InterfaceImpl)
            .Select(h => Text.Token(r.GetInterfaceImplementation((InterfaceImplementationHandle)h).Interface)));
        yield return ("bodies", r.MethodDefinitions.Select(h => Bodies.Body(assembly, h)).Where(line => line != null));
    }

    static IEnumerable<EntityHandle> Of(MetadataReader r, TableIndex table)
    {
        for (int row = 1; row <= r.GetTableRowCount(table); row++)
            yield return MetadataTokens.EntityHandle(table, row);
    }

    static IEnumerable<string> Tables(MetadataReader r) =>
        Enumerable.Range(0, 0x2D).Select(table => $"{table:x} {r.GetTableRowCount((TableIndex)table)}");

    static string Name(MetadataReader r, StringHandle name) => Text.Quoted(r.GetString(name));

    static string List<T>(IEnumerable<T> handles, Func<T, EntityHandle> handle) =>
        "[" + string.Join(",", handles.Select(h => MetadataTokens.GetRowNumber(handle(h)))) + "]";

    static string TypeRef(MetadataReader r, TypeReferenceHandle handle)
    {
        TypeReference type = r.GetTypeReference(handle);
        return $"{Text.Token(type.ResolutionScope)} {Name(r, type.Namespace)} {Name(r, type.Name)}";
    }

    static string TypeDef(MetadataReader r, TypeDefinitionHandle handle)
    {
        TypeDefinition type = r.GetTypeDefinition(handle);
        TypeLayout layout = type.GetLayout();
        // The nil token may be of any table.
        string parent = type.BaseType.IsNil ? "nil" : Text.Token(type.BaseType);
        int around = MetadataTokens.GetRowNumber(type.GetDeclaringType());
        return $"{(int)type.Attributes:x} {Name(r, type.Namespace)} {Name(r, type.Name)} {parent} {around} {layout.PackingSize} " +
            $"{layout.Size} {List(type.GetFields(), h => h)} {List(type.GetMethods(), h => h)}";
    }

    static string Field(MetadataReader r, FieldDefinitionHandle handle)
    {
        FieldDefinition field = r.GetFieldDefinition(handle);
        return $"{(int)field.Attributes:x} {Name(r, field.Name)} {field.DecodeSignature(types, null)} {field.GetOffset()} " +
            $"{field.GetRelativeVirtualAddress():x}";
    }

    static string MethodDef(MetadataReader r, MethodDefinitionHandle handle)
    {
        MethodDefinition method = r.GetMethodDefinition(handle);
        return $"{method.RelativeVirtualAddress:x} {(int)method.ImplAttributes:x} {(int)method.Attributes:x} {Name(r, method.Name)} " +
            $"{Text.Method(method.DecodeSignature(types, null))} {List(method.GetParameters(), h => h)} " +
            MetadataTokens.GetRowNumber(method.GetDeclaringType());
    }

    static string Param(MetadataReader r, ParameterHandle handle)
    {
        Parameter parameter = r.GetParameter(handle);
        return $"{(int)parameter.Attributes:x} {parameter.SequenceNumber} {Name(r, parameter.Name)}";
    }

    static string MemberRef(MetadataReader r, MemberReferenceHandle handle)
    {
        MemberReference member = r.GetMemberReference(handle);
        string signature = member.GetKind() == MemberReferenceKind.Field
            ? member.DecodeFieldSignature(types, null)
            : Text.Method(member.DecodeMethodSignature(types, null));
        return $"{Text.Token(member.Parent)} {Name(r, member.Name)} {signature}";
    }

    static string Constant(MetadataReader r, ConstantHandle handle)
    {
        Constant constant = r.GetConstant(handle);
        return $"{(int)constant.TypeCode:x} {Text.Token(constant.Parent)} {Text.Hex(r.GetBlobReader(constant.Value))}";
    }

    static string CustomAttribute(Assembly assembly, CustomAttributeHandle handle)
    {
        CustomAttribute attribute = assembly.Reader.GetCustomAttribute(handle);
        CustomAttributeValue<string> value = attribute.DecodeValue(new Attributes(assembly));
        string named = string.Concat(value.NamedArguments.Select(argument =>
            $" {(argument.Kind == CustomAttributeNamedArgumentKind.Field ? "field" : "property")} {Text.Quoted(argument.Name)}=" +
            Text.Value(new CustomAttributeTypedArgument<string>(argument.Type, argument.Value))));
        return $"{Text.Token(attribute.Parent)} {Text.Token(attribute.Constructor)} {string.Join(",", value.FixedArguments.Select(Text.Value))}{named}";
    }

    static string StandAlone(MetadataReader r, StandaloneSignatureHandle handle)
    {
        StandaloneSignature signature = r.GetStandaloneSignature(handle);
        return signature.GetKind() == StandaloneSignatureKind.Method
            ? Text.Method(signature.DecodeMethodSignature(types, null))
            : "locals " + string.Join(",", signature.DecodeLocalSignature(types, null));
    }

    static string Property(MetadataReader r, PropertyDefinitionHandle handle)
    {
        PropertyDefinition property = r.GetPropertyDefinition(handle);
        return $"{(int)property.Attributes:x} {Name(r, property.Name)} {Text.Method(property.DecodeSignature(types, null))}";
    }

    static string Event(MetadataReader r, EventDefinitionHandle handle)
    {
        EventDefinition definition = r.GetEventDefinition(handle);
        return $"{(int)definition.Attributes:x} {Name(r, definition.Name)} {Text.Token(definition.Type)}";
    }

    static string MethodImpl(MetadataReader r, MethodImplementationHandle handle)
    {
        MethodImplementation row = r.GetMethodImplementation(handle);
        return $"{Text.Token(row.Type)} {Text.Token(row.MethodBody)} {Text.Token(row.MethodDeclaration)}";
    }

    static string TypeSpec(MetadataReader r, TypeSpecificationHandle handle) =>
        r.GetTypeSpecification(handle).DecodeSignature(types, null);

    static string MethodSpec(MetadataReader r, MethodSpecificationHandle handle)
    {
        MethodSpecification row = r.GetMethodSpecification(handle);
        return $"{Text.Token(row.Method)} {string.Join(",", row.DecodeSignature(types, null))}";
    }

    static string Import(MetadataReader r, MethodDefinitionHandle handle)
    {
        MethodImport import = r.GetMethodDefinition(handle).GetImport();
        if (import.Module.IsNil)
            return null;
        string module = Name(r, r.GetModuleReference(import.Module).Name);
        return $"{Text.Token(handle)} {(int)import.Attributes:x} {Name(r, import.Name)} {module}";
    }

    static string AssemblyRef(MetadataReader r, AssemblyReferenceHandle handle)
    {
        AssemblyReference row = r.GetAssemblyReference(handle);
        return $"{row.Version} {(int)row.Flags:x} {Name(r, row.Name)} {Name(r, row.Culture)} " +
            Text.Hex(r.GetBlobReader(row.PublicKeyOrToken));
    }

    static string Exported(MetadataReader r, ExportedTypeHandle handle)
    {
        ExportedType row = r.GetExportedType(handle);
        return $"{(int)row.Attributes:x} {Name(r, row.Namespace)} {Name(r, row.Name)} {Text.Token(row.Implementation)}";
    }

    static string GenericParam(MetadataReader r, GenericParameterHandle handle)
    {
        GenericParameter row = r.GetGenericParameter(handle);
        string constraints = string.Join(",", row.GetConstraints().Select(h => Text.Token(r.GetGenericParameterConstraint(h).Type)));
        return $"{row.Index} {(int)row.Attributes:x} {Text.Token(row.Parent)} {Name(r, row.Name)} [{constraints}]";
    }
}
