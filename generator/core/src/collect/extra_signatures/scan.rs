//! The lexemes of a declaration.

/// Why a text is not a declaration, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    /// Number of characters before the error.
    pub at: usize,
    pub reason: String,
}

/// A word, or one other character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lexeme {
    pub text: String,
    /// Number of characters before it.
    pub at: usize,
    pub is_word: bool,
}

/// Reads the lexemes of a declaration in order.
#[derive(Debug)]
pub(super) struct Scanner {
    lexemes: Vec<Lexeme>,
    next: usize,
    end: usize,
}

impl Scanner {
    /// Splits a text into lexemes; this cannot fail.
    pub fn new(text: &str) -> Scanner {
        let mut lexemes: Vec<Lexeme> = Vec::new();
        let mut in_word = false;
        for (at, c) in text.chars().enumerate() {
            // A reflection name ends in a backtick and the number of type parameters; `@` makes a keyword a name.
            let is_word = c.is_alphanumeric() || matches!(c, '_' | '`' | '@');
            match lexemes.last_mut() {
                Some(word) if is_word && in_word => word.text.push(c),
                _ if c.is_whitespace() => {}
                _ => lexemes.push(Lexeme { text: c.into(), at, is_word }),
            }
            in_word = is_word;
        }
        Scanner { lexemes, next: 0, end: text.trim_end().chars().count() }
    }

    /// The lexeme `ahead` positions after the next one; empty at the end.
    pub fn peek(&self, ahead: usize) -> &str {
        self.lexemes.get(self.next + ahead).map_or("", |lexeme| &lexeme.text)
    }

    /// Whether the next lexeme is a word.
    pub fn at_word(&self) -> bool {
        self.lexemes.get(self.next).is_some_and(|lexeme| lexeme.is_word)
    }

    /// Whether there is no white space before the next lexeme.
    pub fn is_adjacent(&self) -> bool {
        let before = self.next.checked_sub(1).and_then(|before| self.lexemes.get(before));
        before.is_some_and(|before| before.at + before.text.chars().count() == self.at())
    }

    /// Number of characters before the next lexeme.
    pub fn at(&self) -> usize {
        self.lexemes.get(self.next).map_or(self.end, |lexeme| lexeme.at)
    }

    /// Skips the next lexeme if it is this one.
    pub fn take(&mut self, text: &str) -> bool {
        let found = self.peek(0) == text;
        self.next += usize::from(found);
        found
    }

    /// Skips the next lexeme.
    pub fn advance(&mut self) -> Option<Lexeme> {
        let lexeme = self.lexemes.get(self.next).cloned();
        self.next += usize::from(lexeme.is_some());
        lexeme
    }

    /// Skips and returns the next lexeme if it is a name, without its `@`.
    pub fn take_name(&mut self) -> Option<String> {
        let starts_name = |c: char| c.is_alphabetic() || c == '_' || c == '@';
        if !self.at_word() || !self.peek(0).starts_with(starts_name) {
            return None;
        }
        self.advance().map(|lexeme| lexeme.text.trim_start_matches('@').to_owned())
    }

    /// An error at the next lexeme.
    pub fn error<T>(&self, reason: impl Into<String>) -> Result<T, SyntaxError> {
        Err(SyntaxError { at: self.at(), reason: reason.into() })
    }

    /// An error that names the expected and the found lexeme.
    pub fn expected<T>(&self, what: &str) -> Result<T, SyntaxError> {
        match self.peek(0) {
            "" => self.error(format!("expected {what} at the end")),
            found => self.error(format!("expected {what} before `{found}`")),
        }
    }

    /// Skips the next lexeme, which must be this one.
    pub fn require(&mut self, text: &str) -> Result<(), SyntaxError> {
        if self.take(text) { Ok(()) } else { self.expected(&format!("`{text}`")) }
    }
}
