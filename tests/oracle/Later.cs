// Compiled twice: once for LayoutShapes.cs to be compiled against, and once more with LATER for the runtime to find. No C#
// compiler accepts all that follows from the second version, but a runtime that loads both must say something.
namespace LayoutShapes.Later;

#if LATER
public ref struct Ref { public int A; }
public class Class { public int A; }
public struct Struct { public int A; }
public struct Larger { public byte A; public long B; public object C; }
public enum Enum : long { A }
#else
public struct Ref { public int A; }
public struct Class { public int A; }
public class Struct { public int A; }
public struct Larger { public byte A; }
public enum Enum : byte { A }
public struct Gone { public int A; }
public class GoneClass { public int A; }
#endif
