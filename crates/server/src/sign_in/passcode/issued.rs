//! What a one-time passcode is, and when it counts.

use super::code::Code;
use crate::platform::MasterKey;
use crate::platform::ids::{ContinuationId, PasscodeId, TenantId, UserId};
use database::Timestamp;
use std::time::Duration;

/// How long a code works. A tenant cannot make it longer.
pub const LIFETIME: Duration = Duration::from_mins(15);

/// Wrong checks that a code survives; the last of them voids it.
pub const WRONG_CHECKS: i64 = 5;

/// A code that was asked for, without its digits.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Passcode {
    /// The tenant.
    pub tenant_id: TenantId,
    /// Its id, from which the digits are derived.
    pub id: PasscodeId,
    /// The browser session that asked. In any other the digits are worth nothing.
    pub continuation_id: ContinuationId,
    /// The mailbox it proves.
    pub address_folded: String,
    /// Who is signed in by it; nobody if the address was not known when it was asked for.
    pub user_id: Option<UserId>,
    /// When it was first asked for.
    pub created_at: Timestamp,
    /// When its time is over; asking again does not move it.
    pub expires_at: Timestamp,
    /// Checks that were made, which are wrong ones until one is right.
    pub wrong_checks: i64,
    /// When it was used, or made void by another success or by a newer one.
    pub closed_at: Option<Timestamp>,
}

/// Where a code stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The right digits are taken.
    Open,
    /// Used, or made void by a success elsewhere.
    Closed,
    /// Made void by wrong checks.
    Void,
    /// Its time is over.
    Lapsed,
}

impl Passcode {
    /// A new one.
    pub fn new(
        tenant_id: TenantId,
        id: PasscodeId,
        continuation_id: ContinuationId,
        address_folded: String,
        user_id: Option<UserId>,
        now: Timestamp,
    ) -> Self {
        let expires_at = now.plus(LIFETIME);
        Self {
            tenant_id,
            id,
            continuation_id,
            address_folded,
            user_id,
            created_at: now,
            expires_at,
            wrong_checks: 0,
            closed_at: None,
        }
    }

    /// Where it stands at this instant.
    pub fn standing(&self, now: Timestamp) -> Standing {
        if self.closed_at.is_some() {
            Standing::Closed
        } else if self.wrong_checks >= WRONG_CHECKS {
            Standing::Void
        } else if now >= self.expires_at {
            Standing::Lapsed
        } else {
            Standing::Open
        }
    }

    /// Wrong checks that may still follow.
    pub fn tries_left(&self) -> u32 {
        u32::try_from(WRONG_CHECKS - self.wrong_checks).unwrap_or(0)
    }

    /// Its digits.
    pub fn code(&self, key: &MasterKey) -> Code {
        Code::derive(key, self.tenant_id, self.id, &self.address_folded)
    }
}
