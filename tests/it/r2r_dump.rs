//! Reading ReadyToRun code: images made by hand, images the tool wrote, damaged ones, and the real ones.
//!
//! ```text
//! THUNKGEN_SETS=... cargo test -p thunkgen-tests --test it r2r_dump:: -- --include-ignored
//! ```

mod by_hand;
mod damage;
mod fixtures;
mod hostile;
mod real_sets;
mod round_trip;
mod signatures;
