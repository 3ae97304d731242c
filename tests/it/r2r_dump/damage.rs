//! Images cut short at every byte, and with every byte changed: the readers refuse them or read them, and never panic.

use std::fs;
use thunkgen_r2r::emit::{Identity, image, thunk};
use thunkgen_tests::corrupt::prng::Prng;
use thunkgen_tests::data::crate_dir;
use thunkgen_tests::executable;
use thunkgen_tests::ready_to_run::image::{Image, Imports, string_thunks};
use thunkgen_tests::ready_to_run::walk::{Walked, walk};
use thunkgen_tests::webcil::convert;

/// What one of the tool's own images looks like.
fn emitted() -> Vec<u8> {
    let keys = ["IdTi16p", "IS8ip", "MS12Tip", "Ml", "MvVA32p", "Mviii"].map(|key| key.replace("i16", "iS16"));
    let thunks = keys.map(|key| thunk(&key.parse().unwrap()).unwrap());
    image(&thunks, &Identity::new("Damaged".parse().unwrap())).unwrap()
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(crate_dir().join("fixtures/images").join(name)).expect("a fixture")
}

/// Images of every container, each small enough to change every byte.
fn images() -> Vec<(&'static str, Vec<u8>)> {
    let composite = Image {
        // The second header is that of the first component: no flags, no sections.
        sections: vec![(115, vec![0; 16]), (116, b"all.r2r.dll\0".to_vec())],
        imports: vec![Imports { flags: 1, kind: 0, signatures: vec![string_thunks(&[("Mv", 0)])] }],
        ..Image::default()
    };
    vec![
        ("emitted.wasm", emitted()),
        ("thunks.wasm", fixture("thunks.wasm")),
        ("code.dll", fixture("code.dll")),
        ("disorder.webcil", fixture("disorder.webcil")),
        ("plain.wasm", fixture("plain.wasm")),
        ("composite.webcil", convert::version_0(&composite.pe("Composite", false))),
    ]
}

#[test]
fn cut_short_anywhere() {
    for (name, whole) in images() {
        let complete = walk(&whole);
        assert_eq!((complete.refused, complete.errors), (0, usize::from(name == "composite.webcil")), "{name}");
        let mut walked = Walked::default();
        for length in 0..whole.len() {
            walked.add(walk(&whole[..length]));
        }
        println!("{name}: {} bytes, {walked:?}", whole.len());
        assert!(walked.refused > whole.len() / 20, "{name}: {walked:?}");
    }
}

#[test]
fn changed_anywhere() {
    for (name, whole) in images() {
        let (mut walked, mut bytes) = (Walked::default(), whole.clone());
        for at in 0..whole.len() {
            let old = whole[at];
            // A bit turned, a neighbour, the extremes; padding is the same everywhere, so a few of its bytes do.
            let padding = old == 0 && whole[at.saturating_sub(16)..(at + 16).min(whole.len())].iter().all(|b| *b == 0);
            if padding && at % 64 != 0 {
                continue;
            }
            for value in [old ^ 1 << (at % 8), old.wrapping_add(1), old.wrapping_sub(1), 0, 0x7F, 0x80, 0xFF] {
                if value != old {
                    bytes[at] = value;
                    walked.add(walk(&bytes));
                }
            }
            bytes[at] = old;
        }
        println!("{name}: {walked:?}");
        assert!(walked.refused + walked.errors > 100, "{name}: {walked:?}");
    }
}

/// Several bytes at once: the checks behind the first are met too.
#[test]
fn changed_in_several_places() {
    let images = images();
    let mut walked = Walked::default();
    for number in 0..20_000 {
        let mut prng = Prng::new(0x6461_6D61_6765_6421, number);
        let (_, whole) = prng.pick(&images);
        let mut bytes = whole.clone();
        for _ in 0..2 + prng.below(6) {
            let at = prng.below(bytes.len());
            bytes[at] = match prng.below(3) {
                0 => bytes[at] ^ 1 << prng.below(8),
                1 => *prng.pick(&[0, 1, 0x7F, 0x80, 0xFF]),
                _ => prng.next() as u8,
            };
        }
        walked.add(walk(&bytes));
    }
    println!("{walked:?}");
    assert!(walked.refused > 2_000 && walked.thunks > 2_000, "{walked:?}");
}

/// The verb itself, on a folder of damaged files: each is shown or named as an error.
#[test]
fn the_verb_survives_damage() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut count = 0;
    for (name, whole) in images() {
        let (stem, ending) = name.rsplit_once('.').expect("an ending");
        for number in 0..60 {
            let mut prng = Prng::new(0x7665_7262, number);
            let mut bytes = whole.clone();
            for _ in 0..1 + prng.below(3) {
                let at = prng.below(bytes.len());
                bytes[at] = prng.next() as u8;
            }
            if number % 4 == 0 {
                bytes.truncate(prng.below(bytes.len()));
            }
            fs::write(folder.path().join(format!("{stem}{number}.{ending}")), bytes).expect("a file");
            count += 1;
        }
    }
    for format in [&["--fixups"][..], &["--json"]] {
        let run = executable::run(folder.path(), ["r2r", "dump", "."].iter().chain(format));
        assert_eq!(run.code, Some(3), "{}", run.stderr);
        let errors = run.stderr.lines().filter(|line| line.contains(": error TG0401: ")).count();
        let shown: usize =
            run.stderr.split("; ").nth(1).and_then(|end| end.split(' ').next()).unwrap().parse().unwrap();
        assert_eq!(errors + shown, count, "{}", run.stderr);
        assert!(errors > 20 && shown > 100, "{errors} of {count}");
    }
}
