//! What an app exposes, what it needs, and how long its secrets live, as people say it in the portal.

use super::app;
use crate::applications::{self, AccessKind, Application, Changes, ExposedScope, Origin, ScopeKind};
use crate::graph::{Caller, Permission, Role, permission};
use crate::platform::ids::ClientId;
use crate::tenants::Tenant;
use crate::testing::{Browser, Recorder, TestServer, on_both_engines};
use axum::http::{Method, StatusCode};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

const APPS: &str = "/portal/contoso.example/apps";

async fn contoso(server: &TestServer) -> (Tenant, Browser<'_>, Application) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let ines = server.member(&tenant, "ines", &[Role::ApplicationAdministrator]).await;
    let orders = app(server, &Caller::system(tenant.id), "Orders", Changes::default()).await.application;
    (tenant, server.signed_in(&ines).await, orders)
}

async fn find(server: &TestServer, app: &Application) -> Application {
    let mut tx = server.read().await.expect("a connection");
    applications::store::find(&mut tx, app.tenant_id, app.id).await.expect("an answer").expect("the app")
}

fn scope(value: &str) -> ExposedScope {
    ExposedScope {
        id: Uuid::from_u128(7),
        value: value.to_owned(),
        kind: ScopeKind::Admin,
        is_enabled: true,
        admin_consent_display_name: Some("Read everything".to_owned()),
        admin_consent_description: None,
        user_consent_display_name: None,
        user_consent_description: None,
        origin: Origin::Application,
    }
}

#[tokio::test]
async fn scopes_are_added_switched_off_and_removed_after_a_question() {
    on_both_engines(async |server| {
        let (_, browser, orders) = contoso(&server).await;
        let here = format!("{APPS}/{}/exposed", orders.id);
        assert!(browser.get(&format!("{APPS}/{}", orders.id)).await.text.contains(&format!("href=\"{here}\"")));
        browser.get(&here).await;
        let wrong = browser.submit_to("/exposed", &[("do", "add-scope"), ("value", "two words")]).await;
        assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{}", wrong.text);
        assert!(wrong.text.contains("href=\"#value\"") && wrong.text.contains("two words"), "{}", wrong.text);
        let fields = [
            ("do", "add-scope"),
            ("value", "Costs.Read"),
            ("type", "Admin"),
            ("admin-title", "Read costs"),
            ("user-text", "Your costs"),
        ];
        let added = browser.submit_to("/exposed", &fields).await;
        assert!(added.text.contains("The app was changed.") && added.text.contains("Costs.Read"), "{}", added.text);
        let kept = find(&server, &orders).await.exposed_scopes[0].clone();
        assert_eq!((kept.kind, kept.is_enabled), (ScopeKind::Admin, true));
        assert_eq!(kept.user_consent_description.as_deref(), Some("Your costs"));

        // What is on is not removed, whatever is sent.
        let id = kept.id.to_string();
        let early = browser.submit_to("/exposed", &[("do", "remove"), ("scope", id.as_str())]).await;
        assert_eq!(early.status, StatusCode::BAD_REQUEST, "{}", early.text);
        browser.submit_to("/exposed", &[("do", "switch"), ("scope", id.as_str()), ("to", "off")]).await;
        assert!(!find(&server, &orders).await.exposed_scopes[0].is_enabled);
        let asked = browser.get(&format!("{here}?ask={id}")).await;
        assert!(asked.text.contains("Remove Costs.Read?"), "{}", asked.text);
        browser.submit_to("/exposed", &[("do", "remove"), ("scope", id.as_str())]).await;
        assert!(find(&server, &orders).await.exposed_scopes.is_empty());
    })
    .await;
}

#[tokio::test]
async fn identifiers_are_kept_refused_at_their_field_and_not_written_over() {
    on_both_engines(async |server| {
        let (_, browser, orders) = contoso(&server).await;
        let here = format!("{APPS}/{}/exposed", orders.id);
        browser.get(&here).await;
        let wrong = [("do", "identifiers"), ("identifierUris", "api://somebody-else")];
        let refused = browser.submit_to("/exposed", &wrong).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
        assert!(refused.text.contains("href=\"#identifierUris\""), "{}", refused.text);
        let own = format!("api://{}/orders", orders.app_id);
        browser.submit_to("/exposed", &[("do", "identifiers"), ("identifierUris", own.as_str())]).await;
        assert_eq!(find(&server, &orders).await.identifier_uris.0, std::slice::from_ref(&own));
        // The page that shows none is out of date.
        let csrf = browser.page();
        let csrf = csrf.rsplit("name=\"csrf\" value=\"").next().and_then(|rest| rest.split('"').next());
        let body = format!("csrf={}&do=identifiers&seen=old&identifierUris=", csrf.expect("a form value"));
        let request = axum::http::Request::post(&here)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        let stale = browser.send(request.body(body.into()).expect("a request")).await;
        assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.text);
        assert_eq!(find(&server, &orders).await.identifier_uris.0, [own]);
    })
    .await;
}

#[tokio::test]
async fn what_an_app_needs_is_picked_api_by_api_and_what_is_not_known_is_kept() {
    on_both_engines(async |server| {
        let (tenant, browser, orders) = contoso(&server).await;
        let system = Caller::system(tenant.id);
        let exposing = Changes { exposed_scopes: Some(vec![scope("Costs.Read")]), ..Changes::default() };
        let costs = app(&server, &system, "Costs", exposing).await.application;
        let here = format!("{APPS}/{}/needs", orders.id);
        let shown = browser.get(&here).await.text;
        assert!(shown.contains("Nothing.") && !shown.contains(&costs.app_id.to_string()), "{shown}");

        let directory = permission::RESOURCE.to_string();
        let read = format!("Scope/{}", Permission::UserReadAll.scope_id().expect("a scope"));
        let work = format!("Role/{}", Permission::UserReadAll.role_id().expect("a role"));
        browser.get(&format!("{here}?of={directory}")).await;
        browser.submit_to("/needs", &[("permission", read.as_str())]).await;
        let by_itself = browser.get(&format!("{here}?of={directory}&kind=Role")).await.text;
        assert!(by_itself.contains(&work) && !by_itself.contains(&read), "{by_itself}");
        let kept = browser.submit_to("/needs", &[("permission", work.as_str())]).await;
        assert!(kept.text.contains("User.Read.All, User.Read.All"), "{}", kept.text);
        browser.get(&format!("{here}?of={}", costs.app_id)).await;
        let own = format!("Scope/{}", Uuid::from_u128(7));
        browser.submit_to("/needs", &[("permission", own.as_str())]).await;
        let required = find(&server, &orders).await.required_resource_access.0;
        let apis: Vec<ClientId> = required.iter().map(|entry| entry.resource_app_id).collect();
        assert_eq!(apis, [ClientId(permission::RESOURCE), costs.app_id]);
        assert_eq!(required[0].resource_access.len(), 2);
        let picked = required[1].resource_access[0];
        assert_eq!((picked.kind, picked.id), (AccessKind::Scope, Uuid::from_u128(7)));

        // A permission that no box of ours offers is nothing a page of ours sends.
        browser.get(&format!("{here}?of={}", costs.app_id)).await;
        let foreign = format!("Scope/{}", Uuid::from_u128(8));
        let refused = browser.submit_to("/needs", &[("permission", foreign.as_str())]).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);

        // What another service offers and this one does not know stays where a program has put it.
        let admin = server.administrator(&tenant).await;
        let carried = json!({ "requiredResourceAccess": [
            { "resourceAppId": directory, "resourceAccess": [{ "id": Uuid::from_u128(9), "type": "Role" }] },
        ] });
        let path = format!("/v1.0/applications/{}", orders.id);
        assert_eq!(server.api_as(&admin, Method::PATCH, &path, &carried).await.status, StatusCode::NO_CONTENT);
        let page = browser.get(&format!("{here}?of={directory}&kind=Role")).await.text;
        assert!(page.contains("Not known here; kept as it is."), "{page}");
        browser.submit_to("/needs", &[]).await;
        assert!(find(&server, &orders).await.required_resource_access.is_empty(), "without a tick nothing is needed");
    })
    .await;
}

#[tokio::test]
async fn another_api_is_found_by_its_name_or_client_id_if_it_offers_something() {
    on_both_engines(async |server| {
        let (tenant, browser, orders) = contoso(&server).await;
        let system = Caller::system(tenant.id);
        let exposing = || Changes { exposed_scopes: Some(vec![scope("Costs.Read")]), ..Changes::default() };
        let costs = app(&server, &system, "Costs", exposing()).await.application;
        app(&server, &system, "Costly", Changes::default()).await;
        let off = ExposedScope { is_enabled: false, ..scope("Costs.Read") };
        let retired = Changes { exposed_scopes: Some(vec![off]), ..Changes::default() };
        app(&server, &system, "Costs of before", retired).await;
        let here = format!("{APPS}/{}/needs", orders.id);
        let href = format!("href=\"{here}?of={}#h-chosen\"", costs.app_id);
        for q in ["COST".to_owned(), costs.app_id.to_string()] {
            let found = browser.get(&format!("{here}?q={q}")).await.text;
            assert!(found.contains(&href), "{q}: {found}");
            assert!(!found.contains("Costly") && !found.contains("Costs of before"), "{q}: {found}");
        }
        for q in ["osts".to_owned(), Uuid::from_u128(7).to_string()] {
            let found = browser.get(&format!("{here}?q={q}")).await.text;
            assert!(found.contains("No such app begins like this.") && !found.contains(&href), "{q}: {found}");
        }
        for number in 0..20 {
            app(&server, &system, &format!("Cost centre {number}"), exposing()).await;
        }
        let found = browser.get(&format!("{here}?q=cost")).await.text;
        assert_eq!(found.matches("#h-chosen\"><bdi>").count(), 20, "{found}");
        assert!(found.contains("There are more."), "{found}");
    })
    .await;
}

/// Whoever writes waits meanwhile, and an organisation may have very many apps.
#[tokio::test]
async fn what_an_app_needs_is_shown_and_stored_without_reading_every_other_app() {
    on_both_engines(async |server| {
        let (tenant, browser, orders) = contoso(&server).await;
        let exposing = Changes { exposed_scopes: Some(vec![scope("Costs.Read")]), ..Changes::default() };
        let costs = app(&server, &Caller::system(tenant.id), "Costs", exposing).await.application;
        let here = format!("{APPS}/{}/needs", orders.id);
        let every_app = database::registered().find(|statement| {
            statement.file.ends_with("applications/store.rs")
                && statement.text.ends_with("ORDER BY a.display_name_folded, a.id")
        });
        let every_app = every_app.expect("the statement").place();
        let recorder = Recorder::start();
        for wanted in [String::new(), "?q=cost".to_owned(), format!("?of={}", costs.app_id)] {
            let shown = browser.get(&format!("{here}{wanted}")).await;
            assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
            let reads = recorder.work().reads;
            assert!(!reads.is_empty() && !reads.contains(&every_app), "{wanted}: {reads:?}");
        }
        let own = format!("Scope/{}", Uuid::from_u128(7));
        let request = browser.prepare("/needs", &[("permission", own.as_str())]);
        let kept = browser.send(request).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
        let reads = recorder.work().reads;
        assert!(!reads.is_empty() && !reads.contains(&every_app), "{reads:?}");
        assert_eq!(find(&server, &orders).await.required_resource_access.len(), 1);
        let shown = browser.get(&here).await.text;
        assert!(shown.contains("<bdi>Costs</bdi>") && shown.contains("Costs.Read"), "what it needs is named: {shown}");
    })
    .await;
}

#[tokio::test]
async fn t5_an_owner_without_rights_over_others_is_offered_no_other_app() {
    on_both_engines(async |server| {
        let (tenant, _, orders) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let exposing = Changes { exposed_scopes: Some(vec![scope("Costs.Read")]), ..Changes::default() };
        app(&server, &Caller::system(tenant.id), "Secret costs", exposing).await;
        let sam = server.member(&tenant, "sam", &[]).await;
        let owner = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", sam.id) });
        let owners = format!("/v1.0/applications/{}/owners/$ref", orders.id);
        assert_eq!(server.api_as(&admin, Method::POST, &owners, &owner).await.status, StatusCode::NO_CONTENT);
        let browser = server.signed_in(&sam).await;
        let here = format!("{APPS}/{}/needs?q=secret", orders.id);
        assert!(browser.get(&here).await.text.contains("Secret costs"), "members may list apps");
        let closed = json!({ "defaultUserRolePermissions": { "allowedToReadOtherUsers": false } });
        let policy = "/v1.0/policies/authorizationPolicy";
        assert!(server.api_as(&admin, Method::PATCH, policy, &closed).await.status.is_success());
        let shown = browser.get(&here).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
        assert!(!shown.text.contains("Secret costs") && shown.text.contains("Directory API"), "{}", shown.text);
        assert!(!shown.text.contains("role=\"search\""), "{}", shown.text);
    })
    .await;
}

#[tokio::test]
async fn a_secret_lives_as_long_as_was_chosen() {
    on_both_engines(async |server| {
        let (_, browser, orders) = contoso(&server).await;
        let page = format!("{APPS}/{}", orders.id);
        browser.get(&page).await;
        for (until, said) in [("soon", "write a day"), ("2020-01-01", "has passed")] {
            let fields = [("purpose", "CI"), ("lifetime", "90"), ("until", until)];
            let refused = browser.submit_to("/add-secret", &fields).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
            assert!(refused.text.contains(said) && refused.text.contains("href=\"#until\""), "{}", refused.text);
        }
        let made = browser.submit_to("/add-secret", &[("purpose", "CI"), ("lifetime", "90")]).await;
        assert!(made.text.contains("is shown this once"), "{}", made.text);
        let mut tx = server.read().await.expect("a connection");
        let kept = applications::store::list_secrets(&mut tx, orders.tenant_id, orders.id).await.expect("secrets");
        assert_eq!(kept[0].ends_at, server.clock.now().plus(Duration::from_hours(90 * 24)));
    })
    .await;
}
