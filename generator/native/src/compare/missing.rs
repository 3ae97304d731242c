//! P/Invokes whose function is not defined in any file: it was misspelled, not exported, or not linked.

use super::Comparison;
use super::unit::spot;
use thunkgen_core::collect::LibraryName;
use thunkgen_core::collect::ir::declarations::Declaration;
use thunkgen_diagnostics::catalogue;
use thunkgen_rust_source::{Hidden, Unexpanded};

impl<'n> Comparison<'_, 'n> {
    /// A P/Invoke whose function is not defined in any file.
    pub(super) fn without_function(&mut self, declaration: &'n Declaration, symbol: &str) {
        let module = &declaration.module;
        // The linker will compare the function with the type that native code uses to call it.
        let one = self.index.find(symbol).and_then(|found| found.uses.first().copied());
        if let Some(one) = one {
            self.outcome.compared += 1;
            return self.usage(&catalogue::NATIVE_TYPE, declaration, symbol, &one);
        }
        let local = self.index.find(symbol).and_then(|found| found.functions.first().copied());
        if let Some(one) = local {
            let message = format!("`{symbol}` of {} is static, so nothing can call it; remove `static`", one.place());
            return self.report(&catalogue::NO_NATIVE_FUNCTION, declaration, message);
        }
        if let Some(hidden) = self.index.hidden(symbol) {
            return self.hidden(declaration, hidden);
        }
        if self.index.bitcode(Some(&**module).filter(|module| *module != LibraryName::ANY)).is_some() {
            self.outcome.in_bitcode += 1;
            return;
        }
        if !self.index.has_named_library(module) && self.index.nameless().is_some() {
            self.outcome.unknown += 1;
            return;
        }
        if module != LibraryName::ANY && !self.index.has_library(module) {
            *self.outcome.without_file.entry(module.clone()).or_default() += 1;
            return;
        }
        let nearest = self.index.nearest(symbol).map(|(name, function)| (name, function.place()));
        let macros = self.index.unexpanded(Some(&**module).filter(|module| *module != LibraryName::ANY));
        let (rule, message) = match (nearest, macros.first()) {
            (Some((name, place)), _) if name.starts_with("_Z") => (
                &catalogue::NO_NATIVE_FUNCTION,
                format!(
                    "no function `{symbol}`, but {place} defines the C++ function `{name}`: put extern \"C\" before it"
                ),
            ),
            (nearest, Some(first)) => {
                let others = match macros.len() {
                    1 => String::new(),
                    2 => " or another one".to_owned(),
                    all => format!(" or one of {} others", all - 1),
                };
                let nearest = nearest.map(|(name, place)| format!(". Did you mean `{name}` of {place}?"));
                let message = format!(
                    "no function `{symbol}` in `{module}`, unless the macro `{}` at {}{others} defines it; compare the \
                     object or archive to find out{}",
                    first.name,
                    spot(&first.place),
                    nearest.unwrap_or_default()
                );
                (&catalogue::MAY_BE_OF_MACRO, message)
            }
            (Some((name, place)), None) => (
                &catalogue::NO_NATIVE_FUNCTION,
                format!("no function `{symbol}` in `{module}`; did you mean `{name}` of {place}?"),
            ),
            (None, None) => {
                // The dependencies of a crate are linked with it and may contain all that it exports.
                let crates =
                    if self.index.is_rust(module) { "; if another crate defines it, name that crate" } else { "" };
                let message = format!("no function `{symbol}` in `{module}`, and none with a similar name{crates}");
                (&catalogue::NO_NATIVE_FUNCTION, message)
            }
        };
        self.report(rule, declaration, message);
    }

    /// A Rust function with the name exists, but is not exported under it.
    fn hidden(&mut self, declaration: &Declaration, hidden: &Hidden) {
        let Hidden { name, place, is_c, exported_as, attribute } = hidden;
        let spot = spot(place);
        // An attribute macro may export it, also one on a neighbouring or enclosing item.
        let is_near = |of: &&&Unexpanded| of.name.starts_with('#') && of.place.path == place.path;
        let near = || self.index.unexpanded(None).into_iter().find(|of| is_near(&of)).map(|of| &of.name);
        if let (None, Some(attribute)) = (exported_as, attribute.as_ref().or_else(near)) {
            let message = format!(
                "`{name}` of {spot} is not exported, unless the macro of `{attribute}` does it; compare the object or \
                 archive to find out"
            );
            return self.report(&catalogue::MAY_BE_OF_MACRO, declaration, message);
        }
        let message = match exported_as {
            Some(symbol) => format!(
                "`{name}` of {spot} is exported as `{symbol}`; declare that as the EntryPoint, or remove its export_name"
            ),
            None if *is_c => format!(
                "`{name}` of {spot} is not exported, so nothing can call it by name; put #[unsafe(no_mangle)] before it"
            ),
            None => format!(
                "`{name}` of {spot} is neither exported nor extern \"C\"; put #[unsafe(no_mangle)] before it, and extern \"C\" \
                 before `fn`"
            ),
        };
        self.report(&catalogue::NO_NATIVE_FUNCTION, declaration, message);
    }
}
