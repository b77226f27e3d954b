//! What apps ask of people, who may answer, and what the answer does.

use super::claims;
use super::flow::{Flow, REDIRECT, guest, number, text, web};
use crate::applications::{AccessKind, Changes, RequiredResourceAccess, ResourceAccess};
use crate::graph::{Permission, Role, permission};
use crate::platform::ids::ClientId;
use crate::sign_in::session::Method;
use crate::tenants::ConsentPolicy;
use crate::testing::{TestServer, on_both_engines};
use crate::users::ExternalUserState;
use axum::http;
use database::sql;
use serde_json::{Value, json};

/// What a person may grant an app by themselves, where the organisation lets them.
const OWN: &str = "openid offline_access User.ReadWrite";

async fn set_policy(server: &TestServer, flow: &Flow<'_>, policies: &[ConsentPolicy]) {
    let path = "/v1.0/policies/authorizationPolicy";
    let body = json!({ "defaultUserRolePermissions": { "permissionGrantPoliciesAssigned": policies } });
    let writer = server.application(flow.tenant.id, &[Permission::PolicyReadWriteAuthorization]);
    let answer = server.api_as(&writer, http::Method::PATCH, path, &body).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
}

/// The grants that somebody with every right sees.
async fn grants(server: &TestServer, flow: &Flow<'_>) -> Vec<Value> {
    let reader = server.application(flow.tenant.id, &[Permission::DirectoryReadAll]);
    let answer = server.api_as(&reader, http::Method::GET, "/v1.0/oauth2PermissionGrants", &Value::Null).await;
    answer.json()["value"].as_array().expect("a list").clone()
}

async fn audited(server: &TestServer, flow: &Flow<'_>) -> Vec<String> {
    let mut tx = server.read().await.expect("a connection");
    let select = sql!(
        "SELECT initiator_id, details FROM directory_audit WHERE tenant_id = $1 AND activity = 'Consent to application'"
    );
    let rows: Vec<(Option<uuid::Uuid>, sqlx::types::Json<Value>)> =
        tx.query(select).bind(flow.tenant.id).fetch_all().await.expect("rows");
    rows.into_iter().map(|(_, details)| details.0[0]["value"].as_str().expect("a word").to_owned()).collect()
}

#[tokio::test]
async fn a7_where_the_organisation_does_not_let_them_neither_member_nor_guest_consents() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let visitor = guest(&server, &flow.tenant, "sam@fabrikam.example", ExternalUserState::Accepted).await;
        for policies in [&[][..], &[ConsentPolicy::Low], &[ConsentPolicy::Recommended]] {
            set_policy(&server, &flow, policies).await;
            for (user, method) in [(&flow.user, Method::Password), (&visitor, Method::Passcode)] {
                let flow = Flow {
                    browser: server.browser(),
                    user: user.clone(),
                    tenant: flow.tenant.clone(),
                    app: flow.app.clone(),
                    server: &server,
                };
                flow.browser.sign_in_as(&server, user, method).await;
                let silent = flow.ask(&[("scope", OWN), ("prompt", "none")]).await;
                assert_eq!(silent["error"], "consent_required");
                assert!(silent["error_description"].starts_with("AADSTS65001:"));
                for scope in [OWN, "User.Read.All"] {
                    let page = flow.browser.get(&flow.address(&[("scope", scope)])).await;
                    assert_eq!(page.status, 200);
                    assert!(page.text.contains("needs an administrator"), "{policies:?}: {}", page.text);
                    assert!(page.text.contains("Expenses") && page.text.contains("Contoso"), "{}", page.text);
                    let forced = flow.browser.submit_to("", &[("answer", "accept"), ("everybody", "1")]).await;
                    assert_eq!(forced.status, 403, "{}", forced.text);
                    flow.browser.get(&flow.address(&[("scope", scope)])).await;
                    flow.browser.submit(&[("answer", "unavailable")]).await;
                    let arrived = flow.arrived();
                    assert_eq!(arrived["error"], "consent_required");
                    assert!(arrived["error_description"].starts_with("AADSTS90094:"));
                    assert_eq!(arrived["state"], "s&1");
                }
            }
        }
        assert!(grants(&server, &flow).await.is_empty(), "nothing was granted");
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let strange = server.app(&other, "Harvester", web()).await;
        let answer = flow.browser.get(&flow.address(&[("client_id", &strange.client_id), ("scope", OWN)])).await;
        assert_eq!(answer.status, 400);
        assert!(answer.text.contains("AADSTS700016"), "an app of another organisation asks nobody anything");
    })
    .await;
}

#[tokio::test]
async fn a7_the_page_names_app_publisher_and_permission_in_three_languages() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        set_policy(&server, &flow, &[ConsentPolicy::Legacy]).await;
        for (language, words) in [
            ("en", ["asks for your permission", "belongs to", "Read and change your profile"]),
            ("de", ["bittet um Ihre Erlaubnis", "gehört", "Ihr Profil lesen und ändern"]),
            ("ar", ["إذنك", "ينتمي", "قراءة ملفك الشخصي وتغييره"]),
        ] {
            let page = flow.browser.get(&flow.address(&[("scope", OWN), ("ui_locales", language)])).await;
            assert_eq!(page.status, 200);
            for word in words.into_iter().chain(["Expenses", "Contoso", "contoso.example", "User.ReadWrite"]) {
                assert!(page.text.contains(word), "{language}: no {word} in {}", page.text);
            }
            assert!(!page.text.contains("name=\"everybody\""), "a member answers for themselves alone");
        }
    })
    .await;
}

#[tokio::test]
async fn a_person_lets_an_app_act_for_them_and_takes_it_back() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        set_policy(&server, &flow, &[ConsentPolicy::Legacy]).await;
        let asked = [("scope", OWN)];
        flow.browser.get(&flow.address(&asked)).await;
        flow.browser.submit(&[("answer", "decline")]).await;
        let declined = flow.arrived();
        assert_eq!(declined["error"], "access_denied");
        assert!(declined["error_description"].starts_with("AADSTS65004:"));

        flow.browser.get(&flow.address(&asked)).await;
        let forged = flow.browser.submit(&[("answer", "accept"), ("csrf", "x")]).await;
        assert_eq!(forged.status, 403);
        flow.browser.get(&flow.address(&asked)).await;
        let everybody = flow.browser.submit(&[("answer", "accept"), ("everybody", "1")]).await;
        assert_eq!(everybody.status, 403, "{}", everybody.text);
        assert!(grants(&server, &flow).await.is_empty());

        flow.browser.get(&flow.address(&asked)).await;
        flow.browser.submit(&[("answer", "accept")]).await;
        let code = flow.arrived()["code"].clone();
        let tokens = flow.redeem(&code, &[]).await.json();
        assert_eq!(claims(text(&tokens, "access_token"))["scp"], "User.ReadWrite openid");
        assert_eq!(audited(&server, &flow).await, ["False"]);
        let granted = grants(&server, &flow).await;
        assert_eq!(granted.len(), 1);
        assert_eq!((&granted[0]["consentType"], &granted[0]["scope"]), (&json!("Principal"), &json!("User.ReadWrite")));
        assert_eq!(granted[0]["principalId"], flow.user.id.to_string());
        assert!(flow.ask(&asked).await.contains_key("code"), "nobody is asked twice");
        assert!(flow.ask(&[("scope", OWN), ("prompt", "none")]).await.contains_key("code"));

        let token = text(&tokens, "access_token");
        let one = format!("/v1.0/oauth2PermissionGrants/{}", granted[0]["id"].as_str().expect("an id"));
        let caller = super::caller_of(&server, token).await;
        assert_eq!(caller.user().and_then(|user| user.delegated.clone()).expect("an app").permissions.len(), 1);
        let own = crate::testing::person(&flow.user, Vec::new());
        assert_eq!(server.api_as(&own, http::Method::DELETE, &one, &Value::Null).await.status, 204);
        let caller = super::caller_of(&server, token).await;
        assert!(caller.user().and_then(|user| user.delegated.clone()).expect("an app").permissions.is_empty());
        let refreshed = flow.refresh(text(&tokens, "refresh_token"), &[]).await;
        assert_eq!((refreshed.status.as_u16(), number(&refreshed)), (400, 65001));
        assert_eq!(refreshed.json()["suberror"], "consent_required");
        flow.browser.get(&flow.address(&asked)).await;
        assert!(flow.browser.page().contains("asks for your permission"), "{}", flow.browser.page());
    })
    .await;
}

#[tokio::test]
async fn an_administrator_answers_for_everybody() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let admin = server.member(&flow.tenant, "admin", &[Role::CloudApplicationAdministrator]).await;
        let browser = server.browser();
        browser.sign_in_as(&server, &admin, Method::Password).await;
        let asked = flow.address(&[("scope", "openid User.Read.All"), ("prompt", "consent")]);
        browser.get(&asked).await;
        assert!(browser.page().contains("name=\"everybody\""), "{}", browser.page());
        browser.submit(&[("answer", "accept"), ("everybody", "1")]).await;
        assert!(browser.location().starts_with(REDIRECT), "{}", browser.location());
        assert_eq!(audited(&server, &flow).await, ["True"]);
        let granted = grants(&server, &flow).await;
        assert_eq!(
            (&granted[0]["consentType"], &granted[0]["scope"]),
            (&json!("AllPrincipals"), &json!("User.Read.All"))
        );
        assert!(flow.ask(&[("scope", "openid User.Read.All")]).await.contains_key("code"));
        // The app wants the page to be seen again: it shows what is allowed, and asks nothing.
        flow.browser.get(&flow.address(&[("scope", "openid User.Read.All"), ("prompt", "consent")])).await;
        assert!(flow.browser.page().contains("It may already"), "{}", flow.browser.page());
        flow.browser.submit(&[("answer", "accept")]).await;
        assert!(flow.arrived().contains_key("code"));
    })
    .await;
}

fn needs(scopes: &[Permission], roles: &[Permission]) -> Changes {
    let access = |id: Option<uuid::Uuid>, kind| ResourceAccess { id: id.expect("an id"), kind };
    let scopes = scopes.iter().map(|permission| access(permission.scope_id(), AccessKind::Scope));
    let roles = roles.iter().map(|permission| access(permission.role_id(), AccessKind::Role));
    let required = RequiredResourceAccess {
        resource_app_id: ClientId(permission::RESOURCE),
        resource_access: scopes.chain(roles).collect(),
    };
    Changes { required_resource_access: Some(vec![required]), ..web() }
}

#[tokio::test]
async fn a_link_leads_an_administrator_to_everything_the_registration_needs() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "mara", &[]).await;
        let properties = needs(&[Permission::UserReadAll], &[Permission::UserInviteAll]);
        let flow = Flow::with(&server, tenant, user, Method::Password, properties).await;
        let client = &flow.app.client_id;
        let address = |redirect: &str| {
            let query = [("client_id", client.as_str()), ("redirect_uri", redirect), ("state", "a&b")];
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
            format!("/{}/v2.0/adminconsent?{query}", flow.tenant.id)
        };
        let elsewhere = flow.browser.get(&address("https://evil.example/cb")).await;
        assert_eq!((elsewhere.status.as_u16(), elsewhere.header("location")), (400, ""));
        let nobody = server.browser();
        nobody.get(&address(REDIRECT)).await;
        assert!(nobody.location().contains("/sign-in/"), "{}", nobody.location());

        flow.browser.get(&address(REDIRECT)).await;
        assert!(flow.browser.page().contains("needs an administrator"), "{}", flow.browser.page());
        let forced = flow.browser.submit(&[("answer", "accept")]).await;
        assert_eq!(forced.status, 403);

        let manager = server.member(&flow.tenant, "manager", &[Role::ApplicationAdministrator]).await;
        let browser = server.browser();
        browser.sign_in_as(&server, &manager, Method::Password).await;
        browser.get(&address(REDIRECT)).await;
        for word in ["Read the profiles of everybody here", "Invite guests", "everybody at", "User.Invite.All"] {
            assert!(browser.page().contains(word), "no {word}: {}", browser.page());
        }
        let denied = browser.submit(&[("answer", "accept")]).await;
        assert_eq!(denied.status, 403, "who manages apps gives programs no permissions of the directory");
        assert!(grants(&server, &flow).await.is_empty());
        browser.get(&address(REDIRECT)).await;
        browser.submit(&[("answer", "decline")]).await;
        let location = browser.location();
        assert!(location.starts_with(REDIRECT) && location.contains("error=access_denied"), "{location}");

        let admin = server.member(&flow.tenant, "admin", &[Role::GlobalAdministrator]).await;
        let browser = server.browser();
        browser.sign_in_as(&server, &admin, Method::Password).await;
        browser.get(&address(REDIRECT)).await;
        browser.submit(&[("answer", "accept")]).await;
        let location = url::Url::parse(&browser.location()).expect("an address");
        let said: Vec<_> = location.query_pairs().into_owned().collect();
        let tenant = flow.tenant.id.to_string();
        for (name, value) in [("admin_consent", "True"), ("tenant", tenant.as_str()), ("state", "a&b")] {
            assert!(said.contains(&(name.to_owned(), value.to_owned())), "{said:?}");
        }
        assert_eq!(grants(&server, &flow).await[0]["scope"], "User.Read.All");
        let token = server.token(&flow.app).await;
        assert_eq!(claims(&token)["roles"], json!(["User.Invite.All"]));
    })
    .await;
}

#[tokio::test]
async fn an_app_calls_another_one_for_people_who_let_it() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        set_policy(&server, &flow, &[ConsentPolicy::Legacy]).await;
        let scope = |value: &str, kind: &str| {
            serde_json::from_value(json!({
                "id": server.entropy.random_uuid(), "value": value, "type": kind,
                "userConsentDisplayName": "Look at your orders",
            }))
            .expect("a scope")
        };
        let exposed = vec![scope("Orders.Read", "User"), scope("Orders.Write", "Admin")];
        let orders =
            server.app(&flow.tenant, "Orders", Changes { exposed_scopes: Some(exposed), ..Changes::default() }).await;
        let name = |word: &str| format!("openid api://{}/{word}", orders.client_id);
        flow.browser.get(&flow.address(&[("scope", &name("Orders.Write"))])).await;
        assert!(flow.browser.page().contains("needs an administrator"), "{}", flow.browser.page());
        let asked = name("Orders.Read");
        flow.browser.get(&flow.address(&[("scope", &asked)])).await;
        assert!(flow.browser.page().contains("Look at your orders"), "{}", flow.browser.page());
        flow.browser.submit(&[("answer", "accept")]).await;
        let tokens = flow.redeem(&flow.arrived()["code"].clone(), &[]).await.json();
        let said = claims(text(&tokens, "access_token"));
        assert_eq!(
            (&said["scp"], &said["aud"]),
            (&json!("Orders.Read"), &json!(format!("api://{}", orders.client_id)))
        );
        let about = async || {
            let fields = [
                ("client_id", orders.client_id.as_str()),
                ("client_secret", orders.secret.as_str()),
                ("token", text(&tokens, "access_token")),
            ];
            let path = format!("/{}/oauth2/v2.0/introspect", flow.tenant.id);
            server.post_form(&path, &fields, None).await.json()
        };
        assert_eq!(about().await["scope"], "Orders.Read");
        let manager = server.application(flow.tenant.id, &[Permission::DelegatedPermissionGrantReadWriteAll]);
        let granted = grants(&server, &flow).await;
        let one = format!("/v1.0/oauth2PermissionGrants/{}", granted[0]["id"].as_str().expect("an id"));
        assert_eq!(server.api_as(&manager, http::Method::DELETE, &one, &Value::Null).await.status, 204);
        assert_eq!(about().await["active"], false, "what was taken back is gone from the token in use");
    })
    .await;
}

/// Assigns policies by their names.
async fn assign(server: &TestServer, flow: &Flow<'_>, names: &[&str]) {
    let path = "/v1.0/policies/authorizationPolicy";
    let body = json!({ "defaultUserRolePermissions": { "permissionGrantPoliciesAssigned": names } });
    let writer = server.application(flow.tenant.id, &[Permission::PolicyReadWriteAuthorization]);
    let answer = server.api_as(&writer, http::Method::PATCH, path, &body).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
}

#[tokio::test]
async fn a7_people_consent_by_rules_of_the_organisation_and_by_nothing_else() {
    on_both_engines(async |server| {
        let flow = Flow::new(&server).await;
        let writer = server.application(flow.tenant.id, &[Permission::PolicyReadWritePermissionGrant]);
        let post = async |path: &str, body: Value| {
            let path = format!("/v1.0/policies/permissionGrantPolicies{path}");
            let answer = server.api_as(&writer, http::Method::POST, &path, &body).await;
            assert_eq!(answer.status, 201, "{}", answer.text);
        };
        post("", json!({ "id": "our-own", "displayName": "Our own" })).await;
        assign(&server, &flow, &["managePermissionGrantsForSelf.our-own"]).await;
        let is_let = async |scope: &str| {
            flow.browser.get(&flow.address(&[("scope", scope)])).await;
            let page = flow.browser.page();
            assert!(page.contains("asks for your permission") || page.contains("needs an administrator"), "{page}");
            page.contains("asks for your permission")
        };
        assert!(!is_let(OWN).await, "nothing is included yet");
        // Whatever is delegated, for another app only.
        let other = server.app(&flow.tenant, "Other", web()).await;
        let set = json!({ "permissionType": "delegated", "clientApplicationIds": [other.client_id] });
        post("/our-own/includes", set).await;
        assert!(!is_let(OWN).await, "for another app only");
        post("/our-own/includes", json!({ "permissionType": "delegated" })).await;
        assert!(is_let(OWN).await);
        assert!(!is_let("openid User.Read.All").await, "a wide rule leaves administrators what is theirs");
        let named = json!({
            "permissionType": "delegated",
            "resourceApplication": permission::RESOURCE,
            "permissions": [Permission::UserReadAll.scope_id()],
        });
        post("/our-own/includes", named).await;
        assert!(is_let("openid User.Read.All").await, "it is named");
        let excluded = json!({ "permissionType": "delegated", "permissions": [Permission::UserReadWrite.scope_id()] });
        post("/our-own/excludes", excluded).await;
        assert!(!is_let(OWN).await, "it is excluded");
        let forced = flow.browser.submit_to("", &[("answer", "accept")]).await;
        assert_eq!(forced.status, 403, "{}", forced.text);
        assert!(is_let("openid User.Read.All").await);
        flow.browser.submit(&[("answer", "accept")]).await;
        assert!(flow.arrived().contains_key("code"));
        let granted = grants(&server, &flow).await;
        assert_eq!((&granted[0]["consentType"], &granted[0]["scope"]), (&json!("Principal"), &json!("User.Read.All")));
        // A rule beside it that comes with the server adds what it lets people do.
        let both =
            ["ManagePermissionGrantsForSelf.microsoft-user-default-legacy", "managePermissionGrantsForSelf.our-own"];
        assign(&server, &flow, &both).await;
        assert!(is_let(OWN).await);
    })
    .await;
}
