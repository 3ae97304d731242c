//! Frames of a stack, as browsers and wasmtime print them.
//!
//! | engine | frame |
//! |---|---|
//! | Chrome, Node.js | `at draw (wasm://wasm/0012ab:wasm-function[42]:0x1234)`, without a name `at wasm://...` |
//! | Firefox | `draw@http://host/dotnet.native.wasm:wasm-function[42]:0x1234` |
//! | Safari | `<?>.wasm-function[draw]@[wasm code]` |
//! | wasmtime | `3: 0x1234 - dotnet.native.wasm!draw` |

/// What precedes the index or name of a function.
pub(super) const FUNCTION: &str = "wasm-function[";

/// What precedes the name of a function in wasmtime.
pub(super) const WASMTIME: &str = ".wasm!";

/// A function of a wasm module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Name, if the engine knows it.
    pub name: Option<String>,
    /// Index in the module.
    pub index: Option<u32>,
}

/// The frame whose marker is between these parts of a line.
pub(super) fn frame(before: &str, after: &str) -> Option<Frame> {
    let Some((inside, _)) = after.split_once(']') else {
        // wasmtime
        let name = super::named::word(after)?;
        return Some(Frame { name: Some(name), index: None });
    };
    let index = inside.parse().ok();
    let name = match index {
        Some(_) => name_before(before),
        None => Some(inside.to_owned()).filter(|name| !name.is_empty() && !name.contains(char::is_whitespace)),
    };
    (name.is_some() || index.is_some()).then_some(Frame { name, index })
}

/// The name that is in front of the address of the module.
fn name_before(before: &str) -> Option<String> {
    let name = match (before.rfind('('), before.rfind('@')) {
        (Some(at), _) => before.get(..at)?.trim_end().rsplit_once("at ")?.1,
        (None, Some(at)) => before.get(..at)?.rsplit(char::is_whitespace).next()?,
        (None, None) => return None,
    };
    // Engines put the module's name in front of it.
    let name = name.rsplit_once(".wasm.").map_or(name, |(_, name)| name);
    let is_name = !name.is_empty() && !name.starts_with("wasm-function[") && !name.contains("://");
    is_name.then(|| name.to_owned())
}
