// Stand-ins for the tasks that work on files.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;

public class MakeDir : StandInTask
{
    [Required]
    public ITaskItem[] Directories { get; set; }

    protected override void Run() => Array.ForEach(Directories, item => Directory.CreateDirectory(item.ItemSpec));
}

public class Delete : StandInTask
{
    [Required]
    public ITaskItem[] Files { get; set; }
    [Output]
    public ITaskItem[] DeletedFiles { get; set; }

    protected override void Run()
    {
        DeletedFiles = Files.Where(item => File.Exists(item.ItemSpec)).ToArray();
        Array.ForEach(DeletedFiles, item => File.Delete(item.ItemSpec));
    }
}

public class Copy : StandInTask
{
    [Required]
    public ITaskItem[] SourceFiles { get; set; }
    [Required]
    public ITaskItem[] DestinationFiles { get; set; }

    protected override void Run()
    {
        foreach ((ITaskItem from, ITaskItem to) in SourceFiles.Zip(DestinationFiles))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(to.ItemSpec)));
            File.Copy(from.ItemSpec, to.ItemSpec, overwrite: true);
        }
    }
}

public class Touch : StandInTask
{
    [Required]
    public ITaskItem[] Files { get; set; }
    public bool AlwaysCreate { get; set; }
    [Output]
    public ITaskItem[] TouchedFiles { get; set; }

    protected override void Run()
    {
        var touched = new List<ITaskItem>();
        foreach (ITaskItem item in Files)
        {
            if (!File.Exists(item.ItemSpec))
            {
                if (!AlwaysCreate)
                {
                    Problem(isError: true, null, "MSB3371", null, 0, 0, $"The file \"{item.ItemSpec}\" cannot be created.");
                    continue;
                }
                File.WriteAllBytes(item.ItemSpec, Array.Empty<byte>());
            }
            File.SetLastWriteTimeUtc(item.ItemSpec, DateTime.UtcNow);
            touched.Add(item);
        }
        TouchedFiles = touched.ToArray();
    }
}

public class WriteLinesToFile : StandInTask
{
    [Required]
    public ITaskItem File { get; set; }
    public ITaskItem[] Lines { get; set; }
    public bool Overwrite { get; set; }
    public bool WriteOnlyWhenDifferent { get; set; }
    public string Encoding { get; set; }

    protected override void Run()
    {
        Encoding encoding = Encoding == null
            ? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)
            : System.Text.Encoding.GetEncoding(Encoding);
        string path = Path.GetFullPath(File.ItemSpec);
        string text = string.Concat((Lines ?? Array.Empty<ITaskItem>()).Select(line => line.ItemSpec + Environment.NewLine));
        Directory.CreateDirectory(Path.GetDirectoryName(path));
        if (!Overwrite)
            System.IO.File.AppendAllText(path, text, encoding);
        else if (!WriteOnlyWhenDifferent || !System.IO.File.Exists(path) || System.IO.File.ReadAllText(path, encoding) != text)
            System.IO.File.WriteAllText(path, text, encoding);
        else
            Say($"Skipping write to file \"{path}\" because content would not change.", MessageImportance.Low);
    }
}

public class ReadLinesFromFile : StandInTask
{
    [Required]
    public ITaskItem File { get; set; }
    [Output]
    public ITaskItem[] Lines { get; set; }

    protected override void Run()
    {
        string[] lines = System.IO.File.Exists(File.ItemSpec) ? System.IO.File.ReadAllLines(File.ItemSpec) : Array.Empty<string>();
        Lines = lines.Select(line => line.Trim()).Where(line => line != "").Select(line => (ITaskItem)new OutputItem(Escape(line))).ToArray();
    }

    /// <summary>An item's specification is in escaped form: a line with `;` stays one item.</summary>
    private static string Escape(string line)
        => string.Concat(line.Select(c => "%*?@$();'".Contains(c) ? $"%{(int)c:x2}" : c.ToString()));
}
