//! What an app of another organisation wants of apps, and what it learns of whoever signs in to it with that.

use super::claims;
use super::flow::{number, text};
use super::foreign::{for_several, in_front_of, set_policies, standing, stranger};
use crate::applications::Changes;
use crate::graph::{Permission, Role};
use crate::sign_in::session::Method;
use crate::tenants::ConsentPolicy;
use crate::testing::{TestServer, on_both_engines};
use axum::http;
use serde_json::{Value, json};

/// An app for several organisations with a scope of its own, which people may grant.
pub fn exposing(server: &TestServer) -> Changes {
    let scope = json!({
        "id": server.entropy.random_uuid(), "value": "Harvest", "type": "User",
        "userConsentDisplayName": "Bring the harvest in",
    });
    let scope = serde_json::from_value(scope).expect("a scope");
    Changes { exposed_scopes: Some(vec![scope]), ..for_several() }
}

/// The words between the marks of a page that name what is asked for.
fn names(page: &str) -> Vec<&str> {
    page.split("<small dir=\"ltr\">").skip(1).filter_map(|rest| rest.split('<').next()).collect()
}

#[tokio::test]
async fn a7_what_belongs_to_a_sign_in_is_asked_for_where_only_an_app_is_named() {
    on_both_engines(async |server| {
        let (flow, _) = stranger(&server, exposing(&server)).await;
        let own = format!("api://{}/Harvest", flow.app.client_id);
        let all = format!("openid profile offline_access {own}");
        flow.browser.get(&flow.address(&[("scope", &own)])).await;
        assert!(flow.browser.page().contains("needs an administrator"), "{}", flow.browser.page());
        assert_eq!(names(&flow.browser.page()), ["Harvest", "openid"]);

        set_policies(&server, &flow.tenant, &[ConsentPolicy::Legacy.as_str()]).await;
        for (scope, asked) in
            [(&own, &["Harvest", "openid"][..]), (&all, &["Harvest", "openid", "profile", "offline_access"][..])]
        {
            let page = flow.browser.get(&flow.address(&[("scope", scope)])).await.text;
            assert!(page.contains("asks for your permission"), "{page}");
            assert_eq!(names(&page), asked, "{scope}");
        }
        flow.browser.submit(&[("answer", "accept")]).await;
        let tokens = flow.redeem(&flow.arrived()["code"].clone(), &[]).await.json();
        assert_eq!(claims(text(&tokens, "access_token"))["scp"], "Harvest");
        assert!(tokens["id_token"].is_string(), "{tokens}");
        assert!(flow.ask(&[("scope", &all), ("prompt", "none")]).await.contains_key("code"), "nobody is asked again");
        assert!(flow.ask(&[("scope", &own), ("prompt", "none")]).await.contains_key("code"), "nor for less");

        let manager = server.application(flow.tenant.id, &[Permission::DelegatedPermissionGrantReadWriteAll]);
        let path = "/v1.0/oauth2PermissionGrants";
        let grants = server.api_as(&manager, http::Method::GET, path, &Value::Null).await.json();
        let of_sign_in = grants["value"].as_array().expect("grants").iter().find(|grant| grant["scope"] != "Harvest");
        let of_sign_in = of_sign_in.expect("a grant at the directory API");
        assert_eq!(of_sign_in["scope"], "openid profile offline_access");
        let one = format!("{path}/{}", of_sign_in["id"].as_str().expect("an id"));
        assert_eq!(server.api_as(&manager, http::Method::DELETE, &one, &Value::Null).await.status, 204);
        let refreshed = flow.refresh(text(&tokens, "refresh_token"), &[("scope", &own)]).await;
        assert_eq!((refreshed.status.as_u16(), number(&refreshed)), (400, 65001), "it would learn who that is");
        assert_eq!(flow.ask(&[("scope", &all), ("prompt", "none")]).await["error"], "consent_required");
        let page = flow.browser.get(&flow.address(&[("scope", &all)])).await.text;
        let both = ["openid", "profile", "offline_access", "Harvest"];
        assert_eq!(names(&page), both, "what is missing, then what is granted");
    })
    .await;
}

#[tokio::test]
async fn a7_an_administrator_answers_for_the_sign_in_too() {
    on_both_engines(async |server| {
        let (flow, _) = stranger(&server, exposing(&server)).await;
        let admin = server.member(&flow.tenant, "admin", &[Role::CloudApplicationAdministrator]).await;
        let of_admin = in_front_of(&flow, &admin, Method::Password).await;
        let own = format!("api://{}/Harvest", flow.app.client_id);
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("client_id", flow.app.client_id.as_str()),
                ("redirect_uri", super::flow::REDIRECT),
                ("scope", own.as_str()),
            ])
            .finish();
        of_admin.browser.get(&format!("/{}/v2.0/adminconsent?{query}", flow.tenant.id)).await;
        assert_eq!(names(&of_admin.browser.page()), ["Harvest", "openid"]);
        of_admin.browser.submit(&[("answer", "accept")]).await;
        assert!(of_admin.browser.location().contains("admin_consent=True"), "{}", of_admin.browser.location());
        assert!(standing(&server, &flow.tenant, &flow.app).await.is_some(), "it is in");
        assert!(flow.ask(&[("scope", &format!("openid {own}"))]).await.contains_key("code"), "nobody is asked");
        assert_eq!(flow.ask(&[("scope", "openid email"), ("prompt", "none")]).await["error"], "consent_required");

        // By the box on the way to the app, too.
        let everybody = format!("openid email {own}");
        of_admin.browser.get(&flow.address(&[("scope", &everybody)])).await;
        of_admin.browser.submit(&[("answer", "accept"), ("everybody", "1")]).await;
        assert!(flow.ask(&[("scope", &everybody)]).await.contains_key("code"), "nobody is asked");
    })
    .await;
}
