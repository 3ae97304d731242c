//! Finds the wanted functions.

use std::collections::BTreeMap;
use std::sync::Arc;

use gimli::{DebugAbbrev, Dwarf, EndianSlice, LittleEndian, Section, constants as dw};

use super::types::{At, Entry, Slice, Types, Unit};
use super::{DebugFunction, DebugInfo, Shape};
use crate::FuncType;

/// Name of the section that is always present.
pub(crate) const DEBUG_INFO: &str = ".debug_info";

/// Maximum length of the symbol of a declaration, in bytes: that of a name in an assembly.
const MAX_SYMBOL: usize = 4_095;

/// Least bytes of a file or directory in a line table: a reference to its name.
const MIN_FILE: usize = 4;

/// The functions to read.
pub(crate) struct Wanted<'w> {
    /// Index of the body at an address, which is an offset in the code section.
    pub body_at: &'w dyn Fn(u64) -> Option<usize>,
    /// Types of the wanted functions, by index of their body.
    pub functions: BTreeMap<usize, &'w FuncType>,
    /// Types of functions that are declared but not defined.
    pub declared: BTreeMap<&'w str, &'w FuncType>,
}

/// Reads custom sections, given by name. Malformed parts are skipped.
pub(crate) fn read(sections: &[(&str, &[u8])], wanted: &Wanted<'_>) -> DebugInfo {
    let section = |id: gimli::SectionId| -> Result<Slice<'_>, gimli::Error> {
        let found = sections.iter().find(|(name, _)| *name == id.name());
        Ok(EndianSlice::new(found.map_or(&[], |(_, bytes)| bytes), LittleEndian))
    };
    let Ok(mut dwarf) = Dwarf::load(section) else { return DebugInfo::default() };
    share_abbreviations(&mut dwarf);
    let units = units(&dwarf);
    let mut types = Types::new(&dwarf, &units);
    types.info.bytes = sections.iter().find(|(name, _)| *name == DEBUG_INFO).map_or(0, |(_, bytes)| bytes.len());
    for (index, unit) in units.iter().enumerate() {
        for (offset, found) in subprograms(&dwarf, unit, wanted).unwrap_or_default() {
            let is_known = match &found {
                Found::Body(body) => types.info.functions.contains_key(body),
                Found::Declared(name) => types.info.declared.contains_key(*name),
            };
            let found_function = if is_known { None } else { function(&mut types, (index, offset)) };
            let Some((function, shape)) = found_function else { continue };
            match found {
                Found::Body(body) => {
                    let shape = wanted.functions.get(&body).and_then(|ty| fitting(shape, ty));
                    types.info.functions.insert(body, DebugFunction { shape, ..function });
                }
                Found::Declared(name) => {
                    let shape = wanted.declared.get(name).and_then(|ty| fitting(shape, ty));
                    types.info.declared.insert(name.to_owned(), DebugFunction { shape, ..function });
                }
            }
        }
    }
    types.info
}

/// Reads each table of abbreviations once, up to the next one: tables that overlap are malformed, and many could share the
/// same long end.
fn share_abbreviations(dwarf: &mut Dwarf<Slice<'_>>) {
    let mut offsets = Vec::new();
    let mut headers = dwarf.units();
    while let Ok(Some(header)) = headers.next() {
        offsets.push(header.debug_abbrev_offset());
    }
    offsets.sort_unstable_by_key(|offset| offset.0);
    offsets.dedup();
    let section = dwarf.debug_abbrev.reader().slice();
    let ends = offsets.iter().skip(1).map(|offset| offset.0.min(section.len())).chain([section.len()]);
    for (offset, end) in offsets.iter().zip(ends) {
        let table = DebugAbbrev::new(&section[..end], LittleEndian).abbreviations(*offset);
        dwarf.abbreviations_cache.set::<Slice<'_>>(*offset, Arc::new(table.unwrap_or_default()));
    }
}

/// The units. Each has a list of the files in its line table: many that share a long table would need much memory, so
/// those after as many files as the section can have are skipped.
fn units<'d>(dwarf: &Dwarf<Slice<'d>>) -> Vec<Unit<'d>> {
    let mut left = dwarf.debug_line.reader().len() / MIN_FILE + 1_000;
    let mut units = Vec::new();
    let mut headers = dwarf.units();
    while let Ok(Some(header)) = headers.next() {
        let Ok(unit) = dwarf.unit(header) else { continue };
        let lines = unit.line_program.as_ref().map(|lines| lines.header());
        let files = lines.map_or(0, |header| header.file_names().len() + header.include_directories().len());
        let Some(rest) = left.checked_sub(files) else { break };
        left = rest;
        units.push(unit);
    }
    units
}

enum Found<'w> {
    Body(usize),
    Declared(&'w str),
}

/// The wanted functions of a unit.
fn subprograms<'w>(
    dwarf: &Dwarf<Slice<'_>>,
    unit: &Unit<'_>,
    wanted: &Wanted<'w>,
) -> Result<Vec<(gimli::UnitOffset, Found<'w>)>, gimli::Error> {
    let mut found = Vec::new();
    let mut entries = unit.entries_raw(None)?;
    let mut entry = Entry::null();
    while !entries.is_empty() {
        // Entries before malformed data are used.
        match entries.read_entry(&mut entry) {
            Ok(true) if entry.tag() == dw::DW_TAG_subprogram => {}
            Ok(_) => continue,
            Err(_) => break,
        }
        let address = match entry.attr_value(dw::DW_AT_low_pc) {
            Some(value) => dwarf.attr_address(unit, value).ok().flatten(),
            None => None,
        };
        if let Some(body) = address.and_then(|address| (wanted.body_at)(address)) {
            if wanted.functions.contains_key(&body) {
                found.push((entry.offset(), Found::Body(body)));
            }
        } else if address.is_none() && !wanted.declared.is_empty() && entry.has_attr(dw::DW_AT_declaration) {
            let name = match entry.attr_value(dw::DW_AT_linkage_name) {
                None => entry.attr_value(dw::DW_AT_name).filter(|_| entry.depth() == 1),
                linkage => linkage,
            };
            let name = name.and_then(|name| dwarf.attr_string(unit, name).ok());
            let name = name.filter(|name| name.len() <= MAX_SYMBOL).and_then(|name| name.to_string().ok());
            if let Some((name, _)) = name.and_then(|name| wanted.declared.get_key_value(name)) {
                found.push((entry.offset(), Found::Declared(name)));
            }
        }
    }
    Ok(found)
}

/// A function, and the type in its declaration.
fn function(types: &mut Types<'_>, at: At) -> Option<(DebugFunction, Shape)> {
    let entry = types.entry(at)?;
    // An inlined function has its parameters at its origin, a method its name at its specification.
    let origin = types.reference(at, &entry, dw::DW_AT_abstract_origin);
    let specified = origin.map_or(Some((at, entry.clone())), |of| Some((of, types.entry(of)?)));
    let specification = specified.as_ref().and_then(|(at, entry)| types.reference(*at, entry, dw::DW_AT_specification));
    let chain: Vec<(At, Entry<'_>)> = [Some((at, entry)), origin.and(specified)]
        .into_iter()
        .flatten()
        .chain(specification.and_then(|of| Some((of, types.entry(of)?))))
        .collect();
    let name = chain.iter().find_map(|(at, entry)| types.text(*at, entry, dw::DW_AT_name)).unwrap_or_default();
    let place = chain.iter().find_map(|(at, entry)| types.place(*at, entry));
    let ret = chain.iter().find_map(|(at, entry)| types.reference(*at, entry, dw::DW_AT_type));
    let language = types.language(at.0);
    let shape = types.shape(ret, origin.unwrap_or(at), 0);
    Some((DebugFunction { name, place, language, shape: None }, shape))
}

/// The shape, if it lowers to the type of the function. It does not for a function without a prototype, or if an
/// optimisation changed the function.
fn fitting(shape: Shape, ty: &FuncType) -> Option<Shape> {
    (shape.ty == *ty).then_some(shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ValType;

    /// A unit with `n` functions, whose names and parameters are one long string.
    #[test]
    fn names_are_shortened() {
        let n: u8 = 3;
        let abbreviations = [
            &[1, 0x11, 1, 0, 0][..],                        // a unit
            &[2, 0x2E, 1, 0x03, 0x0E, 0x11, 0x01, 0, 0],    // a function: name, address
            &[3, 0x05, 0, 0x03, 0x0E, 0x49, 0x13, 0, 0],    // a parameter: name, type
            &[4, 0x24, 0, 0x0B, 0x0B, 0x3E, 0x0B, 0, 0, 0], // a base type: size, encoding
        ];
        // After the header of 11 bytes: the unit, and a base type at 12.
        let mut entries = vec![1, 4, 4, 5];
        for address in 0..n {
            entries.extend([2, 0, 0, 0, 0, address, 0, 0, 0]);
            entries.extend([3, 0, 0, 0, 0, 12, 0, 0, 0, 0]);
        }
        entries.push(0);
        let header = [&(7 + entries.len() as u32).to_le_bytes()[..], &[4, 0, 0, 0, 0, 0, 4]].concat();
        let (abbreviations, units) = (abbreviations.concat(), [header, entries].concat());
        let text = ["\u{20AC}".repeat(100_000).as_bytes(), b"\0"].concat();
        let ty = FuncType::new([ValType::I32], None);
        let wanted = Wanted {
            body_at: &|address| usize::try_from(address).ok(),
            functions: (0..usize::from(n)).map(|body| (body, &ty)).collect(),
            declared: BTreeMap::new(),
        };
        let sections = [(".debug_abbrev", &*abbreviations), (DEBUG_INFO, &*units), (".debug_str", &*text)];
        let info = read(&sections, &wanted);
        assert_eq!(info.functions.len(), usize::from(n));
        let short = format!("{}...", "\u{20AC}".repeat(80));
        for function in info.functions.values() {
            assert_eq!((&function.name, &function.shape.as_ref().unwrap().params[0].name), (&short, &short));
        }
    }

    /// Units that share one line table with so many files.
    #[test]
    fn lists_of_files_have_a_limit() {
        let read_units = |files: usize| {
            let table = [
                // Version 4, with a header of this length.
                &(6 + 19 + 5 * files as u32 + 1).to_le_bytes()[..],
                &[4, 0],
                &(19 + 5 * files as u32 + 1).to_le_bytes(),
                // Lengths of operations, without directories.
                &[1, 1, 1, 0xFB, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0],
                &b"a\0\0\0\0".repeat(files),
                &[0],
            ];
            let lines = table.concat();
            // A unit without children, with the offset of its line table.
            let units = [12, 0, 0, 0, 4, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0].repeat(3);
            let abbreviations: &[u8] = &[1, 0x11, 0, 0x10, 0x17, 0, 0, 0];
            let sections = [(".debug_abbrev", abbreviations), (DEBUG_INFO, &units), (".debug_line", &lines)];
            let section = |id: gimli::SectionId| -> Result<Slice<'_>, gimli::Error> {
                let found = sections.iter().find(|(name, _)| *name == id.name());
                Ok(EndianSlice::new(found.map_or(&[], |(_, bytes)| bytes), LittleEndian))
            };
            units_with_lines(&Dwarf::load(section).unwrap())
        };
        assert_eq!(read_units(5), 3);
        assert_eq!(read_units(2_000), 1);
    }

    /// Units without children whose tables of abbreviations are at these offsets.
    #[test]
    fn abbreviations_end_where_the_next_ones_start() {
        let read_units = |offsets: &[u8]| {
            let entries: Vec<u8> =
                offsets.iter().flat_map(|offset| [8, 0, 0, 0, 4, 0, *offset, 0, 0, 0, 4, 1]).collect();
            // The unit, and another entry that has no attributes.
            let table: &[u8] = &[1, 0x11, 0, 0, 0, 2, 0x2E, 0, 0, 0, 0];
            let abbreviations = table.repeat(2);
            let sections = [(".debug_abbrev", &*abbreviations), (DEBUG_INFO, &*entries)];
            let section = |id: gimli::SectionId| -> Result<Slice<'_>, gimli::Error> {
                let found = sections.iter().find(|(name, _)| *name == id.name());
                Ok(EndianSlice::new(found.map_or(&[], |(_, bytes)| bytes), LittleEndian))
            };
            let mut dwarf = Dwarf::load(section).unwrap();
            share_abbreviations(&mut dwarf);
            units(&dwarf).iter().map(|unit| unit.abbreviations.get(2).is_some()).collect::<Vec<_>>()
        };
        assert_eq!(read_units(&[0, 11, 0]), [true, true, true]);
        assert_eq!(read_units(&[0, 5]), [false]);
        assert_eq!(read_units(&[11, 200]), [true]);
    }

    fn units_with_lines(dwarf: &Dwarf<Slice<'_>>) -> usize {
        units(dwarf).iter().filter(|unit| unit.line_program.is_some()).count()
    }
}
