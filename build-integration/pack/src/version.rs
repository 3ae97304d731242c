//! Versions of NuGet packages: semantic versions.

use std::fmt;
use std::str::FromStr;

/// `MAJOR.MINOR.PATCH[-LABEL][+BUILD]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(String);

impl Version {
    /// The three numbers.
    pub fn numbers(&self) -> &str {
        self.0.split(['-', '+']).next().unwrap_or_default()
    }

    /// The version in the name of the package: build metadata after `+` is not part of it.
    pub fn normalized(&self) -> &str {
        self.0.split('+').next().unwrap_or_default()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Version, String> {
        let (rest, build) = text.split_once('+').map_or((text, None), |(rest, build)| (rest, Some(build)));
        let (numbers, label) = rest.split_once('-').map_or((rest, None), |(numbers, label)| (numbers, Some(label)));
        let number = |text: &str| text == "0" || (!text.starts_with('0') && text.parse::<u32>().is_ok());
        let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let words = |text: Option<&str>| text.is_none_or(|text| text.split('.').all(word));
        let numbers: Vec<&str> = numbers.split('.').collect();
        if numbers.len() == 3 && numbers.into_iter().all(number) && words(label) && words(build) {
            return Ok(Version(text.to_owned()));
        }
        Err("expected a version such as 1.2.3 or 1.2.3-beta.1".to_owned())
    }
}
