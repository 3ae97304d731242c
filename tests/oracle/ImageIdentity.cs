// usage: image-identity FILE...
// What the runtime and its metadata library say an assembly and its one public type are: one line per file.
using System;
using System.IO;
using System.Linq;
using System.Reflection;

static class ImageIdentity
{
    static void Main(string[] files)
    {
        foreach (string file in files)
        {
            AssemblyName read = AssemblyName.GetAssemblyName(file); // by System.Reflection.Metadata
            Assembly loaded = Assembly.Load(File.ReadAllBytes(file)); // by the runtime
            if (read.FullName != loaded.FullName)
                throw new Exception($"{file}: {read.FullName} is not {loaded.FullName}");
            Module module = loaded.ManifestModule;
            Type type = loaded.GetExportedTypes().Single();
            string kind = (type.IsAbstract ? "abstract " : "") + (type.IsSealed ? "sealed" : "");
            const BindingFlags All = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic
                | BindingFlags.Static | BindingFlags.Instance;
            string references = string.Join(", ", loaded.GetReferencedAssemblies().Select(name => name.Name));
            Console.WriteLine(
                $"{loaded.FullName}; {module.ScopeName}; {module.ModuleVersionId}; "
                + $"{type.FullName}: {kind} of {type.BaseType.Name}, {type.GetMembers(All).Length} members; {references}");
        }
    }
}
