//! The constant that tells the runtime how many rows a table has.

use super::lexer::{Kind, Token};

/// How a source counts the rows of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// As many as there are, and this many more; `sizeof(t) / sizeof(t[0]) - 1` leaves out a last row that ends the table.
    Relative(i64),
    /// A number.
    Fixed(u64),
}

impl Count {
    /// The number of rows counted in a table that has `rows`.
    pub fn of(self, rows: usize) -> u64 {
        match self {
            Count::Relative(more) => (rows as u64).saturating_add_signed(more),
            Count::Fixed(count) => count,
        }
    }

    /// Reads the expression that initialises the count of `table`.
    pub(super) fn parse(expression: &[Token], table: &str) -> Option<Count> {
        let mut text = String::new();
        for token in expression {
            match &token.kind {
                Kind::Name(part) | Kind::Number(part) => text += part,
                Kind::Punctuation(byte) => text.push(char::from(*byte)),
                _ => return None,
            }
        }
        if let Some(count) = number(&text) {
            return Some(Count::Fixed(count));
        }
        let (rows, more) = match text.rfind(['+', '-']) {
            Some(at) => {
                let (rows, summand) = text.split_at(at);
                let amount = i64::try_from(number(summand.get(1..)?)?).ok()?;
                (rows, if summand.starts_with('-') { -amount } else { amount })
            }
            None => (text.as_str(), 0),
        };
        let unwrapped = rows.strip_prefix('(').and_then(|rows| rows.strip_suffix(')')).unwrap_or(rows);
        [rows, unwrapped].iter().any(|rows| counts_all(rows, table)).then_some(Count::Relative(more))
    }
}

/// Whether an expression without blanks is the number of elements of an array.
fn counts_all(expression: &str, table: &str) -> bool {
    let by_macro = ["ARRAY_SIZE", "ARRAYSIZE", "_countof", "std::size"];
    if by_macro.iter().any(|name| expression == format!("{name}({table})")) {
        return true;
    }
    let element = expression.strip_prefix(&format!("sizeof({table})/sizeof(")).and_then(|rest| rest.strip_suffix(')'));
    element.is_some_and(|element| {
        let is_type = !element.is_empty() && element.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ':');
        element == format!("{table}[0]") || element == format!("*{table}") || (is_type && element != table)
    })
}

/// A whole number as C++ spells it.
fn number(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(['u', 'U', 'l', 'L', 'z', 'Z']).replace('\'', "");
    match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hexadecimal) => u64::from_str_radix(hexadecimal, 16).ok(),
        None if digits.len() > 1 && digits.starts_with('0') => None, // octal, or a typing error
        None => digits.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexer::Lexer;
    use super::*;

    fn parse(expression: &str) -> Option<Count> {
        let mut lexer = Lexer::new(expression.as_bytes());
        let tokens: Vec<Token> = std::iter::from_fn(|| lexer.next().unwrap()).collect();
        Count::parse(&tokens, "t")
    }

    #[test]
    fn what_upstream_and_we_write() {
        for all in ["sizeof(t) / sizeof(t[0])", "(sizeof(t)/sizeof(*t))", "sizeof(t) / sizeof(Row)", "std::size(t)"] {
            assert_eq!(parse(all), Some(Count::Relative(0)), "{all}");
        }
        assert_eq!(parse("sizeof(t) / sizeof(t[0]) - 1"), Some(Count::Relative(-1)));
        assert_eq!(parse("ARRAY_SIZE(t) + 2u"), Some(Count::Relative(2)));
        assert_eq!((parse("1'43uL"), parse("0x10")), (Some(Count::Fixed(143)), Some(Count::Fixed(16))));
        for unknown in ["", "sizeof(t)", "sizeof(u) / sizeof(u[0])", "kCount", "010", "t - 1", "sizeof(t) / sizeof(t)"]
        {
            assert_eq!(parse(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn counts_do_not_wrap() {
        assert_eq!((Count::Relative(-2).of(1), Count::Relative(-1).of(3), Count::Fixed(7).of(3)), (0, 2, 7));
    }
}
