//! What the clients know: acknowledged, refused, or unknown because the connection died.

use std::fmt;
use std::time::Duration;

use crate::visitor::Visitor;

/// What is known of something that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fate {
    /// Nobody asked for it.
    #[default]
    NotAsked,
    /// Acknowledged: it is there, once, for good.
    Done,
    /// Refused: nothing of it is there.
    Refused,
    /// The connection died: all of it is there, once, or nothing.
    Unknown,
}

impl Fate {
    /// Whether this many traces agree with what is known.
    pub fn agrees(self, traces: usize) -> bool {
        match self {
            Self::Done => traces == 1,
            Self::Unknown => traces <= 1,
            Self::NotAsked | Self::Refused => traces == 0,
        }
    }
}

/// A guest and everything that was done for them and in their name.
#[derive(Debug, Default)]
pub struct Guest {
    /// The organisation, by its place at the site.
    pub organisation: usize,
    /// The invited mailbox, which nobody else has.
    pub address: String,
    /// Whether a mail was asked for.
    pub is_mailed: bool,
    /// The invitation.
    pub invited: Fate,
    /// The id of the guest, if it was told.
    pub user: Option<String>,
    /// The id of the invitation, if it was told.
    pub invitation: Option<String>,
    /// The link, if it was told.
    pub link: Option<String>,
    /// Withdrawing the invitation.
    pub withdrawn: Fate,
    /// Accepting the invitation.
    pub accepted: Fate,
    /// Disabling the account.
    pub disabled: Fate,
    /// Revoking all sessions of the guest.
    pub sessions_revoked: Fate,
    /// What the guest and the app hold at the end.
    pub holding: Option<Holding>,
    /// Refreshes that were acknowledged.
    pub refreshes: usize,
    /// Codes that were presented a second time, and refused.
    pub replays: usize,
    /// Codes that were asked for. From the second on, a mail that a killed process still owed may bring an older one.
    pub codes_asked: usize,
}

/// A session and the tokens that an app got by it.
#[derive(Debug)]
pub struct Holding {
    /// The browser with the session.
    pub browser: Visitor,
    /// The newest refresh token that was acknowledged.
    pub refresh_token: String,
    /// Whether the session has ended.
    pub session_ended: Fate,
    /// Whether the refresh token is void.
    pub token_void: Fate,
}

/// The figures of a run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Figures {
    /// Processes that were killed.
    pub kills: usize,
    /// Guests somebody tried to invite.
    pub guests: usize,
    /// Things that were asked for and acknowledged.
    pub acknowledged: usize,
    /// Things that were refused.
    pub refused: usize,
    /// Things that nobody knows about.
    pub unknown: usize,
    /// Invitations that were acknowledged.
    pub invitations: usize,
    /// Guests who were let in.
    pub redemptions: usize,
    /// Refreshes that were acknowledged.
    pub refreshes: usize,
    /// Acknowledged ends of an invitation or of somebody's access.
    pub revocations: usize,
    /// Codes that were presented a second time, and refused.
    pub replays: usize,
    /// Messages that arrived, each with a Message-ID of its own.
    pub mails: usize,
    /// Deliveries of a message that had arrived before.
    pub deliveries_again: usize,
}

/// What ten seconds have at least, or the run tests little: about half of what a slow machine did. Twenty minutes thus have
/// thousands of each but the kills.
const LEAST: [(&str, usize); 5] =
    [("kills", 2), ("invitations", 100), ("redemptions", 17), ("refreshes", 40), ("revocations", 20)];

impl Figures {
    /// What there was too little of in a run of this length, with the figure and the least it should be.
    pub fn too_few(&self, length: Duration) -> Vec<String> {
        let seconds = usize::try_from(length.as_secs()).unwrap_or(usize::MAX);
        let had = [self.kills, self.invitations, self.redemptions, self.refreshes, self.revocations];
        let rows = LEAST.iter().zip(had).map(|((name, rate), had)| (name, had, seconds.saturating_mul(*rate) / 10));
        let too_few = rows.filter(|(_, had, least)| had < least);
        too_few.map(|(name, had, least)| format!("{had} of {least} {name}")).collect()
    }

    /// Counts what is known of a guest.
    pub fn count(&mut self, guest: &Guest) {
        let ended = guest.holding.as_ref().map_or(Fate::NotAsked, |holding| holding.session_ended);
        let all = [guest.invited, guest.withdrawn, guest.accepted, guest.disabled, guest.sessions_revoked, ended];
        self.guests += 1;
        for fate in all {
            match fate {
                Fate::NotAsked => {}
                Fate::Done => self.acknowledged += 1,
                Fate::Refused => self.refused += 1,
                Fate::Unknown => self.unknown += 1,
            }
        }
        let has = |fate: Fate| usize::from(fate == Fate::Done);
        self.invitations += has(guest.invited);
        self.redemptions += has(guest.accepted);
        // A session that was ended from outside is one end, not two.
        let signed_out = ended == Fate::Done && guest.disabled != Fate::Done && guest.sessions_revoked != Fate::Done;
        self.revocations += has(guest.withdrawn) + has(guest.disabled) + has(guest.sessions_revoked);
        self.revocations += usize::from(signed_out);
        self.refreshes += guest.refreshes;
        self.acknowledged += guest.refreshes;
        self.replays += guest.replays;
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kills, guests, acknowledged, refused, unknown, mails, deliveries_again, .. } = self;
        let Self { invitations, redemptions, refreshes, revocations, replays, .. } = self;
        write!(
            out,
            "{kills} kills, {guests} guests, {acknowledged} acknowledged ({invitations} invitations, {redemptions} \
             redemptions, {refreshes} refreshes, {revocations} revocations), {refused} refused, {unknown} unknown, \
             {replays} codes tried twice in vain, {mails} mails, {deliveries_again} delivered again"
        )
    }
}
