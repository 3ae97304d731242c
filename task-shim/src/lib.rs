//! Does the job of the MSBuild task ManagedToNativeGenerator: MSBuild's vocabulary in, XML out.
//!
//! It starts at [`task::run`]; [`command_line`] is the program `thunkgen-task`.
//!
//! ```
//! let directory = std::env::temp_dir();
//! let request = directory.join(format!("request-{}.xml", std::process::id()));
//! std::fs::write(&request, "<Project><PropertyGroup><TargetOS>linux</TargetOS></PropertyGroup></Project>").unwrap();
//! let answer = thunkgen_task::task::run(&request, &[]);
//! assert!(!answer.succeeded);
//! assert!(answer.problems.iter().any(|problem| problem.message == "TargetOS is `linux`, expected browser or wasi"));
//! # std::fs::remove_file(request).unwrap();
//! ```

pub mod answer;
pub mod arguments;
pub mod cache;
pub mod command_line;
pub mod escapes;
pub mod parameters;
pub mod request;
pub mod task;
