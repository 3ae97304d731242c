// A command line for the MSBuild engine: the packages that carry the engine leave MSBuild.dll, its driver, out.
// usage: msbuild [-p:NAME=VALUE]... [-t:TARGET[;TARGET]]... [-v:q|m|n|d|diag] [-warnaserror[:CODES]] [-warnasmessage:CODES]
//          [-events:FILE] PROJECT
// -events writes the errors, warnings and messages of the build as EventLogger.cs says. An interrupt (Ctrl+C) cancels the
// build, as it does in MSBuild.
// Exit code 0 when every target succeeded and no error was logged, 1 when not, 2 for wrong usage.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.Build.Evaluation;
using Microsoft.Build.Exceptions;
using Microsoft.Build.Execution;
using Microsoft.Build.Framework;
using Microsoft.Build.Logging;

public static class Host
{
    private static readonly Dictionary<string, LoggerVerbosity> s_verbosities = new(StringComparer.OrdinalIgnoreCase)
    {
        ["q"] = LoggerVerbosity.Quiet,
        ["m"] = LoggerVerbosity.Minimal,
        ["n"] = LoggerVerbosity.Normal,
        ["d"] = LoggerVerbosity.Detailed,
        ["diag"] = LoggerVerbosity.Diagnostic,
    };

    public static int Main(string[] switches)
    {
        var properties = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var targets = new List<string>();
        HashSet<string> asErrors = null, asMessages = null;
        LoggerVerbosity verbosity = LoggerVerbosity.Normal;
        string project = null;
        var loggers = new List<ILogger>();
        foreach (string given in switches)
        {
            if (!given.StartsWith('-'))
            {
                if (project != null)
                    return Usage("one project, not also " + given);
                project = given;
                continue;
            }
            string[] parts = given.Split(':', 2);
            string value = parts.Length > 1 ? parts[1] : "";
            switch (parts[0])
            {
                case "-p" when value.Contains('='):
                    string[] pair = value.Split('=', 2);
                    properties[pair[0]] = pair[1];
                    break;
                case "-t" when value != "":
                    targets.AddRange(List(value));
                    break;
                case "-v" when s_verbosities.ContainsKey(value):
                    verbosity = s_verbosities[value];
                    break;
                case "-warnaserror": // without codes the set is empty and stands for every warning
                    asErrors = new HashSet<string>(List(value), StringComparer.OrdinalIgnoreCase);
                    break;
                case "-warnasmessage" when value != "":
                    asMessages = new HashSet<string>(List(value), StringComparer.OrdinalIgnoreCase);
                    break;
                case "-events" when value != "":
                    loggers.Add(new EventLogger { Parameters = value });
                    break;
                default:
                    return Usage("unknown switch " + given);
            }
        }
        if (project == null)
            return Usage("a project is needed");

        string tools = AppContext.BaseDirectory;
        // The engine finds its own folder by the driver's name; the file is there, and empty.
        Environment.SetEnvironmentVariable("MSBUILD_EXE_PATH", Path.Combine(tools, "MSBuild.dll"));
        loggers.Add(new ConsoleLogger(verbosity, Console.Out.Write, _ => { }, () => { }));
        Console.CancelKeyPress += (_, interrupt) =>
        {
            interrupt.Cancel = true;
            BuildManager.DefaultBuildManager.CancelAllSubmissions();
        };
        using var collection = new ProjectCollection(properties, null, ToolsetDefinitionLocations.None);
        collection.RemoveAllToolsets();
        collection.AddToolset(new Toolset("Current", tools, collection, tools));
        collection.DefaultToolsVersion = "Current";
        var parameters = new BuildParameters(collection)
        {
            Loggers = loggers,
            WarningsAsErrors = asErrors,
            WarningsAsMessages = asMessages,
            // One node, in this process: further ones would be started from MSBuild.dll.
            MaxNodeCount = 1,
            EnableNodeReuse = false,
        };
        var request = new BuildRequestData(Path.GetFullPath(project), properties, null, targets.ToArray(), null);
        BuildResult result = BuildManager.DefaultBuildManager.Build(parameters, request);
        return result.OverallResult == BuildResultCode.Success ? 0 : 1;
    }

    private static string[] List(string text)
        => text.Split(new[] { ';', ',' }, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static int Usage(string mistake)
    {
        Console.Error.WriteLine("msbuild: " + mistake);
        return 2;
    }
}
