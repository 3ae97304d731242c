//! Random shapes: mostly what bindings hold, with a share of everything the layout rules tell apart.

use std::collections::HashSet;

use super::exceptions::is_ordinary;
use super::shape::{Field, Kind, Known, Scalar, Struct, Ty, Unit};
use crate::wasm::patterns::Random;

/// Structs larger than this are thrown away: nothing new happens in them.
const MAX_SIZE: u32 = 4096;

/// How many of [`Scalar::OF_VECTORS`] the runtime has instructions for.
const NUMERIC: usize = 10;

/// A unit of that many different structs; the same for the same seed and number.
pub fn unit(seed: u64, number: u32, count: usize) -> Unit {
    let mut dice = Dice(Random::new(&format!("structs {seed}"), number));
    let mut unit = Unit::default();
    let mut seen = HashSet::new();
    let mut ordinary = Vec::new();
    while unit.structs.len() < count {
        let made = dice.shape(&unit, &ordinary);
        if unit.measure(&made).size <= MAX_SIZE && seen.insert(made.clone()) {
            let index = unit.push(made);
            if is_ordinary(&unit, index) {
                ordinary.push(index);
            }
        }
    }
    unit
}

struct Dice(Random);

impl Dice {
    /// A number below `bound`.
    fn below(&mut self, bound: u32) -> u32 {
        (self.0.next_u64() % u64::from(bound)) as u32
    }

    fn percent(&mut self, share: u32) -> bool {
        self.below(100) < share
    }

    fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u32) as usize]
    }

    /// A struct whose parts are structs of `unit`, mostly the `ordinary` ones: a peculiar struct makes everything
    /// around it peculiar.
    fn shape(&mut self, unit: &Unit, ordinary: &[usize]) -> Struct {
        let nested = |dice: &mut Dice| match unit.structs.len() {
            0 => None,
            _ if ordinary.is_empty() || dice.percent(5) => Some(dice.below(unit.structs.len() as u32) as usize),
            _ => Some(dice.pick(ordinary)),
        };
        let kind = match self.below(100) {
            0..64 => Kind::Sequential,
            64..82 => Kind::Explicit,
            82..90 => Kind::InlineArray(self.length()),
            90..94 => Kind::Pair,
            94..97 => Kind::CStruct,
            _ => Kind::CUnion,
        };
        let count = match kind {
            Kind::InlineArray(_) => 1,
            Kind::Pair => 2,
            Kind::CStruct | Kind::CUnion => 1 + self.below(4),
            Kind::Sequential if self.percent(2) => 0,
            // Wrappers are where the wasm type is decided.
            _ if self.percent(30) => 1,
            _ => 2 + self.below(5),
        };
        let mut made = Struct { kind, pack: 0, class_size: 0, fields: Vec::new() };
        if matches!(kind, Kind::Sequential | Kind::Explicit | Kind::InlineArray(_)) && self.percent(35) {
            made.pack = self.pick(&[1, 2, 4, 8, 16]);
        }
        for _ in 0..count {
            let inner = nested(self);
            let mut ty = self.ty(inner);
            while !is_allowed(kind, &ty) {
                ty = self.ty(inner);
            }
            made.fields.push(Field { ty, offset: 0 });
        }
        if kind == Kind::Explicit {
            self.place(unit, &mut made);
        }
        if matches!(kind, Kind::Sequential | Kind::Explicit) && self.percent(12) {
            made.class_size = self.class_size(unit, &made);
        }
        made
    }

    fn ty(&mut self, nested: Option<usize>) -> Ty {
        match self.below(100) {
            0..42 => Ty::Scalar(self.pick(&Scalar::ALL)),
            42..50 => Ty::Enum(self.pick(&Scalar::OF_ENUMS)),
            50..53 => Ty::Int128 { signed: self.percent(50) },
            53..60 => {
                let size = self.pick(&[8, 16, 16, 32, 64]);
                let (numeric, others) = Scalar::OF_VECTORS.split_at(NUMERIC);
                let elements = if self.percent(85) { numeric } else { others };
                Ty::Vector { size, element: self.pick(elements) }
            }
            60..61 => Ty::VectorT(self.pick(&Scalar::OF_VECTORS[..NUMERIC])),
            61..66 => Ty::Known(self.pick(&Known::ALL)),
            66..73 => Ty::FixedBuffer(self.pick(&Scalar::OF_BUFFERS), self.length()),
            _ => nested.map_or(Ty::Scalar(Scalar::I4), Ty::Struct),
        }
    }

    fn length(&mut self) -> u32 {
        if self.percent(25) { 1 } else { 1 + self.below(9) }
    }

    /// Gives every field an offset: all at 0 like a union, one after the other, or anywhere.
    fn place(&mut self, unit: &Unit, made: &mut Struct) {
        const MISPLACED: u32 = 90;
        let style = self.below(100);
        let mut end = 0;
        for number in 0..made.fields.len() {
            let (size, align) = unit.extent(&made.fields[number].ty);
            let align = align.min(made.packing());
            let offset = match style {
                0..50 => 0,
                50..70 => end + align * self.below(2),
                70..MISPLACED => align * self.below(4),
                _ => self.below(24),
            };
            // Only the last style goes where C would put no field.
            made.fields[number].offset = if style < MISPLACED { offset.next_multiple_of(align) } else { offset };
            end = end.max(made.fields[number].offset + size);
        }
    }

    /// A Size about as large as the struct is without; mostly one that C can have as well.
    fn class_size(&mut self, unit: &Unit, made: &Struct) -> u32 {
        let measured = unit.measure(made);
        let whole = measured.size + measured.align * self.below(4);
        if self.percent(80) { whole.max(1) } else { 1 + self.below(measured.size + 8) }
    }
}

/// What C# allows: fixed buffers are fields of ordinary structs, and no type argument is a pointer.
fn is_allowed(kind: Kind, ty: &Ty) -> bool {
    match ty {
        Ty::FixedBuffer(..) => !matches!(kind, Kind::InlineArray(_) | Kind::Pair),
        Ty::Scalar(Scalar::Pointer | Scalar::FunctionPointer) => kind != Kind::Pair,
        _ => true,
    }
}
