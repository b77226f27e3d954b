//! Answering what people asked for.

use super::ask::MOST_OPEN;
use super::read::scopes;
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::consent_requests::consent_request::{self, ConsentRequest, LONGEST_REASON, Status, Verdict};
use crate::consent_requests::letter::{self, Said};
use crate::consent_requests::{DecideError, may_review, store};
use crate::graph::Caller;
use crate::outbox::{self, Prepared};
use crate::platform::ids::ServicePrincipalId;
use crate::service_principals::grants::{For, consent, may_manage};
use crate::service_principals::{ServicePrincipal, store as principals};
use crate::web::seen;
use database::Transaction;

/// What a reviewer does about an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Lets the app act for everybody, as an administrator who consents does.
    Approve,
    /// Says no, with a reason.
    Deny,
    /// Says no, and lets nobody ask any more.
    Block,
    /// Lets people ask again.
    Allow,
}

impl Decision {
    /// The decision with this name in an address.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "approve" => Some(Self::Approve),
            "deny" => Some(Self::Deny),
            "block" => Some(Self::Block),
            "allow" => Some(Self::Allow),
            _ => None,
        }
    }
}

/// An answer to everybody who waits for an app.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The app.
    pub client: ServicePrincipalId,
    /// What is done.
    pub decision: Decision,
    /// Why, in the words of the reviewer; only a no has a reason.
    pub reason: &'a str,
    /// The mark of the requests that the page showed.
    pub seen: &'a str,
}

/// The mark of what a page shows of requests: whoever asks, and for what.
pub fn mark<'r>(requests: impl IntoIterator<Item = &'r ConsentRequest>) -> String {
    let texts: Vec<String> = requests.into_iter().map(|request| format!("{} {}", request.id, request.scope)).collect();
    seen::mark(texts.iter().map(String::as_str))
}

/// Answers everybody who waits for an app, and tells them by mail.
///
/// # Errors
/// `Denied` for who is no reviewer, and for a yes from who may not let apps act for everybody; `NotFound` for an app nobody waits
/// for; `Invalid` for a no without a reason, and for a yes to what is not exposed any more; `Changed` if somebody asked or
/// answered since the page was opened.
pub async fn decide(server: &Server, caller: &Caller, answer: &Answer<'_>) -> Result<(), DecideError> {
    let mut tx = server.read().await?;
    check(&mut tx, caller, answer.decision).await?;
    let missing = || DecideError::NotFound(answer.client.to_string());
    let client = principals::find(&mut tx, caller.tenant, answer.client).await?.ok_or_else(missing)?;
    if answer.decision == Decision::Allow {
        drop(tx);
        return allow(server, caller, &client).await;
    }
    let reason = consent_request::reason(answer.reason);
    if answer.decision == Decision::Deny && reason.is_none() {
        let problem = format!("it is needed, and has at most {LONGEST_REASON} characters");
        return Err(DecideError::Invalid("reason", problem));
    }
    let requests = store::list_open(&mut tx, caller.tenant, client.id, MOST_OPEN).await?;
    if mark(&requests) != answer.seen {
        return Err(DecideError::Changed);
    }
    if requests.is_empty() && answer.decision != Decision::Block {
        return Err(missing());
    }
    let said = match answer.decision {
        Decision::Approve => Said::Approved,
        _ => Said::Denied(reason),
    };
    let mails = letter::answers(&mut tx, server, &client, &requests, &said).await?;
    drop(tx);
    carry_out(server, caller, (&client, answer), mails).await
}

/// Everything in one transaction, after the mails were written.
async fn carry_out(
    server: &Server,
    caller: &Caller,
    (client, answer): (&ServicePrincipal, &Answer<'_>),
    mails: Vec<Prepared>,
) -> Result<(), DecideError> {
    let mut tx = server.write().await?;
    check(&mut tx, caller, answer.decision).await?;
    let requests = store::list_open(&mut tx, caller.tenant, client.id, MOST_OPEN).await?;
    if mark(&requests) != answer.seen {
        return Err(DecideError::Changed);
    }
    let verdict = if answer.decision == Decision::Approve { Verdict::Approve } else { Verdict::Deny };
    if verdict == Verdict::Approve {
        grant(&mut tx, server, caller, client, &requests).await?;
    }
    for request in &requests {
        let done = (Status::Completed, Some(verdict));
        if !store::complete(&mut tx, request, done, server.clock.now()).await? {
            return Err(DecideError::Changed);
        }
        record(&mut tx, server, caller, (client, request), (verdict, answer.reason)).await?;
    }
    if answer.decision == Decision::Block && store::block(&mut tx, caller.tenant, client.id, server.clock.now()).await?
    {
        let target = target(client);
        let activity = Activity::BlockConsentRequests;
        audit::record(&mut tx, server, caller, activity, &Outcome::Success, &target, &[]).await?;
    }
    for mail in mails {
        outbox::enqueue(&mut tx, server, mail).await?;
    }
    tx.commit().await?;
    server.jobs.ring();
    Ok(())
}

async fn check(tx: &mut Transaction, caller: &Caller, decision: Decision) -> Result<(), DecideError> {
    let may = may_review(tx, caller).await? && (decision != Decision::Approve || may_manage(caller));
    if may { Ok(()) } else { Err(DecideError::Denied) }
}

/// Grants what was asked for, for everybody.
async fn grant(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    client: &ServicePrincipal,
    requests: &[ConsentRequest],
) -> Result<(), DecideError> {
    let wanted = scopes(tx, caller, client, requests).await?;
    if wanted.is_empty() {
        return Err(DecideError::Invalid("scope", "nothing that was asked for is there any more".to_owned()));
    }
    for of_resource in wanted {
        let words: Vec<&str> = of_resource.words.iter().map(String::as_str).collect();
        consent(tx, server, caller, (client, &of_resource.resource), &words, For::Everybody).await?;
    }
    Ok(())
}

async fn record(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    (client, request): (&ServicePrincipal, &ConsentRequest),
    (verdict, reason): (Verdict, &str),
) -> database::Result<()> {
    let activity = match verdict {
        Verdict::Approve => Activity::ApproveConsentRequest,
        Verdict::Deny => Activity::DenyConsentRequest,
    };
    let (id, user) = (request.id.to_string(), request.user_id.to_string());
    let mut details = vec![("ConsentRequest.Id", id.as_str()), ("ConsentRequest.CreatedBy", user.as_str())];
    if verdict == Verdict::Deny && !reason.trim().is_empty() {
        details.push(("ConsentRequest.Answer", reason.trim()));
    }
    audit::record(tx, server, caller, activity, &Outcome::Success, &target(client), &details).await
}

async fn allow(server: &Server, caller: &Caller, client: &ServicePrincipal) -> Result<(), DecideError> {
    let mut tx = server.write().await?;
    check(&mut tx, caller, Decision::Allow).await?;
    if !store::unblock(&mut tx, caller.tenant, client.id).await? {
        return Err(DecideError::NotFound(client.id.to_string()));
    }
    let activity = Activity::UnblockConsentRequests;
    audit::record(&mut tx, server, caller, activity, &Outcome::Success, &target(client), &[]).await?;
    Ok(tx.commit().await?)
}

fn target(client: &ServicePrincipal) -> Target {
    Target::new("ServicePrincipal", client.id.0, client.display_name.clone())
}
