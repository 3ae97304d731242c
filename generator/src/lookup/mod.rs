//! Which thunk the runtime finds for a key, and where it comes from.

pub mod cpp;
