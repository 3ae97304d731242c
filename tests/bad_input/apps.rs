//! Published apps with one file cut short, changed or missing: `doctor` says what it finds, whatever the bytes are.

use std::fs;
use std::path::{Path, PathBuf};

use thunkgen_driver::{Options, doctor};
use thunkgen_tests::corrupt::prng::Prng;
use thunkgen_tests::data::crate_dir;

/// Damaged apps.
const CASES: u64 = 150;

const SEED: u64 = 0x646f_6374_6f72;

/// Exit code that the command line would have, and the codes of the findings. Panics at what no app may lead to.
fn examine(path: &Path) -> (bool, Vec<&'static str>) {
    let mut options = Options::default();
    options.inputs.push(path.to_owned());
    let examined = doctor(&options, &|_| {}).unwrap_or_else(|error| panic!("{}", error.message));
    let report = examined.report;
    assert_eq!(report.fails(), report.findings.iter().any(|finding| finding.level == "error"));
    assert_eq!(report.findings.len(), report.verdict.errors + report.verdict.warnings);
    for finding in &report.findings {
        assert!(!finding.file.is_empty() && !finding.message.is_empty() && !finding.remedy.is_empty(), "{finding:?}");
    }
    (report.fails(), report.findings.iter().map(|finding| finding.code).collect())
}

#[test]
fn a_damaged_file_is_a_finding() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let source = crate_dir().join("fixtures/published/app/wwwroot/_framework");
    let target = folder.path().join("_framework");
    fs::create_dir(&target).expect("a folder");
    let mut files: Vec<(PathBuf, Vec<u8>)> = fs::read_dir(source)
        .expect("the app")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| (target.join(path.file_name().expect("a name")), fs::read(&path).expect("a file")))
        .collect();
    files.sort();
    for (path, bytes) in &files {
        fs::write(path, bytes).expect("a copy");
    }
    assert_eq!(examine(folder.path()), (false, Vec::new()), "the whole app");
    let (mut random, mut found) = (Prng::new(SEED, 0), 0);
    for case in 0..CASES {
        let (path, bytes) = &files[random.below(files.len())];
        let mut damaged = bytes.clone();
        match case % 3 {
            0 => damaged.truncate(random.below(bytes.len())),
            1 => damaged[random.below(bytes.len())] ^= 1 << random.below(8),
            _ => damaged = damaged.repeat(2),
        }
        fs::write(path, &damaged).expect("a damaged file");
        let (fails, codes) = examine(folder.path());
        let is_script = path.extension().is_some_and(|extension| extension == "js");
        // Whatever is not text of the configuration has a hash in it.
        assert!(is_script || (fails && codes.contains(&"TG0703")), "case {case}: {}: {codes:?}", path.display());
        found += usize::from(fails);
        fs::remove_file(path).expect("removed");
        let (fails, _) = examine(folder.path());
        assert!(fails || is_script, "case {case}: without {}", path.display());
        fs::write(path, bytes).expect("the whole file");
    }
    assert!(found > CASES as usize / 2, "{found} of {CASES}");
}
