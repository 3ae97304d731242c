//! The fixed C++ text of the files that thunkgen generates, and the headers they are compiled with. The texts are C++
//! files of this crate, available as constants.
//!
//! ```
//! assert!(thunkgen_templates::INTERP_TO_MANAGED.contains("// [rows: table]"));
//! assert!(thunkgen_templates::COMPAT_HEADERS.iter().any(|(name, _)| *name == "callhelpers.hpp"));
//! ```
#![forbid(unsafe_code)]

/// Calls from the interpreter: `callhelpers-interp-to-managed.cpp`, with example rows between marker lines.
pub const INTERP_TO_MANAGED: &str = include_str!("../wasm-thunks/callhelpers-interp-to-managed.cpp");

/// The addresses of P/Invokes: `callhelpers-pinvoke.cpp`, with example rows between marker lines.
pub const PINVOKE: &str = include_str!("../wasm-thunks/callhelpers-pinvoke.cpp");

/// Calls from native code: `callhelpers-reverse.cpp`, with example rows between marker lines.
pub const REVERSE: &str = include_str!("../wasm-thunks/callhelpers-reverse.cpp");

/// A report as a page: `{title}`, `{subject}`, `{level}` and `{verdict}` are HTML, `{data}` is JSON without `<`, and
/// `{style}` and `{script}` are the next two texts.
pub const REPORT_PAGE: &str = include_str!("../report/report.html");

/// The style of [`REPORT_PAGE`].
pub const REPORT_STYLE: &str = include_str!("../report/report.css");

/// The program of [`REPORT_PAGE`], which shows the data.
pub const REPORT_SCRIPT: &str = include_str!("../report/report.js");

/// Name and text of each header for compiling generated files in an app, outside the runtime's source tree.
pub const COMPAT_HEADERS: [(&str, &str); 3] = [
    ("callhelpers.hpp", include_str!("../compat/callhelpers.hpp")),
    ("minipal/entrypoints.h", include_str!("../compat/minipal/entrypoints.h")),
    ("minipal/utils.h", include_str!("../compat/minipal/utils.h")),
];

/// Name and text of each header of the registry for runtimes; `thunk_registry.h` includes the others.
pub const REGISTRY_HEADERS: [(&str, &str); 8] = [
    ("atomic_pointer.h", include_str!("../registry/atomic_pointer.h")),
    ("image_index.h", include_str!("../registry/image_index.h")),
    ("keys.h", include_str!("../registry/keys.h")),
    ("pending_thunks.h", include_str!("../registry/pending_thunks.h")),
    ("platform.h", include_str!("../registry/platform.h")),
    ("string_thunks.h", include_str!("../registry/string_thunks.h")),
    ("thunk_registry.h", include_str!("../registry/thunk_registry.h")),
    ("thunk_table.h", include_str!("../registry/thunk_table.h")),
];
