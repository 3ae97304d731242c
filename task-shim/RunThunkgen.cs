// The MSBuild tasks that run the program thunkgen on a response file and repeat its warnings.

using System;
using System.Collections.Generic;
using System.IO;
using System.Text.RegularExpressions;
using Microsoft.Build.Framework;

namespace Thunkgen.Tasks
{
    /// <summary>A line of the program that MSBuild reads as an error or a warning.</summary>
    internal static class Diagnostic
    {
        private static readonly Regex s_line = new Regex(@"^(?<file>.*?)(?:\((?<line>\d+)(?:,(?<column>\d+))?\))? ?: (?<level>error|warning) (?<code>[A-Z]+\d+): (?<text>.*)$");

        /// <summary>The parts of a line; no match for any other line.</summary>
        internal static Match Parse(string line)
        {
            return s_line.Match(line);
        }

        internal static int Number(Match match, string group)
        {
            int number;
            return int.TryParse(match.Groups[group].Value, out number) ? number : 0;
        }

        /// <summary>A diagnostic without a file begins with the program's own name.</summary>
        internal static string File(Match match)
        {
            string file = match.Groups["file"].Value;
            return file == "thunkgen" ? "" : file;
        }
    }

    /// <summary>Runs a verb of thunkgen with the options in a file.</summary>
    public class RunThunkgen : ThunkgenProgram
    {
        /// <summary>The executable.</summary>
        [Required]
        public string ThunkgenPath { get; set; }

        /// <summary>generate, check or check-native.</summary>
        [Required]
        public string Verb { get; set; }

        /// <summary>File with an option in each line.</summary>
        [Required]
        public string ResponseFile { get; set; }

        /// <summary>File for the warnings, for ReportThunkgenWarnings; without it they are reported at once.</summary>
        public string WarningsFile { get; set; }

        /// <summary>Of what is neither error nor warning: high, normal (the default) or low.</summary>
        public string Importance { get; set; }

        /// <inheritdoc />
        protected override string Name
        {
            get { return "RunThunkgen"; }
        }

        /// <inheritdoc />
        public override bool Execute()
        {
            try
            {
                var said = new List<string>();
                string directory = Path.GetDirectoryName(Path.GetFullPath(ResponseFile));
                int? code = Run(ThunkgenPath, Verb + " " + Quote("@" + ResponseFile), directory, said);
                return code != null && Report(code.Value, said);
            }
            catch (Exception e) when (IsExpected(e))
            {
                LogError("TGM010", "", 0, 0, ThunkgenPath + " cannot be run: " + e.Message);
                return false;
            }
        }

        private bool Report(int code, List<string> said)
        {
            var warnings = new List<string>();
            foreach (string line in said)
            {
                Match match = Diagnostic.Parse(line);
                if (!match.Success)
                {
                    LogMessage(Level(), line);
                }
                else if (match.Groups["level"].Value == "error")
                {
                    LogError(match.Groups["code"].Value, Diagnostic.File(match), Diagnostic.Number(match, "line"),
                        Diagnostic.Number(match, "column"), match.Groups["text"].Value);
                }
                else
                {
                    warnings.Add(line);
                }
            }
            if (code != 0 || string.IsNullOrEmpty(WarningsFile))
                warnings.ForEach(line => ReportThunkgenWarnings.Report(line, LogWarning));
            else
                File.WriteAllLines(WarningsFile, warnings.ToArray());
            // MSBuild expects an error when a task fails.
            if (code != 0 && !HasErrors)
                LogError("TGM010", "", 0, 0, ThunkgenPath + " exited with code " + code + Quoted(said));
            return code == 0 && !HasErrors;
        }

        private MessageImportance Level()
        {
            switch ((Importance ?? "").ToLowerInvariant())
            {
                case "high":
                    return MessageImportance.High;
                case "low":
                    return MessageImportance.Low;
                default:
                    return MessageImportance.Normal;
            }
        }
    }

    /// <summary>
    /// Reports the warnings of the last run, also when nothing was done: what MSBuild makes errors of with -warnaserror
    /// fails every build then, not only the first.
    /// </summary>
    public class ReportThunkgenWarnings : ThunkgenProgram
    {
        /// <summary>Files that RunThunkgen wrote; those that are not there have no warnings.</summary>
        [Required]
        public string[] Files { get; set; }

        /// <inheritdoc />
        protected override string Name
        {
            get { return "RunThunkgen"; }
        }

        /// <inheritdoc />
        public override bool Execute()
        {
            try
            {
                foreach (string file in Files)
                {
                    if (!File.Exists(file))
                        continue;
                    foreach (string line in File.ReadAllLines(file))
                        Report(line, LogWarning);
                }
                return !HasErrors;
            }
            catch (Exception e) when (IsExpected(e))
            {
                LogError("TGM010", "", 0, 0, "the warnings of the last run cannot be read: " + e.Message);
                return false;
            }
        }

        internal delegate void Log(string code, string file, int line, int column, string message);

        internal static void Report(string line, Log log)
        {
            Match match = Diagnostic.Parse(line);
            if (match.Success)
            {
                log(match.Groups["code"].Value, Diagnostic.File(match), Diagnostic.Number(match, "line"),
                    Diagnostic.Number(match, "column"), match.Groups["text"].Value);
            }
        }
    }
}
