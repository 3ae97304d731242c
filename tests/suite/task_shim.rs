//! The program `thunkgen-task`: requests and answers, the same files as `thunkgen generate`, and when work is skipped.

#[path = "task_shim/cache.rs"]
mod cache;
#[path = "task_shim/equality.rs"]
mod equality;
#[path = "task_shim/interrupted.rs"]
mod interrupted;
#[path = "task_shim/names.rs"]
mod names;
