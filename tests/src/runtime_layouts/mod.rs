//! Value-type layouts as a real .NET runtime has them, to compare the layout engine's with.
//!
//! A C# program (`tests/oracle/RuntimeLayouts.cs`) measures sizes with the IL instruction `sizeof` and offsets as
//! differences of addresses; see there for what it is asked and answers.

pub mod compare;
pub mod exceptions;
pub mod instantiations;
pub mod lab;
pub mod notation;
pub mod oracle;
pub mod random;
pub mod session;
pub mod subjects;
