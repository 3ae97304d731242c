//! The values of options.

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use thunkgen_driver::Choice;
use thunkgen_driver::options::Emit;
use thunkgen_native::stubs::Language;

/// How and where problems are reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Standard error: `full` on a terminal, `short` elsewhere.
    #[default]
    Text,
    /// Standard error, with the lines of the sources.
    Full,
    /// Standard error, one line each.
    Short,
    /// Standard output, where MSBuild recognises errors and warnings.
    Msbuild,
    /// Standard output, as workflow commands of GitHub Actions.
    Github,
    /// Standard output, as logging commands of Azure Pipelines.
    Azure,
    /// Standard output, as one JSON array.
    Json,
    /// Standard output, as one SARIF 2.1.0 document.
    Sarif,
    /// Standard output, as one Code Quality report of GitLab.
    Gitlab,
}

impl Format {
    /// Whether problems are text for people.
    pub fn is_text(self) -> bool {
        matches!(self, Format::Text | Format::Full | Format::Short)
    }

    /// Whether standard output is a build log that contains everything in order.
    pub fn is_build_log(self) -> bool {
        matches!(self, Format::Msbuild | Format::Github | Format::Azure)
    }

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Full => "full",
            Format::Short => "short",
            Format::Msbuild => "msbuild",
            Format::Github => "github",
            Format::Azure => "azure",
            Format::Json => "json",
            Format::Sarif => "sarif",
            Format::Gitlab => "gitlab",
        }
    }

    /// Whether it needs standard output for itself.
    pub fn is_document(self) -> bool {
        matches!(self, Format::Json | Format::Sarif | Format::Gitlab)
    }
}

/// A value of a fixed list.
pub fn choice<T: Choice>() -> impl TypedValueParser<Value = T> {
    described(|_: T| "")
}

/// What is generated, with a line of help for each.
pub fn emit() -> impl TypedValueParser<Value = Emit> {
    described(|emit| match emit {
        Emit::Cpp => "The C++ thunk tables",
        Emit::Stubs(Language::Rust) => "For each named library, a Rust module with a trait that the library implements",
        Emit::Stubs(Language::CHeader) => "For each named library, a C and C++ header that the library includes",
    })
}

fn described<T: Choice>(help: fn(T) -> &'static str) -> impl TypedValueParser<Value = T> {
    let value = move |choice: &T| {
        let value = PossibleValue::new(choice.word());
        if help(*choice).is_empty() { value } else { value.help(help(*choice)) }
    };
    PossibleValuesParser::new(T::CHOICES.iter().map(value))
        .try_map(|word| T::from_word(&word).ok_or("not a possible value"))
}
