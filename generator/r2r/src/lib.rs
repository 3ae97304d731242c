//! ReadyToRun images that bring thunks in: written, read back, and searched as the runtime does.

pub mod emit;
pub mod lookup;
pub mod ready_to_run;
