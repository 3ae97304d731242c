//! A corpus of P/Invokes over every kind of type, the C and Rust libraries that implement them, and one mistake in
//! each of their functions.

mod callbacks;
mod compile;
mod kinds;
mod rust;
mod write;

use crate::corrupt::prng::Prng;

pub use callbacks::{CALLBACKS, WithCallback, callback_library, csharp_callbacks, with_callbacks};
pub use compile::{Compiler, archive, archive_without_index, compilers, compilers_with, is_complete, wasm_opt};
pub use kinds::{KINDS, Kind, Wasm};
pub use rust::{rust_file, rust_moved};
pub use write::{csharp, definition, library, memory_library, moved, pinvoke_table};

/// How many there are.
pub const COUNT: usize = 300;

/// The library that the P/Invokes name.
pub const LIBRARY: &str = "corpus";

/// A function of the library.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its entry point.
    pub name: String,
    /// What it returns; `None` for void.
    pub ret: Option<usize>,
    /// Its parameters, indices into [`KINDS`].
    pub params: Vec<usize>,
    /// What is wrong with it in the other library.
    pub mutation: Mutation,
}

/// One mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mutation {
    /// A parameter has another type.
    Param(usize, Wasm),
    /// The result has another type.
    Result(Option<Wasm>),
    /// There is a parameter more, before this one.
    More(usize, Wasm),
    /// This parameter is missing.
    Fewer(usize),
    /// This struct of one field goes by pointer.
    ByPointer(usize),
    /// The struct is returned by pointer, not by value.
    ReturnByPointer,
    /// The function has another name.
    Name,
    /// The function is in another library.
    Library,
}

impl Mutation {
    /// The code of the problem.
    pub fn code(self) -> &'static str {
        match self {
            Mutation::Name => "TG0601",
            Mutation::Library => "TG0603",
            _ => "TG0602",
        }
    }
}

/// Every function, always the same.
pub fn functions() -> Vec<Function> {
    (0..COUNT).map(function).collect()
}

fn function(number: usize) -> Function {
    let mut random = Prng::new(0xC0_4B05, number as u64);
    // Every kind is the first parameter of some function, and the result of some.
    let mut params: Vec<usize> = (0..random.below(6)).map(|_| random.below(KINDS.len())).collect();
    if number < 2 * KINDS.len() {
        params.insert(0, number % KINDS.len());
    }
    let of_result = if number.is_multiple_of(3) { None } else { Some(number * 2 / 3 % KINDS.len()) };
    let ret = of_result.filter(|kind| KINDS[*kind].is_result);
    let mutation = mutation(&mut random, number, ret, &params);
    Function { name: format!("f{number:03}"), ret, params, mutation }
}

fn mutation(random: &mut Prng, number: usize, ret: Option<usize>, params: &[usize]) -> Mutation {
    let any = |random: &mut Prng| *random.pick(&Wasm::ALL);
    let at = if params.is_empty() { 0 } else { random.below(params.len()) };
    match number % 8 {
        0 | 1 if !params.is_empty() => Mutation::Param(at, KINDS[params[at]].wasm.other(random)),
        2 | 3 => Mutation::Result(match ret.map(|kind| KINDS[kind].wasm) {
            None => Some(any(random)),
            Some(wasm) if random.below(3) > 0 => Some(wasm.other(random)),
            // A struct is returned through a pointer: then it is the parameter that is gone.
            Some(_) => None,
        }),
        4 => {
            // Before an equal one, nothing could tell which is new; the count tells anyway.
            Mutation::More(random.below(params.len() + 1), any(random))
        }
        5 if !params.is_empty() => Mutation::Fewer(at),
        6 => match params.iter().position(|kind| KINDS[*kind].is_single) {
            Some(single) => Mutation::ByPointer(single),
            None if ret.is_some_and(|kind| KINDS[kind].is_by_address) => Mutation::ReturnByPointer,
            None => Mutation::Name,
        },
        7 if number % 16 == 7 => Mutation::Name,
        7 => Mutation::Library,
        _ => Mutation::Result(match ret {
            None => Some(any(random)),
            Some(kind) => Some(KINDS[kind].wasm.other(random)),
        }),
    }
}
