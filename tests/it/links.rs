//! Every link and image in the Markdown pages leads to a file of the repository, and to a heading that the page has.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use thunkgen_tests::data::crate_dir;

/// The lines of a page without code: no fenced or indented blocks, and no code spans.
fn text_lines(page: &str) -> Vec<String> {
    let (mut fenced, mut after_blank, mut indented) = (false, true, false);
    let mut lines = Vec::new();
    for line in page.lines() {
        let is_fence = line.trim_start().starts_with("```");
        fenced ^= is_fence;
        indented = line.starts_with("    ") && (after_blank || indented);
        after_blank = line.is_empty();
        let is_text = !fenced && !is_fence && !indented;
        lines.push(if is_text { line.to_owned() } else { String::new() });
    }
    lines
}

/// The targets of the links in a line, `](TARGET)`.
fn targets(line: &str) -> Vec<&str> {
    let ends = line.match_indices("](").map(|(at, _)| &line[at + 2..]);
    ends.filter_map(|rest| rest.split_once(')').map(|(target, _)| target)).collect()
}

/// The anchors of the headings, as GitHub and the site make them.
fn anchors(page: &str) -> BTreeSet<String> {
    let mut seen = BTreeMap::new();
    let lines = text_lines(page);
    let headings = lines.iter().filter_map(|line| {
        let text = line.trim_start_matches('#');
        (line.len() > text.len()).then_some(text.strip_prefix(' ')?)
    });
    let slug = |heading: &str| {
        let kept = heading.trim().to_lowercase().replace(' ', "-");
        let mut slug: String = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect();
        let times: &mut usize = seen.entry(slug.clone()).or_default();
        if *times > 0 {
            slug += &format!("-{times}");
        }
        *times += 1;
        slug
    };
    headings.map(slug).collect()
}

/// A path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(normal.pop()),
            Component::CurDir => {}
            part => normal.push(part),
        }
    }
    normal
}

fn pages(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !path.is_symlink() && !name.starts_with('.') && !name.starts_with("target") {
            pages(&path, found);
        } else if name.ends_with(".md") && !path.ends_with("generator/diagnostics/src/page.md") {
            found.push(path);
        }
    }
}

/// What is wrong with the links of a page, and how many it has.
fn problems(path: &Path, page: &str) -> (Vec<String>, usize) {
    let (mut problems, mut count) = (Vec::new(), 0);
    for (number, line) in text_lines(page).iter().enumerate() {
        for target in targets(line) {
            if target.starts_with("https://") {
                continue;
            }
            count += 1;
            let (file, anchor) = target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
            let file =
                if file.is_empty() { path.to_owned() } else { normal(&path.parent().expect("a parent").join(file)) };
            let has_anchor =
                |anchor: &str| anchors(&std::fs::read_to_string(&file).unwrap_or_default()).contains(anchor);
            let problem = match anchor {
                _ if !file.exists() => "does not exist",
                Some(anchor) if !has_anchor(anchor) => "has no such heading",
                _ => continue,
            };
            problems.push(format!("{}:{}: {target} {problem}", path.display(), number + 1));
        }
    }
    (problems, count)
}

#[test]
fn every_link_leads_somewhere() {
    let mut paths = Vec::new();
    pages(&normal(&crate_dir().join("..")), &mut paths);
    paths.sort();
    let (mut all, mut count) = (Vec::new(), 0);
    for path in &paths {
        let (found, links) = problems(path, &std::fs::read_to_string(path).expect("a page"));
        all.extend(found);
        count += links;
    }
    assert!(paths.len() > 40 && count > 100, "{} pages, {count} links", paths.len());
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn a_wrong_link_shows() {
    let path = normal(&crate_dir().join("../docs/README.md"));
    let page = "# A b\n# A b\n[a](#a-b-1), [b](reference/keys.md#codes), [c](nothing.md)\n`[d](x)`\n\n    [e](y)\n\
        [f](reference/keys.md#nothing) ![g](images/nothing.svg)\n";
    let (found, count) = problems(&path, page);
    let ends: Vec<&str> = found.iter().filter_map(|problem| problem.split_once("md:").map(|(_, end)| end)).collect();
    let expected = [
        "3: #a-b-1 has no such heading",
        "3: nothing.md does not exist",
        "4: x does not exist",
        "7: reference/keys.md#nothing has no such heading",
        "7: images/nothing.svg does not exist",
    ];
    assert_eq!((ends, count), (expected.to_vec(), 6));
    assert_eq!(anchors("# A `b`, c!\n## A `b`, c!\n"), ["a-b-c", "a-b-c-1"].map(str::to_owned).into());
}
