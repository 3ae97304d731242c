//! Diagnostics as rustc prints them: the title, the line of the source, and a line for each part of the message.

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::excerpt::{Excerpt, Missing, Sources};
use super::wrap;
use thunkgen_diagnostics::{self as diagnostics, Diagnostic, PartKind, ShownPart, escape_controls, shorten};

/// Longest text of a part, in characters.
const MAX_TEXT: usize = 2_000;

/// Longest name of a member, in characters.
const MAX_MEMBER: usize = 300;

/// Columns of a tab in an excerpt.
const TAB: &str = "    ";

/// All diagnostics, with lines of at most `width` columns where text allows it.
pub fn render(diagnostics: &[Diagnostic], has_colors: bool, width: usize) -> String {
    let mut sources = Sources::default();
    let blocks = diagnostics.iter().map(|diagnostic| block(diagnostic, has_colors, width, &mut sources) + "\n\n");
    let mut text: String = blocks.collect();
    let mut codes: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.rule.code).collect();
    codes.sort_unstable();
    codes.dedup();
    if let [first, others @ ..] = &codes[..] {
        let what = if others.is_empty() { "this code" } else { "a code" };
        text += &format!("For more information about {what}, try `thunkgen explain {first}`.\n");
    }
    text
}

fn block(diagnostic: &Diagnostic, has_colors: bool, width: usize, sources: &mut Sources) -> String {
    let (file, position) = diagnostic.location.origin();
    let file = escape_controls(file);
    let excerpt = sources.of(&diagnostic.location);
    let is_changed = excerpt == Err(Missing::Changed);
    let parts = diagnostic.shown_parts();
    let mentioned: Vec<(&ShownPart<'_>, Option<Excerpt>)> =
        parts.iter().filter_map(|part| Some((part, sources.of_mention(part.mention?)))).collect();
    let lines = excerpt.iter().map(|excerpt| excerpt.line);
    let lines = lines.chain(mentioned.iter().filter_map(|(_, excerpt)| excerpt.as_ref()).map(|excerpt| excerpt.line));
    let gutter = lines.max().map_or(0, |line| line.to_string().len());

    let level = match diagnostic.level {
        diagnostics::Level::Error => Level::ERROR,
        diagnostics::Level::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(diagnostic.rule.title).id(diagnostic.rule.code));
    let mut label = None;
    match excerpt {
        Ok(excerpt) => {
            label = parts.first().filter(|part| part.kind == PartKind::Problem && !part.is_formatted);
            let space = width.saturating_sub(gutter + " | ".len() + end(&excerpt) + 1);
            label = label.filter(|part| columns(&escape_controls(part.text)) <= space);
            let text = label.map(|part| escape_controls(part.text));
            group = group.element(snippet(excerpt, file, AnnotationKind::Primary, text));
        }
        Err(_) if !file.is_empty() => {
            let mut origin = Origin::path(file);
            if let Some((line, column)) = position {
                origin = origin.line(line as usize).char_column(column as usize);
            }
            group = group.element(origin);
        }
        Err(_) => {}
    }
    for (part, excerpt) in mentioned {
        let Some(mention) = part.mention else { continue };
        let path = escape_controls(&mention.file);
        group = match excerpt {
            Some(excerpt) => {
                group.element(snippet(excerpt, path, AnnotationKind::Context, Some(escape_controls(&mention.what))))
            }
            None => group.element(Origin::path(path).line(mention.line as usize)),
        };
    }
    // `gutter = name: text`
    let footer = |level: Level<'static>, name: &'static str, text: &str| {
        let indent = gutter.max(1) + " = ".len() + name.len() + ": ".len();
        level.with_name(name).message(filled(text, width.saturating_sub(indent)))
    };
    if let Some((member, token)) = &diagnostic.location.member {
        let name = match token >> 24 {
            0x02 => "type",
            0x04 => "field",
            _ => "method",
        };
        let text = format!("{} (0x{token:08X})", shorten(member, MAX_MEMBER));
        group = group.element(footer(Level::NOTE, name, &text));
    }
    let is_label = label.is_some();
    for part in parts.iter().skip(usize::from(is_label)) {
        let (level, name) = match part.kind {
            PartKind::Problem | PartKind::Note => (Level::NOTE, "note"),
            PartKind::Help => (Level::HELP, "help"),
        };
        group = group.element(footer(level, name, part.text));
    }
    if is_changed {
        group = group.element(footer(Level::NOTE, "note", "the file has changed since the assembly was compiled"));
    }
    let renderer = if has_colors { Renderer::styled() } else { Renderer::plain() };
    let text = renderer.term_width(width).render(&[group]);
    // As rustc and cargo print a place without a line.
    if gutter == 0 { text.replace('\n', "\n ") } else { text }
}

fn snippet<'s>(
    excerpt: Excerpt,
    path: String,
    kind: AnnotationKind,
    label: Option<String>,
) -> Snippet<'s, Annotation<'s>> {
    let Excerpt { line, text, span } = excerpt;
    Snippet::source(text).line_start(line as usize).path(path).annotation(kind.span(span).label(label))
}

/// A part in lines, harmless in a terminal.
fn filled(text: &str, width: usize) -> String {
    let is_table = text.contains('\n');
    let lines = text.split('\n').map(|line| {
        let column = line.find('`').filter(|_| is_table).unwrap_or_default();
        wrap(&escape_controls(&shorten(line, MAX_TEXT)), width, &" ".repeat(column))
    });
    lines.collect::<Vec<String>>().join("\n")
}

/// The column after the underlined part.
fn end(excerpt: &Excerpt) -> usize {
    columns(&excerpt.text[..excerpt.span.end].replace('\t', TAB))
}

fn columns(text: &str) -> usize {
    textwrap::core::display_width(text)
}
