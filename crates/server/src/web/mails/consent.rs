//! What came of asking an administrator about an app, and what waits for whoever answers.

use askama::Template;

use super::start;
use crate::{
    translations::{Markup, Words},
    web::{
        accent::Accent,
        language::Language,
        names::{plain_name, quoted_words},
    },
};

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentAnswer {
    /// The app may.
    Approved,
    /// It may not.
    Denied,
    /// Nobody answered in time.
    Lapsed,
}

/// The answer to somebody who asked. Names and words are cleaned and cut here.
#[derive(Debug, Clone)]
pub struct ConsentAnswerMail {
    /// The reader's language.
    pub language: Language,
    /// The organisation that answers.
    pub organization: String,
    /// The app that was asked about.
    pub app: String,
    /// The answer.
    pub answer: ConsentAnswer,
    /// Why not, in the words of whoever said so.
    pub reason: Option<String>,
    /// Where apps are opened.
    pub link: String,
    /// The address the mail goes to.
    pub recipient: String,
    /// The colour of links and buttons.
    pub accent: Accent,
}

/// Somebody who waits, with what for and why.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Who asked.
    pub person: String,
    /// For which app.
    pub app: String,
    /// Why, in their words.
    pub reason: String,
}

/// What waits for reviewers. Names and words are cleaned and cut here.
#[derive(Debug, Clone)]
pub struct ConsentDigestMail {
    /// The reader's language.
    pub language: Language,
    /// The organisation whose people ask.
    pub organization: String,
    /// How many requests it is about.
    pub count: u32,
    /// The first of them.
    pub waiting: Vec<Waiting>,
    /// Whether they lapse soon, and the reader was told before.
    pub is_reminder: bool,
    /// Where they are answered.
    pub link: String,
    /// The address the mail goes to.
    pub recipient: String,
    /// The colour of links and buttons.
    pub accent: Accent,
}

impl ConsentAnswerMail {
    /// The subject, of which the first forty characters are ours in every language.
    pub fn subject(&self) -> String {
        Words(self.language).t1("consent-answer-subject", "organization", &plain_name(&self.organization))
    }

    /// The HTML part.
    pub fn html(&self) -> Result<String, askama::Error> {
        AnswerHtml { view: AnswerView::of(self) }.render()
    }

    /// The plain-text part.
    pub fn text(&self) -> Result<String, askama::Error> {
        AnswerText { view: AnswerView::of(self) }.render()
    }
}

impl ConsentDigestMail {
    /// The subject, of which the first forty characters are ours in every language.
    pub fn subject(&self) -> String {
        let key = if self.is_reminder { "consent-reminder-subject" } else { "consent-digest-subject" };
        Words(self.language).t1(key, "organization", &plain_name(&self.organization))
    }

    /// The HTML part.
    pub fn html(&self) -> Result<String, askama::Error> {
        DigestHtml { view: DigestView::of(self) }.render()
    }

    /// The plain-text part.
    pub fn text(&self) -> Result<String, askama::Error> {
        DigestText { view: DigestView::of(self) }.render()
    }
}

/// A name as a mail shows it: clean, and with nothing in it that a mail program would turn into a link.
fn name(name: &str) -> String {
    quoted_words(&plain_name(name))
}

/// Words of somebody, line by line.
fn lines(words: &str) -> Vec<String> {
    quoted_words(words).lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
}

/// The mail with every foreign text cleaned.
struct AnswerView<'a> {
    mail: &'a ConsentAnswerMail,
    words: Words,
    organization: String,
    app: String,
    reason: Vec<String>,
}

impl<'a> AnswerView<'a> {
    fn of(mail: &'a ConsentAnswerMail) -> Self {
        Self {
            mail,
            words: Words(mail.language),
            organization: name(&mail.organization),
            app: name(&mail.app),
            reason: mail.reason.as_deref().map(lines).unwrap_or_default(),
        }
    }

    const fn key(&self) -> &'static str {
        match self.mail.answer {
            ConsentAnswer::Approved => "consent-answer-approved",
            ConsentAnswer::Denied => "consent-answer-denied",
            ConsentAnswer::Lapsed => "consent-answer-lapsed",
        }
    }

    fn heading(&self) -> Markup {
        self.words.named2(self.key(), "app", &self.app, "organization", &self.organization)
    }

    fn plain_heading(&self) -> String {
        self.words.t2(self.key(), "app", &self.app, "organization", &self.organization)
    }

    /// What the reader can do now.
    fn next(&self) -> String {
        self.words.t(match self.mail.answer {
            ConsentAnswer::Approved => "consent-answer-open",
            ConsentAnswer::Denied => "consent-answer-nothing",
            ConsentAnswer::Lapsed => "consent-answer-again",
        })
    }

    fn start(&self) -> &'static str {
        start(self.mail.language)
    }
}

/// The mail with every foreign text cleaned.
struct DigestView<'a> {
    mail: &'a ConsentDigestMail,
    words: Words,
    organization: String,
    waiting: Vec<Line>,
}

/// One request of the mail.
struct Line {
    person: String,
    app: String,
    reason: Vec<String>,
}

impl<'a> DigestView<'a> {
    fn of(mail: &'a ConsentDigestMail) -> Self {
        let line = |waiting: &Waiting| Line {
            person: name(&waiting.person),
            app: name(&waiting.app),
            reason: lines(&waiting.reason),
        };
        Self {
            mail,
            words: Words(mail.language),
            organization: name(&mail.organization),
            waiting: mail.waiting.iter().map(line).collect(),
        }
    }

    fn heading(&self) -> String {
        self.words.counted("consent-digest-heading", "requests", self.mail.count)
    }

    /// Whether the page shows more than the mail.
    fn has_more(&self) -> bool {
        usize::try_from(self.mail.count).is_ok_and(|count| count > self.waiting.len())
    }

    fn start(&self) -> &'static str {
        start(self.mail.language)
    }
}

#[derive(Template)]
#[template(path = "consent_requests/mail/answer.html")]
struct AnswerHtml<'a> {
    view: AnswerView<'a>,
}

#[derive(Template)]
#[template(path = "consent_requests/mail/answer.txt", whitespace = "preserve")]
struct AnswerText<'a> {
    view: AnswerView<'a>,
}

#[derive(Template)]
#[template(path = "consent_requests/mail/digest.html")]
struct DigestHtml<'a> {
    view: DigestView<'a>,
}

#[derive(Template)]
#[template(path = "consent_requests/mail/digest.txt", whitespace = "preserve")]
struct DigestText<'a> {
    view: DigestView<'a>,
}
