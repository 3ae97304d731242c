//! The platform filter: `SupportedOSPlatform` and `UnsupportedOSPlatform`.

use super::Collector;
use clr_metadata::{AttributeValue, TableId, Token};
use clr_wasm_abi::types::{AssemblyId, BadImage, KnownAttribute, TypeSystem};

impl Collector<'_, '_> {
    /// True if a method of a type (or the type itself, for `method` `None`) is not for the target. The method, the
    /// type, its enclosing types, then the assembly are checked; the first with an attribute decides.
    pub(super) fn is_excluded_by_platform(
        &self,
        assembly: AssemblyId,
        method: Option<u32>,
        owner: Option<u32>,
    ) -> Result<bool, BadImage> {
        let mut levels: Vec<Token> = method.map(|row| Token::new(TableId::MethodDef, row)).into_iter().collect();
        if let Some(owner) = owner {
            let chain =
                self.assembly(assembly).module.enclosing_chain(owner).map_err(TypeSystem::bad_image(assembly))?;
            levels.extend([owner].into_iter().chain(chain).map(|row| Token::new(TableId::TypeDef, row)));
        }
        levels.push(Token::new(TableId::Assembly, 1));
        for level in levels {
            if let Some(excluded) = self.verdict(assembly, level)? {
                return Ok(excluded);
            }
        }
        Ok(false)
    }

    /// The platform attributes of one row; `None` if there are none. Cached, since every member of a type needs it.
    fn verdict(&self, assembly: AssemblyId, level: Token) -> Result<Option<bool>, BadImage> {
        if let Some(known) = self.verdicts.borrow().get(&(assembly, level)) {
            return Ok(*known);
        }
        let verdict = self.read_verdict(assembly, level)?;
        if level.table != TableId::MethodDef {
            self.verdicts.borrow_mut().insert((assembly, level), verdict);
        }
        Ok(verdict)
    }

    fn read_verdict(&self, assembly: AssemblyId, level: Token) -> Result<Option<bool>, BadImage> {
        let (mut supported, mut says_supported, mut says_anything) = (false, false, false);
        for attribute in self.type_system.attributes(assembly, level)? {
            let is_support = match attribute.kind {
                KnownAttribute::SupportedOSPlatform => true,
                KnownAttribute::UnsupportedOSPlatform => false,
                _ => continue,
            };
            let arguments = self.type_system.attribute_arguments(assembly, attribute.row)?;
            let Some(AttributeValue::String(Some(platform))) = arguments.fixed.first() else { continue };
            let matches = matches_target(platform, self.options.target_os.name());
            if !is_support && matches {
                return Ok(Some(true));
            }
            says_anything = true;
            says_supported |= is_support;
            supported |= is_support && matches;
        }
        Ok(says_anything.then_some(says_supported && !supported))
    }
}

/// A platform name matches if it is the target's name, ignoring case, with or without a version.
fn matches_target(platform: &str, target: &str) -> bool {
    let Some((name, version)) = platform.split_at_checked(target.len()) else { return false };
    name.eq_ignore_ascii_case(target) && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::matches_target;

    #[test]
    fn names_match_without_case_and_with_a_version() {
        for platform in ["browser", "Browser", "BROWSER1.0", "browser10"] {
            assert!(matches_target(platform, "browser"), "{platform}");
        }
        for platform in ["", "brows", "browserify", "linux", "wasi", "browser-1"] {
            assert!(!matches_target(platform, "browser"), "{platform}");
        }
    }
}
