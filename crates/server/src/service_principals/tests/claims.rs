//! Further claims of tokens, chosen on the page of an app.

use super::app;
use crate::applications::{Application, Changes, OptionalClaim, store};
use crate::graph::{Caller, Role};
use crate::platform::ids::ApplicationId;
use crate::testing::{TestServer, on_both_engines};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

async fn kept(server: &TestServer, caller: &Caller, app: ApplicationId) -> Application {
    let mut tx = server.read().await.expect("a connection");
    store::find(&mut tx, caller.tenant, app).await.expect("an answer").expect("the app")
}

fn told(claims: &[OptionalClaim]) -> Vec<(&str, Vec<&str>, bool)> {
    let told = claims.iter().map(|claim| {
        let said = claim.additional_properties.iter().map(String::as_str).collect();
        (claim.name.as_str(), said, claim.essential)
    });
    told.collect()
}

#[tokio::test]
async fn claims_are_ticked_and_what_the_form_does_not_show_stays() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.administrator(&tenant).await;
        let id = app(&server, &caller, "Expenses", Changes::default()).await.application.id;
        let path = format!("/v1.0/applications/{id}");
        let essential = json!({ "optionalClaims": { "idToken": [{ "name": "email", "essential": true }] } });
        assert_eq!(server.api_as(&caller, Method::PATCH, &path, &essential).await.status, 204);

        let ines = server.member(&tenant, "ines", &[Role::ApplicationAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        let here = format!("/portal/contoso.example/apps/{id}");
        let page = browser.get(&here).await;
        assert!(page.text.contains("name=\"id-claim\" value=\"email\" checked"), "{}", page.text);
        assert!(page.text.contains("PATCH") && page.text.contains("optionalClaims"), "the call stands behind it");
        let fields = [
            ("id-claim", "email"),
            ("id-claim", "groups emit_as_roles"),
            ("access-claim", "upn"),
            ("access-claim", "upn include_externally_authenticated_upn"),
        ];
        let sent = browser.submit_to("/claims", &fields).await;
        assert_eq!(sent.status, StatusCode::OK, "{}", sent.text);
        let app = kept(&server, &caller, id).await;
        let claims = &app.optional_claims;
        let email = ("email", Vec::<&str>::new(), true);
        assert_eq!(told(&claims.id_token), [email, ("groups", vec!["emit_as_roles"], false)]);
        let upn = ("upn", vec!["include_externally_authenticated_upn"], false);
        assert_eq!(told(&claims.access_token), [upn]);

        let wrong = browser.submit_to("/claims", &[("id-claim", "onprem_sid")]).await;
        assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
        browser.get(&here).await;
        browser.submit_to("/claims", &[]).await;
        assert!(kept(&server, &caller, id).await.optional_claims.is_empty(), "nothing is ticked");
        let read = server.api_as(&caller, Method::GET, &path, &Value::Null).await.json();
        assert_eq!(read["optionalClaims"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn a_page_that_stayed_open_takes_no_claim_away() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.administrator(&tenant).await;
        let id = app(&server, &caller, "Expenses", Changes::default()).await.application.id;
        let ines = server.member(&tenant, "ines", &[Role::ApplicationAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        browser.get(&format!("/portal/contoso.example/apps/{id}")).await;
        let path = format!("/v1.0/applications/{id}");
        let asked = json!({ "optionalClaims": { "accessToken": [{ "name": "xms_pl" }] } });
        assert_eq!(server.api_as(&caller, Method::PATCH, &path, &asked).await.status, 204);
        let stale = browser.submit_to("/claims", &[("id-claim", "email")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        let ticked = "<dt>ID tokens</dt><dd><bdi>email</bdi></dd>";
        assert!(stale.text.contains(ticked), "what was ticked is shown beside what is stored: {}", stale.text);
        let app = kept(&server, &caller, id).await;
        assert_eq!(told(&app.optional_claims.access_token), [("xms_pl", Vec::<&str>::new(), false)]);
        assert!(app.optional_claims.id_token.is_empty());
    })
    .await;
}
