//! Images made by hand: what was put in comes out.

use clr_metadata::Container;
use clr_wasm_file::{Placement, ValType};
use thunkgen_r2r::ready_to_run::{self, ImageFile, Payload};
use thunkgen_tests::ready_to_run::image::{Image, Imports, string_thunks};
use thunkgen_tests::ready_to_run::module::{Thunk, Wrapper, wrap};
use thunkgen_tests::webcil::convert;
use wasm_encoder::ValType as Encoded;

fn thunks() -> Vec<Thunk> {
    vec![
        Thunk { name: "first", params: vec![Encoded::I32; 3], results: vec![] },
        Thunk { name: "second", params: vec![Encoded::I32, Encoded::F64], results: vec![Encoded::I64] },
        Thunk { name: "third", params: vec![], results: vec![Encoded::V128] },
    ]
}

const PAIRS: [(&str, u32); 4] = [("Idp", 1), ("Mv", 2), ("MviS8", 0), ("Vv", 3)];

fn open(bytes: &[u8]) -> ImageFile<'_> {
    ready_to_run::open(bytes).expect("a whole file")
}

#[test]
fn keys_lead_to_functions() {
    let webcil = convert::version_1(&Image::with_thunks(&PAIRS).pe("Thunks", false));
    for wrapper in [Wrapper::Copied, Wrapper::Active] {
        let bytes = wrap(&webcil, wrapper, &thunks());
        let file = open(&bytes);
        let wasm = file.wasm.as_ref().expect("a module");
        assert_eq!(wasm.wrapper_version(), Some(1));
        assert_eq!(wasm.announced().unwrap().unwrap().table_size, Some(3));
        let placed = wasm.payload().expect("an image").placement;
        assert_eq!(placed, if wrapper == Wrapper::Copied { Placement::Passive } else { Placement::Global(1) });
        let found: Vec<_> = file
            .thunks()
            .unwrap()
            .into_iter()
            .map(|thunk| (thunk.key, thunk.table_index, thunk.function.map(|f| (f.index, f.name.unwrap()))))
            .collect();
        // The slots are filled backwards; there is no fourth.
        let expected = [
            ("Idp", 1, Some((1, "second"))),
            ("Mv", 2, Some((0, "first"))),
            ("MviS8", 0, Some((2, "third"))),
            ("Vv", 3, None),
        ];
        assert_eq!(found, expected);
        let all = file.thunks().unwrap();
        let second = all[0].function.as_ref().unwrap();
        let ty = second.ty.unwrap();
        assert_eq!((ty.params(), ty.results()), (&[ValType::I32, ValType::F64][..], &[ValType::I64][..]));
        // No locals, i64.const 0, end.
        assert_eq!(second.body, Some(&[0, 0x42, 0, 0x0B][..]));
        assert_eq!(&bytes[second.range.clone()], second.body.unwrap());
        assert_eq!(&bytes[all[0].offset..][..4], b"Idp\0");
    }
}

#[test]
fn one_image_in_every_container() {
    let image = Image {
        version: (9, 1),
        flags: 0x4B,
        sections: vec![(100, b"Compiler 1.2\0".to_vec()), (106, vec![7; 5])],
        imports: vec![
            Imports { flags: 1, kind: 0, signatures: vec![vec![0x1A, 0x81, 0x18], string_thunks(&PAIRS)] },
            Imports { flags: 4, kind: 2, signatures: vec![vec![0x14, 5], vec![0x95, 2, 6], vec![0x7E]] },
        ],
    };
    let (pe, plus) = (image.pe("Same", false), image.pe("Same", true));
    let files = [
        (Container::Pe32, pe.clone()),
        (Container::Pe32Plus, plus),
        (Container::Webcil(0), convert::version_0(&pe)),
        (Container::Webcil(1), convert::version_1(&pe)),
        (Container::WasmWebcil(1), wrap(&convert::version_1(&pe), Wrapper::Copied, &thunks())),
    ];
    for (container, bytes) in files {
        let file = open(&bytes);
        assert_eq!(file.image.as_ref().unwrap().container, container);
        let code = file.ready_to_run.as_ref().expect("code");
        assert_eq!((code.major_version, code.minor_version, code.core.flags), (9, 1, 0x4B));
        let kinds: Vec<_> = code.core.sections.iter().map(|section| (section.kind, section.at.size)).collect();
        assert_eq!(kinds, [(100, 13), (101, 40), (106, 5)]);
        assert_eq!(code.compiler(), Ok(Some("Compiler 1.2")));
        let sections = code.import_sections().unwrap();
        assert_eq!(sections.iter().map(|section| section.cells).collect::<Vec<_>>(), [2, 3]);
        assert!(sections[0].is_eager() && !sections[1].is_eager());
        let fixups: Vec<_> = sections
            .iter()
            .flat_map(|section| code.fixups(section).unwrap())
            .map(|fixup| fixup.unwrap())
            .map(|fixup| (fixup.kind().map(|kind| kind.name), fixup.module, fixup.payload))
            .collect();
        let expected = [
            (Some("Helper"), None, Payload::Helper(0x118)),
            (Some("InjectStringThunks"), None, Payload::StringThunks),
            (Some("MethodEntry_DefToken"), None, Payload::Token(0x0600_0005)),
            (Some("MethodEntry_RefToken"), Some(2), Payload::Token(0x0A00_0006)),
            (None, None, Payload::Opaque),
        ];
        assert_eq!(fixups, expected);
        assert_eq!(file.thunks().unwrap().len(), 4);
        assert_eq!(file.thunks().unwrap()[0].function.is_some(), container == Container::WasmWebcil(1));
    }
}
