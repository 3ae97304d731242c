// Stands in for the tasks of the browser workloads: the one that generates fails for CoreCLR, as the real one does at a
// struct that it does not know; what the others do is a message.
using Microsoft.Build.Framework;

namespace Microsoft.WebAssembly.Build.Tasks
{
    public abstract class Base : ITask
    {
        public IBuildEngine BuildEngine { get; set; }
        public ITaskHost HostObject { get; set; }
        public abstract bool Execute();

        protected void Say(string text)
            => BuildEngine.LogMessageEvent(new BuildMessageEventArgs(text, null, GetType().Name, MessageImportance.High));
    }

    public class EmccCompile : Base
    {
        public string[] SourceFiles { get; set; }

        public override bool Execute()
        {
            foreach (string file in SourceFiles)
                Say("compiles " + System.IO.Path.GetFileName(file));
            return true;
        }
    }

    public class ManagedToNativeGenerator : Base
    {
        public string[] Assemblies { get; set; }
        public string[] PInvokeModules { get; set; }
        public string IcallOutputPath { get; set; }

        public override bool Execute()
        {
            Say("Mono generates " + IcallOutputPath);
            return true;
        }
    }
}

namespace Microsoft.NET.Sdk.WebAssembly
{
    // Copies the image that R2RWebcilPath names, and converts every other assembly.
    public class ConvertDllsToWebcil : Microsoft.WebAssembly.Build.Tasks.Base
    {
        [Required]
        public ITaskItem[] Candidates { get; set; }
        [Required]
        public string OutputPath { get; set; }
        [Output]
        public string[] WebcilCandidates { get; set; }

        public override bool Execute()
        {
            System.IO.Directory.CreateDirectory(OutputPath);
            WebcilCandidates = new string[Candidates.Length];
            for (int i = 0; i < Candidates.Length; i++)
            {
                string name = System.IO.Path.GetFileNameWithoutExtension(Candidates[i].ItemSpec);
                string path = System.IO.Path.Combine(OutputPath, name + ".wasm");
                string image = Candidates[i].GetMetadata("R2RWebcilPath");
                if (image != "")
                    System.IO.File.Copy(image, path, true);
                else
                    System.IO.File.WriteAllText(path, "webcil of " + name);
                WebcilCandidates[i] = path;
            }
            return true;
        }
    }

    // A resolved file loses R2RWebcilPath, and gets that of the asset of the build.
    public class ComputeWasmPublishAssets : Microsoft.WebAssembly.Build.Tasks.Base
    {
        [Required]
        public ITaskItem[] ResolvedFilesToPublish { get; set; }
        [Required]
        public ITaskItem[] WasmAssets { get; set; }
        [Output]
        public ITaskItem[] NewCandidates { get; set; }

        public override bool Execute()
        {
            foreach (ITaskItem file in ResolvedFilesToPublish)
            {
                string name = System.IO.Path.GetFileNameWithoutExtension(file.ItemSpec);
                string image = "";
                foreach (ITaskItem asset in WasmAssets)
                {
                    if (System.IO.Path.GetFileNameWithoutExtension(asset.ItemSpec) == name)
                        image = asset.GetMetadata("R2RWebcilPath");
                }
                file.RemoveMetadata("R2RWebcilPath");
                if (image != "")
                    file.SetMetadata("R2RWebcilPath", image);
            }
            NewCandidates = ResolvedFilesToPublish;
            return true;
        }
    }
}

namespace Microsoft.Build.Tasks
{
    // The engine does the work of a task of this name itself.
    public class MSBuild : Microsoft.WebAssembly.Build.Tasks.Base
    {
        public override bool Execute() => false;
    }
}

namespace Microsoft.WebAssembly.Build.Tasks.CoreClr
{
    public class ManagedToNativeGenerator : Base
    {
        [Required]
        public string[] Assemblies { get; set; }
        [Required]
        public string[] PInvokeModules { get; set; }
        public string[] IgnoredPInvokeModules { get; set; }
        [Required]
        public string PInvokeOutputPath { get; set; }
        [Required]
        public string ReversePInvokeOutputPath { get; set; }
        [Required]
        public string InterpToNativeOutputPath { get; set; }
        public string CacheFilePath { get; set; }
        public bool WarnOnUnresolvedPInvokeModules { get; set; }
        public bool IsLibraryMode { get; set; }
        public string TargetOS { get; set; }
        [Output]
        public string[] FileWrites { get; set; }

        public override bool Execute()
        {
            BuildEngine.LogErrorEvent(new BuildErrorEventArgs(null, "WASM0067", null, 0, 0, 0, 0, "a struct of unknown size", null, "theirs"));
            return false;
        }
    }
}
