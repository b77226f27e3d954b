//! My Apps, and where somebody begins.

use super::{HOSTILE, guest};
use crate::applications::{AppRole, Changes, PrincipalKeptChange, SignInAudience};
use crate::graph::{Caller, Permission, Role, permission};
use crate::platform::ids::{ClientId, PrincipalId};
use crate::service_principals::grants::{self, ConsentType, NewGrant};
use crate::service_principals::{self, NewAssignment, ServicePrincipalChanges, foreign};
use crate::sign_in::session::Method;
use crate::tenants::Tenant;
use crate::testing::{Recorder, TestServer, on_both_engines, picture};
use crate::users::{ExternalUserState, User};
use axum::http::StatusCode;

const PATH: &str = "/myapps/contoso.example";

fn page_at(address: &str) -> Changes {
    Changes { home_page_url: Some(Some(address.to_owned())), ..Changes::default() }
}

#[tokio::test]
async fn apps_are_shown_that_are_open_or_assigned_and_have_a_page() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = guest(&server, &tenant, "Sam Reyes", "sam@partner.example", ExternalUserState::Accepted).await;
        server.app(&tenant, "Handbook", page_at("https://handbook.contoso.example/start")).await;
        server.app(&tenant, "Daemon", Changes::default()).await;
        let uris = Some(vec!["https://expenses.contoso.example/signed-in".to_owned()]);
        let expenses = server.app(&tenant, "Expenses", Changes { web_redirect_uris: uris, ..Changes::default() }).await;
        let secret = server.app(&tenant, "Secret plans", page_at("https://plans.contoso.example")).await;
        let system = Caller::system(tenant.id);
        for app in [&expenses, &secret] {
            let changes = ServicePrincipalChanges { app_role_assignment_required: Some(true), ..Default::default() };
            let key = service_principals::operations::Key::Id(app.registered.service_principal.id);
            let mut tx = server.write().await.expect("a transaction");
            service_principals::operations::update(&mut tx, &server, &system, key, changes).await.expect("changed");
            tx.commit().await.expect("a commit");
        }
        let mut tx = server.write().await.expect("a transaction");
        let new = NewAssignment {
            principal: PrincipalId::from(sam.id),
            resource: expenses.registered.service_principal.id,
            role: AppRole::DEFAULT,
        };
        service_principals::assign(&mut tx, &server, &system, new).await.expect("assigned");
        tx.commit().await.expect("a commit");
        let text = server.signed_in(&sam).await.get(PATH).await.text;
        assert!(text.contains("href=\"https://handbook.contoso.example/start\""), "{text}");
        assert!(text.contains("href=\"https://expenses.contoso.example\"") && text.contains("2 apps"), "{text}");
        assert!(!text.contains("Daemon") && !text.contains("Secret plans"));
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let page = server.signed_in(&ines).await.get(&format!("/portal/contoso.example/users/{}", sam.id)).await.text;
        assert!(page.contains("Assigned") && page.contains("Open to everybody") && !page.contains("Daemon"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn an_app_that_has_a_logo_is_shown_with_it() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = guest(&server, &tenant, "Sam Reyes", "sam@partner.example", ExternalUserState::Accepted).await;
        let handbook = server.app(&tenant, "Handbook", page_at("https://handbook.contoso.example/start")).await;
        server.app(&tenant, "Travel", page_at("https://travel.contoso.example")).await;
        let manager = server.application(tenant.id, &[Permission::ApplicationReadWriteAll]);
        let logo = format!("/v1.0/applications/{}/logo", handbook.registered.application.id);
        assert_eq!(server.api_as(&manager, axum::http::Method::PUT, &logo, &picture()).await.status, 204);
        let page = server.signed_in(&sam).await.get(PATH).await;
        let own = format!("<img class=\"app big\" src=\"/{}/logos/{}?v=", tenant.id, handbook.client_id);
        assert_eq!(page.text.matches(&own).count(), 1, "{}", page.text);
        assert_eq!(page.text.matches("<span class=\"app big\">").count(), 1, "the other one has the mark of every app");
        assert!(page.header("content-security-policy").contains("img-src 'self' data:;"), "{:?}", page.headers);
    })
    .await;
}

#[tokio::test]
async fn every_organisation_of_the_browser_has_a_door() {
    on_both_engines(async |server| {
        let contoso = server.tenant("Contoso", "contoso.example").await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let northwind = server.tenant("Northwind", "northwind.example").await;
        let browser = server.browser();
        for tenant in [&contoso, &fabrikam] {
            let sam = guest(&server, tenant, "Sam", "sam@partner.example", ExternalUserState::Accepted).await;
            browser.sign_in_as(&server, &sam, Method::Passcode).await;
        }
        guest(&server, &northwind, "Sam", "sam@partner.example", ExternalUserState::Accepted).await;
        let text = browser.get("/myapps/fabrikam.example").await.text;
        assert!(text.contains("href=\"/myapps/contoso.example\""), "{text}");
        assert!(text.contains("href=\"/myapps/fabrikam.example\" aria-current=\"page\""), "{text}");
        assert!(!text.contains("Northwind"));
    })
    .await;
}

#[tokio::test]
async fn the_page_speaks_the_readers_language_and_says_when_there_is_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example", ExternalUserState::Accepted).await;
        let browser = server.signed_in(&sam).await;
        assert!(browser.get(PATH).await.text.contains("There is no app for you yet"));
        assert!(browser.get(&format!("{PATH}?lang=de")).await.text.contains("Für Sie gibt es noch keine App"));
        assert!(browser.get(&format!("{PATH}?lang=ar")).await.text.contains("dir=\"rtl\""));
    })
    .await;
}

#[tokio::test]
async fn administrators_begin_with_the_overview_and_guests_with_their_apps() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example", ExternalUserState::Accepted).await;
        let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        for (user, place) in [(&sam, PATH), (&ines, "/portal/contoso.example")] {
            let browser = server.signed_in(user).await;
            assert_eq!(browser.get("/portal/contoso.example").await.status, StatusCode::OK);
            assert_eq!(browser.location(), place);
        }
    })
    .await;
}

/// X4: names of people and apps are text in My Apps.
#[tokio::test]
async fn x4_names_in_my_apps_are_inert() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = guest(&server, &tenant, HOSTILE, "sam@partner.example", ExternalUserState::Accepted).await;
        server.app(&tenant, HOSTILE, page_at("https://x.contoso.example")).await;
        let text = server.signed_in(&sam).await.get(PATH).await.text;
        assert!(text.contains("</html>") && text.contains("1 app") && !text.contains("<script>"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_person_sees_what_apps_may_do_for_them_and_takes_it_back() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = guest(&server, &tenant, "Sam Reyes", "sam@partner.example", ExternalUserState::Accepted).await;
        let noor = server.member(&tenant, "noor", &[]).await;
        let app = server.app(&tenant, HOSTILE, Changes::default()).await;
        let other = server.app(&tenant, "Calendar", Changes::default()).await;
        let api = crate::platform::ids::ClientId(crate::graph::permission::RESOURCE);
        let mut tx = server.write().await.expect("a transaction");
        let api = service_principals::store::find_by_client(&mut tx, tenant.id, api).await.expect("an answer");
        let api = api.expect("the directory API").id;
        let system = Caller::system(tenant.id);
        for (client, user, scope) in [
            (&app, Some(sam.id), "User.ReadWrite"),
            (&app, Some(noor.id), "User.ReadBasic.All"),
            (&other, None, "User.Read.All"),
        ] {
            let new = NewGrant {
                client: client.registered.service_principal.id,
                resource: api,
                consent_type: if user.is_some() { ConsentType::Person } else { ConsentType::Everybody },
                principal: user,
                scope: scope.to_owned(),
            };
            grants::create(&mut tx, &server, &system, new).await.expect("granted");
        }
        tx.commit().await.expect("a commit");
        let browser = server.signed_in(&sam).await;
        let page = browser.get(&format!("{PATH}/permissions")).await.text;
        for word in ["User.ReadWrite", "Read and change your profile", "Calendar", "User.Read.All"] {
            assert!(page.contains(word), "no {word}: {page}");
        }
        assert!(!page.contains(HOSTILE) && !page.contains("User.ReadBasic.All"), "{page}");
        assert_eq!(page.matches("name=\"grant\"").count(), 1, "what holds for everybody is not theirs to take back");
        browser.submit_to("/permissions", &[]).await;
        assert!(browser.page().contains("You have let no app act for you"), "{}", browser.page());
        let mut tx = server.read().await.expect("a connection");
        let left = grants::store::list_for(&mut tx, tenant.id, noor.id).await.expect("a list");
        assert_eq!(left.len(), 2, "what others let it stays");
    })
    .await;
}

/// Lets an app of another organisation in, for somebody to open and to act for them.
async fn let_in(server: &TestServer, home: &Tenant, name: &str, person: &User) {
    let several = Some(SignInAudience::SeveralOrganizations);
    let properties = Changes { sign_in_audience: several, ..page_at("https://planner.fabrikam.example") };
    let client: ClientId = server.app(home, name, properties).await.client_id.parse().expect("an id");
    let system = Caller::system(person.tenant_id);
    let mut tx = server.write().await.expect("a transaction");
    let app = foreign::admit(&mut tx, server, &system, client).await.expect("it stands here").id;
    let new = NewAssignment { principal: PrincipalId::from(person.id), resource: app, role: AppRole::DEFAULT };
    service_principals::assign(&mut tx, server, &system, new).await.expect("assigned");
    let api = service_principals::store::find_by_client(&mut tx, person.tenant_id, ClientId(permission::RESOURCE));
    let new = NewGrant {
        client: app,
        resource: api.await.expect("an answer").expect("the directory API").id,
        consent_type: ConsentType::Person,
        principal: Some(person.id),
        scope: "User.ReadWrite".to_owned(),
    };
    grants::create(&mut tx, server, &system, new).await.expect("granted");
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn apps_of_other_organisations_cost_the_same_for_one_and_for_many() {
    on_both_engines(async |server| {
        server.caught_up().await;
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let home = server.tenant("Fabrikam", "fabrikam.example").await;
        let sam = guest(&server, &tenant, "Sam Reyes", "sam@partner.example", ExternalUserState::Accepted).await;
        let browser = server.signed_in(&sam).await;
        let mut asked = Vec::new();
        for number in 0..3 {
            let name = format!("Planner {number}");
            let_in(&server, &home, &name, &sam).await;
            let mut reads = Vec::new();
            for path in [PATH.to_owned(), format!("{PATH}/permissions")] {
                // What hardly ever changes is read once, and what guests read is written a moment later.
                browser.get(&path).await;
                server.flush_reads().await;
                let recorder = Recorder::start();
                let page = browser.get(&path).await.text;
                assert!(page.contains(&name) && page.contains("Planner 0"), "{page}");
                reads.push(recorder.work().reads);
            }
            asked.push(reads);
        }
        assert!(asked.iter().all(|reads| *reads == asked[0]), "{asked:#?}");
        let page = browser.get(&format!("{PATH}/permissions")).await.text;
        assert!(page.matches("Fabrikam").count() >= 3, "whose each of them is: {page}");
    })
    .await;
}

#[tokio::test]
async fn an_organisation_says_what_an_app_is_where_it_is_opened_and_whether_it_is_shown() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = guest(&server, &tenant, "Sam Reyes", "sam@partner.example", ExternalUserState::Accepted).await;
        let handbook = page_at("https://handbook.contoso.example/start");
        let handbook = Changes { description: Some(Some("The old words".to_owned())), ..handbook };
        let handbook = server.app(&tenant, "Handbook", handbook).await;
        server.app(&tenant, "Expenses", page_at("https://expenses.contoso.example/")).await;
        let change = async |kept: PrincipalKeptChange| {
            let key = service_principals::operations::Key::Id(handbook.registered.service_principal.id);
            let changes = ServicePrincipalChanges { kept, ..ServicePrincipalChanges::default() };
            let mut tx = server.write().await.expect("a transaction");
            let system = Caller::system(tenant.id);
            service_principals::operations::update(&mut tx, &server, &system, key, changes).await.expect("changed");
            tx.commit().await.expect("a commit");
        };
        let browser = server.signed_in(&sam).await;
        let text = browser.get(PATH).await.text;
        assert!(text.contains("The old words") && text.contains("href=\"https://handbook.contoso.example/start\""));
        change(PrincipalKeptChange {
            description: Some(Some("What everybody may know".to_owned())),
            login_url: Some(Some("https://handbook.contoso.example/sign-in".to_owned())),
            ..PrincipalKeptChange::default()
        })
        .await;
        let text = browser.get(PATH).await.text;
        assert!(text.contains("What everybody may know") && !text.contains("The old words"), "{text}");
        assert!(
            text.contains("href=\"https://handbook.contoso.example/sign-in\"") && text.contains("2 apps"),
            "{text}"
        );
        change(PrincipalKeptChange { tags: Some(vec!["HideApp".to_owned()]), ..PrincipalKeptChange::default() }).await;
        let text = browser.get(PATH).await.text;
        assert!(!text.contains("handbook.contoso.example") && text.contains("1 app"), "{text}");
        assert!(text.contains("https://expenses.contoso.example/"), "{text}");
    })
    .await;
}
