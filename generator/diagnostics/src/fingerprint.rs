//! Identities of problems that stay the same when lines move, for tools that compare runs.

use std::collections::BTreeMap;

use super::Diagnostic;

/// The fingerprints of problems, in their order: 16 hexadecimal digits each, all different.
///
/// A fingerprint is made of the code, the member with its assembly and library, and the keys, types and names that the
/// message quotes. Positions, metadata tokens and the rest of the wording do not count. Problems that have all of this in
/// common are numbered.
pub fn fingerprints<'d>(diagnostics: impl IntoIterator<Item = &'d Diagnostic>) -> Vec<String> {
    let mut seen: BTreeMap<u64, u64> = BTreeMap::new();
    let mut fingerprint = |diagnostic| {
        let base = identity(diagnostic);
        let number = seen.entry(base).or_default();
        *number += 1;
        let whole = if *number == 1 { base } else { hash(base, &number.to_string()) };
        format!("{whole:016x}")
    };
    diagnostics.into_iter().map(&mut fingerprint).collect()
}

fn identity(diagnostic: &Diagnostic) -> u64 {
    let location = &diagnostic.location;
    let mut parts: Vec<&str> = vec![diagnostic.rule.code];
    match &location.member {
        Some((name, _)) => parts.extend([name.as_str(), &location.assembly, &location.library]),
        // The name alone: directories differ between machines.
        None => parts.push(location.origin().0.rsplit(['/', '\\']).next().unwrap_or_default()),
    }
    parts.extend(diagnostic.message.split('`').skip(1).step_by(2));
    parts.into_iter().fold(0xcbf2_9ce4_8422_2325, hash)
}

/// FNV-1a, with an end after each part.
fn hash(before: u64, part: &str) -> u64 {
    part.bytes().chain([0xff]).fold(before, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Diagnostics, Location, SourceLine, catalogue};

    fn problem(token: u32, line: u32, message: &str) -> Diagnostic {
        let mut sink = Diagnostics::default();
        let source = Some(SourceLine { file: format!("/build/{line}/a.cs"), position: Some((line, 1)) });
        let location = Location { source, ..Location::member("/x/a.dll", "N.C.M", token).of_assembly("a") };
        sink.report(&catalogue::EMPTY_STRUCT, location, message);
        sink.into_sorted().remove(0)
    }

    #[test]
    fn a_fingerprint_stays_when_lines_move() {
        let [first, moved] = [problem(1, 3, "`E` in line 3"), problem(7, 90, "`E` in line 90")];
        assert_eq!(fingerprints([&first]), fingerprints([&moved]));
        let other = problem(1, 3, "`F` in line 3");
        assert_ne!(fingerprints([&first]), fingerprints([&other]));
    }

    #[test]
    fn equal_problems_are_numbered() {
        let [first, second] = [problem(1, 3, "`E`"), problem(1, 4, "`E`")];
        let found = fingerprints([&first, &second]);
        assert_ne!(found[0], found[1]);
        assert_eq!(found[0], fingerprints([&first])[0]);
    }
}
