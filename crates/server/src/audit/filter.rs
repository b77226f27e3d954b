//! Which rows of a log are read.

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
    /// On the way to this app.
    pub client: Option<ClientId>,
    /// With this number behind `AADSTS`; 0 for success.
    pub error_code: Option<i64>,
    /// Let in, or turned away.
    pub is_success: Option<bool>,
    /// Only those a person did something for.
    pub only_interactive: bool,
    /// Of these requests.
    pub requests: Option<Requests>,
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
    /// In this category.
    pub category: Option<String>,
    /// Done, or refused.
    pub is_success: Option<bool>,
    /// By this person or program.
    pub initiator: Option<Uuid>,
    /// To this object.
    pub target: Option<Uuid>,
    /// Of these requests.
    pub requests: Option<Requests>,
}

/// The row a page of a log ended with; the next page begins behind it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Place {
    pub(super) at: i64,
    pub(super) id: EventId,
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
