//! Damaged inputs: real files cut short or with a byte changed, and whether anything but an error comes of it.
//!
//! A [`case::Case`] follows from a seed and its number alone, so a failing one can be run again by itself.

pub mod alloc;
pub mod case;
pub mod corpus;
pub mod locate;
pub mod prng;
pub mod process;
pub mod rename;
pub mod runner;
pub mod schema;
pub mod walk;
