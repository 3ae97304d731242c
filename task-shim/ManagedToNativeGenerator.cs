// The MSBuild task ManagedToNativeGenerator, done by the program thunkgen-task.
//
// It has the name and the parameters of the runtime's own task for CoreCLR and can stand in its place. The parameters go
// to the program in a request file; what it answers is logged as events of the engine.

using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using System.Xml;
using Microsoft.Build.Framework;
using Thunkgen.Tasks;

namespace Microsoft.WebAssembly.Build.Tasks.CoreClr
{
    /// <summary>Writes the C++ call thunks for an app's assemblies.</summary>
    public class ManagedToNativeGenerator : ThunkgenProgram
    {
        /// <summary>The app's assemblies; files without managed code are skipped.</summary>
        [Required]
        public ITaskItem[] Assemblies { get; set; }

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

        /// <summary>Native libraries that need not be linked.</summary>
        public string[] IgnoredPInvokeModules { get; set; }

        /// <summary>Whether P/Invokes into other libraries that are not linked are a warning.</summary>
        public bool WarnOnUnresolvedPInvokeModules { get; set; }

        /// <summary>Accepted; struct sizes need no other tool.</summary>
        public string SignatureResolverPath { get; set; }

        /// <summary>Accepted, for the same reason.</summary>
        public string Crossgen2Path { get; set; }

        /// <summary>Accepted, for the same reason.</summary>
        public string DotNetHostPath { get; set; }

        /// <summary>Assemblies to look types up in only.</summary>
        public string[] References { get; set; }

        /// <summary>Version of the .NET runtime: 11.0 (the default) or 12.0.</summary>
        public string Runtime { get; set; }

        /// <summary>wasm-thunks or portable-callhelpers, if not that of Runtime.</summary>
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

        /// <summary>Codes that stay warnings; those of other tools do not count.</summary>
        public string[] WarningsNotAsErrors { get; set; }

        /// <summary>Whether every warning is an error.</summary>
        public bool TreatWarningsAsErrors { get; set; }

        /// <summary>The program; by default thunkgen-task next to this assembly, or in a directory for the machine.</summary>
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

        private static readonly string[] s_ofPackages = { "NuGetPackageId", "FrameworkReferenceName" };

        /// <summary>The program does not run.</summary>
        private const string NoAnswer = "TG0523";

        /// <summary>
        /// File next to InterpToNativeOutputPath with more parameters, one `PARAMETER VALUE` in a line: a target that calls
        /// the task with the parameters of the runtime's own has no place for them.
        /// </summary>
        private const string OptionsFile = "thunkgen.options";

        /// <inheritdoc />
        protected override string Name
        {
            get { return "ManagedToNativeGenerator"; }
        }

        /// <inheritdoc />
        public override bool Execute()
        {
            string folder = Path.Combine(Path.GetTempPath(), "thunkgen-task-" + Guid.NewGuid().ToString("N"));
            try
            {
                string outputs = Path.GetDirectoryName(Path.GetFullPath(InterpToNativeOutputPath));
                ReadOptions(Path.Combine(outputs, OptionsFile));
                string program = FindProgram();
                if (program == null)
                    return false;
                Directory.CreateDirectory(folder);
                string request = Path.Combine(folder, "request.xml");
                string answer = Path.Combine(folder, "answer.xml");
                WriteRequest(request);
                var said = new List<string>();
                int? code = Run(program, Quote(request) + " --answer " + Quote(answer), outputs, said);
                if (code == null)
                    return false;
                if (File.Exists(answer))
                    return Report(request, answer);
                LogError(NoAnswer, "", 0, 0, program + " exited with code " + code + " without an answer" + Quoted(said));
                return false;
            }
            catch (Exception e) when (IsExpected(e) || e is XmlException)
            {
                LogError(NoAnswer, "", 0, 0, "thunkgen-task cannot be run: " + e.Message);
                return false;
            }
            finally
            {
                TryDelete(folder);
            }
        }

        // ---- the program ----

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
            string what = string.IsNullOrEmpty(ThunkgenTaskPath) ? "set" : "correct";
            string hint = "; " + what + " the parameter ThunkgenTaskPath";
            LogError(NoAnswer, "", 0, 0, "there is no program " + string.Join(" or ", candidates.ToArray()) + hint);
            return null;
        }

        /// <summary>The name of this machine's kind in a NuGet package.</summary>
        private static string Machine()
        {
            string system = IsWindows ? "win" : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? "osx" : "linux";
            return system + "-" + RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
        }

        // ---- the options file ----

        private void ReadOptions(string path)
        {
            if (!File.Exists(path))
                return;
            foreach (string line in File.ReadAllLines(path))
            {
                int space = line.IndexOf(' ');
                if (space > 0)
                    ReadOption(path, line.Substring(0, space), line.Substring(space + 1));
            }
        }

        private void ReadOption(string path, string name, string value)
        {
            switch (name)
            {
                case "References": References = With(References, value); break;
                case "ModuleLists": ModuleLists = With(ModuleLists, value); break;
                case "ExtraSignatures": ExtraSignatures = With(ExtraSignatures, value); break;
                case "StructSizes": StructSizes = With(StructSizes, value); break;
                case "StructSizeFiles": StructSizeFiles = With(StructSizeFiles, value); break;
                case "Suppressions": Suppressions = With(Suppressions, value); break;
                case "NoWarn": NoWarn = With(NoWarn, value.Split(',')); break;
                case "WarningsAsErrors": WarningsAsErrors = With(WarningsAsErrors, value.Split(',')); break;
                case "WarningsNotAsErrors": WarningsNotAsErrors = With(WarningsNotAsErrors, value.Split(',')); break;
                case "TreatWarningsAsErrors": TreatWarningsAsErrors = value == "true"; break;
                case "Runtime": Runtime = value; break;
                case "ThunkgenTaskPath": ThunkgenTaskPath = value; break;
                case "WarningsKey": WarningsKey = value; break;
                default: throw new ArgumentException(path + " has a line for `" + name + "`, which is not a parameter");
            }
        }

        private static string[] With(string[] values, params string[] more)
        {
            var all = new List<string>(values ?? new string[0]);
            all.AddRange(more);
            return all.ToArray();
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
                WriteProperty(writer, "Runtime", Runtime);
                WriteProperty(writer, "Contract", Contract);
                WriteProperty(writer, "WarnOnUnresolvedPInvokeModules", WarnOnUnresolvedPInvokeModules ? "true" : "false");
                WriteProperty(writer, "TreatWarningsAsErrors", TreatWarningsAsErrors ? "true" : "false");
                writer.WriteEndElement();
                writer.WriteStartElement("ItemGroup");
                WriteAssemblies(writer);
                WriteItems(writer, "PInvokeModules", PInvokeModules);
                WriteItems(writer, "IgnoredPInvokeModules", IgnoredPInvokeModules);
                WriteItems(writer, "References", References);
                WriteItems(writer, "ModuleLists", ModuleLists);
                WriteItems(writer, "ExtraSignatures", ExtraSignatures);
                WriteItems(writer, "StructSizes", StructSizes);
                WriteItems(writer, "StructSizeFiles", StructSizeFiles);
                WriteItems(writer, "Suppressions", Suppressions);
                WriteItems(writer, "NoWarn", NoWarn);
                WriteItems(writer, "WarningsAsErrors", WarningsAsErrors);
                WriteItems(writer, "WarningsNotAsErrors", WarningsNotAsErrors);
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

        /// <summary>With the metadata that distinguishes assemblies of packages and frameworks from the user's own.</summary>
        private void WriteAssemblies(XmlWriter writer)
        {
            foreach (ITaskItem assembly in Assemblies)
            {
                writer.WriteStartElement("Assemblies");
                writer.WriteAttributeString("Include", Escape(assembly.ItemSpec));
                foreach (string name in s_ofPackages)
                {
                    string value = assembly.GetMetadata(name);
                    if (!string.IsNullOrEmpty(value))
                        writer.WriteAttributeString(name, Escape(value));
                }
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
            foreach (XmlElement diagnostic in document.GetElementsByTagName("Diagnostic"))
                LogDiagnostic(diagnostic, request);
            FileWrites = Items(document, "FileWrites");
            ChangedFiles = Items(document, "ChangedFiles");
            Skipped = Property(document.DocumentElement, "Skipped") == "true";
            LogMessage(MessageImportance.Low, Property(document.DocumentElement, "Reason"));
            LogMessage(MessageImportance.Normal, Property(document.DocumentElement, "Summary"));
            if (Property(document.DocumentElement, "Succeeded") == "true")
                return !HasErrors;
            // MSBuild expects an error when a task fails.
            if (!HasErrors)
                LogError(NoAnswer, "", 0, 0, "thunkgen-task failed without a reason");
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

        private void LogDiagnostic(XmlElement diagnostic, string request)
        {
            string code = Unescape(diagnostic.GetAttribute("Include"));
            string file = Property(diagnostic, "File");
            int line = int.Parse(Property(diagnostic, "Line"));
            int column = int.Parse(Property(diagnostic, "Column"));
            string message = Property(diagnostic, "Message");
            // The parameters came from the project.
            if (file == request)
                file = "";
            if (Property(diagnostic, "Level") == "warning")
            {
                LogWarning(code, file, line, column, message);
            }
            else
            {
                LogError(code, file, line, column, message);
            }
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
