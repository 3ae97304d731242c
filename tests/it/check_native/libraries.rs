//! Real C libraries, whose sources `cargo fetch` downloads, against P/Invokes that are written by hand.

use std::path::{Path, PathBuf};

use thunkgen_tests::executable;
use thunkgen_tests::native_corpus::{Compiler, archive, compilers, compilers_with, is_complete};

use super::{fixtures, sub};

/// The directory of a package that `cargo fetch` downloads.
fn package(name: &str) -> PathBuf {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cargo"))).expect("a home directory");
    let list = |folder: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap_or_else(|_| panic!("{}: run cargo fetch", folder.display()));
        entries.flatten().map(|entry| entry.path()).collect()
    };
    let packages = list(&home.join("registry/src")).into_iter().flat_map(|registry| list(&registry));
    let version = |path: &PathBuf| {
        let rest = path.file_name()?.to_str()?.strip_prefix(name)?.strip_prefix('-')?;
        rest.starts_with(|first: char| first.is_ascii_digit()).then_some(())
    };
    let found = packages.filter(|path| version(path).is_some()).max();
    found.unwrap_or_else(|| panic!("{name}: run cargo fetch"))
}

/// The C files of a directory.
fn c_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|_| panic!("{}: a directory", folder.display()));
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "c"));
    files.sort();
    files
}

/// Name, sources and arguments of each library.
fn libraries() -> [(&'static str, Vec<PathBuf>, &'static str); 3] {
    let zstd = package("zstd-sys").join("zstd/lib");
    let zstd = ["common", "compress", "decompress"].iter().flat_map(|part| c_files(&zstd.join(part)));
    // Without the programs, and the modules for scripts, which need all of libc.
    let is_module = |path: &PathBuf| {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        ["lua", "luac", "linit", "loadlib"].contains(&&*name) || name.ends_with("lib") && name != "lauxlib"
    };
    let mut lua = c_files(&package("lua-src").join("lua-5.4.7"));
    lua.retain(|path| !is_module(path));
    [
        ("z", c_files(&package("libz-sys").join("src/zlib")), "-D_LARGEFILE64_SOURCE -D_LFS64_LARGEFILE=1"),
        ("zstd", zstd.collect(), "-DZSTD_DISABLE_ASM"),
        ("lua", lua, ""),
    ]
}

/// Compiles the libraries, one after the other in threads, into archives.
fn build(compiler: &Compiler, folder: &Path, debug: &str) -> Vec<PathBuf> {
    let include = fixtures("libc");
    let build = |(name, sources, arguments): (&str, Vec<PathBuf>, &str)| {
        let arguments = format!("-O0 {debug} -w -isystem {} {arguments}", include.display());
        let objects = compiler.compile_files(&sub(folder, name), &sources, &arguments);
        let library = folder.join(format!("lib{name}.a"));
        archive(&library, &objects.iter().map(PathBuf::as_path).collect::<Vec<_>>());
        library
    };
    std::thread::scope(|scope| {
        let all = libraries().map(|library| scope.spawn(move || build(library)));
        all.into_iter().map(|thread| thread.join().expect("a library")).collect()
    })
}

/// The problems of an assembly: codes and methods; and the exit code and the last line.
fn check(assembly: &str, libraries: &[PathBuf]) -> (Vec<(String, String)>, Option<i32>, String) {
    let paths =
        [&format!("native-libraries/{assembly}.dll"), "facade", "corlib", "native-libraries/NativeLibraries.dll"];
    let [assembly, facade, corlib, right] = paths.map(|path| fixtures(path).display().to_string());
    let mut arguments = vec!["check-native", &assembly, &facade, "-r", &corlib, "-r", &right];
    let libraries: Vec<String> = libraries.iter().map(|path| path.display().to_string()).collect();
    libraries.iter().for_each(|path| arguments.extend(["--native", path]));
    let run = executable::run(&fixtures(""), arguments);
    let problem = |line: &str| {
        let (code, rest) = line.split_once(" TG")?.1.split_once(": ")?;
        Some((format!("TG{code}"), rest.split(' ').next()?.to_owned()))
    };
    let last = run.stderr.lines().last().unwrap_or_default().to_owned();
    (run.stderr.lines().filter_map(problem).collect(), run.code, last)
}

/// The method names of the wrong declarations start with the codes to find: without and with debug information.
#[test]
#[ignore = "needs clang and the sources of libz-sys, zstd-sys and lua-src"]
fn real_libraries_and_planted_mistakes() {
    let [oldest, .., newest] = &[compilers(), compilers()].concat()[..] else { unreachable!() };
    let all = [(newest, "-g"), (newest, "-g0"), (oldest, "-g")];
    for (compiler, debug) in &all[..if is_complete() { all.len() } else { 1 }] {
        let folder = tempfile::tempdir().expect("a folder");
        let libraries = build(compiler, folder.path(), debug);
        let what = format!("{} {debug}", compiler.name());
        let (found, code, last) = check("NativeLibraries", &libraries);
        assert!(
            found.is_empty() && code == Some(0) && last.contains("compared 254 P/Invokes"),
            "{what}: {found:?} {last}"
        );
        let (found, code, last) = check("NativeLibrariesWrong", &libraries);
        assert_eq!(code, Some(1), "{what}: {last}");
        let mut names: Vec<&str> = found.iter().map(|(_, name)| &**name).collect();
        for (code, name) in &found {
            let expected = name.split(['.', '_']).nth(1 + usize::from(*debug == "-g"));
            assert_eq!(Some(&**code), expected, "{what}: {name}");
        }
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count, "{what}: one problem each: {names:#?}");
        // 32 errors and 23 warnings, and those that only debug information shows.
        assert_eq!(count, if *debug == "-g" { 55 } else { 29 }, "{what}: {names:#?}");
    }
}

/// SQLite against the declarations of its .NET provider: no error, and one warning for each variadic function.
#[test]
#[ignore = "needs clang and the sources of libsqlite3-sys"]
fn sqlite_and_its_provider() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = package("libsqlite3-sys").join("sqlite3/sqlite3.c");
    let include = fixtures("libc");
    let assemblies = ["native-sqlite", "facade"].map(|path| fixtures(path).display().to_string());
    let corlib = fixtures("corlib").display().to_string();
    let options = "-w -DSQLITE_OS_OTHER=1 -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_LOCALTIME \
                   -DSQLITE_ENABLE_COLUMN_METADATA -isystem";
    let mut all = compilers_with(&["-O0", "-O0 -g"]);
    if !is_complete() {
        all.drain(..all.len() - 1);
    }
    for (compiler, debug) in all {
        let arguments = format!("{debug} {options} {}", include.display());
        compiler.compile_files(folder.path(), std::slice::from_ref(&source), &arguments);
        let arguments = ["check-native", &assemblies[0], &assemblies[1], "-r", &corlib, "--native", "sqlite3.o"];
        let run = executable::run(folder.path(), arguments);
        let is_problem = |line: &&str| line.contains(": error ") || line.contains(": warning ");
        let (problems, others): (Vec<&str>, Vec<&str>) = run.stderr.lines().partition(is_problem);
        let what = format!("{} {debug}\n{}", compiler.name(), run.stderr);
        let symbols: Vec<&str> = problems.iter().filter_map(|line| line.split('`').nth(1)).collect();
        assert_eq!(symbols, ["sqlite3_config", "sqlite3_db_config", "sqlite3_log"], "{what}");
        assert!(problems.iter().all(|line| line.contains(": warning TG0605: ")), "{what}");
        assert!(others.iter().any(|line| line.contains("compared 46 P/Invokes")), "{what}");
        assert_eq!(run.code, Some(0), "{what}");
    }
}
