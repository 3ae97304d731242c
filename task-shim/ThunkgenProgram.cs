// What the tasks share: running a program of the package to its end, and logging what it prints.
//
// They need nothing but netstandard 2.0 and Microsoft.Build.Framework, so there is no version of MSBuild's other
// assemblies to match.

using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Build.Framework;

namespace Thunkgen.Tasks
{
    /// <summary>A task that one run of a program does.</summary>
    public abstract class ThunkgenProgram : ICancelableTask
    {
        /// <summary>Builds of a project with the same text here report equal warnings once.</summary>
        public string WarningsKey { get; set; }

        /// <inheritdoc />
        public IBuildEngine BuildEngine { get; set; }

        /// <inheritdoc />
        public ITaskHost HostObject { get; set; }

        /// <summary>Whether an error was logged, or a warning that the engine makes an error of.</summary>
        protected bool HasErrors { get; private set; }

        /// <summary>The task's name in the log.</summary>
        protected abstract string Name { get; }

        private const int PermissionDenied = 13;

        private readonly object _lock = new object();
        private Process _process;
        private bool _canceled;

        /// <inheritdoc />
        public abstract bool Execute();

        /// <inheritdoc />
        public void Cancel()
        {
            lock (_lock)
            {
                _canceled = true;
                if (_process == null)
                    return;
                try
                {
                    _process.Kill();
                }
                catch (Exception e) when (e is InvalidOperationException || e is Win32Exception)
                {
                    // It has just ended.
                }
            }
        }

        /// <summary>Whether an exception means that a program cannot be run, or that its files cannot be read.</summary>
        protected static bool IsExpected(Exception e)
        {
            return e is IOException || e is UnauthorizedAccessException || e is Win32Exception || e is ArgumentException
                || e is InvalidOperationException;
        }

        /// <summary>Whether this is Windows.</summary>
        protected static bool IsWindows
        {
            get { return Path.DirectorySeparatorChar == '\\'; }
        }

        /// <summary>
        /// Runs a program to its end and gives its exit code; null when the build was canceled. What it prints goes into
        /// `said`. When it may not be run where it is, a copy in `directory` is.
        /// </summary>
        protected int? Run(string program, string arguments, string directory, List<string> said)
        {
            DataReceivedEventHandler hear = (sender, e) =>
            {
                lock (said)
                {
                    if (e.Data != null)
                        said.Add(e.Data);
                }
            };
            string copy = null;
            try
            {
                using (var process = new Process { StartInfo = StartInfo(program, arguments) })
                {
                    process.OutputDataReceived += hear;
                    process.ErrorDataReceived += hear;
                    if (!Start(process, directory, ref copy))
                        return null;
                    process.StandardInput.Close();
                    process.BeginOutputReadLine();
                    process.BeginErrorReadLine();
                    // With a time limit, since the wait without one also waits for every other process that has the streams.
                    while (!process.WaitForExit(1000))
                    {
                    }
                    lock (_lock)
                    {
                        _process = null;
                        if (_canceled)
                        {
                            LogMessage(MessageImportance.Normal, program + " was stopped because the build was canceled");
                            return null;
                        }
                    }
                    process.WaitForExit();
                    return process.ExitCode;
                }
            }
            finally
            {
                if (copy != null)
                    TryDelete(Path.GetDirectoryName(copy));
            }
        }

        private static ProcessStartInfo StartInfo(string program, string arguments)
        {
            return new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                CreateNoWindow = true,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardOutputEncoding = Encoding.UTF8,
                StandardErrorEncoding = Encoding.UTF8,
            };
        }

        /// <summary>Starts the program, unless the build is canceled.</summary>
        private bool Start(Process process, string directory, ref string copy)
        {
            lock (_lock)
            {
                if (_canceled)
                    return false;
                ProcessStartInfo start = process.StartInfo;
                if (!TryStart(process))
                {
                    // Packages lose the permission to execute a file.
                    MakeExecutable(start.FileName);
                    if (!TryStart(process))
                    {
                        // A package cache of another user cannot be changed.
                        copy = CopyOf(start.FileName, directory);
                        start.FileName = copy;
                        process.Start();
                    }
                }
                _process = process;
                return true;
            }
        }

        /// <summary>False when the file may not be run.</summary>
        private static bool TryStart(Process process)
        {
            try
            {
                process.Start();
                return true;
            }
            catch (Win32Exception e) when (e.NativeErrorCode == PermissionDenied && !IsWindows)
            {
                return false;
            }
        }

        private static string CopyOf(string program, string directory)
        {
            string folder = Path.Combine(directory, "thunkgen-" + Guid.NewGuid().ToString("N"));
            Directory.CreateDirectory(folder);
            string copy = Path.Combine(folder, Path.GetFileName(program));
            File.Copy(program, copy);
            MakeExecutable(copy);
            return copy;
        }

        private static void MakeExecutable(string program)
        {
            var start = new ProcessStartInfo("/bin/chmod", "u+rx " + Quote(program))
            {
                UseShellExecute = false,
                RedirectStandardError = true,
            };
            using (Process chmod = Process.Start(start))
            {
                // It may not be allowed to; the next way follows.
                chmod.StandardError.ReadToEnd();
                chmod.WaitForExit();
            }
        }

        /// <summary>One argument of a command line, as Windows and .NET on every system take it apart.</summary>
        protected static string Quote(string argument)
        {
            var quoted = new StringBuilder("\"");
            int backslashes = 0;
            foreach (char c in argument)
            {
                // Backslashes count only in front of a quotation mark.
                if (c == '"')
                    quoted.Append('\\', backslashes + 1);
                backslashes = c == '\\' ? backslashes + 1 : 0;
                quoted.Append(c);
            }
            return quoted.Append('\\', backslashes).Append('"').ToString();
        }

        /// <summary>What a program said, as the end of a message.</summary>
        protected static string Quoted(List<string> said)
        {
            string text = string.Join("\n", said.ToArray()).Trim();
            return text == "" ? "" : "; its output: " + text;
        }

        /// <summary>Deletes a directory of temporary files.</summary>
        protected static void TryDelete(string folder)
        {
            try
            {
                if (Directory.Exists(folder))
                    Directory.Delete(folder, true);
            }
            catch (Exception e) when (e is IOException || e is UnauthorizedAccessException)
            {
                // Temporary files are all that is left.
            }
        }

        // ---- the log ----

        /// <summary>Logs an error at a place; at the task's own without a file.</summary>
        protected void LogError(string code, string file, int line, int column, string message)
        {
            HasErrors = true;
            Place(ref file, ref line, ref column);
            BuildEngine.LogErrorEvent(new BuildErrorEventArgs(null, code, file, line, column, 0, 0, InWordsOfMSBuild(message), null, Name));
        }

        /// <summary>Logs a warning at a place, unless this build of the project has reported it.</summary>
        protected void LogWarning(string code, string file, int line, int column, string message)
        {
            message = InWordsOfMSBuild(message);
            if (!IsNew(file + "(" + line + "," + column + "): " + code + ": " + message))
                return;
            if (BecomesError(code))
            {
                LogError(code, file, line, column, message);
                return;
            }
            Place(ref file, ref line, ref column);
            BuildEngine.LogWarningEvent(new BuildWarningEventArgs(null, code, file, line, column, 0, 0, message, null, Name));
        }

        /// <summary>Logs a message that is not empty.</summary>
        protected void LogMessage(MessageImportance importance, string message)
        {
            if (message != "")
                BuildEngine.LogMessageEvent(new BuildMessageEventArgs(InWordsOfMSBuild(message), null, Name, importance));
        }

        /// <summary>With -warnaserror. A task that goes on as if nothing were wrong lets the build go on.</summary>
        private bool BecomesError(string code)
        {
            try
            {
                return AsksEngine(code);
            }
            catch (TypeLoadException)
            {
                // An engine before 17.0, which cannot be asked.
                return false;
            }
        }

        private bool AsksEngine(string code)
        {
            var engine = BuildEngine as IBuildEngine8;
            return engine != null && engine.ShouldTreatWarningAsError(code);
        }

        private void Place(ref string file, ref int line, ref int column)
        {
            if (!string.IsNullOrEmpty(file))
                return;
            file = BuildEngine.ProjectFileOfTaskNode;
            line = BuildEngine.LineNumberOfTaskNode;
            column = BuildEngine.ColumnNumberOfTaskNode;
        }

        /// <summary>The step that generates and the one that compares read the same assemblies.</summary>
        private bool IsNew(string warning)
        {
            var engine = BuildEngine as IBuildEngine4;
            if (engine == null || string.IsNullOrEmpty(WarningsKey))
                return true;
            string key = "Thunkgen.Tasks " + WarningsKey;
            var reported = engine.GetRegisteredTaskObject(key, RegisteredTaskObjectLifetime.Build) as Dictionary<string, bool>;
            if (reported == null)
            {
                reported = new Dictionary<string, bool>();
                engine.RegisterTaskObject(key, reported, RegisteredTaskObjectLifetime.Build, false);
            }
            if (reported.ContainsKey(warning))
                return false;
            reported[warning] = true;
            return true;
        }

        /// <summary>
        /// What messages say with options, as regular expressions, and the same with properties and items. Longer names
        /// are first.
        /// </summary>
        private static readonly string[] s_words =
        {
            @"--struct-size '([^'=]+)=SIZE\[:ALIGN\]'", "the item ThunkgenStructSize '$1' with the metadata Size (and Alignment)",
            "--struct-size-file", "the item ThunkgenStructSizeFile",
            "--struct-size", "the item ThunkgenStructSize",
            "--optional-module", "the item NativeFileReference",
            "--module-list", "the item ThunkgenModuleList",
            "--module", "the item ThunkgenModule",
            "--extra-signatures", "the item ThunkgenExtraSignatures",
            "--reference", "the item ThunkgenReference",
            "--suppressions", "the item ThunkgenSuppressions",
            "--whole-link", "the property ThunkgenWholeLink",
            "--native NAME=FILE", "the metadata Library of its item ThunkgenNativeReference",
            "--native ([^ ;=]+)=FILE", "the metadata Library=\"$1\" of its item ThunkgenNativeReference",
            "--native( PATH)?", "the item ThunkgenNativeReference",
            "--nowarn", "the property NoWarn",
            "--warnnotaserror", "the property WarningsNotAsErrors",
            "--warnaserror", "the property WarningsAsErrors",
            "--strict", "the property TreatWarningsAsErrors",
            "--runtime ([0-9.]+)", "the property ThunkgenRuntime=$1",
            "--runtime", "the property ThunkgenRuntime",
            "--contract", "the property ThunkgenContract",
            "--target-os", "the property ThunkgenTargetOS",
            "--owner", "the property ThunkgenOwner",
            "--emit", "the property ThunkgenStubs",
            "--out", "the property ThunkgenOutputDirectory",
            "--interp-to-native", "the property ThunkgenInterpToNativeFile",
            "--pinvoke", "the property ThunkgenPInvokeFile",
            "--reverse", "the property ThunkgenReverseFile",
        };

        /// <summary>A message that names properties and items instead of options.</summary>
        private static string InWordsOfMSBuild(string message)
        {
            if (!message.Contains("--"))
                return message;
            for (int i = 0; i < s_words.Length; i += 2)
                message = Regex.Replace(message, "(?<![A-Za-z0-9-])" + s_words[i] + "(?![A-Za-z-])", s_words[i + 1]);
            return message;
        }
    }
}
