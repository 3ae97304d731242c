//! The whole job in one call.

use std::collections::BTreeMap;

use clr_wasm_abi::types::{Input, Role, TypeSystem};
use thunkgen_diagnostics::{Diagnostics, Findings, Location, Policy, catalogue};

use crate::collect::{self, collect};
use crate::emit::{self, Contract, Output, render};

/// Assemblies, and what is generated for them. Nothing is read or written: an input is a name and its bytes.
#[derive(Clone, Debug)]
pub struct Generator<'a> {
    options: collect::Options,
    contract: Contract,
    policy: Policy,
    inputs: Vec<Input<'a>>,
}

/// What came of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Generated {
    /// The text of each table; empty when a finding is an error.
    pub files: BTreeMap<Output, String>,
    /// Errors and warnings, in order.
    pub findings: Findings,
}

impl<'a> Generator<'a> {
    /// Generates with these options: see [`collect::Options::new`] for those of a target.
    pub fn new(options: collect::Options) -> Generator<'a> {
        Generator { options, contract: Contract::default(), policy: Policy::default(), inputs: Vec::new() }
    }

    /// The runtime's interface that the text is for.
    pub fn contract(mut self, contract: Contract) -> Generator<'a> {
        self.contract = contract;
        self
    }

    /// Which warnings are errors, and which are suppressed.
    pub fn policy(mut self, policy: Policy) -> Generator<'a> {
        self.policy = policy;
        self
    }

    /// Collects from an assembly; diagnostics name it by `path`. A file without managed code is skipped.
    pub fn input(self, path: &'a str, bytes: &'a [u8]) -> Generator<'a> {
        self.with(Input { path, bytes, role: Role::Input })
    }

    /// Looks types up in an assembly, and collects nothing from it.
    pub fn reference(self, path: &'a str, bytes: &'a [u8]) -> Generator<'a> {
        self.with(Input { path, bytes, role: Role::Reference })
    }

    fn with(mut self, input: Input<'a>) -> Generator<'a> {
        self.inputs.push(input);
        self
    }

    /// Reads, collects and renders.
    pub fn generate(self) -> Generated {
        let mut diagnostics = Diagnostics::new(self.policy);
        let type_system = TypeSystem::load(&self.inputs, &mut diagnostics);
        let mut files = BTreeMap::new();
        if !diagnostics.has_errors() && !type_system.assemblies().any(|(_, assembly)| assembly.role == Role::Input) {
            diagnostics.report(
                &catalogue::NO_ASSEMBLY,
                Location::default(),
                "none of the inputs is a managed assembly",
            );
        }
        if !diagnostics.has_errors() {
            let ir = collect(&type_system, &self.options, &mut diagnostics);
            if !diagnostics.has_errors() {
                let options = emit::Options { contract: self.contract, target_os: self.options.target_os };
                files = render(&ir, &options);
            }
        }
        Generated { files, findings: diagnostics.into_findings() }
    }
}
