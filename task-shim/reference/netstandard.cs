// The members of netstandard 2.0.0.0 that the tasks use, to compile them without an SDK: every .NET that MSBuild runs on has
// an assembly of this name that leads to the real ones. Nothing of this is in the package.

using System.Reflection;
using System.Runtime.CompilerServices;

[assembly: AssemblyVersion("2.0.0.0")]

namespace System
{
    public class Object
    {
        public virtual string ToString() => null;
        public virtual bool Equals(object other) => false;
        public virtual int GetHashCode() => 0;
    }

    public abstract class ValueType { }
    public abstract class Enum : ValueType { }
    public struct Void { }
    public struct Boolean { }
    public struct Byte { }
    public struct Char { }
    public struct IntPtr { }
    public struct UIntPtr { }
    public struct Single { }
    public struct Double { }
    public struct Int64 { }
    public struct UInt32 { }

    public struct Int32
    {
        public string ToString(string format) => null;
        public static int Parse(string text) => 0;
        public static bool TryParse(string text, out int number) { number = 0; return false; }
    }

    public struct Nullable<T> where T : struct
    {
        public Nullable(T value) { }
        public bool HasValue => false;
        public T Value => default(T);
        public T GetValueOrDefault() => default(T);
    }

    public struct Guid
    {
        public static Guid NewGuid() => default(Guid);
        public string ToString(string format) => null;
    }

    public sealed class String : Collections.IEnumerable
    {
        public int Length => 0;
        [IndexerName("Chars")]
        public char this[int index] => default(char);
        public int IndexOf(char c) => 0;
        public bool Contains(string text) => false;
        public string Substring(int start) => null;
        public string Substring(int start, int length) => null;
        public string Trim() => null;
        public string ToLowerInvariant() => null;
        public string[] Split(params char[] separators) => null;
        public static string Join(string separator, params string[] values) => null;
        public static string Concat(string a, string b) => null;
        public static string Concat(string a, string b, string c) => null;
        public static string Concat(string a, string b, string c, string d) => null;
        public static string Concat(params string[] values) => null;
        public static string Concat(object a) => null;
        public static string Concat(object a, object b) => null;
        public static string Concat(object a, object b, object c) => null;
        public static string Concat(params object[] values) => null;
        public static bool IsNullOrEmpty(string text) => false;
        public static bool operator ==(string a, string b) => false;
        public static bool operator !=(string a, string b) => false;
        Collections.IEnumerator Collections.IEnumerable.GetEnumerator() => null;
    }

    public abstract class Array { public int Length => 0; }
    public abstract class Delegate { }
    public abstract class MulticastDelegate : Delegate { }
    public delegate void Action<in T>(T value);
    public interface IDisposable { void Dispose(); }
    public struct RuntimeTypeHandle { }

    public abstract class Type
    {
        public static Type GetTypeFromHandle(RuntimeTypeHandle handle) => null;
        public abstract Assembly Assembly { get; }
    }

    public class Exception { public virtual string Message => null; }
    public class SystemException : Exception { }
    public class ArgumentException : SystemException { public ArgumentException(string message) { } }
    public class InvalidOperationException : SystemException { }
    public class TypeLoadException : SystemException { }
    public class UnauthorizedAccessException : SystemException { }

    public class Attribute { }
    public sealed class ParamArrayAttribute : Attribute { }

    [Flags]
    public enum AttributeTargets { All = 0x7fff }
    public sealed class FlagsAttribute : Attribute { }

    public sealed class AttributeUsageAttribute : Attribute
    {
        public AttributeUsageAttribute(AttributeTargets targets) { }
        public bool AllowMultiple { get; set; }
        public bool Inherited { get; set; }
    }

    public static class Environment { public static string CurrentDirectory => null; }
    public class Uri { public static bool IsHexDigit(char c) => false; }
    public static class Convert { public static int ToInt32(string text, int radix) => 0; }
}

namespace System.Collections
{
    public interface IEnumerator { object Current { get; } bool MoveNext(); }
    public interface IEnumerable { IEnumerator GetEnumerator(); }
}

namespace System.Collections.Generic
{
    public interface IEnumerator<out T> : IEnumerator, IDisposable { new T Current { get; } }
    public interface IEnumerable<out T> : IEnumerable { new IEnumerator<T> GetEnumerator(); }

    public class List<T> : IEnumerable<T>
    {
        public List() { }
        public List(IEnumerable<T> items) { }
        public int Count => 0;
        public void Add(T item) { }
        public void AddRange(IEnumerable<T> items) { }
        public void ForEach(Action<T> action) { }
        public T[] ToArray() => null;
        public Enumerator GetEnumerator() => default(Enumerator);
        IEnumerator<T> IEnumerable<T>.GetEnumerator() => null;
        IEnumerator IEnumerable.GetEnumerator() => null;

        public struct Enumerator : IEnumerator<T>
        {
            public T Current => default(T);
            public bool MoveNext() => false;
            public void Dispose() { }
            object IEnumerator.Current => null;
        }
    }

    public class Dictionary<TKey, TValue>
    {
        public bool ContainsKey(TKey key) => false;
        public TValue this[TKey key] { get => default(TValue); set { } }
    }
}

namespace System.ComponentModel
{
    public class Component : IDisposable { public void Dispose() { } }

    public class Win32Exception : Runtime.InteropServices.ExternalException { public int NativeErrorCode => 0; }
}

namespace System.Diagnostics
{
    using System.ComponentModel;

    public class DebuggableAttribute : Attribute
    {
        public enum DebuggingModes { None }
        public DebuggableAttribute(DebuggingModes modes) { }
    }

    public class DataReceivedEventArgs { public string Data => null; }
    public delegate void DataReceivedEventHandler(object sender, DataReceivedEventArgs e);

    public sealed class ProcessStartInfo
    {
        public ProcessStartInfo(string fileName, string arguments) { }
        public string FileName { get; set; }
        public bool UseShellExecute { get; set; }
        public bool CreateNoWindow { get; set; }
        public bool RedirectStandardInput { get; set; }
        public bool RedirectStandardOutput { get; set; }
        public bool RedirectStandardError { get; set; }
        public Text.Encoding StandardOutputEncoding { get; set; }
        public Text.Encoding StandardErrorEncoding { get; set; }
    }

    public class Process : Component
    {
        public ProcessStartInfo StartInfo { get; set; }
        public int ExitCode => 0;
        public IO.StreamWriter StandardInput => null;
        public IO.StreamReader StandardError => null;
        public event DataReceivedEventHandler OutputDataReceived { add { } remove { } }
        public event DataReceivedEventHandler ErrorDataReceived { add { } remove { } }
        public bool Start() => false;
        public static Process Start(ProcessStartInfo start) => null;
        public void Kill() { }
        public void BeginOutputReadLine() { }
        public void BeginErrorReadLine() { }
        public void WaitForExit() { }
        public bool WaitForExit(int milliseconds) => false;
    }
}

namespace System.IO
{
    public class IOException : SystemException { }
    public abstract class Stream : IDisposable { public void Dispose() { } }
    public class FileStream : Stream { }
    public abstract class TextWriter : IDisposable { public virtual void Close() { } public void Dispose() { } }
    public class StreamWriter : TextWriter { public override void Close() { } }
    public abstract class TextReader { public virtual string ReadToEnd() => null; }
    public class StreamReader : TextReader { public override string ReadToEnd() => null; }

    public static class File
    {
        public static bool Exists(string path) => false;
        public static void Copy(string from, string to) { }
        public static FileStream OpenRead(string path) => null;
        public static string[] ReadAllLines(string path) => null;
        public static void WriteAllLines(string path, string[] lines) { }
    }

    public static class Directory
    {
        public static bool Exists(string path) => false;
        public static DirectoryInfo CreateDirectory(string path) => null;
        public static void Delete(string path, bool recursive) { }
    }

    public sealed class DirectoryInfo { }

    public static class Path
    {
        public static readonly char DirectorySeparatorChar;
        public static string Combine(string a, string b) => null;
        public static string Combine(string a, string b, string c) => null;
        public static string Combine(string a, string b, string c, string d) => null;
        public static string GetDirectoryName(string path) => null;
        public static string GetFileName(string path) => null;
        public static string GetFullPath(string path) => null;
        public static string GetTempPath() => null;
    }
}

namespace System.Reflection
{
    public abstract class Assembly { public virtual string Location => null; }
    public sealed class AssemblyVersionAttribute : Attribute { public AssemblyVersionAttribute(string version) { } }
    public sealed class AssemblyFileVersionAttribute : Attribute { public AssemblyFileVersionAttribute(string version) { } }
    public sealed class AssemblyInformationalVersionAttribute : Attribute { public AssemblyInformationalVersionAttribute(string version) { } }
    public sealed class DefaultMemberAttribute : Attribute { public DefaultMemberAttribute(string name) { } }
}

namespace System.Runtime.CompilerServices
{
    public sealed class CompilerGeneratedAttribute : Attribute { }
    public sealed class ExtensionAttribute : Attribute { }
    public sealed class IndexerNameAttribute : Attribute { public IndexerNameAttribute(string name) { } }
    public class CompilationRelaxationsAttribute : Attribute { public CompilationRelaxationsAttribute(int relaxations) { } }

    public sealed class RuntimeCompatibilityAttribute : Attribute
    {
        public bool WrapNonExceptionThrows { get; set; }
    }

    public static class RuntimeHelpers { public static int OffsetToStringData => 0; }
}

namespace System.Runtime.InteropServices
{
    public class ExternalException : SystemException { }
    public sealed class InAttribute : Attribute { }

    public enum Architecture { X86, X64, Arm, Arm64 }

    public struct OSPlatform { public static OSPlatform OSX => default(OSPlatform); }

    public static class RuntimeInformation
    {
        public static bool IsOSPlatform(OSPlatform platform) => false;
        public static Architecture OSArchitecture => default(Architecture);
    }
}

namespace System.Text
{
    public abstract class Encoding { public static Encoding UTF8 => null; }
    public class UTF8Encoding : Encoding { public UTF8Encoding(bool encoderShouldEmitUTF8Identifier) { } }

    public sealed class StringBuilder
    {
        public StringBuilder() { }
        public StringBuilder(string text) { }
        public StringBuilder Append(char c) => null;
        public StringBuilder Append(char c, int count) => null;
        public StringBuilder Append(string text) => null;
    }
}

namespace System.Text.RegularExpressions
{
    public class Capture { public string Value => null; }
    public class Group : Capture { public bool Success => false; }
    public class Match : Group { public virtual GroupCollection Groups => null; }
    public class GroupCollection { public Group this[string name] => null; }

    public class Regex
    {
        public Regex(string pattern) { }
        public Match Match(string text) => null;
        public static string Replace(string text, string pattern, string replacement) => null;
    }
}

namespace System.Threading
{
    public static class Monitor
    {
        public static void Enter(object o, ref bool taken) { }
        public static void Exit(object o) { }
    }
}

namespace System.Xml
{
    public class XmlException : SystemException { }

    public abstract class XmlWriter : IDisposable
    {
        public static XmlWriter Create(string path, XmlWriterSettings settings) => null;
        public void WriteStartElement(string name) { }
        public abstract void WriteEndElement();
        public void WriteElementString(string name, string value) { }
        public void WriteAttributeString(string name, string value) { }
        public void Dispose() { }
    }

    public sealed class XmlWriterSettings
    {
        public Text.Encoding Encoding { get; set; }
        public bool Indent { get; set; }
    }

    public abstract class XmlResolver { }

    public abstract class XmlNode
    {
        public virtual string InnerText { get; set; }
    }

    public class XmlDocument : XmlNode
    {
        public virtual XmlResolver XmlResolver { set { } }
        public XmlElement DocumentElement => null;
        public virtual void Load(IO.Stream stream) { }
        public virtual XmlNodeList GetElementsByTagName(string name) => null;
    }

    public class XmlElement : XmlNode
    {
        public virtual string GetAttribute(string name) => null;
        public virtual XmlNodeList GetElementsByTagName(string name) => null;
    }

    public abstract class XmlNodeList : Collections.IEnumerable
    {
        public abstract int Count { get; }
        [IndexerName("ItemOf")]
        public virtual XmlNode this[int index] => null;
        public abstract Collections.IEnumerator GetEnumerator();
    }
}
