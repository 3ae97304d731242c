//! `check --compare-with`: thunks in the form that dotnet/runtime has checked in, written here from the keys of its tables by
//! the tests' own reading of keys, do the same as the generated ones; and a thunk with one other slot does not.

use thunkgen_r2r::lookup::cpp::effects::{Effects, effects};
use thunkgen_tests::data::CheckedInKeys;
use thunkgen_tests::generated::{callbacks as generated_callbacks, interp_to_native};
use thunkgen_tests::wasm::keys::{Param, Ret, Shape, Ty};
use thunkgen_tests::wasm::reverse::Callback;

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

/// The form of dotnet/runtime's files: the arguments are in an initializer, before or after the lookup of the method.
fn callbacks_in_checked_in_form(rows: &[(u32, Callback)]) -> String {
    let (mut functions, mut table) = (String::new(), String::new());
    for (index, (hash, callback)) in rows.iter().enumerate() {
        let codes = callback.signature.chars().skip(1);
        let types: Vec<&str> = codes.map(|code| if code == 'l' { "int64_t" } else { "void *" }).collect();
        let params: Vec<String> = types.iter().enumerate().map(|(at, of)| format!("{of} arg{at}")).collect();
        let values: Vec<String> = (0..types.len()).map(|at| format!("(int64_t)arg{at}")).collect();
        let args = match &values[..] {
            [] => String::new(),
            values => format!("    int64_t args[{}] = {{ {} }};\n", values.len(), values.join(", ")),
        };
        let lookup = format!(
            "    if (!MD_{index})\n    {{\n        LookupUnmanagedCallersOnlyMethodByName(\"{}\", \"{}\", \
             &MD_{index});\n    }}\n",
            callback.qualified_type, callback.method
        );
        let body = if index % 2 == 0 { args + &lookup } else { lookup + &args };
        let params = params.join(", ");
        functions += &format!(
            "static MethodDesc* MD_{index} = nullptr;\nstatic void Call_{index}({params})\n{{\n{body}    \
             ExecuteInterpretedMethodFromUnmanaged(MD_{index}, (int8_t*)args, sizeof(args), nullptr, \
             (PCODE)&Call_{index});\n}}\n\n",
        );
        table += &format!("    {{ {hash}, \"{}\", {{ &MD_{index}, (void*)&Call_{index} }} }},\n", callback.key);
    }
    format!("#include <callhelpers.hpp>\n\n{functions}const ReverseThunkMapEntry g_ReverseThunks[] =\n{{\n{table}}};\n")
}

/// A callback with one of dotnet/runtime's keys, whose parameters are integers of both sizes.
fn callback_of(key: &str) -> Callback {
    let (method, place) = key.rsplit_once('#').expect("a count");
    let (count, place) = place.split_once(':').expect("a place");
    let [assembly, namespace, name] = place.splitn(3, ':').collect::<Vec<_>>()[..] else { panic!("{key}") };
    let prefix = if namespace.is_empty() { "Some.Outer+".to_owned() } else { format!("{namespace}.") };
    let codes = "il".chars().cycle().take(count.parse().expect("a count"));
    Callback {
        key: key.to_owned(),
        qualified_type: format!("{prefix}{name}, {assembly}"),
        method: method.to_owned(),
        signature: format!("v{}", codes.collect::<String>()),
        export: None,
    }
}

#[test]
fn checked_in_callbacks_store_what_generated_ones_do() {
    for checked_in in [CheckedInKeys::browser(), CheckedInKeys::wasi()] {
        let rows: Vec<(u32, Callback)> =
            checked_in.reverse.iter().map(|(hash, key)| (*hash, callback_of(key))).collect();
        assert!(rows.len() > 50, "{}", rows.len());
        let callbacks: Vec<Callback> = rows.iter().map(|(_, callback)| callback.clone()).collect();
        let ours = generated_callbacks(&callbacks);
        let theirs = callbacks_in_checked_in_form(&rows);
        let (generated, found) = (read(&ours), read(&theirs));
        assert_eq!(compared(&generated, &found), (rows.len(), Vec::new()));
        for (from, to) in [
            ("(int64_t)arg0, (int64_t)arg1", "(int64_t)arg1, (int64_t)arg0"),
            ("args[2] =", "args[3] ="),
            (", (int64_t)arg1 }", " }"),
            ("void * arg0", "float arg0"),
        ] {
            let mutated = theirs.replacen(from, to, 1);
            assert_ne!(mutated, theirs, "{from}");
            let (_, different) = compared(&generated, &read(&mutated));
            assert_eq!(different.len(), 1, "{from}: {different:?}");
        }
    }
}
