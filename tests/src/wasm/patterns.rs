//! Distinctive bit patterns from a deterministic generator.

use wasmi::{F32, F64, V128, Val};

use super::keys::Ty;

/// A wasm value as its bits, so that NaNs compare by payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bits {
    /// The type.
    pub ty: Ty,
    /// The bits, in the low part.
    pub bits: u128,
}

impl Bits {
    /// An i32, the form of every address and table index.
    pub fn i32(value: u32) -> Bits {
        Bits { ty: Ty::I32, bits: value.into() }
    }

    /// The value's bytes in memory.
    pub fn bytes(self) -> Vec<u8> {
        self.bits.to_le_bytes()[..self.ty.size() as usize].to_vec()
    }

    /// The value whose bytes are at the start of `bytes`.
    pub fn from_bytes(ty: Ty, bytes: &[u8]) -> Bits {
        let mut whole = [0; 16];
        let size = ty.size() as usize;
        whole[..size].copy_from_slice(&bytes[..size]);
        Bits { ty, bits: u128::from_le_bytes(whole) }
    }

    /// The engine's value.
    pub fn val(self) -> Val {
        match self.ty {
            Ty::I32 => Val::I32(self.bits as u32 as i32),
            Ty::I64 => Val::I64(self.bits as u64 as i64),
            Ty::F32 => Val::F32(F32::from_bits(self.bits as u32)),
            Ty::F64 => Val::F64(F64::from_bits(self.bits as u64)),
            Ty::V128 => Val::V128(V128::from(self.bits)),
        }
    }

    /// The bits of an engine's value.
    pub fn of(val: &Val) -> Bits {
        match val {
            Val::I32(value) => Bits { ty: Ty::I32, bits: (*value as u32).into() },
            Val::I64(value) => Bits { ty: Ty::I64, bits: (*value as u64).into() },
            Val::F32(value) => Bits { ty: Ty::F32, bits: value.to_bits().into() },
            Val::F64(value) => Bits { ty: Ty::F64, bits: value.to_bits().into() },
            Val::V128(value) => Bits { ty: Ty::V128, bits: value.as_u128() },
            other => panic!("no thunk passes {other:?}"),
        }
    }
}

/// A splitmix64 generator: the same seed gives the same patterns on every machine.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A generator for the run named by `label` and `round`.
    pub fn new(label: &str, round: u32) -> Random {
        let seed = label.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Random(seed ^ (u64::from(round) << 32))
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`, which is small.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next_u64() % limit as u64) as usize
    }

    /// Fills `bytes`.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next_u64().to_le_bytes()[..chunk.len()]);
        }
    }

    /// That many bytes.
    pub fn bytes(&mut self, count: u32) -> Vec<u8> {
        let mut bytes = vec![0; count as usize];
        self.fill(&mut bytes);
        bytes
    }

    /// A value that a wrong width, a sign extension or a numeric conversion would change.
    pub fn value(&mut self, ty: Ty) -> Bits {
        let random = self.next_u64();
        let low = random & 0x000f_ffff;
        let class = (random >> 60) & 3;
        let bits = match ty {
            // The high bit set, the low bytes random.
            Ty::I32 => u128::from(0x8000_0000 | random as u32),
            Ty::I64 => u128::from((1 << 63) | random),
            // A signalling NaN, a quiet NaN, a denormal, a negative number that is no integer.
            Ty::F32 => u128::from(match class {
                0 => 0x7f80_0001 | (low as u32 & 0x003f_ffff),
                1 => 0xffc0_0001 | low as u32,
                2 => 0x8000_0001 | low as u32,
                _ => 0xc123_4000 | (low as u32 & 0x3fff),
            }),
            Ty::F64 => u128::from(match class {
                0 => 0x7ff0_0000_0000_0001 | (random & 0x0007_ffff_ffff_ffff),
                1 => 0xfff8_0000_0000_0001 | (random & 0x0007_ffff_ffff_ffff),
                2 => 0x8000_0000_0000_0001 | (low << 4),
                _ => 0xc0fe_dcb0_0000_0000 | low,
            }),
            Ty::V128 => (u128::from(random | 1 << 63) << 64) | u128::from(self.next_u64()),
        };
        Bits { ty, bits }
    }
}
