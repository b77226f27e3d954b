//! What tokens say because an app asks for it.

use super::claims;
use super::flow::{Flow, guest, text, web};
use crate::sign_in::session::Method;
use crate::testing::{Answer, TestServer, on_both_engines};
use crate::users::ExternalUserState;
use axum::http;
use serde_json::{Value, json};

fn here(flow: &Flow<'_>) -> String {
    format!("/v1.0/applications(appId='{}')", flow.app.client_id)
}

async fn ask_for(server: &TestServer, flow: &Flow<'_>, wanted: Value) -> Answer {
    let admin = server.administrator(&flow.tenant).await;
    server.api_as(&admin, http::Method::PATCH, &here(flow), &json!({ "optionalClaims": wanted })).await
}

fn named(names: &[&str]) -> Value {
    names.iter().map(|name| json!({ "name": name })).collect()
}

/// The ID token, and an access token for the app itself.
async fn told(flow: &Flow<'_>) -> [Value; 2] {
    let own = format!("openid offline_access api://{}/.default", flow.app.client_id);
    let code = flow.ask(&[("scope", &own)]).await["code"].clone();
    let answer = flow.redeem(&code, &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    ["id_token", "access_token"].map(|token| claims(text(&answer.json(), token)))
}

#[tokio::test]
async fn a_member_is_told_as_the_app_asks() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let [id, access] = told(&flow).await;
        for name in ["email", "upn", "given_name", "xms_edov", "login_hint", "xms_tpl"] {
            assert_eq!((id.get(name), access.get(name)), (None, None), "{name}");
        }
        let admin = server.administrator(&flow.tenant).await;
        let person = json!({ "givenName": "Mara", "surname": "Quinn", "mail": "mara@contoso.example" });
        let path = format!("/v1.0/users/{}", flow.user.id);
        assert_eq!(server.api_as(&admin, http::Method::PATCH, &path, &person).await.status, 204);
        let wanted = json!({
            "idToken": named(&["email", "given_name", "family_name", "xms_edov", "xms_tpl", "sid"]),
            "accessToken": named(&["upn", "login_hint"]),
        });
        assert_eq!(ask_for(&server, &flow, wanted).await.status, 204);
        let [id, access] = told(&flow).await;
        for (name, value) in [
            ("email", json!("mara@contoso.example")),
            ("given_name", json!("Mara")),
            ("family_name", json!("Quinn")),
            ("xms_edov", json!(true)),
            ("xms_tpl", json!("en")),
        ] {
            assert_eq!((id.get(name), access.get(name)), (Some(&value), None), "{name}");
        }
        for name in ["upn", "login_hint"] {
            assert_eq!((id.get(name), &access[name]), (None, &json!("mara@contoso.example")), "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_name_of_a_guest_is_written_only_where_the_app_knows_it() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = guest(&server, &tenant, "sam@fabrikam.example", ExternalUserState::Accepted).await;
        let flow = Flow::with(&server, tenant, sam, Method::Passcode, web()).await;
        for (properties, written) in [
            (json!([]), None),
            (json!(["include_externally_authenticated_upn"]), Some("sam_fabrikam.example#EXT#@contoso.example")),
            (
                json!(["include_externally_authenticated_upn_without_hash"]),
                Some("sam_fabrikam.example_EXT_@contoso.example"),
            ),
        ] {
            let upn = json!({ "name": "upn", "additionalProperties": properties });
            let wanted = json!({ "idToken": [upn, { "name": "xms_edov" }] });
            assert_eq!(ask_for(&server, &flow, wanted).await.status, 204);
            let [id, _] = told(&flow).await;
            assert_eq!(id.get("upn").and_then(Value::as_str), written);
            assert_eq!(id["xms_edov"], true, "a mailed code proves the address");
        }
    })
    .await;
}

#[tokio::test]
async fn groups_stand_among_the_roles_where_the_app_wants_it_so() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let admin = server.administrator(&flow.tenant).await;
        let body = json!({
            "displayName": "Own", "mailNickname": "own", "mailEnabled": false, "securityEnabled": true,
            "members@odata.bind": [format!("http://localhost:8080/v1.0/users/{}", flow.user.id)],
        });
        let group = server.api_as(&admin, http::Method::POST, "/v1.0/groups", &body).await.json()["id"].clone();
        let change = json!({
            "groupMembershipClaims": "SecurityGroup",
            "optionalClaims": { "accessToken": [{ "name": "groups", "additionalProperties": ["emit_as_roles"] }] },
        });
        assert_eq!(server.api_as(&admin, http::Method::PATCH, &here(&flow), &change).await.status, 204);
        let [id, access] = told(&flow).await;
        assert_eq!((&id["groups"], id.get("roles")), (&json!([group]), None));
        assert_eq!((access.get("groups"), &access["roles"]), (None, &json!([group])));
    })
    .await;
}

#[tokio::test]
async fn what_no_token_carries_is_refused_and_lists_are_merged() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        for wrong in [
            json!({ "idToken": named(&["onprem_sid"]) }),
            json!({ "idToken": named(&["email", "email"]) }),
            json!({ "idToken": [{ "name": "email", "source": "user" }] }),
            json!({ "idToken": [{ "name": "email", "additionalProperties": ["emit_as_roles"] }] }),
            json!({ "saml2Token": named(&["email"]) }),
            json!({ "refreshToken": [] }),
        ] {
            let refused = ask_for(&server, &flow, wrong.clone()).await;
            let target = &refused.json()["error"]["target"];
            assert_eq!((refused.status.as_u16(), target), (400, &json!("optionalClaims")), "{wrong}");
        }
        let admin = server.administrator(&flow.tenant).await;
        let read = async || {
            let answer = server.api_as(&admin, http::Method::GET, &here(&flow), &Value::Null).await;
            answer.json()["optionalClaims"].clone()
        };
        assert_eq!(read().await, Value::Null);
        assert_eq!(ask_for(&server, &flow, json!({ "idToken": named(&["email"]) })).await.status, 204);
        assert_eq!(ask_for(&server, &flow, json!({ "accessToken": named(&["upn"]) })).await.status, 204);
        let email = json!({ "name": "email", "source": null, "essential": false, "additionalProperties": [] });
        let shown = read().await;
        assert_eq!((&shown["idToken"], &shown["accessToken"][0]["name"]), (&json!([email]), &json!("upn")));
        assert_eq!(ask_for(&server, &flow, Value::Null).await.status, 204);
        assert_eq!(read().await, Value::Null);
    })
    .await;
}
