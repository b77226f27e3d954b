//! `policies/authorizationPolicy` (Graph).

use super::change::SettingsChange;
use super::operations::Part;
use super::{AssignedPolicy, CollaborationSettings, KeptSwitch, operations};
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

/// What would let strangers in or apps pass, or bar what is not there: each has one value, that of a server that does not do what
/// it would decide. See [`KeptSwitch`] for what is kept instead.
const FIXED: [(&str, bool); 3] = [
    ("allowEmailVerifiedUsersToJoinOrganization", false),
    ("allowUserConsentForRiskyApps", false),
    ("blockMsolPowerShell", false),
];

const DEFAULTS: &str = "defaultUserRolePermissions";
const CONSENT: &str = "permissionGrantPoliciesAssigned";

/// What may be selected of the policy.
static AUTHORIZATION_POLICY: Resource = Resource {
    type_name: "authorizationPolicy",
    id: "id",
    properties: &[
        Property::new("allowEmailVerifiedUsersToJoinOrganization").by_default(),
        Property::new("allowInvitesFrom").by_default(),
        Property::new("allowUserConsentForRiskyApps").by_default(),
        Property::new("allowedToSignUpEmailBasedSubscriptions").by_default(),
        Property::new("allowedToUseSSPR").by_default(),
        Property::new("blockMsolPowerShell").by_default(),
        Property::new("defaultUserRolePermissions").by_default(),
        Property::new("description").by_default(),
        Property::new("displayName").by_default(),
        Property::new("guestUserRoleId").by_default(),
        Property::new("id").by_default(),
    ],
};

pub(super) fn routes() -> Routes {
    Routes::new().route("/v1.0/policies/authorizationPolicy", get(show).patch(change))
}

async fn show(State(server): State<Arc<Server>>, caller: Caller, uri: Uri) -> Result<Response, Error> {
    let settings = operations::get_settings(&server, &caller, Part::Authorization).await?;
    let selection = Selection::of_one(&AUTHORIZATION_POLICY, &uri)?;
    let policy = etag::tagged(settings.version, object(policy(&settings)));
    Ok(selection.answer(&server, "policies/authorizationPolicy", policy))
}

async fn change(
    State(server): State<Arc<Server>>,
    caller: Caller,
    headers: HeaderMap,
    body: Object,
) -> Result<Response, Error> {
    operations::check_may_change(&caller, Part::Authorization)?;
    let expected = etag::if_match(&headers)?;
    let change = SettingsChange { of_version: expected, ..read(body)? };
    let changed = operations::change_settings(&server, &caller, Part::Authorization, change).await;
    changed.map_err(|error| etag::refusal(expected, error))?;
    Ok(resource::no_content())
}

/// The change that a body asks for. What members may is merged member by member, as every complex value is.
fn read(mut body: Object) -> Result<SettingsChange, Error> {
    let mut defaults = Object(body.take_not_null::<Map<String, Value>>(DEFAULTS)?.unwrap_or_default());
    let change = SettingsChange {
        allow_invites_from: body.take_not_null("allowInvitesFrom")?,
        guest_user_role_id: body.take_not_null("guestUserRoleId")?,
        creates_apps: defaults.take_not_null("allowedToCreateApps")?,
        creates_groups: defaults.take_not_null("allowedToCreateSecurityGroups")?,
        reads_others: defaults.take_not_null("allowedToReadOtherUsers")?,
        consent_policies: defaults
            .take_not_null::<Vec<String>>(CONSENT)?
            .map(|names| consent_policies(&names))
            .transpose()?,
        kept_switches: take_kept(&mut body, &mut defaults)?,
        ..SettingsChange::default()
    };
    defaults.finish()?;
    let texts = object(texts());
    let fixed = FIXED.into_iter().map(|(name, value)| (name, value.into()));
    for (name, value) in fixed.chain(texts.iter().map(|(name, value)| (name.as_str(), value.clone()))) {
        take_fixed(&mut body, name, &value)?;
    }
    body.finish()?;
    Ok(change)
}

/// Takes out what governs nothing here, from the policy and from what members may.
fn take_kept(policy: &mut Object, defaults: &mut Object) -> Result<Vec<(KeptSwitch, bool)>, Error> {
    let mut kept = Vec::new();
    for switch in KeptSwitch::ALL.iter().copied() {
        let place = if switch.is_of_members() { &mut *defaults } else { &mut *policy };
        kept.extend(place.take_not_null(switch.as_str())?.map(|is_on| (switch, is_on)));
    }
    Ok(kept)
}

/// Takes a property out that has one value, and refuses any other by name.
fn take_fixed(body: &mut Object, name: &str, fixed: &Value) -> Result<(), Error> {
    match body.0.remove(name) {
        Some(value) if value != *fixed => {
            let message =
                format!("Invalid value specified for property '{name}': it is {fixed} here, and nothing else.");
            Err(Error::bad_request(message).with_target(name.to_owned()))
        }
        _ => Ok(()),
    }
}

/// The policies by their names; whether the organisation has those that it made itself is looked at when they are stored.
fn consent_policies(names: &[String]) -> Result<Vec<AssignedPolicy>, Error> {
    let policy = |name: &String| {
        let found = AssignedPolicy::parse(name);
        found.ok_or_else(|| Error::invalid_property(CONSENT, format!("there is no policy '{name}'")))
    };
    names.iter().map(policy).collect()
}

fn texts() -> Value {
    json!({
        "id": "authorizationPolicy",
        "displayName": "Authorization Policy",
        "description": "Used to manage authorization related settings across the company.",
    })
}

/// The whole object as Graph has it.
fn policy(settings: &CollaborationSettings) -> Value {
    let mut defaults = object(json!({
        "allowedToCreateApps": settings.creates_apps,
        "allowedToCreateSecurityGroups": settings.creates_groups,
        "allowedToReadOtherUsers": settings.reads_others,
        CONSENT: settings.consent_policies.0,
    }));
    let mut policy = object(texts());
    for switch in KeptSwitch::ALL {
        let place = if switch.is_of_members() { &mut defaults } else { &mut policy };
        place.insert(switch.as_str().to_owned(), settings.kept_switches.contains(switch).into());
    }
    policy.extend(FIXED.map(|(name, value)| (name.to_owned(), value.into())));
    policy.insert("allowInvitesFrom".to_owned(), json!(settings.allow_invites_from));
    policy.insert("guestUserRoleId".to_owned(), json!(settings.guest_user_role_id));
    policy.insert(DEFAULTS.to_owned(), Value::Object(defaults));
    Value::Object(policy)
}
