// The MSBuild task ManagedToNativeGenerator, done by the program thunkgen-task.
//
// It has the name and the parameters of the runtime's own task for CoreCLR and can stand in its place. It needs nothing
// but Microsoft.Build.Framework, so there is no version of MSBuild's other assemblies to match, and nothing newer than
// C# 7.3, so that it compiles by itself (compile.sh) as well as inline in a project.
//
// The parameters go to the program in a request file; what it answers is logged as events of the engine.

using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using System.Xml;
using Microsoft.Build.Framework;

namespace Microsoft.WebAssembly.Build.Tasks.CoreClr
{
    /// <summary>Writes the C++ call thunks for an app's assemblies.</summary>
    public class ManagedToNativeGenerator : ICancelableTask
    {
        /// <summary>The app's assemblies; files without managed code are skipped.</summary>
        [Required]
        public string[] Assemblies { get; set; }

        /// <summary>The native libraries that are linked into the app.</summary>
        [Required]
        public string[] PInvokeModules { get; set; }

        /// <summary>File to write the P/Invoke table to.</summary>
        [Required]
        public string PInvokeOutputPath { get; set; }

        /// <summary>File to write the callbacks from native code to.</summary>
        [Required]
        public string ReversePInvokeOutputPath { get; set; }

        /// <summary>File to write the interpreter-to-native table to.</summary>
        [Required]
        public string InterpToNativeOutputPath { get; set; }

        /// <summary>File that remembers what the outputs were made from; equal work is then skipped.</summary>
        public string CacheFilePath { get; set; }

        /// <summary>browser (the default) or wasi.</summary>
        public string TargetOS { get; set; }

        /// <summary>Accepted; exported callbacks always get a C function.</summary>
        public bool IsLibraryMode { get; set; }

        /// <summary>Accepted; a library that is not linked is no warning.</summary>
        public string[] IgnoredPInvokeModules { get; set; }

        /// <summary>Accepted, for the same reason.</summary>
        public bool WarnOnUnresolvedPInvokeModules { get; set; }

        /// <summary>Accepted; struct sizes need no other tool.</summary>
        public string SignatureResolverPath { get; set; }

        /// <summary>Accepted, for the same reason.</summary>
        public string Crossgen2Path { get; set; }

        /// <summary>Accepted, for the same reason.</summary>
        public string DotNetHostPath { get; set; }

        /// <summary>Assemblies to look types up in only.</summary>
        public string[] References { get; set; }

        /// <summary>wasm-thunks (the default) or portable-callhelpers.</summary>
        public string Contract { get; set; }

        /// <summary>Files that name linked libraries, FILE or FILE:ITEM.</summary>
        public string[] ModuleLists { get; set; }

        /// <summary>Files of extra signatures.</summary>
        public string[] ExtraSignatures { get; set; }

        /// <summary>Declared sizes, TYPE=SIZE or TYPE=SIZE:ALIGN.</summary>
        public string[] StructSizes { get; set; }

        /// <summary>Files that declare sizes.</summary>
        public string[] StructSizeFiles { get; set; }

        /// <summary>TOML files that suppress warnings with a reason.</summary>
        public string[] Suppressions { get; set; }

        /// <summary>Codes not to warn about; those of other tools do not count.</summary>
        public string[] NoWarn { get; set; }

        /// <summary>Codes that are errors; those of other tools do not count.</summary>
        public string[] WarningsAsErrors { get; set; }

        /// <summary>Whether every warning is an error.</summary>
        public bool TreatWarningsAsErrors { get; set; }

        /// <summary>The program; by default thunkgen-task beside this assembly, or in a folder for the machine.</summary>
        public string ThunkgenTaskPath { get; set; }

        /// <summary>Every output, with the cache file.</summary>
        [Output]
        public string[] FileWrites { get; private set; }

        /// <summary>The outputs that were created or replaced.</summary>
        [Output]
        public string[] ChangedFiles { get; private set; }

        /// <summary>Whether the outputs were current already.</summary>
        [Output]
        public bool Skipped { get; private set; }

        /// <inheritdoc />
        public IBuildEngine BuildEngine { get; set; }

        /// <inheritdoc />
        public ITaskHost HostObject { get; set; }

        private const string Name = "ManagedToNativeGenerator";

        /// <summary>The program does not run.</summary>
        private const string NoAnswer = "TG0523";

        private readonly object _lock = new object();
        private Process _process;
        private bool _canceled;

        /// <inheritdoc />
        public bool Execute()
        {
            string folder = Path.Combine(Path.GetTempPath(), "thunkgen-task-" + Guid.NewGuid().ToString("N"));
            try
            {
                string program = FindProgram();
                if (program == null)
                    return false;
                Directory.CreateDirectory(folder);
                string request = Path.Combine(folder, "request.xml");
                string answer = Path.Combine(folder, "answer.xml");
                WriteRequest(request);
                return Run(program, request, answer) && Report(request, answer);
            }
            catch (Exception e) when (e is IOException || e is UnauthorizedAccessException || e is Win32Exception
                || e is XmlException || e is ArgumentException)
            {
                LogError(NoAnswer, "thunkgen-task cannot be run: " + e.Message);
                return false;
            }
            finally
            {
                TryDelete(folder);
            }
        }

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

        // ---- the program ----

        private static bool IsWindows
        {
            get { return Path.DirectorySeparatorChar == '\\'; }
        }

        private string FindProgram()
        {
            string suffix = IsWindows ? ".exe" : "";
            var candidates = new List<string>();
            if (!string.IsNullOrEmpty(ThunkgenTaskPath))
            {
                candidates.Add(Path.GetFullPath(ThunkgenTaskPath));
                if (IsWindows)
                    candidates.Add(Path.GetFullPath(ThunkgenTaskPath) + suffix);
            }
            else
            {
                string location = typeof(ManagedToNativeGenerator).Assembly.Location;
                string folder = string.IsNullOrEmpty(location) ? Environment.CurrentDirectory : Path.GetDirectoryName(location);
                string file = "thunkgen-task" + suffix;
                candidates.Add(Path.Combine(folder, file));
                candidates.Add(Path.Combine(folder, Machine(), file));
                candidates.Add(Path.GetFullPath(Path.Combine(folder, "..", Machine(), file)));
            }
            foreach (string candidate in candidates)
            {
                if (File.Exists(candidate))
                    return candidate;
            }
            string hint = string.IsNullOrEmpty(ThunkgenTaskPath) ? "; set the parameter ThunkgenTaskPath" : "";
            LogError(NoAnswer, "there is no program " + string.Join(" or ", candidates) + hint);
            return null;
        }

        /// <summary>The name of this machine's kind in a NuGet package.</summary>
        private static string Machine()
        {
            string system = IsWindows ? "win" : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? "osx" : "linux";
            return system + "-" + RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
        }

        /// <summary>Runs the program to its end, false when there is no answer to be read.</summary>
        private bool Run(string program, string request, string answer)
        {
            var said = new StringBuilder();
            DataReceivedEventHandler hear = (sender, e) =>
            {
                lock (said)
                {
                    if (e.Data != null)
                        said.AppendLine(e.Data);
                }
            };
            using (var process = new Process { StartInfo = StartInfo(program, request, answer) })
            {
                process.OutputDataReceived += hear;
                process.ErrorDataReceived += hear;
                if (!Start(process, program))
                    return false;
                process.StandardInput.Close();
                process.BeginOutputReadLine();
                process.BeginErrorReadLine();
                // With a time limit, since the wait without one also waits for whoever else has the streams.
                while (!process.WaitForExit(1000))
                {
                }
                lock (_lock)
                {
                    _process = null;
                    if (_canceled)
                    {
                        LogMessage(MessageImportance.Normal, program + " was ended, since the build is canceled");
                        return false;
                    }
                }
                process.WaitForExit();
                if (File.Exists(answer))
                    return true;
                LogError(NoAnswer, program + " ended with exit code " + process.ExitCode + " and no answer" + Quoted(said.ToString()));
                return false;
            }
        }

        private static ProcessStartInfo StartInfo(string program, string request, string answer)
        {
            return new ProcessStartInfo(program, Quote(request) + " --answer " + Quote(answer))
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
        private bool Start(Process process, string program)
        {
            lock (_lock)
            {
                if (_canceled)
                    return false;
                try
                {
                    process.Start();
                }
                catch (Win32Exception e) when (e.NativeErrorCode == 13 && !IsWindows)
                {
                    // Packages lose the permission to execute a file.
                    MakeExecutable(program);
                    process.Start();
                }
                _process = process;
                return true;
            }
        }

        private static void MakeExecutable(string program)
        {
            var start = new ProcessStartInfo("/bin/chmod", "u+x " + Quote(program)) { UseShellExecute = false };
            using (Process chmod = Process.Start(start))
                chmod.WaitForExit();
        }

        /// <summary>One argument of a command line, as Windows and .NET on every system take it apart.</summary>
        private static string Quote(string argument)
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

        private static string Quoted(string said)
        {
            said = said.Trim();
            return said == "" ? "" : "; it said: " + said;
        }

        private static void TryDelete(string folder)
        {
            try
            {
                if (Directory.Exists(folder))
                    Directory.Delete(folder, true);
            }
            catch (Exception e) when (e is IOException || e is UnauthorizedAccessException)
            {
                // A folder of temporary files is all that is left.
            }
        }

        // ---- the request ----

        private void WriteRequest(string path)
        {
            var settings = new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true };
            using (XmlWriter writer = XmlWriter.Create(path, settings))
            {
                writer.WriteStartElement("Project");
                writer.WriteStartElement("PropertyGroup");
                WriteProperty(writer, "PInvokeOutputPath", PInvokeOutputPath);
                WriteProperty(writer, "ReversePInvokeOutputPath", ReversePInvokeOutputPath);
                WriteProperty(writer, "InterpToNativeOutputPath", InterpToNativeOutputPath);
                WriteProperty(writer, "CacheFilePath", CacheFilePath);
                WriteProperty(writer, "TargetOS", TargetOS);
                WriteProperty(writer, "Contract", Contract);
                WriteProperty(writer, "TreatWarningsAsErrors", TreatWarningsAsErrors ? "true" : "false");
                writer.WriteEndElement();
                writer.WriteStartElement("ItemGroup");
                WriteItems(writer, "Assemblies", Assemblies);
                WriteItems(writer, "PInvokeModules", PInvokeModules);
                WriteItems(writer, "References", References);
                WriteItems(writer, "ModuleLists", ModuleLists);
                WriteItems(writer, "ExtraSignatures", ExtraSignatures);
                WriteItems(writer, "StructSizes", StructSizes);
                WriteItems(writer, "StructSizeFiles", StructSizeFiles);
                WriteItems(writer, "Suppressions", Suppressions);
                WriteItems(writer, "NoWarn", NoWarn);
                WriteItems(writer, "WarningsAsErrors", WarningsAsErrors);
                writer.WriteEndElement();
                writer.WriteEndElement();
            }
        }

        private static void WriteProperty(XmlWriter writer, string name, string value)
        {
            if (!string.IsNullOrEmpty(value))
                writer.WriteElementString(name, Escape(value));
        }

        private static void WriteItems(XmlWriter writer, string name, string[] values)
        {
            foreach (string value in values ?? new string[0])
            {
                writer.WriteStartElement(name);
                writer.WriteAttributeString("Include", Escape(value));
                writer.WriteEndElement();
            }
        }

        /// <summary>What MSBuild or XML would read in another way, as %XX.</summary>
        private static string Escape(string text)
        {
            var escaped = new StringBuilder();
            for (int i = 0; i < text.Length; i++)
            {
                char c = text[i];
                bool atEnd = i == 0 || i == text.Length - 1;
                if (c < ' ' || "%*?@$();'".IndexOf(c) >= 0 || (c == ' ' && atEnd))
                    escaped.Append('%').Append(((int)c).ToString("x2"));
                else
                    escaped.Append(c);
            }
            return escaped.ToString();
        }

        // ---- the answer ----

        private bool Report(string request, string answer)
        {
            XmlDocument document = Read(answer);
            bool hasErrors = false;
            foreach (XmlElement diagnostic in document.GetElementsByTagName("Diagnostic"))
                hasErrors |= LogDiagnostic(diagnostic, request);
            FileWrites = Items(document, "FileWrites");
            ChangedFiles = Items(document, "ChangedFiles");
            Skipped = Property(document.DocumentElement, "Skipped") == "true";
            LogMessage(MessageImportance.Low, Property(document.DocumentElement, "Reason"));
            LogMessage(MessageImportance.Normal, Property(document.DocumentElement, "Summary"));
            if (Property(document.DocumentElement, "Succeeded") == "true")
                return true;
            // MSBuild wants an error to be told when a task fails.
            if (!hasErrors)
                LogError(NoAnswer, "thunkgen-task failed without a reason");
            return false;
        }

        private static XmlDocument Read(string path)
        {
            var document = new XmlDocument { XmlResolver = null };
            // Given a name, it would take it for the escaped name of a resource.
            using (FileStream file = File.OpenRead(path))
                document.Load(file);
            return document;
        }

        /// <summary>Logs an event, true when it is an error.</summary>
        private bool LogDiagnostic(XmlElement diagnostic, string request)
        {
            string code = Unescape(diagnostic.GetAttribute("Include"));
            string file = Property(diagnostic, "File");
            int line = int.Parse(Property(diagnostic, "Line"));
            int column = int.Parse(Property(diagnostic, "Column"));
            string message = Property(diagnostic, "Message");
            if (file == "" || file == request)
            {
                // The parameters came from the project.
                file = BuildEngine.ProjectFileOfTaskNode;
                line = BuildEngine.LineNumberOfTaskNode;
                column = BuildEngine.ColumnNumberOfTaskNode;
            }
            if (Property(diagnostic, "Level") == "warning")
            {
                BuildEngine.LogWarningEvent(new BuildWarningEventArgs(null, code, file, line, column, 0, 0, message, null, Name));
                return false;
            }
            BuildEngine.LogErrorEvent(new BuildErrorEventArgs(null, code, file, line, column, 0, 0, message, null, Name));
            return true;
        }

        private void LogError(string code, string message)
        {
            BuildEngine.LogErrorEvent(new BuildErrorEventArgs(null, code, BuildEngine.ProjectFileOfTaskNode,
                BuildEngine.LineNumberOfTaskNode, BuildEngine.ColumnNumberOfTaskNode, 0, 0, message, null, Name));
        }

        private void LogMessage(MessageImportance importance, string message)
        {
            if (message != "")
                BuildEngine.LogMessageEvent(new BuildMessageEventArgs(message, null, Name, importance));
        }

        private static string[] Items(XmlDocument document, string name)
        {
            var items = new List<string>();
            foreach (XmlElement item in document.GetElementsByTagName(name))
                items.Add(Unescape(item.GetAttribute("Include")));
            return items.ToArray();
        }

        private static string Property(XmlElement owner, string name)
        {
            XmlNodeList found = owner.GetElementsByTagName(name);
            return found.Count == 0 ? "" : Unescape(found[0].InnerText);
        }

        private static string Unescape(string text)
        {
            var plain = new StringBuilder();
            for (int i = 0; i < text.Length; i++)
            {
                if (text[i] == '%' && i + 2 < text.Length && Uri.IsHexDigit(text[i + 1]) && Uri.IsHexDigit(text[i + 2]))
                {
                    plain.Append((char)Convert.ToInt32(text.Substring(i + 1, 2), 16));
                    i += 2;
                }
                else
                {
                    plain.Append(text[i]);
                }
            }
            return plain.ToString();
        }
    }
}
