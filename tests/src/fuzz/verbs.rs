//! Whole runs of the tool on changed files, in process: which verb reads the file follows from its bytes.
//!
//! Whatever a file contains, a run ends with an exit code that fits its messages and its outputs: all or none of them
//! are written, no temporary file stays, and an assembly that is left out of the result is named.

use std::cell::OnceCell;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::seeds;
use crate::data::crate_dir;

/// A kind of file, and command lines that read it.
pub struct Kind {
    /// Its name in the directory.
    file: &'static str,
    /// Arguments: `{}` is the directory. Outputs are in `{}/o`.
    runs: &'static [&'static str],
}

/// An assembly as the only input: what a run leaves out of its result is named.
pub const ASSEMBLY: Kind = Kind {
    file: "x.dll",
    runs: &[
        "generate {}/x.dll -r {}/corlib -m * --out {}/o --no-sync",
        "generate {}/x.dll -r {}/corlib -m * --emit cpp,rust,c-header --out {}/o --depfile {}/o/d --no-sync",
        "generate {}/x.dll -r {}/corlib --target-os browser --target-os wasi --out {}/o --list-outputs {}/o/l --no-sync",
        "signatures {}/x.dll -r {}/corlib --unresolved",
        "signatures {}/x.dll -r {}/corlib --json --format json",
        "explain MviS8 {}/x.dll -r {}/corlib --wat",
        "layout --all {}/x.dll -r {}/corlib",
        "check {}/x.dll -r {}/corlib --out {}/o",
        "check-native {}/x.dll -r {}/corlib --native {}/lib.a -m *",
        "r2r emit {}/x.dll -r {}/corlib --to-interpreter --out {}/o/t.wasm --il-twin {}/o/t.dll --no-sync",
        "r2r dump {}/x.dll --json",
        "lookup --coverage {}/x.dll -r {}/corlib --in {}/t.cpp",
    ],
};

/// A module or image.
pub const MODULE: Kind = Kind {
    file: "x.wasm",
    runs: &[
        "r2r dump {}/x.wasm --fixups",
        "lookup MviS8 --in {}/x.wasm",
        "lookup --diff {}/x.wasm {}/t.cpp",
        "check-native {}/a.dll -r {}/corlib --native {}/x.wasm -m *",
        "r2r emit --key MviS8 --missing-from {}/x.wasm --out {}/o/t.wasm --no-sync",
        "explain stack --native {}/x.wasm",
        "generate {}/x.wasm -r {}/corlib --out {}/o --no-sync",
    ],
};

/// An object or archive.
pub const NATIVE: Kind = Kind {
    file: "x.a",
    runs: &[
        "check-native {}/a.dll -r {}/corlib --native {}/x.a -m *",
        "check-native {}/a.dll -r {}/corlib --native {}/x.a -m * --whole-link --html {}/o/r.html --no-sync",
    ],
};

/// The PDB of an assembly.
pub const PDB: Kind = Kind {
    file: "SourceLines.pdb",
    runs: &[
        "generate {}/SourceLines.dll -r {}/corlib --out {}/o --no-sync",
        "explain Mv {}/SourceLines.dll -r {}/corlib",
    ],
};

/// A manifest.
pub const MANIFEST: Kind = Kind {
    file: "x.toml",
    runs: &[
        "generate --manifest {}/x.toml --no-sync",
        "check --manifest {}/x.toml",
        "signatures --manifest {}/x.toml",
        "check-native --manifest {}/x.toml",
    ],
};

/// A list of modules.
pub const MODULE_LIST: Kind = Kind {
    file: "x.props",
    runs: &[
        "signatures {}/a.dll -r {}/corlib --module-list {}/x.props",
        "generate {}/a.dll -r {}/corlib --module-list {}/x.props:Lib --out {}/o --no-sync",
    ],
};

/// Suppressed problems.
pub const SUPPRESSIONS: Kind = Kind {
    file: "x.toml",
    runs: &["generate {}/a.dll -r {}/corlib --suppressions {}/x.toml --out {}/o --no-sync --format sarif"],
};

/// Sizes of structs.
pub const STRUCT_SIZES: Kind =
    Kind { file: "x.txt", runs: &["signatures {}/a.dll -r {}/corlib --struct-size-file {}/x.txt"] };

/// Extra signatures.
pub const EXTRA: Kind = Kind {
    file: "x.txt",
    runs: &[
        "generate {}/a.dll -r {}/corlib --extra-signatures {}/x.txt --out {}/o --no-sync",
        "r2r emit {}/a.dll -r {}/corlib --extra-signatures {}/x.txt --out {}/o/t.wasm --no-sync",
    ],
};

/// A response file.
pub const RESPONSE_FILE: Kind = Kind { file: "x.rsp", runs: &["signatures {}/a.dll -r {}/corlib @{}/x.rsp"] };

/// A log.
pub const LOG: Kind = Kind {
    file: "x.log",
    runs: &["lookup --log {}/x.log --in {}/t.cpp", "lookup --log {}/x.log --in {}/t.cpp --json"],
};

/// A C++ table.
pub const TABLE: Kind = Kind {
    file: "x.cpp",
    runs: &[
        "lookup MviS8 --in {}/x.cpp",
        "lookup --diff {}/t.cpp {}/x.cpp --json",
        "lookup --coverage {}/a.dll -r {}/corlib --in {}/x.cpp --html {}/o/r.html --no-sync",
        "check {}/a.dll -r {}/corlib --compare-with {}/x.cpp",
        "generate {}/a.dll -r {}/corlib --interp-to-native {}/x.cpp --pinvoke {}/p.cpp --reverse {}/r.cpp --no-sync",
    ],
};

/// Keys for an image.
pub const KEYS: Kind = Kind { file: "x.keys", runs: &["r2r emit --keys {}/x.keys --out {}/o/t.wasm --no-sync"] };

/// XML documentation of an assembly.
pub const DOCUMENTATION: Kind =
    Kind { file: "a.xml", runs: &["generate {}/a.dll -r {}/corlib -m * --emit rust,c-header --out {}/o --no-sync"] };

/// The text of a file at the start or the end of every output.
pub const FRAME: Kind = Kind {
    file: "x.head",
    runs: &["generate {}/a.dll -r {}/corlib --header-file {}/x.head --trailer-file {}/x.head --out {}/o --no-sync"],
};

/// The boot configuration of a published app.
pub const BOOT: Kind = Kind { file: "app/dotnet.js", runs: &["doctor {}/app", "doctor {}/app/dotnet.js --json"] };

/// Text that someone met.
pub const TEXT: Kind = Kind { file: "x.text", runs: &["explain {text}", "explain {text} {}/a.dll -r {}/corlib"] };

thread_local! {
    static DIRECTORY: OnceCell<TempDir> = const { OnceCell::new() };
}

/// In memory if the system has such a place: only how often it runs depends on it.
fn directory() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    let directory = made.expect("a directory");
    let fixtures = crate_dir().join("fixtures");
    let copies = [
        ("corlib/System.Private.CoreLib.dll", "corlib/System.Private.CoreLib.dll"),
        ("facade/System.Runtime.dll", "corlib/System.Runtime.dll"),
        ("native-side/NativeSide.dll", "a.dll"),
        ("native-side/libdraw.a", "lib.a"),
        ("source-lines/SourceLines.dll", "SourceLines.dll"),
        ("thunk-tables/by-hand.cpp", "t.cpp"),
        ("native-side/NativeSide.dll", "app/NativeSide.dll"),
    ];
    for (from, to) in copies {
        let to = directory.path().join(to);
        fs::create_dir_all(to.parent().expect("a parent")).expect("a directory");
        fs::copy(fixtures.join(from), to).unwrap_or_else(|error| panic!("{from}: {error}"));
    }
    directory
}

/// Runs a verb on the file; whether the file is used without a message about it.
pub fn run(kind: &Kind, bytes: &[u8]) -> bool {
    DIRECTORY.with(|cell| run_in(cell.get_or_init(directory).path(), kind, bytes))
}

fn run_in(directory: &Path, kind: &Kind, bytes: &[u8]) -> bool {
    let file = directory.join(kind.file);
    fs::write(&file, bytes).expect("the input");
    let number = bytes.iter().fold(bytes.len(), |hash, byte| hash.wrapping_mul(31) ^ usize::from(*byte));
    let words = kind.runs[(number ^ number >> 7) % kind.runs.len()];
    let path = directory.display().to_string();
    let argument = |word: &str| match word {
        "{text}" => String::from_utf8_lossy(bytes).replace('\0', "").into(),
        word => word.replace("{}", &path).into(),
    };
    let arguments: Vec<OsString> = ["thunkgen"].into_iter().chain(words.split(' ')).map(argument).collect();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = thunkgen::run_in_process(&arguments, &mut out, &mut err);
    // Rust sources are parsed into texts that are kept for the thread.
    proc_macro2::extra::invalidate_current_thread_spans();
    let said = String::from_utf8(err).unwrap_or_else(|error| panic!("{words}: no UTF-8: {error}"));
    judge(directory, words, exit, &out, &said);
    fs::remove_file(&file).expect("the input");
    exit <= 1 && !said.contains(kind.file)
}

/// Panics at what no input may lead to.
fn judge(directory: &Path, words: &str, exit: u8, out: &[u8], said: &str) {
    let start: String = said.chars().take(600).collect();
    assert!([0, 1, 2, 3, 5].contains(&exit), "{words}: exit {exit}: {start}");
    assert!(exit == 0 || !out.is_empty() || !said.is_empty(), "{words}: exit {exit}, and nothing is said");
    let is_control = |c: char| c.is_control() && c != '\n' && c != '\t';
    assert!(!said.contains(is_control), "{words}: control characters: {start:?}");
    let outputs = directory.join("o");
    let names = |directory: &Path| -> Vec<String> {
        let entries = fs::read_dir(directory).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    };
    let written = names(&outputs);
    let mut all = written.iter().cloned().chain(names(directory));
    let temporary = all.find(|name| name.starts_with(".thunkgen-"));
    assert!(temporary.is_none(), "{words}: exit {exit} leaves {temporary:?}");
    let writes = words.contains("{}/o") && !words.starts_with("check ");
    if exit == 0 && writes {
        assert!(!written.is_empty(), "{words}: exit 0, and no output: {start}");
        let is_empty = |name: &&String| fs::metadata(outputs.join(name)).is_ok_and(|data| data.len() == 0);
        let empty = written.iter().find(is_empty);
        assert!(empty.is_none(), "{words}: exit 0, and {empty:?} is empty");
    } else if exit > 1 {
        // A report says what is wrong, and is written also then.
        let whole = written.iter().find(|name| !name.ends_with(".html"));
        assert!(whole.is_none(), "{words}: exit {exit}, but {whole:?} is written: {start}");
    }
    // The only input is in the result, or a line names it.
    let is_left_out = said.contains("from 0 assemblies") && !said.contains("/x.dll");
    assert!(exit != 0 || !is_left_out, "{words}: the input is lost: {start}");
    if outputs.exists() {
        fs::remove_dir_all(&outputs).expect("the outputs");
    }
    for name in ["p.cpp", "r.cpp"] {
        let _ = fs::remove_file(directory.join(name));
    }
}

fn texts(all: &[&str]) -> Vec<Vec<u8>> {
    all.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// Manifests whose files exist, and those of the page.
pub fn manifests() -> Vec<Vec<u8>> {
    let mut all = texts(&[
        "inputs = [\"a.dll\"]\nreferences = [\"corlib\"]\nmodules = [\"*\"]\nout = \"o\"\nnative = [\"lib.a\"]\n",
        "inputs = [\"*.dll\"]\nreferences = [\"corlib\"]\n[[output]]\nname = \"one\"\nout = \"o\"\n\n[[output]]\nname = \
         \"two\"\nemit = [\"rust\", \"c-header\"]\nmodules = [\"draw\"]\nout = \"o/two\"\ntarget-os = [\"wasi\"]\n",
        "inputs = [\"a.dll\"]\nreferences = [\"corlib\"]\nout = \"o\"\nstruct-sizes = { \"N.S\" = 4 }\n[variables]\nx = \"1\"\n",
    ]);
    // Equal parts: files that exist are rare otherwise.
    all.extend(all.clone());
    all.extend(seeds::manifests());
    all
}

/// C++ tables, most of them with the key that is looked up: which verb reads one follows from its comment.
pub fn tables() -> Vec<Vec<u8>> {
    let table = |number| {
        format!(
            "// {number}\nconst StringToWasmSigThunk g_wasmThunks[] = {{\n    {{ \"Mv\", (void*)&G }},\n    {{ \"MviS8\", \
             (void*)&F }},\n}};\nconst size_t g_wasmThunksCount = sizeof(g_wasmThunks) / sizeof(g_wasmThunks[0]);\n"
        )
    };
    seeds::tables().into_iter().chain((0..20).map(|number| table(number).into_bytes())).collect()
}

/// Lists of modules in both forms.
pub fn module_lists() -> Vec<Vec<u8>> {
    texts(&[
        "<Project><ItemGroup><Lib Include='draw;paint'/><Lib Include='libc'/></ItemGroup></Project>\n",
        "draw\npaint\n# a comment\n",
        "<Project>\n  <!-- all -->\n  <ItemGroup Condition='true'>\n    <Lib Include='draw'>\n      <A>b</A>\n    </Lib>\n  \
         </ItemGroup>\n</Project>\n",
    ])
}

/// Suppressions.
pub fn suppressions() -> Vec<Vec<u8>> {
    texts(&[
        "[[suppress]]\ncode = \"TG0204\"\nmethod = \"Drawing.Canvas.draw_*\"\nreason = \"one\"\n",
        "[[suppress]]\ncode = \"TG0204\"\nreason = \"all\"\n\n[[suppress]]\ncode = \"TG0202\"\nassembly = \"a\"\nreason = \"r\"\n",
    ])
}

/// Sizes of structs.
pub fn struct_sizes() -> Vec<Vec<u8>> {
    texts(&["Drawing.Point=8\n# comment\nA.B=16:8\n", "N.Outer+Inner=4\r\n\r\nX=1:1\n"])
}

/// Response files.
pub fn response_files() -> Vec<Vec<u8>> {
    texts(&["-m\n*\n--strict\n", "--nowarn TG0204\n# comment\n-m 'draw'\n", "--runtime\n11.0\n\"--verbose\"\n"])
}

/// Texts of runtimes and people.
pub fn messages() -> Vec<Vec<u8>> {
    let mut all = texts(&["MviS8", "TG0204", "Drawing.Canvas.draw_format", "DllNotFoundException: draw"]);
    all.extend(seeds::logs());
    all
}

/// Files for the start of outputs.
pub fn frames() -> Vec<Vec<u8>> {
    texts(&["Licensed to all.\nSecond line */ \\\n", "x\r\n\r\ny"])
}
