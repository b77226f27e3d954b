//! Sentences in which names are set apart by HTML.

use std::fmt;

use askama::filters::HtmlSafe;

use super::text_with;
use crate::web::language::Language;

/// HTML made from a text of ours and escaped values; templates write it as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Markup(String);

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Markup {}

/// Private-use characters stand for the values while Fluent builds the sentence: no catalogue contains them, and the
/// values themselves never pass through Fluent.
const PLACES: [&str; 2] = ["\u{E000}", "\u{E001}"];

pub(super) fn filled(
    language: Language,
    key: &str,
    variables: &[(&'static str, &str)],
    open: &str,
    close: &str,
) -> Markup {
    let places: Vec<_> = variables.iter().zip(PLACES).map(|(&(name, _), place)| (name, place)).collect();
    let sentence = text_with(language, key, &places);
    let mut html = String::with_capacity(sentence.len() + 64);
    for c in sentence.chars() {
        let place = PLACES.iter().position(|place| place.starts_with(c));
        match place.and_then(|index| variables.get(index)) {
            Some((_, value)) => {
                html.push_str(open);
                value.chars().for_each(|c| escape(c, &mut html));
                html.push_str(close);
            }
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
