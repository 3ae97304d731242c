//! The effects of thunks, read from their bytes.

mod symbolic;

use super::*;

fn effects(key: &str) -> Vec<String> {
    symbolic::effects(&thunk(&key.parse().unwrap()).unwrap())
}

#[track_caller]
fn assert_effects(key: &str, expected: &[&str]) {
    assert_eq!(effects(key), expected, "{key}");
}

/// A managed `M`: the frame is always the same.
#[track_caller]
fn assert_from_interp(signature: &str, call: &str, store: &[&str]) {
    let expected = [&["sp = sp-16", "i32[sp-16] = 1", call], store, &["sp = sp"]].concat();
    assert_effects(&format!("M{signature}"), &expected);
}

/// An `I`: `total`, stores of arguments, clearing of the result, arguments of the helper, result.
#[track_caller]
fn assert_to_interp(signature: &str, total: u32, stores: &[&str], helper: &str, result: &[&str]) {
    let (base, incoming) = (format!("b = p0-{total}"), format!("i32[b+12] = b+{total}"));
    let call = format!("call i32[m+{}]({helper})", symbolic::HELPER_CELL);
    let start = [base.as_str(), "i32[b+8] = 0", &incoming];
    let end = ["sp = b", &call, "sp = sp"];
    assert_effects(&format!("I{signature}"), &[&start, stores, &end, result].concat());
}

// The worked layouts: offsets of the interpreter's arguments, size of the argument area, places in the frame, place of
// the result, size of the frame.

#[test]
fn nothing() {
    assert_from_interp("vp", "call i32[p0](sp-16, p0)", &[]);
    assert_to_interp("vp", 32, &["i64[b+16] = 0"], "p1, b+8, 0, b+16", &[]);
}

#[test]
fn int_to_int() {
    assert_from_interp("iip", "call i32[p0](sp-16, i32[p1], p0)", &["i32[p2] = r"]);
    assert_to_interp("iip", 48, &["i32[b+16] = p1", "i64[b+32] = 0"], "p2, b+8, 8, b+32", &["return i32[b+32]"]);
}

#[test]
fn int_to_v128() {
    assert_from_interp("Vip", "call i32[p0](sp-16, i32[p1], p0)", &["v128[p2] = r"]);
    assert_to_interp("Vip", 48, &["i32[b+16] = p1", "fill [b+32] = 0 16"], "p2, b+8, 8, b+32", &["return v128[b+32]"]);
}

#[test]
fn this_and_an_aligned_struct() {
    assert_from_interp("iTlA32dp", "call i32[p0](sp-16, i32[p1], i64[p1+8], p1+16, f64[p1+48], p0)", &["i32[p2] = r"]);
    let stores = ["i32[b+16] = p1", "i64[b+24] = p2", "copy [b+32] = [p3] 32", "f64[b+64] = p4", "i64[b+80] = 0"];
    assert_to_interp("iTlA32dp", 96, &stores, "p5, b+8, 56, b+80", &["return i32[b+80]"]);
}

#[test]
fn this_and_a_return_buffer() {
    assert_from_interp("S12Tip", "call i32[p0](sp-16, i32[p1], p2, i32[p1+8], p0)", &[]);
    assert_to_interp("S12Tip", 48, &["i32[b+16] = p1", "i32[b+24] = p3", "i64[b+32] = 0"], "p4, b+8, 16, p2", &[]);
}

#[test]
fn several_parameters_for_one_value() {
    assert_from_interp("vl2Vp", "call i32[p0](sp-16, i64[p1], i64[p1+8], v128[p1+16], p0)", &[]);
    let stores = ["i64[b+16] = p1", "i64[b+24] = p2", "v128[b+32] = p3", "i64[b+48] = 0"];
    assert_to_interp("vl2Vp", 64, &stores, "p4, b+8, 32, b+48", &[]);
}

#[test]
fn an_aligned_struct_after_an_int() {
    assert_from_interp("viA16p", "call i32[p0](sp-16, i32[p1], p1+16, p0)", &[]);
    let stores = ["i32[b+16] = p1", "copy [b+32] = [p2] 16", "i64[b+48] = 0"];
    assert_to_interp("viA16p", 64, &stores, "p3, b+8, 32, b+48", &[]);
}

#[test]
fn generic_context_and_continuation() {
    assert_from_interp("viap", "call i32[p0](sp-16, i32[p1+8], 0, p0)", &[]);
    assert_to_interp("viap", 48, &["i32[b+24] = p1", "i32[b+16] = p2", "i64[b+32] = 0"], "p3, b+8, 16, b+32", &[]);
}

// Beyond the worked ones.

#[test]
fn everything_hidden() {
    assert_from_interp("S8Tialp", "call i32[p0](sp-16, i32[p1], p2, i32[p1+16], 0, i64[p1+24], p0)", &[]);
    let stores = ["i32[b+16] = p1", "i32[b+32] = p3", "i32[b+24] = p4", "i64[b+40] = p5", "i64[b+48] = 0"];
    assert_to_interp("S8Tialp", 64, &stores, "p6, b+8, 32, p2", &[]);
    assert_to_interp("S8p", 32, &["i64[b+16] = 0"], "p2, b+8, 0, p1", &[]);
    assert_to_interp("S8Tp", 48, &["i32[b+16] = p1", "i64[b+32] = 0"], "p3, b+8, 8, p2", &[]);
}

#[test]
fn wide_vectors_and_empty_structs() {
    let call = "call i32[p0](sp-16, i32[p1], v128[p1+16], v128[p1+32], f32[p1+56], \
                v128[p1+64], v128[p1+80], v128[p1+96], v128[p1+112], p0)";
    assert_from_interp("viV2efV4p", call, &[]);
    let stores = [
        "i32[b+16] = p1",
        "v128[b+32] = p2",
        "v128[b+48] = p3",
        "i32[b+64] = 0",
        "f32[b+72] = p4",
        "v128[b+80] = p5",
        "v128[b+96] = p6",
        "v128[b+112] = p7",
        "v128[b+128] = p8",
        "i64[b+144] = 0",
    ];
    assert_to_interp("viV2efV4p", 160, &stores, "p9, b+8, 128, b+144", &[]);
}

#[test]
fn the_rest_of_a_struct_becomes_zero() {
    for (size, rest) in [(1, 3), (2, 2), (3, 1), (4, 0), (5, 3), (8, 0), (9, 7), (12, 4), (15, 1), (16, 0)] {
        let fill = format!("fill [b+{}] = 0 {rest}", 16 + size);
        let fills: Vec<String> =
            effects(&format!("IvS{size}p")).into_iter().filter(|effect| effect.starts_with("fill")).collect();
        assert_eq!(fills, if rest == 0 { vec![] } else { vec![fill] }, "{size}");
    }
}

#[test]
fn native_callees() {
    assert_effects("Mv", &["call p0()"]);
    assert_effects("MiiS8d", &["call p0(i32[p1], p1+8, f64[p1+16])", "i32[p2] = r"]);
    assert_effects("MS12fl2", &["call p0(p2, f32[p1], i64[p1+16], i64[p1+24])"]);
    assert_effects("MVeA16V4", &["call p0(p1+16, v128[p1+32], v128[p1+48], v128[p1+64], v128[p1+80])", "v128[p2] = r"]);
}

#[test]
fn what_cannot_be_made_is_refused() {
    let problem = |key: &str| thunk(&key.parse().unwrap()).unwrap_err().to_string();
    for key in ["Vviiii", "Uvi", "UGvi", "UMvi", "Dviiii"] {
        assert!(problem(key).starts_with(&format!("`{key}`: thunks of this kind")), "{key}");
    }
    let native = ThunkKey::ToInterp("vi".parse().unwrap());
    assert!(thunk(&native).unwrap_err().to_string().starts_with("`Ivi`: only managed"));
    assert!(
        problem(&format!("Mv{}", "i".repeat(1001))).ends_with("1001 parameters, more than the 1000 that engines allow")
    );
    assert!(problem(&format!("Iv{}p", "i".repeat(999))).contains("1001 parameters"));
    let empty = "e".repeat(1_000_000);
    assert!(problem(&format!("Iv{empty}p")).ends_with(" bytes, more than the 7654321 that engines allow"));
    effects(&format!("Mv{empty}p"));
    let wide = "S268435456".repeat(999);
    assert_eq!(
        problem(&format!("Mv{wide}")),
        "`MvS268435456S268435456S268435456S268435456S268435456S268435456S268435456S2684...`: \
         its arguments take up to 268167028536 bytes, more than the 1073741824 that a thunk can pass"
    );
}

#[test]
fn as_many_parameters_as_engines_allow() {
    for key in
        [format!("Mv{}", "i".repeat(1000)), format!("Mv{}p", "V4".repeat(249)), format!("IlT{}p", "d".repeat(997))]
    {
        effects(&key);
    }
    effects("MvS268435456S268435456S268435456i");
    effects("IvS268435456S268435456S268435456ip");
}
