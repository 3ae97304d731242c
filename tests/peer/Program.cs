// usage: peer FOLDER            one line per file and kind: file, kind, rows, hash
//        peer FOLDER FILE KIND  the rows of one file and kind
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection.PortableExecutable;
using System.Text;

static class Program
{
    static int Main(string[] arguments)
    {
        var folder = new Folder(arguments[0]);
        var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false));
        output.NewLine = "\n";
        string[] files = Directory.GetFiles(arguments[0], "*.dll").Select(Path.GetFileName).ToArray();
        Array.Sort(files, StringComparer.Ordinal);
        foreach (string file in files)
        {
            if (arguments.Length > 1 && file != arguments[1])
                continue;
            Assembly assembly = folder.Open(file);
            if (assembly == null)
                continue;
            foreach ((string kind, IEnumerable<string> rows) in Rows.All(assembly))
            {
                if (arguments.Length > 2)
                {
                    if (kind == arguments[2])
                        foreach (string row in rows)
                            output.WriteLine(row);
                    continue;
                }
                ulong hash = 0xcbf29ce484222325;
                int count = 0;
                foreach (string row in rows)
                {
                    foreach (byte b in Encoding.UTF8.GetBytes(row + "\n"))
                        hash = (hash ^ b) * 0x100000001b3;
                    count++;
                }
                output.WriteLine($"{file} {kind} {count} {hash:x16}");
            }
        }
        output.Flush();
        return 0;
    }
}
