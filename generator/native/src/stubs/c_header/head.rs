//! What every header has: how to use it, what it includes, its macros.

use super::Header;
use super::comments::plain;
use super::mentioned::MentionedType;
use super::spelling::CHAR16;
use thunkgen_core::emit::cpp::Cpp;

/// Warnings of one compiler about what a header must be able to say: functions named like builtins, and packed structs.
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

/// Everything before the types.
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
    if header.mentions.contains_key(&MentionedType::Vector(16)) {
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
    let example = header.mentions.keys().find(|key| matches!(key, MentionedType::Struct(_)));
    let example = example.map_or_else(|| format!("{prefix}_TYPE"), |key| header.names.of(key).to_owned());
    let lines = [
        format!("What the P/Invokes of `{module}` call, for C11, C++17 and newer, and for every target."),
        String::new(),
        format!("- Each source file that defines one of the functions includes \"{file}.h\" and uses its types: then the"),
        "  compiler reports a definition of another type. In C++, include it once more after the definitions, which".into(),
        "  reports one without extern \"C\" whose parameters differ.".into(),
        format!("- One of them has `#define THUNKGEN_REQUIRE_{prefix}` before it: then a link without one of the functions"),
        "  fails. To have all of them in this library, link it alone: wasm-ld --no-entry --whole-archive LIBRARY.".into(),
        "- A type of your own takes the place of a struct, enum or handle by a macro before the include; then only size".into(),
        format!("  and alignment are compared: `#define THUNKGEN_OWN_{example} struct my_own`. {CHAR16} is the"),
        "  character of UTF-16, unless defined uint16_t. Typedefs of equal function pointers are one type anyway.".into(),
        "- Sizes and offsets that depend on that of pointers are compared where clang compiles for wasm32.".into(),
    ];
    for line in lines {
        out.line(format_args!("{}", format!("// {line}").trim_end()));
    }
}

/// Everything after the prototypes.
pub(super) fn end(out: &mut Cpp) {
    out.separate();
    out.line(format_args!("#ifdef __cplusplus\n}}\n#endif"));
    out.separate();
    out.line(format_args!("#undef THUNKGEN_ASSERT\n#undef THUNKGEN_ALIGNOF"));
    out.separate();
    out.line(format_args!("{UNSILENCE}"));
}
