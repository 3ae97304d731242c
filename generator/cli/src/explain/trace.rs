//! The functions of a stack: by the module that they are in, and by the names that thunks have.

use std::path::Path;

use clr_wasm_file::WasmModule;
use clr_wasm_file::objects::SymbolNames;
use thunkgen_core::emit::symbol_names::key_of_thunk;
use thunkgen_driver::symptoms::stack::Frame;
use thunkgen_driver::{files, reason};

/// A module as bytes, and the text of its symbol file.
pub struct ModuleFile {
    bytes: files::FileBytes,
    symbols: Option<files::FileBytes>,
}

impl ModuleFile {
    /// Opens a module, and the symbol file next to it.
    pub fn open(path: &Path) -> Result<ModuleFile, String> {
        let (bytes, _) = files::open(path).map_err(|error| reason(&error))?;
        let symbols = ["js.symbols", "wasm.symbols", "symbols"];
        let symbols = symbols.iter().find_map(|extension| files::open(&path.with_extension(extension)).ok());
        Ok(ModuleFile { bytes, symbols: symbols.map(|(bytes, _)| bytes) })
    }
}

/// The functions of a module, if one was named.
#[derive(Default)]
pub struct Functions<'a> {
    module: Option<WasmModule<'a>>,
    symbols: Option<SymbolNames<'a>>,
}

impl<'a> Functions<'a> {
    pub fn new(file: &'a ModuleFile) -> Result<Functions<'a>, String> {
        let module = WasmModule::open(&file.bytes).map_err(|error| error.to_string())?;
        let module = module.ok_or("it is not a WebAssembly module")?;
        let symbols = file.symbols.as_ref().and_then(|bytes| SymbolNames::parse(bytes).ok());
        Ok(Functions { module: Some(module), symbols })
    }

    /// Name of a frame's function.
    pub fn name(&self, frame: &Frame) -> Option<String> {
        let by_index = frame.index.and_then(|index| {
            let of_file = self.symbols.as_ref().and_then(|names| names.iter().find(|(at, _)| *at == index));
            of_file.map(|(_, name)| name).or_else(|| self.module.as_ref()?.name(index))
        });
        by_index.map(str::to_owned).or_else(|| frame.name.clone())
    }

    /// The key whose thunk a frame is.
    pub fn key(&self, frame: &Frame) -> Option<String> {
        self.name(frame).and_then(|name| key_of_thunk(&name).or_else(|| key_of_image(&name)))
    }

    /// A frame in words: `function 42 draw (func (param i32)), the thunk of the key MviS8`. The innermost one trapped.
    pub fn describe(&self, frame: &Frame, is_innermost: bool) -> String {
        let mut text = match frame.index {
            Some(index) => format!("function {index}"),
            None => "function".to_owned(),
        };
        if let Some(name) = self.name(frame) {
            text += &format!(" {name}");
        }
        if let (Some(module), Some(index)) = (&self.module, frame.index) {
            match module.function(index) {
                Some(function) => text += &function.ty.map(|ty| format!(" {ty}")).unwrap_or_default(),
                None => text += ", which the module does not have: it is another one",
            }
        }
        if let Some(key) = self.key(frame) {
            text += &format!(", the thunk of the key {key}");
            text += if is_innermost { ": the function that it called has another type" } else { "" };
        }
        text
    }
}

/// The key in the name of a thunk in an image: `WasmInterpreterToR2RThunk(viS8)`.
fn key_of_image(name: &str) -> Option<String> {
    let signature = |node: &str| name.strip_prefix(node)?.strip_prefix('(')?.strip_suffix(')');
    let from = signature("WasmInterpreterToR2RThunk").map(|signature| format!("M{signature}"));
    from.or_else(|| signature("WasmR2RToInterpreterThunk").map(|signature| format!("I{signature}")))
}
