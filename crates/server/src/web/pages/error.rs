//! The page that says no, who said it, why, and what can be done.

use askama::Template;

use crate::web::{dates, language::Language, shell::Outside};

/// What an administrator needs to find the request in the logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The first eight hexadecimal digits of the correlation id, as `7F3A-9C1E`.
    pub code: String,
    /// When it happened, in words and in UTC.
    pub time: String,
    /// The same for machines (RFC 3339).
    pub machine_time: String,
}

impl Reference {
    /// The reference of a request.
    pub fn new(language: Language, correlation: uuid::Uuid, at: jiff::Timestamp) -> Self {
        let digits = correlation.simple().to_string().to_uppercase();
        let (first, rest) = digits.split_at(4);
        Self {
            code: format!("{first}-{}", rest.get(..4).unwrap_or_default()),
            time: dates::moment(language, &at.to_zoned(jiff::tz::TimeZone::UTC)),
            machine_time: at.to_string(),
        }
    }
}

/// One thing the reader can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The name of an icon: `clock`, `mail`, `swap`, `person` or `arrow`.
    pub icon: &'static str,
    /// What to do, in a sentence.
    pub text: String,
    /// Address and words of a link that does it.
    pub link: Option<(String, String)>,
}

impl Way {
    /// A way without a link.
    pub fn plain(icon: &'static str, text: String) -> Self {
        Self { icon, text, link: None }
    }
}

/// A refusal or a failure, as a page.
#[derive(Debug, Clone, Template)]
#[template(path = "web/templates/error.html")]
pub struct ErrorPage {
    /// Whose door stays shut.
    pub outside: Outside,
    /// The heading, which names who refused.
    pub heading: String,
    /// Who is signed in.
    pub signed_in_as: Option<String>,
    /// The name of the rule that refused.
    pub rule: Option<String>,
    /// The rule, or what went wrong, in a sentence.
    pub sentence: String,
    /// What can be done; at least one.
    pub ways: Vec<Way>,
    /// Where "Try again" leads.
    pub retry_url: Option<String>,
    /// For the administrator who is asked about it.
    pub reference: Reference,
}

/// What can happen on any page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// 404.
    NotFound,
    /// 400: the address or form makes no sense.
    BadRequest,
    /// 409: the form was taken already.
    SentAlready,
    /// 403: the form is too old, or came from elsewhere.
    StaleForm,
    /// 403: signed in, but not allowed.
    NotAllowed,
    /// 429.
    TooMany,
    /// 503: goes away by itself.
    Unavailable,
    /// 500.
    Failure,
}

impl Problem {
    const fn keys(self) -> [&'static str; 3] {
        match self {
            Self::NotFound => ["not-found", "not-found-text", "not-found-way"],
            Self::BadRequest => ["bad-request", "bad-request-text", "bad-request-way"],
            Self::SentAlready => ["sent-already", "sent-already-text", "sent-already-way"],
            Self::StaleForm => ["stale-form", "stale-form-text", "stale-form-way"],
            Self::NotAllowed => ["not-allowed", "not-allowed-text", "not-allowed-way"],
            Self::TooMany => ["too-many", "too-many-text", "too-many-way"],
            Self::Unavailable => ["unavailable", "unavailable-text", "unavailable-way"],
            Self::Failure => ["failure", "failure-text", "failure-way"],
        }
    }
}

impl ErrorPage {
    /// The page of a problem that no feature has more to say about.
    pub fn about(outside: Outside, problem: Problem, reference: Reference) -> Self {
        let words = outside.words;
        let [heading, sentence, way] = problem.keys();
        Self {
            heading: words.t(heading),
            signed_in_as: None,
            rule: None,
            sentence: words.t(sentence),
            ways: vec![Way::plain("arrow", words.t(way))],
            retry_url: None,
            reference,
            outside,
        }
    }

    /// A refusal by the organisation, with the rule in a sentence.
    pub fn refusal(outside: Outside, sentence: String, ways: Vec<Way>, reference: Reference) -> Self {
        let heading = outside.words.t1("refusal-heading", "organization", outside.name());
        Self { heading, signed_in_as: None, rule: None, sentence, ways, retry_url: None, reference, outside }
    }

    fn title(&self) -> String {
        self.outside.words.t1("error-title", "title", &self.heading)
    }
}
