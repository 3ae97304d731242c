//! What this tool would make for the keys of an image that it made.

use std::collections::{BTreeMap, BTreeSet};

use super::Check;
use super::body::difference;
use crate::emit::image_format::image_format;
use crate::emit::{AssemblyVersion, COMPILER, Guid, Identity, Thunk, image, thunk};
use crate::ready_to_run::{self, ImageThunk};
use clr_metadata::Module;
use clr_metadata::columns::{assembly, module};
use clr_wasm_abi::ThunkKey;
use thunkgen_core::RuntimeVersion;
use thunkgen_diagnostics::{Location, catalogue};

impl Check<'_, '_> {
    /// Compares the function of every key with the one that would be made.
    pub(super) fn bodies(&mut self, thunks: Vec<ImageThunk<'_, '_>>) {
        let made: Vec<Thunk> = self.keys(&thunks).iter().filter_map(|key| thunk(key).ok()).collect();
        let Ok(any_name) = "Thunks".parse() else { return };
        let mut identity = Identity::new(any_name);
        if let Ok(format) = image_format(self.file) {
            identity.format = format;
        }
        let Ok(bytes) = image(&made, &identity) else { return };
        let Ok(again) = ready_to_run::open(&bytes) else { return };
        let Ok(expected) = again.thunks() else { return };
        let expected: BTreeMap<&str, &ImageThunk<'_, '_>> = expected.iter().map(|thunk| (thunk.key, thunk)).collect();
        let (Some(module), Some(expected_module)) = (&self.file.wasm, &again.wasm) else { return };
        let mut seen = BTreeSet::new();
        let mut different = Vec::new();
        for thunk in thunks.iter().filter(|thunk| seen.insert(thunk.key)) {
            let (Some(function), Some(expected)) = (&thunk.function, expected.get(thunk.key)) else { continue };
            let Some(expected) = &expected.function else { continue };
            // Another type was reported as such.
            if function.ty != expected.ty {
                continue;
            }
            if let Some(difference) = difference((module, function), (expected_module, expected)) {
                different.push((thunk.key, function.index, difference));
            }
        }
        if self.is_of_this_format() {
            for (key, index, difference) in different {
                let place = match difference.at {
                    0 => "they differ in the locals".to_owned(),
                    at => format!("instruction {at} is `{}`, not `{}`", difference.found, difference.expected),
                };
                self.wrong(
                    &catalogue::THUNK_BODY,
                    format!("`{key}`: function {index} is not the thunk of this key: {place}"),
                );
            }
        } else if let [(key, ..), ..] = different[..] {
            let compiler = self.judged.compiler.as_deref().unwrap_or_default();
            let what = format!(
                "{} of {} thunks differ from what this version makes, first `{key}`; the image is of {compiler}: make it again",
                different.len(),
                self.judged.thunks
            );
            self.wrong(&catalogue::THUNK_BODY, what);
        }
    }

    /// Whether this version would make the same.
    fn is_of_this_format(&self) -> bool {
        self.judged.compiler.as_deref() == Some(COMPILER)
    }

    /// The keys that can be read, each once.
    fn keys(&self, thunks: &[ImageThunk<'_, '_>]) -> Vec<ThunkKey> {
        let keys: BTreeSet<&str> = thunks.iter().map(|thunk| thunk.key).collect();
        keys.into_iter().filter_map(|key| key.parse().ok()).collect()
    }

    /// An image of this version that has nothing else wrong is made again, and must be the same.
    pub(super) fn made_again(&mut self, bytes: &[u8]) {
        if self.wrong > 0 || !self.is_of_this_format() {
            return;
        }
        if !self.has_known_imports() {
            let what = "it imports names that no host of a known runtime version provides";
            self.diagnostics.report(&catalogue::EDITED_IMAGE, Location::file(self.path), what);
            return;
        }
        let thunks = self.file.thunks().unwrap_or_default();
        let made: Result<Vec<Thunk>, _> = self.keys(&thunks).iter().map(thunk).collect();
        let again = made.ok().zip(self.identity()).and_then(|(made, identity)| image(&made, &identity).ok());
        let same = again.as_deref().map(|again| again.iter().zip(bytes).take_while(|(a, b)| a == b).count());
        let what = match (again, same) {
            (Some(again), _) if again == bytes => return,
            (_, Some(at)) => {
                format!("it is not what `r2r emit` makes for its keys: the bytes differ at file offset 0x{at:x}")
            }
            _ => "it is not what `r2r emit` makes: no image has these keys and this name".to_owned(),
        };
        self.diagnostics.report(&catalogue::EDITED_IMAGE, Location::file(self.path), what);
    }

    /// Whether the host of one runtime version provides all imports.
    fn has_known_imports(&self) -> bool {
        let Some(wasm) = &self.file.wasm else { return false };
        RuntimeVersion::ALL.into_iter().any(|version| {
            let names = &version.facts().image.imports;
            let known = [&names.stack_pointer, &names.image_base, &names.table_base, &names.table, &names.memory];
            wasm.imports.iter().all(|import| known.iter().any(|name| *name == import.name))
        })
    }

    /// Name and versions, as the image states them.
    fn identity(&self) -> Option<Identity> {
        let module = Module::open(self.file.image.clone()?).ok()?;
        let part = |column| u16::try_from(module.tables.cell(column, 1).ok()?).ok();
        let mvid = module.heaps.guid(module.tables.cell(module::MVID, 1).ok()?).ok()??;
        let mut identity = Identity::new(module.assembly_name().ok()??.parse().ok()?);
        identity.version = AssemblyVersion([
            part(assembly::MAJOR_VERSION)?,
            part(assembly::MINOR_VERSION)?,
            part(assembly::BUILD_NUMBER)?,
            part(assembly::REVISION_NUMBER)?,
        ]);
        identity.mvid = Some(Guid(*mvid));
        identity.format = image_format(self.file).ok()?;
        Some(identity)
    }
}
