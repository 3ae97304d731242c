//! ReadyToRun images that bring thunks in: written, read back, and searched as the runtime does.
//!
//! ```
//! let thunk = thunkgen_r2r::emit::thunk(&"MviS8p".parse().unwrap()).unwrap();
//! assert_eq!(thunk.name, "WasmInterpreterToR2RThunk(viS8p)");
//! assert_eq!(thunk.function_type.to_string(), "(i32, i32, i32) -> ()");
//! ```

pub mod emit;
pub mod lookup;
pub mod ready_to_run;
