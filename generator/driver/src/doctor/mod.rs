//! `doctor`: examines a published app, and says what fails at run time.

pub mod report;
