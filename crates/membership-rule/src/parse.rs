//! Reading a rule.

use crate::property::{EXTENSION, Kind, Property, extension};
use crate::rule::{Expression, Item, Test, fold};
use crate::token::{Token, What, tokens};
use crate::{Error, LONGEST};
use regex::{Regex, RegexBuilder};
use std::collections::BTreeSet;

/// How deeply parentheses and negations may stand in one another.
const DEEPEST: usize = 32;

/// Bytes a compiled pattern may take; a rule cannot make one that costs more to keep or to run.
const PATTERN: usize = 256 * 1024;

/// Patterns of one rule: each takes memory while a tenant's rules are decided, and time to be read.
const PATTERNS: usize = 8;

pub(crate) fn rule(text: &str) -> Result<Expression, Error> {
    if text.chars().count() > LONGEST {
        return Err(Error::TooLong);
    }
    let tokens = tokens(text)?;
    check_patterns(&tokens)?;
    let mut reader = Reader { tokens: &tokens, next: 0, end: text.chars().count() + 1 };
    let expression = or(&mut reader, 0)?;
    match reader.peek() {
        None => Ok(expression),
        Some(_) => Err(reader.expected("-and, -or or the end")),
    }
}

/// The properties that apps added and that a rule names, by the names they have behind `user.`. The rule itself is not read: its
/// patterns take time and memory. A text that is no rule may name some too.
pub fn extensions(text: &str) -> BTreeSet<String> {
    // Few rules name any.
    if !text.contains(EXTENSION) {
        return BTreeSet::new();
    }
    let tokens = tokens(text).unwrap_or_default();
    let named = |token: &Token| match &token.what {
        What::Word(word) => extension(word).map(str::to_owned),
        What::Mark(_) | What::Text(_) => None,
    };
    tokens.iter().filter_map(named).collect()
}

/// Counts them before any is compiled.
fn check_patterns(tokens: &[Token]) -> Result<(), Error> {
    let is_match = |word: &str| ["match", "notmatch"].contains(&word.to_ascii_lowercase().as_str());
    let mut patterns = tokens.iter().filter(|token| matches!(&token.what, What::Word(word) if is_match(word)));
    match patterns.nth(PATTERNS) {
        None => Ok(()),
        Some(token) => {
            let problem = format!("a rule holds at most {PATTERNS} of them");
            Err(Error::Pattern { at: token.at, problem })
        }
    }
}

struct Reader<'t> {
    tokens: &'t [Token],
    next: usize,
    end: usize,
}

/// A condition that is joined by `-and`, `-or` and `-not`: on a person, or on one text of several.
trait Condition: Sized {
    fn and(parts: Vec<Self>) -> Self;
    fn or(parts: Vec<Self>) -> Self;
    fn not(part: Self) -> Self;
    /// Reads what stands between them.
    fn test(reader: &mut Reader<'_>, depth: usize) -> Result<Self, Error>;
}

impl Condition for Expression {
    fn and(parts: Vec<Self>) -> Self {
        Self::And(parts)
    }

    fn or(parts: Vec<Self>) -> Self {
        Self::Or(parts)
    }

    fn not(part: Self) -> Self {
        Self::Not(Box::new(part))
    }

    fn test(reader: &mut Reader<'_>, depth: usize) -> Result<Self, Error> {
        let (at, name) = reader.word("a property such as user.mail")?;
        if let Some(name) = extension(name) {
            let operator = reader.word("an operator")?;
            return Ok(Self::Extension(name.to_owned(), test(reader, operator, Kind::Text)?));
        }
        let property = property(at, name)?;
        let (at, operator) = reader.word("an operator")?;
        let is = |word: &str| operator.eq_ignore_ascii_case(word);
        if is("any") || is("all") {
            if property.kind() != Kind::Texts {
                return Err(Error::Unfit { at, problem: "-any and -all are for properties with several values" });
            }
            reader.mark('(', "(")?;
            let item = or::<Item>(reader, depth + 1)?;
            reader.mark(')', ")")?;
            return Ok(if is("any") { Self::Any(property, item) } else { Self::All(property, item) });
        }
        Ok(Self::Test(property, test(reader, (at, operator), property.kind())?))
    }
}

impl Condition for Item {
    fn and(parts: Vec<Self>) -> Self {
        Self::And(parts)
    }

    fn or(parts: Vec<Self>) -> Self {
        Self::Or(parts)
    }

    fn not(part: Self) -> Self {
        Self::Not(Box::new(part))
    }

    fn test(reader: &mut Reader<'_>, _: usize) -> Result<Self, Error> {
        match reader.word("_")? {
            (_, "_") => {}
            (at, _) => return Err(Error::Expected { at, expected: "_" }),
        }
        let operator = reader.word("an operator")?;
        Ok(Self::Test(test(reader, operator, Kind::Text)?))
    }
}

fn or<C: Condition>(reader: &mut Reader<'_>, depth: usize) -> Result<C, Error> {
    let mut parts = vec![and(reader, depth)?];
    while reader.take_word("or") {
        parts.push(and(reader, depth)?);
    }
    Ok(joined(parts, C::or))
}

fn and<C: Condition>(reader: &mut Reader<'_>, depth: usize) -> Result<C, Error> {
    let mut parts = vec![negated(reader, depth)?];
    while reader.take_word("and") {
        parts.push(negated(reader, depth)?);
    }
    Ok(joined(parts, C::and))
}

fn joined<C>(mut parts: Vec<C>, join: fn(Vec<C>) -> C) -> C {
    match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            parts.extend(last);
            join(parts)
        }
    }
}

fn negated<C: Condition>(reader: &mut Reader<'_>, depth: usize) -> Result<C, Error> {
    if depth > DEEPEST {
        return Err(Error::TooDeep);
    }
    if reader.take_word("not") {
        return Ok(C::not(negated(reader, depth + 1)?));
    }
    if reader.take_mark('(') {
        let inner = or(reader, depth + 1)?;
        reader.mark(')', ")")?;
        return Ok(inner);
    }
    C::test(reader, depth)
}

/// What stands behind a property: the operator and its value.
fn test(reader: &mut Reader<'_>, (at, operator): (usize, &str), kind: Kind) -> Result<Test, Error> {
    if kind == Kind::Texts {
        let problem = "a property with several values is tested with -any or -all";
        return Err(Error::Unfit { at, problem });
    }
    let lower = operator.to_ascii_lowercase();
    let (name, wanted) = match lower.as_str() {
        "eq" | "startswith" | "contains" | "match" | "in" => (lower.as_str(), true),
        "ne" => ("eq", false),
        "notstartswith" => ("startswith", false),
        "notcontains" => ("contains", false),
        "notmatch" => ("match", false),
        "notin" => ("in", false),
        _ => return Err(Error::Expected { at, expected: "an operator such as -eq, -contains or -match" }),
    };
    if name == "in" {
        fits(kind == Kind::Text, at)?;
        return Ok(Test::Among(reader.list()?, wanted));
    }
    let (value_at, value) = reader.value()?;
    match (name, value) {
        ("eq", Constant::Null) => {
            fits(kind == Kind::Text, at)?;
            Ok(Test::Present(!wanted))
        }
        ("eq", Constant::Boolean(is)) => {
            fits(kind == Kind::Boolean, at)?;
            Ok(Test::True(is == wanted))
        }
        (_, Constant::Text(text)) => {
            fits(kind == Kind::Text, at)?;
            Ok(match name {
                "eq" => Test::Equals(fold(text), wanted),
                "startswith" => Test::StartsWith(fold(text), wanted),
                "contains" => Test::Contains(fold(text), wanted),
                _ => Test::Matches(pattern(value_at, text)?, wanted),
            })
        }
        _ => Err(Error::Expected { at: value_at, expected: "a text in quotes" }),
    }
}

fn fits(fits: bool, at: usize) -> Result<(), Error> {
    if fits {
        Ok(())
    } else {
        Err(Error::Unfit { at, problem: "the operator or its value does not fit this property" })
    }
}

fn property(at: usize, name: &str) -> Result<Property, Error> {
    let unknown = || Error::Property { at, name: name.to_owned() };
    let (owner, rest) = name.split_once('.').ok_or_else(unknown)?;
    Property::parse(rest).filter(|_| owner.eq_ignore_ascii_case("user")).ok_or_else(unknown)
}

fn pattern(at: usize, text: &str) -> Result<Regex, Error> {
    let built = RegexBuilder::new(text)
        .case_insensitive(true)
        .size_limit(PATTERN)
        .dfa_size_limit(PATTERN)
        .nest_limit(32)
        .build();
    built.map_err(|error| {
        let problem = match error {
            regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
            other => other.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
        };
        Error::Pattern { at, problem }
    })
}

enum Constant<'t> {
    Text(&'t str),
    Boolean(bool),
    Null,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.next)
    }

    fn expected(&self, expected: &'static str) -> Error {
        Error::Expected { at: self.peek().map_or(self.end, |token| token.at), expected }
    }

    fn word(&mut self, expected: &'static str) -> Result<(usize, &'t str), Error> {
        match self.peek() {
            Some(Token { at, what: What::Word(word) }) => {
                self.next += 1;
                Ok((*at, word))
            }
            _ => Err(self.expected(expected)),
        }
    }

    fn take_word(&mut self, wanted: &str) -> bool {
        let is_wanted =
            matches!(self.peek(), Some(Token { what: What::Word(word), .. }) if word.eq_ignore_ascii_case(wanted));
        self.next += usize::from(is_wanted);
        is_wanted
    }

    fn take_mark(&mut self, wanted: char) -> bool {
        let is_wanted = matches!(self.peek(), Some(Token { what: What::Mark(mark), .. }) if *mark == wanted);
        self.next += usize::from(is_wanted);
        is_wanted
    }

    fn mark(&mut self, wanted: char, expected: &'static str) -> Result<(), Error> {
        if self.take_mark(wanted) { Ok(()) } else { Err(self.expected(expected)) }
    }

    fn value(&mut self) -> Result<(usize, Constant<'t>), Error> {
        let token = self.peek().ok_or_else(|| self.expected("a value"))?;
        let value = match &token.what {
            What::Text(text) => Constant::Text(text),
            What::Word(word) if word.eq_ignore_ascii_case("null") => Constant::Null,
            What::Word(word) if word.eq_ignore_ascii_case("true") => Constant::Boolean(true),
            What::Word(word) if word.eq_ignore_ascii_case("false") => Constant::Boolean(false),
            _ => return Err(self.expected("a text in quotes, true, false or null")),
        };
        self.next += 1;
        Ok((token.at, value))
    }

    /// `["a", "b"]`, folded.
    fn list(&mut self) -> Result<Vec<String>, Error> {
        self.mark('[', "a list such as [\"a\", \"b\"]")?;
        let mut texts = Vec::new();
        loop {
            match self.value()? {
                (_, Constant::Text(text)) => texts.push(fold(text)),
                (at, _) => return Err(Error::Expected { at, expected: "a text in quotes" }),
            }
            if !self.take_mark(',') {
                self.mark(']', "] or a comma")?;
                return Ok(texts);
            }
        }
    }
}
