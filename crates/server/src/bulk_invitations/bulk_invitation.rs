//! A run of invitations, and its rows.

use super::counts::Counts;
use super::given::entries;
use crate::invitations::{InviterKind, NewInvitation};
use crate::platform::Timestamp;
use crate::platform::ids::{BulkInvitationId, ClientId, InvitationId, TenantId};
use crate::users::fold;
use aws_lc_rs::digest::{Context, SHA256};
use bulk_file::Cells;
use sqlx::types::Json;
use std::collections::BTreeSet;
use uuid::Uuid;

database::text_enum! {
    /// How far a run has come.
    pub enum State {
        /// Its rows arrive.
        Receiving = "receiving",
        /// The job looks at every row; nobody is invited.
        Checking = "checking",
        /// It waits for somebody to look at it and start it.
        Checked = "checked",
        /// The job invites.
        Running = "running",
        /// Every row has its result.
        Finished = "finished",
        /// Ended before that, by somebody or because the inviter may no longer invite.
        Stopped = "stopped",
    }
}

database::text_enum! {
    /// What became of a row.
    pub enum RowResult {
        /// Not looked at yet.
        Unchecked = "unchecked",
        /// Nothing stands against it.
        Ready = "ready",
        /// The invitation was made.
        Invited = "invited",
        /// The same row of an earlier run made an invitation that still stands, so nothing is sent.
        AlreadyInvited = "alreadyInvited",
        /// The address stands further up in the same file.
        Repeated = "repeated",
        /// It cannot be carried out, for the reason beside it.
        Failed = "failed",
    }
}

/// A run.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct BulkInvitation {
    /// The tenant.
    pub tenant_id: TenantId,
    /// Its id.
    pub id: BulkInvitationId,
    /// The name of the file, or what stands for it.
    pub name: String,
    /// How far it has come.
    pub state: State,
    /// Why it stopped by itself.
    pub problem: Option<String>,
    /// Where rows lead that say nothing else.
    pub redirect_url: String,
    /// Whether rows that say nothing else send a mail.
    pub send_mail: bool,
    /// The message of rows that have none.
    pub message: Option<String>,
    /// The language of rows that name none.
    pub language: Option<String>,
    /// What kind of caller it is run for.
    pub inviter_kind: InviterKind,
    /// Their object id.
    pub inviter_id: Uuid,
    /// Their name.
    pub inviter_name: String,
    /// The app through which a person sent it.
    pub client_id: Option<ClientId>,
    /// The permissions of the token it was sent with; none in the portal.
    pub permissions: Option<Json<Vec<String>>>,
    /// How many rows it has.
    pub row_count: i64,
    /// How many of these have each result.
    #[sqlx(flatten)]
    pub counts: Counts,
    /// When it was sent.
    pub created_at: Timestamp,
    /// When inviting began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// One row.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct BulkRow {
    /// Its position among the rows, from 1; several entries of a pasted list may share a line.
    pub position: i64,
    /// The line of the file.
    pub line: i64,
    /// Whom it invites, as it was written.
    pub address: String,
    /// Their name, or nothing.
    pub display_name: String,
    /// Where it leads, or nothing.
    pub redirect_url: String,
    /// Whether a mail is sent, as it was written.
    pub send_mail: String,
    /// The message, or nothing.
    pub message: String,
    /// The language, or nothing.
    pub language: String,
    /// The groups it gives, as they were written, or nothing.
    pub group_names: String,
    /// The roles of apps it gives, as they were written, or nothing.
    pub app_role_names: String,
    /// What it asks for, by which a later run knows it again.
    pub digest: Vec<u8>,
    /// The id its invitation has or will have, so that it is made once however often the job begins again.
    pub invitation_id: InvitationId,
    /// What became of it.
    pub result: RowResult,
    /// Why not.
    pub problem: Option<String>,
}

impl BulkRow {
    /// The cells as they were read.
    pub fn cells(&self) -> Cells {
        Cells {
            email: self.address.clone(),
            display_name: self.display_name.clone(),
            redirect_url: self.redirect_url.clone(),
            send_mail: self.send_mail.clone(),
            message: self.message.clone(),
            language: self.language.clone(),
            groups: self.group_names.clone(),
            app_roles: self.app_role_names.clone(),
        }
    }
}

impl BulkInvitation {
    /// The invitation a row asks for.
    pub fn wish(&self, cells: &Cells) -> NewInvitation {
        let or = |cell: &str, default: Option<&String>| {
            Some(cell).filter(|cell| !cell.is_empty()).map(str::to_owned).or_else(|| default.cloned())
        };
        NewInvitation {
            display_name: or(&cells.display_name, None),
            send_mail: cells.sends_mail().ok().flatten().unwrap_or(self.send_mail),
            message: or(&cells.message, self.message.as_ref()),
            language: or(&cells.language, self.language.as_ref()),
            ..NewInvitation::new(&*cells.email, or(&cells.redirect_url, Some(&self.redirect_url)).unwrap_or_default())
        }
    }
}

/// SHA-256 over what an invitation asks for. Two rows with one digest ask for the same. The order in which groups and roles stand
/// does not count; a row without any has the digest of the time before there were such columns.
pub fn digest(wish: &NewInvitation, folded: &str, cells: &Cells) -> Vec<u8> {
    let mut context = Context::new(&SHA256);
    // The length in front keeps two neighbours apart.
    let update = |context: &mut Context, part: &str| {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part.as_bytes());
    };
    let send = if wish.send_mail { "mail" } else { "link" };
    let parts = [
        Some(folded),
        wish.display_name.as_deref(),
        Some(wish.redirect_url.as_str()),
        Some(send),
        wish.message.as_deref(),
        wish.language.as_deref(),
    ];
    for part in parts {
        update(&mut context, part.unwrap_or_default());
    }
    for (column, cell) in [("groups", &cells.groups), ("appRoles", &cells.app_roles)] {
        let given: BTreeSet<String> = entries(cell).map(fold).collect();
        if !given.is_empty() {
            update(&mut context, column);
        }
        for entry in &given {
            update(&mut context, entry);
        }
    }
    context.finish().as_ref().to_vec()
}
