//! Looking thunks up: tables as a compiler reads them, the rules against their twin, coverage of real assemblies, images
//! that were changed, and the page about it.

mod difference;
mod documentation;
mod fixtures;
mod log;
mod mutations;
mod real_sets;
mod rules;
mod tables;
