//! `calli` instructions. Method bodies are read only if the module has a StandAloneSig that a `calli` could use.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Site;
use crate::collect::conventions::Conventions;
use crate::collect::ir::ReasonKind;
use crate::collect::{Collector, MethodRef};
use clr_metadata::columns::stand_alone_sig;
use clr_metadata::il::MethodCode;
use clr_metadata::{CallConv, MethodSig, ReadError, StandAloneSig, TableId, Token};
use clr_wasm_abi::types::{AssemblyId, BadImage, TypeSystem};

/// The `calli` opcode.
const CALLI: u16 = 0x29;

/// First byte of a StandAloneSig that is not for a `calli`.
const FIELD: u8 = 0x06;
const LOCALS: u8 = 0x07;

/// Every unmanaged `calli`.
pub(super) struct Calls {
    /// The unmanaged signatures, by row.
    signatures: BTreeMap<u32, Rc<MethodSig>>,
    /// Method, row of the signature, and the call's offset.
    found: Vec<(u32, u32, u32)>,
}

impl Calls {
    /// None yet.
    pub fn new(collector: &Collector<'_, '_>, index: AssemblyId) -> Result<Calls, BadImage> {
        let signatures = unmanaged_signatures(collector, index)?;
        Ok(Calls { signatures, found: Vec::new() })
    }

    /// Whether the code of the assembly may have any.
    pub fn needs_code(&self) -> bool {
        !self.signatures.is_empty()
    }

    /// Adds those of a method.
    pub fn visit(&mut self, method: u32, code: &MethodCode<'_>) -> Result<(), ReadError> {
        if self.needs_code() && may_call(code) {
            for found in code.tokens() {
                let found = found?;
                let row = Token::from_u32(found.token).filter(|token| token.table == TableId::StandAloneSig);
                if let Some(row) = row.filter(|_| found.opcode == CALLI) {
                    self.found.push((method, row.row, found.offset));
                }
            }
        }
        Ok(())
    }

    /// Each once per calling method and signature. Those without a thunk are reported.
    pub fn into_sites(mut self, collector: &mut Collector<'_, '_>, index: AssemblyId) -> Result<Vec<Site>, BadImage> {
        self.found.sort_unstable();
        self.found.dedup_by_key(|(method, row, _)| (*method, *row));
        let mut sites = Vec::new();
        for (method, row, offset) in self.found {
            if let Some(sig) = self.signatures.get(&row) {
                sites.extend(site(collector, index, (method, offset), sig)?);
            }
        }
        Ok(sites)
    }
}

/// The method signatures in StandAloneSig with an unmanaged convention, by row.
fn unmanaged_signatures(
    collector: &Collector<'_, '_>,
    index: AssemblyId,
) -> Result<BTreeMap<u32, Rc<MethodSig>>, BadImage> {
    let module = &collector.assembly(index).module;
    let mut signatures = BTreeMap::new();
    let heap = module.heaps.blob_heap();
    for (blob, row) in module.tables.cells(stand_alone_sig::SIGNATURE).zip(1..) {
        // Most are those of locals, and have a length of one byte.
        if let Some([0..0x80, LOCALS, ..]) = heap.get(blob as usize..) {
            continue;
        }
        let first = module.heaps.blob(blob).map_err(TypeSystem::bad_image(index))?.first().copied();
        if first.is_none_or(|first| [FIELD, LOCALS].contains(&first)) {
            continue;
        }
        if let StandAloneSig::Method(sig) = collector.type_system.stand_alone_signature(index, row)?
            && sig.conv != CallConv::Default
        {
            signatures.insert(row, Rc::new(sig));
        }
    }
    Ok(signatures)
}

/// Whether the bytes of a body may contain a `calli`: most bodies do not, and are not decoded.
fn may_call(code: &MethodCode<'_>) -> bool {
    // The token's last byte is its table: rarer than the opcode.
    let code = code.bytes();
    let mut tables = memchr::memchr_iter(TableId::StandAloneSig as u8, code);
    tables.any(|at| at.checked_sub(4).is_some_and(|opcode| code[opcode] == CALLI as u8))
}

fn site(
    collector: &mut Collector<'_, '_>,
    index: AssemblyId,
    (method, offset): (u32, u32),
    sig: &Rc<MethodSig>,
) -> Result<Option<Site>, BadImage> {
    let owner = collector.assembly(index).method_owner(method).map_err(TypeSystem::bad_image(index))?;
    let Some(owner) = owner else { return Ok(None) };
    if collector.is_excluded_by_platform(index, Some(method), Some(owner))? {
        return Ok(None);
    }
    let member = Rc::new(MethodRef { instruction: Some(offset), ..collector.method_ref(index, method)? });
    if let Some((rule, problem)) = Conventions::of_signature(collector, index, sig).problem(!sig.params.is_empty()) {
        collector.report(rule, &member, problem);
        return Ok(None);
    }
    let kind = ReasonKind::Calli;
    Ok(Some(Site { kind, member, assembly: index, owner, method: Some(method), sig: Rc::clone(sig) }))
}
