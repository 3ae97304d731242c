//! Text edits that break generated code on purpose, to show that a suite would notice.
//!
//! Every edit panics when it finds nothing to change: a mutation that does not apply proves nothing.

/// Generated text in which some warnings the damage causes are no errors.
pub fn without_warnings(text: &str) -> String {
    format!("#pragma clang diagnostic ignored \"-Weverything\"\n{text}")
}

/// Replaces the only occurrence of `from`.
pub fn replace_once(text: &str, from: &str, to: &str) -> String {
    let count = text.matches(from).count();
    assert_eq!(count, 1, "`{from}` is there {count} times in\n{text}");
    text.replacen(from, to, 1)
}

/// Replaces the first occurrence of `from`.
pub fn replace_first(text: &str, from: &str, to: &str) -> String {
    let changed = text.replacen(from, to, 1);
    assert!(changed != text, "`{from}` is not in\n{text}");
    changed
}

/// The name of the function in the table row that starts with this string literal.
pub fn function_of_row(text: &str, literal: &str) -> String {
    let quoted = format!("\"{literal}\",");
    let at = text.find(&quoted).unwrap_or_else(|| panic!("no row for {literal}"));
    let row = &text[at..];
    let row = &row[..row.find('}').expect("the row ends")];
    // The last name is the function: a reverse row holds the MethodDesc before it.
    let name = row.rsplit('&').next().expect("an address");
    name.trim().to_owned()
}

/// Edits the definition of a function.
pub fn edit_function(text: &str, name: &str, edit: impl FnOnce(&str) -> String) -> String {
    let signature = format!(" {name}(");
    let start = text.find(&signature).unwrap_or_else(|| panic!("`{name}` is not defined"));
    let end = start + text[start..].find("\n}\n").expect("the definition ends");
    let changed = edit(&text[start..end]);
    assert!(changed != text[start..end], "the edit of `{name}` changed nothing");
    format!("{}{changed}{}", &text[..start], &text[end..])
}

/// Edits the parameter types of the callee and what a thunk passes for them: `(R (*)(TYPES))...` and `code(VALUES)`.
pub fn edit_call(body: &str, edit: impl FnOnce(&mut Vec<String>, &mut Vec<String>)) -> String {
    let types_at = body.find("(*)(").expect("a function pointer type") + "(*)".len();
    let values_at = body.rfind("code(").expect("the call") + "code".len();
    let (mut types, types_end) = list(body, types_at);
    let (mut values, values_end) = list(body, values_at);
    assert_eq!(types.len(), values.len(), "one value for each parameter in\n{body}");
    edit(&mut types, &mut values);
    format!(
        "{}({}){}({}){}",
        &body[..types_at],
        types.join(", "),
        &body[types_end..values_at],
        values.join(", "),
        &body[values_end..]
    )
}

/// The parts of the parenthesised list at `open`, and where it ends.
fn list(text: &str, open: usize) -> (Vec<String>, usize) {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, open + 1);
    for (at, c) in text.char_indices().skip_while(|(at, _)| *at < open) {
        match c {
            '(' | '<' => depth += 1,
            ')' | '>' => depth -= 1,
            _ => {}
        }
        if (c == ',' && depth == 1) || depth == 0 {
            parts.push(text[start..at].trim().to_owned());
            start = at + 1;
        }
        if depth == 0 {
            parts.retain(|part| !part.is_empty());
            return (parts, at + 1);
        }
    }
    panic!("a list does not end in\n{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_nest() {
        let (parts, end) = list("f(a, b<c, d>(e, f),\n  g) + 1", 1);
        assert_eq!(parts, ["a", "b<c, d>(e, f)", "g"]);
        assert_eq!(&"f(a, b<c, d>(e, f),\n  g) + 1"[end..], " + 1");
        assert_eq!(list("f()", 1).0, [] as [&str; 0]);
    }
}
