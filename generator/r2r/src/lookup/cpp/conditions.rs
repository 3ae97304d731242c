//! Conditional compilation: which tokens are compiled for sure, never, or only under a condition.
//!
//! No macro is known here, so only `#if 0` and `#if 1` decide. Everything else is taken, and remembered with its
//! condition.

use super::cursor::Position;
use super::lexer::{Kind, LexError, Lexer, Token};
use thunkgen_diagnostics::shorten;

/// Most characters that are kept of a condition: it is told with every row under it.
const MAX_TEXT: usize = 200;

/// A condition that cannot be decided here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The line that opens the branch, such as `#ifdef X` or `#else of #ifdef X`; of a long one, the start.
    pub text: String,
    /// Where that line is.
    pub at: Position,
}

/// What is wrong with the structure of a source.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StructureError {
    /// A token does not end.
    #[error("{0}")]
    Lex(#[from] LexError),
    /// `#else`, `#elif` or `#endif` where none can be.
    #[error("`#{0}` without its #if")]
    Unopened(String),
    /// The source ends in a branch.
    #[error("this `#{0}` has no #endif")]
    Unclosed(String),
}

/// A token with the index of its innermost condition.
pub(super) struct Live {
    pub token: Token,
    pub condition: Option<usize>,
}

/// One `#if` and its branches.
struct Level {
    /// Word and text of the opening line.
    name: String,
    text: String,
    at: Position,
    /// Whether the lines around it are compiled, and under which condition.
    parent_live: bool,
    parent_condition: Option<usize>,
    /// A branch was compiled for sure, if any was: no later one is.
    decided: bool,
    /// A branch was compiled or not.
    undecided: bool,
    seen_else: bool,
    live: bool,
    condition: Option<usize>,
}

/// Yields the tokens that can be compiled.
pub(super) struct LiveTokens<'a> {
    lexer: Lexer<'a>,
    levels: Vec<Level>,
    /// Every undecided condition, in the order of the source.
    pub conditions: Vec<Condition>,
    /// The macro of an `#ifndef` right before, which is a header guard if it is defined next.
    guard: Option<String>,
}

impl<'a> LiveTokens<'a> {
    pub fn new(source: &'a [u8]) -> LiveTokens<'a> {
        LiveTokens { lexer: Lexer::new(source), levels: Vec::new(), conditions: Vec::new(), guard: None }
    }

    /// The next token that can be compiled; directives other than conditions and `#define` are among them.
    pub fn next(&mut self) -> Result<Option<Live>, (StructureError, Position)> {
        loop {
            let live = self.levels.last().is_none_or(|level| level.live);
            let token = if live { self.lexer.next() } else { self.lexer.next_directive() };
            let token = token.map_err(|(error, at)| (error.into(), at))?;
            let Some(token) = token else {
                let unclosed = |level: Level| (StructureError::Unclosed(level.name), level.at);
                return self.levels.pop().map_or(Ok(None), |level| Err(unclosed(level)));
            };
            let guard = self.guard.take();
            if let Kind::Directive { name, rest } = &token.kind
                && (self.directive(name, rest, token.at, guard)? || !live)
            {
                continue;
            }
            return Ok(Some(Live { token, condition: self.levels.last().and_then(|level| level.condition) }));
        }
    }

    /// Follows a directive; true when it is about conditions only.
    fn directive(
        &mut self,
        name: &str,
        rest: &str,
        at: Position,
        guard: Option<String>,
    ) -> Result<bool, (StructureError, Position)> {
        match name {
            "if" | "ifdef" | "ifndef" => {
                self.open(name, rest, at);
                if name == "ifndef" {
                    self.guard = Some(rest.to_owned());
                }
            }
            "elif" | "else" | "elifdef" | "elifndef" => self.other_branch(name, rest, at)?,
            "endif" => drop(self.levels.pop().ok_or_else(|| (StructureError::Unopened(name.to_owned()), at))?),
            "define" => {
                let defined = rest.split(|c: char| c.is_whitespace() || c == '(').next();
                if let (Some(level), true) = (self.levels.last_mut(), guard.is_some() && guard.as_deref() == defined) {
                    level.condition = level.parent_condition;
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn open(&mut self, name: &str, rest: &str, at: Position) {
        let level = Level {
            name: name.to_owned(),
            text: format!("#{name} {rest}"),
            at,
            parent_live: self.levels.last().is_none_or(|level| level.live),
            parent_condition: self.levels.last().and_then(|level| level.condition),
            decided: false,
            undecided: false,
            seen_else: false,
            live: false,
            condition: None,
        };
        let text = level.text.clone();
        let verdict = if name == "if" { decide(rest) } else { None };
        self.enter(level, verdict, text, at);
    }

    fn other_branch(&mut self, name: &str, rest: &str, at: Position) -> Result<(), (StructureError, Position)> {
        let Some(mut level) = self.levels.pop().filter(|level| !level.seen_else) else {
            return Err((StructureError::Unopened(name.to_owned()), at));
        };
        let (verdict, text) = match name {
            "else" => (Some(true), format!("#else of {}", level.text)),
            "elif" => (decide(rest), format!("#elif {rest}")),
            _ => (None, format!("#{name} {rest}")),
        };
        level.seen_else = name == "else";
        self.enter(level, verdict, text, at);
        Ok(())
    }

    /// Enters a branch of `level` whose condition holds, does not hold, or may hold.
    fn enter(&mut self, mut level: Level, verdict: Option<bool>, text: String, at: Position) {
        level.live = level.parent_live && !level.decided && verdict != Some(false);
        let for_sure = verdict == Some(true) && !level.undecided;
        level.condition = level.parent_condition;
        if level.live && !for_sure {
            self.conditions.push(Condition { text: shorten(&text, MAX_TEXT), at });
            level.condition = Some(self.conditions.len() - 1);
        }
        level.decided |= verdict == Some(true);
        level.undecided |= verdict.is_none();
        self.levels.push(level);
    }
}

/// Whether a condition holds, when that needs no macro.
fn decide(condition: &str) -> Option<bool> {
    let mut condition = condition.trim();
    while let Some(inner) = condition.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        condition = inner.trim();
    }
    match condition {
        "0" | "false" => Some(false),
        "1" | "true" => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every token with its condition, or the error.
    fn live(source: &str) -> String {
        let mut tokens = LiveTokens::new(source.as_bytes());
        let mut found = Vec::new();
        loop {
            match tokens.next() {
                Ok(None) => return found.join(" "),
                Ok(Some(Live { token, condition })) => {
                    let condition = condition.map(|index| format!("[{}]", tokens.conditions[index].text));
                    found.push(token.describe().replace('`', "") + &condition.unwrap_or_default());
                }
                Err((error, Position { line, .. })) => return format!("{line}: {error}"),
            }
        }
    }

    #[test]
    fn what_cannot_be_decided_is_remembered() {
        assert_eq!(live("a\n#ifdef X\nb\n#else\nc\n#endif\nd"), "a b[#ifdef X] c[#else of #ifdef X] d");
        assert_eq!(
            live("#if A\na\n#elif B\nb\n#if C\nc\n#endif\n#else\nd\n#endif"),
            "a[#if A] b[#elif B] c[#if C] d[#else of #if A]"
        );
        assert_eq!(live("#if A\na\n#elif 1\nb\n#else\nc\n#endif"), "a[#if A] b[#elif 1]");
        assert_eq!(live("#pragma once\nx"), "#pragma x");
    }

    #[test]
    fn constants_decide() {
        assert_eq!(live("#if 0\na 'x\n#else\nb\n#endif\nc"), "b c");
        assert_eq!(live("#if ((1))\na\n#elif X\nb\n#else\nc\n#endif"), "a");
        assert_eq!(live("#if 0\n#if X\na\n#else\nb\n#endif\n#elif X\nc\n#elif 0\nd\n#endif"), "c[#elif X]");
    }

    #[test]
    fn a_header_guard_is_no_condition() {
        assert_eq!(live("#ifndef G\n#define G 1\na\n#if X\nb\n#endif\n#endif"), "a b[#if X]");
        assert_eq!(live("#ifndef G\n#define H\na\n#endif"), "a[#ifndef G]");
        assert_eq!(live("#ifndef G\nx\n#define G\na\n#endif"), "x[#ifndef G] a[#ifndef G]");
    }

    #[test]
    fn structure_is_checked() {
        assert_eq!(live("#endif"), "1: `#endif` without its #if");
        assert_eq!(live("#if X\n#else\n#elif Y\n#endif"), "3: `#elif` without its #if");
        assert_eq!(live("\n#if 0\na"), "2: this `#if` has no #endif");
        assert_eq!(live("#ifdef X\n/*"), "2: this comment does not end");
    }
}
