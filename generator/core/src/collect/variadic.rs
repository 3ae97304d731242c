//! Which native functions take variable arguments, by what is declared of them.

use clr_wasm_abi::FunctionType;

/// C's functions with variable arguments (C17, 7.21.6 and 7.29.2; POSIX.1-2024), sorted, with the number of their other
/// parameters.
const NAMES: [(&str, usize); 31] = [
    ("asprintf", 2),
    ("dprintf", 2),
    ("execl", 2),
    ("execle", 2),
    ("execlp", 2),
    ("fcntl", 2),
    ("fprintf", 2),
    ("fscanf", 2),
    ("fwprintf", 2),
    ("fwscanf", 2),
    ("ioctl", 2),
    ("mq_open", 2),
    ("open", 2),
    ("openat", 3),
    ("prctl", 1),
    ("printf", 1),
    ("ptrace", 1),
    ("scanf", 1),
    ("sem_open", 2),
    ("semctl", 3),
    ("snprintf", 3),
    ("sprintf", 2),
    ("sscanf", 2),
    ("strfmon", 3),
    ("swprintf", 3),
    ("swscanf", 2),
    ("syscall", 1),
    ("syslog", 2),
    ("ulimit", 1),
    ("wprintf", 1),
    ("wscanf", 1),
];

/// Whether a function looks variadic: its P/Invokes have the same result, the same first parameter and different numbers
/// of parameters, or more parameters than C's variadic function of that name.
///
/// ```
/// use clr_wasm_abi::{FunctionType, Scalar::{F64, I32}};
/// use thunkgen_core::collect::looks_variadic;
/// let ty = |params: &[_], result| FunctionType { params: params.to_vec(), result };
/// let (one, two) = (ty(&[I32], None), ty(&[I32, F64], None));
/// assert!(looks_variadic("set_option", &[two.clone(), one.clone()]));
/// assert!(looks_variadic("set_option", &[two, ty(&[I32, I32, I32], None)]));
/// // Another result, or another first parameter, is another function.
/// assert!(!looks_variadic("set_option", &[ty(&[], Some(I32)), one.clone()]));
/// assert!(!looks_variadic("set_option", &[ty(&[F64, I32], None), one.clone()]));
/// assert!(looks_variadic("printf", &[ty(&[I32, I32], Some(I32))]));
/// assert!(!looks_variadic("printf", &[one]));
/// ```
pub fn looks_variadic(symbol: &str, declared: &[FunctionType]) -> bool {
    let counts = || declared.iter().map(|ty| ty.params.len());
    let (Some(shortest), Some(most)) = (declared.iter().min_by_key(|ty| ty.params.len()), counts().max()) else {
        return false;
    };
    let of_c = NAMES.binary_search_by_key(&symbol, |(name, _)| name).ok().and_then(|at| NAMES.get(at));
    let is_like = |ty: &FunctionType| {
        let is_continued = shortest.params.is_empty() || ty.params.first() == shortest.params.first();
        ty.result == shortest.result && is_continued
    };
    of_c.is_some_and(|(_, fixed)| shortest.params.len() >= *fixed && most > *fixed)
        || most > shortest.params.len() && declared.iter().all(is_like)
}

#[cfg(test)]
mod tests {
    use super::NAMES;

    #[test]
    fn names_are_sorted() {
        assert!(NAMES.is_sorted());
    }
}
