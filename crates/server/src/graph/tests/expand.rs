//! `$expand`.

use crate::testing::{TestServer, on_both_engines};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

/// A tenant's administrator and a guest they answer for.
async fn sponsored(server: &TestServer) -> (crate::graph::Caller, String) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let administrator = server.administrator(&tenant).await;
    let invitation = json!({
        "invitedUserEmailAddress": "gus@fabrikam.example",
        "inviteRedirectUrl": "https://myapps.microsoft.com",
    });
    let invited = server.api_as(&administrator, Method::POST, "/v1.0/invitations", &invitation).await.json();
    let guest = invited["invitedUser"]["id"].as_str().expect("a guest").to_owned();
    (administrator, guest)
}

#[tokio::test]
async fn related_objects_stand_inside_with_what_was_selected_of_them() {
    on_both_engines(async |server| {
        let (administrator, guest) = sponsored(&server).await;
        let own = json!(administrator.user().expect("a person").id);
        for path in [
            format!("/v1.0/users/{guest}?$select=id&$expand=sponsors($select=id,displayName)"),
            format!("/v1.0/users?$select=id&$filter=id%20eq%20'{guest}'&$expand=sponsors($select=id,displayName)"),
        ] {
            let answer = server.api_as(&administrator, Method::GET, &path, &Value::Null).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
            let body = answer.json();
            let user = body["value"].as_array().map_or(&body, |users| &users[0]);
            let sponsors = user["sponsors"].as_array().expect("sponsors");
            assert_eq!(sponsors.len(), 1, "{body}");
            assert_eq!(sponsors[0]["id"], own);
            assert_eq!(sponsors[0]["@odata.type"], "#microsoft.graph.user");
            assert!(sponsors[0]["displayName"].is_string() && sponsors[0].get("mail").is_none(), "{body}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_expanded_is_refused_by_name() {
    on_both_engines(async |server| {
        let (administrator, _) = sponsored(&server).await;
        for query in [
            "$expand=colour",
            "$expand=sponsors,sponsors",
            "$expand=sponsors($top=5)",
            "$expand=sponsors($levels=max)",
            "$expand=sponsors($expand=sponsors)",
        ] {
            let path = format!("/v1.0/users?{query}");
            let answer = server.api_as(&administrator, Method::GET, &path, &Value::Null).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}: {}", answer.text);
            assert_eq!(answer.json()["error"]["target"], "$expand", "{query}");
        }
        let advanced = [("consistencylevel", "eventual")];
        let path = "/v1.0/users?$count=true&$expand=sponsors";
        let answer = server.api_with(&administrator, Method::GET, path, &advanced, &Value::Null).await;
        assert_eq!(answer.json()["error"]["target"], "$expand");
    })
    .await;
}
