//! P/Invokes whose function is in none of the files: what was forgotten, or misspelled.

use super::Comparison;
use thunkgen_core::collect::LibraryName;
use thunkgen_core::collect::ir::declarations::Declaration;
use thunkgen_diagnostics::catalogue;

impl<'n> Comparison<'_, 'n> {
    /// A P/Invoke whose function is in none of the files.
    pub(super) fn without_function(&mut self, declaration: &'n Declaration, symbol: &str) {
        let module = &declaration.module;
        // The type by which native code calls it is the one that the linker will hold the function to.
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
        let nearest = self.index.nearest(symbol).map(|(name, function)| (name, self.place(&function)));
        let is_mangled = nearest.as_ref().is_some_and(|(name, _)| name.starts_with("_Z"));
        let message = match nearest {
            Some((name, place)) if name.starts_with("_Z") => format!(
                "no function `{symbol}`; {place} has it as the C++ function `{name}`: put extern \"C\" before it"
            ),
            Some((name, place)) => format!("no function `{symbol}` in `{module}`; did you mean `{name}` of {place}?"),
            None => format!("no function `{symbol}` in `{module}`, nor one with a name like it"),
        };
        // libc, JavaScript or another archive may have it when it is linked.
        match is_mangled || self.options.whole_link || self.index.has_linked() {
            true => self.report(&catalogue::NO_NATIVE_FUNCTION, declaration, message),
            false => self.report_softly(&catalogue::NO_NATIVE_FUNCTION, declaration, message),
        }
    }
}
