//! The text of `r2r dump`: a block for a file with ReadyToRun code, a line for any other file.

use std::fmt::Write;

use super::document::{CodeDocument, Export, File, Fixup, ImportSection, ThunkDocument, ThunkTable, Wrapper};
use thunkgen_diagnostics::escape_lines;
use thunkgen_driver::summary::plural;

/// Widest column that the cells of a table are aligned to.
const MAX_WIDTH: usize = 48;

/// The functions that hosts call; an image also exports all others.
const FOR_HOST: [&str; 4] = ["getWebcilSize", "getWebcilPayload", "fillWebcilTable", "patchWebcilHeader"];

/// A file as text.
pub fn file(file: &File<'_>, with_fixups: bool) -> String {
    let mut out = String::new();
    let Some(code) = &file.ready_to_run else {
        let _ = writeln!(out, "{}: {}", file.path, without_code(file));
        return escape_lines(&out);
    };
    let _ = writeln!(out, "{}", file.path);
    let _ = writeln!(out, "  {}", container(file));
    if let Some(wrapper) = &file.wrapper {
        wrapper_lines(&mut out, wrapper);
    }
    header(&mut out, code);
    sections(&mut out, code);
    imports(&mut out, code);
    for table in &code.string_thunks {
        thunks(&mut out, table, file.machine.is_none());
    }
    if with_fixups {
        for (index, section) in code.import_sections.iter().enumerate() {
            fixups(&mut out, index, section);
        }
        if let Some(wrapper) = &file.wrapper {
            import_thunks(&mut out, wrapper);
        }
    }
    escape_lines(&out)
}

fn without_code(file: &File<'_>) -> String {
    match file.container {
        "other" => "not a managed image".to_owned(),
        "wasmObject" => "relocatable wasm object; not a managed image".to_owned(),
        "wasm" => "wasm module without a managed image".to_owned(),
        _ => format!("{}; no ReadyToRun code", container(file)),
    }
}

/// A description of the container.
fn container(file: &File<'_>) -> String {
    let mut text = match file.container {
        "pe32" => "PE32".to_owned(),
        "pe32+" => "PE32+".to_owned(),
        _ => format!("Webcil version {}", file.webcil_version.unwrap_or_default()),
    };
    if let Some(machine) = &file.machine {
        let processor = machine.processor.map_or_else(|| format!("machine 0x{:04X}", machine.number), str::to_owned);
        let _ = write!(text, " for {processor}");
        if let Some(system) = machine.operating_system {
            let _ = write!(text, " on {system}");
        }
    }
    if let Some(wrapper) = &file.wrapper {
        match wrapper.version {
            Some(version) => drop(write!(text, " in a wasm wrapper of version {version}")),
            None => text += " in a wasm module",
        }
    }
    match file.assembly {
        Some(assembly) => text + "; assembly " + assembly,
        None => text,
    }
}

fn wrapper_lines(out: &mut String, wrapper: &Wrapper<'_>) {
    let functions = plural(wrapper.functions, "function");
    let _ = write!(out, "  wrapper: {functions}, {}", plural(wrapper.table_slots, "table slot"));
    if let Some(payload) = &wrapper.payload {
        let _ = write!(out, "; image of {} bytes {}", payload.size, wrapper.placement);
    }
    out.push('\n');
    if let Some(announced) = &wrapper.announced {
        let _ = write!(out, "  announced: {} bytes", announced.payload_size);
        if let Some(slots) = announced.table_size {
            let _ = write!(out, ", {}", plural(slots as usize, "table slot"));
        }
        out.push('\n');
    }
    let imports: Vec<String> =
        wrapper.imports.iter().map(|import| format!("{}.{}", import.module, import.name)).collect();
    let (of_host, functions): (Vec<&Export<'_>>, Vec<&Export<'_>>) =
        wrapper.exports.iter().partition(|export| export.kind != "function" || FOR_HOST.contains(&export.name));
    let mut exports: Vec<String> = of_host.iter().map(|export| export.name.to_owned()).collect();
    if !functions.is_empty() {
        exports.push(format!("{} by name", plural(functions.len(), "function")));
    }
    let _ = writeln!(out, "  imports: {}", imports.join(", "));
    let _ = writeln!(out, "  exports: {}", exports.join(", "));
    if !wrapper.thunk_names.is_empty() {
        let names: Vec<String> = wrapper.thunk_names.iter().map(|(name, count)| format!("{name} {count}")).collect();
        let _ = writeln!(out, "  thunks by name: {}", names.join(", "));
    }
    if let Some(error) = &wrapper.names_error {
        let _ = writeln!(out, "  names are incomplete: {error}");
    }
}

fn header(out: &mut String, code: &CodeDocument<'_>) {
    let names = if code.flag_names.is_empty() { String::new() } else { format!(": {}", code.flag_names.join(", ")) };
    let (major, minor) = (code.major_version, code.minor_version);
    let _ = writeln!(out, "  ReadyToRun {major}.{minor}, flags 0x{:X}{names}", code.flags);
    for (what, text) in [("compiler", code.compiler), ("code in", code.owner_composite)] {
        if let Some(text) = text {
            let _ = writeln!(out, "  {what}: {text}");
        }
    }
    if let Some(count) = code.components {
        let _ = writeln!(out, "  composite image of {}", plural(count, "assembly"));
    }
}

fn sections(out: &mut String, code: &CodeDocument<'_>) {
    let width = code.sections.iter().filter_map(|section| section.name).map(str::len).max().unwrap_or(0).max(7);
    let _ = writeln!(out, "\n       {:width$}         RVA        size", "section");
    for section in &code.sections {
        let name = section.name.unwrap_or("?");
        let _ = writeln!(out, "  {:3}  {name:width$}  {:#010x}  {:10}", section.kind, section.rva, section.size);
    }
}

fn imports(out: &mut String, code: &CodeDocument<'_>) {
    if code.import_sections.is_empty() {
        return;
    }
    out.push_str("\n  imports     cells  flags         type          fixups\n");
    for (index, section) in code.import_sections.iter().enumerate() {
        let flags = section.flag_names.join(" ");
        let kind = section.type_name.map_or_else(|| section.kind.to_string(), str::to_owned);
        let counts: Vec<String> = section.fixup_kinds.iter().map(|(name, count)| format!("{name} {count}")).collect();
        let line = format!("  {index:7}  {:8}  {flags:12}  {kind:12}  {}", section.cells, counts.join(", "));
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

fn thunks(out: &mut String, table: &ThunkTable<'_>, for_wasm: bool) {
    let count = plural(table.thunks.len(), "string thunk");
    let when = if table.eager { "added at load" } else { "added when its cell is resolved" };
    let _ = writeln!(out, "\n  {count} in import section {}, {when}", table.import_section);
    if !table.sorted {
        out.push_str("  the keys are not in byte order (the runtime does not require it)\n");
    }
    if !table.duplicates.is_empty() {
        let _ = writeln!(out, "  duplicate keys, of which the first one is used: {}", table.duplicates.join(", "));
    }
    if table.thunks.is_empty() {
        return;
    }
    // As wide as the widest cell, except for very wide ones.
    let width = |text: fn(&ThunkDocument<'_>) -> usize| {
        let widths = table.thunks.iter().map(text).filter(|width| *width <= MAX_WIDTH);
        widths.max().unwrap_or(0).max("type".len())
    };
    let keys = width(|thunk| thunk.key.chars().count());
    let types = width(|thunk| type_of(thunk).len());
    // A PE image has no table: its thunks have addresses.
    let place = if for_wasm { "slot" } else { "RVA" };
    let _ = writeln!(out, "  {:keys$}  {place:>6}  function  {:types$}  name, purpose", "key", "type");
    for thunk in &table.thunks {
        let function = thunk.function.as_ref();
        let index = function.map_or("-".to_owned(), |function| function.index.to_string());
        let name = function.map_or("no function", |function| function.name.unwrap_or("no name"));
        let purpose = thunk.kind.map_or_else(|| thunk.problem.clone().unwrap_or_default(), str::to_owned);
        let _ = writeln!(
            out,
            "  {:keys$}  {:6}  {index:>8}  {:types$}  {name}, {purpose}",
            thunk.key,
            thunk.table_index,
            type_of(thunk)
        );
    }
}

fn type_of<'t>(thunk: &'t ThunkDocument<'_>) -> &'t str {
    thunk.function.as_ref().and_then(|function| function.ty.as_deref()).unwrap_or("-")
}

fn fixups(out: &mut String, index: usize, section: &ImportSection) {
    if section.fixups.is_empty() {
        return;
    }
    let width = section.fixup_kinds.keys().map(String::len).max().unwrap_or(0);
    let _ = writeln!(out, "\n  fixups of import section {index}");
    for fixup in &section.fixups {
        let line = format!("  {:#010x}  {:width$}  {}", fixup.cell, fixup.kind_name(), about(fixup));
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

/// The target of a fixup.
fn about(fixup: &Fixup) -> String {
    let mut words: Vec<String> = Vec::new();
    if let Some(helper) = &fixup.helper {
        words.push(helper.name.map_or_else(|| format!("helper 0x{:X}", helper.number), str::to_owned));
    }
    words.extend(fixup.shape.map(str::to_owned));
    words.extend(fixup.token.clone());
    words.extend(fixup.token_module.or(fixup.module).map(|module| format!("of module {module}")));
    words.extend(fixup.signature_flags.filter(|flags| *flags != 0).map(|flags| format!("flags 0x{flags:X}")));
    if !fixup.decoded {
        words.push("not decoded".to_owned());
    }
    words.join(" ")
}

fn import_thunks(out: &mut String, wrapper: &Wrapper<'_>) {
    if wrapper.import_thunks.is_empty() {
        return;
    }
    out.push_str("\n  import thunks\n");
    for thunk in &wrapper.import_thunks {
        let ty = thunk.ty.as_deref().unwrap_or("-");
        let _ = writeln!(out, "  {:8}  {ty}  {}", thunk.index, thunk.name.unwrap_or("-"));
    }
}
