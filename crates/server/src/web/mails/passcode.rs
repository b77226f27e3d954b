//! The code as a mail.

use askama::Template;

use crate::{
    translations::Words,
    web::{accent::Accent, language::Language, names::plain_name},
};

/// A mail with a one-time code. Names are cleaned and cut here.
#[derive(Debug, Clone)]
pub struct PasscodeMail {
    /// The reader's language.
    pub language: Language,
    /// The organisation whose door the code opens.
    pub organization: String,
    /// The app that the reader wanted to open.
    pub app: Option<String>,
    /// Eight digits.
    pub code: String,
    /// Until when it works: a clock time with its zone.
    pub works_until: String,
    /// The address the mail goes to.
    pub recipient: String,
    /// The colour of links and buttons.
    pub accent: Accent,
}

impl PasscodeMail {
    /// The subject; it does not hold the code, which a locked screen would show.
    pub fn subject(&self) -> String {
        Words(self.language).t1("passcode-subject", "organization", &plain_name(&self.organization))
    }

    /// The HTML part.
    pub fn html(&self) -> Result<String, askama::Error> {
        Html { view: View::of(self) }.render()
    }

    /// The plain-text part.
    pub fn text(&self) -> Result<String, askama::Error> {
        Text { view: View::of(self) }.render()
    }
}

/// The mail with every foreign text cleaned.
struct View<'a> {
    mail: &'a PasscodeMail,
    words: Words,
    organization: String,
    app: Option<String>,
}

impl<'a> View<'a> {
    fn of(mail: &'a PasscodeMail) -> Self {
        Self {
            mail,
            words: Words(mail.language),
            organization: plain_name(&mail.organization),
            app: mail.app.as_deref().map(plain_name),
        }
    }
}

#[derive(Template)]
#[template(path = "sign_in/mail/passcode.html")]
struct Html<'a> {
    view: View<'a>,
}

#[derive(Template)]
#[template(path = "sign_in/mail/passcode.txt", whitespace = "preserve")]
struct Text<'a> {
    view: View<'a>,
}
