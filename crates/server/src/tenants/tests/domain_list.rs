//! The list of domains in the form scripts know.

use super::{get, patch};
use crate::testing::{ADDRESS, on_both_engines};
use axum::http::Method;
use serde_json::{Value, json};

const POLICIES: &str = "/beta/policies/b2bManagementPolicies";
const SETTINGS: &str = "/vestibule/v1/collaborationSettings";

fn policy(allowed: &[&str], blocked: &[&str]) -> Value {
    let lists = json!({ "AllowedDomains": allowed, "BlockedDomains": blocked });
    let definition = json!({ "B2BManagementPolicy": { "InvitationsAllowedAndBlockedDomainsPolicy": lists } });
    json!({ "definition": [definition.to_string()], "displayName": "B2BManagementPolicy", "isOrganizationDefault": true })
}

#[tokio::test]
async fn the_list_is_made_changed_and_removed_as_a_policy_with_a_text_in_it() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        assert_eq!(get(&server, &ada, POLICIES).await.json()["value"], json!([]));
        let made = server.api_as(&ada, Method::POST, POLICIES, &policy(&[], &["Tailspin.example"])).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let list = get(&server, &ada, SETTINGS).await.json()["domainList"].clone();
        assert_eq!(list, json!({ "kind": "deny", "domains": ["tailspin.example"] }));
        let path = format!("{POLICIES}/{}", made.json()["id"].as_str().expect("an id"));
        assert_eq!(server.api_as(&ada, Method::POST, POLICIES, &policy(&["a.example"], &[])).await.status, 409);
        assert_eq!(patch(&server, &ada, &path, &policy(&["fabrikam.example"], &[])).await.status, 204);
        let shown = get(&server, &ada, &path).await.json();
        let context = format!("{ADDRESS}/beta/$metadata#policies/b2bManagementPolicies");
        assert_eq!(shown["@odata.context"], format!("{context}/$entity"), "it names the version that was asked");
        assert_eq!(get(&server, &ada, POLICIES).await.json()["@odata.context"], context);
        let text: Value = serde_json::from_str(shown["definition"][0].as_str().expect("a text")).expect("JSON");
        let lists = &text["B2BManagementPolicy"]["InvitationsAllowedAndBlockedDomainsPolicy"];
        assert_eq!(*lists, json!({ "AllowedDomains": ["fabrikam.example"], "BlockedDomains": [] }));
        let body = json!({ "invitedUserEmailAddress": "sam@partner.example", "inviteRedirectUrl": "https://myapps.microsoft.com" });
        assert_eq!(server.api_as(&ada, Method::POST, "/v1.0/invitations", &body).await.status, 400);
        assert_eq!(server.api_as(&ada, Method::DELETE, &path, &Value::Null).await.status, 204);
        assert_eq!(get(&server, &ada, &path).await.status, 404);
        assert_eq!(server.api_as(&ada, Method::POST, "/v1.0/invitations", &body).await.status, 201);
    })
    .await;
}

#[tokio::test]
async fn a_definition_that_makes_no_sense_changes_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        for definition in [
            json!([]),
            json!(["{"]),
            json!(["[]"]),
            json!(["{}", "{}"]),
            json!([r#"{"B2BManagementPolicy":{}}"#]),
            json!([r#"{"B2BManagementPolicy":{"InvitationsAllowedAndBlockedDomainsPolicy":{"BlockedDomains":["no domain"]}}}"#]),
            json!([r#"{"B2BManagementPolicy":{"InvitationsAllowedAndBlockedDomainsPolicy":{"BlockedDomains":["a.example"],"AllowedDomains":["b.example"]}}}"#]),
            json!([r#"{"B2BManagementPolicy":{"InvitationsAllowedAndBlockedDomainsPolicy":{},"AutoRedeemPolicy":{}}}"#]),
        ] {
            let refused = server.api_as(&ada, Method::POST, POLICIES, &json!({ "definition": definition })).await;
            assert_eq!(refused.status, 400, "{definition}: {}", refused.text);
        }
        assert_eq!(get(&server, &ada, POLICIES).await.json()["value"], json!([]));
    })
    .await;
}
