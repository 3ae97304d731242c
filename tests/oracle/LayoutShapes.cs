// Value types that the framework has few of, for the runtime to lay out. What each comes to is asked, never written down.
using System;
using System.Collections.Generic;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

// Around every value type there is: the alignment of T decides where B and C are.
namespace LayoutShapes.Around
{
    public struct Sequential<T> { public byte A; public T B; public byte C; }
    [StructLayout(LayoutKind.Auto)] public struct Auto<T> { public byte A; public T B; public byte C; }
    [StructLayout(LayoutKind.Auto)] public struct AutoObject<T> { public byte A; public T B; public object C; public short D; }
    [StructLayout(LayoutKind.Auto)] public struct AutoTwice<T> { public T A; public int B; public T C; public long D; }
    [StructLayout(LayoutKind.Sequential, Pack = 1)] public struct Pack1<T> { public byte A; public T B; public short C; }
    [StructLayout(LayoutKind.Sequential, Pack = 4)] public struct Pack4<T> { public byte A; public T B; public byte C; }
    [InlineArray(3)] public struct Inline<T> { public T A; }
    public struct AfterInline<T> { public byte A; public Inline<T> B; public byte C; }
    public struct Nullables<T> where T : struct { public byte A; public T? B; public short C; }
}

namespace LayoutShapes
{
    public enum Byte : byte { A }
    public enum Long : long { A }

    // Empty types.
    public struct Empty { }
    public struct Empties { public Empty A, B; public int C; public Empty D; }
    public struct NestedEmpty { public Empty A; }
    [StructLayout(LayoutKind.Auto)] public struct AutoEmpties { public Empty A; public int B; public Empty C; }
    [StructLayout(LayoutKind.Auto)] public struct AutoEmpty { }
    [StructLayout(LayoutKind.Explicit)] public struct ExplicitEmpty { }
    [StructLayout(LayoutKind.Sequential, Size = 5)] public struct EmptySize5 { }
    [StructLayout(LayoutKind.Explicit, Size = 5)] public struct ExplicitSize5 { }
    [StructLayout(LayoutKind.Auto, Size = 50)] public struct AutoSize50 { public int A; }
    [StructLayout(LayoutKind.Sequential, Pack = 2, Size = 7)] public struct EmptyPackSize { }
    public struct HoldsEmptySize5 { public byte A; public EmptySize5 B; public int C; }
    public struct StaticsOnly { public static int A; public static object B; public const int C = 1; }

    // Auto layout.
    [StructLayout(LayoutKind.Auto)] public struct AutoBytes3 { public byte A, B, C; }
    [StructLayout(LayoutKind.Auto)] public struct AutoBytes5 { public byte A, B, C, D, E; }
    [StructLayout(LayoutKind.Auto)] public struct AutoBytes9 { public byte A, B, C, D, E, F, G, H, I; }
    [StructLayout(LayoutKind.Auto)] public struct AutoByteShort { public byte A; public short B; }
    [StructLayout(LayoutKind.Auto)] public struct AutoInts3 { public int A, B, C; }
    [StructLayout(LayoutKind.Auto)] public struct AutoShorts5 { public short A, B, C, D, E; }
    [StructLayout(LayoutKind.Auto)] public struct AutoMixed { public byte A; public long B; public object C; public int D; public string E; public short F; }
    [StructLayout(LayoutKind.Auto)] public struct AutoGuid { public byte A; public Guid B; public object C; }
    [StructLayout(LayoutKind.Auto)] public struct AutoGuidBytes { public Guid A; public byte B, C, D; }
    [StructLayout(LayoutKind.Auto)] public struct AutoOnlyGuid { public Guid A; }
    [StructLayout(LayoutKind.Auto)] public struct AutoInt128 { public byte A; public Int128 B; }
    [StructLayout(LayoutKind.Auto)] public struct AutoInt128Object { public object A; public Int128 B; public byte C; }
    [StructLayout(LayoutKind.Auto)] public struct AutoVector64 { public byte A; public Vector64<int> B; }
    [StructLayout(LayoutKind.Auto)] public struct AutoVector128 { public byte A; public Vector128<int> B; public object C; }
    [StructLayout(LayoutKind.Auto)] public struct AutoVector256 { public byte A; public Vector256<int> B; }
    [StructLayout(LayoutKind.Auto)] public struct AutoVector512 { public byte A; public Vector512<int> B; public object C; }
    [StructLayout(LayoutKind.Auto)] public unsafe struct AutoPointers { public byte A; public void* B; public delegate*<void> C; public nint D; public int E; }
    [StructLayout(LayoutKind.Auto)] public struct AutoEnums { public Byte A; public Long B; public DayOfWeek C; public char D; }
    [StructLayout(LayoutKind.Auto)] public struct AutoSmallStructs { public SmallPair A; public byte B; public SmallPair C; public AutoBytes3 D; }
    [StructLayout(LayoutKind.Auto, Pack = 1)] public struct AutoPack1 { public byte A; public long B; }
    [StructLayout(LayoutKind.Auto)] public ref struct AutoRef { public byte A; public ref int B; public long C; public Span<byte> D; public short E; }
    public struct SmallPair { public short A; public byte B; }
    public struct InAuto { public byte A; public AutoInt128Object B; public byte C; }
    public struct InAutoBytes5 { public byte A; public AutoBytes5 B; public byte C; }

    // Sequential, with references: the runtime then orders fields as it likes.
    public struct RefFirst { public object A; public byte B; public long C; public short D; }
    public struct RefMiddle { public byte A; public string B; public byte C; }
    public struct RefNested { public byte A; public RefMiddle B; public short C; public Guid D; }
    public struct RefInt128 { public Int128 A; public object B; public byte C; }
    public struct RefVector256 { public byte A; public Vector256<byte> B; public object C; }
    public struct RefArrays { public byte A; public int[] B; public int[,] C; public Action D; public byte E; }
    [StructLayout(LayoutKind.Sequential, Pack = 1)] public struct RefPack1 { public byte A; public object B; public byte C; }
    [StructLayout(LayoutKind.Sequential, Size = 60)] public struct RefSize60 { public object A; public byte B; }
    public struct Interfaces { public byte A; public IDisposable B; public int C; public IEnumerable<int> D; }

    // Sequential without references.
    public struct Decimals { public byte A; public decimal B; public Half C; public DateTime D; }
    public struct Bools { public bool A; public char B; public bool C; }
    public struct Int128s { public byte A; public Int128 B; public UInt128 C; public byte D; }
    public struct Vectors { public byte A; public Vector64<int> B; public byte C; public Vector128<int> D; public byte E; public Vector256<int> F; public byte G; public Vector512<int> H; }
    public struct VectorsOfOdd { public byte A; public Vector128<bool> B; public Vector256<Guid> C; public byte D; }
    public struct VectorTs { public byte A; public Vector<int> B; public byte C; public Vector<byte> D; }
    public struct Planes { public byte A; public Vector2 B; public Vector3 C; public Plane D; public Quaternion E; public Matrix4x4 F; }
    public unsafe struct Pointers { public byte A; public void* B; public byte C; public delegate* unmanaged<int, void> D; public byte E; public nuint F; }
    [StructLayout(LayoutKind.Sequential, Size = 1)] public struct SizeTooSmall { public int A; public byte B; }
    [StructLayout(LayoutKind.Sequential, Size = 11)] public struct SizeOdd { public int A; public byte B; }
    [StructLayout(LayoutKind.Sequential, Pack = 1)] public struct Pack1Int128 { public byte A; public Int128 B; public Vector256<byte> C; }
    [StructLayout(LayoutKind.Sequential, Pack = 2)] public struct Pack2 { public byte A; public long B; public byte C; }
    [StructLayout(LayoutKind.Sequential, Pack = 16)] public struct Pack16 { public byte A; public Vector512<byte> B; public byte C; }
    [StructLayout(LayoutKind.Sequential, Pack = 128)] public struct Pack128 { public byte A; public Vector512<byte> B; public byte C; }
    public struct HoldsPack2 { public byte A; public Pack2 B; public long C; }
    public struct HoldsSizeOdd { public byte A; public SizeOdd B; public byte C; public SizeOdd D; }
    public unsafe struct Fixed { public byte A; public fixed short B[3]; public fixed byte C[5]; public fixed double D[2]; public fixed char E[1]; public fixed bool F[7]; }

    // ref structs.
    public ref struct RefField { public byte A; public ref int B; public byte C; }
    public ref struct Spans { public byte A; public Span<int> B; public byte C; public ReadOnlySpan<char> D; public object E; }
    [StructLayout(LayoutKind.Sequential, Pack = 1)] public ref struct RefFieldPack1 { public byte A; public ref int B; public byte C; }
    [StructLayout(LayoutKind.Explicit)] public ref struct ExplicitSpan { [FieldOffset(8)] public Span<int> A; [FieldOffset(1)] public byte B; }
    [StructLayout(LayoutKind.Explicit, Pack = 2)] public ref struct ExplicitSpanPack2 { [FieldOffset(8)] public Span<int> A; [FieldOffset(25)] public byte B; }
    [StructLayout(LayoutKind.Explicit)] public ref struct ExplicitSpanInt128 { [FieldOffset(32)] public Span<int> A; [FieldOffset(0)] public Int128 B; }
    [StructLayout(LayoutKind.Explicit, Size = 27)] public ref struct ExplicitSpanSize { [FieldOffset(8)] public Span<int> A; [FieldOffset(0)] public byte B; }
    public ref struct HoldsExplicitSpans { public byte A; public ExplicitSpanPack2 B; public byte C; public ExplicitSpanInt128 D; public byte E; public ExplicitSpanSize F; public byte G; }
    [StructLayout(LayoutKind.Auto)] public ref struct AutoExplicitSpans { public byte A; public ExplicitSpanPack2 B; public byte C; public ExplicitSpanInt128 D; public byte E; public ExplicitSpanSize F; public byte G; }
    [StructLayout(LayoutKind.Explicit)] public ref struct MisalignedSpan { [FieldOffset(4)] public Span<int> A; }
    [StructLayout(LayoutKind.Explicit)] public ref struct SpanOverLong { [FieldOffset(0)] public Span<int> A; [FieldOffset(0)] public long B; }
    [StructLayout(LayoutKind.Explicit)] public ref struct LengthOverInt { [FieldOffset(0)] public Span<int> A; [FieldOffset(8)] public int B; }
    [StructLayout(LayoutKind.Explicit)] public ref struct RefOverObject { [FieldOffset(0)] public ref int A; [FieldOffset(0)] public object B; }
    [StructLayout(LayoutKind.Explicit)] public ref struct RefOverRef { [FieldOffset(0)] public ref int A; [FieldOffset(0)] public ref long B; }

    // Explicit layout.
    [StructLayout(LayoutKind.Explicit)] public struct Union { [FieldOffset(0)] public int A; [FieldOffset(0)] public double B; [FieldOffset(0)] public byte C; }
    [StructLayout(LayoutKind.Explicit)] public struct Gap { [FieldOffset(9)] public byte A; [FieldOffset(20)] public short B; }
    [StructLayout(LayoutKind.Explicit)] public struct Misaligned { [FieldOffset(0)] public byte A; [FieldOffset(1)] public long B; }
    [StructLayout(LayoutKind.Explicit, Pack = 1)] public struct MisalignedPack1 { [FieldOffset(0)] public byte A; [FieldOffset(1)] public long B; }
    [StructLayout(LayoutKind.Explicit, Pack = 4)] public struct UnionPack4 { [FieldOffset(0)] public byte A; [FieldOffset(4)] public double B; }
    [StructLayout(LayoutKind.Explicit, Size = 3)] public struct ExplicitSizeTooSmall { [FieldOffset(0)] public byte A; [FieldOffset(4)] public double B; }
    [StructLayout(LayoutKind.Explicit, Size = 21)] public struct ExplicitSizeOdd { [FieldOffset(0)] public byte A; [FieldOffset(8)] public double B; }
    [StructLayout(LayoutKind.Explicit)] public struct ExplicitInt128 { [FieldOffset(1)] public byte A; [FieldOffset(16)] public Int128 B; }
    [StructLayout(LayoutKind.Explicit)] public struct ExplicitObject { [FieldOffset(8)] public object A; [FieldOffset(0)] public byte B; }
    [StructLayout(LayoutKind.Explicit, Size = 30)] public struct ExplicitObjectSize30 { [FieldOffset(8)] public object A; [FieldOffset(0)] public byte B; }
    [StructLayout(LayoutKind.Explicit, Pack = 2)] public struct ExplicitObjectPack2 { [FieldOffset(8)] public object A; [FieldOffset(17)] public byte B; }
    [StructLayout(LayoutKind.Explicit)] public struct ExplicitObjectInt128 { [FieldOffset(0)] public object A; [FieldOffset(16)] public Int128 B; }
    [StructLayout(LayoutKind.Explicit, Pack = 4)] public struct ExplicitObjectVector { [FieldOffset(0)] public object A; [FieldOffset(16)] public Vector256<int> B; }
    public struct HoldsExplicitObjects { public byte A; public ExplicitObjectPack2 B; public byte C; public ExplicitObjectInt128 D; public byte E; public ExplicitObjectVector F; public byte G; }
    [StructLayout(LayoutKind.Explicit)] public struct ObjectOverObject { [FieldOffset(0)] public object A; [FieldOffset(0)] public string B; }
    [StructLayout(LayoutKind.Explicit)] public struct ObjectOverLong { [FieldOffset(0)] public object A; [FieldOffset(0)] public long B; }
    [StructLayout(LayoutKind.Explicit)] public struct ObjectOverByte { [FieldOffset(0)] public object A; [FieldOffset(7)] public byte B; }
    [StructLayout(LayoutKind.Explicit)] public struct MisalignedObject { [FieldOffset(4)] public object A; }
    [StructLayout(LayoutKind.Explicit)] public struct ObjectHalfOver { [FieldOffset(0)] public object A; [FieldOffset(8)] public RefMiddle B; [FieldOffset(12)] public int C; }
    [StructLayout(LayoutKind.Explicit)] public struct GapOfStruct { [FieldOffset(0)] public RefMiddle A; [FieldOffset(10)] public byte B; }
    [StructLayout(LayoutKind.Explicit)] public struct StructOverStruct { [FieldOffset(0)] public RefMiddle A; [FieldOffset(0)] public RefMiddle B; }
    [StructLayout(LayoutKind.Explicit)] public struct StructOverLong { [FieldOffset(0)] public RefMiddle A; [FieldOffset(0)] public long B; }
    [StructLayout(LayoutKind.Explicit)] public struct UnionOfAuto { [FieldOffset(0)] public AutoBytes5 A; [FieldOffset(0)] public AutoMixed B; }
    public struct HoldsUnion { public byte A; public Union B; public byte C; }
    public struct HoldsMisalignedPack1 { public byte A; public MisalignedPack1 B; public byte C; }

    // Types that were something else when this was compiled, see Later.cs.
    public struct HoldsLaterRef { public Later.Ref A; public byte B; }
    public ref struct RefHoldsLaterRef { public byte A; public Later.Ref B; public byte C; }
    public struct HoldsLaterClass { public byte A; public Later.Class B; public byte C; }
    public struct HoldsLaterStruct { public byte A; public Later.Struct B; public byte C; }
    public struct HoldsLaterLarger { public byte A; public Later.Larger B; public byte C; }
    public struct HoldsLaterEnum { public byte A; public Later.Enum B; public byte C; }
    public struct HoldsLaterGone { public byte A; public Later.Gone B; }
    public struct HoldsLaterGoneClass { public byte A; public Later.GoneClass B; }

    // Inline arrays.
    [InlineArray(1)] public struct Inline1 { public long A; }
    [InlineArray(5)] public struct InlineBytes { public byte A; }
    [InlineArray(5)] public struct InlineObjects { public object A; }
    [InlineArray(5)] public struct InlineOfRefs { public RefMiddle A; }
    [InlineArray(3)] public struct InlineOfInline { public InlineBytes A; }
    [InlineArray(7)] public struct InlineInt128 { public Int128 A; }
    [InlineArray(3)] public struct InlineOdd { public SizeOdd A; }
    [InlineArray(3), StructLayout(LayoutKind.Auto)] public struct InlineAuto { public SmallPair A; }
    [InlineArray(4), StructLayout(LayoutKind.Auto)] public struct InlineAutoBytes { public byte A; }
    [InlineArray(4), StructLayout(LayoutKind.Auto)] public struct InlineAutoShorts { public short A; }
    [InlineArray(3), StructLayout(LayoutKind.Auto)] public struct InlineAutoGuid { public Guid A; }
    [InlineArray(3), StructLayout(LayoutKind.Auto)] public struct InlineAutoObject { public RefMiddle A; }
    [InlineArray(3), StructLayout(LayoutKind.Sequential, Pack = 1)] public struct InlinePack1 { public Guid A; }
    [InlineArray(3), StructLayout(LayoutKind.Sequential, Size = 64)] public struct InlineSize { public int A; }
    [InlineArray(1 << 20)] public struct InlineLarge { public long A; }
    [InlineArray(1 << 27)] public struct InlineTooLarge { public long A; }
    public struct HoldsInlines { public byte A; public InlineBytes B; public short C; public InlineObjects D; public byte E; }
    [StructLayout(LayoutKind.Explicit)] public struct UnionOfInlines { [FieldOffset(0)] public InlineObjects A; [FieldOffset(16)] public object B; }
    [StructLayout(LayoutKind.Explicit)] public struct InlineObjectsOverLong { [FieldOffset(0)] public InlineObjects A; [FieldOffset(16)] public long B; }

    // Generics.
    public struct Two<T, U> { public T A; public U B; }
    public struct Three<T, U> { public byte A; public Two<T, U> B; public Two<U, T> C; public T D; }
    [StructLayout(LayoutKind.Auto)] public struct AutoTwo<T, U> { public T A; public U B; public byte C; }
    public class Outer<T> { public struct Nested { public byte A; public T B; } public enum Kind : ushort { A } }
    [StructLayout(LayoutKind.Sequential, Pack = 2)] public struct PackedTwo<T, U> { public T A; public U B; }
    public struct Uses
    {
        public Two<byte, long> A;
        public Two<byte, string> B;
        public Three<int, Int128> C;
        public Three<string, Two<byte, Guid>> D;
        public AutoTwo<Int128, object> E;
        public AutoTwo<byte, AutoTwo<long, Guid>> F;
        public Outer<int>.Nested G;
        public Outer<Guid?>.Nested H;
        public Outer<string>.Kind I;
        public PackedTwo<byte, Int128> J;
        public PackedTwo<string, byte> K;
        public Two<(byte, long), (string, byte, Int128)> L;
        public KeyValuePair<Vector128<int>, string> M;
        public Two<Two<Two<byte, short>, int>, long> N;
        public (byte, byte, byte, byte, byte, byte, byte, byte, long) O;
    }
}
