//! The body of a thunk in the text format of WebAssembly.

use clr_wasm_abi::ThunkKey;
use thunkgen_core::RuntimeVersion;
use thunkgen_r2r::emit::{Identity, image, thunk};

/// The function of the thunk with this key, as `r2r emit` writes it into an image for this runtime.
///
/// # Errors
/// Why there is no such thunk.
pub fn body(key: &ThunkKey, runtime: RuntimeVersion) -> Result<String, String> {
    let thunk = thunk(key).map_err(|error| error.to_string())?;
    let name = "Thunk".parse().map_err(|_| "the name of the image is refused")?;
    let mut identity = Identity::new(name);
    identity.format = runtime.facts().image.clone();
    let bytes = image(std::slice::from_ref(&thunk), &identity).map_err(|error| error.to_string())?;
    let text = wasmprinter::print_bytes(&bytes).map_err(|error| error.to_string())?;
    function(&text, &thunk.name).ok_or_else(|| format!("the image has no function {}", thunk.name))
}

/// The types, the imports, and the function that is exported by this name.
fn function(module: &str, name: &str) -> Option<String> {
    let export =
        module.lines().find_map(|line| line.strip_prefix("  (export ")?.split_once(&format!("{name}\" (func ")));
    let index = export?.1.trim_end_matches(')');
    let head = format!("  (func (;{index};) ");
    let start = module.lines().position(|line| line.starts_with(&head))?;
    let shared = module.lines().filter(|line| line.starts_with("  (import ") || line.starts_with("  (type "));
    let body = module.lines().skip(start + 1).take_while(|line| *line != "  )");
    let lines = shared.chain(module.lines().skip(start).take(1)).chain(body).chain(["  )"]);
    Some(lines.map(|line| format!("{line}\n")).collect())
}
