//! Functions in Zig, as its own compiler compiles them with debug information.

use std::path::PathBuf;
use std::process::Command;

use thunkgen_tests::executable;

use super::fixtures;

#[test]
#[ignore = "needs the Zig compiler"]
fn mistakes_in_zig_are_found_and_nothing_else() {
    let zig = std::env::var_os("THUNKGEN_ZIG").map(PathBuf::from);
    let zig =
        zig.expect("THUNKGEN_ZIG is not set: run `tests/tools/zig.sh DEST` and set it to DEST").join("ziglang/zig");
    let assemblies = ["native-zig", "facade"].map(|path| fixtures(path).display().to_string());
    let corlib = fixtures("corlib").display().to_string();
    for optimised in ["Debug", "ReleaseSafe"] {
        let folder = tempfile::tempdir().expect("a folder");
        let status = Command::new(&zig)
            .args(["build-obj", "-target", "wasm32-freestanding", "-femit-bin=geo.o", "-fno-strip", "-O", optimised])
            .args(["--cache-dir", "cache", "--global-cache-dir", "cache"])
            .arg(fixtures("native-zig/geo.zig"))
            .current_dir(&folder)
            .status();
        assert!(status.expect("zig runs").success(), "{optimised}");
        let arguments = ["check-native", &assemblies[0], &assemblies[1], "-r", &corlib, "--native", "geo.o"];
        let run = executable::run(folder.path(), arguments);
        let problem = |line: &str| {
            let (code, rest) = line.split_once(" TG")?.1.split_once(": ")?;
            assert!(line.contains("geo.zig:") && !line.contains("in C "), "{line}");
            Some(format!("{} TG{code}", rest.split(' ').next()?.strip_prefix("Zig.")?))
        };
        let mut found: Vec<String> = run.stderr.lines().filter_map(problem).collect();
        found.sort_unstable();
        let mut expected = vec![
            "Wrong.wrong_callback TG0606",
            "Wrong.wrong_count TG0602",
            "Wrong.wrong_field_by_value TG0613",
            "Wrong.wrong_length_behind TG0614",
            "Wrong.wrong_order_behind TG0614",
            "Wrong.wrong_result TG0602",
            "Wrong.wrong_sign TG0616",
            "Wrong.wrong_width TG0602",
        ];
        if optimised != "Debug" {
            // Optimised, its debug information lacks a parameter that goes by address.
            expected.retain(|of| !of.contains("by_value"));
        }
        assert_eq!(found, expected, "{optimised}\n{}", run.stderr);
        assert!(run.code == Some(1) && run.stderr.contains("compared 14 P/Invokes"), "{optimised}\n{}", run.stderr);
    }
}
