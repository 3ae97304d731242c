//! Which native functions take variable arguments, by what is declared of them.

use clr_wasm_abi::FunctionType;

/// C's functions with variable arguments (C17, 7.21.6 and 7.29.2; POSIX.1-2024), sorted.
const NAMES: [&str; 31] = [
    "asprintf", "dprintf", "execl", "execle", "execlp", "fcntl", "fprintf", "fscanf", "fwprintf", "fwscanf", "ioctl",
    "mq_open", "open", "openat", "prctl", "printf", "ptrace", "scanf", "sem_open", "semctl", "snprintf", "sprintf",
    "sscanf", "strfmon", "swprintf", "swscanf", "syscall", "syslog", "ulimit", "wprintf", "wscanf",
];

/// Whether a function looks variadic by its name, or by the types of its P/Invokes: they share the result, and the
/// parameters of the shortest begin all others.
///
/// ```
/// use clr_wasm_abi::{FunctionType, Scalar};
/// use thunkgen_core::collect::looks_variadic;
/// let ty = |params: &[Scalar], result| FunctionType { params: params.to_vec(), result };
/// let (one, two) = (ty(&[Scalar::I32], None), ty(&[Scalar::I32, Scalar::F64], None));
/// assert!(looks_variadic("set_option", &[two, one.clone()]));
/// // Another result is another function.
/// assert!(!looks_variadic("set_option", &[ty(&[], Some(Scalar::I32)), one.clone()]));
/// assert!(looks_variadic("printf", &[one]));
/// ```
pub fn looks_variadic(symbol: &str, declared: &[FunctionType]) -> bool {
    NAMES.binary_search(&symbol).is_ok() || {
        let shortest = declared.iter().min_by_key(|ty| ty.params.len());
        let longest = declared.iter().map(|ty| ty.params.len()).max();
        shortest.is_some_and(|shortest| {
            let continues = |ty: &FunctionType| ty.result == shortest.result && ty.params.starts_with(&shortest.params);
            longest > Some(shortest.params.len()) && declared.iter().all(continues)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::NAMES;

    #[test]
    fn names_are_sorted() {
        assert!(NAMES.is_sorted());
    }
}
