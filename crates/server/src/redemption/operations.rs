//! Accepting an invitation, and refusing to.

use super::way::{Bar, Way};
use crate::Server;
use crate::audit::{self, Activity, Deed, Outcome, Target, words};
use crate::graph::Caller;
use crate::invitations::{self, Invitation, InviteError};
use crate::platform::ids::{InvitationId, TenantId};
use crate::platform::request::Request;
use crate::sign_in::attempts::{self, Limit};
use crate::sign_in::session;
use crate::tenants;
use crate::users::{self, ExternalUserState, Identity, SignInType, User};
use database::{Result, Transaction};
use std::time::Duration;

/// Audit rows about tickets that open nothing, from one client address in an hour. More say nothing new, and a stranger
/// could fill the disk with them.
const REJECTIONS: Limit = Limit { scope: "redemption rejected", most: 20, window: Duration::from_hours(1) };

/// Fresh links for one invitation in a day: fewer than the mails a mailbox gets in a day, so that nobody who holds a dead
/// link can make the live one wait in the outbox.
const FRESH: Limit = Limit { scope: "fresh link", most: 3, window: Duration::from_hours(24) };

/// Fresh links asked for by one client address in an hour.
const FRESH_FOR_CLIENT: Limit = Limit { scope: "fresh link asked for", most: 30, window: Duration::from_hours(1) };

/// How the guest has proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// By a code from the invited mailbox, just now. Whatever could be done in the guest's name before ends.
    Mailbox,
    /// By the session they hold.
    Session,
}

/// An invitation with everything its acceptance depends on, as one transaction sees it.
pub struct Case {
    /// The invitation.
    pub invitation: Invitation,
    /// The guest; none when they were deleted.
    pub guest: Option<User>,
    /// Where it stands.
    pub way: Way,
}

impl Case {
    /// Reads an invitation, its guest and the rules.
    pub async fn read(tx: &mut Transaction, server: &Server, invitation: Invitation) -> Result<Self> {
        let tenant = invitation.tenant_id;
        let guest = users::store::find(tx, tenant, invitation.user_id).await?;
        let settings = tenants::settings(tx, server, tenant).await?;
        let way = Way::of(&invitation, guest.as_ref(), &settings, server.clock.now());
        Ok(Self { invitation, guest, way })
    }
}

/// Accepts an open invitation for its guest, whose proof belongs to the same transaction. For a guest who is in already it
/// only ends the invitation. The guest as they are then, or `None` if somebody was faster: roll back.
pub async fn accept(
    tx: &mut Transaction,
    server: &Server,
    invitation: &Invitation,
    guest: &User,
    proof: Proof,
) -> Result<Option<User>> {
    let (tenant, now) = (guest.tenant_id, server.clock.now());
    let is_new = guest.is_pending();
    let mut accepted = guest.clone();
    if is_new {
        accepted.external_user_state = Some(ExternalUserState::Accepted);
        accepted.external_user_state_changed_at = Some(now);
    }
    if is_new && proof == Proof::Mailbox {
        accepted.void_sessions(now);
        accepted.password_hash = None;
    }
    // The guest before the invitation, as everybody who changes both does: nobody waits for each other in a circle.
    if !users::store::update(tx, &accepted, now).await?
        || !invitations::store::mark_accepted(tx, tenant, invitation.id, now).await?
    {
        return Ok(None);
    }
    accepted.version += 1;
    if is_new {
        let identity = Identity {
            sign_in_type: SignInType::Federated,
            issuer: Identity::MAIL_ISSUER.to_owned(),
            issuer_assigned_id: Some(invitation.address.clone()),
        };
        users::store::insert_identity(tx, tenant, guest.id, &identity).await?;
    }
    audit_acceptance(tx, server, invitation, &accepted, is_new).await?;
    Ok(Some(accepted))
}

/// Whether the guest signs in with the invited address. One who is in already may sign in with another: then a code from the
/// invited mailbox proves nothing about them.
pub async fn owns_address(tx: &mut Transaction, invitation: &Invitation, guest: &User) -> Result<bool> {
    if guest.is_pending() {
        return Ok(true);
    }
    let folded = invitation.address.to_ascii_lowercase();
    let owner = users::store::find_by_identity(tx, guest.tenant_id, Identity::MAIL_ISSUER, &folded).await?;
    Ok(owner.is_some_and(|(id, _)| id == guest.id))
}

async fn audit_acceptance(
    tx: &mut Transaction,
    server: &Server,
    invitation: &Invitation,
    guest: &User,
    is_new: bool,
) -> Result<()> {
    let caller = session::caller(tx, server, guest, None, None).await?;
    let (before, after) = (ExternalUserState::PendingAcceptance.as_str(), ExternalUserState::Accepted.as_str());
    let mut target =
        Target::new("User", guest.id.0, guest.display_name.clone()).named(guest.user_principal_name.clone());
    if is_new {
        target = target.change("externalUserState", before, after);
    }
    let id = invitation.id.to_string();
    let details = [("InvitationId", id.as_str()), ("InvitedUserEmailAddress", &invitation.address)];
    let outcome = &Outcome::Success;
    let accepted = Deed { activity: Activity::RedeemExternalUserInvite, outcome, target: &target, details: &details };
    // Two services of Entra's tell of it, those of invitations and of sign-ins.
    let deeds = [accepted, Deed { activity: Activity::RedeemExternUserInvite, ..accepted }];
    let told = if is_new { &deeds[..] } else { &deeds[..1] };
    audit::record_each(tx, server, &caller, told).await
}

/// Mails a fresh link to the invited address if the guest behind a dead link has an invitation that is still open. One
/// that was withdrawn or has ended stays so, and one that a restore holds until somebody of the organisation sends it again.
/// Whoever asks learns nothing from it.
pub async fn fresh_link(server: &Server, tenant: TenantId, dead: InvitationId) -> Result<(), InviteError> {
    let mut tx = server.write().await?;
    let newest = behind(&mut tx, tenant, dead).await?;
    let subject = newest.as_ref().map_or(uuid::Uuid::nil(), |invitation| invitation.id.0);
    let client = attempts::client(Request::current().client_address);
    let by_client = FRESH_FOR_CLIENT.count(&mut tx, server, tenant, &client).await?;
    let by_invitation = FRESH.count(&mut tx, server, tenant, &attempts::subject(&[subject.as_bytes()])).await?;
    let case = match newest {
        Some(invitation) => Some(Case::read(&mut tx, server, invitation).await?),
        None => None,
    };
    tx.commit().await?;
    let open = case.filter(|case| case.way == Way::Open && by_client.is_within() && by_invitation.is_within());
    match open {
        Some(case) => {
            match invitations::operations::resend(server, &Caller::system(tenant), case.invitation.id).await {
                // The mailbox has had its mails of the day, and the newest link in them still opens; or it wants none.
                Err(InviteError::TooMany { .. } | InviteError::MailboxRefuses) => Ok(()),
                outcome => outcome,
            }
        }
        None => Ok(()),
    }
}

/// The invitation that a dead link would be renewed for: the newest of its guest that is neither accepted nor withdrawn.
async fn behind(tx: &mut Transaction, tenant: TenantId, dead: InvitationId) -> Result<Option<Invitation>> {
    match invitations::store::find(tx, tenant, dead).await? {
        Some(known) => invitations::store::find_newest_of_user(tx, tenant, known.user_id).await,
        None => Ok(None),
    }
}

/// Whether a restore holds what a dead link would be renewed for. Whoever holds the link is told, because nothing they can do
/// brings it back to life.
pub async fn is_held(tx: &mut Transaction, server: &Server, tenant: TenantId, dead: InvitationId) -> Result<bool> {
    let Some(invitation) = behind(tx, tenant, dead).await? else { return Ok(false) };
    Ok(Case::read(tx, server, invitation).await?.way == Way::Barred(Bar::Held))
}

/// Writes down that something was presented as a ticket that opens nothing: one that never was of this tenant, or a dead one, whose
/// invitation is named. Both cost the same.
pub async fn reject(server: &Server, tenant: TenantId, dead: Option<InvitationId>, reason: &str) -> Result<()> {
    let mut tx = server.write().await?;
    let client = attempts::client(Request::current().client_address);
    let counted = REJECTIONS.count(&mut tx, server, tenant, &client).await?;
    if let Some(reason) = counted.listed(&format!("{}{reason}.", words::REJECTED)) {
        let id = dead.map(|dead| dead.0);
        let target = Target { kind: "Invitation", id, display_name: None, principal_name: None, changes: Vec::new() };
        let outcome = Outcome::Failure(reason);
        let activity = Activity::RedeemExternalUserInvite;
        audit::record(&mut tx, server, &Caller::system(tenant), activity, &outcome, &target, &[]).await?;
    }
    tx.commit().await
}
