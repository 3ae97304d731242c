// usage: image-identity FILE...
// What the runtime and its metadata library say an assembly is: one line per file.
using System;
using System.IO;
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
            int types = loaded.GetTypes().Length, references = loaded.GetReferencedAssemblies().Length;
            Console.WriteLine(
                $"{loaded.FullName}; {module.ScopeName}; {module.ModuleVersionId}; {types} types, {references} references");
        }
    }
}
