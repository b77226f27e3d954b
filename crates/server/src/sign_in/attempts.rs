//! Counted attempts: how often something may be tried in a while, kept in the database so that neither a restart nor a
//! second process forgets.
//!
//! An attempt is counted, and the count committed, before the work it pays for, so that a burst of parallel requests
//! gets no more tries than a patient one.

use super::store;
use crate::Server;
use crate::platform::ids::TenantId;
use crate::platform::{SecretHash, Timestamp};
use database::{Result, Transaction};
use std::cmp::Ordering;
use std::net::IpAddr;
use std::time::Duration;

/// The longest window of any limit; counts that are older are purged.
pub const LONGEST: Duration = Duration::from_hours(48);

/// So many attempts in one window. Windows are laid end to end from 1970 on.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// What is tried; names the counter.
    pub scope: &'static str,
    /// Attempts in one window.
    pub most: i64,
    /// How long a window is, at most [`LONGEST`].
    pub window: Duration,
}

/// An attempt that was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// How many there were in this window, this one included.
    pub attempts: i64,
    /// How many the window allows.
    pub most: i64,
    /// When the next window begins.
    pub until: Timestamp,
}

impl Counted {
    /// Whether the attempt may go on.
    pub const fn is_within(&self) -> bool {
        self.attempts <= self.most
    }

    /// The reason a log gives for the attempt: nothing beyond the limit, where no row is written, and on the last row
    /// that more of them are not listed.
    pub fn listed(&self, reason: &str) -> Option<String> {
        match self.attempts.cmp(&self.most) {
            Ordering::Less => Some(reason.to_owned()),
            Ordering::Equal => Some(format!("{reason} More of this hour are not listed.")),
            Ordering::Greater => None,
        }
    }
}

impl Limit {
    /// Counts an attempt at something of one tenant, in one atomic statement.
    pub async fn count(
        &self,
        tx: &mut Transaction,
        server: &Server,
        tenant: TenantId,
        subject: &SecretHash,
    ) -> Result<Counted> {
        let (start, until) = self.window_at(server.clock.now());
        let attempts = store::attempts::count(tx, tenant, self.scope, subject, start).await?;
        Ok(Counted { attempts, most: self.most, until })
    }

    /// Counts an attempt that belongs to no tenant, such as those of a client address.
    pub async fn count_globally(&self, tx: &mut Transaction, server: &Server, subject: &SecretHash) -> Result<Counted> {
        self.charge_globally(tx, server, subject, 1).await
    }

    /// Counts an attempt that belongs to no tenant and costs as much as several.
    pub async fn charge_globally(
        &self,
        tx: &mut Transaction,
        server: &Server,
        subject: &SecretHash,
        times: i64,
    ) -> Result<Counted> {
        let (start, until) = self.window_at(server.clock.now());
        let attempts = store::attempts::count_globally(tx, self.scope, subject, start, times).await?;
        Ok(Counted { attempts, most: self.most, until })
    }

    /// How many attempts there were in this window, without counting one.
    pub async fn read(
        &self,
        tx: &mut Transaction,
        server: &Server,
        tenant: TenantId,
        subject: &SecretHash,
    ) -> Result<Counted> {
        let (start, until) = self.window_at(server.clock.now());
        let attempts = store::attempts::read(tx, tenant, self.scope, subject, start).await?;
        Ok(Counted { attempts, most: self.most, until })
    }

    /// Forgets the attempts of this window, after a success.
    pub async fn forget(
        &self,
        tx: &mut Transaction,
        server: &Server,
        tenant: TenantId,
        subject: &SecretHash,
    ) -> Result<()> {
        let (start, _) = self.window_at(server.clock.now());
        store::attempts::forget(tx, tenant, self.scope, subject, start).await
    }

    /// Gives one attempt that belongs to no tenant back, after a success.
    pub async fn give_back_globally(&self, tx: &mut Transaction, server: &Server, subject: &SecretHash) -> Result<()> {
        let (start, _) = self.window_at(server.clock.now());
        store::attempts::give_back_globally(tx, self.scope, subject, start).await
    }

    fn window_at(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        let length = i64::try_from(self.window.as_micros()).unwrap_or(i64::MAX).max(1);
        let start = Timestamp::from_microseconds(now.microseconds() - now.microseconds().rem_euclid(length));
        (start, start.plus(self.window))
    }
}

/// What several texts together name, as the subject of a counter.
pub fn subject(parts: &[&[u8]]) -> SecretHash {
    let mut bytes = Vec::new();
    for part in parts {
        // With its length in front, no two lists of parts read the same.
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    SecretHash::of(&bytes)
}

/// The subject of a client: its IPv4 address, or the /64 of its IPv6 address, which is what one household is given.
/// Clients without an address (only in tests and behind a socket that tells none) count as one.
pub fn client(address: Option<IpAddr>) -> SecretHash {
    match address {
        Some(IpAddr::V4(v4)) => subject(&[b"v4", &v4.octets()]),
        Some(IpAddr::V6(v6)) => subject(&[b"v6", &v6.octets()[..8]]),
        None => subject(&[b"none"]),
    }
}

/// Removes counts that no window needs any more; for the job that tidies up.
pub async fn purge(tx: &mut Transaction, server: &Server) -> Result<u64> {
    store::attempts::purge(tx, server.clock.now().minus(LONGEST)).await
}
