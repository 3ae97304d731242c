//! The MSBuild tasks, compiled without a .NET SDK: against reference assemblies of the few members that they use, so that
//! they load in every MSBuild.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::error::Error;
use crate::version::Version;

/// The file's name in the package.
pub const PART: &str = "tools/netstandard2.0/Thunkgen.Tasks.dll";

const SOURCES: [(&str, &str); 4] = [
    ("CheckPrebuiltModule.cs", include_str!("../../../task-shim/CheckPrebuiltModule.cs")),
    ("ManagedToNativeGenerator.cs", include_str!("../../../task-shim/ManagedToNativeGenerator.cs")),
    ("RunThunkgen.cs", include_str!("../../../task-shim/RunThunkgen.cs")),
    ("ThunkgenProgram.cs", include_str!("../../../task-shim/ThunkgenProgram.cs")),
];

/// An assembly that is only compiled against.
struct Reference {
    name: &'static str,
    source: &'static str,
    /// Public key of the real one, which is part of its name: ECMA-335 II.6.2.1.3.
    public_key: [u8; 160],
}

const NETSTANDARD: Reference = Reference {
    name: "netstandard",
    source: include_str!("../../../task-shim/reference/netstandard.cs"),
    public_key: key("00240000048000009400000006020000002400005253413100040000010001004b86c4cb78549b34bab61a3b1800e23b\
         feb5b3ec390074041536a7e3cbd97f5f04cf0f857155a8928eaa29ebfd11cfbbad3ba70efea7bda3226c6a8d370a4cd3\
         03f714486b6ebc225985a638471e6ef571cc92a4613c00b8fa65d61ccee0cbe5f36330c9a01f4183559f1bef24cc2917\
         c6d913e3a541333a1d05d9bed22b38cb"),
};

const FRAMEWORK: Reference = Reference {
    name: "Microsoft.Build.Framework",
    source: include_str!("../../../task-shim/reference/Microsoft.Build.Framework.cs"),
    public_key: key("002400000480000094000000060200000024000052534131000400000100010007d1fa57c4aed9f0a32e84aa0faefd0d\
         e9e8fd6aec8f87fb03766c834c99921eb23be79ad9d5dcc1dd9ad236132102900b723cf980957fc4e177108fc607774f\
         29e8320e92ea05ece4e821c0a5efe8f1645c4c0c93c1ab99285d622caa652c1dfad63d745d6f2de5f17e5eaf0fc4963d\
         261c8a12436518206dc093344d5ad293"),
};

const fn key(hex: &str) -> [u8; 160] {
    let (digits, mut bytes, mut at) = (hex.as_bytes(), [0; 160], 0);
    while at < bytes.len() {
        bytes[at] = digit(digits[2 * at]) << 4 | digit(digits[2 * at + 1]);
        at += 1;
    }
    bytes
}

const fn digit(hex: u8) -> u8 {
    if hex <= b'9' { hex - b'0' } else { hex - b'a' + 10 }
}

/// Compiles the tasks with `csc`, a compiler and its first arguments.
pub fn compile(csc: &[OsString], version: &Version) -> Result<Vec<u8>, Error> {
    let folder = tempfile::tempdir().map_err(Error::file(&std::env::temp_dir()))?;
    let compiler = Compiler { csc, folder: folder.path() };
    // The corlib of the others has no other.
    let netstandard = compiler.reference(&NETSTANDARD, &["-runtimemetadataversion:v4.0.30319"])?;
    let uses_netstandard = format!("-reference:{netstandard}");
    let framework = compiler.reference(&FRAMEWORK, &[&uses_netstandard])?;
    let mut files = Vec::new();
    for (name, source) in SOURCES {
        files.push(compiler.write(name, source.as_bytes())?);
    }
    let attributes = format!(
        "[assembly: System.Reflection.AssemblyVersion(\"{0}.0\")]\n[assembly: System.Reflection.AssemblyFileVersion(\"{0}.0\")]\n\
         [assembly: System.Reflection.AssemblyInformationalVersion(\"{version}\")]\n",
        version.numbers()
    );
    files.push(compiler.write("AssemblyInfo.cs", attributes.as_bytes())?);
    let uses_framework = format!("-reference:{framework}");
    let switches = ["-optimize+", &uses_netstandard, &uses_framework];
    let out = compiler.run("Thunkgen.Tasks.dll", &switches, &files)?;
    fs::read(&out).map_err(Error::file(out.as_ref()))
}

struct Compiler<'a> {
    csc: &'a [OsString],
    folder: &'a Path,
}

impl Compiler<'_> {
    fn write(&self, name: &str, bytes: &[u8]) -> Result<String, Error> {
        let path = self.folder.join(name);
        fs::write(&path, bytes).map_err(Error::file(&path))?;
        Ok(path.display().to_string())
    }

    fn reference(&self, reference: &Reference, switches: &[&str]) -> Result<String, Error> {
        let Reference { name, source, public_key } = reference;
        let key = format!("-keyfile:{}", self.write(&format!("{name}.key"), public_key)?);
        let source = self.write(&format!("{name}.cs"), source.as_bytes())?;
        // Their operators come without the methods that usually belong to them.
        let fixed = ["-refonly", "-publicsign+", "-nowarn:660,661", key.as_str()];
        self.run(&format!("{name}.dll"), &[&fixed, switches].concat(), &[source])
    }

    fn run(&self, out: &str, switches: &[&str], sources: &[String]) -> Result<String, Error> {
        let fixed = [
            "-nologo",
            "-noconfig",
            "-nostdlib",
            "-langversion:7.3",
            "-deterministic",
            "-target:library",
            "-warnaserror",
        ];
        let (program, first) = self.csc.split_first().map_or((OsStr::new("csc"), &[][..]), |(p, f)| (p.as_os_str(), f));
        let out = self.folder.join(out).display().to_string();
        let output = Command::new(program)
            .args(first)
            .args(fixed)
            .args(switches)
            .arg(format!("-out:{out}"))
            .args(sources)
            .output()
            .map_err(Error::file(program.as_ref()))?;
        if output.status.success() {
            return Ok(out);
        }
        let said = [output.stdout, output.stderr].concat();
        Err(Error::Compiler(String::from_utf8_lossy(&said).trim().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_whole() {
        for reference in [NETSTANDARD, FRAMEWORK] {
            // An RSA key of 1024 bits, and nothing behind it.
            assert_eq!(&reference.public_key[20..28], b"RSA1\x00\x04\x00\x00");
            assert_ne!(reference.public_key[159], 0);
        }
    }
}
