//! Asking, on the page of an app that somebody may not answer by themselves.

use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::consent_requests::consent_request::{self, ConsentRequest, Status};
use crate::consent_requests::{AskError, policy_store, store};
use crate::graph::Caller;
use crate::platform::ids::ConsentRequestId;
use crate::service_principals::grants::{GrantError, admitted};
use crate::service_principals::{ServicePrincipal, foreign};
use crate::sign_in::attempts::{self, Limit};
use crate::translations::Language;
use database::{Result, Transaction};
use std::time::Duration;

/// Requests that wait for an answer in an organisation at most. Beyond that nobody reads them.
pub const MOST_OPEN: i64 = 500;

const DAY: Duration = Duration::from_hours(24);

/// Requests of one person, whatever became of them.
const PERSON: Limit = Limit { scope: "consent.person", most: 10, window: DAY };

/// Requests of everybody in an organisation together.
const TENANT: Limit = Limit { scope: "consent.tenant", most: MOST_OPEN, window: DAY };

/// What somebody can do about an app that they may not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing here: nobody asks.
    Closed,
    /// Ask.
    Open,
    /// Wait: they have asked.
    Asked,
    /// Nothing: nobody is to ask for this app.
    Blocked,
}

/// What somebody asks for.
#[derive(Debug)]
pub struct Wish<'a> {
    /// The app.
    pub client: &'a ServicePrincipal,
    /// Where it wants to act.
    pub resource: &'a ServicePrincipal,
    /// What it wants, as the resource spells it.
    pub words: &'a [String],
    /// Why, as it was typed.
    pub reason: &'a str,
    /// The language to answer in.
    pub language: Language,
}

/// A request that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked(pub ConsentRequestId);

/// Whether the caller may ask for an app. Nobody asks for one of another organisation that was removed: whoever did that brings it
/// back.
pub async fn standing(tx: &mut Transaction, caller: &Caller, client: &ServicePrincipal) -> Result<Standing> {
    let tenant = caller.tenant;
    let Some(user) = caller.user() else { return Ok(Standing::Closed) };
    if !policy_store::get(tx, tenant).await?.is_enabled {
        return Ok(Standing::Closed);
    }
    if !client.is_admitted() {
        let was_removed = foreign::was_removed(tx, tenant, client.app_id).await?;
        return Ok(if was_removed { Standing::Closed } else { Standing::Open });
    }
    let client = client.id;
    if store::is_open(tx, tenant, client, user.id).await? {
        return Ok(Standing::Asked);
    }
    let is_blocked = store::is_blocked(tx, tenant, client).await?;
    Ok(if is_blocked { Standing::Blocked } else { Standing::Open })
}

/// Takes a request, in the caller's transaction. Reviewers are told by [`crate::consent_requests::settle()`]. The app of another
/// organisation stands in the tenant from then on, so that reviewers see it; it may do nothing before it is granted something.
///
/// # Errors
/// `Reason` for one of 0 or more than 500 characters; `TooMany` beyond 10 requests of a person or 500 of an organisation in a day,
/// and while 500 wait; `Closed` where nobody may ask.
pub async fn ask(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    wish: &Wish<'_>,
) -> std::result::Result<Asked, AskError> {
    let tenant = caller.tenant;
    let user = caller.user().ok_or(AskError::Closed)?;
    if wish.words.is_empty() || standing(tx, caller, wish.client).await? != Standing::Open {
        return Err(AskError::Closed);
    }
    let reason = consent_request::reason(wish.reason).ok_or(AskError::Reason)?;
    let person = attempts::subject(&[user.id.0.as_bytes().as_slice()]);
    if !PERSON.count(tx, server, tenant, &person).await?.is_within()
        || store::count_open(tx, tenant).await? >= MOST_OPEN
    {
        return Err(AskError::TooMany);
    }
    // What is refused to one person costs the others nothing.
    let everybody = attempts::subject(&[b"everybody".as_slice()]);
    if !TENANT.count(tx, server, tenant, &everybody).await?.is_within() {
        return Err(AskError::TooMany);
    }
    let (client, resource) = &admitted(tx, server, caller, (wish.client, wish.resource)).await.map_err(refused)?;
    let (now, duration) = (server.clock.now(), policy_store::get(tx, tenant).await?.duration());
    let request = ConsentRequest {
        tenant_id: tenant,
        id: ConsentRequestId(server.entropy.uuid(now)),
        client_id: client.id,
        resource_id: resource.id,
        user_id: user.id,
        scope: wish.words.join(" "),
        reason,
        language: wish.language.tag().to_owned(),
        status: Status::InProgress,
        verdict: None,
        created_at: now,
        remind_at: consent_request::remind_at(now, duration),
        expires_at: now.plus(duration),
        told_at: None,
        reminded_at: None,
        completed_at: None,
    };
    if !store::insert(tx, &request).await? {
        return Err(AskError::Closed);
    }
    let target = Target::new("ServicePrincipal", client.id.0, client.display_name.clone());
    let details = [
        ("ConsentContext.Resource", resource.display_name.as_str()),
        ("ConsentAction.Permissions", request.scope.as_str()),
        ("ConsentRequest.Reason", request.reason.as_str()),
    ];
    audit::record(tx, server, caller, Activity::RequestConsent, &Outcome::Success, &target, &details).await?;
    Ok(Asked(request.id))
}

/// An app that cannot be let in is one that nobody asks for.
fn refused(error: GrantError) -> AskError {
    match error {
        GrantError::Storage(error) => error.into(),
        GrantError::Denied | GrantError::NotFound(_) | GrantError::Invalid(..) | GrantError::Exists => AskError::Closed,
    }
}
