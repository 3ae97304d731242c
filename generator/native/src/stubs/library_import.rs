//! Undoes the renaming by the source generator of `LibraryImport`.
//!
//! The generator of the framework puts the P/Invoke into the method it implements, as a local function:
//! `Sys.<Open>g____PInvoke|7_0(byte* __path_native)` for `Sys.Open(string path)`. The user's names are more helpful,
//! and the documentation belongs to the user's method.

use super::csharp_text::csharp;
use super::documentation::Documentation;
use thunkgen_core::collect::ir::declarations::Declaration;

/// Replaces the names of such a local function by those of its method.
pub(super) fn rename(declaration: &mut Declaration, documentation: &Documentation) {
    let Some(method) = method(&declaration.method) else { return };
    rename_params(declaration);
    declaration.documentation_id = documented(&method, documentation).unwrap_or_default();
    declaration.method = method;
}

/// The declaration as the user wrote it, in C#.
pub fn as_written(declaration: &Declaration) -> String {
    let mut declaration = declaration.clone();
    if let Some(method) = method(&declaration.method) {
        rename_params(&mut declaration);
        declaration.method = method;
    }
    csharp(&declaration)
}

/// `__path_native` becomes `path`.
fn rename_params(declaration: &mut Declaration) {
    for param in &mut declaration.params {
        let own = param.name.strip_prefix("__").and_then(|name| name.strip_suffix("_native"));
        if let Some(own) = own.filter(|own| !own.is_empty()) {
            param.name = own.to_owned();
        }
    }
}

/// The method that a local function of the source generator implements: `Namespace.Type.Open`.
pub fn method(local: &str) -> Option<String> {
    let (ty, rest) = local.rsplit_once(".<")?;
    let (name, number) = rest.split_once(">g____PInvoke|")?;
    let is_number = |c: char| c.is_ascii_digit() || c == '_';
    (!name.is_empty() && number.chars().all(is_number)).then(|| format!("{ty}.{name}"))
}

/// Its id without parameters, for a method without overloads: the local function has other parameter types.
fn documented(method: &str, documentation: &Documentation) -> Option<String> {
    let id = format!("M:{}", method.replace('+', "."));
    let from = documentation.comments.range(id.clone()..).map(|(id, _)| id);
    let mut same = from.take_while(|other| other.starts_with(&id)).filter(|other| {
        let rest = other.get(id.len()..).unwrap_or_default();
        rest.is_empty() || rest.starts_with('(')
    });
    match (same.next(), same.next()) {
        (Some(only), None) => Some(only.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods() {
        for (local, expected) in [
            ("Interop+Sys.<Open>g____PInvoke|7_0", Some("Interop+Sys.Open")),
            ("Sys.<Open>g____PInvoke|7", Some("Sys.Open")),
            ("Sys.<Open>g__Other|7_0", None),
            ("Sys.<>g____PInvoke|7_0", None),
            ("Sys.<Open>g____PInvoke|7_0.x", None),
            ("Sys.Open", None),
        ] {
            assert_eq!(method(local).as_deref(), expected, "{local}");
        }
    }

    #[test]
    fn comments_of_the_method() {
        let ids = ["M:A.B.C", "M:A.B.D(System.Int32)", "M:A.B.D(System.String)", "M:A.B.E(System.Int32)", "M:A.B.EF"];
        let comments = ids.map(|id| (id.to_owned(), Default::default())).into();
        let documentation = Documentation { comments };
        let id = |method| documented(method, &documentation);
        assert_eq!(id("A+B.C").as_deref(), Some("M:A.B.C"));
        assert_eq!(id("A+B.E").as_deref(), Some("M:A.B.E(System.Int32)"));
        assert_eq!((id("A+B.D"), id("A+B.F")), (None, None));
    }
}
