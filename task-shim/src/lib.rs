//! Does the job of the MSBuild task ManagedToNativeGenerator: MSBuild's vocabulary in, XML out.
//!
//! | module | does |
//! |---|---|
//! | [`request`] | reads the request, an MSBuild file of properties and items |
//! | [`escapes`] | lists and `%XX` |
//! | [`parameters`] | the names that mean something |
//! | [`arguments`] | turns them into the options of a run |
//! | [`cache`] | remembers what the outputs were made from |
//! | [`task`] | all of it, in order |
//! | [`answer`] | what the caller gets |
//! | [`command_line`] | the program `thunkgen-task` |
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
