//! Finds the tables in a stream of tokens.

use std::collections::BTreeMap;

use super::conditions::{Live, LiveTokens};
use super::count::Count;
use super::cursor::Position;
use super::lexer::{Kind, Token};
use super::problem::{Problem, ProblemKind};
use super::{MAX_SOURCE, Row, Table, TableFile, TableKind, row};

/// Most tokens between the braces of a row.
const MAX_ROW: usize = 200;

/// Most problems that are worth reading.
const MAX_PROBLEMS: usize = 20;

/// Finds the tables in a C++ source.
///
/// ```
/// use thunkgen_r2r::lookup::cpp::read;
/// let source = r#"static const Entry g_wasmThunks[] = { { "MviS8", (void*)&CallFunc_I32_S8_RetVoid } };"#;
/// let file = read(source.as_bytes());
/// assert_eq!(file.tables[0].rows[0].key.as_deref(), Some("MviS8"));
/// assert_eq!(file.tables[0].rows[0].function, "CallFunc_I32_S8_RetVoid");
/// ```
pub fn read(source: &[u8]) -> TableFile {
    let mut reader = Reader {
        tokens: LiveTokens::new(source),
        peeked: None,
        ended: false,
        file: TableFile::default(),
        early_counts: BTreeMap::new(),
    };
    if source.len() > MAX_SOURCE {
        reader.problem(Position { line: 1, column: 1 }, ProblemKind::TooLarge(source.len()));
        return reader.file;
    }
    while let Some(token) = reader.next() {
        let Kind::Name(name) = &token.token.kind else { continue };
        if let Some(kind) = TableKind::of_name(name) {
            reader.after_name(name, kind, token.token.at);
        } else if let Some(table) = name.strip_suffix("Count").filter(|table| TableKind::of_name(table).is_some()) {
            reader.after_count(table, token.token.at);
        }
    }
    let Reader { tokens, mut file, .. } = reader;
    file.conditions = tokens.conditions;
    file
}

struct Reader<'a> {
    tokens: LiveTokens<'a>,
    peeked: Option<Live>,
    /// After what is no C++, nothing more is read.
    ended: bool,
    file: TableFile,
    /// Counts that were defined before their tables.
    early_counts: BTreeMap<String, (Count, Position)>,
}

impl Reader<'_> {
    fn problem(&mut self, at: Position, kind: ProblemKind) {
        if self.file.problems.len() == MAX_PROBLEMS {
            self.file.problems.push(Problem { at, kind: ProblemKind::TooMany });
            self.ended = true;
        }
        if self.file.problems.len() < MAX_PROBLEMS {
            self.file.problems.push(Problem { at, kind });
        }
    }

    fn next(&mut self) -> Option<Live> {
        if self.ended {
            return None;
        }
        if let Some(live) = self.peeked.take() {
            return Some(live);
        }
        match self.tokens.next() {
            Ok(live) => live,
            Err((error, at)) => {
                self.problem(at, error.into());
                self.ended = true;
                None
            }
        }
    }

    fn peek(&mut self) -> Option<&Token> {
        self.peeked = self.next();
        self.peeked.as_ref().map(|live| &live.token)
    }

    fn take(&mut self, punctuation: u8) -> bool {
        let is_next = self.peek().is_some_and(|token| token.is(punctuation));
        if is_next {
            self.next();
        }
        is_next
    }

    /// Skips up to the bracket that closes the one just taken.
    fn skip_brackets(&mut self) {
        let mut depth = 1usize;
        while let Some(live) = self.next() {
            match live.token.kind {
                Kind::Punctuation(b'[' | b'(' | b'{') => depth += 1,
                Kind::Punctuation(b']' | b')' | b'}') => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// Behind the name of a table: its definition, a declaration, or a use.
    fn after_name(&mut self, name: &str, kind: TableKind, at: Position) {
        let is_array = self.take(b'[');
        let bound = match self.peek().map(|token| &token.kind) {
            Some(Kind::Number(number)) if is_array => number.parse::<usize>().ok(),
            _ => None,
        };
        if is_array {
            self.skip_brackets();
        }
        while self.peek().and_then(Token::name) == Some("__attribute__") {
            self.next();
            if self.take(b'(') {
                self.skip_brackets();
            }
        }
        self.take(b'=');
        let Some(brace) = self.peek().filter(|token| token.is(b'{')).map(|token| token.at) else { return };
        let condition = self.next().and_then(|live| live.condition);
        if !is_array {
            self.problem(brace, ProblemKind::NoArray(name.to_owned()));
            return;
        }
        let rows = self.rows(name, at, condition);
        if let Some(bound) = bound.filter(|bound| *bound > rows.len()) {
            self.problem(at, ProblemKind::Bound(name.to_owned(), bound, rows.len()));
        }
        let count = self.early_counts.remove(name);
        self.file.tables.push(Table { name: name.to_owned(), kind, at, condition, rows, count });
    }

    /// The rows up to the brace that closes the table.
    fn rows(&mut self, name: &str, table_at: Position, table_condition: Option<usize>) -> Vec<Row> {
        let mut rows = Vec::new();
        loop {
            let Some(Live { token, condition }) = self.next() else {
                if !self.ended {
                    self.problem(table_at, ProblemKind::Unclosed(name.to_owned()));
                }
                return rows;
            };
            match &token.kind {
                Kind::Punctuation(b'}') => return rows,
                Kind::Punctuation(b'{') => {
                    let condition = condition.filter(|condition| Some(*condition) != table_condition);
                    rows.extend(self.row(token.at, condition));
                }
                Kind::Directive { name, .. } if name.starts_with("include") => {
                    self.problem(token.at, ProblemKind::Include);
                    continue;
                }
                Kind::Directive { .. } => continue,
                _ => {
                    self.problem(token.at, ProblemKind::NoRow(token.describe()));
                    self.skip_to_separator();
                }
            }
            self.separator();
        }
    }

    /// Between two rows; the brace that closes the table is left for the caller.
    fn separator(&mut self) {
        loop {
            if self.take(b',') || self.peek().is_none_or(|token| token.is(b'}')) {
                return;
            }
            if let Some(brace) = self.peek().filter(|token| token.is(b'{')).map(|token| token.at) {
                self.problem(brace, ProblemKind::NoSeparator("`{`".to_owned()));
                return;
            }
            let Some(Live { token, .. }) = self.next() else { return };
            match token.kind {
                Kind::Directive { name, .. } if name.starts_with("include") => {
                    self.problem(token.at, ProblemKind::Include)
                }
                Kind::Directive { .. } => {}
                _ => {
                    self.problem(token.at, ProblemKind::NoSeparator(token.describe()));
                    self.skip_to_separator();
                }
            }
        }
    }

    /// Skips what is no row: everything before the next comma, or the brace that closes the table.
    fn skip_to_separator(&mut self) {
        while let Some(token) = self.peek() {
            match token.kind {
                Kind::Punctuation(b',' | b'}') => return,
                Kind::Punctuation(b'(' | b'[' | b'{') => {
                    self.next();
                    self.skip_brackets();
                }
                _ => _ = self.next(),
            }
        }
    }

    /// A row, behind its opening brace.
    fn row(&mut self, open: Position, condition: Option<usize>) -> Option<Row> {
        let mut tokens = Vec::new();
        let (mut depth, mut too_long) = (0usize, false);
        loop {
            let Live { token, .. } = self.next()?;
            match token.kind {
                Kind::Punctuation(b'}') if depth == 0 => break,
                Kind::Punctuation(b'{') => depth += 1,
                Kind::Punctuation(b'}') => depth -= 1,
                Kind::Directive { .. } => continue,
                _ => {}
            }
            match tokens.len() {
                ..MAX_ROW => tokens.push(token),
                _ => too_long = true,
            }
        }
        if too_long {
            self.problem(open, ProblemKind::RowTooLong(MAX_ROW));
            return None;
        }
        match row::parse(&tokens) {
            Ok((key, function)) => {
                let at = tokens.first().map_or(open, |token| token.at);
                Some(Row { key, function, at, condition })
            }
            Err((kind, index)) => {
                self.problem(tokens.get(index).map_or(open, |token| token.at), kind);
                None
            }
        }
    }

    /// Behind the name of a count: its definition, a declaration, or a use.
    fn after_count(&mut self, table: &str, at: Position) {
        if !self.take(b'=') || self.peek().is_none_or(|token| token.is(b'=')) {
            return;
        }
        let mut expression = Vec::new();
        while let Some(Live { token, .. }) = self.next() {
            if token.is(b';') || token.is(b',') || expression.len() == MAX_ROW {
                break;
            }
            expression.push(token);
        }
        match Count::parse(&expression, table) {
            Some(count) => match self.file.tables.iter_mut().rfind(|before| before.name == table) {
                Some(before) => before.count = Some((count, at)),
                None => _ = self.early_counts.insert(table.to_owned(), (count, at)),
            },
            None => self.problem(at, ProblemKind::Count(table.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables with their rows and counts, then the problems.
    fn show(source: &str) -> String {
        let file = read(source.as_bytes());
        let mut lines = Vec::new();
        for table in &file.tables {
            let count = table.count.map(|(count, _)| format!(" counted {}", count.of(table.rows.len())));
            let under = |index: &usize| format!(" under {}", file.conditions[*index].text);
            let condition = table.condition.as_ref().map(under).unwrap_or_default();
            lines.push(format!("{} {:?}{}{condition}", table.name, table.kind, count.unwrap_or_default()));
            for Row { key, function, at, condition } in &table.rows {
                let condition = condition.as_ref().map(under).unwrap_or_default();
                let key = key.as_deref().unwrap_or("-");
                lines.push(format!("  {},{} {key} {function}{condition}", at.line, at.column));
            }
        }
        lines.extend(file.problems.iter().map(|p| format!("{},{}: {}", p.at.line, p.at.column, p.kind)));
        lines.join("\n")
    }

    #[test]
    fn definitions_and_what_only_looks_like_one() {
        let source = r#"
            extern const StringToWasmSigThunk g_wasmThunks[];
            extern const size_t g_wasmThunksCount;
            // const StringToWasmSigThunk g_wasmThunks[] = { { "Mx", 0 } };
            namespace { static void F(PCODE, int8_t*, int8_t*) { use(g_wasmThunks[0].key, "g_wasmThunks[] = {"); } }
            alignas(16) const StringToWasmSigThunk g_wasmThunks[1 + 1] __attribute__((used)) =
            {
                { "Mv", (void*)&F }, /* { "Mi", (void*)&G }, */
                { nullptr, nullptr } // the end
            };
            const size_t g_wasmThunksCount = sizeof(g_wasmThunks) / sizeof(g_wasmThunks[0]) - 1;
            static_assert(g_wasmThunksCount == 1, "");
            void g() { g_wasmThunks[0] = x; if (g_wasmThunks == y) { } for (auto& t : g_wasmThunks) { } }
            struct { const char* k; void* v; } g_wasmPortableEntryPointThunks[] { { "Ivp", (void*)&a::B }, };
        "#;
        assert_eq!(
            show(source),
            "g_wasmThunks FromInterp counted 1\n  8,19 Mv F\n  9,19 - \n\
             g_wasmPortableEntryPointThunks ToInterp\n  14,85 Ivp a::B"
        );
        assert_eq!(show("wasmThunks[] = {}; size_t wasmThunksCount = 0;"), "wasmThunks FromInterp counted 0");
        assert_eq!(show("size_t wasmThunksCount = 3; T wasmThunks[] = {};"), "wasmThunks FromInterp counted 3");
    }

    #[test]
    fn rows_under_conditions_are_taken() {
        let source = "#if X\nT g_wasmThunks[] = {\n{\"Mv\", F},\n#ifdef Y\n{\"Mi\", G},\n#else\n{\"Mi\", H}\n#endif\n,\n\
                      #if 0\n{\"Ml\", L},\n#endif\n#pragma warning(push)\n{\"Mf\", K} };\n#endif";
        assert_eq!(
            show(source),
            "g_wasmThunks FromInterp under #if X\n  3,2 Mv F\n  5,2 Mi G under #ifdef Y\n  \
             7,2 Mi H under #else of #ifdef Y\n  14,2 Mf K"
        );
    }

    #[test]
    fn problems_have_their_place_and_the_rest_is_read() {
        let source = "T g_wasmThunks[] = {\n  ROW(a, b),\n  { K, F },\n  { \"Mv\", F } { \"Mi\", G },\n  { \"Ml\", L },\n\
                      #include \"rows.h\"\n  { \"Md\", D } };\nsize_t g_wasmThunksCount = N;\nA g_wasmThunks = { 1 };\n\
                      T g_wasmThunks[] = { { \"Mf\", Q }";
        assert_eq!(
            show(source),
            "g_wasmThunks FromInterp\n  4,5 Mv F\n  4,17 Mi G\n  5,5 Ml L\n  7,5 Md D\ng_wasmThunks FromInterp\n  10,24 Mf Q\n\
             2,3: `ROW` where a row such as { \"MviS8\", (void*)&Function } is expected\n\
             3,5: `K` where the key is expected, a string literal\n\
             4,15: `{` where `,` or `}` is expected\n\
             6,1: rows that stand in another file are not read; name a file that holds the whole table\n\
             8,8: this number of rows is not understood; write sizeof(g_wasmThunks) / sizeof(g_wasmThunks[0])\n\
             9,18: `g_wasmThunks` is initialised here, but not as an array `g_wasmThunks[] = { ... }`\n\
             10,3: the table `g_wasmThunks` does not end"
        );
    }

    #[test]
    fn places_without_rows_are_null() {
        let table = |bound: &str| format!("T g_wasmThunks[{bound}] = {{ {{ \"Mv\", F }} }};");
        let problem =
            "g_wasmThunks FromInterp\n  1,25 Mv F\n1,3: `g_wasmThunks` has 2 places but 1 rows: the others are null";
        assert_eq!(show(&table("2")), problem);
        for fine in ["", "1", "N", "sizeof(x[3])"] {
            assert!(!show(&table(fine)).contains("places"), "{fine}");
        }
    }

    #[test]
    fn hostile_sources_cost_what_they_weigh() {
        assert_eq!(
            show(&"g_wasmThunks[] = { X ".repeat(9)).lines().last().unwrap(),
            "1,1: the table `g_wasmThunks` does not end"
        );
        let many = format!("T g_wasmThunks[] = {{ {} }};", "X, ".repeat(1000));
        assert!(show(&many).ends_with("too many problems; the rest of the file is not read"));
        let long =
            format!("T g_wasmThunks[] = {{ {{ {{ {} }} }}, {{ \"Mv\", F }} }};", "(".repeat(1000) + &")".repeat(1000));
        assert_eq!(show(&long), "g_wasmThunks FromInterp\n  1,2034 Mv F\n1,22: this row has more than 200 tokens");
        let deep = format!("T g_wasmThunks[] = {{ {{ {}\"Mv\"{}, F }} }};", "(".repeat(50), ")".repeat(50));
        assert_eq!(show(&deep), "g_wasmThunks FromInterp\n1,24: `(` where the key is expected, a string literal");
        let start = std::time::Instant::now();
        let row = format!("{{ {}\"Mv\"{}, {}F{} }},", "(".repeat(15), ")".repeat(15), "(".repeat(60), ")".repeat(60));
        read(format!("T g_wasmThunks[] = {{ {} }};", row.repeat(4000)).as_bytes());
        for nested in ["{", "[", "(", "#if X\n", "g_wasmThunks[", "R\"(", "/*", "\\\n", "g_wasmThunksCount ="] {
            read(nested.repeat(50_000).as_bytes());
        }
        let rows =
            format!("#if {}\nT g_wasmThunks[] = {{ {} }};\n#endif", "X".repeat(1 << 20), "{ \"Mv\", F },".repeat(9));
        let conditions = read(rows.as_bytes()).conditions;
        assert!(conditions[0].text.starts_with("#if XXX") && conditions[0].text.len() == 200);
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
        assert_eq!(show(""), "");
        let large = read(&vec![b' '; MAX_SOURCE + 1]);
        assert_eq!(large.problems[0].kind, ProblemKind::TooLarge(MAX_SOURCE + 1));
    }
}
