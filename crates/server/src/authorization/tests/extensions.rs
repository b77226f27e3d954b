//! What tokens say of properties that apps added.

use super::claims;
use super::flow::{Flow, text};
use crate::testing::{TestServer, on_both_engines};
use axum::http::Method;
use serde_json::{Value, json};

/// The ID token, and an access token for the app itself.
async fn told(flow: &Flow<'_>) -> [Value; 2] {
    let own = format!("openid offline_access api://{}/.default", flow.app.client_id);
    let code = flow.ask(&[("scope", &own)]).await["code"].clone();
    let answer = flow.redeem(&code, &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    ["id_token", "access_token"].map(|token| claims(text(&answer.json(), token)))
}

async fn set_up(server: &TestServer, flow: &Flow<'_>) -> [String; 2] {
    let admin = server.administrator(&flow.tenant).await;
    let path = format!("/v1.0/applications(appId='{}')/extensionProperties", flow.app.client_id);
    let mut names = [String::new(), String::new()];
    for (name, body) in names.iter_mut().zip([
        json!({ "name": "code", "dataType": "Integer", "targetObjects": ["User"] }),
        json!({ "name": "sites", "dataType": "String", "isMultiValued": true, "targetObjects": ["User"] }),
    ]) {
        let made = server.api_as(&admin, Method::POST, &path, &body).await.json();
        made["name"].as_str().expect("a name").clone_into(name);
    }
    names
}

#[tokio::test]
async fn an_app_is_told_what_it_asks_for() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let admin = server.administrator(&flow.tenant).await;
        let [code, sites] = set_up(&server, &flow).await;
        let claim = |name: &str| json!({ "name": name, "source": "user" });
        let wanted = json!({ "idToken": [claim(&code), claim(&sites)], "accessToken": [claim(&code)] });
        let here = format!("/v1.0/applications(appId='{}')", flow.app.client_id);
        let asked = json!({ "optionalClaims": wanted });
        assert_eq!(server.api_as(&admin, Method::PATCH, &here, &asked).await.status, 204);
        let [id, access] = told(&flow).await;
        assert_eq!((id.get("extn.code"), access.get("extn.code")), (None, None), "there is nothing to tell yet");

        let values = json!({ code.as_str(): 7, sites.as_str(): ["Rome", "Bonn"] });
        let path = format!("/v1.0/users/{}", flow.user.id);
        assert_eq!(server.api_as(&admin, Method::PATCH, &path, &values).await.status, 204);
        let [id, access] = told(&flow).await;
        assert_eq!((&id["extn.code"], &id["extn.sites"]), (&json!(7), &json!(["Rome", "Bonn"])));
        assert_eq!((&access["extn.code"], access.get("extn.sites")), (&json!(7), None));

        for wrong in [
            json!([{ "name": code }]),
            json!([{ "name": "code", "source": "user" }]),
            json!([claim(&code), claim(&code)]),
            json!([{ "name": code, "source": "user", "additionalProperties": ["emit_as_roles"] }]),
        ] {
            let asked = json!({ "optionalClaims": { "idToken": wrong } });
            let answer = server.api_as(&admin, Method::PATCH, &here, &asked).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["error"]["target"]), (400, &json!("optionalClaims")));
        }
    })
    .await;
}
