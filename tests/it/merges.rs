//! Generated files under git: branches that add rows merge without a conflict to what `generate` writes, and what a merge
//! by hand gets wrong does not compile.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use thunkgen_tests::data::crate_file;
use thunkgen_tests::executable::{self, Run};
use thunkgen_tests::fixtures::assembly;
use thunkgen_tests::wasm::toolchain::{Flags, Toolchain};

const KEYS: &str = "generated/callhelpers-interp-to-managed.cpp";
const PINVOKE: &str = "generated/callhelpers-pinvoke.cpp";
const REVERSE: &str = "generated/callhelpers-reverse.cpp";
const ALL: [&str; 3] = [KEYS, PINVOKE, REVERSE];

/// A repository with a manifest, whose inputs are the assemblies in `bin` and the keys in `keys`.
struct Repository(TempDir);

impl Repository {
    /// On `main`, with so many rows that others are added at different places.
    fn new() -> Repository {
        let repository = Repository(tempfile::tempdir().expect("a directory"));
        fs::create_dir(repository.path().join("bin")).expect("a directory");
        for of in ["corlib", "facade", "interop", "native-side"] {
            repository.add_assembly(of);
        }
        let manifest = "inputs = \"bin\"\nextra-signatures = \"keys\"\nmodules = \"*\"\nout = \"generated\"\n\
            nowarn = [\"TG0201\", \"TG0202\", \"TG0204\", \"TG0208\", \"TG0214\", \"TG0217\", \"TG0220\"]\n";
        repository.put("thunkgen.toml", manifest);
        repository.put("keys", "# merged\nMdiii\nMfiii\nMliii\nMviii\n");
        repository.git(&["init", "-q", "-b", "main"]);
        repository.generate_and_commit("start");
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn put(&self, path: &str, text: &str) {
        fs::write(self.path().join(path), text).expect("a file");
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn add_assembly(&self, fixture: &str) {
        let from = assembly(fixture);
        let to = self.path().join("bin").join(from.file_name().expect("a name"));
        fs::copy(from, to).expect("a copy");
    }

    /// Adds a line behind another one.
    fn add_key(&self, after: &str, key: &str) {
        let keys = self.read("keys");
        assert!(keys.contains(&format!("{after}\n")), "{keys}");
        self.put("keys", &keys.replace(&format!("{after}\n"), &format!("{after}\n{key}\n")));
    }

    fn try_git(&self, arguments: &[&str]) -> (bool, String) {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=t", "-c", "user.email=t@t"]).args(arguments).current_dir(self.path());
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        let output = command.output().expect("git runs");
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        (output.status.success(), text)
    }

    fn git(&self, arguments: &[&str]) -> String {
        let (success, text) = self.try_git(arguments);
        assert!(success, "git {arguments:?}: {text}");
        text
    }

    fn run(&self, verb: &str) -> Run {
        executable::run(self.path(), [verb])
    }

    fn generate_and_commit(&self, message: &str) {
        let made = self.run("generate");
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        self.git(&["add", "."]);
        self.git(&["commit", "-qm", message]);
    }

    /// Commits a change on a new branch of `main`.
    fn branch(&self, name: &str, change: impl FnOnce(&Repository)) {
        self.git(&["checkout", "-qb", name, "main"]);
        change(self);
        self.generate_and_commit(name);
    }

    fn assert_check_is_clean(&self) {
        let checked = self.run("check");
        assert_eq!(checked.code, Some(0), "{}{}", checked.stderr, checked.stdout);
    }

    fn assert_compiles(&self) {
        for file in ALL {
            Toolchain::find()
                .compile(self.path(), "merged", &self.read(file), Flags::SIMD)
                .unwrap_or_else(|e| panic!("{e}"));
        }
    }

    fn compiler_error(&self, file: &str) -> String {
        let compiled = Toolchain::find().compile(self.path(), "merged", &self.read(file), Flags::SIMD);
        compiled.expect_err("it must not compile")
    }
}

/// Each file gets rows from both branches, which git merges alone.
#[test]
fn branches_that_add_rows_merge_to_what_is_generated() {
    let repository = Repository::new();
    repository.branch("one", |repository| {
        repository.add_key("Mdiii", "MdiiS32");
        repository.add_key("Mdiii", "MV");
        repository.add_assembly("documented");
    });
    repository.branch("two", |repository| {
        repository.add_key("Mliii", "Mliil");
        repository.add_assembly("interop-il");
    });
    // Both branches changed each of the files.
    for file in ALL {
        for branch in ["one", "two"] {
            let (same, _) = repository.try_git(&["diff", "--quiet", "main", branch, "--", file]);
            assert!(!same, "{branch} does not change {file}");
        }
    }
    repository.git(&["checkout", "-q", "one"]);
    repository.git(&["merge", "-q", "--no-edit", "two"]);
    repository.assert_check_is_clean();
    let merged = ALL.map(|file| repository.read(file));
    for file in ALL {
        fs::remove_file(repository.path().join(file)).expect("the file");
    }
    assert_eq!(repository.run("generate").code, Some(0));
    for (file, merged) in ALL.iter().zip(merged) {
        assert!(repository.read(file) == merged, "{file} is not what a merge made of it");
    }
}

/// What remains to be merged by hand, and what `check` says of it.
#[test]
fn other_rows_at_one_place_conflict_and_generating_resolves_it() {
    let repository = Repository::new();
    repository.branch("one", |repository| repository.add_key("Mliii", "Mliil"));
    repository.branch("two", |repository| repository.add_key("Mliii", "Mliill"));
    repository.branch("same", |repository| repository.put("keys", "# merged\nMdiii\nMfiii\nMliii\nMliil\nMviii\n"));
    // The same row of both is one row.
    repository.git(&["checkout", "-q", "one"]);
    repository.git(&["merge", "-q", "--no-edit", "same"]);
    repository.assert_check_is_clean();

    let (clean, text) = repository.try_git(&["merge", "--no-edit", "two"]);
    assert!(!clean && text.contains(&format!("CONFLICT (content): Merge conflict in {KEYS}")), "{text}");
    assert!(!text.contains(PINVOKE) && !text.contains(REVERSE), "{text}");
    repository.put("keys", "# merged\nMdiii\nMfiii\nMliii\nMliil\nMliill\nMviii\n");
    let checked = repository.run("check");
    assert!(checked.code == Some(1) && checked.stderr.contains("error TG0510"), "{}", checked.stderr);
    repository.generate_and_commit("merged");
    repository.assert_check_is_clean();
}

/// The merge driver of the page: rows at different places merge, and a conflict leaves a file that a compiler accepts.
#[test]
fn the_merge_driver_of_the_page_keeps_files_whole() {
    let page = crate_file("../docs/how-to/merge-conflicts.md");
    let line = |start: &str| page.lines().find_map(|line| line.trim().strip_prefix(start)).expect("a line").trim();
    let driver = line("git config merge.thunkgen.driver").trim_matches('\'');
    let attributes = line("src/generated/*");

    let repository = Repository::new();
    repository.put(".gitattributes", &format!("generated/* {attributes}\n"));
    repository.generate_and_commit("attributes");
    repository.git(&["config", "merge.thunkgen.driver", driver]);
    repository.branch("one", |repository| repository.add_key("Mliii", "Mliil"));
    repository.branch("two", |repository| repository.add_key("Mliii", "Mliill"));
    repository.branch("apart", |repository| repository.add_key("Mdiii", "MdiiS32"));

    repository.git(&["checkout", "-q", "one"]);
    repository.git(&["merge", "-q", "--no-edit", "apart"]);
    repository.assert_check_is_clean();

    let current = repository.read(KEYS);
    let (clean, text) = repository.try_git(&["merge", "--no-edit", "two"]);
    assert!(!clean && text.contains(&format!("CONFLICT (content): Merge conflict in {KEYS}")), "{text}");
    assert_eq!(repository.read(KEYS), current, "the file of the current branch");
    let status = repository.git(&["status", "--porcelain"]);
    assert!(status.contains(&format!("UU {KEYS}")) && !status.contains(".merged"), "{status}");
    let (committed, text) = repository.try_git(&["commit", "-qm", "too early"]);
    assert!(!committed, "{text}");

    repository.put("keys", "# merged\nMdiii\nMdiiS32\nMfiii\nMliii\nMliil\nMliill\nMviii\n");
    repository.generate_and_commit("merged");
    repository.assert_check_is_clean();
    for key in ["Mliil", "Mliill", "MdiiS32"] {
        assert!(repository.read(KEYS).contains(&format!("{{ \"{key}\",")), "{key}");
    }
}

/// Edits are found in a file that was merged, and only there.
#[test]
fn edits_and_lost_rows_are_told_apart() {
    let repository = Repository::new();
    let good = repository.read(KEYS);
    repository.put(
        KEYS,
        &good.replace(
            "\"Mdiii\", (void*)&CallFunc_I32_I32_I32_RetF64",
            "\"Mdiii\", (void*)&CallFunc_I32_I32_I32_RetF32",
        ),
    );
    let checked = repository.run("check");
    let edited = "error TG0510: it was edited by hand: 1 line differs from what is generated now";
    assert!(checked.code == Some(1) && checked.stderr.contains(edited), "{}", checked.stderr);

    let without_row: String = good.split_inclusive('\n').filter(|line| !line.contains("{ \"Mdiii\",")).collect();
    assert_ne!(without_row, good);
    repository.put(KEYS, &without_row);
    let checked = repository.run("check");
    assert!(checked.code == Some(1) && checked.stderr.contains("error TG0301"), "{}", checked.stderr);

    // Another version of the tool with the same format writes the same bytes: nothing in the file names the version.
    repository.put(KEYS, &good);
    repository.assert_check_is_clean();
    assert!(!good.contains(env!("CARGO_PKG_VERSION")), "the version is not in the file");
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn what_a_merge_by_hand_gets_wrong_does_not_compile() {
    let repository = Repository::new();
    repository.assert_compiles();

    let line_with = |file: &str, text: &str| {
        let all = repository.read(file);
        all.lines().find(|line| line.contains(text)).unwrap_or_else(|| panic!("{file} lacks {text}")).to_owned() + "\n"
    };
    let wrong = |file: &str, from: &str, to: &str, expected: &str| {
        let good = repository.read(file);
        assert!(good.contains(from), "{file} lacks {from}");
        repository.put(file, &good.replacen(from, to, 1));
        let error = repository.compiler_error(file);
        assert!(error.contains(expected), "{file}, {to}: {error}");
        repository.put(file, &good);
    };

    // A lost row, a lost function, and one that both sides brought.
    let row = line_with(KEYS, "{ \"Mdiii\",");
    wrong(KEYS, &row, "", "unused function 'CallFunc_I32_I32_I32_RetF64'");
    let head = "static void CallFunc_I32_I32_I32_RetF64(";
    let all = repository.read(KEYS);
    let start = all.find(head).expect("the thunk");
    let end = start + all[start..].find("\n}").expect("its end") + 2;
    let end = end + all[end..].find('\n').expect("a line") + 1;
    wrong(KEYS, &all[start..end], "", "undeclared identifier 'CallFunc_I32_I32_I32_RetF64'");
    wrong(KEYS, &all[start..end], &all[start..end].repeat(2), "redefinition of 'CallFunc_I32_I32_I32_RetF64'");

    // Two types of one function, a library twice, and one without its row.
    let prototype = line_with(PINVOKE, "extern \"C\" int32_t p_");
    let other = prototype.replacen("int32_t p_", "double p_", 1);
    wrong(PINVOKE, &prototype, &format!("{prototype}{other}"), "functions that differ only in their return type");
    let table = line_with(PINVOKE, "static const Entry s_");
    let name = table.split_once(" s_").and_then(|(_, rest)| rest.split_once('[')).expect("a name").0.to_owned();
    let library = line_with(PINVOKE, &format!(", s_{name}, sizeof(s_{name})"));
    wrong(PINVOKE, &library, "", &format!("unused variable 's_{name}'"));

    // A method with other types on the other branch.
    let variable = line_with(REVERSE, "static MethodDesc* MD_");
    wrong(REVERSE, &variable, &variable.repeat(2), "redefinition of 'MD_");
}
