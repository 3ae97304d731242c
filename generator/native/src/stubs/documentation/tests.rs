use super::*;

fn file(members: &str) -> String {
    format!("<?xml version=\"1.0\"?>\n<doc>\n<assembly><name>A</name></assembly><members>{members}</members></doc>")
}

fn comment(sections: &str) -> Comment {
    let (mut documentation, problem) =
        Documentation::parse(file(&format!("<member name=\"M:A.b\">{sections}</member>")).as_bytes());
    assert_eq!(problem, None, "{sections}");
    documentation.comments.remove("M:A.b").unwrap_or_default()
}

fn summary(text: &str) -> String {
    comment(&format!("<summary>{text}</summary>")).summary
}

fn parsed(bytes: &[u8]) -> (Vec<String>, String) {
    let (documentation, problem) = Documentation::parse(bytes);
    let problem =
        problem.map(|p| format!("({},{}): {}", p.position.line, p.position.column, p.message)).unwrap_or_default();
    (documentation.comments.into_keys().collect(), problem)
}

#[test]
fn every_section_has_its_place() {
    let found = comment(
        "\n <summary>\n   Draws\n   a line.\n </summary><param name='x'>From.</param> <param name=\"y\">To.</param>\
         <param name=\"z\"/><typeparam name='T'>t</typeparam><returns>0</returns><remarks>R</remarks><exception>e</exception>",
    );
    let params = [("x", "From."), ("y", "To.")].map(|(name, text)| (name.to_owned(), text.to_owned()));
    let [summary, returns, remarks] = ["Draws a line.", "0", "R"].map(str::to_owned);
    assert_eq!(found, Comment { summary, params: BTreeMap::from(params), returns, remarks });
}

#[test]
fn references_are_words() {
    for (text, plain) in [
        ("As <see cref=\"M:N.Outer.Inner.Draw(System.Int32,N.P@)\"/> does", "As Inner.Draw does"),
        ("<see cref='T:System.Collections.Generic.List`1'/>", "List"),
        ("<see cref=\"M:System.String.#ctor(System.Char[])\"/>, <see cref='P:A.B.C'/>", "String, B.C"),
        ("<see cref='M:A.B.Of``1(``0)'/> <see cref='!:Nobody'/> <see cref='N:A.B'/>", "B.Of Nobody A.B"),
        ("<see langword=\"null\"/> or <see cref='T:A.B'>that one</see>", "null or that one"),
        ("<see href='https://a.b/'/>, <a href='https://a.b/'>there</a>", "https://a.b/, there"),
        ("the <paramref name=\"x\"/>, <typeparamref name='T'/>, <c>a[0]</c>.", "the x, T, a[0]."),
        ("<inheritdoc cref='M:A.c'><b>x</b></inheritdoc>a<inheritdoc/>", "a"),
    ] {
        assert_eq!(summary(text), plain, "{text}");
    }
    assert_eq!(comment("<inheritdoc/>"), Comment::default());
}

#[test]
fn entities_and_characters() {
    assert_eq!(
        summary("a &lt;b&gt; &amp;&#65;&#x42; &quot;&apos; &unknown; <![CDATA[<x> & y]]>"),
        "a <b> &AB \"' &unknown; <x> & y"
    );
    // What would show a reader something else than the compiler sees is gone.
    assert_eq!(summary("a\u{202e}b\u{2066}&#27;[31m\r\nc\u{85}d\u{2028}e\tf"), "ab[31m c d e f");
}

#[test]
fn paragraphs_code_and_lists() {
    assert_eq!(
        summary("One.<para>Two\n two.</para><para/> <para>Three.</para>Four.<br/>Five"),
        "One.\n\nTwo two.\n\nThree.\n\nFour.\n\nFive"
    );
    let code = "Like\n<code>\n    if (x)\n    {\n\n        <see cref='M:A.b'/>(\"a  b\");\n    }\n</code>\nthat.";
    assert_eq!(summary(code), "Like\n\nif (x)\n{\n    A.b(\"a  b\");\n}\n\nthat.");
    let list =
        "Of:<list type='bullet'><item>a<para>b</para></item>\n<item><description>c\n d</description></item></list>end";
    assert_eq!(summary(list), "Of:\n\n- a\nb\n- c d\n\nend");
    let numbers = "<list type='number'><listheader><term>T</term><description>D</description></listheader>\
                   <item><term>x</term><description>is</description></item><item>y\
                   <list><item>deep</item></list></item></list>";
    assert_eq!(summary(numbers), "T: D\n1. x: is\n2. y\n  - deep");
    assert_eq!(summary("<list><item>a<code>\n  x\n    y</code></item></list>b"), "- a\nx\n  y\n\nb");
}

#[test]
fn a_wrong_encoding_is_reported_where_it_starts() {
    let text = file("<member name='T:Ä'><summary>ü 🙂</summary></member>");
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (documentation, problem) = Documentation::parse(&utf16);
    assert_eq!((documentation.comments["T:Ä"].summary.as_str(), problem), ("ü 🙂", None));
    let mut cut = text.clone().into_bytes();
    cut[text.find('🙂').unwrap()..].fill(0xff);
    assert_eq!(parsed(&cut).1, "(3,75): neither UTF-8 nor UTF-16 from here");
}

#[test]
fn other_files_have_no_comments() {
    for text in ["<config><doc/></config>", "<!-- x --><doc/>", "<doc><members/></doc>"] {
        assert_eq!(parsed(text.as_bytes()), (Vec::new(), String::new()), "{text}");
    }
    let kept = parsed(file("<member name='P:A'><summary>a</summary></member><member><summary>b</summary></member><member name='F:A.f'><summary>a</summary></member>").as_bytes());
    assert_eq!(kept, (vec!["F:A.f".to_owned()], String::new()));
}

#[test]
fn damage_has_a_position_and_the_rest_is_kept() {
    let text = file("<member name='M:A.a'><summary>a</summary></member>\n<member name='M:A.b'><summary>b");
    let start = text.find("</members>").unwrap();
    for (damaged, place) in [
        (text.clone(), "(4,32): "),
        (text[..start].to_owned(), "(4,32): not well-formed XML: <summary> is not closed"),
        (format!("{}</summary><", &text[..start]), "(4,"),
        (format!("{}&#xFFFFFFFF;</summary></member></members></doc>", &text[..start]), "(4,32): "),
        (format!("{}<see cref=x/>", &text[..start]), "(4,32): "),
    ] {
        let (kept, problem) = parsed(damaged.as_bytes());
        assert_eq!(kept[0], "M:A.a", "{damaged}");
        assert!(problem.starts_with(place), "{damaged}: {problem}");
    }
}

#[test]
fn hostile_files_cost_what_they_are_long() {
    let deep = 200_000;
    let nested = format!("<summary>{}x{}</summary>", "<list><item>".repeat(deep), "</item></list>".repeat(deep));
    for text in [file(&format!("<member name=\"M:A.b\">{nested}</member>")), "<doc>".repeat(deep)] {
        let (found, problem) = Documentation::parse(text.as_bytes());
        assert!(found.comments.is_empty());
        assert!(problem.is_some_and(|problem| problem.message == "elements are nested more than 100 deep"));
    }
}

#[test]
fn any_bytes_are_some_answer() {
    let text = file("<member name='M:A.a'><summary>a &amp; <see cref='T:B'/><code> x</code></summary></member>");
    for at in 0..text.len() {
        for byte in [b'<', b'"', b'&', b'>', b'/', 0, 0xff] {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = byte;
            let _ = Documentation::parse(&bytes);
        }
        let _ = Documentation::parse(&text.as_bytes()[..at]);
    }
}

#[test]
fn a_file_without_an_element_is_not_documentation() {
    for (file, place) in [("", "(1,1)"), ("hi", "(1,3)"), ("<?xml version='1.0'?>\n<!-- no -->\n", "(3,1)")] {
        let (comments, problem) = parsed(file.as_bytes());
        assert!(comments.is_empty() && problem.starts_with(place), "{file}: {problem}");
        assert!(problem.contains("no element `doc`"), "{file}: {problem}");
    }
    assert_eq!(parsed(b"<Project/>").1, "");
}
