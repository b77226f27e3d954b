//! Whoever is looked for by what somebody typed into a search.
//!
//! People type a word of a name, a whole name, or the beginning of an address. Which of these it is, nobody says.

use super::resource::{ADDRESS_WORDS, DISPLAY_NAME, MAIL, NAME_PARTS, NAME_WORDS, PRINCIPAL_NAME};
use super::user::fold;
use crate::graph::query::{Condition, Related, beginning, words};

/// No more words are looked for: each is compared with every text that is met on the way.
const MOST: usize = 8;

/// What somebody typed. It means whoever has all of its words in their name and their addresses; an address, and a text without
/// words, whoever's name or address begins so.
#[derive(Debug, Clone)]
pub struct Typed {
    text: String,
    /// The beginnings of words; of an address none, because what stands behind the at sign leads to everybody of an organisation.
    words: Vec<String>,
}

impl Typed {
    /// Reads a text; nothing of a blank one. An at sign in front of a domain is passed over.
    pub fn of(text: &str) -> Option<Self> {
        let whole = fold(text.trim());
        let text = match whole.trim_start_matches('@') {
            "" => whole.as_str(),
            text => text,
        };
        let is_address = text.contains('@');
        let words = words(text).filter(|_| !is_address).take(MOST).map(|word| beginning(word).to_owned()).collect();
        Some(Self { text: text.to_owned(), words }).filter(|typed| !typed.text.is_empty())
    }

    /// The words, folded, that all have to be there; none where the beginning counts.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The whole text, folded.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The condition with what leads to them: for [`super::operations::among`].
    pub fn leading(&self) -> Condition {
        self.condition(|word| {
            let led = |related, exact| Condition::And(vec![begins(related, word), exact]);
            vec![led(&NAME_WORDS, in_name(word)), led(&ADDRESS_WORDS, in_address(word))]
        })
    }

    /// The condition alone: for users who were found in another way.
    pub fn exact(&self) -> Condition {
        self.condition(|word| vec![in_name(word), in_address(word)])
    }

    /// `having` gives the ways to have a word.
    fn condition(&self, having: impl Fn(&str) -> Vec<Condition>) -> Condition {
        if self.words.is_empty() {
            return Condition::Or(
                [DISPLAY_NAME, MAIL, PRINCIPAL_NAME].map(|column| column.begins_with(&self.text)).into(),
            );
        }
        Condition::And(self.words.iter().map(|word| Condition::Or(having(word))).collect())
    }
}

fn in_name(word: &str) -> Condition {
    Condition::Or(vec![Condition::word("u.display_name_folded", word), begins(&NAME_PARTS, word)])
}

fn in_address(word: &str) -> Condition {
    let columns = ["u.mail_folded", "u.user_principal_name_folded"];
    Condition::Or(columns.map(|column| Condition::word(column, word)).into())
}

/// Some word that is kept one by one begins so.
fn begins(related: &'static Related, word: &str) -> Condition {
    Condition::Exists { related, condition: Box::new(Condition::prefix("t.folded", word)) }
}
