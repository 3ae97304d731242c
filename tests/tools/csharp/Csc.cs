// A command line for Roslyn: the compiler's own parser and options, without the SDK's driver around it. It exists because
// the packages that carry the compiler leave csc.dll out. Ordinary csc switches apply.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

public static class Csc
{
    public static int Main(string[] switches)
    {
        string folder = Directory.GetCurrentDirectory();
        CSharpCommandLineArguments arguments = CSharpCommandLineParser.Default.Parse(switches, folder, null, null);
        if (Report(arguments.Errors))
            return 1;
        if (arguments.SourceFiles.IsEmpty)
        {
            Console.Error.WriteLine("csc: no source files");
            return 1;
        }

        var sources = new List<SyntaxTree>();
        foreach (CommandLineSourceFile file in arguments.SourceFiles)
        {
            // Relative spelling, mapped like the SDK's compiler maps it: paths reach PDBs and CallerFilePath.
            string path = arguments.PathMap.Aggregate(file.Path,
                (p, map) => p.StartsWith(map.Key, StringComparison.Ordinal) ? map.Value + p.Substring(map.Key.Length) : p);
            using FileStream stream = File.OpenRead(file.Path);
            sources.Add(CSharpSyntaxTree.ParseText(SourceText.From(stream, Encoding.UTF8), arguments.ParseOptions, path));
        }
        var references = new List<MetadataReference>();
        foreach (CommandLineReference reference in arguments.MetadataReferences)
            references.Add(MetadataReference.CreateFromFile(Path.Combine(folder, reference.Reference), reference.Properties));

        bool library = arguments.CompilationOptions.OutputKind == OutputKind.DynamicallyLinkedLibrary;
        string name = arguments.OutputFileName
            ?? Path.GetFileNameWithoutExtension(arguments.SourceFiles[0].Path) + (library ? ".dll" : ".exe");
        CSharpCompilation compilation = CSharpCompilation.Create(arguments.CompilationName ?? Path.GetFileNameWithoutExtension(name),
            sources, references, arguments.CompilationOptions);

        // Into memory first: a failed compilation leaves the previous output alone.
        var image = new MemoryStream();
        // An embedded PDB needs no stream of its own.
        bool separate = arguments.EmitPdb && arguments.EmitOptions.DebugInformationFormat != DebugInformationFormat.Embedded;
        MemoryStream symbols = separate ? new MemoryStream() : null;
        MemoryStream documentation = arguments.DocumentationPath != null ? new MemoryStream() : null;
        EmitResult result = compilation.Emit(image, symbols, documentation, null, arguments.ManifestResources, arguments.EmitOptions,
            null, null, null, CancellationToken.None);
        Report(result.Diagnostics);
        if (!result.Success)
            return 1;
        string output = Path.Combine(arguments.OutputDirectory, name);
        File.WriteAllBytes(output, image.ToArray());
        if (symbols != null)
            File.WriteAllBytes(Path.ChangeExtension(output, ".pdb"), symbols.ToArray());
        if (documentation != null)
            File.WriteAllBytes(arguments.DocumentationPath, documentation.ToArray());
        return 0;
    }

    /// <summary>Prints what the user should see; true when there was an error.</summary>
    private static bool Report(IEnumerable<Diagnostic> diagnostics)
    {
        bool failed = false;
        foreach (Diagnostic diagnostic in diagnostics.Where(d => d.Severity != DiagnosticSeverity.Hidden && !d.IsSuppressed))
        {
            Console.Error.WriteLine(diagnostic);
            failed |= diagnostic.Severity == DiagnosticSeverity.Error;
        }
        return failed;
    }
}
