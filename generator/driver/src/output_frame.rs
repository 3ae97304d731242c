//! The texts around every generated file, from the options for them.

use super::error::OptionError;
use super::files;
use super::options::{FrameText, Given, Outputs};
use thunkgen_core::emit::frame::Frame;
use thunkgen_diagnostics::{Diagnostics, catalogue};

/// The frame of the files of a job. A file that cannot be read, and a text in a manifest that cannot be used, are
/// reported.
///
/// # Errors
/// A text of another origin that cannot be used.
pub fn frame(outputs: &Outputs, diagnostics: &mut Diagnostics) -> Result<Frame, OptionError> {
    let mut frame = Frame::default();
    let steps: [(_, fn(Frame, &str) -> Result<Frame, String>); 2] =
        [(&outputs.header, Frame::with_header), (&outputs.trailer, Frame::with_trailer)];
    for (given, add) in steps {
        let Some(given) = given else { continue };
        let text = match &given.value {
            FrameText::Text(text) => text.clone(),
            FrameText::File(path) => files::read_text(path, diagnostics).unwrap_or_default(),
        };
        frame = usable(given, add(frame.clone(), &text), diagnostics)?.unwrap_or(frame);
    }
    if let Some(command) = &outputs.regenerate {
        frame = usable(command, frame.clone().with_command(command), diagnostics)?.unwrap_or(frame);
    }
    Ok(frame)
}

fn usable<T>(
    given: &Given<T>,
    frame: Result<Frame, String>,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Frame>, OptionError> {
    match (frame, given.origin.in_manifest()) {
        (Ok(frame), _) => Ok(Some(frame)),
        (Err(why), Some(location)) => {
            let message = format!("the text of `{}` cannot be in a comment: {why}", given.origin);
            diagnostics.report(&catalogue::MANIFEST_VALUE, location.clone(), message);
            Ok(None)
        }
        (Err(why), None) => Err(OptionError::of(
            &given.origin,
            format_args!("{}: the text cannot be in a comment: {why}", given.origin),
        )),
    }
}

impl Outputs {
    /// The files that are read for the texts.
    pub fn frame_files(&self) -> impl Iterator<Item = &std::path::PathBuf> {
        [&self.header, &self.trailer].into_iter().flatten().filter_map(|given| match &given.value {
            FrameText::File(path) => Some(path),
            FrameText::Text(_) => None,
        })
    }
}
