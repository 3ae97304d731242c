//! The files that managed metadata comes in, distinguished by their first bytes.

mod not_managed;
mod pe;
mod wasm;
mod webcil;

pub use not_managed::NotManaged;

use super::cursor::Span;
use super::error::{Place, ReadError};

/// Kind of container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// A PE image with 32-bit optional header.
    Pe32,
    /// A PE image with 64-bit optional header.
    Pe32Plus,
    /// A bare Webcil image of this major version.
    Webcil(u16),
    /// A Webcil image of this major version inside a wasm module.
    WasmWebcil(u16),
}

/// Most sections that the Windows loader accepts. Each address is looked for in all of them.
const MAX_SECTIONS: u16 = 96;

/// A section of an image.
#[derive(Clone, Copy, Debug)]
struct PeSection {
    rva: u32,
    /// Bytes present in the file.
    raw_size: u32,
    /// Offset in [`Image::payload`].
    raw_offset: u32,
}

/// An opened container: maps RVAs to bytes.
#[derive(Clone, Debug)]
pub struct Image<'a> {
    /// What it was read from.
    pub container: Container,
    /// What raw offsets are relative to: the file, or the Webcil payload in it.
    payload: Span<'a>,
    sections: Vec<PeSection>,
    cli_header: CliHeader,
    debug_directory: DataDirectory,
    /// Machine field of the COFF header; 0 in Webcil, which has none.
    machine: u16,
}

/// A part of an image, as its header names it; nothing is known to be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DataDirectory {
    /// Where it is loaded.
    pub rva: u32,
    /// In bytes.
    pub size: u32,
}

/// The CLI header (II.25.3.3), as far as it is used.
#[derive(Clone, Copy, Debug)]
struct CliHeader {
    metadata_rva: u32,
    metadata_size: u32,
    managed_native: DataDirectory,
}

impl<'a> Image<'a> {
    /// Recognises and opens a container; `None` when the bytes are not a managed image.
    pub fn open(bytes: &'a [u8]) -> Result<Option<Image<'a>>, ReadError> {
        let file = Span { data: bytes, base: 0 };
        if bytes.starts_with(pe::MAGIC) {
            pe::open(file)
        } else if bytes.starts_with(webcil::MAGIC) {
            webcil::open(file).map(|(version, image)| Some(Image { container: Container::Webcil(version), ..image }))
        } else if bytes.starts_with(wasm::MAGIC) {
            let Some(payload) = wasm::webcil_payload(file)? else { return Ok(None) };
            let (version, image) = webcil::open(payload)?;
            Ok(Some(Image { container: Container::WasmWebcil(version), ..image }))
        } else {
            Ok(None)
        }
    }

    fn new(
        container: Container,
        payload: Span<'a>,
        sections: Vec<PeSection>,
        cli_header_rva: u32,
        debug_directory: DataDirectory,
    ) -> Result<Image<'a>, ReadError> {
        let cli_header = CliHeader { metadata_rva: 0, metadata_size: 0, managed_native: DataDirectory::default() };
        let mut image = Image { container, payload, sections, cli_header, debug_directory, machine: 0 };
        let place = Place::Part("CLI header");
        let mut header = image.at_rva(cli_header_rva, place)?.cursor(place);
        if header.u32()? < 72 {
            return Err(header.error("CLI header of at least 72 bytes expected"));
        }
        header.skip(4)?;
        image.cli_header.metadata_rva = header.u32()?;
        image.cli_header.metadata_size = header.u32()?;
        header.skip(48)?;
        image.cli_header.managed_native = DataDirectory { rva: header.u32()?, size: header.u32()? };
        Ok(image)
    }

    /// True when the image contains ReadyToRun code next to the IL.
    pub fn is_ready_to_run(&self) -> bool {
        self.cli_header.managed_native.rva != 0
    }

    /// Where the header of the ReadyToRun code is, if there is any.
    pub fn managed_native(&self) -> Option<DataDirectory> {
        Some(self.cli_header.managed_native).filter(|directory| directory.rva != 0)
    }

    /// What a PE image says it was made for (II.25.2.2); `None` for Webcil.
    pub fn machine(&self) -> Option<u16> {
        matches!(self.container, Container::Pe32 | Container::Pe32Plus).then_some(self.machine)
    }

    /// Bytes in a pointer of the machine the image is for.
    pub fn pointer_size(&self) -> u32 {
        if self.container == Container::Pe32Plus { 8 } else { 4 }
    }

    /// Bytes of the file, or of the Webcil payload in it: no part of the image is larger.
    pub fn size(&self) -> usize {
        self.payload.data.len()
    }

    /// Number of sections: what a look-up of an address costs.
    pub fn section_count(&self) -> usize {
        self.sections.len()
    }

    /// The bytes of a part; all of it must be in one section.
    pub fn part(&self, part: DataDirectory, place: Place) -> Result<Span<'a>, ReadError> {
        if part.size == 0 {
            return Ok(Span { data: &[], base: self.payload.base });
        }
        let span = self.at_rva(part.rva, place)?;
        let error = ReadError::new(place, span.base, "part runs past the end of its section");
        span.sub(0, part.size as usize).ok_or(error)
    }

    /// The bytes from `rva` to the end of its section.
    pub fn at_rva(&self, rva: u32, place: Place) -> Result<Span<'a>, ReadError> {
        let found = self.sections.iter().find_map(|section| {
            let within = rva.checked_sub(section.rva).filter(|within| *within < section.raw_size)?;
            let bytes = self.payload.sub(section.raw_offset as usize, section.raw_size as usize)?;
            bytes.from(within as usize)
        });
        found.ok_or(ReadError::new(place, self.payload.base, "RVA outside of the image's sections"))
    }

    /// The debug directory; empty when there is none.
    pub(crate) fn debug_directory(&self) -> Result<Span<'a>, ReadError> {
        let place = Place::Part("debug directory");
        let DataDirectory { rva, size } = self.debug_directory;
        if size == 0 {
            return Ok(Span { data: &[], base: self.payload.base });
        }
        let span = self.at_rva(rva, place)?;
        let error = ReadError::new(place, span.base, "debug directory runs past the end of its section");
        span.sub(0, size as usize).ok_or(error)
    }

    pub(crate) fn metadata(&self) -> Result<Span<'a>, ReadError> {
        let place = Place::Part("metadata root");
        let span = self.at_rva(self.cli_header.metadata_rva, place)?;
        let size = self.cli_header.metadata_size as usize;
        span.sub(0, size).ok_or(ReadError::new(place, span.base, "metadata runs past the end of its section"))
    }
}
