//! Skeletons in C: every compiler reads them without a warning, their structs are laid out as managed code has them, and
//! a library that includes one is held to it.

#[path = "skeleton_c/corpus.rs"]
mod corpus;
#[path = "skeleton_c/hostile.rs"]
mod hostile;
#[path = "skeleton_c/layouts.rs"]
mod layouts;
#[path = "skeleton_c/page.rs"]
mod page;
#[path = "skeleton_c/random.rs"]
mod random;
