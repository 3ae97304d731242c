// The MSBuild task that says which thunks of an app the native module of the runtime pack does not have.

using System;
using System.Collections.Generic;
using System.IO;
using System.Text.RegularExpressions;
using Microsoft.Build.Framework;

namespace Thunkgen.Tasks
{
    /// <summary>
    /// Compares what the whole app needs with what the framework alone needs: the prebuilt module has the latter.
    /// </summary>
    public class CheckPrebuiltModule : ThunkgenProgram
    {
        /// <summary>The executable.</summary>
        [Required]
        public string ThunkgenPath { get; set; }

        /// <summary>The app's assemblies, with those of the framework.</summary>
        [Required]
        public string[] Assemblies { get; set; }

        /// <summary>Those of the framework.</summary>
        [Required]
        public string[] FrameworkAssemblies { get; set; }

        /// <summary>Whether an image has the thunks that the module does not have.</summary>
        public bool ThunksFromImage { get; set; }

        /// <summary>A response file that may be written.</summary>
        [Required]
        public string StateFile { get; set; }

        /// <summary>File for the warning, for ReportThunkgenWarnings.</summary>
        [Required]
        public string WarningsFile { get; set; }

        /// <summary>How many are named in the warning.</summary>
        private const int Named = 3;

        /// <summary>A line of `thunkgen signatures`: key, kind, member, place.</summary>
        private static readonly Regex s_line = new Regex(@"^(?<key>\S+)  +(?<kind>\S+(?: \S+)?)  +(?<member>.*?)  ");

        /// <inheritdoc />
        protected override string Name
        {
            get { return "CheckPrebuiltModule"; }
        }

        /// <inheritdoc />
        public override bool Execute()
        {
            try
            {
                List<string> framework = Signatures(FrameworkAssemblies);
                List<string> app = framework == null ? null : Signatures(Assemblies);
                // What stops it is an error of the step that generates, and no news here.
                if (app == null)
                    return true;
                var prebuilt = new Dictionary<string, bool>();
                foreach (string line in framework)
                    prebuilt[s_line.Match(line).Groups["key"].Value] = true;
                int keys = 0, callbacks = 0;
                var members = new List<string>();
                foreach (string line in app)
                {
                    Match match = s_line.Match(line);
                    string key = match.Groups["key"].Value;
                    if (!match.Success || prebuilt.ContainsKey(key))
                        continue;
                    prebuilt[key] = true;
                    if (ThunksFromImage && match.Groups["kind"].Value != "callback")
                        continue;
                    if (match.Groups["kind"].Value == "callback")
                        callbacks++;
                    else
                        keys++;
                    if (members.Count < Named)
                        members.Add(match.Groups["member"].Value);
                }
                var warnings = new List<string>();
                if (members.Count > 0)
                {
                    string missing = ThunksFromImage
                        ? "which cannot call " + callbacks + " of its callbacks ("
                        : "which has no thunks for " + keys + " of its signatures and " + callbacks + " of its callbacks (";
                    warnings.Add("thunkgen : warning TGM009: The app runs on the prebuilt native module, " + missing + string.Join(", ", members.ToArray())
                        + (keys + callbacks > Named ? ", ..." : "") + "): these calls end the app. Set WasmBuildNative to true"
                        + (callbacks == 0 ? ", or ThunkgenThunkImage to add the thunks with an image." : "."));
                }
                File.WriteAllLines(WarningsFile, warnings.ToArray());
                return true;
            }
            catch (Exception e) when (IsExpected(e))
            {
                LogError("TGM010", "", 0, 0, ThunkgenPath + " cannot be run: " + e.Message);
                return false;
            }
        }

        /// <summary>A line for each signature of some assemblies; null when they cannot be listed.</summary>
        private List<string> Signatures(string[] assemblies)
        {
            File.WriteAllLines(StateFile, assemblies);
            var said = new List<string>();
            string directory = Path.GetDirectoryName(Path.GetFullPath(StateFile));
            int? code = Run(ThunkgenPath, "signatures --format msbuild " + Quote("@" + StateFile), directory, said);
            if (code == 0)
                return said;
            if (code != null)
                LogMessage(MessageImportance.Normal, "The prebuilt native module is not compared" + Quoted(said));
            return null;
        }
    }
}
