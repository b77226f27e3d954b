//! Which rows of a log are read.

use super::reads::Answered;
use crate::platform::Timestamp;
use crate::platform::ids::{ClientId, CorrelationId, EventId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The rows of one request, or of all requests that share a reference; there is rarely more than one of those.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requests {
    /// The first correlation id, included.
    pub first: CorrelationId,
    /// The last one, included.
    pub last: CorrelationId,
}

impl Requests {
    /// One request.
    pub const fn one(id: CorrelationId) -> Self {
        Self { first: id, last: id }
    }

    /// Reads a reference as people pass it on, `B21D-04E7` with or without its hyphen and in any case, or a whole
    /// correlation id.
    pub fn of_reference(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(id) = text.parse::<CorrelationId>() {
            return Some(Self::one(id));
        }
        let digits: String = match text.split_once('-') {
            Some((first, last)) if first.len() == 4 && last.len() == 4 => [first, last].concat(),
            Some(_) => return None,
            None => text.to_owned(),
        };
        if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let start = u128::from(u32::from_str_radix(&digits, 16).ok()?) << 96;
        let id = |bits| CorrelationId(Uuid::from_u128(bits));
        Some(Self { first: id(start), last: id(start | (u128::MAX >> 32)) })
    }
}

/// Which sign-ins are read. What is absent does not limit.
#[derive(Debug, Clone, Default)]
pub struct SignInFilter {
    /// Not before.
    pub since: Option<Timestamp>,
    /// Not after.
    pub until: Option<Timestamp>,
    /// Of this person.
    pub user: Option<UserId>,
    /// Of nobody known here, who tried this name: as it was typed.
    pub nobody: Option<String>,
    /// Of whoever has this `userPrincipalName`, or one that begins so.
    pub name: Option<Name>,
    /// On the way to this app.
    pub client: Option<ClientId>,
    /// On the way to an app of one of these names; none do not limit.
    pub app_names: Vec<String>,
    /// From one of these addresses; none do not limit.
    pub addresses: Vec<String>,
    /// None at all: what is asked for is written in no row.
    pub is_never: bool,
    /// With one of these numbers behind `AADSTS`, 0 for success; none do not limit.
    pub error_codes: Vec<i64>,
    /// Let in, or turned away.
    pub is_success: Option<bool>,
    /// Those a person did something for, or those a program did by itself.
    pub is_interactive: Option<bool>,
    /// Of people at home there: a domain, in small letters.
    pub home: Option<String>,
    /// Of these requests.
    pub requests: Option<Requests>,
    /// About any of these people and apps; a search that found nobody is an empty list.
    pub among: Option<Vec<Subject>>,
}

/// A `userPrincipalName`, compared without the case of ASCII letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// The whole name, one of these.
    IsAnyOf(Vec<String>),
    /// Its beginning.
    BeginsWith(String),
}

/// What a search has found. Rows about it are read by its own index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A person.
    User(UserId),
    /// An app.
    App(ClientId),
    /// Nobody known here, by the name that was tried.
    Nobody(String),
}

impl SignInFilter {
    /// Whether all that are read were let in, or all turned away, as far as the filter says.
    pub(super) fn outcome(&self) -> Option<bool> {
        self.is_success.or_else(|| {
            let is_success = *self.error_codes.first()? == 0;
            self.error_codes.iter().all(|code| (*code == 0) == is_success).then_some(is_success)
        })
    }

    /// The filters that together give the same rows, each of which one index serves.
    pub(super) fn parts(&self) -> Vec<Self> {
        let Some(among) = &self.among else { return vec![self.clone()] };
        let part = |subject: &Subject| {
            let mut part = Self { among: None, ..self.clone() };
            match subject {
                Subject::User(user) => part.user = narrowed(self.user, *user)?,
                Subject::App(client) => part.client = narrowed(self.client, *client)?,
                Subject::Nobody(_) if self.user.is_some() => return None,
                Subject::Nobody(name) => part.nobody = Some(name.clone()),
            }
            Some(part)
        };
        among.iter().filter_map(part).collect()
    }
}

/// Both conditions at once; `None` if they exclude each other.
fn narrowed<T: PartialEq>(set: Option<T>, wanted: T) -> Option<Option<T>> {
    if set.is_some_and(|set| set != wanted) { None } else { Some(Some(wanted)) }
}

/// Which changes are read. What is absent does not limit.
#[derive(Debug, Clone, Default)]
pub struct ChangeFilter {
    /// Not before.
    pub since: Option<Timestamp>,
    /// Not after.
    pub until: Option<Timestamp>,
    /// With this name (`activityDisplayName`).
    pub activity: Option<String>,
    /// In one of these categories; none do not limit.
    pub categories: Vec<String>,
    /// Written by one of these services (`loggedByService`); none do not limit.
    pub services: Vec<String>,
    /// Done, or refused.
    pub is_success: Option<bool>,
    /// None at all: what is asked for is written in no row.
    pub is_never: bool,
    /// By this person or program.
    pub initiator: Option<Uuid>,
    /// By whoever had this `userPrincipalName` then, compared without the case of ASCII letters.
    pub initiator_name: Option<String>,
    /// To this object.
    pub target: Option<Uuid>,
    /// Of these requests.
    pub requests: Option<Requests>,
    /// By or to any of these; a search that found nothing is an empty list.
    pub among: Option<Vec<Uuid>>,
}

impl ChangeFilter {
    /// The filters that together give the same rows, each of which one index serves.
    pub(super) fn parts(&self) -> Vec<Self> {
        let Some(among) = &self.among else { return vec![self.clone()] };
        let bare = Self { among: None, ..self.clone() };
        let by = |id: &Uuid| Some(Self { initiator: narrowed(self.initiator, *id)?, ..bare.clone() });
        let about = |id: &Uuid| Some(Self { target: narrowed(self.target, *id)?, ..bare.clone() });
        among.iter().filter_map(by).chain(among.iter().filter_map(about)).collect()
    }
}

/// Which reads are read. What is absent does not limit.
#[derive(Debug, Clone, Default)]
pub struct ReadFilter {
    /// Those of which the last was not before.
    pub since: Option<Timestamp>,
    /// Those of which the last was not after.
    pub until: Option<Timestamp>,
    /// By this guest.
    pub user: Option<UserId>,
    /// By this app.
    pub client: Option<ClientId>,
    /// Of this kind: `users`, `groups`, ..
    pub kind: Option<String>,
    /// Answered so.
    pub answered: Option<Answered>,
    /// By guests at home there: a domain, in small letters.
    pub home: Option<String>,
    /// Those of which the last was one of these requests.
    pub requests: Option<Requests>,
    /// By any of these people and apps; a search that found nobody is an empty list.
    pub among: Option<Vec<Subject>>,
}

impl ReadFilter {
    /// The filters that together give the same rows, each of which one index serves.
    pub(super) fn parts(&self) -> Vec<Self> {
        let Some(among) = &self.among else { return vec![self.clone()] };
        let part = |subject: &Subject| {
            let mut part = Self { among: None, ..self.clone() };
            match subject {
                Subject::User(user) => part.user = narrowed(self.user, *user)?,
                Subject::App(client) => part.client = narrowed(self.client, *client)?,
                // Nobody unknown reads anything.
                Subject::Nobody(_) => return None,
            }
            Some(part)
        };
        among.iter().filter_map(part).collect()
    }
}

/// The row a page of a log ended with; the next page begins behind it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Place {
    pub(super) at: i64,
    pub(super) id: EventId,
}

impl Place {
    /// What rows are ordered by.
    pub(super) const fn key(self) -> (i64, Uuid) {
        (self.at, self.id.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_as_people_write_it() {
        let id = CorrelationId(Uuid::from_u128(0xb21d_04e7_0000_4000_8000_0000_0000_0001));
        assert_eq!(id.reference(), "B21D-04E7");
        for text in ["B21D-04E7", "b21d04e7", " B21d-04e7 "] {
            let requests = Requests::of_reference(text).expect(text);
            assert!(requests.first < id && id < requests.last, "{text}");
            assert_eq!(requests.last.reference(), "B21D-04E7");
        }
        assert_eq!(Requests::of_reference(&id.to_string()), Some(Requests::one(id)));
        for text in ["", "B21D", "B21D-04E", "B21-D04E7", "G21D-04E7", "sam@fabrikam.example", "+21d04e7"] {
            assert_eq!(Requests::of_reference(text), None, "{text}");
        }
    }
}
