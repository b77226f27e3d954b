//! Subscriptions on the wire (Graph: subscription).

use super::error::SubscriptionError;
use super::operations::{self, New};
use super::receiver;
use super::subscription::{ChangeType, Subscription};
use crate::Server;
use crate::graph::body::{Object, UnreadBody};
use crate::graph::query::{Few, Property, Resource, Selection};
use crate::graph::{Caller, Error, Segment, etag, resource};
use crate::platform::Timestamp;
use crate::platform::clock::{parse_rfc3339, rfc3339};
use crate::platform::ids::SubscriptionId;
use crate::web::Routes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// What `latestSupportedTlsVersion` may say; older ones are not spoken.
const TLS: [&str; 2] = ["v1_2", "v1_3"];

/// What may be selected of a subscription, and what it is found by.
static SUBSCRIPTION: Resource = Resource {
    type_name: "subscription",
    id: "id",
    properties: &[
        Property::new("applicationId").by_default(),
        Property::new("changeType").by_default(),
        Property::new("clientState").by_default(),
        Property::new("creatorId").by_default(),
        Property::new("expirationDateTime").by_default(),
        Property::new("id").by_default(),
        Property::new("includeResourceData").by_default(),
        Property::new("latestSupportedTlsVersion").by_default(),
        Property::new("lifecycleNotificationUrl").by_default(),
        Property::new("notificationUrl").by_default(),
        Property::new("resource").by_default(),
    ],
};

/// The calls on subscriptions.
pub fn routes() -> Routes {
    Routes::new()
        .route("/v1.0/subscriptions", get(list).post(create))
        .route("/v1.0/subscriptions/{subscription}", get(one).patch(renew).delete(delete))
        .route("/v1.0/subscriptions/{subscription}/reauthorize", post(reauthorize))
        .route("/vestibule/v1/subscriptions/{subscription}", get(one_of_ours))
}

async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let few = Few::read(&SUBSCRIPTION, &uri, &headers)?;
    let objects = operations::list(&server, &caller).await?.iter().map(write).collect();
    few.answer(&server, caller.tenant, "subscriptions", objects)
}

async fn create(State(server): State<Arc<Server>>, caller: Caller, body: Object) -> Result<Response, Error> {
    let new = read(body)?;
    let client_state = json!(new.client_state);
    let mut body = write(&operations::create(&server, &caller, new).await?);
    // Whoever has just sent it is told it once, as by Graph.
    body.insert("clientState".to_owned(), client_state);
    Ok(resource::created(&server, "/v1.0/subscriptions", "subscriptions/$entity", body))
}

async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    uri: Uri,
) -> Result<Response, Error> {
    // What is not theirs is not there, whatever is asked of it.
    let subscription = operations::get(&server, &caller, id(&key)).await?;
    let selection = Selection::of_one(&SUBSCRIPTION, &uri)?;
    Ok(selection.answer(&server, "subscriptions", write(&subscription)))
}

/// `GET /vestibule/v1/subscriptions/{id}`: what Graph has no place for, with the secret that signs the notifications.
async fn one_of_ours(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
) -> Result<Response, Error> {
    let subscription = operations::get(&server, &caller, id(&key)).await?;
    let body = json!({
        "id": subscription.id,
        "createdDateTime": rfc3339(subscription.created_at),
        "lastError": subscription.last_error,
        "signingSecret": receiver::secret(&server, &subscription),
    });
    Ok(resource::json(StatusCode::OK, &body))
}

async fn renew(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    headers: HeaderMap,
    sent: UnreadBody,
) -> Result<Response, Error> {
    // What is not theirs is not there, whatever is sent.
    let held = operations::get(&server, &caller, id(&key)).await?;
    etag::none(&headers)?;
    let mut body = sent.object()?;
    body.take_own_id(&held.id)?;
    let until = instant(&mut body)?;
    body.finish()?;
    let subscription = operations::renew(&server, &caller, id(&key), until).await?;
    Ok(resource::entity(&server, StatusCode::OK, "subscriptions/$entity", write(&subscription)))
}

async fn delete(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
    headers: HeaderMap,
) -> Result<Response, Error> {
    operations::get(&server, &caller, id(&key)).await?;
    etag::none(&headers)?;
    operations::delete(&server, &caller, id(&key)).await?;
    Ok(resource::no_content())
}

async fn reauthorize(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(key): Segment,
) -> Result<Response, Error> {
    operations::reauthorize(&server, &caller, id(&key)).await?;
    Ok(resource::no_content())
}

fn read(mut body: Object) -> Result<New, Error> {
    let required = |body: &mut Object, name: &'static str| {
        let text: Option<String> = body.take(name)?;
        text.ok_or_else(|| Error::invalid_property(name, "it is required"))
    };
    let new = New {
        resource: required(&mut body, "resource")?,
        change_type: required(&mut body, "changeType")?,
        notification_url: required(&mut body, "notificationUrl")?,
        lifecycle_url: body.take("lifecycleNotificationUrl")?,
        client_state: body.take("clientState")?,
        tls_version: body.take("latestSupportedTlsVersion")?,
        expires_at: instant(&mut body)?,
    };
    if new.tls_version.as_ref().is_some_and(|version| !TLS.contains(&version.as_str())) {
        return Err(Error::invalid_property("latestSupportedTlsVersion", "it is v1_2 or v1_3"));
    }
    // Directory objects are told without their data (Graph: change notifications, rich notifications).
    if body.take::<bool>("includeResourceData")? == Some(true) {
        return Err(Error::invalid_property("includeResourceData", "it is not supported for directory objects"));
    }
    body.finish()?;
    Ok(new)
}

fn instant(body: &mut Object) -> Result<Timestamp, Error> {
    const NAME: &str = "expirationDateTime";
    let text: String = body.take(NAME)?.ok_or_else(|| Error::invalid_property(NAME, "it is required"))?;
    parse_rfc3339(&text).ok_or_else(|| Error::invalid_property(NAME, "it is no instant such as 2026-01-31T12:00:00Z"))
}

/// Whatever is no id names nothing.
fn id(key: &str) -> SubscriptionId {
    key.parse().unwrap_or(SubscriptionId(Uuid::nil()))
}

fn write(subscription: &Subscription) -> Map<String, Value> {
    let types: Vec<&str> = subscription.change_types.iter().map(|one: &ChangeType| one.as_str()).collect();
    let body = json!({
        "applicationId": subscription.application_id,
        "changeType": types.join(","),
        // A secret between the two sides: it is sent to the receiver and to nobody who reads.
        "clientState": null,
        "creatorId": subscription.creator_id,
        "expirationDateTime": rfc3339(subscription.expires_at),
        "id": subscription.id,
        "includeResourceData": false,
        "latestSupportedTlsVersion": subscription.tls_version.as_deref().unwrap_or("v1_2"),
        "lifecycleNotificationUrl": subscription.lifecycle_url,
        "notificationUrl": subscription.notification_url,
        "resource": subscription.resource,
    });
    match body {
        Value::Object(body) => body,
        _ => Map::new(),
    }
}

impl From<SubscriptionError> for Error {
    fn from(error: SubscriptionError) -> Self {
        match error {
            SubscriptionError::Denied => Self::denied(),
            SubscriptionError::NotFound(id) => Self::not_found(id),
            SubscriptionError::Invalid { property, problem } => Self::invalid_property(property, problem),
            SubscriptionError::Unproved { property, problem } => {
                let message = format!("Subscription validation request failed for '{property}': {problem}.");
                Self::new(StatusCode::BAD_REQUEST, "ValidationError", message).with_target(property)
            }
            SubscriptionError::TooMany => {
                let message = "The organisation has as many subscriptions as it may have.";
                Self::new(StatusCode::BAD_REQUEST, "Directory_QuotaExceeded", message)
            }
            SubscriptionError::Storage(error) => error.into(),
        }
    }
}
