//! Apps of other organisations: who lets them in, what they learn, and what ends them.

use super::claims;
use super::flow::{Flow, REDIRECT, guest, number, text, web};
use crate::applications::{self, Changes, SignInAudience};
use crate::graph::{Caller, Permission, Role};
use crate::platform::ids::ClientId;
use crate::service_principals::{self, ServicePrincipal};
use crate::sign_in::session::Method;
use crate::tenants::{ConsentPolicy, Tenant};
use crate::testing::{App, TestServer, on_both_engines};
use crate::users::{ExternalUserState, User};
use axum::http;
use serde_json::{Value, json};

/// What needs no administrator where the organisation lets people do it.
const OWN: &str = "openid offline_access User.ReadWrite";

/// A server-side app that every organisation may let in.
pub fn for_several() -> Changes {
    Changes { sign_in_audience: Some(SignInAudience::SeveralOrganizations), ..web() }
}

/// An app of Fabrikam, and a member of Contoso in front of it; the home of the app.
pub async fn stranger(server: &TestServer, properties: Changes) -> (Flow<'_>, Tenant) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let home = server.tenant("Fabrikam", "fabrikam.example").await;
    let user = server.member(&tenant, "mara", &[]).await;
    let app = server.app(&home, "Harvester", properties).await;
    let browser = server.browser();
    browser.sign_in_as(server, &user, Method::Password).await;
    (Flow { server, tenant, app, user, browser }, home)
}

/// Lets people consent by these policies.
pub async fn set_policies(server: &TestServer, tenant: &Tenant, names: &[&str]) {
    let path = "/v1.0/policies/authorizationPolicy";
    let body = json!({ "defaultUserRolePermissions": { "permissionGrantPoliciesAssigned": names } });
    let writer = server.application(tenant.id, &[Permission::PolicyReadWriteAuthorization]);
    let answer = server.api_as(&writer, http::Method::PATCH, path, &body).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
}

/// How the app stands in a tenant, if it does.
pub async fn standing(server: &TestServer, tenant: &Tenant, app: &App) -> Option<ServicePrincipal> {
    let client: ClientId = app.client_id.parse().expect("an id");
    let mut tx = server.read().await.expect("a connection");
    service_principals::store::find_by_client(&mut tx, tenant.id, client).await.expect("an answer")
}

/// Changes the registration, as its organisation does.
pub async fn change(server: &TestServer, app: &App, body: &Value) {
    let owner = server.application(app.tenant, &[Permission::ApplicationReadWriteAll]);
    let path = format!("/v1.0/applications/{}", app.registered.application.id);
    let answer = server.api_as(&owner, http::Method::PATCH, &path, body).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
}

/// Lets the app in as an administrator does, without granting it anything.
pub async fn add(server: &TestServer, tenant: &Tenant, app: &App) -> ServicePrincipal {
    let manager = server.application(tenant.id, &[Permission::ApplicationReadWriteAll]);
    let body = json!({ "appId": app.client_id });
    let answer = server.api_as(&manager, http::Method::POST, "/v1.0/servicePrincipals", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    standing(server, tenant, app).await.expect("it stands here")
}

/// The flow in the browser of somebody else.
pub async fn in_front_of<'s>(flow: &Flow<'s>, user: &User, method: Method) -> Flow<'s> {
    let browser = flow.server.browser();
    browser.sign_in_as(flow.server, user, method).await;
    Flow { server: flow.server, tenant: flow.tenant.clone(), app: flow.app.clone(), user: user.clone(), browser }
}

#[tokio::test]
async fn a7_an_app_of_another_tenant_gets_nothing_from_guest_or_member_where_policy_says_so() {
    on_both_engines(async |server| {
        let (flow, _) = stranger(&server, for_several()).await;
        let visitor = guest(&server, &flow.tenant, "sam@northwind.example", ExternalUserState::Accepted).await;
        for policies in [&[][..], &[ConsentPolicy::Low], &[ConsentPolicy::Recommended], &[ConsentPolicy::Legacy]] {
            let names: Vec<&str> = policies.iter().map(|policy| policy.as_str()).collect();
            set_policies(&server, &flow.tenant, &names).await;
            // Whoever may let apps know who they are, may not let one of another organisation.
            let scopes: &[&str] = if policies == [ConsentPolicy::Legacy] {
                &["User.Read.All", "Directory.Read.All"]
            } else {
                &["openid profile", "address", OWN, "User.Read.All", "Directory.Read.All"]
            };
            for (user, method) in [(&flow.user, Method::Password), (&visitor, Method::Passcode)] {
                let flow = in_front_of(&flow, user, method).await;
                for scope in scopes {
                    let silent = flow.ask(&[("scope", scope), ("prompt", "none")]).await;
                    assert_eq!(silent["error"], "consent_required", "{scope}");
                    let page = flow.browser.get(&flow.address(&[("scope", scope)])).await;
                    for word in ["needs an administrator", "Harvester", "Fabrikam", "fabrikam.example", "Contoso"] {
                        assert!(page.text.contains(word), "{policies:?} {scope}: no {word} in {}", page.text);
                    }
                    let forced = flow.browser.submit_to("", &[("answer", "accept")]).await;
                    assert_eq!(forced.status, 403, "{}", forced.text);
                }
            }
            assert!(standing(&server, &flow.tenant, &flow.app).await.is_none(), "nobody let it in");
        }
    })
    .await;
}

#[tokio::test]
async fn a7_publisher_and_tenant_are_named_and_what_was_allowed_is_listed_and_taken_back() {
    on_both_engines(async |server| {
        let (flow, home) = stranger(&server, for_several()).await;
        set_policies(&server, &flow.tenant, &[ConsentPolicy::Legacy.as_str()]).await;
        let page = flow.browser.get(&flow.address(&[("scope", OWN)])).await.text;
        for word in
            ["asks for your permission", "Harvester", "Fabrikam", "fabrikam.example", "Contoso", "another organisation"]
        {
            assert!(page.contains(word), "no {word} in {page}");
        }
        flow.browser.submit(&[("answer", "decline")]).await;
        assert_eq!(flow.arrived()["error"], "access_denied");
        assert!(standing(&server, &flow.tenant, &flow.app).await.is_none(), "a no lets nothing in");

        flow.browser.get(&flow.address(&[("scope", OWN)])).await;
        flow.browser.submit(&[("answer", "accept")]).await;
        let code = flow.arrived()["code"].clone();
        let tokens = flow.redeem(&code, &[]).await.json();
        let says = claims(text(&tokens, "access_token"));
        assert_eq!((&says["tid"], &says["scp"]), (&json!(flow.tenant.id), &json!("User.ReadWrite openid")));
        assert_eq!(says["oid"], flow.user.id.to_string());
        let principal = standing(&server, &flow.tenant, &flow.app).await.expect("it is in");
        assert_eq!((principal.home(), principal.tenant_id), (home.id, flow.tenant.id));
        assert_eq!(flow.userinfo(text(&tokens, "access_token")).await.status, 200);

        let list = flow.browser.get("/myapps/contoso.example/permissions").await.text;
        for word in ["Harvester", "Fabrikam", "fabrikam.example", "User.ReadWrite", "offline_access"] {
            assert!(list.contains(word), "no {word} in {list}");
        }
        let apps = flow.browser.get("/myapps/contoso.example").await.text;
        assert!(!apps.contains("Harvester"), "what one person let in is not recommended to others: {apps}");
        flow.browser.get("/myapps/contoso.example/permissions").await;
        flow.browser.submit_to("/permissions", &[]).await;
        assert!(!flow.browser.page().contains("Harvester"), "{}", flow.browser.page());
        let refreshed = flow.refresh(text(&tokens, "refresh_token"), &[]).await;
        assert_eq!((refreshed.status.as_u16(), number(&refreshed)), (400, 65001));
        assert_eq!(flow.userinfo(text(&tokens, "access_token")).await.status, 401, "not even who they are");
    })
    .await;
}

#[tokio::test]
async fn a7_conditions_about_the_organisation_of_an_app_are_obeyed() {
    on_both_engines(async |server| {
        let (flow, home) = stranger(&server, for_several()).await;
        let writer = server.application(flow.tenant.id, &[Permission::PolicyReadWritePermissionGrant]);
        let post = async |path: &str, body: Value| {
            let path = format!("/v1.0/policies/permissionGrantPolicies{path}");
            let answer = server.api_as(&writer, http::Method::POST, &path, &body).await;
            assert_eq!(answer.status, 201, "{}", answer.text);
        };
        post("", json!({ "id": "our-own", "displayName": "Our own" })).await;
        set_policies(&server, &flow.tenant, &["managePermissionGrantsForSelf.our-own"]).await;
        let is_let = async || {
            flow.browser.get(&flow.address(&[("scope", OWN)])).await;
            flow.browser.page().contains("asks for your permission")
        };
        let own = json!({ "permissionType": "delegated", "clientApplicationTenantIds": [flow.tenant.id] });
        post("/our-own/includes", own).await;
        assert!(!is_let().await, "for apps of the organisation itself");
        let verified = json!({ "permissionType": "delegated", "clientApplicationsFromVerifiedPublisherOnly": true });
        post("/our-own/includes", verified).await;
        assert!(!is_let().await, "nobody verified the publisher");
        let partner = json!({ "permissionType": "delegated", "clientApplicationTenantIds": [home.id] });
        post("/our-own/includes", partner.clone()).await;
        assert!(is_let().await);
        post("/our-own/excludes", partner).await;
        assert!(!is_let().await, "it is excluded");
    })
    .await;
}

#[tokio::test]
async fn an_app_that_another_tenant_keeps_for_itself_is_unknown_everywhere() {
    on_both_engines(async |server| {
        let (flow, _) = stranger(&server, web()).await;
        set_policies(&server, &flow.tenant, &[ConsentPolicy::Legacy.as_str()]).await;
        let unknown = server.entropy.random_uuid().to_string();
        let manager = server.application(flow.tenant.id, &[Permission::ApplicationReadWriteAll]);
        let mut told = Vec::new();
        for client in [flow.app.client_id.as_str(), unknown.as_str()] {
            let page = flow.browser.get(&flow.address(&[("client_id", client)])).await;
            assert_eq!(page.status, 400);
            assert!(page.text.contains("AADSTS700016"), "{}", page.text);
            let query = format!("client_id={client}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb");
            let asked = flow.browser.get(&format!("/{}/adminconsent?{query}", flow.tenant.id)).await;
            let body = json!({ "appId": client });
            let added = server.api_as(&manager, http::Method::POST, "/v1.0/servicePrincipals", &body).await;
            let message = added.json()["error"]["message"].as_str().expect("a message").replace(client, "it");
            told.push((asked.status, added.status, message));
        }
        assert_eq!(told[0], told[1], "nothing tells that it exists");
        assert!(told[0].0.is_client_error() && told[0].1.is_client_error(), "{told:?}");
        let foreign = App { tenant: flow.tenant.id, ..flow.app.clone() };
        assert_eq!(number(&server.ask_token(&foreign, "https://graph.microsoft.com/.default").await), 700_016);
    })
    .await;
}

#[tokio::test]
async fn an_app_is_shut_out_by_its_tenant_and_by_every_tenant_for_itself() {
    on_both_engines(async |server| {
        let (flow, home) = stranger(&server, for_several()).await;
        set_policies(&server, &flow.tenant, &[ConsentPolicy::Legacy.as_str()]).await;
        flow.browser.get(&flow.address(&[("scope", OWN)])).await;
        flow.browser.submit(&[("answer", "accept")]).await;
        let mut tokens = flow.redeem(&flow.arrived()["code"].clone(), &[]).await.json();
        let principal = standing(&server, &flow.tenant, &flow.app).await.expect("it is in");
        let path = format!("/v1.0/servicePrincipals/{}", principal.id);
        let manager = server.application(flow.tenant.id, &[Permission::ApplicationReadWriteAll]);
        let switch = async |on: bool| {
            let body = json!({ "accountEnabled": on });
            let answer = server.api_as(&manager, http::Method::PATCH, &path, &body).await;
            assert_eq!(answer.status, 204, "{}", answer.text);
        };
        switch(false).await;
        assert_eq!(number(&flow.refresh(text(&tokens, "refresh_token"), &[]).await), 7_000_112);
        assert_eq!(flow.userinfo(text(&tokens, "access_token")).await.status, 401);
        let at_home = standing(&server, &home, &flow.app).await.expect("it is registered there");
        assert!(at_home.account_enabled, "at home nothing changed");
        switch(true).await;
        tokens = flow.refresh(text(&tokens, "refresh_token"), &[]).await.json();
        assert_eq!(flow.userinfo(text(&tokens, "access_token")).await.status, 200);

        let closed = async |tokens: &Value| {
            assert_eq!(number(&flow.refresh(text(tokens, "refresh_token"), &[]).await), 700_016);
            assert_eq!(flow.userinfo(text(tokens, "access_token")).await.status, 401);
            let page = flow.browser.get(&flow.address(&[("scope", OWN)])).await;
            assert!(page.text.contains("AADSTS700016"), "{}", page.text);
        };
        change(&server, &flow.app, &json!({ "signInAudience": "AzureADMyOrg" })).await;
        closed(&tokens).await;
        change(&server, &flow.app, &json!({ "signInAudience": "AzureADMultipleOrgs" })).await;
        tokens = flow.refresh(text(&tokens, "refresh_token"), &[]).await.json();
        let owner = server.application(home.id, &[Permission::ApplicationReadWriteAll]);
        let registration = format!("/v1.0/applications/{}", flow.app.registered.application.id);
        assert_eq!(server.api_as(&owner, http::Method::DELETE, &registration, &Value::Null).await.status, 204);
        closed(&tokens).await;
        let restore = format!("/v1.0/directory/deletedItems/{}/restore", flow.app.registered.application.id);
        assert_eq!(server.api_as(&owner, http::Method::POST, &restore, &Value::Null).await.status, 200);
        tokens = flow.refresh(text(&tokens, "refresh_token"), &[]).await.json();

        assert_eq!(server.api_as(&manager, http::Method::DELETE, &path, &Value::Null).await.status, 204);
        assert_eq!(number(&flow.refresh(text(&tokens, "refresh_token"), &[]).await), 700_016);
        let page = flow.browser.get(&flow.address(&[("scope", OWN)])).await.text;
        assert!(page.contains("needs an administrator"), "what somebody removed no member brings back: {page}");
        let forced = flow.browser.submit_to("", &[("answer", "accept")]).await;
        assert_eq!(forced.status, 403, "{}", forced.text);
        let back = format!("/v1.0/directory/deletedItems/{}/restore", principal.id);
        assert_eq!(server.api_as(&manager, http::Method::POST, &back, &Value::Null).await.status, 200);
        assert!(flow.ask(&[("scope", OWN)]).await.contains_key("code"), "with what was granted");
    })
    .await;
}

#[tokio::test]
async fn the_registration_stays_its_tenants_and_is_copied_as_it_changes() {
    on_both_engines(async |server| {
        let (flow, home) = stranger(&server, for_several()).await;
        let principal = add(&server, &flow.tenant, &flow.app).await;
        let manager = server.application(flow.tenant.id, &[Permission::ApplicationReadWriteAll]);
        let send = async |caller: &Caller, method: http::Method, path: String, body: Value| {
            server.api_as(caller, method, &path, &body).await
        };
        let one = format!("/v1.0/servicePrincipals/{}", principal.id);
        let seen = send(&manager, http::Method::GET, one.clone(), Value::Null).await.json();
        assert_eq!(seen["appOwnerOrganizationId"], json!(home.id));
        assert_eq!(seen["replyUrls"], json!([REDIRECT]));
        let role = json!([{
            "id": server.entropy.random_uuid(), "value": "Reader", "displayName": "Reader",
            "allowedMemberTypes": ["User"], "isEnabled": true,
        }]);
        let changed = json!({ "displayName": "Zeppelin", "appRoles": role, "web": { "redirectUris": [] } });
        change(&server, &flow.app, &changed).await;
        let found = "/v1.0/servicePrincipals?$filter=startsWith(displayName,'zepp')".to_owned();
        let found = send(&manager, http::Method::GET, found, Value::Null).await.json();
        let seen = &found["value"][0];
        assert_eq!((&seen["id"], &seen["displayName"]), (&json!(principal.id), &json!("Zeppelin")));
        assert_eq!(seen["appRoles"][0]["value"], "Reader");
        assert_eq!(seen["replyUrls"], json!([]));
        let page = flow.browser.get(&flow.address(&[("scope", OWN)])).await;
        assert!(page.text.contains("AADSTS50011"), "{}", page.text);

        let registration = flow.app.registered.application.id;
        let at_home = server.application(home.id, &[Permission::ApplicationReadWriteAll]);
        for (caller, path) in [
            (&manager, format!("/v1.0/applications/{registration}")),
            (&manager, format!("/v1.0/applications(appId='{}')", flow.app.client_id)),
            (&at_home, one.clone()),
            (&at_home, format!("{one}/appRoleAssignedTo")),
            (&at_home, format!("{one}/oauth2PermissionGrants")),
        ] {
            let read = send(caller, http::Method::GET, path.clone(), Value::Null).await;
            let is_empty = read.status.is_success() && read.json()["value"] == json!([]);
            assert!(read.status.is_client_error() || is_empty, "{path}: {}", read.text);
            let name = json!({ "displayName": "Mine" });
            let written = send(caller, http::Method::PATCH, path.clone(), name).await;
            assert!(written.status.is_client_error(), "{path}: {}", written.text);
        }
        let secret = json!({ "passwordCredential": { "displayName": "Ours" } });
        let refused = send(&manager, http::Method::POST, format!("{one}/addPassword"), secret).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
        assert!(refused.text.contains("passwordCredentials"), "{}", refused.text);
        let mut tx = server.read().await.expect("a connection");
        let kept = applications::store::find(&mut tx, home.id, registration).await.expect("an answer");
        assert_eq!(kept.expect("the registration").display_name, "Zeppelin");
    })
    .await;
}

#[tokio::test]
async fn an_app_acts_for_itself_where_an_administrator_gave_it_a_role() {
    on_both_engines(async |server| {
        let (flow, _) = stranger(&server, for_several()).await;
        let here = App { tenant: flow.tenant.id, ..flow.app.clone() };
        let scope = "https://graph.microsoft.com/.default";
        assert_eq!(number(&server.ask_token(&here, scope).await), 700_016, "it is not in");
        let principal = add(&server, &flow.tenant, &flow.app).await;
        assert_eq!(number(&server.ask_token(&here, scope).await), 50105, "nobody let it do anything");
        let mut tx = server.write().await.expect("a transaction");
        let system = Caller::system(flow.tenant.id);
        let permissions = [Permission::UserInviteAll];
        service_principals::grant_permissions(&mut tx, &server, &system, &principal, &permissions)
            .await
            .expect("given");
        tx.commit().await.expect("a commit");
        let says = claims(&server.token(&here).await);
        assert_eq!((&says["tid"], &says["roles"]), (&json!(flow.tenant.id), &json!(["User.Invite.All"])));
        assert_eq!(says["oid"], principal.id.to_string());
        assert_eq!(claims(&server.token(&flow.app).await).get("roles"), None, "elsewhere it may do nothing more");
    })
    .await;
}

#[tokio::test]
async fn an_administrator_lets_an_app_in_for_everybody_in_one_step() {
    on_both_engines(async |server| {
        let (flow, _) = stranger(&server, for_several()).await;
        let admin = server.member(&flow.tenant, "admin", &[Role::CloudApplicationAdministrator]).await;
        let of_admin = in_front_of(&flow, &admin, Method::Password).await;
        let query = format!("client_id={}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb", flow.app.client_id);
        let address = format!("/{}/adminconsent?{query}&scope=openid%20offline_access%20User.Read.All", flow.tenant.id);
        of_admin.browser.get(&address).await;
        for word in ["Fabrikam", "fabrikam.example", "Contoso", "User.Read.All", "openid"] {
            assert!(of_admin.browser.page().contains(word), "no {word} in {}", of_admin.browser.page());
        }
        let apps = of_admin.browser.get("/portal/contoso.example/apps").await.text;
        assert!(!apps.contains("Harvester"), "{apps}");
        of_admin.browser.get(&address).await;
        of_admin.browser.submit(&[("answer", "accept")]).await;
        assert!(of_admin.browser.location().contains("admin_consent=True"), "{}", of_admin.browser.location());
        let apps = of_admin.browser.get("/portal/contoso.example/apps").await.text;
        for word in ["Apps of other organisations", "Harvester", "Fabrikam", "fabrikam.example"] {
            assert!(apps.contains(word), "no {word} in {apps}");
        }
        assert!(flow.ask(&[("scope", "openid User.Read.All")]).await.contains_key("code"), "nobody is asked");
        assert_eq!(flow.ask(&[("scope", "openid profile"), ("prompt", "none")]).await["error"], "consent_required");
    })
    .await;
}

#[tokio::test]
async fn a_script_of_another_organisation_reads_answers_once_its_app_is_in() {
    on_both_engines(async |server| {
        let addresses = vec!["https://spa.example/cb".to_owned()];
        let (flow, _) = stranger(&server, Changes { spa_redirect_uris: Some(addresses), ..for_several() }).await;
        let path = format!("/{}/oauth2/v2.0/token", flow.tenant.id);
        let fields =
            [("grant_type", "refresh_token"), ("client_id", flow.app.client_id.as_str()), ("refresh_token", "x")];
        let allowed = async || {
            let answer = server.post_form(&path, &fields, Some("https://spa.example")).await;
            answer.header("access-control-allow-origin").to_owned()
        };
        assert_eq!(allowed().await, "");
        add(&server, &flow.tenant, &flow.app).await;
        assert_eq!(allowed().await, "https://spa.example");
        change(&server, &flow.app, &json!({ "signInAudience": "AzureADMyOrg" })).await;
        assert_eq!(allowed().await, "", "shut out there at once");
    })
    .await;
}
