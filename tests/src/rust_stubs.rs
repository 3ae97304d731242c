//! Crates around stubs for Rust: an implementation of every method, and the compilers that take them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::generated::without_checks;
use clr_wasm_abi::TargetOs;
use thunkgen_core::collect::ir::declarations::Declarations;
use thunkgen_native::stubs::documentation::Documentation;
use thunkgen_native::stubs::{Language, Options, render};

/// The stub file of one module.
#[derive(Clone, Debug)]
pub struct StubFile {
    /// Name of the Rust module.
    pub name: String,
    /// The file.
    pub text: String,
}

/// The stubs of everything that is declared.
pub fn stubs(declarations: &Declarations, documentation: &Documentation) -> Vec<StubFile> {
    let options = Options { language: Language::Rust, target_os: TargetOs::Browser };
    let files = render(declarations.clone(), documentation, &options).into_iter();
    let name = |file: String| file.strip_suffix(".rs").expect("a Rust file").to_owned();
    files.map(|(file, text)| StubFile { name: name(file), text }).collect()
}

impl StubFile {
    /// The type that is to implement the trait; `None` when the trait asks for nothing.
    pub fn implementation(&self) -> Option<&str> {
        let lines = self.text.lines().filter_map(|line| line.strip_prefix("use super::"));
        lines.filter_map(|line| line.split_once(" as Implementation;")).map(|(name, _)| name).next()
    }

    /// The methods of the trait, each in one line that ends with `;`.
    pub fn methods(&self) -> Vec<String> {
        let text = without_checks(&self.text);
        let start = text.find("\npub trait Functions {\n").expect("a trait");
        let body = text[start..].split("\n}\n").next().expect("an end");
        let mut methods = vec![String::new()];
        for line in body.lines().skip(2).map(str::trim).filter(|line| !line.starts_with("///")) {
            let method = methods.last_mut().expect("one is open");
            *method += line;
            method.push(if line.ends_with(';') { '\n' } else { ' ' });
            if line.ends_with(';') {
                methods.push(String::new());
            }
        }
        methods.iter().map(|method| method.trim().to_owned()).filter(|method| !method.is_empty()).collect()
    }

    /// A type that has these methods, and the stub file as a module; the text of the crate's root.
    pub fn root(&self, methods: &[String]) -> String {
        let StubFile { name, .. } = self;
        let Some(implementation) = self.implementation() else { return format!("mod {name};\n") };
        let body: String =
            methods.iter().map(|method| format!("{} {{ loop {{}} }}\n", method.trim_end_matches(';'))).collect();
        // The methods stand in a module of their own, where no name is taken.
        format!(
            "mod {name};\nstruct {implementation};\nmod {name}_methods {{\n#[allow(unused_imports)] use super::{name}::*;\n\
             #[allow(unused_variables)]\nimpl Functions for super::{implementation} {{\n{body}}}\n}}\n"
        )
    }
}

/// Writes a crate with these stubs, each implemented as it asks; the root's path.
pub fn write(dir: &Path, stubs: &[StubFile]) -> PathBuf {
    let roots: String = stubs.iter().map(|stub_file| stub_file.root(&stub_file.methods())).collect();
    write_with(dir, stubs, &roots)
}

/// The same with this text in the root.
pub fn write_with(dir: &Path, stubs: &[StubFile], roots: &str) -> PathBuf {
    for StubFile { name, text } in stubs {
        std::fs::write(dir.join(format!("{name}.rs")), text).expect("a writable folder");
    }
    let root = dir.join("root.rs");
    std::fs::write(&root, format!("#![no_std]\n{roots}")).expect("a writable folder");
    root
}

/// An error of the compiler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Name of the file.
    pub file: String,
    /// Line in it, from 1.
    pub line: usize,
    /// Code and message: `error[E0053]: ...`.
    pub message: String,
}

/// What the workspace's own compiler says of a crate for this machine, with warnings as errors.
pub fn check(root: &Path, edition: &str) -> Vec<Problem> {
    let folder = root.parent().expect("a folder");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .args(["--edition", edition, "--crate-type", "rlib", "--emit", "metadata", "-Dwarnings"])
        .args(["--error-format", "short", "--crate-name", "stubs", "--out-dir"])
        .args([folder, root])
        .env_remove("RUSTFLAGS")
        .output()
        .expect("rustc runs");
    let text = String::from_utf8(output.stderr).expect("UTF-8");
    let problems: Vec<Problem> = text.lines().filter_map(problem).collect();
    assert_eq!(output.status.success(), problems.is_empty(), "{text}");
    problems
}

/// `path/root.rs:1:2: error[E0053]: ...`
fn problem(line: &str) -> Option<Problem> {
    let (place, message) = line.split_once(": error")?;
    let mut parts = place.rsplitn(3, ':');
    let (_, line, path) = (parts.next()?, parts.next()?, parts.next()?);
    let file = Path::new(path).file_name()?.to_string_lossy().into_owned();
    Some(Problem { file, line: line.parse().ok()?, message: format!("error{message}") })
}

/// How many problems there are by their code.
pub fn codes(problems: &[Problem]) -> BTreeMap<String, usize> {
    let mut codes = BTreeMap::new();
    for problem in problems {
        let code = problem.message.split([']', ':']).next().unwrap_or_default();
        *codes.entry(code.trim_start_matches("error[").to_owned()).or_default() += 1;
    }
    codes
}
