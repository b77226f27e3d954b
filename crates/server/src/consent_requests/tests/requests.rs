//! `identityGovernance/appConsent/appConsentRequests`.

use super::request;
use crate::applications::Changes;
use crate::consent_requests::consent_request::Status;
use crate::consent_requests::{self, store};
use crate::graph::{Permission, Role};
use crate::platform::ids::{ClientId, ServicePrincipalId};
use crate::service_principals::{self, ServicePrincipal};
use crate::tenants::Tenant;
use crate::testing::{TestServer, on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const REQUESTS: &str = "/v1.0/identityGovernance/appConsent/appConsentRequests";

async fn principal(server: &TestServer, tenant: &Tenant, client: ClientId) -> ServicePrincipal {
    let mut tx = server.read().await.expect("a connection");
    let found = service_principals::store::find_by_client(&mut tx, tenant.id, client).await.expect("an answer");
    found.expect("a service principal")
}

async fn app(server: &TestServer, tenant: &Tenant, name: &str) -> ServicePrincipalId {
    let app = server.app(tenant, name, Changes::default()).await;
    principal(server, tenant, app.client_id.parse().expect("an id")).await.id
}

#[tokio::test]
async fn apps_are_listed_with_what_waits_and_who_asked() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let [mia, oskar] = [server.member(&tenant, "mia", &[]).await, server.member(&tenant, "oskar", &[]).await];
        let api = principal(&server, &tenant, ClientId(crate::graph::permission::RESOURCE)).await.id;
        let (travel, wiki) = (app(&server, &tenant, "Travel").await, app(&server, &tenant, "Wiki").await);
        request(&server, &mia, (travel, api), "User.Read.All openid").await;
        let second = request(&server, &oskar, (travel, api), "openid Group.Read.All").await;
        let done = request(&server, &mia, (wiki, api), "User.Read.All").await;
        let mut tx = server.write().await.expect("a transaction");
        let now = server.clock.now();
        assert!(store::complete(&mut tx, &done, (Status::Expired, None), now).await.expect("an answer"));
        assert!(!store::complete(&mut tx, &done, (Status::Completed, None), now).await.expect("an answer"));
        tx.commit().await.expect("a commit");

        let reader = server.application(tenant.id, &[Permission::ConsentRequestReadAll]);
        let get = async |path: String| {
            let headers = [("consistencylevel", "eventual")];
            server.api_with(&reader, Method::GET, &path, &headers, &Value::Null).await
        };
        let all = get(format!("{REQUESTS}?$orderby=appDisplayName%20desc&$count=true")).await.json();
        assert_eq!(all["@odata.count"], 2);
        let names: Vec<_> = all["value"].as_array().expect("apps").iter().map(|app| &app["appDisplayName"]).collect();
        assert_eq!(names, ["Wiki", "Travel"]);
        assert_eq!(all["value"][0]["pendingScopes"], json!([]));
        let scopes = all["value"][1]["pendingScopes"].as_array().expect("scopes").iter();
        let scopes: BTreeSet<_> = scopes.map(|scope| scope["displayName"].as_str().expect("a name")).collect();
        assert_eq!(scopes, BTreeSet::from(["User.Read.All", "openid", "Group.Read.All"]), "each once");
        for (filter, count) in [
            ("userConsentRequests/any(u:u/status%20eq%20'InProgress')", 1),
            ("userConsentRequests/any(u:u/status%20eq%20'Expired')", 1),
            ("userConsentRequests/any(u:u/status%20eq%20'Completed')", 0),
            ("appDisplayName%20eq%20'travel'", 1),
        ] {
            let found = get(format!("{REQUESTS}?$filter={filter}")).await.json();
            assert_eq!(found["value"].as_array().map(Vec::len), Some(count), "{filter}: {found}");
        }
        let first = get(format!("{REQUESTS}?$top=1")).await.json();
        let next = first["@odata.nextLink"].as_str().expect("a link").to_owned();
        let next = next.strip_prefix(crate::testing::ADDRESS).expect("our address").to_owned();
        assert_eq!(get(next).await.json()["value"].as_array().map(Vec::len), Some(1));

        assert_eq!(get(format!("{REQUESTS}/{travel}")).await.json()["appDisplayName"], "Travel");
        let of_travel = format!("{REQUESTS}/{travel}/userConsentRequests");
        let people = get(format!("{of_travel}?$count=true&$filter=status%20eq%20'InProgress'")).await.json();
        assert_eq!(people["@odata.count"], 2);
        let one = get(format!("{of_travel}/{}", second.id)).await.json();
        assert_eq!((&one["reason"], &one["status"]), (&json!("For the audit"), &json!("InProgress")));
        assert_eq!(one["createdBy"]["user"], json!({ "id": oskar.id, "displayName": "oskar" }));
        assert_eq!((&one["approvalId"], &one["completedDateTime"]), (&json!(second.id), &Value::Null));
        let lapsed = get(format!("{REQUESTS}/{wiki}/userConsentRequests/{}", done.id)).await.json();
        assert!(lapsed["completedDateTime"].is_string(), "{lapsed}");
        for missing in [
            format!("{REQUESTS}/{api}"),
            format!("{REQUESTS}/nothing"),
            format!("{of_travel}/{}", done.id),
            format!("{REQUESTS}/{api}/userConsentRequests"),
        ] {
            assert_eq!(get(missing.clone()).await.status, 404, "{missing}");
        }
    })
    .await;
}

#[tokio::test]
async fn reviewers_read_what_they_answer_and_others_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let [mia, rolf] = [server.member(&tenant, "mia", &[]).await, server.member(&tenant, "rolf", &[]).await];
        let api = principal(&server, &tenant, ClientId(crate::graph::permission::RESOURCE)).await.id;
        let travel = app(&server, &tenant, "Travel").await;
        request(&server, &mia, (travel, api), "User.Read.All").await;
        let role = "/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq \
                    '5d6b6bb7-de71-4623-b4af-96380a352509'";
        let body = json!({
            "isEnabled": true, "notifyReviewers": true, "remindersEnabled": false, "requestDurationInDays": 30,
            "reviewers": [{ "query": format!("/users/{}", rolf.id) }, { "query": role }],
        });
        let ada = server.administrator(&tenant).await;
        let path = "/v1.0/policies/adminConsentRequestPolicy";
        assert_eq!(server.api_as(&ada, Method::PUT, path, &body).await.status, 204);
        let settled = request(&server, &rolf, (travel, api), "User.Read.All").await;
        let mut tx = server.write().await.expect("a transaction");
        let now = server.clock.now();
        assert!(store::complete(&mut tx, &settled, (Status::Completed, None), now).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        let own = format!("{REQUESTS}/filterByCurrentUser(on='reviewer')");
        let of_travel = format!("{REQUESTS}/{travel}/userConsentRequests/filterByCurrentUser(on='reviewer')");
        for (caller, all, answered) in [
            (person(&mia, Vec::new()), 403, 0),
            (person(&rolf, Vec::new()), 200, 1),
            (person(&mia, vec![Role::SecurityReader]), 200, 1),
            (person(&mia, vec![Role::ApplicationAdministrator]), 200, 0),
        ] {
            assert_eq!(server.api_as(&caller, Method::GET, REQUESTS, &Value::Null).await.status, all, "{caller:?}");
            for path in [own.clone(), own.replace('\'', "%27")] {
                let found = server.api_as(&caller, Method::GET, &path, &Value::Null).await.json();
                assert_eq!(found["value"].as_array().map(Vec::len), Some(answered), "{caller:?} {path}");
            }
            // Whoever reads none of it does not learn that somebody asked for the app; what was answered waits for nobody.
            let advanced = [("consistencylevel", "eventual")];
            let path = format!("{of_travel}?$count=true");
            let found = server.api_with(&caller, Method::GET, &path, &advanced, &Value::Null).await;
            assert_eq!(found.status, all, "{caller:?}: {}", found.text);
            if all == 200 {
                let found = found.json();
                assert_eq!(found["value"].as_array().map(Vec::len), Some(answered), "{caller:?}: {found}");
                assert_eq!(found["@odata.count"], answered, "{caller:?}");
            }
            let of_nothing = of_travel.replace(&travel.to_string(), &api.to_string());
            let absent = server.api_as(&caller, Method::GET, &of_nothing, &Value::Null).await;
            assert_eq!(absent.status, if all == 200 { 404 } else { 403 }, "{caller:?}: {}", absent.text);
        }
        let program = server.application(tenant.id, &[Permission::ConsentRequestReadAll]);
        let refused = server.api_as(&program, Method::GET, &own, &Value::Null).await;
        assert!(refused.status.is_client_error(), "a program is no current user: {}", refused.text);
        let refused = server.api_as(&program, Method::GET, &of_travel, &Value::Null).await;
        assert_eq!(refused.status, 400, "a program is no current user: {}", refused.text);
    })
    .await;
}

#[tokio::test]
async fn what_is_purged_takes_its_requests_along() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let [mia, oskar] = [server.member(&tenant, "mia", &[]).await, server.member(&tenant, "oskar", &[]).await];
        let api = principal(&server, &tenant, ClientId(crate::graph::permission::RESOURCE)).await.id;
        let (travel, wiki) = (app(&server, &tenant, "Travel").await, app(&server, &tenant, "Wiki").await);
        for user in [&mia, &oskar] {
            for client in [travel, wiki] {
                request(&server, user, (client, api), "User.Read.All").await;
            }
        }
        let mut tx = server.write().await.expect("a transaction");
        let now = server.clock.now();
        assert!(store::block(&mut tx, tenant.id, travel, now).await.expect("an answer"));
        assert!(!store::block(&mut tx, tenant.id, travel, now).await.expect("an answer"));
        consent_requests::forget_user(&mut tx, tenant.id, mia.id).await.expect("done");
        assert_eq!(store::count_open(&mut tx, tenant.id).await.expect("a number"), 2);
        assert_eq!(consent_requests::forget_app(&mut tx, tenant.id, travel, 1).await.expect("done"), 1);
        assert_eq!(store::list_all_open(&mut tx, tenant.id, 10).await.expect("rows").len(), 1);
        assert!(!store::is_blocked(&mut tx, tenant.id, travel).await.expect("an answer"));
        assert_eq!(consent_requests::forget_app(&mut tx, tenant.id, api, 10).await.expect("done"), 1);
        assert_eq!(store::count_open(&mut tx, tenant.id).await.expect("a number"), 0);
        tx.commit().await.expect("a commit");
    })
    .await;
}
