//! A report as text: the verdict, the problems with their remedies, then what was found.

use std::collections::BTreeMap;
use std::fmt::Write;

use thunkgen_diagnostics::{Diagnostic, Findings, Level, escape_controls, escape_lines};
use thunkgen_driver::doctor::report::{
    CallState, CallbackState, Flavor, InteropReport, KeyState, LibraryEntry, LibraryState, PInvokeEntry,
};
use thunkgen_driver::summary::plural;

/// Maximum number of problems of one code that are shown.
const MAX_SHOWN: usize = 10;

/// Width of a line of a remedy.
const WIDTH: usize = 100;

/// The whole report; with `verbose`, every problem and every entry.
pub fn report(report: &InteropReport, findings: &Findings, verbose: bool) -> String {
    let mut out = format!("{}\n", report.verdict.summary);
    problems(&mut out, report, findings, verbose);
    inventory(&mut out, report, verbose);
    escape_lines(&out)
}

/// The problems by code, errors first, with the remedy of each code.
fn problems(out: &mut String, report: &InteropReport, findings: &Findings, verbose: bool) {
    let mut by_code: BTreeMap<(Level, &str), Vec<&Diagnostic>> = BTreeMap::new();
    for diagnostic in &findings.diagnostics {
        by_code.entry((diagnostic.level, diagnostic.rule.code)).or_default().push(diagnostic);
    }
    for ((_, code), diagnostics) in by_code {
        out.push('\n');
        let shown = if verbose { diagnostics.len() } else { MAX_SHOWN };
        diagnostics.iter().take(shown).for_each(|diagnostic| _ = writeln!(out, "{diagnostic}"));
        if let Some(more) = diagnostics.len().checked_sub(shown).filter(|more| *more > 0) {
            let _ = writeln!(out, "... and {more} more (-v shows them)");
        }
        if let Some(first) = diagnostics.first() {
            wrap(out, first.rule.help);
        }
        let mut next: Vec<&str> =
            report.findings.iter().filter(|finding| finding.code == code).filter_map(|f| f.next.as_deref()).collect();
        next.dedup();
        next.iter().take(if verbose { next.len() } else { 1 }).for_each(|next| _ = writeln!(out, "    {next}"));
    }
}

/// Text in lines of limited width, indented.
fn wrap(out: &mut String, text: &str) {
    let mut width = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if width == 0 || width + length + 1 > WIDTH {
            out.push_str(if width == 0 { "  " } else { "\n  " });
            width = 2;
        } else {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += length;
    }
    out.push('\n');
}

fn inventory(out: &mut String, report: &InteropReport, verbose: bool) {
    out.push('\n');
    match &report.boot_configuration {
        Some(boot) => {
            let main = boot.main_assembly.as_ref().map(|main| format!(", main assembly {main}")).unwrap_or_default();
            let _ = writeln!(out, "boot configuration  {} with {}{main}", boot.path, plural(boot.assets, "file"));
        }
        None => {
            let _ = writeln!(out, "boot configuration  none: hashes, sizes and settings were not compared");
        }
    }
    for other in &report.other_boot_configurations {
        let _ = writeln!(out, "                    not used: {other}");
    }
    runtime(out, report, verbose);
    native_module(out, report, verbose);
    assemblies(out, report, verbose);
    libraries(out, report, verbose);
    thunks(out, report, verbose);
    for image in &report.images {
        let state = if image.refusals.is_empty() { "used" } else { "not used" };
        let compiler = image.compiler.as_ref().map(|name| format!(", by {name}")).unwrap_or_default();
        let _ = writeln!(
            out,
            "image               {} with {}, ReadyToRun {}{compiler}: {state}",
            image.path,
            plural(image.thunks, "thunk"),
            image.ready_to_run
        );
    }
    for setting in report.settings.iter().filter(|setting| verbose || setting.effect.is_some()) {
        let effect = setting.effect.map(|effect| format!(": {effect}")).unwrap_or_default();
        let _ = writeln!(out, "setting             {}={} in {}{effect}", setting.name, setting.value, setting.file);
    }
    if verbose {
        for part in &report.parts {
            let listed = if part.is_listed || report.boot_configuration.is_none() {
                ""
            } else {
                ", not in the boot configuration"
            };
            let _ = writeln!(out, "file                {} ({}, {} bytes{listed})", part.path, part.role, part.size);
        }
    }
}

fn runtime(out: &mut String, report: &InteropReport, verbose: bool) {
    let runtime = &report.runtime;
    let version = runtime.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    let formats = match (&runtime.formats_of, &runtime.contract, &runtime.tokens) {
        (Some(formats), Some(contract), Some(tokens)) => {
            format!(", formats of .NET {formats}: contract {contract}, key format {tokens}")
        }
        _ => String::new(),
    };
    let _ = writeln!(out, "runtime             {}{version}{formats}", runtime.flavor.name());
    if verbose {
        runtime.evidence.iter().for_each(|line| _ = writeln!(out, "                    {line}"));
    }
}

fn native_module(out: &mut String, report: &InteropReport, verbose: bool) {
    let Some(module) = &report.native_module else { return };
    let rows = |count: Option<usize>, what: &str| count.map_or(format!("no {what}s"), |count| plural(count, what));
    let functions: usize = module.pinvoke_tables.iter().map(|(_, rows)| rows).sum();
    let tables = match report.runtime.flavor {
        Flavor::Mono => String::new(),
        _ => format!(", {}, {}", rows(module.thunks, "thunk"), rows(module.callbacks, "callback")),
    };
    let _ = writeln!(
        out,
        "native module       {} with {}, {} for P/Invokes in {}{tables}",
        module.path,
        plural(module.functions, "function"),
        plural(functions, "row"),
        plural(module.pinvoke_tables.len(), "table")
    );
    let lists = [
        ("compiled by", module.compilers.join(", ")),
        ("features", module.features.join(", ")),
        ("exceptions", module.exceptions.join(", ")),
        ("setjmp", module.setjmp.join(", ")),
        ("memory", if module.has_shared_memory { "shared between threads".to_owned() } else { String::new() }),
        ("runtime is built with", module.expected_tools.clone().unwrap_or_default()),
        ("symbols", module.symbols.clone().unwrap_or_default()),
    ];
    for (what, text) in lists.iter().filter(|(_, text)| verbose && !text.is_empty()) {
        let _ = writeln!(out, "                    {what}: {text}");
    }
}

fn assemblies(out: &mut String, report: &InteropReport, verbose: bool) {
    let own: Vec<String> = report
        .assemblies
        .iter()
        .filter(|assembly| !assembly.is_framework)
        .map(|assembly| format!("{} {}", assembly.name, assembly.version))
        .collect();
    const SHOWN: usize = 5;
    let mut named = own.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if own.len() > SHOWN {
        named += ", ...";
    }
    let own = match own.len() {
        0 => String::new(),
        count => format!(", {count} not of the framework: {named}"),
    };
    let _ = writeln!(out, "assemblies          {}{own}", report.assemblies.len());
    for assembly in report.assemblies.iter().filter(|_| verbose) {
        let _ = writeln!(
            out,
            "                    {} {} ({}, {}, {} bytes)",
            assembly.name, assembly.version, assembly.part.path, assembly.container, assembly.part.size
        );
    }
}

fn libraries(out: &mut String, report: &InteropReport, verbose: bool) {
    // What only the framework names and wasm does not have is never called.
    let is_shown =
        |library: &&LibraryEntry| verbose || !(library.is_framework && library.state == LibraryState::NotLinked);
    for library in report.libraries.iter().filter(is_shown) {
        let state = match library.state {
            LibraryState::Complete => "linked".to_owned(),
            LibraryState::Defective => "linked, with problems".to_owned(),
            LibraryState::NotLinked => "not linked".to_owned(),
            LibraryState::Internal => "import of the host".to_owned(),
            LibraryState::Unknown | _ => "not checked".to_owned(),
        };
        let _ = writeln!(
            out,
            "library             {}: {state}, {} of {} callable",
            escape_controls(&library.name),
            library.callable,
            plural(library.pinvokes, "P/Invoke")
        );
    }
    for entry in report.pinvokes.iter().filter(|_| verbose) {
        let _ = writeln!(out, "P/Invoke            {}: {}", pinvoke(entry), call_state(entry.state));
    }
}

fn pinvoke(entry: &PInvokeEntry) -> String {
    let text = format!("{} of {} for {} ({})", entry.entry_point, entry.library, entry.method, entry.key);
    escape_controls(&text)
}

fn call_state(state: CallState) -> &'static str {
    match state {
        CallState::Callable => "callable",
        CallState::NoFunction => "no such function",
        CallState::OtherType => "other type",
        CallState::NotLinked => "library not linked",
        CallState::NoThunk => "no thunk",
        CallState::Delegate => "passes a delegate",
        CallState::Unknown | _ => "not checked",
    }
}

fn thunks(out: &mut String, report: &InteropReport, verbose: bool) {
    if report.runtime.flavor == Flavor::Mono {
        return;
    }
    let count = |state: KeyState| report.keys.iter().filter(|key| key.state == state).count();
    let (missing, provided, unknown) = (count(KeyState::Missing), count(KeyState::Provided), count(KeyState::Unknown));
    let needed = missing + provided + unknown;
    if needed > 0 {
        let state =
            if unknown > 0 { "not checked".to_owned() } else { format!("{provided} provided, {missing} missing") };
        let _ = writeln!(out, "thunks              {} required: {state}", plural(needed, "key"));
    }
    for key in report.keys.iter().filter(|_| verbose) {
        let state = match key.state {
            KeyState::Missing => "missing",
            KeyState::Provided => "provided",
            KeyState::Unneeded => "not required",
            KeyState::Unknown | _ => "not checked",
        };
        let _ = writeln!(
            out,
            "key                 {}: {state}, required by {}",
            key.key,
            plural(key.needed_by.len(), "member")
        );
    }
    let callable = report.callbacks.iter().filter(|callback| callback.state == CallbackState::Callable).count();
    if !report.callbacks.is_empty() {
        let _ = writeln!(out, "callbacks           {callable} of {} callable", report.callbacks.len());
    }
}
