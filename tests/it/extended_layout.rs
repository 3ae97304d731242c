//! Structs with `[ExtendedLayout]` have the sizes that `Marshal.SizeOf` of .NET 11.0.0 returns. `MarshalAs` is ignored.

use std::collections::BTreeMap;

use clr_wasm_abi::marshal::Position;
use clr_wasm_abi::types::{DataFlow, Definition, Named, Type};
use clr_wasm_abi::{LayoutEngine, LayoutTarget, Marshaller, Native};
use thunkgen_tests::data::{crate_file, sets, unpacked};
use thunkgen_tests::tool::Files;

#[test]
#[ignore = "needs the real sets"]
fn sizes_are_the_runtimes() {
    let mut files = Files::read_folder(&sets().join("net10"));
    files.add("sizes.dll", unpacked("fixtures/extended-layout/sizes.dll.gz"));
    let text = crate_file("fixtures/extended-layout/sizes.tsv");
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows.len(), 146);
    files.with_universe(|type_system| {
        let layouts = LayoutEngine::new(type_system, LayoutTarget::WASM32, BTreeMap::new());
        let marshaller = Marshaller::new(&layouts);
        let assembly = type_system.find_assembly("sizes").expect("the assembly");
        for row in rows {
            let [name, size, declaration] = row[..] else { panic!("{row:?}") };
            let found = type_system.find_by_full_name(assembly, name).expect("readable").expect("the struct");
            let named = Named { definition: Definition::Resolved(found), arguments: Vec::new().into() };
            let layout = layouts.of(&named).unwrap_or_else(|error| panic!("{declaration}: {error}"));
            assert_eq!(layout.size.to_string(), size, "{declaration}");
            assert!(layout.is_blittable, "{declaration}");
            let native = marshaller.value(&Type::Value(named.clone()), None, Position::Param(DataFlow::In));
            assert_eq!(native, Ok(Native::Same(named)), "{declaration}");
        }
    });
}
