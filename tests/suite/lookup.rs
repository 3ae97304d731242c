//! Looking thunks up: the rules against their twin, coverage of real assemblies, and images that were changed.

#[path = "lookup/fixtures.rs"]
mod fixtures;
#[path = "lookup/mutations.rs"]
mod mutations;
#[path = "lookup/real_sets.rs"]
mod real_sets;
#[path = "lookup/rules.rs"]
mod rules;
