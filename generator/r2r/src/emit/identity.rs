//! What an image is called, and which versions it states.

use std::fmt;
use std::str::FromStr;

use thunkgen_core::RuntimeVersion;
use thunkgen_core::runtime_version::ImageFormat;

/// Name and versions of an image.
///
/// ```
/// use thunkgen_r2r::emit::Identity;
/// let identity = Identity::new("App.Thunks".parse().unwrap());
/// assert_eq!(identity.version.to_string(), "1.0.0.0");
/// assert_eq!(identity.format.ready_to_run.to_string(), "26.1");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Simple name of the assembly.
    pub name: AssemblyName,
    /// Version of the assembly.
    pub version: AssemblyVersion,
    /// Identity of this very build; `None` for one that depends on nothing but what is in the image.
    pub mvid: Option<Guid>,
    /// The format of the image.
    pub format: ImageFormat,
}

/// Simple name of an assembly: part of a file name, and of a full name with version and culture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssemblyName(String);

/// Version of an assembly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssemblyVersion(pub [u16; 4]);

/// A GUID in the order its bytes have in memory: the first three groups are little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guid(pub [u8; 16]);

/// Why a text names no identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The runtime looks for a file of that name, and for the assembly by a full name that it is part of.
    #[error("this cannot be the name of an assembly: {0}")]
    Name(&'static str),
    /// Of an assembly.
    #[error("expected two to four numbers from 0 to 65534, with dots between them")]
    Version,
    /// Dashes and braces are optional.
    #[error("expected 32 hexadecimal digits, as in 01234567-89ab-cdef-0123-456789abcdef")]
    Guid,
}

/// The runtime's limit for names is 1023 bytes, and it looks for a file named like the assembly.
const MAX_NAME: usize = 200;

impl Identity {
    /// An image with this assembly name for the default version of the runtime.
    pub fn new(name: AssemblyName) -> Identity {
        let version = AssemblyVersion([1, 0, 0, 0]);
        Identity { name, version, mvid: None, format: RuntimeVersion::default().facts().image.clone() }
    }
}

impl AssemblyName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AssemblyName {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<AssemblyName, IdentityError> {
        let reason = if text.is_empty() {
            "it is empty"
        } else if text.len() > MAX_NAME {
            "it is longer than 200 bytes"
        } else if text.chars().any(|c| c.is_control() || "/\\:*?\"<>|,=".contains(c)) {
            "it has a character that file names or full names of assemblies cannot have"
        } else if text.trim() != text || text.ends_with('.') {
            "it starts or ends with a space or ends with a dot"
        } else {
            return Ok(AssemblyName(text.to_owned()));
        };
        Err(IdentityError::Name(reason))
    }
}

impl Guid {
    /// A GUID made of a hash (RFC 9562, version 8: the bits have no common meaning).
    pub(super) fn from_hash(hash: u128) -> Guid {
        let mut bytes = hash.to_le_bytes();
        bytes[7] = bytes[7] & 0x0f | 0x80; // version
        bytes[8] = bytes[8] & 0x3f | 0x80; // variant
        Guid(bytes)
    }
}

impl FromStr for AssemblyVersion {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<AssemblyVersion, IdentityError> {
        let mut numbers = [0; 4];
        let mut given = text.split('.');
        let mut count = 0;
        for (number, part) in numbers.iter_mut().zip(given.by_ref()) {
            // The runtime takes 65535 for "no number".
            *number = digits(part).filter(|number| *number != u16::MAX).ok_or(IdentityError::Version)?;
            count += 1;
        }
        if count < 2 || given.next().is_some() {
            return Err(IdentityError::Version);
        }
        Ok(AssemblyVersion(numbers))
    }
}

/// A number without a sign.
fn digits(text: &str) -> Option<u16> {
    text.bytes().all(|c| c.is_ascii_digit()).then(|| text.parse().ok())?
}

impl FromStr for Guid {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Guid, IdentityError> {
        let braced = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let inner = braced.unwrap_or(text);
        let groups: Vec<&str> = inner.split('-').collect();
        let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
        let plain = braced.is_none() && lengths == [32];
        if !plain && lengths != [8, 4, 4, 4, 12] {
            return Err(IdentityError::Guid);
        }
        let digits = groups.concat();
        if !digits.bytes().all(|c| c.is_ascii_hexdigit()) {
            return Err(IdentityError::Guid);
        }
        let mut bytes = u128::from_str_radix(&digits, 16).map_err(|_| IdentityError::Guid)?.to_be_bytes();
        swap_groups(&mut bytes);
        Ok(Guid(bytes))
    }
}

/// Between the order of the digits and that in memory.
fn swap_groups(bytes: &mut [u8; 16]) {
    for (from, to) in [(0, 3), (1, 2), (4, 5), (6, 7)] {
        bytes.swap(from, to);
    }
}

impl fmt::Display for AssemblyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for AssemblyVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let AssemblyVersion([major, minor, build, revision]) = self;
        write!(f, "{major}.{minor}.{build}.{revision}")
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.0;
        swap_groups(&mut bytes);
        for (index, byte) in bytes.iter().enumerate() {
            let dash = if [4, 6, 8, 10].contains(&index) { "-" } else { "" };
            write!(f, "{dash}{byte:02x}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for (text, shown) in [("1.2", "1.2.0.0"), ("0.0.7", "0.0.7.0"), ("1.2.3.65534", "1.2.3.65534")] {
            assert_eq!(text.parse::<AssemblyVersion>().unwrap().to_string(), shown);
        }
        for text in ["", "1", "1.", "1.2.3.4.5", "1.+2", "1.65535", "1.2.3.x", "1. 2"] {
            assert_eq!(text.parse::<AssemblyVersion>(), Err(IdentityError::Version));
        }
    }

    // `new Guid("00112233-4455-6677-8899-aabbccddeeff").ToByteArray()`
    #[test]
    fn guids() {
        let bytes = [0x33, 0x22, 0x11, 0, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff];
        for text in [
            "00112233-4455-6677-8899-aabbccddeeff",
            "{00112233-4455-6677-8899-AABBCCDDEEFF}",
            "00112233445566778899aabbccddeeff",
        ] {
            assert_eq!(text.parse(), Ok(Guid(bytes)));
        }
        assert_eq!(Guid(bytes).to_string(), "00112233-4455-6677-8899-aabbccddeeff");
        for text in ["", "0011", "{00112233445566778899aabbccddeeff}", "00112233-4455-6677-8899-aabbccddee+f"] {
            assert_eq!(text.parse::<Guid>(), Err(IdentityError::Guid));
        }
        assert_eq!(Guid::from_hash(u128::MAX).to_string(), "ffffffff-ffff-8fff-bfff-ffffffffffff");
        assert_eq!(Guid::from_hash(0).to_string(), "00000000-0000-8000-8000-000000000000");
    }

    #[test]
    fn names() {
        for name in ["a", "App.Thunks", "Größe", "a b"] {
            assert_eq!(name.parse::<AssemblyName>().unwrap().as_str(), name);
        }
        for name in ["", "a/b", "a\\b", "..", "a\0", " a", "a.", "A, Version=1.0", "a\n", &"x".repeat(201)] {
            assert!(name.parse::<AssemblyName>().is_err(), "{name}");
        }
    }
}
