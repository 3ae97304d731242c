use super::stack::Frame;
use super::*;

fn show(text: &str) -> Vec<String> {
    let show = |finding: Finding| {
        let Finding { symptom, subject, library, line, count, .. } = finding;
        let parts = [symptom.name.to_owned(), subject, library, format!("{line}x{count}")];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    };
    of_text(text).findings.into_iter().map(show).collect()
}

#[test]
fn phrases_are_lower_case_and_lead_to_a_command() {
    for symptom in table::ALL {
        assert!(!symptom.phrases.is_empty() && !symptom.next.is_empty(), "{}", symptom.name);
        for (phrase, _) in symptom.phrases {
            assert_eq!(*phrase, phrase.to_lowercase());
        }
        assert!(symptom.next.iter().all(|command| command.starts_with("thunkgen ")), "{}", symptom.name);
    }
}

#[test]
fn missing_keys_with_any_wording() {
    for (line, key) in [
        ("WASM calli missing for key: MviS8", "MviS8"),
        ("[12:00:01.123] dotnet: WASM calli missing for key: MviS8.", "MviS8"),
        ("dotnet.runtime.js:12 (3) WASM calli missing for key: \"MviS8\" dotnet.native.js:1:22", "MviS8"),
        ("\u{1b}[31mWASM calli missing for key: \u{1b}[0mMviS8", "MviS8"),
        (r#"{"level":"log","text":"WASM calli missing for key: \"MviS8\"\n"}"#, "MviS8"),
        ("no interpreter-to-R2R calli thunk for signature 'MS16Tip'", "MS16Tip"),
        ("Error: No interpreter-to-R2R calli thunk found (key Mvp), aborting", "Mvp"),
        ("WASM calli missing for key: fii", "Mfii"),
        ("no interpreter-to-R2R calli thunk, key: viS8", "MviS8"),
    ] {
        assert_eq!(show(line), [format!("missing-thunk {key} 1x1")], "{line}");
    }
    for (line, key) in [
        ("wasm R2R to interpreter call missing for key: IiTip", "IiTip"),
        ("no R2R-to-interpreter thunk: IviS8p", "IviS8p"),
    ] {
        assert_eq!(show(line), [format!("missing-thunk-to-interpreter {key} 1x1")], "{line}");
    }
}

#[test]
fn several_keys_and_lines_are_counted() {
    let log = "x\r\nWASM calli missing for key: Mvi\r\n\r\nWASM calli missing for key: Mvl\nWASM calli missing for key: Mvi\n";
    assert_eq!(show(log), ["missing-thunk Mvi 2x2", "missing-thunk Mvl 4x1"]);
    let one =
        "WASM calli missing for key: Mvi, Mvl; WASM calli missing for key: Mvf no R2R-to-interpreter thunk Ivp Mvd";
    let keys = ["missing-thunk Mvi 1x1", "missing-thunk Mvl 1x1", "missing-thunk Mvf 1x1"];
    assert_eq!(show(one), [&keys[..], &["missing-thunk-to-interpreter Ivp 1x1"]].concat());
}

#[test]
fn a_key_in_the_next_line() {
    assert_eq!(show("WASM calli missing for key:\nMviS8\nMvi"), ["missing-thunk MviS8 1x1"]);
    assert_eq!(show("WASM calli missing for key:\n\nMvi"), ["missing-thunk 1x1"]);
}

#[test]
fn lines_without_a_key() {
    for line in [
        "WASM calli missing for key:",
        "WASM calli missing for key: (MethodDesc 0x1234)",
        "no interpreter-to-R2R calli thunk for key Ivi",
    ] {
        assert_eq!(show(line), ["missing-thunk 1x1"], "{line}");
    }
    assert!(show("at WasmInterpreterToR2RThunk(vTip) wasm-function[3857]\n\0\u{fffd} the mild tg0 wasm0").is_empty());
}

#[test]
fn other_encodings() {
    let line = "é WASM calli missing for key: Mvi\r\n";
    let le: Vec<u8> = [0xfeff].into_iter().chain(line.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let be: Vec<u8> = [0xfeff].into_iter().chain(line.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    for bytes in [le, be, [b"\xe9 ".as_slice(), line.as_bytes()].concat()] {
        assert_eq!(read(&mut &bytes[..]).unwrap().findings[0].subject, "Mvi");
    }
}

#[test]
fn frames_of_every_engine() {
    let frame = |name: Option<&str>, index: Option<u32>| Frame { name: name.map(str::to_owned), index };
    for (stack, expected) in [
        ("    at draw (wasm://wasm/0012ab:wasm-function[42]:0x1234)", frame(Some("draw"), Some(42))),
        ("    at dotnet.native.wasm.draw (http://h/x.wasm:wasm-function[42]:0x1)", frame(Some("draw"), Some(42))),
        ("    at wasm://wasm/0012ab:wasm-function[42]:0x1234", frame(None, Some(42))),
        ("draw@http://host/dotnet.native.wasm:wasm-function[42]:0x1234", frame(Some("draw"), Some(42))),
        ("<?>.wasm-function[draw]@[wasm code]", frame(Some("draw"), None)),
        ("   3:  0x1234 - dotnet.native.wasm!draw", frame(Some("draw"), None)),
    ] {
        for join in ["\n", " "] {
            let text = format!("RuntimeError: indirect call signature mismatch{join}{stack}");
            assert_eq!(of_text(&text).findings[0].frames, std::slice::from_ref(&expected), "{text}");
        }
    }
}

/// However many problems a text has, what is kept is bounded.
#[test]
fn problems_are_bounded() {
    let text: String = (0..MAX_FINDINGS + 5).map(|at| format!("undefined symbol: f{at}\n")).collect();
    let reading = of_text(&text);
    assert_eq!((reading.findings.len(), reading.omitted), (MAX_FINDINGS, 5));
}

#[test]
fn keys_in_plain_text() {
    assert_eq!(keys("why does my app need MviS8 and Mvii? I did a mild test"), ["MviS8", "Mvii"]);
    assert!(keys("If Ida did it, fine").is_empty());
}
