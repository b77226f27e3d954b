//! What must be known before somebody is invited, read without a write transaction.

use super::groups;
use super::reset::{self, Reset};
use crate::Server;
use crate::applications;
use crate::graph::{Caller, Reference};
use crate::invitations::error::InviteError;
use crate::invitations::invitation::guest_principal_name;
use crate::invitations::landing::{self, AppAddresses, Ground, Landing};
use crate::invitations::new_invitation::{Checked, NewInvitation};
use crate::invitations::{block_store, rights};
use crate::platform::ids::TenantId;
use crate::service_principals;
use crate::tenants::{self, CollaborationSettings, LandingAddresses, Tenant};
use crate::users::sponsors::SponsorId;
use crate::users::{self, Address, User};
use crate::web::accent::Accent;
use crate::web::language::Language;
use database::Transaction;
use std::sync::Arc;

/// The checked wish, and what the directory holds about it.
pub(super) struct Plan {
    pub(super) tenant: Arc<Tenant>,
    pub(super) settings: Arc<CollaborationSettings>,
    pub(super) ground: Arc<Ground>,
    pub(super) landing: Landing,
    pub(super) address: Address,
    pub(super) display_name: String,
    pub(super) cc: Vec<String>,
    /// The sponsors that were named.
    pub(super) sponsors: Option<Vec<SponsorId>>,
    /// The guest, if there is one already.
    pub(super) guest: Option<User>,
    /// Whether, and how, that user proves themselves anew.
    pub(super) reset: Option<Reset>,
    pub(super) language: Language,
    pub(super) accent: Accent,
}

/// Checks a wish in Graph's order: who asks, the form, the house's own people, the list of domains.
pub(super) async fn plan(server: &Server, caller: &Caller, wish: &NewInvitation) -> Result<Plan, InviteError> {
    let mut tx = server.read().await?;
    let settings = tenants::settings(&mut tx, server, caller.tenant).await?;
    require_rights(caller, wish, &settings)?;
    check_roles(&mut tx, caller, wish).await?;
    let tenant = tenants::find(&mut tx, server, caller.tenant).await?.ok_or(database::Error::NotFound)?;
    let Checked { address, display_name, cc } = wish.check(&settings)?;
    let ground = ground(&mut tx, server, &tenant).await?;
    let landing = landing::check(&wish.redirect_url, &ground)?;
    let sponsors = match &wish.sponsors {
        Some(named) => Some(find_sponsors(&mut tx, caller.tenant, named).await?),
        None => None,
    };
    groups::check(&mut tx, caller, wish).await?;
    let (guest, reset) = match wish.invited_user {
        Some(id) => {
            let (user, reset) = reset::find(&mut tx, caller, wish, id, &address, &ground).await?;
            (Some(user), Some(reset))
        }
        None => (find_guest_for(&mut tx, caller, &tenant, &ground, &address).await?, None),
    };
    if !settings.admits_domain(address.domain()) {
        return Err(InviteError::DomainBlocked(address.domain().to_owned()));
    }
    let cc = without_blocked(&mut tx, caller.tenant, cc).await?;
    let language = language(wish.language.as_deref(), guest.as_ref(), &settings);
    let accent = tenants::branding::accent(&mut tx, server, &tenant, language).await?;
    Ok(Plan { tenant, settings, ground, landing, address, display_name, cc, sponsors, guest, reset, language, accent })
}

/// The guest with this address. Who may not know of others is not told the id of a member.
async fn find_guest_for(
    tx: &mut Transaction,
    caller: &Caller,
    tenant: &Tenant,
    ground: &Ground,
    address: &Address,
) -> Result<Option<User>, InviteError> {
    find_guest(tx, tenant, ground, address).await.map_err(|error| match error {
        InviteError::MemberExists(_) if !users::knows_others(caller) => InviteError::MailOfMember,
        other => other,
    })
}

fn require_rights(caller: &Caller, wish: &NewInvitation, settings: &CollaborationSettings) -> Result<(), InviteError> {
    if !rights::has_permission(caller) {
        return Err(InviteError::NoPermission);
    }
    rights::require_inviter(caller, settings.allow_invites_from)?;
    reset::check_rights(caller, wish)?;
    let changes_users = wish.user_type == users::UserType::Member || !wish.profile.is_empty();
    if changes_users && !caller.may_administer_users() {
        return Err(InviteError::NoPermission);
    }
    Ok(())
}

/// Refuses roles of apps that the inviter may not give.
async fn check_roles(tx: &mut Transaction, caller: &Caller, wish: &NewInvitation) -> Result<(), InviteError> {
    for (resource, _) in &wish.assignments {
        if !service_principals::may_assign_to(tx, caller, *resource).await? {
            return Err(InviteError::NoPermission);
        }
    }
    Ok(())
}

/// Where invitations of a tenant may lead.
pub async fn ground(tx: &mut Transaction, server: &Server, tenant: &Tenant) -> database::Result<Arc<Ground>> {
    let cache = &server.caches.landing;
    match cache.get(server.database.changes(), &tenant.id) {
        Ok(kept) => Ok(kept),
        Err(vacancy) => {
            let read = read_ground(tx, server, tenant).await?;
            Ok(cache.keep(vacancy, tx, tenant.id, read))
        }
    }
}

async fn read_ground(tx: &mut Transaction, server: &Server, tenant: &Tenant) -> database::Result<Ground> {
    let settings = tenants::settings(tx, server, tenant.id).await?;
    let base = server.settings.public_address();
    Ok(Ground {
        admits_foreign: settings.landing_addresses == LandingAddresses::Any,
        domains: tenants::domains(tx, server, tenant.id).await?.to_vec(),
        apps: apps(tx, tenant.id).await?,
        portal: base.to_owned(),
        tenant: tenant.id.to_string(),
        my_apps: format!("{base}/myapps/{}", tenant.initial_domain),
        extra: settings.extra_landing_addresses.0.clone(),
    })
}

async fn apps(tx: &mut Transaction, tenant: TenantId) -> database::Result<Vec<AppAddresses>> {
    let apps = applications::store::list(tx, tenant).await?;
    Ok(apps
        .into_iter()
        .map(|app| AppAddresses {
            id: app.id,
            origins: app.origins().collect(),
            home_page: app.home_page_url,
            name: app.display_name,
        })
        .collect())
}

async fn find_sponsors(
    tx: &mut Transaction,
    tenant: TenantId,
    named: &[Reference],
) -> Result<Vec<SponsorId>, InviteError> {
    let mut found = Vec::with_capacity(named.len());
    for sponsor in named {
        let problem = || format!("there is no user or group {}", sponsor.id);
        let known = users::sponsors::find(tx, tenant, *sponsor).await?;
        found.push(known.ok_or_else(|| InviteError::Property("invitedUserSponsors", problem()))?.key());
    }
    Ok(found)
}

/// The guest with this address; refuses addresses of the house and of its people.
async fn find_guest(
    tx: &mut Transaction,
    tenant: &Tenant,
    ground: &Ground,
    address: &Address,
) -> Result<Option<User>, InviteError> {
    if ground.domains.iter().any(|domain| domain == address.domain()) {
        return Err(InviteError::OwnDomain);
    }
    let folded = address.folded();
    let name = guest_principal_name(address.as_str(), &tenant.initial_domain);
    let claimed = users::store::find_claimed(tx, tenant.id, &folded, &name).await?;
    if let Some(user) = claimed.named {
        return Err(InviteError::MemberExists(user.id));
    }
    // A proxy address of a guest may be of before they changed theirs: it refuses nothing, and gives nobody their account.
    if claimed.with_mail.iter().chain(&claimed.holder).any(|user| !is_external(user)) {
        return Err(InviteError::MailOfMember);
    }
    if claimed.proved.is_some() {
        return Ok(claimed.proved);
    }
    match claimed.named_as_guest {
        Some(user) if is_external(&user) && has_mail(&user, &folded) => Ok(Some(user)),
        Some(_) => Err(InviteError::NameTaken),
        None => Ok(claimed.with_mail.into_iter().next()),
    }
}

fn is_external(user: &User) -> bool {
    user.external_user_state.is_some()
}

fn has_mail(user: &User, folded: &str) -> bool {
    user.mail.as_deref().is_some_and(|mail| mail.eq_ignore_ascii_case(folded))
}

/// A mailbox that refuses invitations gets no copies of them either.
async fn without_blocked(tx: &mut Transaction, tenant: TenantId, cc: Vec<String>) -> database::Result<Vec<String>> {
    let mut admitted = Vec::with_capacity(cc.len());
    for address in cc {
        if !block_store::exists(tx, tenant, &address).await? {
            admitted.push(address);
        }
    }
    Ok(admitted)
}

/// The language of the mail: the inviter's choice, the guest's, the tenant's.
pub(super) fn language(chosen: Option<&str>, guest: Option<&User>, settings: &CollaborationSettings) -> Language {
    let preferred = guest.and_then(|guest| guest.preferred_language.as_deref());
    [chosen, preferred, Some(&settings.notification_language)]
        .into_iter()
        .flatten()
        .find_map(Language::from_tag)
        .unwrap_or_default()
}
