//! Random structs are laid out as they were declared.

use thunkgen_native::stubs::documentation::Documentation;
use thunkgen_tests::c_header::{C11, CPP17, headers, readers, require};
use thunkgen_tests::random_structs::declarations;

#[test]
#[ignore = "needs clang"]
fn random_structs_are_laid_out_as_declared() {
    let declared = declarations("random", 600);
    let folder = tempfile::tempdir().expect("a folder");
    let header = &headers(&declared, &Documentation::default())["random.h"];
    std::fs::write(folder.path().join("random.h"), header).expect("a writable folder");
    // Every size and offset is asserted, and alignments as far as C has them.
    for of in &declared.structs {
        let name = format!("random_{}", of.name);
        assert!(header.contains(&format!("(sizeof({name}) == {},", of.size)), "{of:?}");
        for field in of.fields.iter().flatten() {
            assert!(header.contains(&format!("(offsetof({name}, {}) == {},", field.name, field.offset)), "{of:?}");
        }
        if of.size % of.align == 0 {
            assert!(header.contains(&format!("ALIGNOF({name}) == {},", of.align)), "{of:?}");
        }
    }
    for (part, at_least) in [("packed", 50), ("aligned(", 50), ("__extension__ union", 50), ("reserved", 50)] {
        assert!(header.matches(part).count() >= at_least, "{} {part}", header.matches(part).count());
    }
    let source = format!("{}#include \"random.h\"\n", require("random.h"));
    for reader in readers() {
        for dialect in [C11, CPP17] {
            reader.check(dialect, folder.path(), &source).unwrap_or_else(|said| panic!("{reader:?}\n{said}\n"));
        }
    }
}
