//! Sending an invitation again. It gets a fresh link, and every older one dies.

use super::invite::target;
use super::replace::replace;
use super::{get, ground, plan, require_inviter};
use crate::Server;
use crate::audit::{self, Activity, Outcome};
use crate::graph::{Actor, Caller};
use crate::invitations::error::InviteError;
use crate::invitations::invitation::Invitation;
use crate::invitations::letter::{self, Letter};
use crate::invitations::store::{Older, Renewal};
use crate::invitations::{block_store, landing, rights, store};
use crate::outbox::{self, Prepared, Share};
use crate::platform::ids::InvitationId;
use crate::platform::{Secret, SecretHash, SecretKind};
use crate::sign_in::attempts::{self, Limit};
use crate::tenants::{self, CollaborationSettings, Tenant};
use crate::users::{self, User};
use std::time::Duration;

/// How often one inviter sends invitations again in an hour.
const RESENDS: Limit = Limit { scope: "invitation sent again", most: 100, window: Duration::from_hours(1) };

/// Sends an invitation that is neither accepted nor withdrawn again; its time begins anew, and a restore holds it no longer.
/// Refused, and nothing changed, while a limit would let the mail wait (five a day to a mailbox, and the hour), while the
/// mailbox wants no invitations, or when the inviter sends too often. The mail of one that is held may wait, because no link
/// lives that could die for it.
pub async fn resend(server: &Server, caller: &Caller, id: InvitationId) -> Result<(), InviteError> {
    require_inviter(server, caller).await?;
    let invitation = get(server, caller, id).await?.invitation;
    count(server, caller).await?;
    renew(server, caller, &invitation, rights::share(caller, false)).await
}

/// Counts what people and programs send again. Fresh links, which the server sends by itself, have limits of their own.
async fn count(server: &Server, caller: &Caller) -> Result<(), InviteError> {
    if matches!(caller.actor, Actor::System) {
        return Ok(());
    }
    let inviter = attempts::subject(&[rights::inviter_id(caller).as_bytes()]);
    let mut tx = server.write().await?;
    let counted = RESENDS.count(&mut tx, server, caller.tenant, &inviter).await?;
    tx.commit().await?;
    if counted.is_within() { Ok(()) } else { Err(InviteError::too_many(counted.until, server.clock.now())) }
}

/// Gives an invitation a fresh link and mails it, as part of this share of the hour. Whether the caller may is decided before.
pub(super) async fn renew(
    server: &Server,
    caller: &Caller,
    invitation: &Invitation,
    share: Share,
) -> Result<(), InviteError> {
    if invitation.accepted_at.is_some() || invitation.revoked_at.is_some() {
        return Err(InviteError::NotOpen);
    }
    let mut tx = server.read().await?;
    let tenant = tenants::find(&mut tx, server, caller.tenant).await?.ok_or(database::Error::NotFound)?;
    let settings = tenants::settings(&mut tx, server, caller.tenant).await?;
    let guest = users::store::find(&mut tx, caller.tenant, invitation.user_id).await?.ok_or(InviteError::NotOpen)?;
    let domain = invitation.address.split_once('@').map_or("", |(_, domain)| domain);
    if !settings.admits_domain(domain) {
        return Err(InviteError::DomainBlocked(domain.to_owned()));
    }
    let ground = ground(&mut tx, server, &tenant).await?;
    let language = plan::language(invitation.language.as_deref(), Some(&guest), &settings);
    let accent = tenants::branding::accent(&mut tx, server, &tenant, language).await?;
    drop(tx);

    let landing = landing::check(&invitation.redirect_url, &ground)?;
    let ticket = Secret::new(SecretKind::InvitationTicket, caller.tenant, &server.entropy);
    let text = ticket.text();
    let letter = Letter { tenant: &tenant, ground: &ground, landing: &landing, language, ticket: &text, accent };
    let renewed = renewed(server, &tenant, &settings, invitation);
    let mail = outbox::prepare(server, caller.tenant, &letter::write(server, &letter, &renewed)?);
    write(server, caller, &guest, &renewed, ticket.hash(), mail.counted(share)).await
}

/// The invitation with its time begun anew.
fn renewed(server: &Server, tenant: &Tenant, settings: &CollaborationSettings, invitation: &Invitation) -> Invitation {
    let expires_at = settings.lifetime().map(|lifetime| server.clock.now().plus(lifetime));
    Invitation { tenant_id: tenant.id, expires_at, ..invitation.clone() }
}

async fn write(
    server: &Server,
    caller: &Caller,
    guest: &User,
    invitation: &Invitation,
    ticket: SecretHash,
    mail: Prepared,
) -> Result<(), InviteError> {
    let now = server.clock.now();
    let mut tx = server.write().await?;
    if !users::store::lock(&mut tx, caller.tenant, guest.id).await? {
        return Err(InviteError::NotOpen);
    }
    // The link the guest has dies only for one that arrives: a mail that would wait, or not go at all, leaves everything as
    // it is.
    if block_store::exists(&mut tx, caller.tenant, &invitation.address).await? {
        return Err(InviteError::MailboxRefuses);
    }
    if invitation.held_at.is_none()
        && let Some(waits) =
            outbox::wait(&mut tx, server, caller.tenant, &invitation.address, mail.share(), now).await?
    {
        return Err(InviteError::too_many(waits.until, now));
    }
    let others = Older { but: Some(invitation.id), ..Older::default() };
    replace(&mut tx, caller.tenant, guest.id, others, now).await?;
    store::bury_tickets(&mut tx, caller.tenant, guest.id, Some(invitation.id), now).await?;
    if let Some(old) = invitation.mail_id {
        outbox::withdraw(&mut tx, caller.tenant, old).await?;
    }
    let renewal = Renewal { ticket, mail: Some(mail.id()), expires_at: invitation.expires_at };
    if !store::renew(&mut tx, invitation, renewal).await? {
        return Err(InviteError::NotOpen);
    }
    outbox::enqueue(&mut tx, server, mail).await?;
    let id = invitation.id.to_string();
    let details = [("InvitationId", id.as_str()), ("InvitedUserEmailAddress", &invitation.address), ("Resent", "true")];
    let activity = Activity::InviteExternalUser;
    audit::record(&mut tx, server, caller, activity, &Outcome::Success, &target(guest), &details).await?;
    tx.commit().await?;
    server.jobs.ring();
    Ok(())
}
