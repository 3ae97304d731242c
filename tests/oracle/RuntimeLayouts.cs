// Asks the .NET runtime it runs on for the size and the field offsets of value types.
//
// usage: RuntimeLayouts QUESTIONS ASSEMBLY...
//
// QUESTIONS holds one type a line, in the notation of Types.Read. ASSEMBLY is a simple name the runtime finds by itself,
// or a path. Answers go to standard output, tab-separated:
//
//   vector   BYTES                        size of Vector<T> on this machine
//   def      ASSEMBLY ROW KIND            every TypeDef that is a value type: closed, or open (generic); a TypeDef that
//                                         cannot be loaded is `refused` whatever it is
//   size     BYTES ROW:OFFSET,...         the answer to a question, in their order
//   refused  REASON                       the runtime does not load the type
//   missing  REASON                       an assembly that the type needs is not there
//   failed   REASON                       anything else: the program or the question is wrong
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Numerics;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using System.Text;

public static unsafe class RuntimeLayouts
{
    public static int Main(string[] arguments)
    {
        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)) { NewLine = "\n" };
        output.WriteLine($"vector\t{Vector<byte>.Count}");
        var types = new Types();
        foreach (string assembly in arguments.Skip(1))
            foreach (string line in types.Definitions(assembly))
                output.WriteLine(line);
        foreach (string question in File.ReadLines(arguments[0]))
            output.WriteLine(Answer(types, question));
        return 0;
    }

    static string Answer(Types types, string question)
    {
        try
        {
            return Measure(types.Read(question));
        }
        catch (FileNotFoundException error)
        {
            return $"missing\t{OneLine(error)}";
        }
        // Resolving a token wraps what it takes for a damaged signature.
        catch (Exception error) when ((error.InnerException ?? error) is TypeLoadException or BadImageFormatException)
        {
            return $"refused\t{OneLine(error)}";
        }
        catch (Exception error)
        {
            return $"failed\t{OneLine(error)}";
        }
    }

    internal static string OneLine(Exception error) => $"{error.GetType().Name}: {error.Message}".ReplaceLineEndings(" ");

    // Larger than any offset, and readable: the code for `ldflda` may test the pointer it is given by reading there.
    const int MemorySize = 1 << 20;
    static readonly byte* Memory = (byte*)NativeMemory.AllocZeroed(MemorySize);

    delegate void Measuring(byte* memory, int* results);

    // IL, since C# cannot write `sizeof` and field addresses of types it cannot name or that are private.
    static string Measure(Type type)
    {
        const BindingFlags instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        FieldInfo[] fields = type.GetFields(instance | BindingFlags.DeclaredOnly);
        var parameters = new[] { typeof(byte*), typeof(int*) };
        var method = new DynamicMethod("Measure", typeof(void), parameters, typeof(RuntimeLayouts).Module, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Sizeof, type);
        il.Emit(OpCodes.Stind_I4);
        for (int index = 0; index < fields.Length; index++)
        {
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldc_I4, (index + 1) * sizeof(int));
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldflda, fields[index]);
            il.Emit(OpCodes.Conv_U);
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Sub);
            il.Emit(OpCodes.Conv_I4);
            il.Emit(OpCodes.Stind_I4);
        }
        il.Emit(OpCodes.Ret);
        var results = new int[fields.Length + 1];
        fixed (int* first = results)
            method.CreateDelegate<Measuring>()(Memory, first);
        IEnumerable<string> offsets = fields.Select((field, index) => $"{field.MetadataToken & 0xFFFFFF}:{results[index + 1]}");
        return $"size\t{results[0]}\t{string.Join(',', offsets)}";
    }
}

// Types by assembly and metadata row.
public sealed class Types
{
    readonly Dictionary<string, Module> modules = new();

    public IEnumerable<string> Definitions(string nameOrPath)
    {
        bool isPath = nameOrPath.Contains('/');
        Assembly assembly = isPath ? Assembly.LoadFrom(nameOrPath) : Assembly.Load(new AssemblyName(nameOrPath));
        string name = assembly.GetName().Name!;
        Module module = modules[name] = assembly.ManifestModule;
        for (int row = 2; ; row++) // the first is <Module>, which reflection does not show
        {
            string kind;
            try
            {
                Type type = module.ResolveType(0x02000000 | row);
                if (!type.IsValueType)
                    continue;
                kind = type.ContainsGenericParameters ? "open" : "closed";
            }
            catch (ArgumentOutOfRangeException)
            {
                yield break;
            }
            catch (Exception)
            {
                kind = "refused";
            }
            yield return $"def\t{name}\t{row}\t{kind}";
        }
    }

    // A type in prefix notation, its parts separated by blanks:
    //   @ASSEMBLY:ROW    a TypeDef           generic N T T1..TN    the generic type T over N arguments
    //   array T          T[]                 pointer T             T*
    //   System.Int32     a built-in type, by the name the core library gives it
    public Type Read(string text)
    {
        var parts = new Queue<string>(text.Split(' '));
        Type type = Next(parts);
        return parts.Count == 0 ? type : throw new FormatException(text);
    }

    Type Next(Queue<string> parts)
    {
        string part = parts.Dequeue();
        switch (part)
        {
            case "array":
                return Next(parts).MakeArrayType();
            case "pointer":
                return Next(parts).MakePointerType();
            case "generic":
                int count = int.Parse(parts.Dequeue());
                Type definition = Next(parts);
                var arguments = new Type[count];
                for (int index = 0; index < count; index++)
                    arguments[index] = Next(parts);
                return definition.MakeGenericType(arguments);
        }
        if (part[0] != '@')
            return typeof(object).Assembly.GetType(part, throwOnError: true)!;
        int colon = part.LastIndexOf(':');
        return modules[part[1..colon]].ResolveType(0x02000000 | int.Parse(part[(colon + 1)..]));
    }
}
