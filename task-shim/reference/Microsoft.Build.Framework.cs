// The members of Microsoft.Build.Framework 15.1.0.0 that the tasks use, to compile them without an SDK. Every MSBuild since
// 15.1 has an assembly of this name and version. Nothing of this is in the package.

using System;
using System.Reflection;

[assembly: AssemblyVersion("15.1.0.0")]

namespace Microsoft.Build.Framework
{
    public interface IBuildEngine
    {
        string ProjectFileOfTaskNode { get; }
        int LineNumberOfTaskNode { get; }
        int ColumnNumberOfTaskNode { get; }
        void LogErrorEvent(BuildErrorEventArgs e);
        void LogWarningEvent(BuildWarningEventArgs e);
        void LogMessageEvent(BuildMessageEventArgs e);
    }

    public interface IBuildEngine4 : IBuildEngine
    {
        object GetRegisteredTaskObject(object key, RegisteredTaskObjectLifetime lifetime);
        void RegisterTaskObject(object key, object obj, RegisteredTaskObjectLifetime lifetime, bool allowEarlyCollection);
    }

    public interface IBuildEngine8 : IBuildEngine4
    {
        bool ShouldTreatWarningAsError(string warningCode);
    }

    public enum RegisteredTaskObjectLifetime { Build }

    public enum MessageImportance { High, Normal, Low }

    public interface ITaskHost { }

    public interface ITaskItem
    {
        string ItemSpec { get; set; }
        string GetMetadata(string metadataName);
    }

    public interface ITask
    {
        IBuildEngine BuildEngine { get; set; }
        ITaskHost HostObject { get; set; }
        bool Execute();
    }

    public interface ICancelableTask : ITask
    {
        void Cancel();
    }

    public sealed class RequiredAttribute : Attribute { }

    public sealed class OutputAttribute : Attribute { }

    public abstract class BuildEventArgs { }

    public abstract class LazyFormattedBuildEventArgs : BuildEventArgs { }

    public class BuildErrorEventArgs : LazyFormattedBuildEventArgs
    {
        public BuildErrorEventArgs(string subcategory, string code, string file, int lineNumber, int columnNumber,
            int endLineNumber, int endColumnNumber, string message, string helpKeyword, string senderName) { }
    }

    public class BuildWarningEventArgs : LazyFormattedBuildEventArgs
    {
        public BuildWarningEventArgs(string subcategory, string code, string file, int lineNumber, int columnNumber,
            int endLineNumber, int endColumnNumber, string message, string helpKeyword, string senderName) { }
    }

    public class BuildMessageEventArgs : LazyFormattedBuildEventArgs
    {
        public BuildMessageEventArgs(string message, string helpKeyword, string senderName, MessageImportance importance) { }
    }
}
