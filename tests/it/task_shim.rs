//! The program `thunkgen-task`: requests and answers, the same files as `thunkgen generate`, and when work is skipped.

mod cache;
mod equality;
mod interrupted;
mod names;
