// Method bodies: headers, exception clauses, and what their instructions name.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

static class Bodies
{
    // The runtime's own list of opcodes.
    static readonly Dictionary<int, OpCode> opcodes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)).ToDictionary(opcode => (int)(ushort)opcode.Value);

    public static string Body(Assembly assembly, MethodDefinitionHandle handle)
    {
        MethodDefinition method = assembly.Reader.GetMethodDefinition(handle);
        if (method.RelativeVirtualAddress == 0 || (method.ImplAttributes & MethodImplAttributes.CodeTypeMask) != 0)
            return null;
        MethodBodyBlock body = assembly.Image.GetMethodBody(method.RelativeVirtualAddress);
        int locals = body.LocalSignature.IsNil ? 0 : MetadataTokens.GetToken(body.LocalSignature);
        string clauses = string.Concat(body.ExceptionRegions.Select(region => $" {(int)region.Kind}:{region.TryOffset}+{region.TryLength}:" +
            $"{region.HandlerOffset}+{region.HandlerLength}:{Special(region)}"));
        (int count, ulong hash) = Walk(assembly.Reader, body.GetILReader());
        return $"{MetadataTokens.GetRowNumber(handle)} {body.MaxStack} {locals:x} {(body.LocalVariablesInitialized ? "init" : "raw")} " +
            $"{body.GetILReader().Length} {count} {hash:x16}{clauses}";
    }

    static string Special(ExceptionRegion region) => region.Kind switch
    {
        ExceptionRegionKind.Catch => Text.Token(region.CatchType),
        ExceptionRegionKind.Filter => region.FilterOffset.ToString("x"),
        _ => "-",
    };

    // Number of instructions, and a hash of every opcode with its operand.
    static (int, ulong) Walk(MetadataReader reader, BlobReader il)
    {
        int count = 0;
        ulong hash = 0xcbf29ce484222325;
        void Add(ulong value) => hash = (hash ^ value) * 0x100000001b3;
        while (il.RemainingBytes > 0)
        {
            int code = il.ReadByte();
            if (code == 0xFE)
                code = 0xFE00 | il.ReadByte();
            count++;
            Add((ulong)code);
            switch (opcodes[code].OperandType)
            {
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget:
                    Add((ulong)(long)il.ReadSByte());
                    break;
                case OperandType.ShortInlineI:
                    Add(code == 0x1F ? (ulong)(long)il.ReadSByte() : il.ReadByte());
                    break;
                case OperandType.ShortInlineVar:
                    Add(il.ReadByte());
                    break;
                case OperandType.InlineVar:
                    Add(il.ReadUInt16());
                    break;
                case OperandType.InlineBrTarget:
                case OperandType.InlineI:
                    Add((ulong)(long)il.ReadInt32());
                    break;
                case OperandType.InlineI8:
                    Add((ulong)il.ReadInt64());
                    break;
                case OperandType.ShortInlineR:
                    // The test's reader widens it.
                    Add((ulong)BitConverter.DoubleToInt64Bits(il.ReadSingle()));
                    break;
                case OperandType.InlineR:
                    Add((ulong)BitConverter.DoubleToInt64Bits(il.ReadDouble()));
                    break;
                case OperandType.InlineSwitch:
                    uint targets = il.ReadUInt32();
                    for (uint target = 0; target < targets; target++)
                        Add((ulong)(long)il.ReadInt32());
                    break;
                case OperandType.InlineString:
                    uint text = il.ReadUInt32();
                    Add(text);
                    foreach (char unit in reader.GetUserString(MetadataTokens.UserStringHandle((int)(text & 0xFFFFFF))))
                        Add(unit);
                    break;
                default:
                    Add(il.ReadUInt32());
                    break;
            }
        }
        return (count, hash);
    }
}
