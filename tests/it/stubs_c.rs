//! Stubs in C: every compiler reads them without a warning, their structs are laid out as managed code has them, and
//! a library that includes one is held to it.

mod corpus;
mod hostile;
mod layouts;
mod page;
mod random;
