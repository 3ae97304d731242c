//! P/Invokes whose function no file defines: a file was forgotten, or the name is wrong.

use std::collections::{BTreeMap, BTreeSet};

use super::Comparison;
use thunkgen_core::collect::LibraryName;
use thunkgen_core::collect::ir::declarations::Declaration;
use thunkgen_diagnostics::{Location, catalogue};

/// Up to this many missing functions of a library are reported one by one.
const MOST_ALONE: usize = 3;

impl<'n> Comparison<'_, 'n> {
    /// A P/Invoke whose function no file defines.
    pub(super) fn without_function(&mut self, declaration: &'n Declaration, symbol: &str) {
        let module = &declaration.module;
        // The linker checks the function's type against the calls in native code.
        let one = self.index.find(symbol).and_then(|found| found.uses.first().copied());
        if let Some(one) = one {
            self.outcome.compared += 1;
            return self.usage(&catalogue::NATIVE_TYPE, declaration, symbol, &one);
        }
        let local = self.index.find(symbol).and_then(|found| found.functions.first().copied());
        if let Some(one) = local {
            let message =
                format!("`{symbol}` of {} is static, so nothing can call it; remove `static`", self.place(&one));
            return self.report(&catalogue::NO_NATIVE_FUNCTION, declaration, message);
        }
        if self.index.bitcode(Some(&**module).filter(|module| *module != LibraryName::ANY)).is_some() {
            self.outcome.in_bitcode += 1;
            return;
        }
        if !self.index.has_named_library(module) && self.index.nameless().is_some() {
            self.outcome.unknown += 1;
            return;
        }
        if !self.index.has_library(module) && !self.index.has_linked() {
            *self.outcome.without_file.entry(module.clone()).or_default() += 1;
            return;
        }
        let Some((name, function)) = self.index.nearest(symbol) else { return self.missing.push(declaration) };
        let place = self.place(&function);
        let message = if name.starts_with("_Z") {
            format!("no function `{symbol}`; {place} defines the C++ function `{name}`: declare it extern \"C\"")
        } else {
            format!("no function `{symbol}` in `{module}`; did you mean `{name}` of {place}?")
        };
        self.report_absent(declaration.location(), declaration, message);
    }

    /// Reports missing functions. Many of one library are one diagnostic, because they have one cause.
    pub(super) fn report_missing(&mut self) {
        let mut groups = BTreeMap::<(&str, &str), Vec<&'n Declaration>>::new();
        for declaration in std::mem::take(&mut self.missing) {
            let location = declaration.location().of_library(&declaration.module);
            let is_suppressed = self.diagnostics.is_suppressed(&catalogue::NO_NATIVE_FUNCTION, &location);
            // A function that is suppressed on its own is not part of a group.
            let path = if is_suppressed { "" } else { &*declaration.path };
            groups.entry((path, LibraryName::stem_of(&declaration.module))).or_default().push(declaration);
        }
        for ((path, _), group) in groups {
            let lines = group.iter().filter_map(|declaration| {
                let symbol = declaration.entry_point.as_deref()?;
                Some((
                    symbol,
                    format!("no function `{symbol}` in `{}`, and none with a similar name", declaration.module),
                ))
            });
            let lines: Vec<(&str, String)> = lines.collect();
            let Some(first) = group.first().filter(|_| !path.is_empty() && lines.len() > MOST_ALONE) else {
                for (declaration, (_, message)) in group.iter().zip(lines) {
                    self.report_absent(declaration.location(), declaration, message);
                }
                continue;
            };
            let symbols: BTreeSet<&str> = lines.iter().map(|(symbol, _)| *symbol).collect();
            let shown: Vec<String> = symbols.iter().take(MOST_ALONE).map(|symbol| format!("`{symbol}`")).collect();
            let place = self.index.place_of_library(&first.module).unwrap_or("the given files");
            let message = format!(
                "{} functions of `{}` are missing from {place}: {}, ...; the file may be older than the assembly (-v \
                 lists them)",
                symbols.len(),
                first.module,
                shown.join(", ")
            );
            let of_group =
                group.iter().zip(&lines).map(|(one, (_, line))| format!("{}: {}: {line}", one.path, one.method));
            self.outcome.details.extend(of_group);
            self.report_absent(Location::file(path).of_assembly(&first.assembly), first, message);
        }
    }

    /// A function that libc, JavaScript or another archive may define at link time.
    fn report_absent(&mut self, location: Location, declaration: &Declaration, message: String) {
        let location = location.of_library(&declaration.module);
        let is_all = self.options.whole_link || self.index.has_linked();
        match is_all && (self.options.is_own)(&declaration.path) {
            true => self.diagnostics.report(&catalogue::NO_NATIVE_FUNCTION, location, message),
            false => self.diagnostics.report_softly(&catalogue::NO_NATIVE_FUNCTION, location, message),
        }
    }
}
