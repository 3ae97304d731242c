//! Generates all tables in one call.

use std::collections::BTreeMap;

use clr_wasm_abi::types::{Input, Role, TypeSystem};
use thunkgen_diagnostics::{Diagnostics, Findings, Location, Policy, catalogue};

use crate::collect::{self, collect};
use crate::emit::{self, Contract, Output, render};

/// Generates the tables for a set of assemblies. It reads and writes no file: an input is a name and its bytes.
#[derive(Clone, Debug)]
pub struct Generator<'a> {
    options: collect::Options,
    contract: Contract,
    policy: Policy,
    inputs: Vec<Input<'a>>,
}

/// The result of [`Generator::generate`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Generated {
    /// The text of each table; empty if a finding is an error.
    pub files: BTreeMap<Output, String>,
    /// Errors and warnings, in order.
    pub findings: Findings,
}

impl<'a> Generator<'a> {
    /// A generator with these options; [`collect::Options::new`] gives the defaults of a target.
    pub fn new(options: collect::Options) -> Generator<'a> {
        Generator { options, contract: Contract::default(), policy: Policy::default(), inputs: Vec::new() }
    }

    /// Sets the runtime interface that the text is for.
    pub fn contract(mut self, contract: Contract) -> Generator<'a> {
        self.contract = contract;
        self
    }

    /// Sets which warnings are errors, and which are suppressed.
    pub fn policy(mut self, policy: Policy) -> Generator<'a> {
        self.policy = policy;
        self
    }

    /// Adds an assembly to collect from; diagnostics call it `path`. A file without managed code is skipped.
    pub fn input(self, path: &'a str, bytes: &'a [u8]) -> Generator<'a> {
        self.with(Input { path, bytes, role: Role::Input })
    }

    /// Adds an assembly that is only used to look up types.
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
