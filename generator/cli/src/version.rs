//! What `--version` prints: the version, the commit of the sources, and the formats that are supported.

use std::ffi::OsString;
use std::sync::LazyLock;

use serde::Serialize;

use thunkgen_core::RuntimeVersion;
use thunkgen_core::emit::Contract;
use thunkgen_driver::Choice;

/// ` (4d0def6 2026-11-29)`, from the build script.
const SOURCES: &str = env!("THUNKGEN_SOURCES");

/// `0.1.0 (4d0def6 2026-11-29)`
pub const SHORT: &str = concat!(env!("CARGO_PKG_VERSION"), env!("THUNKGEN_SOURCES"));

/// Where bugs are reported.
pub const ISSUES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/issues");

/// [`SHORT`], and a line for each runtime.
pub fn long() -> &'static str {
    static LONG: LazyLock<String> = LazyLock::new(with_runtimes);
    &LONG
}

fn with_runtimes() -> String {
    let width = Contract::CHOICES.iter().map(|contract| contract.name().len()).max().unwrap_or_default();
    let lines = runtimes().into_iter().map(|one| {
        let Runtime { version, contract, key_format, ready_to_run } = one;
        format!("\nruntime {version}: contract {contract:width$}  keys {key_format}  ReadyToRun {ready_to_run}")
    });
    SHORT.to_owned() + &lines.collect::<String>()
}

/// What is supported of a runtime.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Runtime {
    version: &'static str,
    contract: &'static str,
    key_format: &'static str,
    ready_to_run: String,
}

fn runtimes() -> Vec<Runtime> {
    let runtime = |runtime: RuntimeVersion| {
        let facts = runtime.facts();
        Runtime {
            version: facts.name,
            contract: facts.contract.name(),
            key_format: facts.tokens.word(),
            ready_to_run: facts.image.ready_to_run.to_string(),
        }
    };
    RuntimeVersion::ALL.into_iter().map(runtime).collect()
}

/// `--version --json`
#[derive(Serialize)]
struct Document {
    format: u32,
    version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<&'static str>,
    runtimes: Vec<Runtime>,
    contracts: Vec<&'static str>,
}

/// The document, if the arguments ask for it. clap prints the version as soon as it reads `--version`.
pub fn json(args: &[OsString]) -> Option<String> {
    let mut words: Vec<&str> = args.iter().skip(1).map(|arg| arg.to_str().unwrap_or_default()).collect();
    // A document has no colours.
    words.retain(|word| !word.starts_with("--color="));
    if let Some(at) = words.iter().position(|word| *word == "--color") {
        words.drain(at..words.len().min(at + 2));
    }
    let is_version = |word: &&str| matches!(*word, "--version" | "-V");
    let is_asked = words.contains(&"--json") && words.iter().any(is_version);
    if !is_asked || !words.iter().all(|word| is_version(word) || *word == "--json") {
        return None;
    }
    let mut known = SOURCES.trim_matches([' ', '(', ')']).split(' ').filter(|word| !word.is_empty());
    let is_date = |word: &&str| word.contains('-');
    let is_commit = |word: &&str| word.bytes().all(|digit| digit.is_ascii_hexdigit());
    let document = Document {
        format: 1,
        version: env!("CARGO_PKG_VERSION"),
        commit: known.clone().find(is_commit),
        date: known.find(is_date),
        runtimes: runtimes(),
        contracts: Contract::CHOICES.iter().map(|contract| contract.name()).collect(),
    };
    Some(crate::json(&document))
}
