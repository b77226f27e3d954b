//! Failures of programs that repeat: the first ones of an hour are rows, the rest is a number on one row.
//!
//! Whoever knows the id of an app can fail in its name without end. Each failure is known by its app, its number, the user
//! it is about and the network it came from. The row that counts has an id made from these and the hour, so that every
//! process adds to the same one and a restart goes on where it was. A row that counts for several users names none.

use super::sign_in::{SignIn, network};
use crate::platform::SecretHash;
use crate::platform::ids::{EventId, TenantId};
use database::Timestamp;
use std::collections::HashMap;
use std::net::IpAddr;

/// Rows of one failure of one user, or of nobody known, from one network in an hour.
pub(super) const OF_NETWORK: u32 = 10;
/// Rows of one failure of an app from all networks in an hour; beyond them one row counts for all networks.
pub(super) const OF_APP: u32 = 1_000;
/// Kinds of failures that this process tells apart in an hour.
const MOST: usize = 50_000;
/// An hour, in microseconds.
pub(super) const HOUR: i64 = 3_600_000_000;

/// A row that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Its id.
    pub(super) id: EventId,
    /// Whether all it counts is about the same user or program, or about nobody known.
    pub(super) is_of_one: bool,
}

/// What has failed in this hour, as far as this process saw it.
#[derive(Debug, Default)]
pub struct Repeats {
    hour: i64,
    seen: HashMap<SecretHash, u32>,
}

impl Repeats {
    /// The row that counts a failure; `None` if it gets a row of its own. A success always does.
    pub(super) fn place(
        &mut self,
        tenant: TenantId,
        at: Timestamp,
        from: Option<IpAddr>,
        row: &SignIn,
    ) -> Option<Place> {
        if row.error_code == 0 {
            return None;
        }
        let hour = at.microseconds().div_euclid(HOUR);
        if hour != self.hour {
            self.hour = hour;
            self.seen.clear();
        }
        let app = format!("{tenant} {:?} {}", row.client, row.error_code);
        let of_network = format!("{app} {:?} {:?} {:?}", row.user, row.service_principal, from.map(network));
        let [by_app, by_network] = [&app, &of_network].map(|text| self.count(text));
        match (by_app <= OF_APP, by_network <= OF_NETWORK) {
            (true, true) => None,
            (true, false) => Some(Place { id: id(hour, &of_network), is_of_one: true }),
            (false, _) => Some(Place { id: id(hour, &app), is_of_one: false }),
        }
    }

    /// How often this happened; what finds no room any more counts as too often.
    fn count(&mut self, text: &str) -> u32 {
        let key = SecretHash::of(text.as_bytes());
        if self.seen.len() >= MOST && !self.seen.contains_key(&key) {
            return u32::MAX;
        }
        let times = self.seen.entry(key).or_default();
        *times = times.saturating_add(1);
        *times
    }
}

/// A UUID version 7 of the beginning of the hour, with the text in place of chance.
pub(super) fn id(hour: i64, text: &str) -> EventId {
    let milliseconds = u64::try_from(hour * (HOUR / 1000)).unwrap_or(0);
    let hash = SecretHash::of(text.as_bytes()).0;
    let mut bytes = [0; 10];
    bytes.copy_from_slice(&hash[..10]);
    EventId(uuid::Builder::from_unix_timestamp_millis(milliseconds, &bytes).into_uuid())
}
