//! The page of a report in a real browser: every section, the search, the keyboard, a phone; and its size does not grow
//! with the app's.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use thunkgen_driver::doctor::page;
use thunkgen_tests::data::crate_dir;

/// What a person who uses the page sees.
fn used(page: &str, search: &str) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    // The pictures of a run that is looked at.
    let shots = std::env::var_os("THUNKGEN_SCREENSHOTS").map_or(folder.path().to_owned(), Into::into);
    let file = folder.path().join("report.html");
    std::fs::write(&file, page).expect("a page");
    let node = std::env::var_os("THUNKGEN_NODE").map(PathBuf::from);
    let node = node.expect("THUNKGEN_NODE is not set: run `tests/tools/node.sh DEST` and set it to DEST").join("node");
    let script = crate_dir().join("tools/browser/report.mjs");
    // A hang ends after ten minutes.
    let mut command = Command::new("timeout");
    let output = command.arg("600").arg(node).args([&script, &file, &shots]).arg(search).output().expect("Node.js");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let seen: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&seen["errors"], &seen["requests"]), (&json!([]), &json!([])), "the console, and requests");
    assert_eq!(seen["phone"]["width"], 390, "nothing is wider than a phone");
    assert_eq!(seen["phone"]["background"], "rgb(23, 23, 27)", "dark");
    seen
}

/// A page with other data.
fn with_data(data: &Value) -> String {
    let empty = page(&Default::default());
    let (head, rest) = empty.split_once("id=\"data\">").expect("data");
    let (_, tail) = rest.split_once("</script>").expect("an end");
    format!("{head}id=\"data\">{}</script>{tail}", data.to_string().replace('<', "\\u003c"))
}

/// A report of so many libraries and keys, a tenth of which are missing.
fn report(libraries: usize, keys: usize) -> Value {
    let key = |index: usize| format!("Mv{}S{}", "ilfd".chars().nth(index % 4).expect("a code"), index + 1);
    let id = |index: usize| format!("App!0x{:08X}", 0x0600_0001 + index);
    let missing = |index: usize| index.is_multiple_of(10);
    let structs = json!([{ "name": "App.<b>Rect</b>", "size": 24, "alignment": 8, "isMarshalled": false, "usedBy": (0..keys).map(id).collect::<Vec<_>>(),
        "fields": [{ "name": "Kind", "nativeType": "int32_t", "offset": 0, "size": 4 }, { "name": "Width", "nativeType": "double", "offset": 8, "size": 16 }] }]);
    json!({
        "format": 2, "root": "publish", "runtime": { "flavor": "CoreClr" }, "verdict": { "errorCount": keys / 10, "warningCount": 0, "summary": "s" },
        "findings": (0..keys).filter(|index| missing(*index)).map(|index| json!({ "code": "TG0428", "level": "error", "title": "t", "message": "m", "remedy": "r",
            "about": { "kind": "key", "name": key(index) } })).collect::<Vec<_>>(),
        "libraries": (0..libraries).map(|index| json!({ "name": format!("lib{index}"), "state": "complete", "isFramework": false, "pinvokeCount": 1, "callableCount": 1 })).collect::<Vec<_>>(),
        "keys": (0..keys).map(|index| json!({ "key": key(index), "state": if missing(index) { "missing" } else { "provided" }, "isFramework": false,
            "neededBy": [{ "kind": "P/Invoke", "member": format!("App.Native.F{index}"), "assembly": "App" }] })).collect::<Vec<_>>(),
        "pinvokes": (0..keys).map(|index| json!({ "id": id(index), "library": format!("lib{}", index % libraries), "entryPoint": format!("f{index}"),
            "method": format!("App.Native.F{index}"), "metadataToken": "0x06000001", "assembly": "App", "key": key(index), "managedDeclaration": "void ()", "nativeDeclaration": "void (void)",
            "wasmType": "() -> ()", "state": if missing(index) { "noThunk" } else { "callable" }, "structs": ["App.<b>Rect</b>"] })).collect::<Vec<_>>(),
        "structs": structs,
    })
}

#[test]
#[ignore = "needs Chromium and Node.js"]
fn twenty_thousand_keys_are_searched_on_a_page_of_bounded_size() {
    let small = used(&with_data(&report(10, 200)), "f123");
    let large = used(&with_data(&report(1_000, 20_000)), "f12345");
    for (section, nodes) in small["nodes"].as_object().expect("sections") {
        let (small, large) = (nodes.as_u64().expect("a number"), large["nodes"][section].as_u64().expect("a number"));
        // A hundred rows of each, whatever the number of entries; sections of fewer rows grow up to that.
        assert!(
            large < 2_500 && (section == "libraries" || section == "problems" || large < small + 50),
            "{section}: {small}, {large}"
        );
    }
    assert_eq!(large["all"], "20,000 keys, 1 to 100 shown");
    assert_eq!(large["found"]["status"], "1 of 20,000 keys");
    let first = large["found"]["first"].as_str().expect("a row");
    assert!(first.contains("provided") && first.contains("App.Native.F12345"), "{first}");
    assert_eq!((&large["key"]["heading"], &large["key"]["focus"]), (&json!("MvlS12346"), &json!("H2")));
    let pinvoke = large["pinvoke"].as_str().expect("text");
    assert!(pinvoke.contains("missing: nothing provides this key"), "the first ones are missing: {pinvoke}");
    assert!(pinvoke.contains("App.<b>Rect</b>"), "names are text, not markup: {pinvoke}");
    let shape = large["struct"].as_str().expect("text");
    assert!(shape.contains("padding") && shape.contains("20,000 P/Invokes, 1 to 100 shown"), "{shape}");
}
