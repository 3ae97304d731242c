//! The start and end of every header: how to use it, includes, macros.

use super::Header;
use super::comments::plain;
use super::spelling::CHAR16;
use super::used_types::UsedType;
use thunkgen_core::emit::cpp::Cpp;

/// Disables warnings of some compilers about valid declarations: functions named like builtins, and packed structs.
const SILENCE: &str = "\
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored \"-Wincompatible-library-redeclaration\"
#elif defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored \"-Wbuiltin-declaration-mismatch\"
#pragma GCC diagnostic ignored \"-Wpacked-not-aligned\"
#endif";

const UNSILENCE: &str = "\
#if defined(__clang__)
#pragma clang diagnostic pop
#elif defined(__GNUC__)
#pragma GCC diagnostic pop
#endif";

const LANGUAGES: &str = "\
#ifdef __cplusplus
#define THUNKGEN_ASSERT(condition, text) static_assert(condition, text)
#define THUNKGEN_ALIGNOF(type) alignof(type)
extern \"C\" {
#else
#define THUNKGEN_ASSERT(condition, text) _Static_assert(condition, text)
#define THUNKGEN_ALIGNOF(type) _Alignof(type)
#endif";

const SIMD: &str = "\
#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#elif defined(__wasm32__)
#error compile this file with -msimd128
#endif";

/// Writes everything before the types.
pub(super) fn head(out: &mut Cpp, header: &Header<'_>) {
    how_to(out, header);
    let prefix = &header.names.prefix;
    out.separate();
    out.line(format_args!("#ifndef THUNKGEN_{prefix}_H"));
    out.line(format_args!("#define THUNKGEN_{prefix}_H"));
    out.separate();
    for include in ["stddef", "stdint"] {
        out.line(format_args!("#include <{include}.h>"));
    }
    out.line(format_args!("#ifndef __cplusplus\n#include <stdbool.h>\n#endif"));
    if header.used_types.contains_key(&UsedType::Vector(16)) {
        out.line(format_args!("{SIMD}"));
    }
    out.separate();
    out.line(format_args!("#ifndef {CHAR16}\n#define {CHAR16} uint16_t\n#endif"));
    out.separate();
    out.line(format_args!("{SILENCE}"));
    out.separate();
    out.line(format_args!("{LANGUAGES}"));
}

fn how_to(out: &mut Cpp, header: &Header<'_>) {
    let (prefix, file, module) = (&header.names.prefix, header.stub_file.name, plain(header.stub_file.library.module));
    let example = header.used_types.keys().find(|key| matches!(key, UsedType::Struct(_)));
    let example = example.map_or_else(|| format!("{prefix}_TYPE"), |key| header.names.of(key).to_owned());
    let lines = [
        format!("The functions that P/Invokes of `{module}` call, for C11, C++17 and newer, and for every target."),
        String::new(),
        format!("- Include \"{file}.h\" in each source file that defines one of the functions, and use its types: then the"),
        "  compiler reports a definition with a different type. In C++, include it again after the definitions: this".into(),
        "  reports a definition without extern \"C\" and with different parameters.".into(),
        format!("- Write `#define THUNKGEN_REQUIRE_{prefix}` before one of the includes: then linking fails if a function is"),
        "  missing. To check that this library has all of them, link it alone: wasm-ld --no-entry --whole-archive LIBRARY.".into(),
        "- To replace a struct, enum or handle by your own type, define a macro before the include; then only size".into(),
        format!("  and alignment are checked: `#define THUNKGEN_OWN_{example} struct my_own`. {CHAR16} is the type of"),
        "  UTF-16 characters, by default uint16_t. Typedefs of equal function pointers are the same type anyway.".into(),
        "- Sizes and offsets that depend on the size of pointers are checked only when compiling for wasm32.".into(),
    ];
    for line in lines {
        out.line(format_args!("{}", format!("// {line}").trim_end()));
    }
}

/// Writes everything after the prototypes.
pub(super) fn end(out: &mut Cpp) {
    out.separate();
    out.line(format_args!("#ifdef __cplusplus\n}}\n#endif"));
    out.separate();
    out.line(format_args!("#undef THUNKGEN_ASSERT\n#undef THUNKGEN_ALIGNOF"));
    out.separate();
    out.line(format_args!("{UNSILENCE}"));
}
