//! Entity tags at everything that has versions, and what has none.

use crate::graph::{Caller, Permission};
use crate::testing::{Answer, TestServer, on_both_engines};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

async fn get(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    let answer = server.api_as(caller, Method::GET, path, &Value::Null).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
    answer
}

async fn send(server: &TestServer, caller: &Caller, method: Method, path: &str, (tag, body): (&str, &Value)) -> Answer {
    server.api_with(caller, method, path, &[("if-match", tag)], body).await
}

async fn made(server: &TestServer, caller: &Caller, path: &str, body: Value) -> Value {
    let answer = server.api_as(caller, Method::POST, path, &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{path}: {}", answer.text);
    answer.json()
}

fn id(object: &Value) -> &str {
    object["id"].as_str().expect("an id")
}

/// Objects with versions, each with two changes.
async fn versioned(server: &TestServer, caller: &Caller) -> Vec<(String, Method, [Value; 2])> {
    let app = made(server, caller, "/v1.0/applications", json!({ "displayName": "Travel" })).await;
    let principal = made(server, caller, "/v1.0/servicePrincipals", json!({ "appId": app["appId"] })).await;
    let own = json!({ "id": "own", "displayName": "Own" });
    made(server, caller, "/v1.0/policies/permissionGrantPolicies", own).await;
    let definition = r#"{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"00:30:00"}}"#;
    let lifetimes = "/v1.0/policies/tokenLifetimePolicies";
    let lifetime = made(server, caller, lifetimes, json!({ "displayName": "Own", "definition": [definition] })).await;
    let methods = "/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/email";
    let email = |state: &str| {
        json!({
            "@odata.type": "#microsoft.graph.emailAuthenticationMethodConfiguration",
            "allowExternalIdToUseEmailOtp": state,
        })
    };
    let organization = format!("/v1.0/organization/{}", caller.tenant);
    let privacy =
        |page: &str| json!({ "privacyProfile": { "statementUrl": format!("https://contoso.example/{page}") } });
    let consent = |days: i64| {
        json!({
            "isEnabled": false, "notifyReviewers": true, "remindersEnabled": true, "requestDurationInDays": days,
            "reviewers": [],
        })
    };
    let branding = format!("{organization}/branding");
    let first = server.api_as(caller, Method::PATCH, &branding, &json!({ "signInPageText": "Hello" })).await;
    assert_eq!(first.status, StatusCode::NO_CONTENT, "{}", first.text);
    let named = |name: &str| json!({ "displayName": name });
    let patch = Method::PATCH;
    vec![
        (format!("/v1.0/applications/{}", id(&app)), patch.clone(), [named("One"), named("Two")]),
        (
            format!("/v1.0/servicePrincipals/{}", id(&principal)),
            patch.clone(),
            [json!({ "appRoleAssignmentRequired": true }), json!({ "appRoleAssignmentRequired": false })],
        ),
        ("/v1.0/policies/permissionGrantPolicies/own".to_owned(), patch.clone(), [named("One"), named("Two")]),
        (format!("{lifetimes}/{}", id(&lifetime)), patch.clone(), [named("One"), named("Two")]),
        (
            "/v1.0/policies/authorizationPolicy".to_owned(),
            patch.clone(),
            [json!({ "allowInvitesFrom": "none" }), json!({ "allowInvitesFrom": "everyone" })],
        ),
        (methods.to_owned(), patch.clone(), [email("disabled"), email("enabled")]),
        (
            "/beta/policies/externalIdentitiesPolicy".to_owned(),
            patch.clone(),
            [json!({ "allowExternalIdentitiesToLeave": false }), json!({ "allowExternalIdentitiesToLeave": true })],
        ),
        ("/v1.0/policies/adminConsentRequestPolicy".to_owned(), Method::PUT, [consent(10), consent(20)]),
        (organization.clone(), patch.clone(), [privacy("one"), privacy("two")]),
        // It stands elsewhere than what else is told of the organisation.
        (organization, patch.clone(), [json!({ "preferredLanguage": "de" }), json!({ "preferredLanguage": "en" })]),
        (branding, patch, [json!({ "signInPageText": "One" }), json!({ "signInPageText": "Two" })]),
    ]
}

#[tokio::test]
async fn whoever_read_an_older_version_changes_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.application(tenant.id, Permission::ALL);
        for (path, method, [one, two]) in versioned(&server, &caller).await {
            let first = get(&server, &caller, &path).await;
            let tag = first.header("etag").to_owned();
            assert!(tag.starts_with("W/\""), "{path}: {tag}");
            assert_eq!(first.json()["@odata.etag"], tag, "{path}");
            let changed = send(&server, &caller, method.clone(), &path, (&tag, &one)).await;
            assert_eq!(changed.status, StatusCode::NO_CONTENT, "{path}: {}", changed.text);
            let late = send(&server, &caller, method.clone(), &path, (&tag, &two)).await;
            assert_eq!(late.status, StatusCode::PRECONDITION_FAILED, "{path}: {}", late.text);
            assert_eq!(late.json()["error"]["code"], "PreconditionFailed", "{path}");
            let now = get(&server, &caller, &path).await.header("etag").to_owned();
            assert_ne!(now, tag, "{path}");
            for tag in [now.as_str(), "*"] {
                let changed = send(&server, &caller, method.clone(), &path, (tag, &two)).await;
                assert_eq!(changed.status, StatusCode::NO_CONTENT, "{path} {tag}: {}", changed.text);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_read_an_older_version_removes_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.application(tenant.id, Permission::ALL);
        let can_go = [
            "/applications/",
            "/servicePrincipals/",
            "/permissionGrantPolicies/",
            "/tokenLifetimePolicies/",
            "/branding",
        ];
        let mut removed = versioned(&server, &caller).await;
        removed.retain(|(path, ..)| can_go.iter().any(|part| path.contains(part)));
        // The service principal goes with its registration.
        removed.reverse();
        assert_eq!(removed.len(), 5);
        for (path, _, [one, _]) in removed {
            let tag = get(&server, &caller, &path).await.header("etag").to_owned();
            let changed = server.api_as(&caller, Method::PATCH, &path, &one).await;
            assert_eq!(changed.status, StatusCode::NO_CONTENT, "{path}: {}", changed.text);
            let late = send(&server, &caller, Method::DELETE, &path, (&tag, &Value::Null)).await;
            assert_eq!(late.status, StatusCode::PRECONDITION_FAILED, "{path}: {}", late.text);
            let now = get(&server, &caller, &path).await.header("etag").to_owned();
            let gone = send(&server, &caller, Method::DELETE, &path, (&now, &Value::Null)).await;
            assert_eq!(gone.status, StatusCode::NO_CONTENT, "{path}: {}", gone.text);
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_is_of_a_version_that_has_none() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.application(tenant.id, Permission::ALL);
        let domain = made(&server, &caller, "/v1.0/domains", json!({ "id": "wanted.example" })).await;
        let path = format!("/v1.0/domains/{}", id(&domain));
        assert!(get(&server, &caller, &path).await.json().get("@odata.etag").is_none());
        for method in [Method::PATCH, Method::DELETE] {
            let answer = send(&server, &caller, method.clone(), &path, ("W/\"1\"", &json!({}))).await;
            assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED, "{method}: {}", answer.text);
        }
        let gone = send(&server, &caller, Method::DELETE, &path, ("*", &Value::Null)).await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text);
    })
    .await;
}
