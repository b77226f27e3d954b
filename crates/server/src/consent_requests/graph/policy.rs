//! `policies/adminConsentRequestPolicy` (Graph).

use crate::Server;
use crate::consent_requests::Policy;
use crate::consent_requests::operations::{PolicyChange, change_policy, check_may_change_policy, get_policy};
use crate::graph::body::Object;
use crate::graph::query::{Property, Resource, Selection};
use crate::graph::{Caller, Error, etag, resource};
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::{Map, Value, json};
use std::sync::Arc;

const REVIEWERS: &str = "reviewers";

/// What may be selected of the policy.
static CONSENT_POLICY: Resource = Resource {
    type_name: "adminConsentRequestPolicy",
    id: "id",
    properties: &[
        Property::new("isEnabled").by_default(),
        Property::new("notifyReviewers").by_default(),
        Property::new("remindersEnabled").by_default(),
        Property::new("requestDurationInDays").by_default(),
        Property::new("reviewers").by_default(),
        Property::new("version").by_default(),
    ],
};

/// `GET /policies/adminConsentRequestPolicy`
pub async fn show(State(server): State<Arc<Server>>, caller: Caller, uri: Uri) -> Result<Response, Error> {
    let policy = get_policy(&server, &caller).await?;
    let selection = Selection::of_one(&CONSENT_POLICY, &uri)?;
    Ok(selection.answer(&server, "policies/adminConsentRequestPolicy", write(&policy)))
}

/// `PUT /policies/adminConsentRequestPolicy`: the whole policy. A version that is sent along has to be the one of now.
pub async fn replace(
    State(server): State<Arc<Server>>,
    caller: Caller,
    headers: HeaderMap,
    body: Object,
) -> Result<Response, Error> {
    check_may_change_policy(&caller)?;
    let expected = etag::if_match(&headers)?;
    let change = read(body)?;
    if expected.is_some() && change.of_version.is_some() && expected != change.of_version {
        return Err(Error::precondition_failed());
    }
    let change = PolicyChange { of_version: expected.or(change.of_version), ..change };
    change_policy(&server, &caller, change).await.map_err(|error| etag::refusal(expected, error))?;
    Ok(resource::no_content())
}

fn read(mut body: Object) -> Result<PolicyChange, Error> {
    let required = |name| move || Error::invalid_property(name, "it is required");
    let scopes: Vec<Map<String, Value>> = body.take(REVIEWERS)?.ok_or_else(required(REVIEWERS))?;
    let change = PolicyChange {
        is_enabled: body.take("isEnabled")?.ok_or_else(required("isEnabled"))?,
        notifies_reviewers: body.take("notifyReviewers")?.ok_or_else(required("notifyReviewers"))?,
        has_reminders: body.take("remindersEnabled")?.ok_or_else(required("remindersEnabled"))?,
        duration_days: body.take("requestDurationInDays")?.ok_or_else(required("requestDurationInDays"))?,
        reviewers: scopes.into_iter().map(|scope| reviewer(Object(scope))).collect::<Result<_, _>>()?,
        of_version: body.take("version")?,
    };
    body.finish()?;
    Ok(change)
}

/// The query of a reviewer. What it is relative to has one value each (Graph: accessReviewReviewerScope).
fn reviewer(mut scope: Object) -> Result<String, Error> {
    let query: Option<String> = scope.take("query")?;
    let kind: Option<String> = scope.take("queryType")?;
    let root: Option<String> = scope.take("queryRoot")?;
    if kind.is_some_and(|kind| kind != "MicrosoftGraph") {
        return Err(Error::invalid_property(REVIEWERS, "queryType is MicrosoftGraph here, and nothing else"));
    }
    if root.is_some_and(|root| !root.is_empty()) {
        return Err(Error::invalid_property(REVIEWERS, "queryRoot is empty here: a query names reviewers by itself"));
    }
    scope.finish()?;
    query.ok_or_else(|| Error::invalid_property(REVIEWERS, "each has a query"))
}

fn write(policy: &Policy) -> Map<String, Value> {
    let scope = |query: &String| json!({ "query": query, "queryType": "MicrosoftGraph", "queryRoot": null });
    let properties = [
        ("isEnabled", json!(policy.is_enabled)),
        ("notifyReviewers", json!(policy.notifies_reviewers)),
        ("remindersEnabled", json!(policy.has_reminders)),
        ("requestDurationInDays", json!(policy.duration_days)),
        (REVIEWERS, policy.reviewers.0.iter().map(scope).collect()),
        ("version", json!(policy.version)),
    ];
    etag::tagged(policy.version, properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
