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
            json!([r#"{"B2BManagementPolicy":{"AutoRedeemPolicy":{}}}"#]),
        ] {
            let refused = server.api_as(&ada, Method::POST, POLICIES, &json!({ "definition": definition })).await;
            assert_eq!(refused.status, 400, "{definition}: {}", refused.text);
        }
        assert_eq!(get(&server, &ada, POLICIES).await.json()["value"], json!([]));
    })
    .await;
}

/// A definition that blocks a domain, with these parts beside the list.
fn with_parts(domain: &str, parts: &Value) -> Value {
    let mut policy = json!({ "InvitationsAllowedAndBlockedDomainsPolicy": { "BlockedDomains": [domain] } });
    policy.as_object_mut().expect("an object").extend(parts.as_object().cloned().expect("an object"));
    json!({ "definition": [json!({ "B2BManagementPolicy": policy }).to_string()] })
}

/// What the definition of a policy that was read holds.
fn held(policy: &Value) -> Value {
    let text = policy["definition"][0].as_str().expect("a text");
    serde_json::from_str::<Value>(text).expect("JSON")["B2BManagementPolicy"].clone()
}

#[tokio::test]
async fn parts_beside_the_list_that_ask_for_nothing_are_kept_as_they_were_written() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let nobody = json!({ "AdminConsentedForUsersIntoTenantIds": [], "NoAADConsentForUsersFromTenantsIds": [] });
        let parts = json!({ "PreviewPolicy": { "Features": ["OneTimePasscode"] }, "AutoRedeemPolicy": nobody });
        let made = server.api_as(&ada, Method::POST, POLICIES, &with_parts("a.example", &parts)).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let path = format!("{POLICIES}/{}", made.json()["id"].as_str().expect("an id"));
        let first = held(&made.json());
        for name in ["PreviewPolicy", "AutoRedeemPolicy"] {
            assert_eq!(first[name], parts[name], "{name}");
        }

        // What was read, with another list in it, is sent back whole.
        let mut read = get(&server, &ada, &path).await.json();
        let mut sent = held(&read);
        sent["InvitationsAllowedAndBlockedDomainsPolicy"]["BlockedDomains"] = json!(["b.example"]);
        read["definition"] = json!([json!({ "B2BManagementPolicy": sent }).to_string()]);
        let changed = patch(&server, &ada, &path, &read).await;
        assert_eq!(changed.status, 204, "{}", changed.text);
        let after = held(&get(&server, &ada, &path).await.json());
        assert_eq!(after["InvitationsAllowedAndBlockedDomainsPolicy"]["BlockedDomains"], json!(["b.example"]));
        assert_eq!((&after["PreviewPolicy"], &after["AutoRedeemPolicy"]), (&parts["PreviewPolicy"], &nobody));

        for parts in [
            json!({}),
            json!({ "PreviewPolicy": {}, "AutoRedeemPolicy": { "AdminConsentedForUsersIntoTenantIds": [] } }),
        ] {
            assert_eq!(patch(&server, &ada, &path, &with_parts("c.example", &parts)).await.status, 204, "{parts}");
            let mut after = held(&get(&server, &ada, &path).await.json());
            after.as_object_mut().expect("an object").remove("InvitationsAllowedAndBlockedDomainsPolicy");
            assert_eq!(after, parts);
        }
        // Another way to change the list leaves them; without a list there is nothing beside it.
        let deny = json!({ "domainList": { "kind": "deny", "domains": ["d.example"] } });
        assert_eq!(patch(&server, &ada, SETTINGS, &deny).await.status, 204);
        assert_eq!(held(&get(&server, &ada, &path).await.json())["PreviewPolicy"], json!({}));
        assert_eq!(server.api_as(&ada, Method::DELETE, &path, &Value::Null).await.status, 204);
        let anew = server.api_as(&ada, Method::POST, POLICIES, &policy(&[], &["e.example"])).await;
        assert_eq!(held(&anew.json()).get("PreviewPolicy"), None, "{}", anew.text);
    })
    .await;
}

#[tokio::test]
async fn parts_beside_the_list_that_ask_for_what_is_not_done_are_refused_by_name() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let made = server.api_as(&ada, Method::POST, POLICIES, &policy(&[], &["e.example"])).await;
        let path = format!("{POLICIES}/{}", made.json()["id"].as_str().expect("an id"));
        let before = get(&server, &ada, &path).await.text;
        let elsewhere = server.entropy.random_uuid();
        for (parts, named) in [
            (
                json!({ "AutoRedeemPolicy": { "AdminConsentedForUsersIntoTenantIds": [elsewhere] } }),
                "AutoRedeemPolicy.Admin",
            ),
            (
                json!({ "AutoRedeemPolicy": { "NoAADConsentForUsersFromTenantsIds": [elsewhere] } }),
                "AutoRedeemPolicy.NoAAD",
            ),
            (json!({ "AutoRedeemPolicy": { "Everybody": true } }), "Everybody"),
            (json!({ "AutoRedeemPolicy": true }), "AutoRedeemPolicy"),
            (json!({ "PreviewPolicy": { "Features": ["Telepathy"] } }), "Telepathy"),
            (json!({ "PreviewPolicy": { "Features": ["OneTimePasscode", "OneTimePasscode"] } }), "more than once"),
            (json!({ "PreviewPolicy": { "Features": "OneTimePasscode" } }), "Features"),
            (json!({ "CrossTenantPolicy": {} }), "CrossTenantPolicy"),
        ] {
            let refused = patch(&server, &ada, &path, &with_parts("b.example", &parts)).await;
            assert_eq!(refused.status, 400, "{parts}: {}", refused.text);
            assert!(refused.text.contains(named), "{parts}: {}", refused.text);
        }
        assert_eq!(get(&server, &ada, &path).await.text, before, "what was refused changed nothing");
    })
    .await;
}

#[tokio::test]
async fn a_definition_counts_on_codes_by_mail_as_long_as_there_are_any() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let codes = with_parts("a.example", &json!({ "PreviewPolicy": { "Features": ["OneTimePasscode"] } }));
        let made = server.api_as(&ada, Method::POST, POLICIES, &codes).await;
        let path = format!("{POLICIES}/{}", made.json()["id"].as_str().expect("an id"));
        let email = "/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/email";
        let kind = "#microsoft.graph.emailAuthenticationMethodConfiguration";
        let switch = |state: &str| json!({ "@odata.type": kind, "allowExternalIdToUseEmailOtp": state });
        assert_eq!(patch(&server, &ada, email, &switch("disabled")).await.status, 204);
        let read = get(&server, &ada, &path).await.json();
        assert_eq!(held(&read)["PreviewPolicy"], json!({ "Features": [] }), "it no longer says that there are any");
        let refused = patch(&server, &ada, &path, &codes).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!("definition")));
        assert!(refused.text.contains("PreviewPolicy"), "{}", refused.text);
        assert_eq!(patch(&server, &ada, email, &switch("enabled")).await.status, 204);
        assert_eq!(
            held(&get(&server, &ada, &path).await.json())["PreviewPolicy"]["Features"],
            json!(["OneTimePasscode"])
        );
        assert_eq!(patch(&server, &ada, email, &switch("disabled")).await.status, 204);
        assert_eq!(patch(&server, &ada, &path, &read).await.status, 204, "what was read is taken back");
    })
    .await;
}
