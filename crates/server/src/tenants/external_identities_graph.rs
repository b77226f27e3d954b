//! `policies/externalIdentitiesPolicy` (Graph, beta): whether guests may leave the organisation by themselves.

use super::CollaborationSettings;
use super::change::SettingsChange;
use super::operations::{Part, change_settings, check_may_change, get_settings};
use crate::Server;
use crate::graph::body::Object;
use crate::graph::query::{Property, Resource, Selection};
use crate::graph::resource::{self, object};
use crate::graph::{Caller, Error, etag};
use crate::web::Routes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::routing::get;
use serde_json::{Map, Value, json};
use std::sync::Arc;

const POLICY: &str = "policies/externalIdentitiesPolicy";
const LEAVING: &str = "allowExternalIdentitiesToLeave";

/// What may be selected of the policy.
static EXTERNAL_IDENTITIES_POLICY: Resource = Resource {
    type_name: "externalIdentitiesPolicy",
    id: "id",
    properties: &[
        Property::new("allowDeletedIdentitiesDataRemoval").by_default(),
        Property::new("allowExternalIdentitiesToLeave").by_default(),
        Property::new("deletedDateTime").by_default(),
        Property::new("description").by_default(),
        Property::new("displayName").by_default(),
        Property::new("id").by_default(),
    ],
};

pub(super) fn routes() -> Routes {
    Routes::new().route("/beta/policies/externalIdentitiesPolicy", get(show).patch(change))
}

async fn show(State(server): State<Arc<Server>>, caller: Caller, uri: Uri) -> Result<Response, Error> {
    let settings = get_settings(&server, &caller, Part::ExternalIdentities).await?;
    let selection = Selection::of_one(&EXTERNAL_IDENTITIES_POLICY, &uri)?;
    Ok(selection.answer(&server, POLICY, policy(&settings)))
}

async fn change(
    State(server): State<Arc<Server>>,
    caller: Caller,
    headers: HeaderMap,
    body: Object,
) -> Result<Response, Error> {
    check_may_change(&caller, Part::ExternalIdentities)?;
    let expected = etag::if_match(&headers)?;
    let change = SettingsChange { of_version: expected, ..read(body)? };
    let changed = change_settings(&server, &caller, Part::ExternalIdentities, change).await;
    changed.map_err(|error| etag::refusal(expected, error))?;
    Ok(resource::no_content())
}

/// The change that a body asks for. What has one value may be sent along.
fn read(mut body: Object) -> Result<SettingsChange, Error> {
    let change = SettingsChange { guests_may_leave: body.take_not_null(LEAVING)?, ..SettingsChange::default() };
    for (name, value) in fixed() {
        if body.0.remove(&name).is_some_and(|sent| sent != value) {
            let message =
                format!("Invalid value specified for property '{name}': it is {value} here, and nothing else.");
            return Err(Error::bad_request(message).with_target(name));
        }
    }
    body.finish()?;
    Ok(change)
}

/// What of the policy has one value. Nothing here knows when somebody was deleted at home, so nothing of theirs is removed then.
fn fixed() -> Map<String, Value> {
    object(json!({
        "id": "externalIdentityPolicy",
        "deletedDateTime": null,
        "displayName": "External Identities Policy",
        "description": null,
        "allowDeletedIdentitiesDataRemoval": false,
    }))
}

/// The whole object as Graph has it.
fn policy(settings: &CollaborationSettings) -> Map<String, Value> {
    let mut policy = fixed();
    policy.insert(LEAVING.to_owned(), settings.guests_may_leave.into());
    etag::tagged(settings.version, policy)
}
