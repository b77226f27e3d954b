//! Sentences in which names are set apart by HTML.

use std::fmt;

use askama::filters::HtmlSafe;

use super::{Language, text_with};

/// HTML made from a text of ours and escaped values; templates write it as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Markup(String);

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Markup {}

/// A value in a sentence, and how it stands out there.
pub(super) struct Place<'a> {
    name: &'static str,
    value: &'a str,
    is_strong: bool,
}

impl<'a> Place<'a> {
    pub(super) const fn isolated(name: &'static str, value: &'a str) -> Self {
        Self { name, value, is_strong: false }
    }

    pub(super) const fn strong(name: &'static str, value: &'a str) -> Self {
        Self { name, value, is_strong: true }
    }

    fn write(&self, html: &mut String) {
        let (open, close) = if self.is_strong { ("<b><bdi>", "</bdi></b>") } else { ("<bdi>", "</bdi>") };
        html.push_str(open);
        self.value.chars().for_each(|c| escape(c, html));
        html.push_str(close);
    }
}

/// Private-use characters stand for the values while Fluent builds the sentence: no catalogue contains them, and the
/// values themselves never pass through Fluent.
const MARKS: [&str; 2] = ["\u{E000}", "\u{E001}"];

pub(super) fn filled(language: Language, key: &str, places: &[Place<'_>]) -> Markup {
    let marks: Vec<_> = places.iter().zip(MARKS).map(|(place, mark)| (place.name, mark)).collect();
    let sentence = text_with(language, key, &marks);
    let mut html = String::with_capacity(sentence.len() + 64);
    for c in sentence.chars() {
        let mark = MARKS.iter().position(|mark| mark.starts_with(c));
        match mark.and_then(|index| places.get(index)) {
            Some(place) => place.write(&mut html),
            None => escape(c, &mut html),
        }
    }
    Markup(html)
}

fn escape(c: char, html: &mut String) {
    match c {
        '&' => html.push_str("&amp;"),
        '<' => html.push_str("&lt;"),
        '>' => html.push_str("&gt;"),
        '"' => html.push_str("&quot;"),
        '\'' => html.push_str("&#39;"),
        _ => html.push(c),
    }
}
