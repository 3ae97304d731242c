//! The pre-commit hooks, run by pre-commit; the GitHub action, parsed, and its scripts run as a runner would.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use thunkgen_tests::data::{crate_dir, crate_file};
use thunkgen_tests::executable;
use yaml_rust2::{Yaml, YamlLoader};

/// What a command did: whether it succeeded, and everything it printed.
struct Ran {
    success: bool,
    text: String,
}

fn run(command: &mut Command) -> Ran {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    Ran { success: output.status.success(), text }
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=t", "-c", "user.email=t@t"]).args(arguments).current_dir(folder);
    let ran = run(command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null"));
    assert!(ran.success, "git {arguments:?}: {}", ran.text);
    ran.text.trim().to_owned()
}

fn put(path: PathBuf, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

fn script(path: PathBuf, text: &str) {
    put(path.clone(), text);
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("permissions");
}

/// A repository with assemblies and a manifest, whose generated files are current.
fn repository(root: &Path) {
    for fixture in ["corlib/System.Private.CoreLib.dll", "facade/System.Runtime.dll"] {
        let from = crate_dir().join("fixtures").join(fixture);
        fs::create_dir_all(root.join("bin")).expect("a folder");
        fs::copy(&from, root.join("bin").join(from.file_name().expect("a file"))).expect("a fixture");
    }
    put(root.join("thunkgen.toml"), "inputs = \"bin\"\nout = \"generated\"\nnowarn = \"TG0202\"\n");
    let made = executable::run(root, ["generate"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
}

/// A folder in which the tool is found under its name.
fn bin(root: &Path) -> PathBuf {
    let bin = root.join("tool");
    fs::create_dir_all(&bin).expect("a folder");
    std::os::unix::fs::symlink(executable::path(), bin.join("thunkgen")).expect("a link");
    bin
}

fn path_with(bin: &Path) -> String {
    format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default())
}

#[test]
#[ignore = "needs pre-commit"]
fn pre_commit_stops_a_commit_that_leaves_files_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    // This repository, as far as pre-commit needs it.
    let hooks = folder.path().join("hooks");
    put(hooks.join(".pre-commit-hooks.yaml"), &crate_file("../.pre-commit-hooks.yaml"));
    let entry = "build-integration/pre-commit/thunkgen.sh";
    script(hooks.join(entry), &crate_file(&format!("../{entry}")));
    git(&hooks, &["init", "-q"]);
    git(&hooks, &["add", "."]);
    git(&hooks, &["commit", "-qm", "hooks"]);

    let user = folder.path().join("user");
    repository(&user);
    let revision = git(&hooks, &["rev-parse", "HEAD"]);
    let config = crate_file("../build-integration/pre-commit/example.pre-commit-config.yaml")
        .replace("https://github.com/thunkgen/thunkgen", &hooks.display().to_string())
        .replace("v0.1.0", &revision);
    put(user.join(".pre-commit-config.yaml"), &config);
    git(&user, &["init", "-q"]);
    git(&user, &["add", "."]);
    let bin = bin(folder.path());
    let pre_commit = |arguments: &[&str]| {
        let mut command = Command::new("pre-commit");
        command.args(arguments).current_dir(&user).env("PATH", path_with(&bin)).env_remove("THUNKGEN");
        command.env("PRE_COMMIT_HOME", folder.path().join("cache")).env("GIT_CONFIG_GLOBAL", "/dev/null");
        run(&mut command)
    };
    let ran = pre_commit(&["run", "--all-files"]);
    assert!(ran.success && ran.text.contains("check generated call thunks"), "{}", ran.text);

    let edited = user.join("generated/callhelpers-pinvoke.cpp");
    let text = fs::read_to_string(&edited).expect("the file");
    put(edited.clone(), &format!("{text}// mine\n"));
    git(&user, &["add", "."]);
    let ran = pre_commit(&["run"]);
    assert!(!ran.success && ran.text.contains("error TG0510: it was edited by hand: 1 line differs"), "{}", ran.text);
    assert!(ran.text.contains("\n  thunkgen generate\n"), "{}", ran.text);

    // The other hook mends it, and says so by failing.
    let both = fs::read_to_string(user.join(".pre-commit-config.yaml")).expect("the file");
    put(user.join(".pre-commit-config.yaml"), &both.replace("thunkgen-check", "thunkgen-generate"));
    git(&user, &["add", "."]);
    let ran = pre_commit(&["run"]);
    assert!(!ran.success && ran.text.contains("files were modified by this hook"), "{}", ran.text);
    assert_eq!(fs::read_to_string(&edited).expect("the file"), text);
    git(&user, &["add", "."]);
    assert!(pre_commit(&["run"]).success);

    // What is not among the sources starts no hook, and a clone without assemblies passes.
    put(user.join("notes.md"), "text");
    git(&user, &["add", "notes.md"]);
    git(&user, &["commit", "-qm", "all", "--no-verify"]);
    put(user.join("notes.md"), "more text");
    git(&user, &["add", "notes.md"]);
    let ran = pre_commit(&["run", "--verbose"]);
    assert!(ran.success && ran.text.contains("(no files to check)Skipped"), "{}", ran.text);
    fs::remove_dir_all(user.join("bin")).expect("the assemblies");
    let ran = pre_commit(&["run", "--verbose", "--all-files"]);
    assert!(
        ran.success && ran.text.contains("\nthunkgen: skipped: a path in thunkgen.toml does not exist"),
        "{}",
        ran.text
    );
}

#[test]
fn the_hook_finds_or_builds_its_tool() {
    let folder = tempfile::tempdir().expect("a folder");
    repository(folder.path());
    let entry = "build-integration/pre-commit/thunkgen.sh";
    let checkout = folder.path().join("checkout");
    script(checkout.join(entry), &crate_file(&format!("../{entry}")));
    // No tool on PATH: cargo is asked to build the checkout; here it is one that only notes what it is asked for.
    let fake = folder.path().join("fake");
    script(
        fake.join("cargo"),
        &format!(
            "#!/bin/sh\necho \"$@\" >> '{0}/asked'\nfor root; do :; done\nmkdir -p \"$root/bin\"\n\
             ln -s '{1}' \"$root/bin/thunkgen\"\n",
            folder.path().display(),
            executable::path().display()
        ),
    );
    let hook = |environment: &[(&str, &str)]| {
        let mut command = Command::new("bash");
        command.arg(checkout.join(entry)).arg("check").current_dir(folder.path()).env_remove("THUNKGEN");
        run(command.env("PATH", format!("{}:/usr/bin:/bin", fake.display())).envs(environment.iter().copied()))
    };
    for _ in 0..2 {
        let ran = hook(&[]);
        assert!(ran.success && ran.text.contains("all 3 files are up to date"), "{}", ran.text);
    }
    let asked = fs::read_to_string(folder.path().join("asked")).expect("cargo was asked");
    let checkout = checkout.canonicalize().expect("the checkout");
    assert_eq!(
        asked,
        format!("install --quiet --locked --path {0}/generator/cli --root {0}/target/pre-commit\n", checkout.display()),
        "once"
    );
    let ran = hook(&[("THUNKGEN", "/bin/echo")]);
    assert!(ran.success && ran.text == "check\n", "{}", ran.text);

    // An error that is not about missing assemblies is one, also next to one that is.
    fs::rename(folder.path().join("bin"), folder.path().join("moved")).expect("the assemblies");
    let ran = hook(&[]);
    let remark = "thunkgen: skipped: a path in thunkgen.toml does not exist; build the assemblies to check the generated files\n";
    assert!(ran.success && ran.text == remark, "{}", ran.text);
    put(
        folder.path().join("thunkgen.toml"),
        "inputs = \"bin\"\nmodule-lists = \"none.txt\"\nout = \"generated\"\nodd = 1\n",
    );
    let ran = hook(&[]);
    assert!(!ran.success && ran.text.contains("error TG"), "{}", ran.text);
}

fn yaml(file: &str) -> Yaml {
    let documents = YamlLoader::load_from_str(&crate_file(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    assert_eq!(documents.len(), 1, "{file}");
    documents.into_iter().next().expect("a document")
}

fn strings(yaml: &Yaml) -> Vec<String> {
    match yaml {
        Yaml::String(text) => vec![text.clone()],
        Yaml::Array(elements) => elements.iter().flat_map(strings).collect(),
        Yaml::Hash(hash) => hash.iter().flat_map(|(key, value)| [strings(key), strings(value)].concat()).collect(),
        _ => Vec::new(),
    }
}

fn keys(yaml: &Yaml) -> Vec<&str> {
    yaml.as_hash().map(|hash| hash.keys().filter_map(Yaml::as_str).collect()).unwrap_or_default()
}

const ACTION: &str = "../build-integration/github-action/action.yml";

#[test]
fn the_action_says_what_a_runner_wants_to_know() {
    let action = yaml(ACTION);
    assert_eq!(keys(&action), ["name", "description", "inputs", "runs"]);
    assert_eq!(action["runs"]["using"].as_str(), Some("composite"));
    let inputs = keys(&action["inputs"]);
    for input in &inputs {
        let input = &action["inputs"][*input];
        assert!(input["description"].as_str().is_some() && input["default"].as_str().is_some(), "{input:?}");
    }
    for step in action["runs"]["steps"].as_vec().expect("steps") {
        if step["uses"].as_str().is_some() {
            assert!(keys(step).iter().all(|key| ["name", "id", "if", "uses", "with"].contains(key)), "{step:?}");
            continue;
        }
        let known = ["name", "id", "if", "shell", "working-directory", "env", "run"];
        assert!(keys(step).iter().all(|key| known.contains(key)), "{step:?}");
        assert_eq!(step["shell"].as_str(), Some("bash"), "a composite step names its shell");
        assert!(!step["run"].as_str().expect("a script").contains("${{"), "nothing is pasted into a script");
    }
    let expressions = strings(&action).into_iter().flat_map(|text| {
        let parts: Vec<String> = text.split("${{ inputs.").skip(1).map(str::to_owned).collect();
        parts
    });
    for expression in expressions {
        let name = expression.split([' ', '}']).next().unwrap_or_default().to_owned();
        assert!(inputs.contains(&name.as_str()), "{name} is no input");
    }

    let workflow = yaml("../build-integration/github-action/example.yml");
    assert_eq!(keys(&workflow), ["name", "on", "jobs"]);
    let steps = workflow["jobs"]["check"]["steps"].as_vec().expect("steps");
    let used = steps.last().and_then(|step| step["uses"].as_str()).expect("the action");
    let place = used
        .split('@')
        .next()
        .and_then(|path| path.strip_prefix("thunkgen/thunkgen/"))
        .expect("a path in this repository");
    assert!(crate_dir().join("..").join(place).join("action.yml").is_file(), "{place}");
    let given = steps.last().map(|step| keys(&step["with"])).unwrap_or_default();
    assert!(given.iter().all(|name| inputs.contains(name)), "{given:?}");
}

/// Runs the steps of the action as a runner does: conditions, environment, outputs, folder, shell. The cache is empty.
fn run_action(repository: &Path, temporary: &Path, programs: &Path, with: &[(&str, &str)]) -> Ran {
    let action = yaml(ACTION);
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for name in keys(&action["inputs"]) {
        let default = action["inputs"][name]["default"].as_str().expect("a default");
        known.insert(format!("inputs.{name}"), default.to_owned());
    }
    known.extend(with.iter().map(|(name, value)| (format!("inputs.{name}"), (*value).to_owned())));
    let mut all = Ran { success: true, text: String::new() };
    fs::create_dir_all(temporary).expect("a folder");
    let outputs = temporary.join("outputs");
    for step in action["runs"]["steps"].as_vec().expect("steps") {
        if !all.success || !step["if"].as_str().is_none_or(|condition| holds(condition, &known)) {
            continue;
        }
        let Some(script) = step["run"].as_str() else { continue };
        let filled = |text: &str| {
            let fill =
                |text: String, (name, value): (&String, &String)| text.replace(&format!("${{{{ {name} }}}}"), value);
            known.iter().fold(text.to_owned(), fill)
        };
        put(outputs.clone(), "");
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]);
        command.current_dir(repository.join(filled(step["working-directory"].as_str().unwrap_or("."))));
        command.env("GITHUB_ACTION_PATH", crate_dir().join("../build-integration/github-action"));
        command.env("RUNNER_TEMP", temporary).env("PATH", path_with(programs)).env("GITHUB_OUTPUT", &outputs);
        command.env("RUNNER_OS", "Linux").env("RUNNER_ARCH", "X64");
        for (name, value) in step["env"].as_hash().into_iter().flatten() {
            command.env(name.as_str().expect("a name"), filled(value.as_str().expect("a text")));
        }
        let ran = run(&mut command);
        all.success = ran.success;
        all.text += &ran.text;
        let Some(id) = step["id"].as_str() else { continue };
        for line in fs::read_to_string(&outputs).expect("outputs").lines() {
            let (name, value) = line.split_once('=').expect("NAME=VALUE");
            known.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
        }
    }
    all
}

/// A condition of comparisons with texts, joined by `&&`; what is not known is empty.
fn holds(condition: &str, known: &BTreeMap<String, String>) -> bool {
    let inner = condition.strip_prefix("${{ ").and_then(|text| text.strip_suffix(" }}")).expect("an expression");
    inner.split(" && ").all(|part| {
        let (name, operator, text) = match part.split_once(" == ") {
            Some((name, text)) => (name, true, text),
            None => part.split_once(" != ").map(|(name, text)| (name, false, text)).expect("a comparison"),
        };
        let text = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).expect("a text");
        (known.get(name).map_or("", String::as_str) == text) == operator
    })
}

/// A release on disk, and a `curl` that downloads from it and nothing else.
fn release(folder: &Path) {
    let version = env!("CARGO_PKG_VERSION");
    let name = format!("thunkgen-{version}-linux-x64");
    let served = folder.join(format!("served/thunkgen/thunkgen/releases/download/v{version}"));
    fs::create_dir_all(folder.join(&name).join("bin")).expect("a folder");
    fs::create_dir_all(&served).expect("a folder");
    fs::copy(executable::path(), folder.join(&name).join("bin/thunkgen")).expect("a copy");
    let archive = served.join(format!("{name}.tar.gz"));
    assert!(run(Command::new("tar").arg("-czf").arg(&archive).arg("-C").arg(folder).arg(&name)).success);
    let sums = run(Command::new("sha256sum").arg(format!("{name}.tar.gz")).current_dir(&served));
    put(served.join("SHA256SUMS"), &sums.text);
    script(
        folder.join("fake/curl"),
        &format!(
            "#!/bin/bash\nfor url; do :; done\nwhile [ \"$1\" != --output ]; do shift; done\n\
             exec cp \"${{url/https:\\/\\/github.com/{}}}\" \"$2\"\n",
            folder.join("served").display().to_string().replace('/', "\\/")
        ),
    );
}

#[test]
fn the_action_downloads_a_release() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    repository(&at("repo"));
    release(folder.path());
    script(at("fake/cargo"), &format!("#!/bin/sh\ntouch '{}'\nexit 1\n", at("asked").display()));
    let ran = run_action(&at("repo"), &at("temp"), &at("fake"), &[]);
    assert!(ran.success && ran.text.contains("all 3 files are up to date"), "{}", ran.text);
    assert!(!at("asked").exists(), "nothing is built when a release is there");

    // Another archive than the released one.
    let served = at(&format!("served/thunkgen/thunkgen/releases/download/v{}", env!("CARGO_PKG_VERSION")));
    let sums = fs::read_to_string(served.join("SHA256SUMS")).expect("the checksums");
    let wrong = sums.split("  ").nth(1).expect("a name").trim().to_owned();
    put(served.join("SHA256SUMS"), &format!("{}  {wrong}\n", "0".repeat(64)));
    fs::remove_dir_all(at("temp")).expect("the folder");
    let ran = run_action(&at("repo"), &at("temp"), &at("fake"), &[]);
    assert!(!ran.success && ran.text.contains("does not have the checksum in SHA256SUMS"), "{}", ran.text);
    assert!(!at("asked").exists(), "nothing is built in its place");

    // A version without a release, and sources.
    for version in ["9.9.9", "source"] {
        fs::remove_dir_all(at("temp")).expect("the folder");
        let ran = run_action(&at("repo"), &at("temp"), &at("fake"), &[("version", version)]);
        assert!(!ran.success && at("asked").exists(), "{version}: {}", ran.text);
        fs::remove_file(at("asked")).expect("the file");
    }
}

#[test]
fn the_actions_scripts_check_a_repository() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("repo");
    repository(&root.join("sub"));
    let at = |name: &str| folder.path().join(name);
    let executable = executable::path().display().to_string();
    script(
        at("fake/cargo"),
        &format!(
            "#!/bin/sh\necho \"$@\" > '{}'\nfor root; do :; done\nmkdir -p \"$root/bin\"\ncp '{executable}' \"$root/bin/\"\n",
            at("asked").display()
        ),
    );
    let fake = at("fake");
    let with = [("working-directory", "sub"), ("version", "source")];
    let ran = run_action(&root, &at("temp"), &fake, &with);
    assert!(ran.success && ran.text.contains("all 3 files are up to date"), "{}", ran.text);
    let asked = fs::read_to_string(at("asked")).expect("cargo was asked");
    assert_eq!(
        asked,
        format!(
            "install --quiet --locked --path {}/../build-integration/github-action/../../generator/cli --root {}\n",
            crate_dir().display(),
            at("temp/thunkgen").display()
        )
    );

    fs::remove_file(root.join("sub/generated/callhelpers-reverse.cpp")).expect("the file");
    fs::remove_dir_all(at("temp")).expect("the folder");
    fs::remove_file(at("asked")).expect("the file");
    let with = [("working-directory", "sub"), ("executable", executable.as_str())];
    let ran = run_action(&root, &at("temp"), &fake, &with);
    let annotation = "::error file=sub/generated/callhelpers-reverse.cpp,title=TG0302";
    assert!(!ran.success && ran.text.contains(annotation), "{}", ran.text);
    assert!(ran.text.ends_with("to update, run\n  thunkgen generate\n"), "{}", ran.text);
    assert!(!at("asked").exists(), "nothing is built when an executable is given");
    let ran = run_action(&root.join("sub"), &at("temp"), &fake, &with[1..]);
    assert!(!ran.success && ran.text.contains(&annotation.replace("sub/", "")), "{}", ran.text);

    // Arguments are lines, whatever is in them.
    let hostile = "bin\n\n--out\ngen $(touch owned) `touch owned` \"'\n--nowarn=TG0202\n";
    let with = [
        ("working-directory", "sub"),
        ("executable", executable.as_str()),
        ("verb", "generate"),
        ("arguments", hostile),
    ];
    let ran = run_action(&root, &at("temp"), &fake, &with);
    assert!(ran.success, "{}", ran.text);
    assert!(root.join("sub/gen $(touch owned) `touch owned` \"'/callhelpers-reverse.cpp").is_file());
    assert!(!root.join("sub/owned").exists());
}
