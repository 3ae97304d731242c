//! Looking thunks up: tables as a compiler reads them, the rules against their twin, coverage of real assemblies, images
//! that were changed, and the page about it.

#[path = "lookup/documentation.rs"]
mod documentation;
#[path = "lookup/fixtures.rs"]
mod fixtures;
#[path = "lookup/mutations.rs"]
mod mutations;
#[path = "lookup/real_sets.rs"]
mod real_sets;
#[path = "lookup/rules.rs"]
mod rules;
#[path = "lookup/tables.rs"]
mod tables;
