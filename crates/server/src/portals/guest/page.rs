//! The page.

use super::action::Action;
use super::reached::{APPS, ReachedPage};
use super::words;
use crate::Server;
use crate::audit::{self, ChangeEntry, ChangeFilter, SignInEntry, SignInFilter};
use crate::directory_roles;
use crate::graph::query::{Order, Slice};
use crate::graph::{Caller, Role};
use crate::groups::store::Above;
use crate::groups::{self, GROUP, Group};
use crate::invitations::{self, InviteError, Invitee, State};
use crate::platform::Timestamp;
use crate::platform::clock::rfc3339;
use crate::platform::ids::{ServicePrincipalId, UserId};
use crate::portals::reach::{self, Reach, Which};
use crate::portals::standing::Standing;
use crate::portals::{require_role, sponsor_href};
use crate::tenants::{self, CollaborationSettings};
use crate::users::sponsors::Sponsor;
use crate::users::{self, Identity, User};
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use crate::web::{dates, names};
use askama::Template;
use axum::extract::State as Shared;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

/// Sign-ins and changes on the page; the logs have the others.
const LATEST: usize = 5;
const LATEST_CHANGES: usize = 10;

/// Groups that are named on the page.
const GROUPS: u32 = 20;

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    done: Option<String>,
    /// The app behind which those that are reached go on.
    after: Option<ServicePrincipalId>,
}

/// What is known about a user, from every feature.
pub(in crate::portals) struct Known {
    pub(in crate::portals) user: User,
    pub(in crate::portals) identities: Vec<Identity>,
    pub(in crate::portals) sponsors: Vec<Sponsor>,
    pub(in crate::portals) manager: Option<User>,
    pub(in crate::portals) groups: Vec<Group>,
    pub(in crate::portals) has_more_groups: bool,
    pub(in crate::portals) invitation: Option<Invitee>,
    pub(in crate::portals) reached: Reach,
    pub(in crate::portals) sessions: usize,
    pub(in crate::portals) roles: Vec<Role>,
    pub(in crate::portals) settings: CollaborationSettings,
}

#[derive(Template)]
#[template(path = "portals/guest/page.html")]
struct GuestPage {
    inside: Inside,
    users_href: String,
    done: Option<&'static str>,
    name: String,
    initials: String,
    is_guest: bool,
    address: String,
    since: String,
    standing: Standing,
    home: String,
    ways: Vec<String>,
    sponsors: Vec<(String, String)>,
    manager: Option<(String, String)>,
    groups: Vec<(String, String)>,
    has_more_groups: bool,
    invitation: Option<Invited>,
    principal_name: String,
    id: UserId,
    reached: ReachedPage,
    roles: Vec<Held>,
    has_logs: bool,
    sign_ins: Vec<SignIn>,
    sign_ins_href: String,
    changes: Vec<Change>,
    changes_href: String,
    actions: Vec<(&'static str, String)>,
    removal: Option<(String, String)>,
    call: String,
}

/// A directory role, and where it is given or taken by who may.
struct Held {
    name: &'static str,
    description: &'static str,
    is_theirs: bool,
    change: Option<(&'static str, String)>,
}

struct Invited {
    by: String,
    on: String,
    state: &'static str,
    problem: Option<String>,
    until: Option<String>,
}

struct SignIn {
    when: String,
    app: String,
    is_success: bool,
    reason: String,
    from: String,
    reference: String,
    href: String,
}

struct Change {
    day: String,
    machine: String,
    shape: &'static str,
    what: String,
    by: String,
    reason: Option<String>,
    reference: String,
    href: String,
}

pub(super) async fn show(
    Shared(server): Shared<Arc<Server>>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    visitor.respond(&server, page(&server, &visitor, &id, &wanted).await)
}

async fn page(server: &Server, visitor: &Visitor, id: &str, wanted: &Wanted) -> Result<GuestPage, Refusal> {
    let known = known(server, &visitor.caller, id).await?;
    let now = server.clock.now();
    let base = visitor.base();
    let (sign_ins, changes) = history(server, &visitor.caller, known.user.id).await?;
    let user = &known.user;
    let address = user.mail.clone().unwrap_or_else(|| user.user_principal_name.clone());
    let path = format!("{base}/users/{}", user.id);
    let reached = ReachedPage::read(server, &known, &path, wanted.after).await?;
    let standing = standing(&known, now);
    Ok(GuestPage {
        inside: visitor.inside(server, Section::Users),
        users_href: format!("{base}/users"),
        done: wanted.done.as_deref().and_then(words::done),
        initials: names::initials(&user.display_name),
        is_guest: user.is_guest(),
        since: dates::day(user.created_at),
        standing,
        home: home(visitor, user, &address),
        ways: words::ways_to_sign_in(user, &known.identities),
        sponsors: known
            .sponsors
            .iter()
            .map(|sponsor| (sponsor.display_name().to_owned(), sponsor_href(&base, sponsor)))
            .collect(),
        manager: known
            .manager
            .as_ref()
            .map(|manager| (manager.display_name.clone(), format!("{base}/users/{}", manager.id))),
        groups: known
            .groups
            .iter()
            .map(|group| (group.display_name.clone(), format!("{base}/groups/{}", group.id)))
            .collect(),
        has_more_groups: known.has_more_groups,
        invitation: known.invitation.as_ref().map(|invitee| invited(invitee, now)),
        principal_name: user.user_principal_name.clone(),
        id: user.id,
        roles: roles(&visitor.caller, &known, &path),
        has_logs: audit::operations::may_read(&visitor.caller),
        sign_ins: sign_ins.into_iter().map(|entry| sign_in(&base, entry, now)).collect(),
        sign_ins_href: format!("{base}/sign-ins?user={}", user.id),
        changes: changes.iter().map(|entry| change(&base, entry)).collect(),
        changes_href: format!("{base}/changes?about={}", user.id),
        actions: actions(&visitor.caller, &known, standing)
            .into_iter()
            .map(|action| (action.label(), format!("{path}/{}", action.name())))
            .chain(links(&visitor.caller, &known, &path))
            .collect(),
        removal: removal(&visitor.caller, &known, &path),
        call: call(user.id),
        name: user.display_name.clone(),
        address,
        reached,
    })
}

/// What removing the user does, and where that is asked, for those who may.
fn removal(caller: &Caller, known: &Known, path: &str) -> Option<(String, String)> {
    if !caller.may_administer_users() {
        return None;
    }
    let name = &known.user.display_name;
    let apps = known.reached.counted().of("app", "apps");
    let text = format!(
        "Removing {name} ends the way into {apps}, and every sign-in within a minute. For 30 days it can be undone."
    );
    Some((text, format!("{path}/remove")))
}

/// Gathers what the page and its questions speak of.
pub(in crate::portals) async fn known(server: &Server, caller: &Caller, id: &str) -> Result<Known, Refusal> {
    require_role(caller)?;
    let id: UserId = id.parse().map_err(|_| Problem::NotFound)?;
    let tenant = caller.tenant;
    let mut tx = server.read().await?;
    let user = users::store::find(&mut tx, tenant, id).await?.ok_or(Problem::NotFound)?;
    let identities = users::store::list_identities(&mut tx, tenant, id).await?;
    let sponsors = users::sponsors::list(&mut tx, tenant, id).await?;
    let manager = users::manager::find(&mut tx, tenant, id).await?;
    let slice = Slice { condition: None, order: Order::by_id(&GROUP), after: None, size: GROUPS };
    let mut groups = groups::store::list_above(&mut tx, tenant, (Above::Direct, id.into()), &slice).await?;
    let has_more_groups = slice.cut(&mut groups);
    let reached = reach::of(&mut tx, tenant, id, Which::All, (None, APPS)).await?;
    let sessions = super::store::count_sessions(&mut tx, tenant, id, server.clock.now()).await?;
    let roles = directory_roles::store::list(&mut tx, tenant, id.into()).await?;
    let settings = tenants::store::get_settings(&mut tx, tenant).await?;
    drop(tx);
    let invitation = newest_invitation(server, caller, id).await?;
    let sessions = usize::try_from(sessions).unwrap_or(0);
    Ok(Known {
        user,
        identities,
        sponsors,
        manager,
        groups,
        has_more_groups,
        invitation,
        reached,
        sessions,
        roles,
        settings,
    })
}

/// The newest invitation the caller may see.
async fn newest_invitation(server: &Server, caller: &Caller, guest: UserId) -> Result<Option<Invitee>, Refusal> {
    let filter = invitations::operations::Filter::of_guest(guest);
    match invitations::operations::list(server, caller, filter, None, 1).await {
        Ok(found) => Ok(found.into_iter().next()),
        Err(InviteError::Database(error)) => Err(error.into()),
        Err(_) => Ok(None),
    }
}

/// The latest rows of both logs, for those who may read them.
async fn history(
    server: &Server,
    caller: &Caller,
    user: UserId,
) -> Result<(Vec<SignInEntry>, Vec<ChangeEntry>), Refusal> {
    if !audit::operations::may_read(caller) {
        return Ok((Vec::new(), Vec::new()));
    }
    let filter = SignInFilter { user: Some(user), ..SignInFilter::default() };
    let sign_ins = audit::operations::list_sign_ins(server, caller, &[filter], None, LATEST).await?;
    let filter = ChangeFilter { target: Some(user.0), ..ChangeFilter::default() };
    let changes = audit::operations::list_changes(server, caller, &[filter], None, LATEST_CHANGES).await?;
    Ok((sign_ins, changes))
}

pub(super) fn standing(known: &Known, now: Timestamp) -> Standing {
    let has_open = known.invitation.as_ref().is_some_and(|invitee| invitee.invitation.is_open(now));
    Standing::of(known.user.account_enabled, known.user.external_user_state, has_open)
}

/// What can be done at this moment. Who may do it is decided again by the operation.
fn actions(caller: &Caller, known: &Known, standing: Standing) -> Vec<Action> {
    let mut actions = Vec::new();
    let is_pending = known.user.is_pending() && known.invitation.is_some();
    let wants_none = known.invitation.as_ref().is_some_and(|invitee| invitee.blocked_at.is_some());
    if is_pending && standing != Standing::Blocked && !is_withdrawn(known) && !wants_none {
        actions.push(Action::Resend);
    }
    if standing == Standing::Invited {
        actions.push(Action::Withdraw);
    }
    if caller.may_administer_users() {
        actions.push(Action::SignOut);
        actions.push(if known.user.account_enabled { Action::Block } else { Action::Unblock });
    }
    actions
}

/// What has a page of its own.
fn links(caller: &Caller, known: &Known, path: &str) -> Vec<(&'static str, String)> {
    let mut links = Vec::new();
    if caller.may_administer_users() {
        links.extend([("Edit…", "edit"), ("Manager and sponsors…", "relations")]);
    }
    if users::operations::may_reset(caller) {
        match known.user.external_user_state {
            Some(_) => links.push(("Reset redemption…", "reset")),
            None => links.extend([("New password…", "password"), ("Sign-in from outside…", "convert")]),
        }
    }
    links.into_iter().map(|(label, part)| (label, format!("{path}/{part}"))).collect()
}

/// Every role for who may give them; the roles held for everybody else.
fn roles(caller: &Caller, known: &Known, path: &str) -> Vec<Held> {
    let may_change = directory_roles::operations::may_change(caller);
    let row = |role: Role| {
        let is_theirs = known.roles.contains(&role);
        let may_hold = !known.user.is_guest() || known.settings.lets_guests_hold(role);
        let action = if is_theirs { Action::Take(role) } else { Action::Give(role) };
        let change = may_change.then(|| (action.label(), format!("{path}/{}", action.name())));
        let held = Held { name: role.name(), description: role.description(), is_theirs, change };
        (is_theirs || (may_change && may_hold)).then_some(held)
    };
    Role::ALL.iter().copied().filter_map(row).collect()
}

fn is_withdrawn(known: &Known) -> bool {
    known.invitation.as_ref().is_some_and(|invitee| invitee.invitation.revoked_at.is_some())
}

fn home(visitor: &Visitor, user: &User, address: &str) -> String {
    match address.rsplit_once('@') {
        Some((_, domain)) if user.is_guest() => domain.to_owned(),
        _ => visitor.tenant_name.clone(),
    }
}

fn invited(invitee: &Invitee, now: Timestamp) -> Invited {
    let state = invitee.state(now);
    let invitation = &invitee.invitation;
    Invited {
        by: invitation.inviter_name.clone(),
        on: dates::day(invitation.accepted_at.unwrap_or(invitation.created_at)),
        state: words::invitation(state),
        problem: invitee.mail_error.clone().filter(|_| matches!(state, State::RefusedByRelay | State::Queued)),
        until: invitation
            .expires_at
            .filter(|_| invitation.is_open(now) && invitation.held_at.is_none())
            .map(dates::day),
    }
}

fn sign_in(base: &str, entry: SignInEntry, now: Timestamp) -> SignIn {
    let reference = entry.correlation_id.reference();
    let reason = entry.reason();
    SignIn {
        when: dates::recent(entry.at, now),
        is_success: entry.is_success(),
        app: entry.app_display_name.or(entry.resource_display_name).unwrap_or_default(),
        reason,
        from: entry.client_address.unwrap_or_default(),
        href: format!("{base}/sign-ins?q={reference}"),
        reference,
    }
}

fn change(base: &str, entry: &ChangeEntry) -> Change {
    let reference = entry.correlation_id.reference();
    Change {
        day: dates::day(entry.at),
        machine: rfc3339(entry.at),
        shape: if entry.is_success() { "in-s" } else { "stop" },
        what: entry.what().to_owned(),
        by: entry.initiator_name().to_owned(),
        reason: (!entry.is_success()).then(|| entry.why_not()),
        href: format!("{base}/changes?q={reference}"),
        reference,
    }
}

fn call(user: UserId) -> String {
    format!(
        "/v1.0/users/{user}?$select=displayName,mail,identities,userType,externalUserState,accountEnabled\n\
         GET /v1.0/users/{user}/sponsors\n\
         GET /v1.0/users/{user}/appRoleAssignments\n\
         GET /v1.0/auditLogs/signIns?$filter=userId eq '{user}'&$top={LATEST}"
    )
}
