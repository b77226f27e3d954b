//! The invitation as a mail: the same sentences, in the same order, as page one.

use askama::Template;

use super::start;
use crate::{
    translations::{Markup, Words},
    web::{
        accent::Accent,
        language::Language,
        names::{plain_name, quoted_words},
        pages::Destination,
    },
};

/// An invitation mail. Names may come as strangers wrote them: they are cleaned and cut here.
#[derive(Debug, Clone)]
pub struct InvitationMail {
    /// The reader's language.
    pub language: Language,
    /// The inviting organisation's display name.
    pub organization: String,
    /// The person who invites; absent when a program did.
    pub inviter: Option<String>,
    /// The inviter's address.
    pub inviter_mail: Option<String>,
    /// A domain that the organisation has proved to own.
    pub verified_domain: Option<String>,
    /// What the reader is invited to.
    pub destination: Destination,
    /// The host that the invitation leads to in the end.
    pub host: String,
    /// The inviter's own words.
    pub message: Option<String>,
    /// The invitation's link.
    pub link: String,
    /// The last day, as a date in words; absent when the invitation does not end.
    pub open_until: Option<String>,
    /// The address the mail goes to.
    pub recipient: String,
    /// The colour of links and buttons.
    pub accent: Accent,
    /// The organisation's privacy statement.
    pub privacy_url: Option<String>,
    /// Whom the organisation lets its guests ask about privacy.
    pub privacy_mail: Option<String>,
    /// Where further invitations are refused.
    pub block_url: String,
}

impl InvitationMail {
    /// The subject, of which the first forty characters are ours in every language.
    pub fn subject(&self) -> String {
        Words(self.language).t1("invitation-subject", "organization", &plain_name(&self.organization))
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
    mail: &'a InvitationMail,
    words: Words,
    organization: String,
    inviter: String,
    destination: Destination,
    lines: Vec<String>,
}

impl<'a> View<'a> {
    fn of(mail: &'a InvitationMail) -> Self {
        let organization = name(&mail.organization);
        let inviter = mail.inviter.as_deref().map(name).filter(|name| !name.is_empty());
        let words = mail.message.as_deref().map(quoted_words).unwrap_or_default();
        Self {
            mail,
            words: Words(mail.language),
            inviter: inviter.unwrap_or_else(|| organization.clone()),
            organization,
            destination: match &mail.destination {
                Destination::App(app) => Destination::App(name(app)),
                other => other.clone(),
            },
            lines: words.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect(),
        }
    }

    fn heading(&self) -> Markup {
        self.destination.heading(self.words, &self.inviter, &self.organization)
    }

    fn plain_heading(&self) -> String {
        self.destination.plain_heading(self.words, &self.inviter, &self.organization)
    }

    fn leads_to(&self) -> String {
        let host = self.mail.host.as_str();
        match &self.mail.open_until {
            Some(date) => self.words.t2("invitation-leads-until", "host", host, "date", date),
            None => self.words.t1("invitation-leads-to", "host", host),
        }
    }

    fn never_asks(&self) -> String {
        self.words.t2("invitation-never-asks", "organization", &self.organization, "inviter", &self.inviter)
    }

    fn start(&self) -> &'static str {
        start(self.mail.language)
    }
}

/// A name as a mail shows it: clean, and with nothing in it that a mail program would turn into a link.
fn name(name: &str) -> String {
    quoted_words(&plain_name(name))
}

#[derive(Template)]
#[template(path = "invitations/mail/invitation.html")]
struct Html<'a> {
    view: View<'a>,
}

#[derive(Template)]
#[template(path = "invitations/mail/invitation.txt", whitespace = "preserve")]
struct Text<'a> {
    view: View<'a>,
}
