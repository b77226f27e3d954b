//! What tokens say of groups and directory roles.

use super::claims;
use super::flow::{Flow, text, web};
use crate::applications::{Changes, GroupClaim};
use crate::graph::{Caller, Role};
use crate::sign_in::session::Method;
use crate::testing::{TestServer, on_both_engines};
use axum::http;
use serde_json::{Value, json};

async fn post(server: &TestServer, caller: &Caller, path: &str, body: Value) -> Value {
    let answer = server.api_as(caller, http::Method::POST, path, &body).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.text);
    answer.json()
}

async fn group(server: &TestServer, caller: &Caller, name: &str, member: &str) -> String {
    let body = json!({
        "displayName": name, "mailNickname": "group", "mailEnabled": false, "securityEnabled": true,
        "members@odata.bind": [format!("http://localhost:8080/v1.0/directoryObjects/{member}")],
    });
    post(server, caller, "/v1.0/groups", body).await["id"].as_str().expect("an id").to_owned()
}

/// An app that is told these, a member with a role in front of it, and an administrator.
async fn flow<'s>(server: &'s TestServer, told: &[GroupClaim]) -> (Flow<'s>, Caller) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let admin = server.administrator(&tenant).await;
    let user = server.member(&tenant, "mara", &[Role::GuestInviter]).await;
    let properties = Changes { group_membership_claims: Some(told.to_vec()), ..web() };
    (Flow::with(server, tenant, user, Method::Password, properties).await, admin)
}

/// The address of the registration, or of the service principal.
fn path(set: &str, flow: &Flow<'_>) -> String {
    format!("/v1.0/{set}(appId='{}')", flow.app.client_id)
}

async fn tell(flow: &Flow<'_>, admin: &Caller, told: &str) {
    let body = json!({ "groupMembershipClaims": told });
    let answer = flow.server.api_as(admin, http::Method::PATCH, &path("applications", flow), &body).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
}

#[tokio::test]
async fn tokens_name_the_groups_that_an_app_wants_to_know() {
    on_both_engines(async |server| {
        let (flow, admin) = flow(&server, &[GroupClaim::SecurityGroup]).await;
        let inner = group(&server, &admin, "inner", &flow.user.id.to_string()).await;
        let mut all = [inner.clone(), group(&server, &admin, "outer", &inner).await];
        group(&server, &admin, "others", &server.member(&flow.tenant, "other", &[]).await.id.to_string()).await;
        all.sort();
        let tokens = flow.tokens().await;
        let id = claims(text(&tokens, "id_token"));
        assert_eq!(id["groups"], json!(all), "directly and through other groups");
        assert_eq!(id.get("wids"), None);
        let access = claims(text(&tokens, "access_token"));
        assert_eq!(access.get("groups"), None, "the directory is asked, not told");

        tell(&flow, &admin, "ApplicationGroup").await;
        let none = flow.refresh(text(&tokens, "refresh_token"), &[]).await.json();
        assert_eq!(claims(text(&none, "id_token")).get("groups"), None, "no group is assigned");
        let principal = server.api_as(&admin, http::Method::GET, &path("servicePrincipals", &flow), &Value::Null).await;
        let default = "00000000-0000-0000-0000-000000000000";
        for group in &all {
            let body = json!({ "principalId": group, "resourceId": principal.json()["id"], "appRoleId": default });
            post(&server, &admin, &format!("/v1.0/groups/{group}/appRoleAssignments"), body).await;
        }
        let own = format!("openid offline_access api://{}/.default", flow.app.client_id);
        let code = flow.ask(&[("scope", &own)]).await["code"].clone();
        let tokens = flow.redeem(&code, &[]).await.json();
        for token in ["id_token", "access_token"] {
            assert_eq!(claims(text(&tokens, token))["groups"], json!([inner]), "{token}: nesting does not count");
        }

        tell(&flow, &admin, "DirectoryRole").await;
        let tokens = flow.refresh(text(&tokens, "refresh_token"), &[]).await.json();
        let id = claims(text(&tokens, "id_token"));
        assert_eq!(id["wids"], json!([Role::GuestInviter.id()]));
        assert_eq!(id.get("groups"), None);
    })
    .await;
}

#[tokio::test]
async fn of_more_groups_than_a_token_holds_it_says_where_to_ask() {
    on_both_engines(async |server| {
        let (flow, admin) = flow(&server, &[GroupClaim::All]).await;
        let mara = flow.user.id.to_string();
        for count in 0..200 {
            group(&server, &admin, &format!("group {count}"), &mara).await;
        }
        let tokens = flow.tokens().await;
        let id = claims(text(&tokens, "id_token"));
        assert_eq!(id["groups"].as_array().map(Vec::len), Some(200));
        assert_eq!(id["wids"], json!([Role::GuestInviter.id()]));
        group(&server, &admin, "one more", &mara).await;
        let tokens = flow.refresh(text(&tokens, "refresh_token"), &[]).await.json();
        let id = claims(text(&tokens, "id_token"));
        assert_eq!(id.get("groups"), None);
        assert_eq!(id["_claim_names"], json!({ "groups": "src1" }));
        let endpoint = id["_claim_sources"]["src1"]["endpoint"].as_str().expect("an address").to_owned();
        assert_eq!(endpoint, format!("http://localhost:8080/v1.0/users/{mara}/getMemberObjects"));
        let there = endpoint.strip_prefix("http://localhost:8080").expect("our address");
        let asked = post(&server, &admin, there, json!({ "securityEnabledOnly": true })).await;
        assert_eq!(asked["value"].as_array().map(Vec::len), Some(201));
    })
    .await;
}

#[tokio::test]
async fn what_an_app_is_told_is_part_of_its_registration() {
    on_both_engines(async |server| {
        let (flow, admin) = flow(&server, &[]).await;
        let here = path("applications", &flow);
        let read = async || server.api_as(&admin, http::Method::GET, &here, &Value::Null).await.json();
        assert_eq!(read().await["groupMembershipClaims"], Value::Null);
        tell(&flow, &admin, "SecurityGroup, DirectoryRole").await;
        assert_eq!(read().await["groupMembershipClaims"], "SecurityGroup,DirectoryRole");
        let wrong = json!({ "groupMembershipClaims": "Everything" });
        let refused = server.api_as(&admin, http::Method::PATCH, &here, &wrong).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.json()["error"]["target"]),
            (400, &json!("groupMembershipClaims"))
        );
        let none = json!({ "groupMembershipClaims": null });
        assert_eq!(server.api_as(&admin, http::Method::PATCH, &here, &none).await.status, 204);
        assert_eq!(read().await["groupMembershipClaims"], Value::Null);
    })
    .await;
}
