//! Asking for a code, and checking one.

use super::limits::{Allowance, Budget};
use super::mail::Letter;
use super::{Code, Mailbox, Passcode, Standing, Step, store};
use crate::Server;
use crate::outbox::{self, Prepared};
use crate::platform::ids::{PasscodeId, UserId};
use database::{Result, Timestamp, Transaction};

/// A code that is ready to be sent: everything that takes time is done before the transaction.
pub struct Order {
    passcode: Passcode,
    budget: Budget,
    mail: Prepared,
}

/// Why a code could not be asked for.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The database.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// The mail could not be written: a defect of ours.
    #[error("the mail with the code: {0}")]
    Letter(#[from] askama::Error),
}

/// What asking came to. It is the same for an address that nobody here has.
#[derive(Debug)]
pub enum Asked {
    /// The code is on its way, if the address is known.
    Sent(Passcode),
    /// Not now: too many mails were asked for.
    TooMany {
        /// When the next one may be.
        until: Timestamp,
    },
}

/// What a check came to.
#[derive(Debug)]
pub enum Checked {
    /// The right digits; the code is used, and every other code of the mailbox with it.
    Right(Proof),
    /// The wrong ones.
    Wrong {
        /// Wrong ones that may still follow.
        tries_left: u32,
    },
    /// There were too many wrong checks of this code.
    Void,
    /// Its time is over, it was used, or none was asked for.
    Lapsed,
    /// Too many checks for this mailbox; nothing was compared.
    TooMany {
        /// When the next one may be.
        until: Timestamp,
    },
}

/// Somebody has shown that they read this mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Whom the code was for.
    pub user: UserId,
    /// The mailbox.
    pub address_folded: String,
}

/// Finds or makes the code of this step, and writes and seals its mail. The work is the same for an address that nobody
/// here has.
pub async fn prepare(server: &Server, step: &Step<'_>, letter: &Letter) -> Result<Order, AskError> {
    let mut tx = server.read().await?;
    let now = server.clock.now();
    let budget = Budget::of(&mut tx, step).await?;
    let newest = store::find_current(&mut tx, step.tenant(), step.continuation.id).await?;
    drop(tx);
    let again = newest.filter(|code| code.standing(now) == Standing::Open && step.mailbox.is_proved_by(code));
    let passcode = again.unwrap_or_else(|| {
        let id = PasscodeId(server.entropy.uuid(now));
        let Mailbox { user, .. } = step.mailbox;
        Passcode::new(step.tenant(), id, step.continuation.id, step.mailbox.folded(), user, now)
    });
    let message = letter.message(&step.mailbox, &passcode, &passcode.code(&server.master_key))?;
    let mail = outbox::prepare(server, step.tenant(), &message);
    Ok(Order { passcode, budget, mail })
}

/// Counts the mail and owes it, in the caller's transaction; ring the bell of the jobs after the commit. Asking again
/// while a code works sends the same digits with the same end, so mails that arrive out of order do no harm.
pub async fn ask(tx: &mut Transaction, server: &Server, step: &Step<'_>, order: Order) -> Result<Asked> {
    let Order { passcode, budget, mail } = order;
    let (tenant, continuation, now) = (step.tenant(), step.continuation.id, server.clock.now());
    if let Allowance::Exceeded(until) = budget.count_mail(tx, server, step).await? {
        return Ok(Asked::TooMany { until });
    }
    store::close_ended(tx, tenant, continuation, &passcode.address_folded, now).await?;
    if !store::insert(tx, &passcode).await? {
        let open = store::find_current(tx, tenant, continuation).await?;
        if let Some(other) = open.filter(|open| open.id != passcode.id) {
            // The same page was sent in twice at once, and the other request has mailed its code.
            return Ok(Asked::Sent(other));
        }
    }
    // A mail on its way slows what is asked right after it, so one is on its way for an address that nobody has, too.
    let mail = if step.mailbox.user.is_some() { mail } else { mail.to_nobody() };
    outbox::enqueue(tx, server, mail).await?;
    Ok(Asked::Sent(passcode))
}

/// Checks digits, in the transaction of what follows from them; commit it whatever comes of it, so that the check
/// counts.
pub async fn check(tx: &mut Transaction, server: &Server, step: &Step<'_>, typed: &Code) -> Result<Checked> {
    let (tenant, now) = (step.tenant(), server.clock.now());
    let newest = store::find_current(tx, tenant, step.continuation.id).await?;
    let Some(passcode) = newest.filter(|code| step.mailbox.is_proved_by(code)) else { return Ok(Checked::Lapsed) };
    let budget = Budget::of(tx, step).await?;
    if let Allowance::Exceeded(until) = budget.count_check(tx, server, step).await? {
        return Ok(Checked::TooMany { until });
    }
    let Some(taken) = store::take_check(tx, tenant, passcode.id, now).await? else {
        // Read again: it may have been open when it was found, and ended by a check beside this one.
        let ended = store::find_current(tx, tenant, step.continuation.id).await?.unwrap_or(passcode);
        return Ok(if ended.standing(now) == Standing::Void { Checked::Void } else { Checked::Lapsed });
    };
    let is_right = passcode.code(&server.master_key).matches(typed);
    let Some(user) = passcode.user_id.filter(|_| is_right) else {
        let passcode = Passcode { wrong_checks: taken, ..passcode };
        return Ok(match passcode.tries_left() {
            0 => Checked::Void,
            tries_left => Checked::Wrong { tries_left },
        });
    };
    let address_folded = passcode.address_folded;
    store::close_mailbox(tx, tenant, &address_folded, now).await?;
    budget.give_check_back(tx, server).await?;
    step.browser.remember(tx, server, tenant, &address_folded).await?;
    Ok(Checked::Right(Proof { user, address_folded }))
}
