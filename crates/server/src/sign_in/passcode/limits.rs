//! How often a code may be mailed and checked, and who shares a budget with whom.
//!
//! A code of eight digits is as good as the number of guesses it allows. Wrong checks void one code; these limits bound
//! all codes together: even somebody who uses up every check the whole server gives to strangers in a day hits a code
//! with a probability below one in a thousand. Nobody is locked out of one mailbox by them: whoever holds a live invitation
//! link, or uses a browser that has proved the mailbox before, spends a budget that strangers cannot reach, and every
//! network keeps a few tries of its own.

use super::Step;
use crate::Server;
use crate::platform::SecretHash;
use crate::platform::ids::InvitationId;
use crate::platform::request::Request;
use crate::sign_in::attempts::{self, Limit};
use database::{Result, Timestamp, Transaction};
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// Mails with a code to one mailbox in an hour, for each budget.
pub const MAILS_TO_MAILBOX: Limit = Limit { scope: "passcode mails", most: 10, window: HOUR };
/// Mails with a code to one mailbox that one client address may ask for in an hour when the strangers' budget of the
/// mailbox is used up: its owner gets in from their own network, whoever floods it from elsewhere.
pub const MAILS_FROM_NETWORK: Limit = Limit { scope: "passcode mails", most: 2, window: HOUR };
/// Mails with a code that one client address (IPv6: one /64) may ask for in an hour; an office shares one address.
pub const MAILS_FROM_CLIENT: Limit = Limit { scope: "passcode mails", most: 100, window: HOUR };
/// Mails with a code that strangers may ask for in an hour, on the whole server.
pub const MAILS: Limit = Limit { scope: "passcode mails", most: 20_000, window: HOUR };

/// Checks for one mailbox in a day, for each budget.
pub const CHECKS_OF_MAILBOX: Limit = Limit { scope: "passcode checks", most: 100, window: DAY };
/// Checks for one mailbox from one client address in a day when the strangers' budget of the mailbox is used up: as many
/// as one code takes. The limit of the whole server bounds them all together.
pub const CHECKS_FROM_NETWORK: Limit = Limit { scope: "passcode checks", most: 5, window: DAY };
/// Wrong checks from one client address (IPv6: one /64) in a day.
pub const CHECKS_FROM_CLIENT: Limit = Limit { scope: "passcode checks", most: 500, window: DAY };
/// Wrong checks of strangers in a day, on the whole server: 50,000 guesses at 10^8 codes.
pub const CHECKS: Limit = Limit { scope: "passcode checks", most: 50_000, window: DAY };

/// Whose tries are counted together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Budget {
    /// Everybody who only knows the address.
    Stranger,
    /// Whoever opened the live link of this invitation.
    Invited(InvitationId),
    /// A browser in which the mailbox was proved before.
    KnownBrowser(SecretHash),
}

/// Whether a try was within its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    /// It may go on.
    Within,
    /// It may not; the next one counts from this instant on.
    Exceeded(Timestamp),
}

impl Budget {
    /// The budget of a step.
    pub async fn of(tx: &mut Transaction, step: &Step<'_>) -> Result<Self> {
        let known = step.browser.has_proved(tx, step.tenant(), &step.mailbox.folded()).await?;
        Ok(match step.invitation {
            Some(invitation) => Self::Invited(invitation),
            None if known => Self::KnownBrowser(step.browser.hash()),
            None => Self::Stranger,
        })
    }

    /// Counts a mail that is asked for.
    pub async fn count_mail(&self, tx: &mut Transaction, server: &Server, step: &Step<'_>) -> Result<Allowance> {
        self.count(tx, server, step, [MAILS_TO_MAILBOX, MAILS_FROM_NETWORK, MAILS_FROM_CLIENT, MAILS]).await
    }

    /// Counts a check, before anything is compared.
    pub async fn count_check(&self, tx: &mut Transaction, server: &Server, step: &Step<'_>) -> Result<Allowance> {
        self.count(tx, server, step, [CHECKS_OF_MAILBOX, CHECKS_FROM_NETWORK, CHECKS_FROM_CLIENT, CHECKS]).await
    }

    /// Takes a check that was right out of the counts that many people share.
    pub async fn give_check_back(&self, tx: &mut Transaction, server: &Server) -> Result<()> {
        if *self == Self::Stranger {
            CHECKS_FROM_CLIENT.give_back_globally(tx, server, &client()).await?;
            CHECKS.give_back_globally(tx, server, &everybody()).await?;
        }
        Ok(())
    }

    /// The mailbox first: its row makes the tries at one mailbox wait for each other, in the same order everywhere.
    async fn count(
        &self,
        tx: &mut Transaction,
        server: &Server,
        step: &Step<'_>,
        [mailbox, from_network, from_client, all]: [Limit; 4],
    ) -> Result<Allowance> {
        let address = step.mailbox.folded();
        let mut counted = vec![mailbox.count(tx, server, step.tenant(), &self.subject(&address)).await?];
        if *self == Self::Stranger {
            // Counted from the first try on, so that whoever used the mailbox up has nothing left here.
            let own = attempts::subject(&[b"network", address.as_bytes(), &client().0]);
            let own = from_network.count(tx, server, step.tenant(), &own).await?;
            counted.retain(|shared| shared.is_within() || !own.is_within());
            counted.push(from_client.count_globally(tx, server, &client()).await?);
            counted.push(all.count_globally(tx, server, &everybody()).await?);
        }
        let exceeded = counted.into_iter().filter(|counted| !counted.is_within()).map(|counted| counted.until).max();
        Ok(exceeded.map_or(Allowance::Within, Allowance::Exceeded))
    }

    fn subject(&self, address_folded: &str) -> SecretHash {
        let address = address_folded.as_bytes();
        match self {
            Self::Stranger => attempts::subject(&[b"stranger", address]),
            Self::Invited(invitation) => attempts::subject(&[b"invited", address, invitation.0.as_bytes()]),
            Self::KnownBrowser(browser) => attempts::subject(&[b"known browser", address, &browser.0]),
        }
    }
}

fn client() -> SecretHash {
    attempts::client(Request::current().client_address)
}

fn everybody() -> SecretHash {
    attempts::subject(&[b"everybody"])
}
