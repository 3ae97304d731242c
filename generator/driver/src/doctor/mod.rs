//! `doctor`: examines a published app, and says what fails at run time.

mod page;
pub mod report;

pub use page::page;
