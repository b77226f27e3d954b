//! Page one of the guest's journey.

use askama::Template;

use crate::{
    translations::{Markup, Words},
    web::{names, shell::Outside},
};

/// Where an accepted invitation leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// An app of the organisation, by its display name.
    App(String),
    /// An address that belongs to no known app, by its host.
    Host(String),
    /// The list of everything the guest can open.
    MyApps,
}

impl Destination {
    /// The sentence in which somebody invites the reader to it.
    pub(in crate::web) fn heading(&self, words: Words, inviter: &str, organization: &str) -> Markup {
        match self {
            Self::App(app) => words.named2("invites-app", "inviter", inviter, "app", app),
            Self::Host(host) => words.named2("invites-host", "inviter", inviter, "host", host),
            Self::MyApps if inviter == organization => {
                words.named("organization-invites", "organization", organization)
            }
            Self::MyApps => words.named2("invites", "inviter", inviter, "organization", organization),
        }
    }

    /// The same sentence without HTML.
    pub(in crate::web) fn plain_heading(&self, words: Words, inviter: &str, organization: &str) -> String {
        match self {
            Self::App(app) => words.t2("invites-app", "inviter", inviter, "app", app),
            Self::Host(host) => words.t2("invites-host", "inviter", inviter, "host", host),
            Self::MyApps if inviter == organization => words.t1("organization-invites", "organization", organization),
            Self::MyApps => words.t2("invites", "inviter", inviter, "organization", organization),
        }
    }
}

/// Who invites, to what, what is shared; opening it does nothing, its button accepts.
#[derive(Debug, Clone, Template)]
#[template(path = "redemption/pages/invitation.html")]
pub struct InvitationPage {
    /// The inviting organisation's door.
    pub outside: Outside,
    /// The person who invites; absent when a program did.
    pub inviter: Option<String>,
    /// The inviter's address, to write back to.
    pub inviter_mail: Option<String>,
    /// A domain that the organisation has proved to own.
    pub verified_domain: Option<String>,
    /// What the reader is invited to.
    pub destination: Destination,
    /// The inviter's own words.
    pub message: Option<String>,
    /// The address the invitation was sent to.
    pub invited_address: String,
    /// The last day, as a date in words; absent when the invitation does not end.
    pub open_until: Option<String>,
    /// The anti-forgery token.
    pub csrf: String,
    /// Where the button posts to.
    pub action: String,
    /// How to have the invitation sent elsewhere, if there is a way.
    pub another_address_url: Option<String>,
    /// The page that says no without changing anything.
    pub refuse_url: String,
}

impl InvitationPage {
    fn who(&self) -> &str {
        self.inviter.as_deref().unwrap_or_else(|| self.outside.name())
    }

    fn heading(&self) -> Markup {
        self.destination.heading(self.outside.words, self.who(), self.outside.name())
    }

    fn title(&self) -> String {
        self.destination.plain_heading(self.outside.words, self.who(), self.outside.name())
    }

    fn lines(&self) -> Vec<String> {
        let words = self.message.as_deref().map(names::quoted_words).unwrap_or_default();
        words.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
    }
}
