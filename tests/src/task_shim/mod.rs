//! The program `thunkgen-task`: requests for it, its answers as another XML reader sees them, and the MSBuild task that
//! starts it.

mod answer;
pub mod engine;
mod request;
mod work;

pub use answer::{Answer, Problem};
pub use request::{Request, escape};
pub use work::Work;

use std::path::Path;

use crate::executable::built;

/// Where the executable is, after cargo brought it up to date.
pub fn program() -> &'static Path {
    built("thunkgen-task")
}
