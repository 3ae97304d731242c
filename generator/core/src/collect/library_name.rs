//! Names of native libraries, which `DllImport` and a list of linked libraries may spell differently.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;

/// Extensions of library files, besides `.so` with a version.
const EXTENSIONS: [&str; 8] = [".dll", ".so", ".dylib", ".a", ".o", ".lib", ".wasm", ".bc"];

/// The name of a native library.
///
/// Names are equal when they are the same after removing directories, one leading `lib` and one extension of a
/// library's file. Case matters. The spelling is kept for the tables, since the runtime compares text.
///
/// ```
/// use thunkgen_core::collect::LibraryName;
/// assert_eq!(LibraryName::new("native/libgeo.so.1"), LibraryName::new("geo.dll"));
/// assert_ne!(LibraryName::new("Geo"), LibraryName::new("geo"));
/// assert!(LibraryName::new("Geo").is_like("libgeo"));
/// ```
#[derive(Clone, Debug)]
pub struct LibraryName {
    spelling: String,
    /// Where the part that is compared is in it.
    stem: Range<usize>,
}

impl LibraryName {
    /// As the library of a P/Invoke: any library may have the function. On a list of linked libraries: all are linked.
    pub const ANY: &str = "*";

    /// A name with this spelling.
    pub fn new(spelling: impl Into<String>) -> LibraryName {
        let spelling = spelling.into();
        LibraryName { stem: stem(&spelling), spelling }
    }

    /// The original spelling.
    pub fn spelling(&self) -> &str {
        &self.spelling
    }

    /// The part that is compared.
    pub fn stem(&self) -> &str {
        self.spelling.get(self.stem.clone()).unwrap_or_default()
    }

    /// The part of a spelling that is compared.
    pub fn stem_of(spelling: &str) -> &str {
        spelling.get(stem(spelling)).unwrap_or_default()
    }

    /// True if this spelling means the same library.
    pub fn is(&self, spelling: &str) -> bool {
        self.stem() == LibraryName::stem_of(spelling)
    }

    /// True if both spellings mean the same library.
    pub fn same(one: &str, other: &str) -> bool {
        LibraryName::stem_of(one) == LibraryName::stem_of(other)
    }

    /// True if this spelling differs only by case or by `-` and `_`: most likely a mistake.
    pub fn is_like(&self, spelling: &str) -> bool {
        !self.is(spelling) && loose(&self.spelling) == loose(spelling)
    }

    /// The name without directories, a leading `lib` and an extension.
    pub fn loose(spelling: &str) -> String {
        loose(spelling)
    }
}

fn loose(spelling: &str) -> String {
    LibraryName::stem_of(&spelling.to_lowercase().replace('_', "-")).to_owned()
}

/// The part of a spelling that is compared: never empty, and never the name that means all libraries.
fn stem(spelling: &str) -> Range<usize> {
    let file = spelling.rsplit(['/', '\\']).next().unwrap_or_default();
    let named = file.strip_prefix("lib").unwrap_or(file);
    let bare = EXTENSIONS.iter().find_map(|extension| named.strip_suffix(extension)).unwrap_or(unversioned(named));
    let start = spelling.len() - named.len();
    if bare.is_empty() || bare == LibraryName::ANY { 0..spelling.len() } else { start..start + bare.len() }
}

/// `foo` of `foo.so.1.2`.
fn unversioned(name: &str) -> &str {
    let is_version = |rest: &str| rest.split('.').all(|n| !n.is_empty() && n.bytes().all(|c| c.is_ascii_digit()));
    match name.rsplit_once(".so.") {
        Some((name, version)) if is_version(version) => name,
        _ => name,
    }
}

impl PartialEq for LibraryName {
    fn eq(&self, other: &LibraryName) -> bool {
        self.stem() == other.stem()
    }
}

impl Eq for LibraryName {}

impl PartialOrd for LibraryName {
    fn partial_cmp(&self, other: &LibraryName) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for LibraryName {
    fn cmp(&self, other: &LibraryName) -> Ordering {
        self.stem().cmp(other.stem())
    }
}

impl fmt::Display for LibraryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.spelling)
    }
}

impl From<&str> for LibraryName {
    fn from(spelling: &str) -> LibraryName {
        LibraryName::new(spelling)
    }
}

impl From<String> for LibraryName {
    fn from(spelling: String) -> LibraryName {
        LibraryName::new(spelling)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_library() {
        for spelling in [
            "foo",
            "libfoo",
            "foo.dll",
            "libfoo.so",
            "libfoo.so.1",
            "libfoo.so.1.22.333",
            "libfoo.dylib",
            "libfoo.a",
            "foo.o",
            "foo.lib",
            "foo.wasm",
            "foo.bc",
            "native/foo",
            "./a/../libfoo.a",
            "C:\\native\\foo.dll",
            "a/b\\libfoo",
        ] {
            assert!(LibraryName::from("foo").is(spelling), "{spelling}");
            assert_eq!(LibraryName::from(spelling).to_string(), spelling);
        }
    }

    #[test]
    fn other_libraries() {
        for (spelling, stem) in [
            ("FOO", "FOO"),
            ("foo.DLL", "foo.DLL"),
            ("liblibfoo", "libfoo"),
            ("foo.dll.so", "foo.dll"),
            ("foo.so.1a", "foo.so.1a"),
            ("foo.so.", "foo.so."),
            ("foo.so..1", "foo.so..1"),
            ("foo.1.dylib", "foo.1"),
            ("foo.exe", "foo.exe"),
            ("SQLite.Interop.dll", "SQLite.Interop"),
            ("a-b", "a-b"),
            ("a_b", "a_b"),
        ] {
            assert_eq!(LibraryName::from(spelling).stem(), stem);
        }
    }

    #[test]
    fn something_is_left() {
        for spelling in ["", "lib", ".dll", "lib.so", "lib.so.1", "a/", "*", "lib*", "*.dll", "a/*"] {
            assert_eq!(LibraryName::from(spelling).stem(), spelling);
        }
    }

    #[test]
    fn names_that_are_meant() {
        let name = LibraryName::from("libmy-geo.so");
        for like in ["my_geo", "My-Geo.DLL", "libMY_GEO"] {
            assert!(name.is_like(like), "{like}");
        }
        for other in ["my-geo", "libmy-geo", "mygeo", "my-geo2"] {
            assert!(!name.is_like(other), "{other}");
        }
    }
}
