// The assemblies of a folder, and enums found in them: their values are written in the size of the underlying type.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

sealed class Assembly
{
    public Folder Folder;
    public PEReader Image;
    public MetadataReader Reader;
    readonly Dictionary<(string, string, string), TypeDefinitionHandle> types = new();

    // Namespace and name of a top-level type; or the full name of the outer type, "+" and the name of a nested one.
    public bool TryFind(string ns, string name, string outer, out TypeDefinitionHandle found)
    {
        if (types.Count == 0)
            foreach (TypeDefinitionHandle handle in Reader.TypeDefinitions)
            {
                TypeDefinition type = Reader.GetTypeDefinition(handle);
                TypeDefinitionHandle declaring = type.GetDeclaringType();
                string around = declaring.IsNil ? "" : FullName(declaring);
                types.TryAdd((Reader.GetString(type.Namespace), Reader.GetString(type.Name), around), handle);
            }
        return types.TryGetValue((ns, name, outer), out found);
    }

    string FullName(TypeDefinitionHandle handle)
    {
        TypeDefinition type = Reader.GetTypeDefinition(handle);
        string name = Reader.GetString(type.Name);
        TypeDefinitionHandle declaring = type.GetDeclaringType();
        if (!declaring.IsNil)
            return FullName(declaring) + "+" + name;
        return type.Namespace.IsNil ? name : Reader.GetString(type.Namespace) + "." + name;
    }

    // Underlying type of an enum by its full name here, or where it is forwarded to.
    public PrimitiveTypeCode? Enum(string fullName, int depth = 0)
    {
        string[] parts = fullName.Split('+');
        int dot = parts[0].LastIndexOf('.');
        string ns = dot < 0 ? "" : parts[0].Substring(0, dot);
        string name = parts[0].Substring(dot + 1);
        if (TryFind(ns, name, "", out TypeDefinitionHandle found))
        {
            string outer = parts[0];
            foreach (string part in parts.Skip(1))
            {
                if (!TryFind("", part, outer, out found))
                    return null;
                outer += "+" + part;
            }
            return Enum(found);
        }
        foreach (ExportedTypeHandle handle in Reader.ExportedTypes)
        {
            ExportedType exported = Reader.GetExportedType(handle);
            if (exported.Implementation.Kind != HandleKind.AssemblyReference || depth > 16)
                continue;
            if (Reader.GetString(exported.Namespace) == ns && Reader.GetString(exported.Name) == name)
            {
                var reference = Reader.GetAssemblyReference((AssemblyReferenceHandle)exported.Implementation);
                return Folder.Named(Reader.GetString(reference.Name))?.Enum(fullName, depth + 1);
            }
        }
        return null;
    }

    public PrimitiveTypeCode? Enum(TypeDefinitionHandle handle)
    {
        foreach (FieldDefinitionHandle field in Reader.GetTypeDefinition(handle).GetFields())
        {
            FieldDefinition definition = Reader.GetFieldDefinition(field);
            if ((definition.Attributes & System.Reflection.FieldAttributes.Static) != 0)
                continue;
            BlobReader signature = Reader.GetBlobReader(definition.Signature);
            signature.ReadByte();
            return (PrimitiveTypeCode)signature.ReadByte();
        }
        return null;
    }

    public PrimitiveTypeCode? Enum(TypeReferenceHandle handle)
    {
        string fullName = "";
        for (;;)
        {
            TypeReference reference = Reader.GetTypeReference(handle);
            string name = Reader.GetString(reference.Name);
            if (!reference.Namespace.IsNil)
                name = Reader.GetString(reference.Namespace) + "." + name;
            fullName = fullName == "" ? name : name + "+" + fullName;
            if (reference.ResolutionScope.Kind == HandleKind.TypeReference)
            {
                handle = (TypeReferenceHandle)reference.ResolutionScope;
                continue;
            }
            if (reference.ResolutionScope.Kind != HandleKind.AssemblyReference)
                return Enum(fullName);
            var assembly = Reader.GetAssemblyReference((AssemblyReferenceHandle)reference.ResolutionScope);
            return Folder.Named(Reader.GetString(assembly.Name))?.Enum(fullName);
        }
    }
}

sealed class Folder
{
    readonly string path;
    readonly Dictionary<string, Assembly> opened = new();

    public Folder(string path) => this.path = path;

    public Assembly Named(string name) => Open(name + ".dll");

    // Null for a file that is not there or not managed.
    public Assembly Open(string file)
    {
        if (opened.TryGetValue(file, out Assembly known))
            return known;
        Assembly assembly = null;
        string full = Path.Combine(path, file);
        if (File.Exists(full))
        {
            var image = new PEReader(System.Collections.Immutable.ImmutableArray.Create(File.ReadAllBytes(full)));
            if (image.HasMetadata)
                assembly = new Assembly { Folder = this, Image = image, Reader = image.GetMetadataReader() };
        }
        opened[file] = assembly;
        return assembly;
    }
}
