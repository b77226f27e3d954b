//! Receiving a file: it goes to the database as it arrives, so that its size is no matter of memory.

use super::run;
use crate::Server;
use crate::audit::{self, Activity, Outcome};
use crate::bulk_invitations::actor;
use crate::bulk_invitations::bulk_invitation::{BulkInvitation, BulkRow, RowResult, State, digest};
use crate::bulk_invitations::counts::Counts;
use crate::bulk_invitations::error::BulkError;
use crate::bulk_invitations::store;
use crate::graph::Caller;
use crate::invitations::landing::{self, Ground};
use crate::invitations::operations::{ground, require_inviter};
use crate::invitations::{InviteError, check_words, rights};
use crate::jobs::{self, Kind};
use crate::platform::ids::{BulkInvitationId, InvitationId};
use crate::sign_in::attempts::{self, Limit};
use crate::tenants;
use crate::users::Address;
use bulk_file::{Limits, Reader, Row};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use sqlx::types::Json;
use std::time::Duration;

/// Files one inviter may send in an hour.
const UPLOADS: Limit = Limit { scope: "bulk invitation sent", most: 30, window: Duration::from_hours(1) };
/// Bytes that are read before their rows are written.
const PIECE: usize = 16 * 1024;
/// Rows that are written in one transaction.
pub const BATCH: usize = 200;
/// Characters of a file's name that are kept.
const NAME: usize = 120;

/// What holds for rows that say nothing else.
#[derive(Debug, Clone, Default)]
pub struct Defaults {
    /// The name of the file.
    pub name: Option<String>,
    /// Where they lead; `None` leads to My Apps.
    pub redirect_url: Option<String>,
    /// Whether they send a mail.
    pub send_mail: bool,
    /// The inviter's words.
    pub message: Option<String>,
    /// The language of the mail.
    pub language: Option<String>,
}

/// A file that is arriving.
pub struct Upload {
    bulk: BulkInvitation,
    reader: Reader,
    wide_addresses: bool,
    /// The most rows that were held at once.
    pub most_held: usize,
}

impl Upload {
    /// Begins, if the caller may invite, has not sent too many files, and what holds for all rows can be done.
    pub async fn begin(server: &Server, caller: &Caller, defaults: Defaults) -> Result<Self, BulkError> {
        require_inviter(server, caller).await?;
        count(server, caller).await?;
        let mut tx = server.read().await?;
        let settings = tenants::store::get_settings(&mut tx, caller.tenant).await?;
        let tenant = tenants::store::find(&mut tx, caller.tenant).await?.ok_or(database::Error::NotFound)?;
        let ground = ground(&mut tx, server, &tenant).await?;
        drop(tx);
        check_common(&ground, &defaults)?;
        let my_apps = || format!("{}/myapps/{}", server.settings.public_address(), tenant.initial_domain);
        let bulk = draft(server, caller, defaults, my_apps);
        let mut tx = server.write().await?;
        store::insert(&mut tx, &bulk).await?;
        tx.commit().await?;
        let reader = Reader::new(Limits::default());
        Ok(Self { bulk, reader, wide_addresses: settings.wide_addresses, most_held: 0 })
    }

    /// The same for a file with other bounds than every file has.
    #[cfg(test)]
    pub fn within(self, limits: Limits) -> Self {
        Self { reader: Reader::new(limits), ..self }
    }

    /// Takes a file that arrives in pieces to its end. One that is refused, or breaks off, leaves nothing.
    pub async fn receive<E>(
        mut self,
        server: &Server,
        caller: &Caller,
        mut pieces: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<BulkInvitation, BulkError> {
        while let Some(piece) = pieces.next().await {
            let fed = match piece {
                Ok(piece) => self.feed(server, &piece).await,
                Err(_) => Err(BulkError::BrokenOff),
            };
            if let Err(error) = fed {
                self.abandon(server).await?;
                return Err(error);
            }
        }
        self.finish(server, caller).await
    }

    /// Takes what arrived next.
    pub async fn feed(&mut self, server: &Server, bytes: &[u8]) -> Result<(), BulkError> {
        for piece in bytes.chunks(PIECE) {
            let mut rows = Vec::new();
            let read = self.reader.feed(piece, &mut rows);
            self.write(server, rows).await?;
            read?;
        }
        Ok(())
    }

    /// The file is whole: its rows are checked next.
    pub async fn finish(mut self, server: &Server, caller: &Caller) -> Result<BulkInvitation, BulkError> {
        let ended = self.end(server, caller).await;
        match ended {
            Ok(()) => Ok(self.bulk),
            Err(error) => {
                self.abandon(server).await?;
                Err(error)
            }
        }
    }

    /// Removes what arrived.
    pub async fn abandon(self, server: &Server) -> database::Result<()> {
        run::remove(server, self.bulk.tenant_id, self.bulk.id).await.map(|_| ())
    }

    async fn end(&mut self, server: &Server, caller: &Caller) -> Result<(), BulkError> {
        let mut rows = Vec::new();
        let reader = std::mem::replace(&mut self.reader, Reader::new(Limits::default()));
        reader.finish(&mut rows)?;
        self.write(server, rows).await?;
        if self.bulk.row_count == 0 {
            return Err(BulkError::Empty);
        }
        self.bulk.state = State::Checking;
        let mut tx = server.write().await?;
        if !store::advance(&mut tx, &self.bulk, State::Receiving).await? {
            return Err(BulkError::BrokenOff);
        }
        let now = server.clock.now();
        jobs::enqueue(&mut tx, server, self.bulk.tenant_id, Kind::InviteMany, self.bulk.id.0, now).await?;
        let (activity, target) = (Activity::SendBulkInvite, run::target(&self.bulk));
        audit::record(&mut tx, server, caller, activity, &Outcome::Success, &target, &[]).await?;
        tx.commit().await?;
        server.jobs.ring();
        Ok(())
    }

    async fn write(&mut self, server: &Server, rows: Vec<Row>) -> database::Result<()> {
        self.most_held = self.most_held.max(rows.len());
        for batch in rows.chunks(BATCH) {
            let mut tx = server.write().await?;
            let mut arrived = Counts::default();
            for row in batch {
                self.bulk.row_count += 1;
                let (mut row, folded) = self.read(server, row);
                if !store::insert_row(&mut tx, self.bulk.tenant_id, self.bulk.id, &row, folded).await? {
                    row.result = RowResult::Repeated;
                    row.problem = Some("This address stands further up in the file.".to_owned());
                    store::insert_row(&mut tx, self.bulk.tenant_id, self.bulk.id, &row, None).await?;
                }
                arrived.add(row.result, 1);
                self.bulk.counts.add(row.result, 1);
            }
            store::update_counts(&mut tx, self.bulk.tenant_id, self.bulk.id, arrived).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// The row as it is kept, and the form its address is compared in if it is one.
    fn read(&self, server: &Server, row: &Row) -> (BulkRow, Option<String>) {
        // Neither engine keeps NUL in texts, and PostgreSQL refuses it.
        let text = |cell: &str| cell.replace('\0', "\u{fffd}");
        let address = Address::parse(&row.cells.email, self.wide_addresses);
        let problem = row.problem.map(|problem| problem.to_string());
        let problem = problem.or_else(|| address.as_ref().err().map(ToString::to_string));
        let folded = address.ok().filter(|_| problem.is_none()).map(|address| address.folded());
        let wish = self.bulk.wish(&row.cells);
        let kept = BulkRow {
            position: self.bulk.row_count,
            line: i64::try_from(row.line).unwrap_or(i64::MAX),
            address: text(&row.cells.email),
            display_name: text(&row.cells.display_name),
            redirect_url: text(&row.cells.redirect_url),
            send_mail: text(&row.cells.send_mail),
            message: text(&row.cells.message),
            language: text(&row.cells.language),
            group_names: text(&row.cells.groups),
            app_role_names: text(&row.cells.app_roles),
            digest: digest(&wish, folded.as_deref().unwrap_or_default(), &row.cells),
            invitation_id: InvitationId(server.entropy.uuid(server.clock.now())),
            result: if problem.is_some() { RowResult::Failed } else { RowResult::Unchecked },
            problem,
        };
        (kept, folded)
    }
}

/// Checks what holds for every row, before the first one is looked at.
fn check_common(ground: &Ground, given: &Defaults) -> Result<(), InviteError> {
    if let Some(address) = &given.redirect_url {
        landing::check(address, ground)?;
    }
    check_words(given.message.as_deref(), given.language.as_deref())
}

async fn count(server: &Server, caller: &Caller) -> Result<(), BulkError> {
    let inviter = attempts::subject(&[rights::inviter_id(caller).as_bytes()]);
    let mut tx = server.write().await?;
    let counted = UPLOADS.count(&mut tx, server, caller.tenant, &inviter).await?;
    tx.commit().await?;
    if counted.is_within() { Ok(()) } else { Err(InviteError::too_many(counted.until, server.clock.now()).into()) }
}

fn draft(server: &Server, caller: &Caller, given: Defaults, my_apps: impl Fn() -> String) -> BulkInvitation {
    let now = server.clock.now();
    let (inviter_kind, client_id, permissions) = actor::noted(caller);
    let name = given.name.unwrap_or_else(|| "Pasted list".to_owned());
    BulkInvitation {
        tenant_id: caller.tenant,
        id: BulkInvitationId(server.entropy.uuid(now)),
        name: name.chars().filter(|c| !c.is_control()).take(NAME).collect(),
        state: State::Receiving,
        problem: None,
        redirect_url: given.redirect_url.unwrap_or_else(my_apps),
        send_mail: given.send_mail,
        message: given.message,
        language: given.language,
        inviter_kind,
        inviter_id: rights::inviter_id(caller),
        inviter_name: caller.display_name().to_owned(),
        client_id,
        permissions: permissions.map(Json),
        row_count: 0,
        counts: Counts::default(),
        created_at: now,
        started_at: None,
        finished_at: None,
    }
}
