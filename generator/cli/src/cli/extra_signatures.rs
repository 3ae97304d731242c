//! Files of signatures that the user asks for; what their lines mean is for [`crate::collect::extra_signatures`].

use super::args::ExtraArgs;
use super::error::reason;
use crate::collect::extra_signatures::{self, ExtraSignature};
use crate::diagnostics::{Diagnostics, Location, catalogue};

/// The signatures of all files, in the order they were given. What cannot be used is reported with its place.
pub fn gather(args: &ExtraArgs, diagnostics: &mut Diagnostics) -> Vec<ExtraSignature> {
    let mut found = Vec::new();
    for path in &args.extra_signatures {
        let file = path.display().to_string();
        match std::fs::read(path) {
            Ok(bytes) => found.extend(extra_signatures::read(&file, &String::from_utf8_lossy(&bytes), diagnostics)),
            Err(error) => diagnostics.report(&catalogue::UNREADABLE, Location::file(file), reason(&error)),
        }
    }
    found
}
