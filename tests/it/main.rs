//! Every suite that runs in one program, a module each: `cargo test -p thunkgen-tests --test it lookup::`.

mod adopt;
mod architecture;
mod build_script;
mod check_native;
mod clang_layouts;
mod cmake;
mod compare_tables;
mod conventions_page;
mod crossgen2;
mod declarations;
mod delegates;
mod dependencies;
#[cfg(unix)]
mod depfiles;
mod determinism;
mod diagnostics_page;
mod doctor;
mod emscripten;
mod executed_fixtures;
mod executed_interp_to_native;
mod executed_pinvoke;
mod executed_reverse;
mod explain;
mod extended_layout;
#[cfg(unix)]
mod faults;
mod fixture_keys;
mod harness;
mod layouts;
mod linked_tables;
mod links;
mod lookup;
mod manifest_page;
mod marshalling;
mod merges;
mod msbuild;
mod msbuild_engine;
mod native_declarations;
mod node_host;
mod peer_reader;
mod r2r_dump;
mod r2r_executed;
mod r2r_images;
mod r2r_mutations;
mod r2r_object;
mod reader;
mod readme;
mod real_packages;
mod real_sets;
mod recipes;
mod registry;
mod registry_images;
mod report_page;
mod round_trip;
mod runtime_layouts;
mod site;
mod snippets;
mod stubs_c;
mod stubs_rust;
mod task_shim;
mod task_shim_engine;
mod templates_compile;
mod terminal;
mod verdicts;
mod wording;
mod worked_signatures;

use thunkgen_tests::corrupt::alloc::Counting;

// Counts by thread, for suites that bound memory.
#[global_allocator]
static COUNTING: Counting = Counting;
