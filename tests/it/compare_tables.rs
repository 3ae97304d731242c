//! `check --compare-with`: thunks in the form that dotnet/runtime has checked in, written here from the keys of its tables by
//! the tests' own reading of keys, do the same as the generated ones; and a thunk with one other slot does not.

use thunkgen_r2r::lookup::cpp::effects::{Effects, effects};
use thunkgen_tests::data::CheckedInKeys;
use thunkgen_tests::generated::interp_to_native;
use thunkgen_tests::wasm::keys::{Param, Ret, Shape, Ty};

/// C type and suffix of the macro that loads an argument.
fn c_type(ty: Ty) -> (&'static str, &'static str) {
    match ty {
        Ty::I32 => ("int32_t", "I32"),
        Ty::I64 => ("int64_t", "I64"),
        Ty::F32 => ("float", "F32"),
        Ty::F64 => ("double", "F64"),
        Ty::V128 => ("v128_t", "V128"),
    }
}

/// A thunk and its row in the checked-in form.
fn checked_in_form(index: usize, key: &str) -> (String, String) {
    let shape = Shape::of_key(key);
    let params = shape.params();
    let types: Vec<&str> = params
        .iter()
        .map(|param| match param {
            Param::StackPointer => "int*",
            Param::ReturnBuffer => "int8_t*",
            Param::EntryPoint => "PCODE",
            other => c_type(other.ty()).0,
        })
        .collect();
    let arguments: Vec<String> = params
        .iter()
        .map(|param| match param {
            Param::StackPointer => "&framePointer".to_owned(),
            Param::ReturnBuffer => "pRet".to_owned(),
            Param::Zero => "0".to_owned(),
            Param::EntryPoint => "pPortableEntryPoint".to_owned(),
            Param::Load(ty, offset) => format!("ARG_{}({})", c_type(*ty).1, offset / 8),
            Param::Address(offset) => format!("ARG_IND({})", offset / 8),
        })
        .collect();
    let result = match shape.ret {
        Ret::Value(ty) => c_type(ty).0,
        Ret::Void | Ret::Struct(_) => "void",
    };
    let store = if result == "void" { String::new() } else { format!("*(({result}*)pRet) = ") };
    let types = types.join(", ");
    let target = match shape.managed {
        true => format!("*({result} (**)({types}))(pPortableEntryPoint)"),
        false => format!("({result} (*)({types}))pcode"),
    };
    let arguments = arguments.join(", ");
    let thunk = format!(
        "    static void F{index}(PCODE pcode, int8_t* pArgs, int8_t* pRet)\n    {{\n        {result} (*fptr)({types}) = \
         {target};\n        {store}(*fptr)({arguments});\n    }}\n"
    );
    (thunk, format!("    {{ \"{key}\", (void*)&F{index} }},\n"))
}

fn file(keys: &[String]) -> String {
    let parts: (Vec<String>, Vec<String>) =
        keys.iter().enumerate().map(|(index, key)| checked_in_form(index, key)).unzip();
    let (thunks, rows) = (parts.0.concat(), parts.1.concat());
    format!(
        "#include <callhelpers.hpp>\n#define ARG_I32(i) (*(int32_t*)ARG_ADDR(i))\nnamespace\n{{\n{thunks}}}\n\n\
         const StringToPortableSigThunk g_portableCallHelperThunks[] = {{\n{rows}}};\n\
         const size_t g_portableCallHelperThunksCount = sizeof(g_portableCallHelperThunks) / \
         sizeof(g_portableCallHelperThunks[0]);\n"
    )
}

fn read(text: &str) -> Effects {
    effects(text.as_bytes()).unwrap_or_else(|refusal| panic!("{refusal:?}"))
}

/// What is the same, and what is not.
fn compared(one: &Effects, other: &Effects) -> (usize, Vec<String>) {
    let is_same = |(id, effect): &(&_, &_)| {
        let effect: &thunkgen_r2r::lookup::cpp::effects::Effect = effect;
        !effect.text.is_empty() && other.rows.get(*id).is_some_and(|found| found.text == effect.text)
    };
    let different = one.rows.iter().filter(|row| !is_same(row)).map(|(id, effect)| format!("{id}: {}", effect.text));
    (one.rows.iter().filter(is_same).count(), different.collect())
}

#[test]
fn checked_in_thunks_do_what_generated_ones_do() {
    for checked_in in [CheckedInKeys::browser(), CheckedInKeys::wasi()] {
        let keys = checked_in.interp;
        assert!(keys.len() >= 100, "{}", keys.len());
        let theirs = file(&keys);
        let (generated, found) = (read(&interp_to_native(&keys)), read(&theirs));
        assert_eq!(compared(&generated, &found), (keys.len(), Vec::new()));
        assert_eq!(generated.rows.len(), found.rows.len());

        // Each other slot, type or order in a thunk shows.
        for (from, to) in [
            ("ARG_I32(0)", "ARG_I32(1)"),
            ("ARG_F64(1)", "ARG_F64(2)"),
            ("ARG_IND(", "ARG_I32("),
            ("fptr)(int64_t", "fptr)(int32_t"),
        ] {
            let mutated = theirs.replacen(from, to, 1);
            assert_ne!(mutated, theirs, "{from}");
            let (_, different) = compared(&generated, &read(&mutated));
            assert_eq!(different.len(), 1, "{from}: {different:?}");
        }
    }
}

#[test]
fn every_kind_of_parameter_is_read_in_both_forms() {
    let sorted = ["MVVVp", "MiA16S8e", "Mil2V2V4", "MS1Taip", "MS32A32S1", "Mv", "Mvap"].map(str::to_owned);
    let (generated, found) = (read(&interp_to_native(&sorted)), read(&file(&sorted)));
    assert_eq!(compared(&generated, &found), (sorted.len(), Vec::new()));
}
