//! `domains` (Graph).

use super::domains::{self, TenantDomain};
use crate::Server;
use crate::graph::body::Object;
use crate::graph::query::{Few, Property, Resource, Selection};
use crate::graph::{Caller, Error, Segment, etag, resource};
use crate::web::Routes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Seconds that a record may be kept by those who read it, as the page of a DNS host asks for.
const TTL: u32 = 3600;

/// What may be selected of a domain.
static DOMAIN: Resource = Resource {
    type_name: "domain",
    id: "id",
    properties: &[
        Property::new("authenticationType").by_default(),
        Property::new("availabilityStatus").by_default(),
        Property::new("id").by_default(),
        Property::new("isAdminManaged").by_default(),
        Property::new("isDefault").by_default(),
        Property::new("isInitial").by_default(),
        Property::new("isRoot").by_default(),
        Property::new("isVerified").by_default(),
        Property::new("manufacturer").by_default(),
        Property::new("model").by_default(),
        Property::new("passwordNotificationWindowInDays").by_default(),
        Property::new("passwordValidityPeriodInDays").by_default(),
        Property::new("state").by_default(),
        Property::new("supportedServices").by_default(),
    ],
};

/// The same of the record that proves a domain.
static RECORD: Resource = Resource {
    type_name: "domainDnsTxtRecord",
    id: "id",
    properties: &[
        Property::new("id").by_default(),
        Property::new("isOptional").by_default(),
        Property::new("label").by_default(),
        Property::new("recordType").by_default(),
        Property::new("supportedService").by_default(),
        Property::new("text").by_default(),
        Property::new("ttl").by_default(),
    ],
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/v1.0/domains", get(list).post(add))
        .route("/v1.0/domains/{domain}", get(one).patch(change).delete(remove))
        .route("/v1.0/domains/{domain}/verificationDnsRecords", get(records))
        .route("/v1.0/domains/{domain}/verify", post(verify))
}

async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    domains::check_may_read(&caller)?;
    let few = Few::read(&DOMAIN, &uri, &headers)?;
    let found = domains::list(&server, &caller).await?;
    let objects = found.iter().map(|domain| write(domain, &found)).collect();
    few.answer(&server, caller.tenant, "domains", objects)
}

async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(name): Segment,
    uri: Uri,
) -> Result<Response, Error> {
    domains::check_may_read(&caller)?;
    let selection = Selection::of_one(&DOMAIN, &uri)?;
    let found = domains::find(&server, &caller, &name).await?;
    Ok(selection.answer(&server, "domains", write(&found, &domains::list(&server, &caller).await?)))
}

/// `POST /domains`: `{ "id": "contoso.example" }`.
async fn add(State(server): State<Arc<Server>>, caller: Caller, mut body: Object) -> Result<Response, Error> {
    domains::check_may_change(&caller)?;
    let name: String = body.take("id")?.ok_or_else(|| Error::invalid_property("id", "it is required"))?;
    body.finish()?;
    let made = domains::add(&server, &caller, &name).await?;
    let object = write(&made, &domains::list(&server, &caller).await?);
    Ok(resource::created(&server, "/v1.0/domains", "domains/$entity", object))
}

/// `PATCH /domains/{id}`: `isDefault` moves from another domain to this one. What a domain serves follows from its proof, so
/// `supportedServices` is taken as it is.
async fn change(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(name): Segment,
    headers: HeaderMap,
    mut body: Object,
) -> Result<Response, Error> {
    const DEFAULT: &str = "isDefault";
    const SERVICES: &str = "supportedServices";
    domains::check_may_change(&caller)?;
    let found = domains::find(&server, &caller, &name).await?;
    etag::none(&headers)?;
    body.take_own_id(&found.name)?;
    let is_default: Option<bool> = body.take_not_null(DEFAULT)?;
    let sent: Option<Value> = body.take_not_null(SERVICES)?;
    body.finish()?;
    if sent.is_some_and(|sent| sent != services(&found)) {
        let problem = format!("it is {} for this domain, and nothing else", services(&found));
        return Err(Error::invalid_property(SERVICES, problem));
    }
    match is_default {
        Some(true) => domains::make_default(&server, &caller, &found.name, None).await?,
        Some(false) if found.is_default => {
            return Err(Error::invalid_property(DEFAULT, "make another domain the default instead"));
        }
        Some(false) | None => {}
    }
    Ok(resource::no_content())
}

async fn remove(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(name): Segment,
    headers: HeaderMap,
) -> Result<Response, Error> {
    domains::check_may_change(&caller)?;
    etag::none(&headers)?;
    domains::remove(&server, &caller, &name, None).await?;
    Ok(resource::no_content())
}

/// `GET /domains/{id}/verificationDnsRecords`: the one record that proves the domain; none for one that is proved.
async fn records(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Segment(name): Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    domains::check_may_read_proof(&caller)?;
    let found = domains::find(&server, &caller, &name).await?;
    let few = Few::read(&RECORD, &uri, &headers)?;
    let records = found.proof.iter().map(|proof| record(&found.name, proof)).collect();
    few.answer(&server, caller.tenant, &format!("domains('{}')/verificationDnsRecords", found.name), records)
}

/// `POST /domains/{id}/verify`
async fn verify(State(server): State<Arc<Server>>, caller: Caller, Segment(name): Segment) -> Result<Response, Error> {
    let proved = domains::verify(&server, &caller, &name).await?;
    let object = write(&proved, &domains::list(&server, &caller).await?);
    Ok(resource::entity(&server, StatusCode::OK, "domains/$entity", object))
}

fn record(name: &str, proof: &str) -> Map<String, Value> {
    named([
        ("@odata.type", json!("#microsoft.graph.domainDnsTxtRecord")),
        ("id", json!(proof.rsplit('=').next())),
        ("isOptional", json!(false)),
        ("label", json!(name)),
        ("recordType", json!("Txt")),
        ("supportedService", json!("Email")),
        ("text", json!(proof)),
        ("ttl", json!(TTL)),
    ])
}

fn write(domain: &TenantDomain, all: &[TenantDomain]) -> Map<String, Value> {
    let is_above = |other: &TenantDomain| domain.name.strip_suffix(&other.name).is_some_and(|rest| rest.ends_with('.'));
    let is_verified = domain.proof.is_none();
    named([
        ("authenticationType", json!("Managed")),
        ("availabilityStatus", Value::Null),
        ("id", json!(domain.name)),
        ("isAdminManaged", json!(true)),
        ("isDefault", json!(domain.is_default)),
        ("isInitial", json!(domain.is_initial)),
        ("isRoot", json!(!all.iter().any(is_above))),
        ("isVerified", json!(is_verified)),
        ("manufacturer", Value::Null),
        ("model", Value::Null),
        ("passwordNotificationWindowInDays", Value::Null),
        ("passwordValidityPeriodInDays", Value::Null),
        ("state", Value::Null),
        ("supportedServices", services(domain)),
    ])
}

/// Addresses of people end in a domain that is proved. Nothing else is served for one.
fn services(domain: &TenantDomain) -> Value {
    if domain.proof.is_none() { json!(["Email"]) } else { json!([]) }
}

fn named<const N: usize>(properties: [(&str, Value); N]) -> Map<String, Value> {
    properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
