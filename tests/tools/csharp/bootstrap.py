"""Compiles one C# program with Roslyn hosted in Python: how the first csc comes to be where there is no C# compiler.

usage: bootstrap.py DOTNET_ROOT RUNTIMECONFIG ROSLYN_FOLDER CSC_SWITCH...
"""
import os
import sys

from clr_loader import get_coreclr
from pythonnet import set_runtime

dotnet_root, runtime_config, roslyn, *switches = sys.argv[1:]
set_runtime(get_coreclr(runtime_config=runtime_config, dotnet_root=dotnet_root))

import clr  # only importable once the runtime is chosen

clr.AddReference(os.path.join(roslyn, "Microsoft.CodeAnalysis"))
clr.AddReference(os.path.join(roslyn, "Microsoft.CodeAnalysis.CSharp"))

from Microsoft.CodeAnalysis import MetadataReference, SyntaxTree
from Microsoft.CodeAnalysis.CSharp import CSharpCommandLineParser, CSharpCompilation, CSharpSyntaxTree
from System import Array, String
from System.Collections.Generic import List
from System.IO import File

parsed = CSharpCommandLineParser.Default.Parse(Array[String](switches), os.getcwd(), None, None)
sources = List[SyntaxTree]()
for source in parsed.SourceFiles:
    with open(source.Path, encoding="utf-8") as text:
        sources.Add(CSharpSyntaxTree.ParseText(text.read(), parsed.ParseOptions, source.Path))
references = List[MetadataReference]()
for reference in parsed.MetadataReferences:
    references.Add(MetadataReference.CreateFromFile(reference.Reference, reference.Properties, None))
output = File.Create(os.path.join(parsed.OutputDirectory, parsed.OutputFileName))
result = CSharpCompilation.Create(parsed.CompilationName, sources, references, parsed.CompilationOptions).Emit(output)
output.Close()
for diagnostic in result.Diagnostics:
    if diagnostic.Id != "CS1701":
        print(diagnostic.ToString(), file=sys.stderr)
sys.exit(0 if result.Success else 1)
