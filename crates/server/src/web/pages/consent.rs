//! What an app asks of a person, or of an organisation.

use askama::Template;

use super::Reference;
use crate::web::shell::Outside;

/// Asks whether an app may act for somebody (OIDC Core section 3.1.2.4).
#[derive(Debug, Clone, Template)]
#[template(path = "authorization/pages/consent.html")]
pub struct ConsentPage {
    /// The organisation's door.
    pub outside: Outside,
    /// The app's name.
    pub app: String,
    /// The address of its logo, if it has one.
    pub logo: Option<String>,
    /// Whose app it is.
    pub publisher: Publisher,
    /// Who is signed in.
    pub address: String,
    /// What is asked for.
    pub asked: Vec<Asking>,
    /// What the app may already.
    pub granted: Vec<Asking>,
    /// For whom the answer counts.
    pub whom: Whom,
    /// The anti-forgery token.
    pub csrf: String,
    /// The mark of what the page shows.
    pub seen: String,
    /// Where the form posts to; the fields are `answer` and `everybody`.
    pub action: String,
    /// Whether the app asked for something else after the page was opened.
    pub is_stale: bool,
}

/// The organisation that registered an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publisher {
    /// Its name, which it chose itself.
    pub name: String,
    /// A domain it has proved, which it cannot choose.
    pub domain: Option<String>,
    /// Whether it is another organisation than the one whose page this is.
    pub is_elsewhere: bool,
}

/// One thing an app asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// In words.
    pub text: String,
    /// As the app names it.
    pub name: String,
}

/// For whom an answer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// For the person alone.
    Myself,
    /// For the person, or for everybody if they tick that.
    Choice,
    /// For everybody.
    Everybody,
}

impl ConsentPage {
    fn heading(&self) -> String {
        let key = if self.whom == Whom::Everybody { "consent-heading-everybody" } else { "consent-heading" };
        self.outside.words.t1(key, "app", &self.app)
    }
}

/// Says that an administrator has to answer, and whom to ask.
#[derive(Debug, Clone, Template)]
#[template(path = "authorization/pages/consent_needed.html")]
pub struct ConsentNeededPage {
    /// The organisation's door.
    pub outside: Outside,
    /// The app's name.
    pub app: String,
    /// The address of its logo, if it has one.
    pub logo: Option<String>,
    /// Whose app it is.
    pub publisher: Publisher,
    /// Who is signed in.
    pub address: String,
    /// What is asked for.
    pub asked: Vec<Asking>,
    /// Administrators who can answer: name and address. None where the reader may not know them.
    pub administrators: Vec<(String, String)>,
    /// Whether the reader can ask them here.
    pub approval: Approval,
    /// The anti-forgery token.
    pub csrf: String,
    /// Where the button that leads back to the app posts to.
    pub action: String,
    /// For the administrator who is asked about it.
    pub reference: Reference,
}

/// Asking an administrator on the page that says that one has to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Approval {
    /// Nobody asks here.
    Closed,
    /// The reader can ask. The field is `reason`, and the button answers `ask`.
    Open {
        /// What was typed already.
        reason: String,
        /// Characters a reason may have.
        most: usize,
        /// What is wrong with it, or why nothing was asked; nothing when the page is new.
        mistake: String,
    },
    /// The reader has asked, and waits.
    Asked,
    /// Nobody is to ask for this app.
    Blocked,
}

impl ConsentNeededPage {
    fn heading(&self) -> String {
        let heading = self.outside.words.t1("consent-needed-heading", "app", &self.app);
        match &self.approval {
            Approval::Open { mistake, .. } if !mistake.is_empty() => self.outside.error_title(heading),
            _ => self.outside.title(heading),
        }
    }

    /// The form, if there is one: what was typed, how much may be, and what is wrong.
    fn form(&self) -> Option<(&str, usize, &str)> {
        match &self.approval {
            Approval::Open { reason, most, mistake } => Some((reason.as_str(), *most, mistake.as_str())),
            Approval::Closed | Approval::Asked | Approval::Blocked => None,
        }
    }
}
