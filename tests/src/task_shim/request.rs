//! Requests, with escapes of their own.

use std::fmt::Write as _;

/// Parameters of the task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// Names and values of properties.
    pub properties: Vec<(String, String)>,
    /// Names and values of items.
    pub items: Vec<(String, String)>,
}

/// Everything but letters, digits and what paths are made of as `%XX`; characters without such a code stay.
pub fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || "/._-".contains(c) || c as u32 > 0xff {
            out.push(c);
        } else {
            write!(out, "%{:02X}", c as u32).expect("memory");
        }
    }
    out
}

impl Request {
    /// Sets a property, in the place of what it was.
    pub fn set(&mut self, name: &str, value: &str) -> &mut Request {
        self.properties.retain(|(known, _)| known != name);
        self.properties.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds an item.
    pub fn add(&mut self, name: &str, value: &str) -> &mut Request {
        self.items.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Removes an item.
    pub fn remove(&mut self, name: &str, value: &str) -> &mut Request {
        self.items.retain(|(known, item)| (known.as_str(), item.as_str()) != (name, value));
        self
    }

    /// The values of an item.
    pub fn items<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.items.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The file.
    pub fn render(&self) -> String {
        let mut text = String::from("<Project>\n  <PropertyGroup>\n");
        for (name, value) in &self.properties {
            writeln!(text, "    <{name}>{}</{name}>", escape(value)).expect("memory");
        }
        text += "  </PropertyGroup>\n  <ItemGroup>\n";
        for (name, value) in &self.items {
            writeln!(text, "    <{name} Include=\"{}\" />", escape(value)).expect("memory");
        }
        text + "  </ItemGroup>\n</Project>\n"
    }
}
