//! Reading ReadyToRun code: images made by hand, images the tool wrote, damaged ones, and the real ones.
//!
//! ```text
//! THUNKGEN_SETS=... cargo test -p thunkgen-tests --test r2r_dump
//! ```

#[path = "r2r_dump/by_hand.rs"]
mod by_hand;
#[path = "r2r_dump/damage.rs"]
mod damage;
#[path = "r2r_dump/fixtures.rs"]
mod fixtures;
#[path = "r2r_dump/hostile.rs"]
mod hostile;
#[path = "r2r_dump/real_sets.rs"]
mod real_sets;
#[path = "r2r_dump/round_trip.rs"]
mod round_trip;
#[path = "r2r_dump/signatures.rs"]
mod signatures;

use thunkgen_tests::corrupt::alloc::Counting;

#[global_allocator]
static COUNTING: Counting = Counting;
