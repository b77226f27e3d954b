//! Whether an invitation can be accepted, by whom, and what the page may say about it.

use crate::invitations::Invitation;
use crate::tenants::CollaborationSettings;
use crate::users::User;
use database::Timestamp;
use mail_address::normalise_domain;

/// Where an invitation stands for the one who opened its link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It can be accepted.
    Open,
    /// It was accepted; its link proves nothing and leads to the sign-in.
    Accepted,
    /// Withdrawn, past its end, or without its guest. Which of them, is not said.
    Dead,
    /// A rule of the organisation stands against it.
    Barred(Bar),
}

/// The rule that stands against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bar {
    /// The domain of the invited address is no longer let in.
    Domain,
    /// The guest is blocked.
    Blocked,
    /// Guests are not let in by codes, and there is no other way yet.
    Passcodes,
    /// The server was restored from a backup, and nobody has sent the invitation again.
    Held,
}

impl Way {
    /// Judges an invitation. Rules that changed since it was sent hold; accepted guests are left in peace by all but a
    /// block, wherever their invitation is accepted too.
    pub fn of(invitation: &Invitation, guest: Option<&User>, settings: &CollaborationSettings, now: Timestamp) -> Self {
        let Some(guest) = guest else { return Self::Dead };
        if !guest.account_enabled {
            return Self::Barred(Bar::Blocked);
        }
        // A guest who is in already may have an invitation that is open, because its inviter was not to know. It goes the way
        // of every other.
        let has_ended = invitation.accepted_at.is_some() || invitation.revoked_at.is_some();
        if !guest.is_pending() && has_ended {
            return Self::Accepted;
        }
        if invitation.revoked_at.is_some() {
            return Self::Dead;
        }
        if invitation.held_at.is_some() {
            return Self::Barred(Bar::Held);
        }
        if invitation.has_ended(now) {
            return Self::Dead;
        }
        if !settings.admits_domain(&domain(&invitation.address)) {
            return Self::Barred(Bar::Domain);
        }
        if !settings.has_passcodes_for_guests() {
            return Self::Barred(Bar::Passcodes);
        }
        Self::Open
    }
}

/// The domain of an address in the form the list of domains has.
pub fn domain(address: &str) -> String {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    normalise_domain(domain).unwrap_or_default()
}

/// What somebody who is signed in as another person may see of the invited address: `s***@fabrikam.example`.
pub fn masked(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}***@{domain}")
}
