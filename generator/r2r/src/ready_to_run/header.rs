//! `READYTORUN_HEADER`, and the list of sections after it.

use super::section_kind::{COMPILER_IDENTIFIER, COMPONENT_ASSEMBLIES, IMPORT_SECTIONS, OWNER_COMPOSITE_EXECUTABLE};
use clr_metadata::cursor::Cursor;
use clr_metadata::{DataDirectory, Image};
use clr_metadata::{Place, ReadError};

const PLACE: Place = Place::Part("ReadyToRun header");

/// Most sections of a PE image that Windows loads; others have fewer.
const MAX_IMAGE_SECTIONS: usize = 96;

/// Bits of the header's flags and their names.
pub const FLAGS: [(u32, &str); 12] = [
    (0x001, "PLATFORM_NEUTRAL_SOURCE"),
    (0x002, "SKIP_TYPE_VALIDATION"),
    (0x004, "PARTIAL"),
    (0x008, "NONSHARED_PINVOKE_STUBS"),
    (0x010, "EMBEDDED_MSIL"),
    (0x020, "COMPONENT"),
    (0x040, "MULTIMODULE_VERSION_BUBBLE"),
    (0x080, "UNRELATED_R2R_CODE"),
    (0x100, "PLATFORM_NATIVE_IMAGE"),
    (0x200, "STRIPPED_IL_BODIES"),
    (0x400, "STRIPPED_INLINING_INFO"),
    (0x800, "STRIPPED_DEBUG_INFO"),
];

/// The names of the bits that are set, and the bits that have none.
pub fn flag_names(flags: u32) -> (Vec<&'static str>, u32) {
    let known = FLAGS.iter().fold(0, |known, (bit, _)| known | bit);
    (FLAGS.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| *name).collect(), flags & !known)
}

/// A part of the ReadyToRun data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// What it holds; [`section_name`](super::section_name) gives the name.
    pub kind: u32,
    /// Where it is; all of it is inside of the image.
    pub at: DataDirectory,
}

/// The part of the header that a composite image has once more for each of its assemblies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoreHeader {
    /// Bits of [`FLAGS`].
    pub flags: u32,
    /// In the order of the file, which is that of the kinds.
    pub sections: Vec<Section>,
}

/// ReadyToRun code of an image.
#[derive(Clone, Debug)]
pub struct ReadyToRun<'a> {
    pub(super) image: Image<'a>,
    /// Version of the format.
    pub major_version: u16,
    /// Version of the format: what was added without changing what was there.
    pub minor_version: u16,
    /// The rest of the header.
    pub core: CoreHeader,
}

impl<'a> ReadyToRun<'a> {
    /// Reads the header; `None` when the image holds no such code.
    ///
    /// Fails when the header or a section is not inside of the image.
    pub fn open(image: &Image<'a>) -> Result<Option<ReadyToRun<'a>>, ReadError> {
        let Some(directory) = image.managed_native() else { return Ok(None) };
        let mut header = image.part(directory, PLACE)?.cursor(PLACE);
        if header.bytes(4)? != b"RTR\0" {
            let start = image.part(directory, PLACE)?.cursor(PLACE);
            return Err(start.error("signature `RTR` expected: the managed native header may be that of an NGen image"));
        }
        if image.section_count() > MAX_IMAGE_SECTIONS {
            return Err(header.error("image of at most 96 sections expected"));
        }
        let (major_version, minor_version) = (header.u16()?, header.u16()?);
        let core = CoreHeader::read(image, &mut header)?;
        Ok(Some(ReadyToRun { image: image.clone(), major_version, minor_version, core }))
    }

    /// The part of the image that a section of this kind covers.
    pub fn section(&self, kind: u32) -> Option<DataDirectory> {
        self.core.sections.iter().find(|section| section.kind == kind).map(|section| section.at)
    }

    /// Where the import sections are listed.
    pub(super) fn import_sections_at(&self) -> Option<DataDirectory> {
        self.section(IMPORT_SECTIONS)
    }

    /// What the compiler called itself.
    pub fn compiler(&self) -> Result<Option<&'a str>, ReadError> {
        self.text(COMPILER_IDENTIFIER, Place::Part("ReadyToRun section CompilerIdentifier"))
    }

    /// The file with the code of this component assembly.
    pub fn owner_composite(&self) -> Result<Option<&'a str>, ReadError> {
        self.text(OWNER_COMPOSITE_EXECUTABLE, Place::Part("ReadyToRun section OwnerCompositeExecutable"))
    }

    /// A section that is one zero-terminated string.
    fn text(&self, kind: u32, place: Place) -> Result<Option<&'a str>, ReadError> {
        let Some(at) = self.section(kind) else { return Ok(None) };
        let span = self.image.part(at, place)?;
        let text = span.data.split(|byte| *byte == 0).next().unwrap_or_default();
        let error = ReadError::new(place, span.base, "UTF-8 expected");
        std::str::from_utf8(text).map(Some).map_err(|_| error)
    }

    /// The headers of a composite image's assemblies; empty for other images.
    pub fn components(&self) -> Result<Vec<CoreHeader>, ReadError> {
        let place = Place::Part("ReadyToRun section ComponentAssemblies");
        let Some(at) = self.section(COMPONENT_ASSEMBLIES) else { return Ok(Vec::new()) };
        let mut entries = self.image.part(at, place)?.cursor(place);
        let mut components = Vec::new();
        let mut sections = 0;
        while !entries.is_at_end() {
            entries.skip(8)?; // the CLI header
            let header = DataDirectory { rva: entries.u32()?, size: entries.u32()? };
            let mut cursor = self.image.part(header, place)?.cursor(place);
            let core = CoreHeader::read(&self.image, &mut cursor)?;
            sections += core.sections.len();
            if sections > self.image.size() / 12 {
                return Err(entries.error("component assemblies with headers of their own expected"));
            }
            components.push(core);
        }
        Ok(components)
    }
}

impl CoreHeader {
    fn read(image: &Image<'_>, header: &mut Cursor<'_>) -> Result<CoreHeader, ReadError> {
        let flags = header.u32()?;
        let count = header.u32()?;
        if count as usize > header.remaining() / 12 {
            return Err(header.error("header that holds the sections it counts expected"));
        }
        let mut sections: Vec<Section> = Vec::with_capacity(count as usize);
        for _ in 0..count {
            let start = *header;
            let kind = header.u32()?;
            let at = DataDirectory { rva: header.u32()?, size: header.u32()? };
            if sections.last().is_some_and(|last| last.kind >= kind) {
                return Err(start.error("sections sorted by their kind expected"));
            }
            if at.size != 0 {
                image.part(at, PLACE).map_err(|_| start.error("section inside of the image expected"))?;
            }
            sections.push(Section { kind, at });
        }
        Ok(CoreHeader { flags, sections })
    }
}
