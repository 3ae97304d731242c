//! The registry that a runtime embeds: its rules one by one in every build, against its Rust twin, and under threads.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use thunkgen_tests::data::crate_file;
use thunkgen_tests::registry::native::{Compiler, Program, build};
use thunkgen_tests::registry::script::{Step, random_script, run_twin, text};
use thunkgen_tests::wasm::engine::Machine;
use thunkgen_tests::wasm::link::Build;
use thunkgen_tests::wasm::patterns::Bits;
use thunkgen_tests::wasm::toolchain::Flags;

/// The stress test: with ThreadSanitizer, and as fast as can be.
fn stress(compiler: Compiler) -> &'static Program {
    static CLANG: OnceLock<Program> = OnceLock::new();
    static GCC: OnceLock<Program> = OnceLock::new();
    let (cell, flags) = match compiler {
        Compiler::Clang => (&CLANG, ["-O1", "-g", "-fsanitize=thread"].as_slice()),
        Compiler::Gcc => (&GCC, ["-O2"].as_slice()),
    };
    cell.get_or_init(|| build(compiler, "stress", flags).unwrap_or_else(|error| panic!("{error}")))
}

/// Seconds that a stress test of the real registry takes.
const STRESS: &str = "3";

/// Seconds after which a defect must have shown; it usually does within three.
const PATIENCE: &str = "600";

#[test]
#[ignore = "needs clang and wasm-ld"]
fn the_rules_hold_natively() {
    let as_runtimes_do = ["-fno-exceptions", "-fno-rtti", "-Wconversion"];
    for (compiler, flags) in [
        (Compiler::Clang, ["-O0", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]),
        (Compiler::Clang, ["-O2", "-Wsign-conversion", "-Wold-style-cast"]),
        (Compiler::Gcc, ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]),
        (Compiler::Gcc, ["-O3", "-Wcast-align", "-Wuseless-cast"]),
    ] {
        let program =
            build(compiler, "unit", &[flags, as_runtimes_do].concat()).unwrap_or_else(|error| panic!("{error}"));
        let ended = program.run(&[], "");
        assert!(ended.success && ended.text.lines().count() == 10, "{compiler:?} {flags:?}\n{}", ended.text);
    }
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn the_rules_hold_in_wasm() {
    for optimize in ["0", "1", "2", "s"] {
        let mut build = Build::new(Flags::PLAIN.at(optimize));
        build.add("unit", &crate_file("support/registry/unit.cpp")).unwrap_or_else(|error| panic!("{error}"));
        let wasm = build.link(&[], &[]).unwrap();
        let mut machine = Machine::new(&wasm, (), |_| {}).unwrap();
        let count = machine.call_export("registry_tests", &[]).unwrap()[0].bits as u32;
        assert_eq!(count, 10);
        for test in 0..count {
            let line = machine.call_export("registry_test", &[Bits::i32(test)]).unwrap()[0].bits;
            assert_eq!(line, 0, "-O{optimize}: the check at this line of unit.cpp failed");
        }
    }
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn the_twin_says_the_same() {
    let scripts: Vec<Vec<Step>> = (0..300).map(|round| random_script(round, 120)).collect();
    let mut answers = BTreeMap::new();
    let checked = ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    for (compiler, flags) in [(Compiler::Clang, checked.as_slice()), (Compiler::Gcc, &["-O2"])] {
        let program = build(compiler, "script", flags).unwrap_or_else(|error| panic!("{error}"));
        for (round, script) in scripts.iter().enumerate() {
            let ended = program.run(&[], &text(script));
            let twin = run_twin(script);
            assert!(ended.success, "script {round}: {}", ended.text);
            assert_eq!(ended.text.lines().count(), twin.len());
            for (line, (step, (theirs, ours))) in script.iter().zip(ended.text.lines().zip(&twin)).enumerate() {
                assert_eq!(theirs, ours, "script {round}, line {}: {step:?}", line + 1);
                let ending = match step {
                    Step::Inject(..) => theirs.split_at(1).0.to_owned() + &theirs[theirs.len() - 2..],
                    Step::Add(..) => theirs.to_owned(),
                    _ => continue,
                };
                *answers.entry(format!("{:.4} {ending}", format!("{step:?}"))).or_insert(0) += 1;
            }
        }
    }
    // Every way in which they can end has been there often, the injections in a hash or in an index.
    assert_eq!(answers.len(), 5 + 4 * 2, "{answers:?}");
    assert!(answers.values().all(|count| *count > 30), "{answers:?}");
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn threads_find_every_thunk_and_no_other_one() {
    for compiler in [Compiler::Clang, Compiler::Gcc] {
        for variant in ["spin", "slow"] {
            let ended = stress(compiler).run(&[variant, STRESS, "1"], "");
            assert!(ended.success && ended.text.ends_with(" rounds\n"), "{compiler:?} {variant}\n{}", ended.text);
            println!("{compiler:?} {variant}: {}", ended.text);
        }
    }
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn a_list_of_flagged_descriptors_is_caught() {
    for compiler in [Compiler::Clang, Compiler::Gcc] {
        for variant in ["flagged", "flagged-checked"] {
            let ended = stress(compiler).run(&[variant, PATIENCE, "1"], "");
            let known = ["a recycled descriptor that does not wait got a thunk", "the thunk of another method was set"];
            let is_known = known.iter().any(|known| ended.text.contains(known));
            assert!(!ended.success && is_known, "{compiler:?} {variant}\n{}", ended.text);
            println!("{compiler:?} {variant}: {}", ended.text);
        }
    }
}
