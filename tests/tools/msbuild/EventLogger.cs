// Writes the errors, warnings and messages of a build to a file, for tests that must see events and not their text.
// A line is KIND CODE FILE LINE COLUMN SENDER MESSAGE between tabs; in a field, \\ \t \n \r are escapes.
using System;
using System.IO;
using Microsoft.Build.Framework;

public sealed class EventLogger : ILogger
{
    private StreamWriter _file;

    /// <summary>The file.</summary>
    public string Parameters { get; set; }

    public LoggerVerbosity Verbosity { get; set; } = LoggerVerbosity.Diagnostic;

    public void Initialize(IEventSource source)
    {
        _file = new StreamWriter(Parameters) { NewLine = "\n" };
        source.ErrorRaised += (_, e) => Write("error", e.Code, e.File, e.LineNumber, e.ColumnNumber, e);
        source.WarningRaised += (_, e) => Write("warning", e.Code, e.File, e.LineNumber, e.ColumnNumber, e);
        source.MessageRaised += (_, e) => Write(e.Importance.ToString().ToLowerInvariant(), e.Code, e.File, e.LineNumber, e.ColumnNumber, e);
    }

    public void Shutdown() => _file.Dispose();

    private void Write(string kind, string code, string file, int line, int column, BuildEventArgs e)
        => _file.WriteLine(string.Join('\t', kind, Field(code), Field(file), line, column, Field(e.SenderName), Field(e.Message)));

    private static string Field(string text)
        => (text ?? "").Replace("\\", "\\\\").Replace("\t", "\\t").Replace("\n", "\\n").Replace("\r", "\\r");
}
