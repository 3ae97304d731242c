//! What a signature string asks for: the exact wasm type of the callee and where each argument comes from.
//!
//! This is the tests' own reading of the grammar, kept apart from the generator's on purpose:
//!
//! ```text
//! string := ret [ 'T' ] [ ctx ] [ 'a' ] param* [ 'p' ]
//! ret    := 'v' | 'i' | 'l' | 'f' | 'd' | 'V' | 'S'N
//! ctx    := 'i'                              (recognised only directly before 'a')
//! param  := 'i' | 'l' | 'f' | 'd' | 'V' | 'l2' | 'V2' | 'V4' | 'S'N | 'A'N | 'e'
//! managed: sp, [this], [retbuf], [ctx], [async], params..., entry point
//! native:  [retbuf], params...
//! ```

use wasmi::{FuncType, ValType};

/// Size of an interpreter stack slot in bytes.
pub const SLOT: u32 = 8;

/// A wasm value type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ty {
    /// i32
    I32,
    /// i64
    I64,
    /// f32
    F32,
    /// f64
    F64,
    /// v128
    V128,
}

impl Ty {
    /// Size in bytes.
    pub fn size(self) -> u32 {
        match self {
            Ty::I32 | Ty::F32 => 4,
            Ty::I64 | Ty::F64 => 8,
            Ty::V128 => 16,
        }
    }

    /// The engine's name for the type.
    pub fn val_type(self) -> ValType {
        match self {
            Ty::I32 => ValType::I32,
            Ty::I64 => ValType::I64,
            Ty::F32 => ValType::F32,
            Ty::F64 => ValType::F64,
            Ty::V128 => ValType::V128,
        }
    }

    fn from_letter(letter: u8) -> Option<Ty> {
        Some(match letter {
            b'i' => Ty::I32,
            b'l' => Ty::I64,
            b'f' => Ty::F32,
            b'd' => Ty::F64,
            b'V' => Ty::V128,
            _ => return None,
        })
    }
}

/// The return of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ret {
    /// Nothing.
    Void,
    /// One wasm result.
    Value(Ty),
    /// A struct of that many bytes, through a return buffer.
    Struct(u32),
}

/// What an argument slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `T`, or the generic context: an i32.
    Hidden,
    /// `a`: takes a slot, is passed as 0.
    Async,
    /// That many consecutive wasm values of one type.
    Values(Ty, u32),
    /// A struct of that many bytes, passed by reference.
    Struct(u32),
    /// `e`: takes a slot, has no parameter.
    Empty,
}

/// An argument and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arg {
    /// What it is.
    pub kind: Kind,
    /// Offset in bytes from the start of the argument area.
    pub offset: u32,
}

/// One wasm parameter of the callee and where its value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Param {
    /// The address of the thunk's frame.
    StackPointer,
    /// `pRet`.
    ReturnBuffer,
    /// The constant 0 (async continuation).
    Zero,
    /// A value of that type loaded from this offset of the argument area.
    Load(Ty, u32),
    /// The address of this offset of the argument area.
    Address(u32),
    /// The portable entry point.
    EntryPoint,
}

impl Param {
    /// The wasm type.
    pub fn ty(self) -> Ty {
        match self {
            Param::Load(ty, _) => ty,
            _ => Ty::I32,
        }
    }
}

/// A parsed signature string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// What is returned.
    pub ret: Ret,
    /// Whether the callee is managed (`p`).
    pub managed: bool,
    /// The first argument is `this`.
    pub has_this: bool,
    /// The arguments in declaration order, hidden ones first.
    pub args: Vec<Arg>,
    /// Size of the argument area in bytes.
    pub area: u32,
}

impl Shape {
    /// Reads a key: `M` and a signature string.
    pub fn of_key(key: &str) -> Shape {
        let signature = key.strip_prefix('M').unwrap_or_else(|| panic!("`{key}` does not start with M"));
        Shape::of_signature(signature)
    }

    /// Reads a signature string.
    ///
    /// Panics when it is none: keys are test inputs, or come from a table whose keys are compared with them.
    pub fn of_signature(text: &str) -> Shape {
        try_parse(text).unwrap_or_else(|| panic!("`{text}` is not a signature string"))
    }

    /// The callee's wasm parameters in order.
    pub fn params(&self) -> Vec<Param> {
        let mut params = Vec::new();
        if self.managed {
            params.push(Param::StackPointer);
        }
        let (this, rest) = self.args.split_at(usize::from(self.has_this));
        params.extend(this.iter().map(|arg| Param::Load(Ty::I32, arg.offset)));
        if let Ret::Struct(_) = self.ret {
            params.push(Param::ReturnBuffer);
        }
        for arg in rest {
            match arg.kind {
                Kind::Hidden => params.push(Param::Load(Ty::I32, arg.offset)),
                Kind::Async => params.push(Param::Zero),
                Kind::Values(ty, count) => {
                    params.extend((0..count).map(|k| Param::Load(ty, arg.offset + k * ty.size())));
                }
                Kind::Struct(_) => params.push(Param::Address(arg.offset)),
                Kind::Empty => {}
            }
        }
        if self.managed {
            params.push(Param::EntryPoint);
        }
        params
    }

    /// The callee's wasm result.
    pub fn result(&self) -> Option<Ty> {
        match self.ret {
            Ret::Value(ty) => Some(ty),
            Ret::Void | Ret::Struct(_) => None,
        }
    }

    /// The callee's wasm type.
    pub fn func_type(&self) -> FuncType {
        let params = self.params().into_iter().map(|param| param.ty().val_type());
        FuncType::new(params, self.result().map(Ty::val_type))
    }

    /// Whether compiling a thunk for it needs wasm's vector instructions.
    pub fn needs_simd(&self) -> bool {
        self.result() == Some(Ty::V128) || self.params().iter().any(|param| param.ty() == Ty::V128)
    }
}

fn try_parse(text: &str) -> Option<Shape> {
    let mut rest = text.as_bytes();
    let ret = match rest.split_first()? {
        (b'v', tail) => {
            rest = tail;
            Ret::Void
        }
        (b'S', tail) => {
            rest = tail;
            Ret::Struct(number(&mut rest)?)
        }
        (&letter, tail) => {
            rest = tail;
            Ret::Value(Ty::from_letter(letter)?)
        }
    };
    let mut shape = Shape { ret, managed: false, has_this: false, args: Vec::new(), area: 0 };
    if let Some(tail) = rest.strip_prefix(b"T") {
        rest = tail;
        shape.has_this = true;
        shape.place(Kind::Hidden);
    }
    if let Some(tail) = rest.strip_prefix(b"ia") {
        rest = tail;
        // The continuation's slot is the first of the two, its parameter the second.
        let at = shape.area;
        shape.args.push(Arg { kind: Kind::Hidden, offset: at + SLOT });
        shape.args.push(Arg { kind: Kind::Async, offset: at });
        shape.area += 2 * SLOT;
    } else if let Some(tail) = rest.strip_prefix(b"a") {
        rest = tail;
        shape.place(Kind::Async);
    }
    while let Some((&letter, tail)) = rest.split_first() {
        rest = tail;
        let kind = match (letter, tail.first()) {
            (b'p', None) => {
                shape.managed = true;
                break;
            }
            (b'l', Some(b'2')) => multi(&mut rest, Ty::I64, 2),
            (b'V', Some(b'2')) => multi(&mut rest, Ty::V128, 2),
            (b'V', Some(b'4')) => multi(&mut rest, Ty::V128, 4),
            (b'S' | b'A', _) => Kind::Struct(number(&mut rest)?),
            (b'e', _) => Kind::Empty,
            _ => Kind::Values(Ty::from_letter(letter)?, 1),
        };
        // A 16-aligned argument starts at an even slot.
        let sixteen = letter == b'A' || letter == b'V' || matches!(kind, Kind::Values(_, 2..));
        if sixteen {
            shape.area = shape.area.next_multiple_of(2 * SLOT);
        }
        shape.place(kind);
    }
    // `this` and a continuation exist in the managed convention only.
    let hidden = shape.has_this || shape.args.iter().any(|arg| arg.kind == Kind::Async);
    (shape.managed || !hidden).then_some(shape)
}

impl Shape {
    fn place(&mut self, kind: Kind) {
        let size = match kind {
            Kind::Hidden | Kind::Async | Kind::Empty => SLOT,
            Kind::Values(ty, count) => (ty.size() * count).next_multiple_of(SLOT),
            Kind::Struct(size) => size.next_multiple_of(SLOT).max(SLOT),
        };
        self.args.push(Arg { kind, offset: self.area });
        self.area += size;
    }
}

fn multi(rest: &mut &[u8], ty: Ty, count: u32) -> Kind {
    *rest = &rest[1..];
    Kind::Values(ty, count)
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, tail) = rest.split_at(digits);
    *rest = tail;
    std::str::from_utf8(number).ok()?.parse().ok()
}
