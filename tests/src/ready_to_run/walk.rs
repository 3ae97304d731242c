//! Asks everything of an image that the tool could ask of its ReadyToRun code and its module.
//!
//! Any bytes may be given: this is the entry point for fuzzing the readers of Webcil, of ReadyToRun code, of string
//! thunks and of wrapper modules.

use thunkgen_r2r::ready_to_run;

/// What a walk met, to see that it was no short one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Walked {
    /// The file could not be opened.
    pub refused: usize,
    /// The file holds no ReadyToRun code.
    pub plain: usize,
    /// Fixups that were read.
    pub fixups: usize,
    /// String thunks that were read.
    pub thunks: usize,
    /// Those whose function was found.
    pub functions: usize,
    /// Parts that could not be read.
    pub errors: usize,
}

impl Walked {
    /// Adds what another walk met.
    pub fn add(&mut self, other: Walked) {
        self.refused += other.refused;
        self.plain += other.plain;
        self.fixups += other.fixups;
        self.thunks += other.thunks;
        self.functions += other.functions;
        self.errors += other.errors;
    }

    fn note<T>(&mut self, result: Result<T, impl ToString>) -> Option<T> {
        result.inspect_err(|error| self.error(&error.to_string())).ok()
    }

    fn error(&mut self, message: &str) {
        assert!(!message.chars().any(char::is_control), "a message with control characters: {message:?}");
        assert!(message.len() < 300, "a long message: {message}");
        self.errors += 1;
    }
}

/// Walks a file; only a panic in the reader, or a message that is no clean line, is a failure.
pub fn walk(bytes: &[u8]) -> Walked {
    let mut walked = Walked::default();
    let file = match ready_to_run::open(bytes) {
        Ok(file) => file,
        Err(error) => {
            walked.error(&error.to_string());
            return Walked { refused: 1, errors: 0, ..walked };
        }
    };
    if let Some(wasm) = &file.wasm {
        walked.note(wasm.announced());
        let (_, _, _) = (wasm.payload(), wasm.bases(), wasm.wrapper_version());
        for index in 0..wasm.function_count() as u32 {
            let function = wasm.function(index).expect("an index below the count");
            assert_eq!(bytes.get(function.range.clone()).filter(|body| !body.is_empty()), function.body);
        }
    }
    let Some(code) = &file.ready_to_run else {
        walked.plain = 1;
        return walked;
    };
    walked.note(code.compiler());
    walked.note(code.owner_composite());
    walked.note(code.components());
    for section in walked.note(code.import_sections()).unwrap_or_default() {
        for fixup in walked.note(code.fixups(&section)).into_iter().flatten() {
            walked.fixups += usize::from(walked.note(fixup).is_some());
        }
    }
    for table in walked.note(code.string_thunks()).unwrap_or_default() {
        let disorder = table.blob.disorder();
        assert!(disorder.duplicates.len() < table.blob.thunks.len().max(1));
    }
    for thunk in walked.note(file.thunks()).unwrap_or_default() {
        walked.thunks += 1;
        walked.functions += usize::from(thunk.function.is_some());
        assert!(!thunk.key.is_empty() && !thunk.key.contains('\0'));
        assert_eq!(bytes.get(thunk.offset..thunk.offset + thunk.key.len()), Some(thunk.key.as_bytes()));
    }
    walked
}
