//! The page of an app of another organisation, as administrators, owners and everybody else find it.

use super::pages::{APPS, HOSTILE, contoso};
use crate::applications::{Changes, SignInAudience};
use crate::graph::{Caller, Permission, Role, permission};
use crate::platform::ids::ClientId;
use crate::service_principals::grants::{self, NewGrant};
use crate::service_principals::{ServicePrincipal, grant_permissions, grants::ConsentType, store};
use crate::tenants::Tenant;
use crate::testing::{App, TestServer, on_both_engines};
use crate::users::User;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

/// An app that every organisation may let in.
fn for_several() -> Changes {
    Changes {
        sign_in_audience: Some(SignInAudience::SeveralOrganizations),
        web_redirect_uris: Some(vec!["https://harvester.example/cb".to_owned()]),
        ..Changes::default()
    }
}

/// An app of Fabrikam that stands in this tenant, and the path of its page.
pub(super) async fn admitted(server: &TestServer, tenant: &Tenant, name: &str) -> (App, ServicePrincipal, String) {
    let home = server.tenant("Fabrikam", "fabrikam.example").await;
    let app = server.app(&home, name, for_several()).await;
    let manager = server.application(tenant.id, &[Permission::ApplicationReadWriteAll]);
    let body = json!({ "appId": app.client_id });
    let answer = server.api_as(&manager, Method::POST, "/v1.0/servicePrincipals", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let mut tx = server.read().await.expect("a connection");
    let client: ClientId = app.client_id.parse().expect("an id");
    let found = store::find_by_client(&mut tx, tenant.id, client).await.expect("an answer").expect("it stands here");
    let page = format!("{APPS}/foreign/{}", found.id);
    (app, found, page)
}

/// Grants the app something at the directory API, for everybody and for one person, and a permission of its own.
async fn granted(server: &TestServer, principal: &ServicePrincipal, person: &User) {
    let caller = Caller::system(principal.tenant_id);
    let mut tx = server.write().await.expect("a transaction");
    let api = store::find_by_client(&mut tx, principal.tenant_id, ClientId(permission::RESOURCE)).await;
    let resource = api.expect("an answer").expect("the directory API").id;
    let everybody = NewGrant {
        client: principal.id,
        resource,
        consent_type: ConsentType::Everybody,
        principal: None,
        scope: "Group.Read.All".to_owned(),
    };
    let own = NewGrant {
        consent_type: ConsentType::Person,
        principal: Some(person.id),
        scope: "User.ReadWrite".to_owned(),
        ..everybody.clone()
    };
    for new in [everybody, own] {
        grants::create(&mut tx, server, &caller, new).await.expect("a grant");
    }
    grant_permissions(&mut tx, server, &caller, principal, &[Permission::UserInviteAll]).await.expect("a permission");
    tx.commit().await.expect("a commit");
}

/// The value of a field on a page.
fn value(page: &str, name: &str) -> String {
    let value = page.split(&format!("name=\"{name}\" value=\"")).nth(1).and_then(|rest| rest.split('"').next());
    value.unwrap_or_else(|| panic!("no {name} on {page}")).to_owned()
}

#[tokio::test]
async fn a_page_says_whose_an_app_is_and_decides_about_it() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let mara = server.member(&tenant, "mara", &[]).await;
        let (app, principal, here) = admitted(&server, &tenant, "Harvester").await;
        granted(&server, &principal, &mara).await;
        let list = browser.get(APPS).await.text;
        assert!(list.contains(&format!("href=\"{here}\"")), "{list}");
        let page = browser.get(&here).await.text;
        let home = app.tenant.to_string();
        for word in [
            "another organisation",
            "Fabrikam",
            "fabrikam.example",
            home.as_str(),
            app.client_id.as_str(),
            "https://harvester.example/cb",
            "Group.Read.All",
            "One person granted it something",
            "User.Invite.All",
            "open to everybody here",
            &format!("/v1.0/servicePrincipals/{}", principal.id),
        ] {
            assert!(page.contains(word), "no {word} in {page}");
        }

        browser.submit_to("/access", &[("required", "1")]).await;
        for word in ["for those who are assigned", ">Off<"] {
            assert!(browser.page().contains(word), "no {word} in {}", browser.page());
        }
        let nobody = browser.submit_to("/assign", &[("address", "nobody@contoso.example")]).await;
        assert_eq!(nobody.status, StatusCode::BAD_REQUEST);
        assert!(nobody.text.contains("nobody@contoso.example") && nobody.text.contains("href=\"#address\""));
        browser.submit_to("/assign", &[("address", &mara.user_principal_name)]).await;
        assert!(browser.page().contains("Remove mara, Default access"), "{}", browser.page());
        let pick = value(&browser.page(), "pick");
        let asked = browser.submit_to("/assignments/picked", &[("do", "unassign"), ("pick", &pick)]).await;
        assert!(asked.text.contains("Take 1 assignment back?") && asked.text.contains("mara"), "{}", asked.text);
        browser.get(&here).await;
        let sure = [("do", "unassign"), ("pick", pick.as_str()), ("sure", "1")];
        assert!(browser.submit_to("/assignments/picked", &sure).await.text.contains("1 assignment was taken back."));
        assert!(browser.get(&here).await.text.contains("Nobody is assigned."));

        browser.submit_to("/take-role", &[]).await;
        assert!(browser.page().contains("By itself it may do nothing."), "{}", browser.page());
        for _ in 0..2 {
            browser.submit_to("/take-grant", &[]).await;
        }
        for word in ["Nothing was granted to the app.", "Nobody granted it anything for themselves."] {
            assert!(browser.page().contains(word), "no {word} in {}", browser.page());
        }
    })
    .await;
}

#[tokio::test]
async fn an_app_of_another_organisation_is_removed_after_a_question_and_comes_back() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let mara = server.member(&tenant, "mara", &[]).await;
        let (_, principal, here) = admitted(&server, &tenant, "Harvester").await;
        granted(&server, &principal, &mara).await;
        let asked = browser.get(&format!("{here}?ask=remove")).await.text;
        for word in ["Remove Harvester?", "People cannot let it in again", "brought back for 30 days"] {
            assert!(asked.contains(word), "no {word} in {asked}");
        }
        browser.submit_to("/remove", &[]).await;
        assert_eq!(browser.location(), APPS);
        assert!(!browser.page().contains("Harvester"), "{}", browser.page());
        assert_eq!(browser.get(&here).await.status, StatusCode::NOT_FOUND);
        let removed = browser.get(&format!("{APPS}/removed/principals")).await.text;
        for word in ["Harvester", "Fabrikam", "fabrikam.example"] {
            assert!(removed.contains(word), "no {word} in {removed}");
        }
        let id = principal.id.to_string();
        let sure = [("do", "restore"), ("pick", id.as_str()), ("sure", "1")];
        let done = browser.submit_to("/principals/picked", &sure).await;
        assert!(done.text.contains("1 service principal was brought back."), "{}", done.text);
        let page = browser.get(&here).await.text;
        for word in ["Group.Read.All", "User.Invite.All", "One person granted"] {
            assert!(page.contains(word), "no {word} in {page}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_app_that_its_organisation_took_away_is_shown_as_such_and_can_still_be_removed() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let (app, principal, here) = admitted(&server, &tenant, HOSTILE).await;
        let owner = server.application(app.tenant, &[Permission::ApplicationReadWriteAll]);
        let path = format!("/v1.0/applications/{}", app.registered.application.id);
        let gone = "does not offer it any more";
        assert!(!browser.get(&here).await.text.contains(gone));
        for (audience, is_gone) in [("AzureADMyOrg", true), ("AzureADMultipleOrgs", false)] {
            let body = json!({ "signInAudience": audience });
            assert_eq!(server.api_as(&owner, Method::PATCH, &path, &body).await.status, 204);
            assert_eq!(browser.get(&here).await.text.contains(gone), is_gone, "{audience}");
        }
        assert_eq!(server.api_as(&owner, Method::DELETE, &path, &Value::Null).await.status, 204);
        let page = browser.get(&format!("{here}?ask=remove")).await.text;
        assert!(page.contains(gone) && !page.contains("<script>alert"), "{page}");
        browser.submit_to("/remove", &[]).await;
        let id = principal.id.to_string();
        browser.get(&format!("{APPS}/removed/principals")).await;
        let sure = [("do", "restore"), ("pick", id.as_str()), ("sure", "1")];
        let done = browser.submit_to("/principals/picked", &sure).await;
        assert!(done.text.contains("Its registration is gone too."), "{}", done.text);
    })
    .await;
}

/// A role whose declaration is gone must not look like access without a role.
#[tokio::test]
async fn what_was_assigned_is_called_as_its_organisation_calls_it_and_never_default_access() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let mara = server.member(&tenant, "mara", &[]).await;
        let (app, _, here) = admitted(&server, &tenant, "Harvester").await;
        let owner = server.application(app.tenant, &[Permission::ApplicationReadWriteAll]);
        let path = format!("/v1.0/applications/{}", app.registered.application.id);
        let id = server.entropy.random_uuid().to_string();
        let declare = async |name: &str, is_enabled: bool| {
            let role = json!({
                "id": id, "value": name, "displayName": name, "allowedMemberTypes": ["User"], "isEnabled": is_enabled,
            });
            let answer = server.api_as(&owner, Method::PATCH, &path, &json!({ "appRoles": [role] })).await;
            assert_eq!(answer.status, 204, "{}", answer.text);
        };
        declare("Reader", true).await;
        browser.get(&here).await;
        browser.submit_to("/assign", &[("address", &mara.user_principal_name), ("role", &id)]).await;
        assert!(browser.page().contains("Remove mara, Reader"), "{}", browser.page());
        declare("Owner", true).await;
        assert!(browser.get(&here).await.text.contains("Remove mara, Owner"));
        declare("Owner", false).await;
        let none = json!({ "appRoles": [] });
        assert_eq!(server.api_as(&owner, Method::PATCH, &path, &none).await.status, 204);
        let page = browser.get(&here).await.text;
        assert!(page.contains("Remove mara, A role that is no more"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn t3_owners_look_after_it_without_a_role_and_nobody_else_does() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let mara = server.member(&tenant, "mara", &[]).await;
        let (app, principal, here) = admitted(&server, &tenant, "Harvester").await;
        granted(&server, &principal, &mara).await;
        let own = server.signed_in(&mara).await;
        for path in [APPS, here.as_str()] {
            assert_eq!(own.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        browser.get(&here).await;
        browser.submit_to("/add-owner", &[("owner", &mara.user_principal_name)]).await;
        assert!(browser.page().contains("Remove the owner mara"), "{}", browser.page());
        let list = own.get(APPS).await.text;
        assert!(list.contains(&here), "{list}");
        let owned = format!("/v1.0/users/{}/ownedObjects", mara.id);
        let admin = server.administrator(&tenant).await;
        let owned = server.api_as(&admin, Method::GET, &owned, &Value::Null).await;
        assert!(owned.text.contains(&principal.id.to_string()), "{}", owned.text);

        let page = own.get(&here).await.text;
        assert!(!page.contains("What was granted") && !page.contains("Take back Us"), "{page}");
        own.submit_to("/access", &[("enabled", "1"), ("required", "1")]).await;
        assert!(own.page().contains("for those who are assigned"), "{}", own.page());
        // What the app may do is not theirs to decide, whatever they send.
        let shown = browser.get(&here).await.text;
        for (part, field) in [("take-grant", "grant"), ("take-role", "given")] {
            own.get(&here).await;
            let to = format!("{here}/{part}");
            let fields = [("csrf", value(&own.page(), "csrf")), (field, value(&shown, field))];
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            let request = axum::http::Request::post(to)
                .header("sec-fetch-site", "same-origin")
                .header("content-type", "application/x-www-form-urlencoded")
                .body(axum::body::Body::from(body))
                .expect("a request");
            assert_eq!(own.send(request).await.status, StatusCode::FORBIDDEN, "{part}");
        }
        assert_eq!(browser.get(&here).await.text.matches("name=\"grant\"").count(), 2, "nothing was taken");

        // An app of the organisation itself has a page of another kind.
        let at_home = app.registered.service_principal.id;
        let user = server.member(&tenant, "user", &[Role::UserAdministrator]).await;
        assert_eq!(server.signed_in(&user).await.get(&here).await.status, StatusCode::FORBIDDEN);
        let local = server.app(&tenant, "Expenses", Changes::default()).await.registered.service_principal.id;
        for id in [at_home, local] {
            assert_eq!(browser.get(&format!("{APPS}/foreign/{id}")).await.status, StatusCode::NOT_FOUND, "{id}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_that_stayed_open_switches_nothing_on_again() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let (_, _, here) = admitted(&server, &tenant, "Harvester").await;
        let other = server.member(&tenant, "other", &[Role::CloudApplicationAdministrator]).await;
        let late = server.signed_in(&other).await;
        late.get(&here).await;
        browser.get(&here).await;
        browser.submit_to("/access", &[]).await;
        let answer = late.submit_to("/access", &[("enabled", "1"), ("required", "1")]).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
        assert!(answer.text.contains("after you opened the page") && answer.text.contains(">yes<"), "{}", answer.text);
        assert!(late.get(&here).await.text.contains(">Off<"));
    })
    .await;
}
