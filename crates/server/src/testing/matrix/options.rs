//! Options of a query are served or refused by name at every route of Graph that reads, and passed over at none.

use super::table::{Row, api};
use super::world::World;
use crate::testing::on_both_engines;
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

/// Collections and objects that are written whole, with a property of each.
const WHOLE: [(&str, &str); 20] = [
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
