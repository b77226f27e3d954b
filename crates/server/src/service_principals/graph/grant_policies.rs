//! `policies/permissionGrantPolicies` (Graph): what each policy lets people consent to. Some come with the server, others are the
//! organisation's own; [`crate::service_principals::grants::may_consent`] obeys both.

use crate::Server;
use crate::graph::query::{Few, Property, Resource, Selection};
use crate::graph::{Caller, Error, Segment, etag};
use crate::platform::ids::TenantId;
use crate::tenants::grant_policies::{Classification, ConditionSet, Side, store};
use crate::tenants::operations::{Part, check_may_read};
use crate::tenants::{ConsentPolicy, GrantPolicy};
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub(super) const POLICIES: &str = "policies/permissionGrantPolicies";

/// What may be selected of a policy, and what it is found by.
static POLICY: Resource = Resource {
    type_name: "permissionGrantPolicy",
    id: "id",
    properties: &[
        Property::new("deletedDateTime").by_default(),
        Property::new("description").by_default(),
        Property::new("displayName").by_default(),
        Property::new("excludes").by_default(),
        Property::new("id").by_default(),
        Property::new("includes").by_default(),
    ],
};

/// The same of a set of conditions.
static CONDITION_SET: Resource = Resource {
    type_name: "permissionGrantConditionSet",
    id: "id",
    properties: &[
        Property::new("clientApplicationIds").by_default(),
        Property::new("clientApplicationPublisherIds").by_default(),
        Property::new("clientApplicationTenantIds").by_default(),
        Property::new("clientApplicationsFromVerifiedPublisherOnly").by_default(),
        Property::new("id").by_default(),
        Property::new("permissionClassification").by_default(),
        Property::new("permissionType").by_default(),
        Property::new("permissions").by_default(),
        Property::new("resourceApplication").by_default(),
    ],
};

/// A policy of either kind.
enum Policy {
    /// One that the server brings along.
    BuiltIn(ConsentPolicy),
    /// One of the organisation.
    Custom(Box<GrantPolicy>),
}

/// `GET /policies/permissionGrantPolicies`
pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    check_may_read(&caller, Part::GrantPolicies)?;
    let few = Few::read(&POLICY, &uri, &headers)?;
    let custom = store::list(&mut server.read().await?, caller.tenant).await?;
    let built_in = ConsentPolicy::ALL.iter().map(|policy| Policy::BuiltIn(*policy));
    let all = built_in.chain(custom.into_iter().map(|policy| Policy::Custom(Box::new(policy))));
    few.answer(&server, caller.tenant, POLICIES, all.map(|policy| policy.write(caller.tenant)).collect())
}

/// `GET /policies/permissionGrantPolicies/{id}`
pub async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
    uri: Uri,
) -> Result<Response, Error> {
    let policy = find(&server, &caller, &id).await?;
    Ok(Selection::of_one(&POLICY, &uri)?.answer(&server, POLICIES, policy.write(caller.tenant)))
}

/// `GET /policies/permissionGrantPolicies/{id}/includes`
pub async fn includes(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    sets(&server, &caller, &id, Side::Includes, (&uri, &headers)).await
}

/// `GET /policies/permissionGrantPolicies/{id}/excludes`
pub async fn excludes(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(id): Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    sets(&server, &caller, &id, Side::Excludes, (&uri, &headers)).await
}

async fn sets(
    server: &Server,
    caller: &Caller,
    id: &str,
    side: Side,
    (uri, headers): (&Uri, &HeaderMap),
) -> Result<Response, Error> {
    let policy = find(server, caller, id).await?;
    let few = Few::read(&CONDITION_SET, uri, headers)?;
    let context = format!("{POLICIES}('{}')/{side}", policy.id());
    few.answer(server, caller.tenant, &context, policy.sets(side, caller.tenant))
}

/// The policy with this id, whose case does not matter.
async fn find(server: &Server, caller: &Caller, id: &str) -> Result<Policy, Error> {
    check_may_read(caller, Part::GrantPolicies)?;
    if let Some(built_in) = ConsentPolicy::ALL.iter().find(|policy| policy.id().eq_ignore_ascii_case(id)) {
        return Ok(Policy::BuiltIn(*built_in));
    }
    let found = store::find(&mut server.read().await?, caller.tenant, &id.to_lowercase()).await?;
    found.map(|policy| Policy::Custom(Box::new(policy))).ok_or_else(|| Error::not_found(id))
}

impl Policy {
    fn id(&self) -> &str {
        match self {
            Self::BuiltIn(policy) => policy.id(),
            Self::Custom(policy) => &policy.id,
        }
    }

    fn write(&self, tenant: TenantId) -> Map<String, Value> {
        match self {
            Self::BuiltIn(policy) => built_in(*policy, tenant),
            Self::Custom(policy) => custom(policy),
        }
    }

    fn sets(&self, side: Side, tenant: TenantId) -> Vec<Map<String, Value>> {
        match (self, side) {
            (Self::BuiltIn(policy), Side::Includes) => vec![included(*policy, tenant)],
            // None of them takes anything back.
            (Self::BuiltIn(_), Side::Excludes) => Vec::new(),
            (Self::Custom(policy), side) => policy.sets(side).iter().map(set).collect(),
        }
    }
}

/// A policy of the organisation.
pub(super) fn custom(policy: &GrantPolicy) -> Map<String, Value> {
    let sets = |side| policy.sets(side).iter().map(set).map(Value::Object).collect::<Value>();
    let written = object([
        ("deletedDateTime", Value::Null),
        ("description", json!(policy.description)),
        ("displayName", json!(policy.display_name)),
        ("excludes", sets(Side::Excludes)),
        ("id", json!(policy.id)),
        ("includes", sets(Side::Includes)),
    ]);
    etag::tagged(policy.version, written)
}

/// A set of conditions of the organisation.
pub(super) fn set(set: &ConditionSet) -> Map<String, Value> {
    let all = |list: Option<Value>| list.unwrap_or_else(|| json!(["all"]));
    object([
        ("clientApplicationIds", all(set.clients.as_ref().map(|ids| json!(ids)))),
        ("clientApplicationPublisherIds", all(set.publishers.as_ref().map(|ids| json!(ids)))),
        ("clientApplicationTenantIds", all(set.tenants.as_ref().map(|ids| json!(ids)))),
        ("clientApplicationsFromVerifiedPublisherOnly", json!(set.verified_publishers_only)),
        ("id", json!(set.id)),
        ("permissionClassification", json!(set.classification.map_or("all", Classification::as_str))),
        ("permissionType", json!(set.permission_type)),
        ("permissions", all(set.permissions.as_ref().map(|ids| json!(ids)))),
        ("resourceApplication", set.resource.map_or_else(|| json!("any"), |id| json!(id))),
    ])
}

fn object<const N: usize>(properties: [(&str, Value); N]) -> Map<String, Value> {
    properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn built_in(policy: ConsentPolicy, tenant: TenantId) -> Map<String, Value> {
    let (display_name, description) = match policy {
        ConsentPolicy::Low => {
            ("Default User Low Risk Policy", "What is classified as of low risk, for apps of the organization itself.")
        }
        ConsentPolicy::Recommended => (
            "Microsoft User Default Recommended Policy",
            "What is recommended: today, what is classified as of low risk, for apps of the organization itself.",
        ),
        ConsentPolicy::Legacy => ("Default User Legacy Policy", "Every permission that needs no administrator."),
    };
    object([
        ("deletedDateTime", Value::Null),
        ("description", json!(description)),
        ("displayName", json!(display_name)),
        ("excludes", json!([])),
        ("id", json!(policy.id())),
        ("includes", json!([included(policy, tenant)])),
    ])
}

/// The one set of conditions of a policy, in Graph's words. No publisher is verified here, so that what is for apps of the organisation
/// and of verified publishers is for the former alone.
fn included(policy: ConsentPolicy, tenant: TenantId) -> Map<String, Value> {
    let (all, own) = (json!(["all"]), json!([tenant]));
    let (id, classification, registered_at) = match policy {
        ConsentPolicy::Low => ("7b6d1c52-0f0e-4d0b-9a39-0d3f4f6f2a01", "low", own),
        ConsentPolicy::Recommended => ("7b6d1c52-0f0e-4d0b-9a39-0d3f4f6f2a02", "low", own),
        ConsentPolicy::Legacy => ("7b6d1c52-0f0e-4d0b-9a39-0d3f4f6f2a03", "all", all.clone()),
    };
    object([
        ("clientApplicationIds", all.clone()),
        ("clientApplicationPublisherIds", all.clone()),
        ("clientApplicationTenantIds", registered_at),
        ("clientApplicationsFromVerifiedPublisherOnly", json!(false)),
        ("id", json!(id)),
        ("permissionClassification", json!(classification)),
        ("permissionType", json!("delegatedUserConsentable")),
        ("permissions", all),
        ("resourceApplication", json!("any")),
    ])
}
