//! Signing in: the address first, then what proves it.

use askama::Template;

use super::Reference;
use crate::web::{
    names,
    shell::{Hidden, Outside},
};

/// The app that asked for a sign-in, as the pages on the way to it show it.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Its name.
    pub name: String,
    /// The address of its logo, if it has one.
    pub logo: Option<String>,
}

/// Asks for the address; what follows depends on it, but the page never says whether it is known.
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in/pages/sign_in.html")]
pub struct SignInPage {
    /// The organisation's door.
    pub outside: Outside,
    /// The app that asked for the sign-in.
    pub app: Option<Opened>,
    /// What was typed or hinted.
    pub address: String,
    /// Whether what was typed is no address.
    pub is_malformed: bool,
    /// The anti-forgery token.
    pub csrf: String,
    /// Where the form posts to; the field is named `address`.
    pub action: String,
    /// Hidden fields of the form.
    pub hidden: Vec<Hidden>,
}

impl SignInPage {
    fn title(&self) -> String {
        let title = self.outside.words.t1("sign-in-heading", "organization", self.outside.name());
        if self.is_malformed { self.outside.words.t1("error-title", "title", &title) } else { title }
    }

    fn error(&self) -> String {
        if self.is_malformed { self.outside.words.t("address-malformed") } else { String::new() }
    }
}

/// Why the last password was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordError {
    /// The pair of address and password is not right; which of them, is not said.
    Wrong,
    /// Too many tries.
    TooMany {
        /// When the next try counts, as a clock time.
        until: String,
    },
}

/// Asks for the password.
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in/pages/password.html")]
pub struct PasswordPage {
    /// The organisation's door.
    pub outside: Outside,
    /// The app that asked for the sign-in.
    pub app: Option<Opened>,
    /// The address typed before.
    pub address: String,
    /// What was wrong with the last try.
    pub error: Option<PasswordError>,
    /// The anti-forgery token.
    pub csrf: String,
    /// Where the form posts to; the field is named `password`.
    pub action: String,
    /// Hidden fields of the form.
    pub hidden: Vec<Hidden>,
    /// Back to the address.
    pub another_address_url: String,
    /// For the administrator who is asked why it does not work; after a try that failed.
    pub reference: Option<Reference>,
}

impl PasswordPage {
    fn title(&self) -> String {
        let heading = self.outside.words.t("password-heading");
        match self.error {
            Some(_) => self.outside.error_title(heading),
            None => self.outside.title(heading),
        }
    }

    fn error_text(&self) -> String {
        match &self.error {
            None => String::new(),
            Some(PasswordError::Wrong) => self.outside.words.t("password-wrong"),
            Some(PasswordError::TooMany { until }) => self.outside.words.t1("password-too-many", "time", until),
        }
    }
}

/// Lets somebody with several sessions choose (`OpenID` Connect Core, 3.1.2.1: `prompt=select_account`).
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in/pages/choose_account.html")]
pub struct ChooseAccountPage {
    /// The organisation's door.
    pub outside: Outside,
    /// The app that asked for the sign-in.
    pub app: Option<Opened>,
    /// Who is signed in here.
    pub accounts: Vec<AccountChoice>,
    /// The anti-forgery token.
    pub csrf: String,
    /// Where the choice posts to, as the field `account`.
    pub action: String,
    /// Hidden fields of the form.
    pub hidden: Vec<Hidden>,
    /// Where to sign in as somebody else.
    pub another_address_url: String,
}

/// One account to choose.
#[derive(Debug, Clone)]
pub struct AccountChoice {
    /// The value of the field `account`.
    pub value: String,
    /// Display name.
    pub name: String,
    /// Address; always shown beside the name, which anybody could have chosen.
    pub address: String,
    /// Whether the person is a guest here.
    pub is_guest: bool,
}

impl AccountChoice {
    fn initials(&self) -> String {
        names::initials(&self.name)
    }
}
