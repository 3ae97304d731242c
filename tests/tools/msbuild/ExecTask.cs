// Stand-in for Exec on Unix: one command for /bin/sh, whose output becomes messages, warnings and errors.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Microsoft.Build.Framework;

public class Exec : StandInTask
{
    [Required]
    public string Command { get; set; }
    public string WorkingDirectory { get; set; }
    public string[] EnvironmentVariables { get; set; }
    public bool ConsoleToMSBuild { get; set; }
    public bool EchoOff { get; set; }
    public bool IgnoreExitCode { get; set; }
    public bool IgnoreStandardErrorWarningFormat { get; set; }
    public bool LogStandardErrorAsError { get; set; }
    public string CustomErrorRegularExpression { get; set; }
    public string CustomWarningRegularExpression { get; set; }
    public string StandardOutputImportance { get; set; }
    public string StandardErrorImportance { get; set; }
    [Output]
    public int ExitCode { get; set; }
    [Output]
    public ITaskItem[] ConsoleOutput { get; set; }

    private readonly List<ITaskItem> _lines = new();
    private bool _sawError;

    protected override void Run()
    {
        if (!EchoOff)
            Say(Command, MessageImportance.High);
        Start();
        if (ConsoleToMSBuild)
            ConsoleOutput = _lines.ToArray();
        if (IgnoreExitCode)
            return;
        if (ExitCode != 0)
            Problem(isError: true, null, "MSB3073", null, 0, 0, $"The command \"{Command}\" exited with code {ExitCode}.");
        else if (_sawError)
            ExitCode = -1;
    }

    private void Start()
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            ArgumentList = { "-c", Command },
            WorkingDirectory = WorkingDirectory ?? "",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LANG"] = start.Environment["LC_ALL"] = "en_US.UTF-8";
        foreach (string variable in EnvironmentVariables ?? Array.Empty<string>())
        {
            string[] pair = variable.Split('=', 2);
            start.Environment[pair[0]] = pair.ElementAtOrDefault(1) ?? "";
        }
        // The streams are read on other threads; the engine is told on this one.
        var output = Channel.CreateUnbounded<(string Line, bool IsError)>();
        using Process process = Process.Start(start);
        process.OutputDataReceived += (_, e) => Post(e.Data, false);
        process.ErrorDataReceived += (_, e) => Post(e.Data, true);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit(); // also waits for the ends of both streams
        output.Writer.Complete();
        ExitCode = process.ExitCode;
        while (output.Reader.TryRead(out (string Line, bool IsError) read))
            Tell(read.Line, read.IsError);

        void Post(string line, bool isError)
        {
            if (line != null)
                output.Writer.TryWrite((line, isError));
        }
    }

    private void Tell(string line, bool isError)
    {
        _lines.Add(new OutputItem(line));
        if (CustomErrorRegularExpression != null && Regex.IsMatch(line, CustomErrorRegularExpression))
            Found(isError: true, null, null, null, 0, 0, line);
        else if (CustomWarningRegularExpression != null && Regex.IsMatch(line, CustomWarningRegularExpression))
            Found(isError: false, null, null, null, 0, 0, line);
        else if (!IgnoreStandardErrorWarningFormat && Diagnostic.Parse(line) is Diagnostic found)
            Found(found.IsError, found.Subcategory, found.Code, found.File, found.Line, found.Column, found.Text);
        else if (isError && LogStandardErrorAsError)
            Found(isError: true, null, null, null, 0, 0, line);
        else
            Say(line, ImportanceOf(isError ? StandardErrorImportance : StandardOutputImportance, MessageImportance.High));
    }

    private void Found(bool isError, string subcategory, string code, string file, int line, int column, string text)
    {
        _sawError |= isError;
        // A failing command is told by its exit code; errors among its output fail the task only without IgnoreExitCode.
        if (isError && IgnoreExitCode)
            BuildEngine.LogErrorEvent(new BuildErrorEventArgs(subcategory, code, file, line, column, 0, 0, text, null, nameof(Exec)));
        else
            Problem(isError, subcategory, code, file, line, column, text);
    }
}
