//! Versions as NuGet takes them: semantic versions.

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

    /// As it is in the name of the package: what is behind `+` says nothing about which version it is.
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
        Err("a version such as 1.2.3 or 1.2.3-beta.1 expected".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semantic_versions() {
        for text in ["0.1.0", "10.20.30", "1.2.3-beta.1", "1.2.3-rc-2+abc.5"] {
            assert_eq!(text.parse::<Version>().map(|v| v.to_string()).as_deref(), Ok(text));
        }
        assert_eq!("1.2.3-a+b".parse::<Version>().unwrap().normalized(), "1.2.3-a");
        assert_eq!("1.2.3-a+b".parse::<Version>().unwrap().numbers(), "1.2.3");
        for text in
            ["", "1", "1.2", "1.2.3.4", "1.2.x", "01.2.3", "1.2.3-", "1.2.3-a..b", "1.2.3 ", "1.2.3/../x", "-1.2.3"]
        {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }
}
