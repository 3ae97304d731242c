//! Forms of the table stream: uncompressed with pointer tables and unsorted rows, minimal deltas, heap sizes, and the
//! row counts at which indices grow.

use clr_metadata::columns::{assembly, event_map, method_def, property_map, type_def};
use clr_metadata::{Any, Column, TableId};
use clr_wasm_abi::types::{Definition, Input, Named, Role, Type, TypeDefId, TypeSystem};
use thunkgen_tests::corrupt::schema::{COLUMNS, table as table_id};
use thunkgen_tests::webcil::metadata::{Form, Metadata, table};
use thunkgen_tests::webcil::pe;

use super::{dump, fixture, open};

/// Every fixture reads the same when its tables are said to be uncompressed.
#[test]
fn the_uncompressed_stream_of_sorted_tables() {
    for name in ["interop/Interop.dll", "metadata/Metadata.dll", "layouts/Layouts.dll"] {
        let compressed = fixture(name);
        let mut uncompressed = compressed.clone();
        let at = compressed.windows(4).position(|bytes| bytes == b"#~\0\0").expect("the name of the stream");
        uncompressed[at + 1] = b'-';
        assert!(dump(&open(&uncompressed)) == dump(&open(&compressed)), "{name}");
    }
}

/// One row of every table, cells told apart by their values.
fn one_row_each() -> Metadata {
    let mut module = Metadata::empty();
    for (number, columns) in COLUMNS.iter().enumerate() {
        let cells: Vec<u32> = columns.split(' ').enumerate().map(|(c, w)| cell(number, c, w)).collect();
        module.row(number, &cells);
    }
    module
}

fn cell(number: usize, column: usize, word: &str) -> u32 {
    match word.as_bytes()[0] {
        b's' | b'b' | b'@' | b'/' => (number * 16 + column + 1) as u32,
        b'g' => 1,
        b'2' => 0xF000 | (number * 16 + column) as u32,
        _ => 0xFEDC_0000 | (number * 16 + column) as u32,
    }
}

#[test]
fn heap_sizes_and_minimal_deltas() {
    for uncompressed in [false, true] {
        for minimal_delta in [false, true] {
            for heap_sizes in (0..8).flat_map(|bits| [bits, bits | 0x40]) {
                let mut module = one_row_each();
                module.form = Form { uncompressed, heap_sizes, minimal_delta, ..Form::default() };
                let file = pe::write(&module.write(), &[], false);
                let read = open(&file);
                for (number, columns) in COLUMNS.iter().enumerate() {
                    assert_eq!(read.tables.rows(table_id(number)), 1);
                    for (column, word) in columns.split(' ').enumerate() {
                        let found = read.tables.cell(column_of(number, column), 1);
                        assert_eq!(found, Ok(cell(number, column, word)), "{:?} 0x{number:x}.{column}", module.form);
                    }
                }
            }
        }
    }
}

/// Names of heaps in another case, and second heaps, as rewriters of IL write them: metadata that may be edited ignores
/// the case and takes the first heap of a name; other metadata takes the exact name and the last heap.
#[test]
fn names_of_heaps() {
    let name_of = |form: &Form| {
        let module = Metadata { form: form.clone(), ..Metadata::assembly("Renamed") };
        let file = pe::write(&module.write(), &[], false);
        let found = clr_metadata::open(&file).expect("metadata")?;
        let row = found.tables.all(TableId::Assembly).next().map(|row| found.string(assembly::NAME, row));
        row.and_then(Result::ok).map(str::to_owned)
    };
    let forms = [(true, false), (false, true), (true, true)];
    for (uncompressed, schema) in forms {
        for (lower_case, second_heaps) in [(false, true), (true, false), (true, true)] {
            let form = Form { uncompressed, schema, lower_case, second_heaps, ..Form::default() };
            assert_eq!(name_of(&form).as_deref(), Some("Renamed"), "{form:?}");
        }
    }
    for (lower_case, second_heaps) in [(false, true), (true, false)] {
        let form = Form { lower_case, second_heaps, ..Form::default() };
        assert_eq!(name_of(&form), None, "{form:?}");
    }
}

/// Tables of a PDB in an assembly are skipped, as the runtime does.
#[test]
fn tables_of_a_pdb() {
    for pdb_tables in [vec![(0x30, 8)], vec![(0x31, 4), (0x37, 6)], (0x30..0x38).map(|number| (number, 20)).collect()] {
        let form = Form { pdb_tables, ..Form::default() };
        let module = Metadata { form, ..one_row_each() };
        let file = pe::write(&module.write(), &[], false);
        let read = open(&file);
        for number in 0..COLUMNS.len() {
            assert_eq!(read.tables.rows(table_id(number)), 1, "{:?} 0x{number:x}", module.form);
        }
        assert_eq!(read.tables.rows(TableId::Document), 0);
    }
    let form = Form { pdb_tables: vec![(0x2E, 4)], ..Form::default() };
    let file = pe::write(&Metadata { form, ..one_row_each() }.write(), &[], false);
    assert!(clr_metadata::open(&file).is_err(), "no such table");
}

/// Indices grow when a table they can name has more rows than two bytes can tell, tag bits counted.
#[test]
fn index_widths_at_their_limits() {
    let coded_limits = [(table::TYPE_REF, 2), (table::FIELD, 5), (table::METHOD_DEF, 5), (table::TYPE_DEF, 5)];
    for (big, tag_bits) in coded_limits {
        for rows in [(1 << (16 - tag_bits)) - 1, 1 << (16 - tag_bits)] {
            check_widths(big, rows);
        }
    }
    for big in [table::FIELD, table::METHOD_DEF, table::PARAM, table::TYPE_DEF, table::GENERIC_PARAM] {
        for rows in [0xFFFF, 0x1_0000] {
            check_widths(big, rows);
        }
    }
}

fn check_widths(big: usize, rows: usize) {
    let mut module = one_row_each();
    let row = module.rows[big][0].clone();
    module.rows[big].resize(rows, row);
    let file = pe::write(&module.write(), &[], false);
    let read = open(&file);
    for (number, columns) in COLUMNS.iter().enumerate() {
        for (column, word) in columns.split(' ').enumerate() {
            let last = read.tables.rows(table_id(number));
            assert_eq!(last as usize, if number == big { rows } else { 1 });
            let found = read.tables.cell(column_of(number, column), last);
            assert_eq!(found, Ok(cell(number, column, word)), "{rows} rows of 0x{big:x}: 0x{number:x}.{column}");
        }
    }
}

fn column_of(table: usize, column: usize) -> Column<Any> {
    table_id(table).column(column).expect("a column")
}

/// Two types whose members are listed through pointer tables, in another order than the members' own.
#[test]
fn pointer_tables() {
    let mut module = Metadata::assembly("Pointers");
    module.form.uncompressed = true;
    let [a, b, p, q] = ["A", "B", "p", "q"].map(|name| module.string(name));
    let (field, method) = (module.blob(&[0x06, 0x08]), module.blob(&[0x00, 0x01, 0x01, 0x08]));
    // A owns the first two pointers of each kind, B the third.
    module.rows[table::TYPE_DEF][0][4..6].copy_from_slice(&[1, 1]);
    module.row(table::TYPE_DEF, &[0, a, 0, 1 << 2 | 1, 1, 1]);
    module.row(table::TYPE_DEF, &[0, b, 0, 1 << 2 | 1, 3, 3]);
    for pointer in [3, 1, 2] {
        module.row(0x03, &[pointer]);
        module.row(0x05, &[pointer]);
        module.row(table::FIELD, &[6, p, field]);
        module.row(0x07, &[4 - pointer]);
        module.row(0x13, &[pointer]);
        module.row(0x16, &[pointer]);
        module.row(table::PARAM, &[0, 1, q]);
        module.row(0x14, &[0, p, 1 << 2 | 1]);
        module.row(0x17, &[0, p, field]);
    }
    for first_param in [1, 2, 2] {
        module.row(table::METHOD_DEF, &[0, 0, 0, p, method, first_param]);
    }
    for (owner, first) in [(3, 1), (2, 3)] {
        module.row(0x12, &[owner, first]);
        module.row(0x15, &[owner, first]);
    }
    let file = pe::write(&module.write(), &[], false);
    let read = open(&file);
    let owned = |column, row| read.owned(column, row).expect("a list");
    for column in [type_def::FIELD_LIST, type_def::METHOD_LIST] {
        assert_eq!(owned(column, 1), [0; 0]);
        assert_eq!(owned(column, 2), [3, 1]);
        assert_eq!(owned(column, 3), [2]);
        assert_eq!(read.owners(column), Ok(vec![2, 3, 2]));
    }
    assert_eq!(owned(method_def::PARAM_LIST, 1), [1]);
    assert_eq!(owned(method_def::PARAM_LIST, 2), [0; 0]);
    assert_eq!(owned(method_def::PARAM_LIST, 3), [3, 2]);
    assert_eq!(owned(event_map::EVENT_LIST, 1), [3, 1]);
    assert_eq!(owned(property_map::PROPERTY_LIST, 2), [2]);
}

/// Tables that name what they are about, in no order: layouts, nesting, type parameters.
#[test]
fn unsorted_tables() {
    let mut module = Metadata::assembly("Unsorted");
    module.form.uncompressed = true;
    let int: &[u8] = &[0x06, 0x08];
    let types: Vec<u32> = (0..4).map(|n| module.value_type(&format!("T{n}"), &[int, int])).collect();
    for &ty in &types {
        module.rows[table::TYPE_DEF][ty as usize - 1][0] = 0x0010_0112; // explicit, nested public
    }
    for ty in types.iter().rev() {
        module.row(table::CLASS_LAYOUT, &[1, 100 + ty, *ty]);
        if *ty != types[0] {
            module.row(table::NESTED_CLASS, &[*ty, ty - 1]);
        }
    }
    for field in [8, 1, 5, 2, 7, 3, 6, 4] {
        module.row(table::FIELD_LAYOUT, &[field * 4, field]);
    }
    let name = module.string("T");
    for (number, owner) in [(0, types[2]), (0, types[0]), (1, types[2]), (2, types[2])] {
        module.row(table::GENERIC_PARAM, &[number, 0, owner << 1, name]);
    }
    let file = pe::write(&module.write(), &[], false);
    let mut diagnostics = thunkgen_diagnostics::Diagnostics::default();
    let input = Input { path: "Unsorted.dll", bytes: &file, role: Role::Input };
    let type_system = TypeSystem::load(&[input], &mut diagnostics);
    assert!(!diagnostics.has_errors());
    for (index, &ty) in types.iter().enumerate() {
        let assembly = type_system.assemblies().next().expect("the assembly").0;
        let info = type_system.type_info(TypeDefId { assembly, row: ty }).expect("a whole file");
        assert_eq!((info.pack, info.class_size), (1, 100 + ty), "{}", info.full_name);
        let offsets: Vec<_> = info.fields.iter().map(|field| field.offset).collect();
        let first = 2 * index as u32 + 1;
        assert_eq!(offsets, [Some(first * 4), Some(first * 4 + 4)], "{}", info.full_name);
        assert_eq!(info.full_name, (0..=index).map(|n| format!("T{n}")).collect::<Vec<_>>().join("+"));
        assert_eq!(info.generic_params, [1, 0, 3, 0][index], "{}", info.full_name);
    }
}

/// Types inside each other, all with the longest name.
#[test]
fn long_names_of_types() {
    let mut module = Metadata::assembly("Long");
    let types: Vec<u32> = (0..5).map(|_| module.value_type(&"T".repeat(4_095), &[&[0x06, 0x08]])).collect();
    for pair in types.windows(2) {
        module.rows[table::TYPE_DEF][pair[1] as usize - 1][0] = 0x0010_010A; // nested public
        module.row(table::NESTED_CLASS, &[pair[1], pair[0]]);
    }
    let file = pe::write(&module.write(), &[], false);
    let opened = open(&file);
    assert_eq!(opened.full_name(types[3]).expect("the longest name").len(), 16_383);
    let error = opened.full_name(types[4]).expect_err("a longer name").to_string();
    assert!(error.ends_with("full name of at most 16,383 bytes expected"), "{error}");

    let input = Input { path: "Long.dll", bytes: &file, role: Role::Input };
    let type_system = TypeSystem::load(&[input], &mut thunkgen_diagnostics::Diagnostics::default());
    let assembly = type_system.assemblies().next().expect("the assembly").0;
    let named = |arguments: Vec<Type>| {
        let definition = Definition::Resolved(TypeDefId { assembly, row: types[0] });
        Type::Value(Named { definition, arguments: arguments.into() })
    };
    let name = type_system.type_name(&named(vec![named(Vec::new()); 1_000_000]));
    assert_eq!((name.len(), &name[3_997..]), (4_000, "..."));
}
