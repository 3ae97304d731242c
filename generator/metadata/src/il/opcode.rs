//! What follows each IL opcode (partition III).

/// Kind of operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it
#[non_exhaustive]
pub enum OperandKind {
    None,
    Int8,
    UInt8,
    UInt16,
    Int32,
    Int64,
    Float32,
    Float64,
    Token,
    Branch8,
    Branch32,
    Switch,
}

/// Operand of an opcode (one byte, or `0xFE00` and the second byte); `None` for what is not an opcode.
pub const fn operand_kind(opcode: u16) -> Option<OperandKind> {
    use OperandKind::*;
    Some(match opcode {
        0x00..=0x0D => None,                                // nop .. stloc.3
        0x0E..=0x13 => UInt8,                               // ldarg.s .. stloc.s
        0x14..=0x1E => None,                                // ldnull, ldc.i4.m1 .. ldc.i4.8
        0x1F => Int8,                                       // ldc.i4.s
        0x20 => Int32,                                      // ldc.i4
        0x21 => Int64,                                      // ldc.i8
        0x22 => Float32,                                    // ldc.r4
        0x23 => Float64,                                    // ldc.r8
        0x25 | 0x26 | 0x2A => None,                         // dup, pop, ret
        0x27..=0x29 => Token,                               // jmp, call, calli
        0x2B..=0x37 => Branch8,                             // br.s .. blt.un.s
        0x38..=0x44 => Branch32,                            // br .. blt.un
        0x45 => Switch,                                     // switch
        0x46..=0x6E => None,                                // ldind, stind, arithmetic, conv
        0x6F..=0x75 => Token,                               // callvirt, cpobj, ldobj, ldstr, newobj, castclass, isinst
        0x76 => None,                                       // conv.r.un
        0x79 => Token,                                      // unbox
        0x7A => None,                                       // throw
        0x7B..=0x81 => Token,                               // ldfld .. stobj
        0x82..=0x8B => None,                                // conv.ovf.un
        0x8C | 0x8D | 0x8F => Token,                        // box, newarr, ldelema
        0x8E | 0x90..=0xA2 => None,                         // ldlen, ldelem.*, stelem.*
        0xA3..=0xA5 => Token,                               // ldelem, stelem, unbox.any
        0xB3..=0xBA | 0xC3 => None,                         // conv.ovf.*, ckfinite
        0xC2 | 0xC6 | 0xD0 => Token,                        // refanyval, mkrefany, ldtoken
        0xD1..=0xDC => None,                                // conv.u2 .. endfinally
        0xDD => Branch32,                                   // leave
        0xDE => Branch8,                                    // leave.s
        0xDF | 0xE0 => None,                                // stind.i, conv.u
        0xFE00..=0xFE05 => None,                            // arglist, ceq .. clt.un
        0xFE06 | 0xFE07 => Token,                           // ldftn, ldvirtftn
        0xFE09..=0xFE0E => UInt16,                          // ldarg .. stloc
        0xFE0F | 0xFE11 => None,                            // localloc, endfilter
        0xFE12 | 0xFE19 => UInt8,                           // unaligned., no.
        0xFE13 | 0xFE14 => None,                            // volatile., tail.
        0xFE15 | 0xFE16 | 0xFE1C => Token,                  // initobj, constrained., sizeof
        0xFE17 | 0xFE18 | 0xFE1A | 0xFE1D | 0xFE1E => None, // cpblk, initblk, rethrow, refanytype, readonly.
        _ => return Option::None,
    })
}
