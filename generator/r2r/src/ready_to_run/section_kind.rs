//! The kinds of ReadyToRun section: a table of the format.

/// Kind of the section with the name of the compiler.
pub(super) const COMPILER_IDENTIFIER: u32 = 100;
/// Kind of the section with the import sections.
pub(super) const IMPORT_SECTIONS: u32 = 101;
/// Kind of the section with the headers of the assemblies in a composite image.
pub(super) const COMPONENT_ASSEMBLIES: u32 = 115;
/// Kind of the section with the file name of the composite image.
pub(super) const OWNER_COMPOSITE_EXECUTABLE: u32 = 116;

/// Every kind and its name, in order.
pub const SECTION_KINDS: [(u32, &str); 27] = [
    (COMPILER_IDENTIFIER, "CompilerIdentifier"),
    (IMPORT_SECTIONS, "ImportSections"),
    (102, "RuntimeFunctions"),
    (103, "MethodDefEntryPoints"),
    (104, "ExceptionInfo"),
    (105, "DebugInfo"),
    (106, "DelayLoadMethodCallThunks"),
    (107, "AvailableTypes (older form)"),
    (108, "AvailableTypes"),
    (109, "InstanceMethodEntryPoints"),
    (110, "InliningInfo"),
    (111, "ProfileDataInfo"),
    (112, "ManifestMetadata"),
    (113, "AttributePresence"),
    (114, "InliningInfo2"),
    (COMPONENT_ASSEMBLIES, "ComponentAssemblies"),
    (OWNER_COMPOSITE_EXECUTABLE, "OwnerCompositeExecutable"),
    (117, "PgoInstrumentationData"),
    (118, "ManifestAssemblyMvids"),
    (119, "CrossModuleInlineInfo"),
    (120, "HotColdMap"),
    (121, "MethodIsGenericMap"),
    (122, "EnclosingTypeMap"),
    (123, "TypeGenericInfoMap"),
    (124, "ExternalTypeMaps"),
    (125, "ProxyTypeMaps"),
    (126, "TypeMapAssemblyTargets"),
];

/// Name of a kind of section; `None` for one that was added later.
pub fn section_name(kind: u32) -> Option<&'static str> {
    SECTION_KINDS.iter().find(|(known, _)| *known == kind).map(|(_, name)| *name)
}
