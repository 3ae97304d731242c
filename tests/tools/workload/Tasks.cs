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
