//! `codes`: every diagnostic code with its level and title.

use clap::Args;
use serde::Serialize;

use super::error::Exit;
use super::explain::CodeShape;
use super::verbs::Run;
use thunkgen_diagnostics::catalogue;
use thunkgen_driver::symptoms::codes::OTHERS;

/// After the help of `codes`.
pub const EXAMPLES: &str = "\
Examples:
  Which codes are there, and which of them can be suppressed?
    thunkgen codes

  What does a code mean? This also shows an example.
    thunkgen explain TG0101

  Everything about all codes, for a script:
    thunkgen codes --json";

#[derive(Debug, Args)]
pub struct CodesArgs {
    /// Print one JSON document instead, with the meaning and an example of each code.
    #[arg(long)]
    pub json: bool,
}

/// Format number of the JSON; raised when a member changes its meaning or goes away.
const JSON_FORMAT: u32 = 1;

/// Every code.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CodesDocument {
    /// Format number of this document.
    format: u32,
    /// The codes of thunkgen in order, then those of the MSBuild package and of the runtime's own task.
    codes: Vec<CodeShape>,
}

impl Run<'_, '_> {
    /// `codes`
    pub fn codes(self, args: &CodesArgs) -> Exit {
        self.progress.finish();
        let text = if args.json { crate::json(&document()) } else { table() };
        self.console.artefact(&text);
        Exit::Done
    }
}

fn document() -> CodesDocument {
    let rules = catalogue::ALL.iter().map(|rule| CodeShape::of(rule));
    CodesDocument { format: JSON_FORMAT, codes: rules.chain(OTHERS.iter().map(CodeShape::of_other)).collect() }
}

/// One line per code.
fn table() -> String {
    let rules = catalogue::ALL.iter().map(|rule| {
        let level = match (rule.level == rule.strict_level, rule.is_suppressible()) {
            (false, _) => "warning, error with --strict",
            (true, true) if rule.level.name() == "error" => "error, suppressible",
            (true, _) => rule.level.name(),
        };
        let alias = if rule.alias.is_empty() { String::new() } else { format!(" ({})", rule.alias.replace(' ', ", ")) };
        [rule.code.to_owned(), level.to_owned(), format!("{}{alias}", rule.title)]
    });
    let others = OTHERS.iter().map(|other| {
        let by = if other.code.starts_with("TGM") { "MSBuild package" } else { ".NET build task" };
        [other.code.to_owned(), by.to_owned(), other.title.to_owned()]
    });
    let rows: Vec<[String; 3]> = rules.chain(others).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let (codes, levels) = (width(0), width(1));
    rows.iter().map(|[code, level, title]| format!("{code:codes$}  {level:levels$}  {title}\n")).collect()
}
