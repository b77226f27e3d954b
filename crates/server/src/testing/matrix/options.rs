//! Options of a query are served or refused by name at every route of Graph that reads, and passed over at none.

use super::table::{Row, api};
use super::world::World;
use crate::testing::{Answer, on_both_engines};
use axum::http::{Method, StatusCode};
use serde_json::Value;

/// What no read serves: places counted from the first, and a property that nothing has.
const UNSERVED: [&str; 2] = ["$skip=1", "$filter=nothing%20eq%20'x'"];

/// Reads of Graph answered to an administrator of the world at least, so that the test cannot pass by asking for nothing.
const ANSWERED: usize = 60;

fn path_of(row: &Row) -> Option<&'static str> {
    let path = row.route.strip_prefix("GET ")?;
    (path.starts_with("/v1.0/") || path.starts_with("/beta/")).then_some(path)
}

#[tokio::test]
async fn no_read_passes_over_an_option_that_it_does_not_serve() {
    on_both_engines(async |server| {
        let world = World::new(&server, "Contoso", "contoso.example").await;
        let advanced = [("consistencylevel", "eventual")];
        let (mut wrong, mut answered) = (Vec::new(), 0);
        for template in api().filter_map(path_of) {
            let path = world.path(template);
            let plain = server.api_with(&world.administrator, Method::GET, &path, &advanced, &Value::Null).await;
            // Nobody manages the administrator, and some are read by programs alone.
            if !plain.status.is_success() {
                continue;
            }
            answered += 1;
            for option in UNSERVED {
                let asked = format!("{path}?{option}");
                let answer = server.api_with(&world.administrator, Method::GET, &asked, &advanced, &Value::Null).await;
                if answer.status != StatusCode::BAD_REQUEST {
                    wrong.push(format!("{template}?{option}: {}", answer.status));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(answered >= ANSWERED, "{answered}");
    })
    .await;
}

/// Logs have no end that could be counted.
const UNCOUNTED: [&str; 2] = ["/v1.0/auditLogs/signIns", "/v1.0/auditLogs/directoryAudits"];

/// Collections answered to an administrator of the world at least.
const COLLECTIONS: usize = 40;

/// What is wrong with the answers of a collection of these items to pages, a number and a filter; nothing if all is right.
async fn unlike_others(
    ask: impl AsyncFn(String) -> Answer,
    (template, items): (&str, &[Value]),
    is_whole: bool,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let first = ask("?$top=1".to_owned()).await;
    let page = first.json();
    let has_more = page["@odata.nextLink"].is_string();
    let shown = page["value"].as_array().map(Vec::len);
    if !first.status.is_success() || shown.is_none_or(|shown| shown > 1 || (shown < items.len() && !has_more)) {
        wrong.push(format!("{template}?$top=1: {} {}", first.status, first.text));
    }
    if !UNCOUNTED.contains(&template) {
        let counted = ask("?$count=true".to_owned()).await;
        let number = counted.json()["@odata.count"].as_u64();
        let is_right = |number: u64| !is_whole || usize::try_from(number) == Ok(items.len());
        if !counted.status.is_success() || !number.is_some_and(is_right) {
            wrong.push(format!("{template}?$count=true: {} {}", counted.status, counted.text));
        }
    }
    // Some know no filter by id, and name it; none says that it is no collection.
    let id = items.first().and_then(|item| item["id"].as_str()).unwrap_or("00000000-0000-0000-0000-000000000000");
    let filtered = ask(format!("?$filter=id%20eq%20'{id}'")).await;
    let answer = filtered.json();
    let is_right = match answer["value"].as_array() {
        Some(found) => found.iter().all(|item| item["id"].as_str().is_none_or(|found| found == id)),
        None => {
            let is_named = ["id", "$filter"].iter().any(|name| answer["error"]["target"] == *name);
            filtered.status == StatusCode::BAD_REQUEST && is_named && !filtered.text.contains("collections only")
        }
    };
    if !is_right {
        wrong.push(format!("{template}?$filter: {} {}", filtered.status, filtered.text));
    }
    wrong
}

#[tokio::test]
async fn every_collection_has_pages_a_number_and_filters() {
    on_both_engines(async |server| {
        let world = World::new(&server, "Contoso", "contoso.example").await;
        let advanced = [("consistencylevel", "eventual")];
        let (mut wrong, mut seen) = (Vec::new(), 0);
        for template in api().filter_map(path_of).filter(|path| !path.ends_with("/delta")) {
            let path = world.path(template);
            let ask = async |options: String| {
                let path = format!("{path}{options}");
                server.api_with(&world.administrator, Method::GET, &path, &advanced, &Value::Null).await
            };
            let plain = ask(String::new()).await;
            // Pictures and numbers are no JSON.
            let body: Value = serde_json::from_str(&plain.text).unwrap_or_default();
            let Some(items) = body["value"].as_array().filter(|_| plain.status.is_success()) else { continue };
            let is_whole = body["@odata.nextLink"].is_null();
            wrong.extend(unlike_others(ask, (template, items.as_slice()), is_whole).await);
            seen += 1;
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(seen >= COLLECTIONS, "{seen}");
    })
    .await;
}

/// Collections and objects that are written whole, with a property of each.
const WHOLE: [(&str, &str); 21] = [
    ("/v1.0/subscriptions", "resource"),
    ("/v1.0/subscriptions/{subscription}", "resource"),
    ("/v1.0/policies/authorizationPolicy", "allowInvitesFrom"),
    ("/v1.0/policies/authenticationMethodsPolicy", "policyVersion"),
    ("/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations", "state"),
    ("/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{method}", "state"),
    ("/v1.0/policies/permissionGrantPolicies", "displayName"),
    ("/v1.0/policies/permissionGrantPolicies/{grant_policy}", "displayName"),
    ("/v1.0/policies/permissionGrantPolicies/{grant_policy}/includes", "permissionType"),
    ("/v1.0/policies/tokenLifetimePolicies", "definition"),
    ("/v1.0/policies/tokenLifetimePolicies/{lifetime_policy}", "isOrganizationDefault"),
    ("/v1.0/applications/{application}/tokenLifetimePolicies", "displayName"),
    ("/v1.0/servicePrincipals/{principal}/tokenLifetimePolicies", "displayName"),
    ("/v1.0/policies/adminConsentRequestPolicy", "isEnabled"),
    ("/v1.0/servicePrincipals/{principal}/delegatedPermissionClassifications", "classification"),
    ("/v1.0/servicePrincipals/{principal}/delegatedPermissionClassifications/{classification}", "classification"),
    ("/v1.0/domains/{domain}/verificationDnsRecords", "text"),
    ("/beta/policies/b2bManagementPolicies", "definition"),
    ("/beta/policies/externalIdentitiesPolicy", "allowExternalIdentitiesToLeave"),
    ("/v1.0/auditLogs/signIns/{id}", "status"),
    ("/v1.0/auditLogs/directoryAudits/{id}", "result"),
];

#[tokio::test]
async fn what_is_selected_is_answered_and_nothing_else() {
    on_both_engines(async |server| {
        let world = World::new(&server, "Contoso", "contoso.example").await;
        for (template, name) in WHOLE {
            let path = format!("{}?$select={name}", world.path(template));
            let answer = server.api_as(&world.administrator, Method::GET, &path, &Value::Null).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
            let body = answer.json();
            let objects = body["value"].as_array().cloned().unwrap_or_else(|| vec![body.clone()]);
            assert!(!objects.is_empty(), "{path}");
            for object in &objects {
                let names = object.as_object().expect("an object").keys().filter(|name| !name.starts_with('@'));
                assert_eq!(names.collect::<Vec<_>>(), [name], "{path}");
            }
            let unknown = format!("{}?$select=nothing", world.path(template));
            let answer = server.api_as(&world.administrator, Method::GET, &unknown, &Value::Null).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{unknown}: {}", answer.text);
            assert_eq!(answer.json()["error"]["target"], "nothing", "{unknown}");
        }
    })
    .await;
}
