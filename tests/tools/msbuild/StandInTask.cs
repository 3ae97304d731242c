// What the stand-ins share. Only the engine is Microsoft's: the standard tasks (Microsoft.Build.Tasks.Core) and the base
// classes for tasks (Microsoft.Build.Utilities.Core) are in no package that can be had without an SDK. These do what the
// documentation says of the parameters that are used here, and have no others.
using System;
using System.Collections;
using System.Collections.Generic;
using Microsoft.Build.Framework;

public abstract class StandInTask : ITask
{
    private bool _failed;

    public IBuildEngine BuildEngine { get; set; }
    public ITaskHost HostObject { get; set; }

    public bool Execute()
    {
        try
        {
            Run();
        }
        catch (Exception problem) when (problem is System.IO.IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            Problem(isError: true, null, null, null, 0, 0, problem.Message);
        }
        return !_failed;
    }

    protected abstract void Run();

    protected void Say(string text, MessageImportance importance)
        => BuildEngine.LogMessageEvent(new BuildMessageEventArgs(text, null, GetType().Name, importance));

    protected void Problem(bool isError, string subcategory, string code, string file, int line, int column, string text)
    {
        _failed |= isError;
        string sender = GetType().Name;
        if (string.IsNullOrEmpty(file)) // as the real tasks: a tool without a name for itself is the task
            file = sender.ToUpperInvariant() == "EXEC" ? "EXEC" : null;
        if (file == null)
            (file, line, column) = (BuildEngine.ProjectFileOfTaskNode, BuildEngine.LineNumberOfTaskNode, BuildEngine.ColumnNumberOfTaskNode);
        if (isError)
            BuildEngine.LogErrorEvent(new BuildErrorEventArgs(subcategory, code, file, line, column, 0, 0, text, null, sender));
        else
            BuildEngine.LogWarningEvent(new BuildWarningEventArgs(subcategory, code, file, line, column, 0, 0, text, null, sender));
    }

    protected static MessageImportance ImportanceOf(string name, MessageImportance otherwise)
        => Enum.TryParse(name, ignoreCase: true, out MessageImportance importance) ? importance : otherwise;
}

/// <summary>An item that a task hands back.</summary>
public sealed class OutputItem : ITaskItem
{
    private readonly Dictionary<string, string> _metadata = new(StringComparer.OrdinalIgnoreCase);

    public OutputItem(string spec) => ItemSpec = spec;

    public string ItemSpec { get; set; }
    public ICollection MetadataNames => _metadata.Keys;
    public int MetadataCount => _metadata.Count;
    public string GetMetadata(string name) => _metadata.GetValueOrDefault(name, "");
    public void SetMetadata(string name, string value) => _metadata[name] = value;
    public void RemoveMetadata(string name) => _metadata.Remove(name);
    public IDictionary CloneCustomMetadata() => new Dictionary<string, string>(_metadata, StringComparer.OrdinalIgnoreCase);

    public void CopyMetadataTo(ITaskItem other)
    {
        foreach ((string name, string value) in _metadata)
            other.SetMetadata(name, value);
    }
}
