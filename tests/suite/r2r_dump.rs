//! Reading ReadyToRun code: images made by hand, images the tool wrote, and the real ones.
//!
//! ```text
//! THUNKGEN_SETS=... cargo test -p thunkgen-tests --test r2r_dump -- --include-ignored
//! ```

#[path = "r2r_dump/by_hand.rs"]
mod by_hand;
#[path = "r2r_dump/fixtures.rs"]
mod fixtures;
