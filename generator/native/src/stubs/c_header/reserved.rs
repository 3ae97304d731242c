//! Reserved words: keywords of C23 and C++23, alternative tokens, the types of `<stdint.h>`
//! and similar headers, and macros that common headers and compilers define.

/// The prefix of the macros in a header.
pub(super) const MACROS: &str = "THUNKGEN_";

/// True if a name has a meaning when common headers are included. Two leading underscores are reserved for the
/// compiler, and one prefix is reserved for the macros of generated headers.
pub(super) fn is_reserved(name: &str) -> bool {
    let lists = [KEYWORDS, CPP_KEYWORDS, TYPES, COMMON_MACROS];
    name.starts_with("__")
        || name.starts_with(MACROS)
        || lists.iter().any(|words| words.split_ascii_whitespace().any(|word| word == name))
}

const KEYWORDS: &str = "
    _Alignas _Alignof _Atomic _BitInt _Bool _Complex _Decimal128 _Decimal32 _Decimal64 _Float16 _Generic _Imaginary
    _Noreturn _Pragma _Static_assert _Thread_local alignas alignof asm auto bool break case char const constexpr
    continue default do double else enum extern false float for fortran goto if inline int long nullptr register
    restrict return short signed sizeof static static_assert struct switch thread_local true typedef typeof
    typeof_unqual union unsigned void volatile while
";

const CPP_KEYWORDS: &str = "
    and and_eq bitand bitor catch char16_t char32_t char8_t class co_await co_return co_yield compl concept
    const_cast consteval constinit contract_assert decltype delete dynamic_cast explicit export friend main mutable
    namespace new noexcept not not_eq operator or or_eq private protected public reinterpret_cast requires
    static_cast std template this throw try typeid typename using virtual wchar_t xor xor_eq
";

const TYPES: &str = "
    int16_t int32_t int64_t int8_t intmax_t intptr_t max_align_t nullptr_t ptrdiff_t size_t ssize_t uint16_t
    uint32_t uint64_t uint8_t uintmax_t uintptr_t v128_t
";

const COMMON_MACROS: &str = "
    BUFSIZ DOMAIN EDOM EMSCRIPTEN EOF ERANGE FALSE HUGE_VAL I INFINITY NAN NDEBUG NULL OVERFLOW RAND_MAX TRUE
    UNDERFLOW assert complex environ errno far fpclassify getc huge i386 imaginary interface isfinite isgreater
    isinf isless isnan isnormal linux major makedev math_errhandling minor near noreturn offsetof putc setjmp
    signbit stderr stdin stdout unix unreachable va_arg va_copy va_end va_list va_start
";
