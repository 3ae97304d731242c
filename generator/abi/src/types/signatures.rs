//! Decodes the signatures of metadata rows. Many rows may share a long one, so long ones are charged to a limit of the run.

use super::type_system::{AssemblyId, BadImage, TypeSystem};
use clr_metadata::columns::{field, member_ref, method_def, method_spec, stand_alone_sig, type_spec};
use clr_metadata::{
    Blob, Column, Heaps, MethodSig, ReadError, StandAloneSig, TableId, Token, TypeSig, decode_field, decode_method,
    decode_method_spec, decode_stand_alone, decode_type_spec,
};

/// Bytes of each signature that are not charged: nearly all signatures are shorter.
const FREE_BYTES: usize = 32;

/// Bytes of all long signatures that a run may decode, by the size of its inputs. Real assemblies need less than a
/// hundredth.
pub(super) fn signature_bytes_of_run(input_bytes: usize) -> usize {
    input_bytes / 2 + 100_000
}

impl TypeSystem<'_> {
    /// The signature of a MethodDef, or of a MemberRef that is a method.
    ///
    /// # Errors
    /// The signature is malformed, or the run decoded too many bytes of long ones. This is so for all methods below.
    pub fn method_signature(&self, assembly: AssemblyId, method: Token) -> Result<MethodSig, BadImage> {
        match method.table {
            TableId::MemberRef => self.signature(assembly, method, member_ref::SIGNATURE, decode_method),
            _ => self.signature(assembly, method, method_def::SIGNATURE, decode_method),
        }
    }

    /// The type of a row of Field.
    pub fn field_signature(&self, assembly: AssemblyId, row: u32) -> Result<TypeSig, BadImage> {
        self.signature(assembly, Token::new(TableId::Field, row), field::SIGNATURE, decode_field)
    }

    /// The type of a row of TypeSpec.
    pub fn type_spec(&self, assembly: AssemblyId, row: u32) -> Result<TypeSig, BadImage> {
        self.signature(assembly, Token::new(TableId::TypeSpec, row), type_spec::SIGNATURE, decode_type_spec)
    }

    /// The type arguments of a row of MethodSpec.
    pub fn method_spec(&self, assembly: AssemblyId, row: u32) -> Result<Vec<TypeSig>, BadImage> {
        self.signature(assembly, Token::new(TableId::MethodSpec, row), method_spec::INSTANTIATION, decode_method_spec)
    }

    /// The signature of a row of StandAloneSig.
    pub fn stand_alone_signature(&self, assembly: AssemblyId, row: u32) -> Result<StandAloneSig, BadImage> {
        let token = Token::new(TableId::StandAloneSig, row);
        self.signature(assembly, token, stand_alone_sig::SIGNATURE, decode_stand_alone)
    }

    fn signature<T>(
        &self,
        assembly: AssemblyId,
        row: Token,
        column: Column<Blob>,
        decode: fn(&Heaps<'_>, u32) -> Result<T, ReadError>,
    ) -> Result<T, BadImage> {
        let module = &self[assembly].module;
        let find = || {
            let blob = module.tables.cell(column, row.row)?;
            Ok((blob, module.heaps.blob(blob)?.len()))
        };
        let (blob, bytes) = find().map_err(Self::bad_image(assembly))?;
        let reason = "shorter signatures, or fewer rows that share long ones, expected";
        self.take_of_run(&self.signature_bytes_left, bytes.saturating_sub(FREE_BYTES), (assembly, row), reason)?;
        decode(&module.heaps, blob).map_err(Self::bad_image(assembly))
    }
}
