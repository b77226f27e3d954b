//! Reading our own sources: the files git knows, and Rust text with comments and literals told apart.

use std::path::Path;
use std::process::Command;

use crate::{Outcome, command, workspace};

/// A text file of the repository.
pub struct File {
    /// Path from the repository root, with `/`.
    pub path: String,
    /// Its content.
    pub text: String,
}

impl File {
    /// Whether the file holds tests only: their folder, a file named so, or the rooms made for testing.
    pub fn is_test(&self) -> bool {
        let mut parts = self.path.split('/');
        parts.any(|part| matches!(part, "tests" | "tests.rs" | "testing" | "testing.rs" | "benches"))
    }

    /// Whether the path ends in this extension, without the dot.
    pub fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|own| own == extension)
    }
}

/// Every text file that is tracked or would be on `git add`; binary files are left out.
pub fn files() -> Outcome<Vec<File>> {
    let mut git = Command::new("git");
    git.current_dir(workspace::root()).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let listing = command::output(&mut git)?;
    let mut paths: Vec<&str> = listing.split_terminator('\0').collect();
    paths.sort_unstable();
    paths.dedup();
    Ok(paths
        .into_iter()
        .filter_map(|path| {
            // Deleted but still in the index, or not UTF-8: nothing to check.
            let text = std::fs::read_to_string(workspace::root().join(path)).ok()?;
            Some(File { path: path.to_owned(), text })
        })
        .collect())
}

/// Rust text taken apart. Both parts keep every line break, so that offsets and lines stay those of the file.
pub struct Rust {
    /// The code with comments and the insides of literals turned to spaces.
    pub code: String,
    /// String literals: where they begin, and what stands between the quotes (escapes untouched).
    pub literals: Vec<(usize, String)>,
}

impl Rust {
    /// Takes a file apart. Handles nested comments, raw strings, byte and C strings, characters and lifetimes.
    pub fn parse(text: &str) -> Self {
        Scanner { bytes: text.as_bytes(), text, at: 0, code: text.as_bytes().to_vec(), literals: Vec::new() }.scan()
    }
}

/// The line of a byte offset, counted from 1.
pub fn line_of(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or(text);
    before.matches('\n').count() + 1
}

/// Whether the byte can stand inside an identifier.
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Offsets at which `word` stands as a whole identifier.
pub fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let bytes = code.as_bytes();
    code.match_indices(word).filter_map(move |(at, _)| {
        let before = at.checked_sub(1).is_none_or(|index| !is_word(bytes[index]));
        let after = bytes.get(at + word.len()).is_none_or(|&byte| !is_word(byte));
        (before && after).then_some(at)
    })
}

struct Scanner<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    code: Vec<u8>,
    literals: Vec<(usize, String)>,
}

impl Scanner<'_> {
    fn scan(mut self) -> Rust {
        while let Some(byte) = self.peek(0) {
            match (byte, self.peek(1)) {
                (b'/', Some(b'/')) => self.line_comment(),
                (b'/', Some(b'*')) => self.block_comment(),
                (b'"', _) => self.string(),
                (b'r', Some(b'"' | b'#')) if self.starts_word() => self.raw_string(),
                (b'b' | b'c', Some(b'r')) if self.starts_word() => {
                    self.at += 1;
                    self.raw_string();
                }
                (b'\'', _) => self.character_or_lifetime(),
                _ => self.at += 1,
            }
        }
        // One byte, one character: the rules may then slice the code at any offset.
        let ascii = |byte: u8| if byte.is_ascii() { char::from(byte) } else { '_' };
        Rust { code: self.code.into_iter().map(ascii).collect(), literals: self.literals }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Whether an identifier could begin here, as in `r"…"` but not in `bar"…"`.
    fn starts_word(&self) -> bool {
        self.at.checked_sub(1).is_none_or(|before| !is_word(self.bytes[before]))
    }

    fn blank(&mut self, from: usize, to: usize) {
        for byte in &mut self.code[from..to] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }

    fn line_comment(&mut self) {
        let from = self.at;
        while self.peek(0).is_some_and(|byte| byte != b'\n') {
            self.at += 1;
        }
        self.blank(from, self.at);
    }

    fn block_comment(&mut self) {
        let from = self.at;
        let mut depth = 0_usize;
        while let Some(byte) = self.peek(0) {
            match (byte, self.peek(1)) {
                (b'/', Some(b'*')) => {
                    depth += 1;
                    self.at += 2;
                }
                (b'*', Some(b'/')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        break;
                    }
                }
                _ => self.at += 1,
            }
        }
        self.blank(from, self.at);
    }

    /// `r` and any number of `#` and a quote; anything else (`r#type`) is an ordinary word.
    fn raw_string(&mut self) {
        let mut hashes = 0;
        while self.peek(1 + hashes) == Some(b'#') {
            hashes += 1;
        }
        self.at += 1;
        if self.peek(hashes) != Some(b'"') {
            return;
        }
        self.at += hashes;
        let from = self.at + 1;
        let close = format!("\"{}", "#".repeat(hashes));
        let to = self.text[from..].find(&close).map_or(self.bytes.len(), |length| from + length);
        self.keep_literal(from, to);
        self.at = (to + close.len()).min(self.bytes.len());
    }

    fn string(&mut self) {
        let from = self.at + 1;
        self.at = from;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        let to = self.at.min(self.bytes.len());
        self.keep_literal(from, to);
        self.at = (to + 1).min(self.bytes.len());
    }

    fn keep_literal(&mut self, from: usize, to: usize) {
        self.literals.push((from, self.text[from..to].to_owned()));
        self.blank(from, to);
    }

    /// `'a'` and `'\n'` are characters, `'a` is a lifetime.
    fn character_or_lifetime(&mut self) {
        let from = self.at;
        let rest = &self.text[from + 1..];
        let length = match rest.chars().next() {
            Some('\\') => rest.get(2..).and_then(|rest| rest.find('\'')).map(|length| length + 2),
            Some(first) if rest[first.len_utf8()..].starts_with('\'') => Some(first.len_utf8()),
            _ => None,
        };
        match length {
            Some(length) => {
                self.blank(from + 1, from + 1 + length);
                self.at = from + length + 2;
            }
            None => self.at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_leave_the_code() {
        let rust = Rust::parse("a /* b /* c */ d */ e // f\ng(\"h\\\"i\", 'j', r#\"k\"l\"#, b\"m\")");
        let words: Vec<&str> =
            rust.code.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        assert_eq!(words, ["a", "e", "g", "r", "b"]);
        let literals: Vec<&str> = rust.literals.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(literals, ["h\\\"i", "k\"l", "m"]);
    }

    #[test]
    fn lifetimes_and_raw_names_are_code() {
        let rust = Rust::parse("fn f<'a>(x: &'a str) -> r#type<'a> { '\\'' ; '\"' }");
        assert!(rust.code.contains("r#type<'a>"));
        assert!(rust.literals.is_empty());
    }

    #[test]
    fn lines_stay_where_they_were() {
        let text = "\"one\ntwo\"\n/* \n */ word";
        let rust = Rust::parse(text);
        assert_eq!(rust.code.len(), text.len());
        let at = rust.code.find("word").unwrap_or_default();
        assert_eq!(line_of(text, at), 4);
    }

    #[test]
    fn words_are_whole() {
        let found: Vec<usize> = words("axum axum_server x_axum axum::Router", "axum").collect();
        assert_eq!(found, [0, 24]);
    }

    #[test]
    fn an_unfinished_file_does_not_panic() {
        for text in ["\"a", "r#\"a", "/* a", "'\\", "'", "b'"] {
            Rust::parse(text);
        }
    }
}
