//! Apps of other organisations whose registrations change while and after somebody lets them in, and people who try to let them in
//! where they may not.

use super::claims;
use super::flow::{Flow, guest, text};
use super::foreign::{add, change, for_several, in_front_of, set_policies, standing, stranger};
use super::foreign_resource::exposing;
use crate::applications::{Changes, GroupClaim};
use crate::graph::{Permission, Role};
use crate::service_principals::grants::store as granted;
use crate::sign_in::session::Method;
use crate::tenants::ConsentPolicy;
use crate::testing::{TestServer, on_both_engines};
use crate::users::ExternalUserState;
use axum::http;
use serde_json::{Value, json};

const OWN: &str = "openid User.ReadWrite";

/// Everything granted to the app of the flow.
async fn grants_of(server: &TestServer, flow: &Flow<'_>) -> usize {
    let Some(principal) = standing(server, &flow.tenant, &flow.app).await else { return 0 };
    let mut tx = server.read().await.expect("a connection");
    granted::list_by_client(&mut tx, flow.tenant.id, principal.id, 100).await.expect("grants").len()
}

#[tokio::test]
async fn a7_what_was_shown_is_what_is_agreed_to() {
    on_both_engines(async |server| {
        let (flow, _) = stranger(&server, for_several()).await;
        set_policies(&server, &flow.tenant, &[ConsentPolicy::Legacy.as_str()]).await;
        let shown = async || flow.browser.get(&flow.address(&[("scope", OWN)])).await;
        shown().await;
        change(&server, &flow.app, &json!({ "displayName": "Payroll of Contoso" })).await;
        let stale = flow.browser.submit(&[("answer", "accept")]).await;
        assert_eq!(stale.status, 409, "{}", stale.text);
        assert!(stale.text.contains("Payroll of Contoso"), "{}", stale.text);
        assert!(standing(&server, &flow.tenant, &flow.app).await.is_none());

        // Withdrawn while it is shown: nobody lets it in.
        shown().await;
        change(&server, &flow.app, &json!({ "signInAudience": "AzureADMyOrg" })).await;
        let refused = flow.browser.submit(&[("answer", "accept")]).await;
        assert!(refused.status.is_client_error(), "{} {}", refused.status, refused.text);
        assert!(standing(&server, &flow.tenant, &flow.app).await.is_none());
        change(&server, &flow.app, &json!({ "signInAudience": "AzureADMultipleOrgs" })).await;

        // Moved while it is shown: what was agreed to stays, and no code goes anywhere.
        shown().await;
        change(&server, &flow.app, &json!({ "web": { "redirectUris": ["https://elsewhere.example/cb"] } })).await;
        let moved = flow.browser.submit(&[("answer", "accept")]).await;
        assert!(moved.text.contains("AADSTS50011"), "{}", moved.text);
        assert!(!flow.browser.location().contains("code="), "{}", flow.browser.location());
    })
    .await;
}

#[tokio::test]
async fn a7_an_app_learns_nothing_more_because_its_registration_asks_for_more() {
    on_both_engines(async |server| {
        let (flow, _) = stranger(&server, exposing(&server)).await;
        set_policies(&server, &flow.tenant, &[ConsentPolicy::Legacy.as_str()]).await;
        let sam = guest(&server, &flow.tenant, "sam@northwind.example", ExternalUserState::Accepted).await;
        let of_guest = in_front_of(&flow, &sam, Method::Passcode).await;
        let scope = format!("openid api://{}/Harvest", flow.app.client_id);
        let claim = |name: &str| json!({ "name": name });
        let all = ["email", "given_name", "family_name", "login_hint", "xms_edov", "xms_pl"].map(claim);
        let upn = json!({ "name": "upn", "additionalProperties": ["include_externally_authenticated_upn"] });
        let all: Vec<Value> = all.into_iter().chain([upn]).collect();
        for flow in [&flow, &of_guest] {
            flow.browser.get(&flow.address(&[("scope", &scope)])).await;
            flow.browser.submit(&[("answer", "accept")]).await;
            flow.arrived();
        }
        let body = json!({
            "optionalClaims": { "idToken": all, "accessToken": all }, "groupMembershipClaims": "All",
        });
        change(&server, &flow.app, &body).await;
        for flow in [&flow, &of_guest] {
            let code = flow.ask(&[("scope", &scope)]).await["code"].clone();
            let tokens = flow.redeem(&code, &[]).await.json();
            for token in ["id_token", "access_token"] {
                let says = claims(text(&tokens, token));
                for name in [
                    "email",
                    "name",
                    "preferred_username",
                    "given_name",
                    "family_name",
                    "login_hint",
                    "upn",
                    "xms_edov",
                    "xms_pl",
                    "groups",
                    "wids",
                ] {
                    assert_eq!(says.get(name), None, "{token}: {says}");
                }
                assert!(!says.to_string().contains("northwind.example"), "{token}: {says}");
            }
        }
        let more = format!("openid profile email api://{}/Harvest", flow.app.client_id);
        of_guest.browser.get(&flow.address(&[("scope", &more)])).await;
        of_guest.browser.submit(&[("answer", "accept")]).await;
        let tokens = of_guest.redeem(&of_guest.arrived()["code"].clone(), &[]).await.json();
        let says = claims(text(&tokens, "id_token"));
        assert_eq!(says["email"], "sam@northwind.example", "{says}");
        assert!(says["name"].is_string() && says["upn"].is_string(), "{says}");
    })
    .await;
}

/// At home an app is told all of what its registration asks for.
#[tokio::test]
async fn what_its_own_organisation_registers_is_told_as_before() {
    on_both_engines(async |server| {
        let properties =
            Changes { group_membership_claims: Some(vec![GroupClaim::DirectoryRole]), ..super::flow::web() };
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.member(&tenant, "ada", &[Role::GlobalAdministrator]).await;
        let flow = Flow::with(&server, tenant, ada, Method::Password, properties).await;
        let says = claims(text(&flow.tokens().await, "id_token"));
        assert_eq!(says["wids"].as_array().map(Vec::len), Some(1), "{says}");
    })
    .await;
}

#[tokio::test]
async fn a7_an_organisation_that_calls_itself_like_another_one_is_called_by_its_domain() {
    on_both_engines(async |server| {
        let (flow, _) = stranger(&server, for_several()).await;
        set_policies(&server, &flow.tenant, &[ConsentPolicy::Legacy.as_str()]).await;
        for (number, name) in ["Contoso", "CONTOSO", "Con-toso"].into_iter().enumerate() {
            let domain = format!("home{number}.example");
            let home = server.tenant(name, &domain).await;
            let app = server.app(&home, "Harvester", for_several()).await;
            let page = flow.browser.get(&flow.address(&[("scope", OWN), ("client_id", &app.client_id)])).await.text;
            let said = page.split("class=\"seal\"").nth(1).and_then(|rest| rest.split("</p>").next()).expect("whose");
            assert!(said.contains(&domain) && !said.contains(name), "{said}");
        }
    })
    .await;
}

#[tokio::test]
async fn a7_an_app_that_is_made_anew_has_nothing_of_the_old_one() {
    on_both_engines(async |server| {
        let (flow, home) = stranger(&server, for_several()).await;
        set_policies(&server, &flow.tenant, &[ConsentPolicy::Legacy.as_str()]).await;
        flow.browser.get(&flow.address(&[("scope", OWN)])).await;
        flow.browser.submit(&[("answer", "accept")]).await;
        assert!(flow.arrived().contains_key("code"));
        let owner = server.application(home.id, &[Permission::ApplicationReadWriteAll]);
        let path = format!("/v1.0/applications/{}", flow.app.registered.application.id);
        assert_eq!(server.api_as(&owner, http::Method::DELETE, &path, &Value::Null).await.status, 204);
        let anew = Flow { app: server.app(&home, "Harvester", for_several()).await, ..flow };
        assert_eq!(anew.ask(&[("scope", OWN), ("prompt", "none")]).await["error"], "consent_required");
        assert_eq!(grants_of(&server, &anew).await, 0);
    })
    .await;
}

#[tokio::test]
async fn o5_a_registration_is_bounded_because_others_keep_and_list_what_it_says() {
    on_both_engines(async |server| {
        let (flow, _) = stranger(&server, for_several()).await;
        let principal = add(&server, &flow.tenant, &flow.app).await;
        let owner = server.application(flow.app.tenant, &[Permission::ApplicationReadWriteAll]);
        let path = format!("/v1.0/applications/{}", flow.app.registered.application.id);
        let role = |number: u32, description: &str| {
            json!({
                "id": server.entropy.random_uuid(), "value": format!("Role{number}"), "displayName": "Role",
                "description": description, "allowedMemberTypes": ["User"], "isEnabled": false,
            })
        };
        let scope = |number: u32, name: &str, said: &str| {
            json!({
                "id": server.entropy.random_uuid(), "value": format!("Scope{number}"), "type": "User",
                "isEnabled": true, "userConsentDisplayName": name, "userConsentDescription": said,
            })
        };
        let long = "x".repeat(1025);
        let many: Vec<Value> = (0..1201).map(|number| role(number, "")).collect();
        let scopes: Vec<Value> = (0..1201).map(|number| scope(number, "", "")).collect();
        for body in [
            json!({ "appRoles": many }),
            json!({ "api": { "oauth2PermissionScopes": scopes } }),
            json!({ "appRoles": [role(1, &long)] }),
            json!({ "api": { "oauth2PermissionScopes": [scope(1, "", &long)] } }),
            json!({ "api": { "oauth2PermissionScopes": [scope(1, &long, "")] } }),
            json!({ "api": { "oauth2PermissionScopes": [scope(1, "Read\u{202E}", "")] } }),
        ] {
            let refused = server.api_as(&owner, http::Method::PATCH, &path, &body).await;
            assert_eq!(refused.status, 400, "{}", refused.text);
        }
        let scopes: Vec<Value> = (0..400).map(|number| scope(number, "Bring it in", "")).collect();
        let body = json!({ "api": { "oauth2PermissionScopes": scopes } });
        assert_eq!(server.api_as(&owner, http::Method::PATCH, &path, &body).await.status, 204);
        let page = server.signed_in(&server.member(&flow.tenant, "ines", &[Role::GlobalAdministrator]).await).await;
        let shown = page.get(&format!("/portal/contoso.example/apps/foreign/{}", principal.id)).await;
        assert_eq!(shown.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a7_a_guest_lets_nothing_in_by_a_request_a_second_tab_or_in_silence() {
    on_both_engines(async |server| {
        let (flow, _) = stranger(&server, exposing(&server)).await;
        let sam = guest(&server, &flow.tenant, "sam@northwind.example", ExternalUserState::Accepted).await;
        let flow = in_front_of(&flow, &sam, Method::Passcode).await;
        let own = format!("openid api://{}/Harvest", flow.app.client_id);
        let everything = format!("api://{}/.default", flow.app.client_id);
        // The page of an app that nobody may let in has no answer that does; an open page of before neither.
        set_policies(&server, &flow.tenant, &[ConsentPolicy::Legacy.as_str()]).await;
        flow.browser.get(&flow.address(&[("scope", &own)])).await;
        let open = flow.browser.prepare("", &[("answer", "accept")]);
        set_policies(&server, &flow.tenant, &[]).await;
        assert_eq!(flow.browser.send(open).await.status, 403);
        for scope in [own.as_str(), everything.as_str(), OWN] {
            let silent = flow.ask(&[("scope", scope), ("prompt", "none")]).await;
            assert_eq!(silent["error"], "consent_required", "{scope}");
            flow.browser.get(&flow.address(&[("scope", scope)])).await;
            for answer in [&[("answer", "accept")][..], &[("answer", "accept"), ("everybody", "1")]] {
                flow.browser.get(&flow.address(&[("scope", scope)])).await;
                assert_eq!(flow.browser.submit(answer).await.status, 403, "{scope}");
            }
        }
        assert!(standing(&server, &flow.tenant, &flow.app).await.is_none(), "nobody let it in");

        // Standing there, as after a request, it is not let do anything either.
        add(&server, &flow.tenant, &flow.app).await;
        for scope in [own.as_str(), everything.as_str(), OWN] {
            let silent = flow.ask(&[("scope", scope), ("prompt", "none")]).await;
            assert_eq!(silent["error"], "consent_required", "{scope}");
            flow.browser.get(&flow.address(&[("scope", scope)])).await;
            assert_eq!(flow.browser.submit(&[("answer", "accept")]).await.status, 403, "{scope}");
        }
        assert_eq!(grants_of(&server, &flow).await, 0);
        let address = format!(
            "/{}/adminconsent?client_id={}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb",
            flow.tenant.id, flow.app.client_id
        );
        flow.browser.get(&address).await;
        assert_eq!(flow.browser.submit(&[("answer", "accept")]).await.status, 403);

        // A second tab that stayed open finds that it was answered.
        set_policies(&server, &flow.tenant, &[ConsentPolicy::Legacy.as_str()]).await;
        flow.browser.get(&flow.address(&[("scope", &own)])).await;
        let second = flow.browser.prepare("", &[("answer", "accept")]);
        flow.browser.get(&flow.address(&[("scope", &own)])).await;
        flow.browser.submit(&[("answer", "accept")]).await;
        assert!(flow.arrived().contains_key("code"));
        let again = flow.browser.send(second).await;
        assert_eq!(again.status, 409, "{}", again.text);
        assert_eq!(grants_of(&server, &flow).await, 2, "one at the app and one at the directory API");
        let code = flow.ask(&[("scope", &own), ("prompt", "none")]).await["code"].clone();
        assert_eq!(flow.redeem(&code, &[]).await.status, 200);
    })
    .await;
}
