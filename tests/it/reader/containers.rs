//! One assembly in every container, told apart by content; and files that are no assembly.

use clr_metadata::Container;
use thunkgen_tests::webcil::metadata::Metadata;
use thunkgen_tests::webcil::{convert, pe, wrapper};

use super::{dump, dump_bodies, fixture, open};

const FIXTURES: [&str; 5] = [
    "corlib/System.Private.CoreLib.dll",
    "interop/Interop.dll",
    "interop-il/InteropIl.dll",
    "metadata/Metadata.dll",
    "layouts/Layouts.dll",
];

/// A container, and what makes it out of a PE file.
type Conversion = (Container, fn(&[u8]) -> Vec<u8>);

const CONVERSIONS: [Conversion; 10] = [
    (Container::Webcil(0), convert::version_0),
    (Container::Webcil(1), convert::version_1),
    (Container::WasmWebcil(0), |pe| wrapper::version_0(&convert::version_0(pe))),
    (Container::WasmWebcil(1), |pe| wrapper::version_0(&convert::version_1(pe))),
    (Container::WasmWebcil(0), |pe| wrapper::version_1(&convert::version_0(pe))),
    (Container::WasmWebcil(1), |pe| wrapper::version_1(&convert::version_1(pe))),
    (Container::WasmWebcil(0), |pe| wrapper::active(&convert::version_0(pe))),
    (Container::WasmWebcil(1), |pe| wrapper::active(&convert::version_1(pe))),
    (Container::WasmWebcil(0), |pe| wrapper::merged(&convert::version_0(pe))),
    (Container::WasmWebcil(1), |pe| wrapper::merged(&convert::version_1(pe))),
];

#[test]
fn every_container_holds_the_same() {
    for name in FIXTURES {
        let pe = fixture(name);
        let original = open(&pe);
        assert_eq!(original.container(), Container::Pe32, "{name}");
        let (tables, bodies) = (dump(&original), dump_bodies(&original));
        assert!(tables.len() > 100 && bodies.len() > 10, "{name}");
        for (index, (container, convert)) in CONVERSIONS.into_iter().enumerate() {
            let converted = convert(&pe);
            let module = open(&converted);
            assert_eq!(module.container(), container, "{name}, conversion {index}");
            assert!(dump(&module) == tables, "{name}, conversion {index}: other tables");
            assert!(dump_bodies(&module) == bodies, "{name}, conversion {index}: other bodies");
        }
    }
}

/// Else a reader could be right about wrappers no engine would take.
#[test]
fn the_wrappers_of_this_test_are_valid_modules() {
    let engine = wasmi::Engine::default();
    for (index, (container, convert)) in CONVERSIONS.into_iter().enumerate() {
        if matches!(container, Container::WasmWebcil(_)) {
            let module = wasmi::Module::new(&engine, convert(&fixture("interop/Interop.dll")));
            assert!(module.is_ok(), "conversion {index}: {:?}", module.err());
        }
    }
}

#[test]
fn both_sizes_of_the_optional_header() {
    let metadata = Metadata::assembly("Plus").write();
    for (plus, container) in [(false, Container::Pe32), (true, Container::Pe32Plus)] {
        let file = pe::write(&metadata, &[], plus);
        let module = open(&file);
        assert_eq!(module.container(), container);
        assert_eq!(module.assembly_name(), Ok(Some("Plus")));
        assert!(!module.is_ready_to_run());
    }
    // The managed native header's address is at 64 of the CLI header.
    let mut file = pe::write(&metadata, &[], true);
    let cli = file.windows(4).position(|bytes| bytes == pe::CLI_SIZE.to_le_bytes()).expect("the CLI header");
    let cli = if file[cli + 4..cli + 8] == [2, 0, 5, 0] { cli } else { 0x400 };
    file[cli + 65] = 0x20;
    assert!(open(&file).is_ready_to_run());
}

#[test]
fn what_is_no_assembly_is_skipped() {
    let components = *b"\0asm\x0d\0\x01\0";
    let empty_module = *b"\0asm\x01\0\0\0";
    let data = b"\0asm\x01\0\0\0\x0b\x08\x01\x00\x41\x00\x0b\x02Wb";
    let mut few_directories = pe::image(&[1; 100], false, None);
    few_directories[0x80 + 24 + 92] = 10;
    let files: [(&str, &[u8]); 11] = [
        ("a native image", &pe::image(&[1; 100], false, None)),
        ("a native image, 64-bit", &pe::image(&[1; 100], true, None)),
        ("a native image with few directories", &few_directories),
        ("ELF", b"\x7fELF\x02\x01\x01\0"),
        ("Mach-O", b"\xcf\xfa\xed\xfe\x07\0\0\x01"),
        ("an archive", b"!<arch>\n"),
        ("a portable PDB", &Metadata::empty().write()),
        ("a Windows PDB", b"Microsoft C/C++ MSF 7.00\r\n\x1aDS\0\0\0"),
        ("a wasm component", &components),
        ("a wasm module", &empty_module),
        ("a wasm module with data", data),
    ];
    for (what, bytes) in files {
        assert!(matches!(clr_metadata::open(bytes), Ok(None)), "{what}");
    }
    for text in ["hello, world\n", "<Project />", "\u{feff}text", "#", " "] {
        assert!(matches!(clr_metadata::open(text.as_bytes()), Ok(None)), "{text:?}");
    }
}

/// From the first bytes on that tell what a file is, every cut is noticed; what is shorter is no assembly.
#[test]
fn what_is_cut_off_is_an_error() {
    let managed = fixture("interop/Interop.dll");
    let webcil = convert::version_0(&managed);
    let wasm = wrapper::version_0(&webcil);
    for (whole, magic) in [(&managed, 2), (&webcil, 4), (&wasm, 4)] {
        for length in 0..magic {
            assert!(matches!(clr_metadata::open(&whole[..length]), Ok(None)), "{length} of {} bytes", whole.len());
        }
        for length in [magic, 7, 8, 20, 27, 0x3C, 0x40, 0x100, whole.len() / 2, whole.len() - 1] {
            // A wasm module may end behind any section, and without its data it is no wrapper.
            let is_module = magic == 4 && length < 0x100 && whole.starts_with(b"\0asm");
            assert!(is_module || clr_metadata::open(&whole[..length]).is_err(), "{length} of {} bytes", whole.len());
        }
    }
}
