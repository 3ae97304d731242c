//! Work is skipped exactly when nothing changed that decides the outputs: by content, and never on the word of a cache
//! file that is not whole.

use std::fs::File;
use std::time::{Duration, SystemTime};

use thunkgen_tests::task_shim::{Answer, Work};

/// One file of each kind that is read.
fn work() -> Work {
    let mut work = Work::new(&["corlib", "interop"]);
    std::fs::copy(thunkgen_tests::fixtures::assembly("facade"), work.path("facade.dll")).unwrap();
    work.write("extra.txt", "MviS8 # why\n");
    work.write("list.txt", "libA\n");
    work.write("sizes.txt", "A.B=12\n");
    work.write("s.toml", "[[suppress]]\ncode = \"TG0202\"\nreason = \"a fixture\"\n");
    work.request.add("References", "facade.dll").add("ExtraSignatures", "extra.txt").add("ModuleLists", "list.txt");
    work.request.add("StructSizeFiles", "sizes.txt").add("Suppressions", "s.toml").set("CacheFilePath", "obj/cache");
    let first = work.run();
    assert!(first.succeeded && !first.skipped, "{first:?}");
    assert_eq!(first.reason, "the cache file obj/cache: no such file or directory");
    skips(&work);
    work
}

/// What `change` is about makes the next run do its work, for this reason, and the one after it is skipped.
fn runs(work: &Work, reason: &str) -> Answer {
    let answer = work.run();
    assert!(answer.succeeded && !answer.skipped, "{reason}: {answer:?}");
    assert_eq!(answer.reason, reason);
    skips(work);
    answer
}

fn skips(work: &Work) {
    let before = work.outputs();
    let answer = work.run();
    assert!(answer.succeeded && answer.skipped && answer.changed_files.is_empty(), "{answer:?}");
    assert_eq!(answer.file_writes.len(), 4);
    assert_eq!(work.outputs(), before);
}

/// Changes one bit, so that the length stays, and the time too.
fn flip(work: &Work, name: &str) {
    let path = work.path(name);
    let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    // The letters at the end of the text files are in a comment, a name or a reason.
    let at = bytes.iter().rposition(|byte| byte.is_ascii_lowercase()).unwrap();
    bytes[at] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    File::options().append(true).open(path).unwrap().set_modified(modified).unwrap();
}

#[test]
fn each_kind_of_input_counts_by_content() {
    let work = work();
    for name in ["facade.dll", "extra.txt", "list.txt", "s.toml", "System.Private.CoreLib.dll", "Interop.dll"] {
        let old = std::fs::read(work.path(name)).unwrap();
        let reason = format!("{name} changed");
        if name.ends_with(".dll") {
            // Behind all that is read, so that it stays an assembly.
            work.write(name, [old.clone(), vec![0]].concat());
        } else {
            flip(&work, name);
        }
        runs(&work, &reason);
        work.write(name, &old);
        runs(&work, &reason);
        let later = SystemTime::now() + Duration::from_secs(3600);
        File::options().append(true).open(work.path(name)).unwrap().set_modified(later).unwrap();
        skips(&work);
    }
    work.write("sizes.txt", "A.B=16\n");
    runs(&work, "sizes.txt changed");
}

#[test]
fn inputs_that_come_and_go_count() {
    let mut work = work();
    std::fs::copy(thunkgen_tests::fixtures::assembly("source-lines"), work.path("New.dll")).unwrap();
    work.request.add("Assemblies", "New.dll");
    runs(&work, "New.dll is a new input");
    work.request.remove("Assemblies", "New.dll");
    runs(&work, "New.dll is not an input any more");
    std::fs::rename(work.path("extra.txt"), work.path("extra2.txt")).unwrap();
    work.request.remove("ExtraSignatures", "extra.txt").add("ExtraSignatures", "extra2.txt");
    runs(&work, "extra2.txt is a new input");
}

#[test]
fn every_parameter_counts() {
    let mut work = work();
    for (name, value) in
        [("TargetOS", "wasi"), ("Contract", "portable-callhelpers"), ("PInvokeOutputPath", "out/q.cpp")]
    {
        work.request.set(name, value);
        runs(&work, "the parameters changed");
    }
    for (name, value) in
        [("PInvokeModules", "other"), ("IgnoredPInvokeModules", "x"), ("StructSizes", "C.D=8"), ("NoWarn", "TG0209")]
    {
        work.request.add(name, value);
        runs(&work, "the parameters changed");
    }
    // The default, in words.
    work.request.set("TargetOS", "browser");
    runs(&work, "the parameters changed");
    // Those that have no effect do not.
    work.request.set("IsLibraryMode", "true");
    skips(&work);
}

#[test]
fn outputs_that_are_not_as_they_were_are_made_again() {
    let work = work();
    let expected = work.outputs();
    for name in ["out/p.cpp", "out/r.cpp", "out/i.cpp"] {
        let old = std::fs::read(work.path(name)).unwrap();
        work.write(name, [old, b"\n".to_vec()].concat());
        let answer = runs(&work, &format!("output {name} was changed"));
        assert_eq!((answer.changed_files, work.outputs()), (vec![name.to_owned()], expected.clone()));
        std::fs::remove_file(work.path(name)).unwrap();
        let answer = runs(&work, &format!("output {name} cannot be read: no such file or directory"));
        assert_eq!((answer.changed_files, work.outputs()), (vec![name.to_owned()], expected.clone()));
    }
}

#[test]
fn another_build_of_the_program_runs() {
    let mut work = work();
    let mut bytes = std::fs::read(&work.program).unwrap();
    // What follows an executable's last section is not loaded.
    bytes.push(0);
    let other = work.path("other-build");
    std::fs::copy(&work.program, &other).unwrap();
    std::fs::write(&other, bytes).unwrap();
    let first = std::mem::replace(&mut work.program, other);
    runs(&work, "this is another build of thunkgen-task");
    work.program = first;
    runs(&work, "this is another build of thunkgen-task");
}

#[test]
fn a_damaged_cache_is_not_trusted() {
    let work = work();
    let cache = std::fs::read(work.path("obj/cache")).unwrap();
    let reason = "obj/cache is not a valid cache file";
    // Every bit is tried inside the crate; here are those that the file is made of.
    for at in (0..cache.len()).step_by(cache.len() / 20) {
        let mut bytes = cache.clone();
        bytes[at] ^= 4;
        work.write("obj/cache", bytes);
        runs(&work, reason);
        work.write("obj/cache", &cache[..at]);
        runs(&work, reason);
    }
    // What the runtime's own task leaves there.
    work.write("obj/cache", "module:libSystem.Native\nmodule:native\n");
    runs(&work, reason);
    std::fs::remove_file(work.path("obj/cache")).unwrap();
    runs(&work, "the cache file obj/cache: no such file or directory");
    assert_eq!(std::fs::read(work.path("obj/cache")).unwrap(), cache, "equal runs leave equal files");
}

#[test]
fn errors_leave_everything_as_it_was() {
    let mut work = work();
    let (outputs, cache) = (work.outputs(), std::fs::read(work.path("obj/cache")).unwrap());
    std::fs::copy(thunkgen_tests::fixtures::assembly("errors-open-generic"), work.path("Bad.dll")).unwrap();
    work.request.add("Assemblies", "Bad.dll");
    assert!(!work.run().succeeded);
    assert_eq!((work.outputs(), std::fs::read(work.path("obj/cache")).unwrap()), (outputs, cache));
    work.request.remove("Assemblies", "Bad.dll");
    skips(&work);
    // An input that is gone is an error also when everything else is as it was.
    std::fs::remove_file(work.path("list.txt")).unwrap();
    let answer = work.run();
    assert_eq!((answer.succeeded, &*answer.problems[0].code), (false, "TG0001"));
}

#[test]
fn warnings_are_told_again() {
    let mut work = work();
    work.request.add("NoSuchParameter", "x");
    let told = work.run();
    let again = work.run();
    assert!(!told.problems.is_empty() && again.skipped);
    assert_eq!(told.problems, again.problems);
    work.request.set("TreatWarningsAsErrors", "true");
    assert!(!work.run().succeeded);
}

/// Whatever is done between runs, the outputs are those of a run that remembers nothing.
#[test]
fn a_walk_through_changes() {
    let mut kept = work();
    let mut state = 1u64;
    let mut next = |below: usize| {
        // xorshift64
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize % below
    };
    let modules = ["native", "libA", "*", "a.b"];
    let mut skipped = 0;
    for step in 0..40 {
        match next(7) {
            0 => kept.write("list.txt", format!("{}\n", modules[next(4)])),
            1 => kept.write("extra.txt", format!("{} # why\n", ["MviS8", "Md", "MlA16"][next(3)])),
            2 => drop(kept.request.set("TargetOS", ["browser", "wasi"][next(2)])),
            3 => kept.write(["out/p.cpp", "out/r.cpp", "obj/cache"][next(3)], "x"),
            4 => drop(std::fs::remove_file(kept.path(["out/p.cpp", "out/i.cpp", "obj/cache"][next(3)]))),
            5 => kept.request.items.retain(|(name, value)| name != "PInvokeModules" || value == "native"),
            _ => drop(kept.request.add("PInvokeModules", modules[next(4)])),
        }
        let answer = kept.run();
        assert!(answer.succeeded, "step {step}: {answer:?}");
        skipped += usize::from(answer.skipped);
        let remembered = kept.outputs();
        let with_cache = kept.request.clone();
        kept.request.properties.retain(|(name, _)| name != "CacheFilePath");
        assert!(kept.run().changed_files.is_empty(), "step {step}");
        kept.request = with_cache;
        assert!(kept.outputs() == remembered, "step {step}");
    }
    assert!((3..30).contains(&skipped), "{skipped} of 40 steps changed nothing");
}
