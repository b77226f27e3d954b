//! The words of a rule.

use crate::Error;

/// A word and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) at: usize,
    pub(crate) what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// `(`, `)`, `[`, `]` or `,`.
    Mark(char),
    /// A name, an operator or a constant, as it was written and without the hyphen in front of an operator.
    Word(String),
    /// A text without its quotes.
    Text(String),
}

/// Cuts a rule into words.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, Error> {
    let mut letters = text.chars().enumerate().map(|(at, c)| (at + 1, c)).peekable();
    let mut tokens = Vec::new();
    while let Some((at, c)) = letters.next() {
        let what = match c {
            _ if c.is_whitespace() => continue,
            '(' | ')' | '[' | ']' | ',' => What::Mark(c),
            '"' | '\'' => What::Text(quoted(&mut letters, at, c)?),
            '!' => What::Word("not".to_owned()),
            '-' => What::Word(word(&mut letters, String::new())),
            _ if is_letter(c) => What::Word(word(&mut letters, c.to_string())),
            _ => return Err(Error::Expected { at, expected: "a property, an operator or a text in quotes" }),
        };
        if what == What::Word(String::new()) {
            return Err(Error::Expected { at, expected: "an operator" });
        }
        tokens.push(Token { at, what });
    }
    Ok(tokens)
}

/// A text up to its closing quote. A grave accent makes the next character stand for itself, as in PowerShell; a backslash
/// belongs to the text, because patterns have many.
fn quoted(letters: &mut impl Iterator<Item = (usize, char)>, at: usize, quote: char) -> Result<String, Error> {
    let mut text = String::new();
    loop {
        match letters.next() {
            None => return Err(Error::Open { at }),
            Some((_, c)) if c == quote => return Ok(text),
            Some((_, '`')) => text.extend(letters.next().map(|(_, c)| c)),
            Some((_, c)) => text.push(c),
        }
    }
}

fn word<I: Iterator<Item = (usize, char)>>(letters: &mut std::iter::Peekable<I>, mut word: String) -> String {
    while let Some((_, c)) = letters.next_if(|(_, c)| is_letter(*c)) {
        word.push(c);
    }
    word
}

const fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '.' || c == '_'
}
