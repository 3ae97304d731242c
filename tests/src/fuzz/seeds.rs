//! What the inputs of each target are made from: small fixtures, and a few made by hand.

use std::fs;

use crate::data::{CheckedInKeys, crate_dir, crate_file};
use crate::published::{Form, PublishedApp};
use crate::ready_to_run::image::{Image, Imports, string_thunks};
use crate::webcil::{convert, wrapper};

/// Magic numbers and other things that binary files hold.
pub const IMAGE: &[&[u8]] = &[
    b"MZ",
    b"PE\0\0",
    b"BSJB",
    b"WbIL",
    b"RTR\0",
    b"\0asm\x01\0\0\0",
    b"!<arch>\n",
    b"#~\0\0",
    b"#Pdb",
    b"linking",
    b"\x39",
    b"\xFF\xFF\xFF\xFF\x0F",
    b"\x80\x80\x80\x80\x80\x01",
    b"\xE0\0\0\0",
];

/// Parts of keys and of fixups.
pub const KEYS: &[&[u8]] = &[
    b"M",
    b"I",
    b"UG",
    b"UM",
    b"D",
    b"r",
    b"v",
    b"i",
    b"l2",
    b"V4",
    b"S16",
    b"A32",
    b"S268435457",
    b"e",
    b"T",
    b"a",
    b"p",
    b"0",
    b"\0",
    b"\x39",
    b"TKI1",
    b"missing for key: ",
    b"\x1b[31m",
    b"\n",
    b"\xC3\xA9",
];

/// Parts of C++.
pub const CPP: &[&[u8]] = &[
    b"{",
    b"}",
    b"(",
    b")",
    b",",
    b";",
    b"\"",
    b"R\"(",
    b")\"",
    b"//",
    b"/*",
    b"*/",
    b"\\\n",
    b"#if 1\n",
    b"#else\n",
    b"#endif\n",
    b"#include \"x\"\n",
    b"g_wasmThunks",
    b"g_wasmThunksCount",
    b"nullptr",
    b"(void*)&F",
    b"\"\\0\"",
    b"\"\\x4d\"",
    b"u8",
    b"L\"",
    b"sizeof",
    b"??/",
    b"\r",
    b"\xFF",
];

/// Parts of an XML documentation file.
pub const XML: &[&[u8]] = &[
    b"<",
    b">",
    b"/>",
    b"</",
    b"&",
    b"&lt;",
    b"&#x1b;",
    b"&#8238;",
    b"<para>",
    b"</para>",
    b"<code>\n  x",
    b"</code>",
    b"<list><item>",
    b"</item></list>",
    b"<see cref='T:A.B`1'/>",
    b"<inheritdoc>",
    b"<![CDATA[",
    b"]]>",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"\xE2\x80\xAE",
    b"\xFF",
];

/// Parts of a manifest.
pub const TOML: &[&[u8]] = &[
    b"[",
    b"]",
    b"[[output]]\n",
    b"[[suppress]]\n",
    b"{",
    b"}",
    b"=",
    b"\"",
    b"'''",
    b"\n",
    b"#",
    b"inputs",
    b"out = \"\"\n",
    b"struct-sizes",
    b"code = \"TG0214\"\n",
    b"reason = \" \"\n",
    b"nowarn = []\n",
    b"target-os",
    b"{target}",
    b"1e999",
    b"1979-05-27",
    b"\xEF\xBB\xBF",
    b"\xC3\xA9",
    b"\\uD800",
];

/// Parts of extra signatures.
pub const EXTRA: &[&[u8]] = &[
    b"(",
    b")",
    b"*",
    b"&",
    b"[]",
    b",",
    b"<",
    b">",
    b"::",
    b".",
    b"/",
    b"`1",
    b"#",
    b"# why\n",
    b"\n",
    b"\t",
    b"const ",
    b"unsigned ",
    b"delegate* unmanaged<",
    b"int",
    b"System.Guid",
    b"MviS8",
    b"Ivip",
    b"struct ",
    b"...",
    b"\xE2\x80\xAE",
];

fn fixtures(names: &[&str]) -> Vec<Vec<u8>> {
    let read =
        |name: &&str| fs::read(crate_dir().join("fixtures").join(name)).unwrap_or_else(|why| panic!("{name}: {why}"));
    names.iter().map(read).collect()
}

fn owned(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

const THUNKS: [(&str, u32); 3] = [("IviS8p", 2), ("Mv", 0), ("MviS8", 0xFFFF_FF00)];

/// Assemblies in every container.
pub fn assemblies() -> Vec<Vec<u8>> {
    let mut all = fixtures(&["metadata/Metadata.dll", "source-lines/SourceLines.dll", "native-side/NativeSide.dll"]);
    all.extend(fixtures(&["prototypes/Prototypes.dll", "documented/ids/DocumentedIds.dll"]));
    let lines = all[1].clone();
    let (old, new) = (convert::version_0(&lines), convert::version_1(&lines));
    all.extend([wrapper::version_0(&old), wrapper::version_1(&new), wrapper::active(&new), old, new]);
    all
}

/// Images with ReadyToRun code, and one without.
pub fn images() -> Vec<Vec<u8>> {
    let mut all = fixtures(&["images/code.dll", "images/disorder.webcil", "images/plain.wasm", "images/thunks.wasm"]);
    let imports =
        vec![Imports { flags: 1, kind: 0, signatures: vec![string_thunks(&THUNKS), vec![0x35, 1], vec![0xB9]] }];
    let sections = vec![(100, b"by hand\0".to_vec()), (115, vec![0; 16]), (116, b"all.r2r.dll\0".to_vec())];
    all.push(convert::version_0(&Image { sections, imports, ..Image::default() }.pe("Seed", false)));
    all.push(Image::with_thunks(&THUNKS).pe("Plus", true));
    all
}

/// What follows the kind of a fixup.
pub fn blobs() -> Vec<Vec<u8>> {
    let twice = [("Mv", 1), ("Iip", 3), ("Mv", 2)];
    [&THUNKS[..2], &twice, &[]].map(|pairs| string_thunks(pairs)[1..].to_vec()).into()
}

/// Modules, most of them around an image.
pub fn modules() -> Vec<Vec<u8>> {
    let names = [
        "images/thunks.wasm",
        "images/plain.wasm",
        "native-side/linked/stripped.wasm",
        "linked-runtime/dotnet.native.wasm",
    ];
    let mut all = fixtures(&names);
    let image = &fixtures(&["images/disorder.webcil"])[0];
    all.extend([wrapper::version_0(image), wrapper::version_1(image), wrapper::merged(image)]);
    all
}

/// A PDB.
pub fn pdbs() -> Vec<Vec<u8>> {
    fixtures(&["source-lines/SourceLines.pdb", "source-lines/native/Lines.pdb"])
}

/// An assembly with a PDB inside.
pub fn embedded() -> Vec<Vec<u8>> {
    fixtures(&["source-lines/embedded/SourceLinesEmbedded.dll", "source-lines/SourceLines.dll"])
}

/// Objects and archives, one with debug information, and a linked module.
pub fn natives() -> Vec<Vec<u8>> {
    let linked = ["native-side/linked/stripped.wasm", "native-side/linked/broken.o"];
    let compiled = ["toolchains/legacy.o", "toolchains/standard.o", "toolchains/javascript.o"];
    let archives = ["native-side/libdraw.a", "native-side/libpaint.a", "native-rust/libeasel.a"];
    let mut all = fixtures(&[&archives, &linked[..], &compiled].concat());
    all.push(CALLS_ITS_PARAM.to_vec());
    all.push(BITCODE.to_vec());
    all
}

/// The start of LLVM bitcode, with the version of LLVM.
const BITCODE: &[u8] = b"\x42\x43\xc0\xde\x35\x14\x00\x00\x05\x00\x00\x00\x62\x0c\x30\x24\x4a\x59\xbe\x66\
      \x8d\xfb\xb4\xaf\x0b\x51\x80\x4c\x01\x00\x00\x00\x21\x0c\x00\x00\x97\x01\x00\x00";

/// A module whose function `f` of type `(i32) -> ()` calls its parameter.
const CALLS_ITS_PARAM: &[u8] =
    b"\0asm\x01\0\0\0\x01\x05\x01\x60\x01\x7f\0\x03\x02\x01\0\x04\x04\x01\x70\0\0\x07\x05\x01\x01f\0\0\
      \x0a\x0b\x01\x09\0\x41\0\x20\0\x11\0\0\x0b";

/// Files of symbols.
pub fn symbols() -> Vec<Vec<u8>> {
    owned(&["0:main\n7:malloc\n7:calloc\n4294967295:a:b\n", "12:dr\u{e4}w\r\n\r\n3:"])
}

/// Tables in C++.
pub fn tables() -> Vec<Vec<u8>> {
    let names = ["by-hand", "conditions", "damaged", "odd-rows", "wrong-count"];
    let mut all = fixtures(&names.map(|name| format!("thunk-tables/{name}.cpp")).each_ref().map(String::as_str));
    let whole = "const StringToWasmSigThunk g_wasmThunks[] = {\n    { \"MviS8\", (void*)&F },\n    { \"Mv\", (void*)&G },\n};\n\
                 const size_t g_wasmThunksCount = sizeof(g_wasmThunks) / sizeof(g_wasmThunks[0]);\n";
    all.extend(owned(&[whole]));
    all
}

/// Tables and images.
pub fn sources() -> Vec<Vec<u8>> {
    [tables(), images()].concat()
}

/// Keys of every kind.
pub fn keys() -> Vec<Vec<u8>> {
    let by_hand =
        ["IS8Tip", "MvVA32p", "Mve", "MS12Tip", "Ml2V2V4", "Vvi", "UGvri", "UMili", "UrV", "Dvii", "MvS268435456"];
    let mut all = owned(&by_hand);
    all.extend(CheckedInKeys::browser().interp.into_iter().step_by(10).map(String::into_bytes));
    all
}

/// Manifests: the examples of its page.
pub fn manifests() -> Vec<Vec<u8>> {
    let page = crate_file("../docs/reference/manifest.md");
    let blocks = page.split("```toml\n").skip(1);
    blocks.map(|rest| rest.split("```").next().unwrap_or_default().as_bytes().to_vec()).collect()
}

/// What a boot configuration may hold.
pub const JSON: &[&[u8]] =
    &[b"{", b"}", b"[", b"]", b"\"", b":", b",", b"null", b"/*json-start*/", b"/*json-end*/", b"\"name\""];

/// A boot configuration in each form.
pub fn boot_configurations() -> Vec<Vec<u8>> {
    let mut app = PublishedApp { assemblies: Vec::new(), native: b"\0asm".to_vec(), variables: Vec::new() };
    app.variables.push(("DOTNET_ReadyToRun".to_owned(), "0".to_owned()));
    for name in ["System.Private.CoreLib.wasm", "Geo.wasm"] {
        app.add(name, name.as_bytes().to_vec());
    }
    let forms = [Form::Net8, Form::Net9, Form::Net10, Form::Net11];
    let texts = forms.map(|form| app.boot_configuration(form).into_bytes());
    let old = br#"{ "assembly_root": "managed", "assets": [ { "behavior": "assembly", "name": "A.dll" }, { "behavior": "dotnetwasm", "name": "dotnet.wasm" } ] }"#;
    let bundled = b"withConfig(/*json-start*/{ \"resources\": { \"assembly\": [ { \"name\": \"A.wasm\", \"resolvedUrl\": A_wasm } ] } }/*json-end*/)";
    texts.into_iter().chain([old.to_vec(), bundled.to_vec()]).collect()
}

/// XML documentation, one file in UTF-16.
pub fn documentation() -> Vec<Vec<u8>> {
    let mut all = fixtures(&["documented/Documented.xml", "documented/ids/DocumentedIds.xml"]);
    let small = "<doc><members><member name='M:A.b'><summary>a &lt; <see cref='M:A.c(System.Int32)'/><para>b</para>\
                 <list type='number'><item><term>t</term><description>d</description></item></list></summary>\
                 <param name='x'><code>\n  if\n    y\n</code></param><returns><inheritdoc/></returns>\
                 <remarks><![CDATA[<x>]]>&#x41;</remarks></member></members></doc>";
    all.push([vec![0xFF, 0xFE], small.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat());
    all.extend(owned(&[small]));
    all
}

/// Files of extra signatures.
pub fn extra() -> Vec<Vec<u8>> {
    owned(&[
        "# The audio worklet is handed these by dlsym.\nMviS8\nvfp\n\nint (float, System.Guid, byte*) # a C table\n",
        "delegate* unmanaged<int, Layouts.ByteLong, void> # plugin ABI\n",
        "\u{feff}# why\r\nvoid Draw(const char* name, unsigned long long, List<int>[] x)\r\n",
    ])
}

/// Logs, one in UTF-16.
pub fn logs() -> Vec<Vec<u8>> {
    let mut all = fixtures(&["thunk-tables/console.txt"]);
    let line = "WASM calli missing for key: MviS8\n";
    all.push([vec![0xFF, 0xFE], line.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat());
    all.extend(owned(&[line]));
    all
}

/// Code base and fixup, with and without an index behind it.
pub fn loaded() -> Vec<Vec<u8>> {
    let plain = [&7u32.to_le_bytes()[..], &string_thunks(&THUNKS[..2])].concat();
    let mut image = string_thunks(&THUNKS[..2]);
    image.resize(image.len().next_multiple_of(4), 0);
    image.extend(b"TKI1");
    // Each key follows the kind, or the key, NUL and number before it.
    let rows = [2, 1, THUNKS[0].1, 1 + THUNKS[0].0.len() as u32 + 5, THUNKS[1].1];
    image.extend(rows.iter().flat_map(|word| word.to_le_bytes()));
    vec![plain, [&1u32.to_le_bytes()[..], &image].concat(), [&0u32.to_le_bytes()[..], &image].concat()]
}
