//! Every text a guest reads, in every language: one folder of Fluent catalogues per language, compiled in.
//!
//! A text is found by its key through [`Words`]. Tests hold the catalogues together: the same keys and the same
//! variables in every language, no key unused, none missing, no word of ours that a guest would not know.

mod language;
mod markup;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, collections::HashMap};

use fluent_templates::{LanguageIdentifier, Loader, fluent_bundle::FluentValue, langid};

pub use language::Language;
pub use markup::Markup;
use markup::Place;

fluent_templates::static_loader! {
    static CATALOGUES = {
        locales: "./src/translations",
        fallback_language: "en",
        // Isolation marks would end up in plain-text mails; pages isolate names with <bdi> instead.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static ENGLISH: LanguageIdentifier = langid!("en");
static GERMAN: LanguageIdentifier = langid!("de");
static ARABIC: LanguageIdentifier = langid!("ar");

/// The text of a key without variables.
pub fn text(language: Language, key: &str) -> String {
    CATALOGUES.lookup(catalogue(language), key)
}

/// The text of a key with its variables filled in.
pub fn text_with(language: Language, key: &str, variables: &[(&'static str, &str)]) -> String {
    fill(language, key, variables.iter().map(|&(name, value)| (name, FluentValue::from(value))))
}

fn fill<'a>(language: Language, key: &str, variables: impl Iterator<Item = (&'static str, FluentValue<'a>)>) -> String {
    let variables: HashMap<Cow<'static, str>, FluentValue<'a>> =
        variables.map(|(name, value)| (Cow::Borrowed(name), value)).collect();
    CATALOGUES.lookup_with_args(catalogue(language), key, &variables)
}

fn catalogue(language: Language) -> &'static LanguageIdentifier {
    match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
        Language::Arabic => &ARABIC,
    }
}

/// The texts of one language, as templates ask for them.
///
/// `t`, `t1` and `t2` give plain text, which a template escapes. `named` and `strong` give HTML in which the value
/// stands apart, so that a name in another script cannot disturb the order of the sentence around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words(pub Language);

impl Words {
    /// A text without variables.
    pub fn t(&self, key: &str) -> String {
        text(self.0, key)
    }

    /// A text with one variable.
    pub fn t1(&self, key: &str, name: &'static str, value: &str) -> String {
        text_with(self.0, key, &[(name, value)])
    }

    /// A text with two variables.
    pub fn t2(&self, key: &str, first: &'static str, value: &str, second: &'static str, other: &str) -> String {
        text_with(self.0, key, &[(first, value), (second, other)])
    }

    /// A text that depends on a number (`{ $count -> ... }`).
    pub fn counted(&self, key: &str, name: &'static str, number: u32) -> String {
        fill(self.0, key, std::iter::once((name, FluentValue::from(number))))
    }

    /// A text with one name in it, isolated.
    pub fn named(&self, key: &str, name: &'static str, value: &str) -> Markup {
        markup::filled(self.0, key, &[Place::isolated(name, value)])
    }

    /// A text with two names in it, each isolated.
    pub fn named2(&self, key: &str, first: &'static str, value: &str, second: &'static str, other: &str) -> Markup {
        let places = [Place::isolated(first, value), Place::isolated(second, other)];
        markup::filled(self.0, key, &places)
    }

    /// A text with one name or address that must not be overlooked.
    pub fn strong(&self, key: &str, name: &'static str, value: &str) -> Markup {
        markup::filled(self.0, key, &[Place::strong(name, value)])
    }

    /// A text with two names, of which the second must not be overlooked.
    pub fn strong2(&self, key: &str, first: &'static str, value: &str, second: &'static str, other: &str) -> Markup {
        let places = [Place::isolated(first, value), Place::strong(second, other)];
        markup::filled(self.0, key, &places)
    }
}
