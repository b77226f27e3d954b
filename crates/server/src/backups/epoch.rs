//! What a restore makes void. Nobody knows what happened between the backup and the restore: a session may have been
//! ended, a token used, a link replaced, a mail sent. So nothing that was open then opens anything now.

use crate::authorization::RevokedReason;
use database::{Result, Statement, Timestamp, Transaction, sql_across};

macro_rules! void {
    ($text:literal) => {
        sql_across!("a restore makes void what was open in every tenant", $text)
    };
}

/// How much was made void.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voided {
    /// Invitations that are held until somebody of their organisation sends them again.
    pub invitations: u64,
    /// Sessions of browsers.
    pub sessions: u64,
    /// What people had given apps: codes and refresh tokens.
    pub grants: u64,
    /// Mails that carried a link or code and are not sent any more.
    pub mails_dropped: u64,
    /// Other mails that waited and may have been sent already: listed in the outbox as given up, to be retried by hand.
    pub mails_held: u64,
}

/// What an operator is told before anything is done.
pub fn announcement() -> &'static str {
    "A restore begins a new epoch. From then on these are void, because nobody knows what became of them since:\n\
     \x20 - invitations that were not accepted: one may have been withdrawn since, so they are held, and nobody gets in by them,\n\
     \x20   until somebody of the organisation sends them again\n\
     \x20 - sessions, authorization codes, refresh and access tokens: everybody and every program signs in again\n\
     \x20 - passcodes, recovery links and steps of a sign-in that were under way\n\
     \x20 - waiting mails with a link or code; other waiting mails are held back in the outbox, to be retried by hand\n\
     \x20 - files whose people were being invited: the rest is invited when the file is sent again\n\
     Accepted guests, members, apps with their secrets, signing keys, settings and logs are as they were in the backup. So is\n\
     whoever was blocked or removed since, and every role, group, access to an app, grant, signing key and\n\
     secret that was taken away since: nobody knows of that any more. Take it away again before you let people in."
}

/// Makes void what was open.
pub(super) async fn begin(tx: &mut Transaction, now: Timestamp) -> Result<Voided> {
    links(tx, now).await?;
    let invitations = invitations(tx, now).await?;
    let sessions = sessions(tx, now).await?;
    let grants = grants(tx, now).await?;
    steps(tx, now).await?;
    runs(tx, now).await?;
    changes(tx).await?;
    let (mails_dropped, mails_held) = mails(tx).await?;
    Ok(Voided { invitations, sessions, grants, mails_dropped, mails_held })
}

/// Whoever follows the changes of a directory may have read some that the backup does not know: they begin anew.
async fn changes(tx: &mut Transaction) -> Result<u64> {
    plain(tx, void!("UPDATE change_turn SET number = number + 1000000000, from_number = number + 1000000000")).await
}

/// Links die as if a newer one had been sent.
async fn links(tx: &mut Transaction, now: Timestamp) -> Result<u64> {
    at(
        tx,
        now,
        void!(
            "INSERT INTO dead_ticket (tenant_id, ticket_hash, invitation_id, created_at)
             SELECT i.tenant_id, i.ticket_hash, i.id, $1 FROM invitation i
             WHERE i.ticket_hash IS NOT NULL AND i.accepted_at IS NULL"
        ),
    )
    .await?;
    plain(
        tx,
        void!(
            "UPDATE invitation SET ticket_hash = NULL, version = version + 1
             WHERE ticket_hash IS NOT NULL AND accepted_at IS NULL"
        ),
    )
    .await
}

/// Whoever holds the mailbox must not bring back to life what may have been withdrawn since: no fresh link, no way to an app.
async fn invitations(tx: &mut Transaction, now: Timestamp) -> Result<u64> {
    let hold = void!(
        "UPDATE invitation SET held_at = $1, version = version + 1
         WHERE accepted_at IS NULL AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)"
    );
    at(tx, now, hold).await
}

/// Tokens of before are refused by the same instant that ends the sessions, those unknown to the backup too.
async fn sessions(tx: &mut Transaction, now: Timestamp) -> Result<u64> {
    at(tx, now, void!("UPDATE user_account SET sessions_valid_from = $1, version = version + 1")).await?;
    at(tx, now, void!("UPDATE service_principal SET sessions_valid_from = $1, version = version + 1")).await?;
    at(tx, now, void!("UPDATE session SET ended_at = $1 WHERE ended_at IS NULL")).await
}

async fn grants(tx: &mut Transaction, now: Timestamp) -> Result<u64> {
    at(tx, now, void!("UPDATE authorization_code SET used_at = $1 WHERE used_at IS NULL")).await?;
    tx.query(void!("UPDATE token_grant SET revoked_at = $1, revoked_reason = $2 WHERE revoked_at IS NULL"))
        .bind(now)
        .bind(RevokedReason::Restored)
        .execute()
        .await
}

async fn steps(tx: &mut Transaction, now: Timestamp) -> Result<()> {
    at(tx, now, void!("UPDATE passcode SET closed_at = $1 WHERE closed_at IS NULL")).await?;
    at(tx, now, void!("UPDATE recovery_link SET used_at = $1 WHERE used_at IS NULL")).await?;
    plain(tx, void!("DELETE FROM continuation")).await?;
    Ok(())
}

/// Whom a run had invited since is not known, so it invites nobody else by itself.
async fn runs(tx: &mut Transaction, now: Timestamp) -> Result<()> {
    let stop = void!(
        "UPDATE bulk_invitation
         SET state = 'stopped', finished_at = $1, problem = 'The database was restored from a backup.'
         WHERE state = 'running'"
    );
    at(tx, now, stop).await?;
    Ok(())
}

/// Dropped and held. A mail with a dead link helps nobody; any other may have been sent already, so people decide.
async fn mails(tx: &mut Transaction) -> Result<(u64, u64)> {
    // Mails to nobody are neither owed nor counted; without their jobs they wait to be purged.
    let dropped = plain(
        tx,
        void!(
            "UPDATE mail SET state = 'expired', sealed = NULL
             WHERE state IN ('queued', 'refusedByRelay') AND kind IN ('invitation', 'passcode')
               AND recipient <> ''"
        ),
    )
    .await?;
    let held = plain(
        tx,
        void!(
            "UPDATE mail SET state = 'refusedByRelay',
                    last_error = 'Held back by a restore: it may have been sent already.'
             WHERE state = 'queued' AND recipient <> ''"
        ),
    )
    .await?;
    plain(
        tx,
        void!(
            "DELETE FROM job WHERE kind = 'send_mail' AND NOT EXISTS
             (SELECT 1 FROM mail m WHERE m.tenant_id = job.tenant_id AND m.id = job.subject AND m.state = 'refusedByRelay')"
        ),
    )
    .await?;
    plain(tx, void!("UPDATE job SET state = 'failed' WHERE kind = 'send_mail' AND state <> 'failed'")).await?;
    plain(tx, void!("UPDATE job SET lease_owner = NULL, lease_until = NULL WHERE lease_owner IS NOT NULL")).await?;
    plain(tx, void!("UPDATE job SET state = 'waiting' WHERE state = 'running'")).await?;
    Ok((dropped, held))
}

async fn at(tx: &mut Transaction, now: Timestamp, statement: &'static Statement) -> Result<u64> {
    tx.query(statement).bind(now).execute().await
}

async fn plain(tx: &mut Transaction, statement: &'static Statement) -> Result<u64> {
    tx.query(statement).execute().await
}
