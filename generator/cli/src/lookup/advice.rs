//! What would provide a thunk that is not there.

use clr_wasm_abi::{Signature, ThunkKey};

/// What can be done, each in a line; `users` is how many members of the assemblies need the key, when some were named.
pub fn advice(key: &ThunkKey, users: Option<usize>) -> Vec<String> {
    let emit = format!("an image, without linking again: `thunkgen r2r emit --key {key} --out thunks.wasm`");
    match key {
        ThunkKey::FromInterp(Signature { managed: false, .. }) => {
            let table = match users {
                Some(0) | None => format!(
                    "the table, linked again: a line `{key} # why` in a file for `thunkgen generate --extra-signatures`"
                ),
                Some(_) => "the table, linked again: `thunkgen generate` for the assemblies makes it".to_owned(),
            };
            vec![table, emit]
        }
        ThunkKey::FromInterp(_) => {
            let other = match users {
                Some(0) | None => "the image of the method that is called: its compiler adds the thunk".to_owned(),
                Some(_) => "the table, linked again: `thunkgen generate` for the assemblies makes it".to_owned(),
            };
            vec![other, emit]
        }
        ThunkKey::ToInterp(_) => {
            vec!["the image of the code that calls: its compiler adds the thunk".to_owned(), emit]
        }
        ThunkKey::Flat(..) => {
            vec!["the image of the code that needs it: only its compiler makes such thunks".to_owned()]
        }
    }
}
