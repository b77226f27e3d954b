//! The page that asks for the code: the second of the guest's journey, and the door for guests who come back.

use askama::Template;

use crate::web::shell::{Hidden, Outside};

/// Why the last code was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasscodeError {
    /// It was another one; so many tries are left.
    Wrong {
        /// Wrong codes that may still follow.
        tries_left: u32,
    },
    /// It was not eight digits.
    Malformed,
    /// Too many wrong tries ended it.
    Void,
    /// Its time is over.
    Expired,
    /// Too many wrong codes for this mailbox.
    TooMany {
        /// When the next try counts, as a clock time.
        until: String,
    },
}

/// Whether the code can be sent again from this page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resend {
    /// Now, by a POST to this address.
    Now(String),
    /// Only after this clock time.
    After(String),
}

/// Where the code was sent, and the field for it.
#[derive(Debug, Clone, Template)]
#[template(path = "redemption/pages/passcode.html")]
pub struct PasscodePage {
    /// The organisation's door.
    pub outside: Outside,
    /// Whether this is a sign-in of somebody who was here before. The page then does not say whether the address is
    /// known.
    pub is_returning: bool,
    /// Where the code was sent.
    pub address: String,
    /// What was wrong with the last code.
    pub error: Option<PasscodeError>,
    /// Until when the code works, as a clock time; empty for one that works no more.
    pub works_until: String,
    /// The anti-forgery token.
    pub csrf: String,
    /// Where the code is posted to.
    pub action: String,
    /// Hidden fields of both forms.
    pub hidden: Vec<Hidden>,
    /// Whether the code can be sent again.
    pub resend: Resend,
    /// The address the mail comes from.
    pub sender: Option<String>,
    /// Where to give another address.
    pub another_address_url: Option<String>,
}

impl PasscodePage {
    fn heading(&self) -> String {
        let key = if self.is_returning { "passcode-heading-returning" } else { "passcode-heading" };
        self.outside.words.t(key)
    }

    fn title(&self) -> String {
        match self.error {
            Some(_) => self.outside.error_title(self.heading()),
            None => self.outside.title(self.heading()),
        }
    }

    fn error_text(&self) -> String {
        let words = self.outside.words;
        match &self.error {
            None => String::new(),
            Some(PasscodeError::Wrong { tries_left }) => words.counted("passcode-wrong", "tries", *tries_left),
            Some(PasscodeError::Malformed) => words.t("passcode-malformed"),
            Some(PasscodeError::Void) => words.t("passcode-void"),
            Some(PasscodeError::Expired) => words.t("passcode-lapsed"),
            Some(PasscodeError::TooMany { until }) => words.t1("passcode-too-many", "time", until),
        }
    }

    fn hint(&self) -> String {
        if self.works_until.is_empty() {
            return String::new();
        }
        self.outside.words.t1("passcode-until", "time", &self.works_until)
    }
}
