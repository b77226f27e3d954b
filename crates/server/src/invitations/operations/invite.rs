//! Inviting somebody.

use super::groups;
use super::plan::{Plan, plan};
use super::replace::{outdate_mails, replace};
use super::reset::{self, Reset};
use crate::Server;
use crate::audit::{self, Activity, Deed, Outcome, Target};
use crate::graph::{Actor, Caller};
use crate::invitations::error::InviteError;
use crate::invitations::invitation::{
    Invitation, InviterKind, guest_principal_name, pending_guest, pending_identity, redeem_url,
};
use crate::invitations::landing::Landing;
use crate::invitations::letter::{self, Letter};
use crate::invitations::new_invitation::NewInvitation;
use crate::invitations::store::Older;
use crate::invitations::{block_store, rights, store};
use crate::outbox::{self, Prepared, Waits};
use crate::platform::ids::{InvitationId, PrincipalId, UserId};
use crate::platform::{Secret, SecretKind, Timestamp};
use crate::service_principals::{AssignError, NewAssignment, assign};
use crate::users::{self, ExternalUserState, User, UserError};
use database::Transaction;
use serde_json::Value;
use sqlx::types::Json;

/// How often two parallel invitations of one address may get into each other's way before that is an error.
const TRIES: usize = 3;

/// What came of an invitation.
#[derive(Debug)]
pub struct Invited {
    /// The invitation.
    pub invitation: Invitation,
    /// The guest, new or found, as the inviter may know them.
    pub guest: User,
    /// The link. Shown in this answer and never again.
    pub redeem_url: String,
    /// `sendInvitationMessage`: whether a mail was asked for.
    pub is_mail_asked: bool,
    /// Whether a mail is on its way; not so when the mailbox refuses invitations of this tenant.
    pub is_mailed: bool,
    /// `resetRedemption`: whether the user proves themselves anew.
    pub is_reset: bool,
    /// Until when the mail waits for a limit, and for which.
    pub waits: Option<Waits>,
}

/// What stands against an invitation, without making it; the mailbox is asked nothing.
pub async fn check(server: &Server, caller: &Caller, wish: &NewInvitation) -> Result<(), InviteError> {
    plan(server, caller, wish).await.map(|_| ())
}

/// Invites somebody: makes the guest if there is none, queues the mail if one is wanted. Older links die with that mail, and
/// at once without one.
pub async fn invite(server: &Server, caller: &Caller, wish: NewInvitation) -> Result<Invited, InviteError> {
    let mut tries = 1;
    loop {
        let plan = plan(server, caller, &wish).await?;
        match carry_out(server, caller, &wish, plan).await {
            // Somebody else made the same guest in between; the next look finds it.
            Err(InviteError::Database(database::Error::Conflict(_))) if tries < TRIES => tries += 1,
            outcome => return outcome,
        }
    }
}

async fn carry_out(server: &Server, caller: &Caller, wish: &NewInvitation, plan: Plan) -> Result<Invited, InviteError> {
    let now = server.clock.now();
    let ticket = Secret::new(SecretKind::InvitationTicket, caller.tenant, &server.entropy);
    let text = ticket.text();
    let expected = plan.guest.clone().unwrap_or_else(|| new_guest(server, wish, &plan));
    let mut invitation = draft(server, caller, wish, &plan, &expected);
    invitation.ticket_hash = Some(ticket.hash());
    let mail = if wish.send_mail { Some(mail(server, &plan, &text, &invitation)?) } else { None };
    // Only lists name the ids of their invitations.
    let share = rights::share(caller, wish.id.is_some());
    // Read before the writer's turn, unless this takes back a mail that others wait behind.
    let foreseen = if mail.is_some() && plan.guest.is_none() {
        let mut tx = server.read().await?;
        Some(outbox::wait(&mut tx, server, caller.tenant, &invitation.address, share, now).await?)
    } else {
        None
    };

    let mut tx = server.write().await?;
    let (mut guest, is_new) = settle_guest(&mut tx, server, caller, wish, (&plan, &invitation), expected).await?;
    if plan.reset.is_some() {
        guest = reset::carry_out(&mut tx, server, caller, &guest, now).await?;
    }
    invitation.user_id = guest.id;
    add_sponsors(&mut tx, caller, &plan, &guest, is_new, now).await?;
    give_roles(&mut tx, server, caller, wish, &guest).await?;
    groups::put(&mut tx, server, caller, wish, &guest).await?;
    let mail = admitted(&mut tx, server, caller, &guest, &invitation, mail).await?;
    if !is_new && mail.is_some() {
        outdate_mails(&mut tx, caller.tenant, guest.id).await?;
    } else if !is_new {
        replace(&mut tx, caller.tenant, guest.id, Older::default(), now).await?;
    }
    invitation.mail_id = mail.as_ref().map(Prepared::id);
    store::insert(&mut tx, &invitation).await?;
    let is_mailed = mail.is_some();
    let mut waits = None;
    if let Some(mail) = mail {
        waits = match foreseen {
            Some(foreseen) => foreseen,
            None => outbox::wait(&mut tx, server, caller.tenant, &invitation.address, share, now).await?,
        };
        outbox::enqueue(&mut tx, server, mail.counted(share)).await?;
    }
    if !is_new {
        let activity = plan.reset.map_or(Activity::InviteExternalUser, Reset::activity);
        record(&mut tx, server, caller, None, (activity, &guest, &invitation)).await?;
    }
    tx.commit().await?;
    server.jobs.ring();
    let is_reset = plan.reset == Some(Reset::Redemption);
    let guest = if is_new { guest } else { as_told(caller, wish, &plan, guest) };
    let redeem_url = redeem_url(server.settings.public_address(), caller.tenant, &text);
    Ok(Invited { invitation, guest, redeem_url, is_mail_asked: wish.send_mail, is_mailed, is_reset, waits })
}

/// The mail that carries the link, sealed.
fn mail(server: &Server, plan: &Plan, ticket: &str, invitation: &Invitation) -> Result<Prepared, InviteError> {
    let letter = Letter {
        tenant: &plan.tenant,
        ground: &plan.ground,
        landing: &plan.landing,
        language: plan.language,
        ticket,
        accent: plan.accent,
    };
    Ok(outbox::prepare(server, plan.tenant.id, &letter::write(server, &letter, invitation)?))
}

fn new_guest(server: &Server, wish: &NewInvitation, plan: &Plan) -> User {
    let id = UserId(server.entropy.random_uuid());
    let address = plan.address.as_str();
    let principal_name = guest_principal_name(address, &plan.tenant.initial_domain);
    let name = plan.display_name.clone();
    let now = server.clock.now();
    let mut guest = pending_guest(plan.tenant.id, id, address, name, principal_name, wish.user_type, now);
    for change in &wish.profile {
        change.apply(&mut guest);
    }
    guest
}

/// A guest who was found, as the inviter is told of them: whoever may not know of others hears what they would of somebody new.
fn as_told(caller: &Caller, wish: &NewInvitation, plan: &Plan, guest: User) -> User {
    if users::knows_others(caller) {
        return guest;
    }
    User {
        display_name: plan.display_name.clone(),
        user_type: wish.user_type,
        external_user_state: Some(ExternalUserState::PendingAcceptance),
        ..guest
    }
}

fn draft(server: &Server, caller: &Caller, wish: &NewInvitation, plan: &Plan, guest: &User) -> Invitation {
    let now = server.clock.now();
    let (inviter_kind, inviter_address) = match &caller.actor {
        Actor::User(user) => (InviterKind::User, user.mail.clone()),
        Actor::Application(_) => (InviterKind::Application, None),
        Actor::System => (InviterKind::System, None),
    };
    // Without an address to answer to, nobody stands behind the words, so they are left out (Graph: invitation).
    let message = wish.message.clone().filter(|text| inviter_address.is_some() && !text.trim().is_empty());
    Invitation {
        tenant_id: caller.tenant,
        id: wish.id.unwrap_or_else(|| InvitationId(server.entropy.uuid(now))),
        user_id: guest.id,
        address: plan.address.as_str().to_owned(),
        ticket_hash: None,
        redirect_url: wish.redirect_url.clone(),
        application_id: match &plan.landing {
            Landing::App { id, .. } => Some(*id),
            _ => None,
        },
        inviter_kind,
        inviter_id: rights::inviter_id(caller),
        inviter_name: caller.display_name().to_owned(),
        inviter_address,
        message,
        language: wish.language.clone(),
        carbon_copies: Json(plan.cc.clone()),
        mail_id: None,
        created_at: now,
        expires_at: plan.settings.lifetime().map(|lifetime| now.plus(lifetime)),
        opened_at: None,
        // A guest who has accepted before has nothing to accept again; the link leads to the sign-in. Inviters who may not
        // know that find out by no invitation: theirs is accepted when its link is followed.
        accepted_at: (!guest.is_pending() && plan.reset.is_none() && users::knows_others(caller)).then_some(now),
        revoked_at: None,
        held_at: None,
        version: 1,
    }
}

/// The guest of this invitation, and whether it was made now. Between the plan and this transaction somebody else may
/// have made it, or deleted it; in the second case everything is planned anew.
async fn settle_guest(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    wish: &NewInvitation,
    (plan, invitation): (&Plan, &Invitation),
    expected: User,
) -> Result<(User, bool), InviteError> {
    let deleted = || database::Error::Conflict("the guest was deleted in between".to_owned());
    let guest = if plan.guest.is_some() {
        expected
    } else if add_guest(tx, server, caller, wish, (plan, invitation), &expected).await? {
        return Ok((expected, true));
    } else {
        let faster = users::store::find_by_principal_name(tx, caller.tenant, &expected.user_principal_name).await?;
        faster.ok_or_else(deleted)?
    };
    // Two invitations of one guest come one after the other.
    if !users::store::lock(tx, caller.tenant, guest.id).await? {
        return Err(deleted().into());
    }
    if wish.profile.is_empty() {
        return Ok((guest, false));
    }
    let key = guest.id.into();
    let amended = users::operations::amend(tx, server, caller, &key, &wish.profile, Some(guest.version)).await?;
    Ok((amended, false))
}

/// Makes the guest, and audits that with the invitation; `false` if somebody else has made it by now.
async fn add_guest(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    wish: &NewInvitation,
    (plan, invitation): (&Plan, &Invitation),
    guest: &User,
) -> Result<bool, InviteError> {
    if !users::store::insert_unless_named(tx, guest).await? {
        return Ok(false);
    }
    let identity = pending_identity(guest, &plan.tenant.initial_domain);
    users::store::insert_identity(tx, caller.tenant, guest.id, &identity).await?;
    let mut target = target(guest).change("UserType", Value::Null, wish.user_type.as_str());
    for change in &wish.profile {
        target = target.change(change.property(), Value::Null, change.value_in(guest));
    }
    record(tx, server, caller, Some(&target), (Activity::InviteExternalUser, guest, invitation)).await?;
    Ok(true)
}

/// The sponsors that were named; for a new guest without any, the inviting person. Programs sponsor nobody: whom they invite without
/// naming a sponsor is flagged, because nobody answers for them (security check T12).
async fn add_sponsors(
    tx: &mut Transaction,
    caller: &Caller,
    plan: &Plan,
    guest: &User,
    is_new: bool,
    now: Timestamp,
) -> Result<(), InviteError> {
    if let (None, true, Some(user)) = (&plan.sponsors, is_new, caller.user()) {
        return Ok(users::store::insert_first_sponsor(tx, caller.tenant, guest.id, user.id, now).await?);
    }
    let named = plan.sponsors.as_deref().unwrap_or_default();
    if named.is_empty() {
        if is_new {
            let inviter = (PrincipalId(rights::inviter_id(caller)), caller.display_name());
            users::sponsors::flag(tx, guest, inviter, now).await?;
        }
        return Ok(());
    }
    for sponsor in named {
        users::sponsors::put(tx, caller.tenant, guest.id, *sponsor, now).await?;
    }
    users::sponsors::check_number(tx, caller.tenant, guest.id).await.map_err(|error| match error {
        UserError::Invalid { problem, .. } => InviteError::Property("invitedUserSponsors", problem),
        other => other.into(),
    })
}

/// The roles of apps that were asked for; a guest who has one already keeps it.
async fn give_roles(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    wish: &NewInvitation,
    guest: &User,
) -> Result<(), InviteError> {
    for (resource, role) in wish.assignments.iter().copied() {
        let new = NewAssignment { principal: guest.id.into(), resource, role };
        match assign(tx, server, caller, new).await {
            Ok(_) | Err(AssignError::Exists) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The mail, unless the mailbox refuses invitations of this tenant; that is audited.
async fn admitted(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    guest: &User,
    invitation: &Invitation,
    mail: Option<Prepared>,
) -> database::Result<Option<Prepared>> {
    if mail.is_none() || !block_store::exists(tx, caller.tenant, &invitation.address).await? {
        return Ok(mail);
    }
    let details = [("InvitedUserEmailAddress", invitation.address.as_str())];
    let activity = Activity::MailNotSentUnsubscribed;
    audit::record(tx, server, caller, activity, &Outcome::Success, &target(guest), &details).await?;
    Ok(None)
}

/// Audits an invitation, behind the guest who was added for it.
async fn record(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    added: Option<&Target>,
    (activity, guest, invitation): (Activity, &User, &Invitation),
) -> database::Result<()> {
    let id = invitation.id.to_string();
    let details = [("InvitationId", id.as_str()), ("InvitedUserEmailAddress", invitation.address.as_str())];
    let (outcome, target) = (&Outcome::Success, &target(guest));
    let added = added.map(|target| Deed { activity: Activity::AddUser, outcome, target, details: &[] });
    let invited = Deed { activity, outcome, target, details: &details };
    let deeds: Vec<Deed<'_>> = added.into_iter().chain([invited]).collect();
    audit::record_each(tx, server, caller, &deeds).await
}

/// The guest as the audit names them.
pub(super) fn target(guest: &User) -> Target {
    Target::new("User", guest.id.0, guest.display_name.clone()).named(guest.user_principal_name.clone())
}
