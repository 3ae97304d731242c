//! Asking the C# program, and its answers.

use std::collections::BTreeMap;
use std::path::Path;

use super::lab::Lab;

/// How the runtime sees a TypeDef.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A value type.
    Closed,
    /// A generic value type.
    Open,
    /// It cannot be loaded.
    Refused,
}

/// What the runtime says of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Size in bytes, and the offset in bytes of each instance field by its row in Field.
    Measured(u32, BTreeMap<u32, u32>),
    /// It does not load the type.
    Refused(String),
    /// An assembly that the type needs is not there.
    Missing(String),
    /// The question makes no sense to it.
    Failed(String),
}

/// All answers of one run.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// Size of `Vector<T>` in bytes on this machine.
    pub vector_size: u32,
    /// Value types by assembly and TypeDef row, refused types of whatever kind among them.
    pub definitions: BTreeMap<(String, u32), Kind>,
    /// One answer per question.
    pub answers: Vec<Answer>,
}

/// Lists the value types of `assemblies` (simple names of the framework, or paths) and answers questions.
pub fn ask(lab: &Lab, program: &Path, assemblies: &[String], questions: &[String]) -> Answers {
    let file = program.with_file_name("questions.txt");
    let lines: String = questions.iter().map(|question| format!("{question}\n")).collect();
    std::fs::write(&file, lines).expect("a writable folder");
    let arguments: Vec<String> = [path_text(&file)].into_iter().chain(assemblies.iter().cloned()).collect();
    let answers = parse(&lab.run(program, &arguments));
    assert_eq!(answers.answers.len(), questions.len(), "one answer per question");
    answers
}

/// A path as an argument.
pub fn path_text(path: &Path) -> String {
    path.to_str().expect("a path in UTF-8").to_owned()
}

fn parse(output: &str) -> Answers {
    let mut all = Answers::default();
    for line in output.lines() {
        let number = |text: &str| text.parse::<u32>().unwrap_or_else(|_| panic!("{line}: `{text}` is no number"));
        let reason = |parts: &[&str]| parts.join(" ");
        match line.split('\t').collect::<Vec<_>>()[..] {
            ["vector", size] => all.vector_size = number(size),
            ["def", assembly, row, kind] => {
                let kind = match kind {
                    "closed" => Kind::Closed,
                    "open" => Kind::Open,
                    "refused" => Kind::Refused,
                    _ => panic!("{line}"),
                };
                all.definitions.insert((assembly.to_owned(), number(row)), kind);
            }
            // Sizes are signed there.
            ["size", size, _] if size.starts_with('-') => all.answers.push(Answer::Failed(line.to_owned())),
            ["size", size, offsets] => {
                let pairs = offsets.split(',').filter(|pair| !pair.is_empty());
                let offsets = pairs.map(|pair| pair.split_once(':').unwrap_or_else(|| panic!("{line}")));
                let offsets = offsets.map(|(row, offset)| (number(row), number(offset))).collect();
                all.answers.push(Answer::Measured(number(size), offsets));
            }
            ["refused", ref parts @ ..] => all.answers.push(Answer::Refused(reason(parts))),
            ["missing", ref parts @ ..] => all.answers.push(Answer::Missing(reason(parts))),
            ["failed", ref parts @ ..] => all.answers.push(Answer::Failed(reason(parts))),
            _ => panic!("{line}"),
        }
    }
    all
}
