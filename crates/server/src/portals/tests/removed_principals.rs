//! Service principals that were removed while their registration stayed: seen, brought back, and removed for good.

use super::HOSTILE;
use super::picked_lists::{PORTAL, boxes, contoso, made, send, status};
use crate::graph::{Caller, Role};
use crate::testing::{TestServer, on_both_engines};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

const PAGE: &str = "/apps/removed/principals";
const TO: &str = "/apps/removed/principals/picked";

/// The path of a registration, its client id, and the id of its service principal.
struct App {
    path: String,
    client: String,
    principal: String,
}

impl App {
    /// An app of this name whose service principal a program has removed.
    async fn without_principal(server: &TestServer, admin: &Caller, name: &str) -> Self {
        let body = json!({ "displayName": name });
        let path = format!("/v1.0/applications/{}", made(server, admin, "/v1.0/applications", body).await);
        let shown = server.api_as(admin, Method::GET, &path, &Value::Null).await.json();
        let client = shown["appId"].as_str().expect("a client id").to_owned();
        let principal = made(server, admin, "/v1.0/servicePrincipals", json!({ "appId": client })).await;
        let app = Self { path, client, principal };
        delete(server, admin, &app.live()).await;
        app
    }

    /// Where the service principal stands while it is not removed.
    fn live(&self) -> String {
        format!("/v1.0/servicePrincipals/{}", self.principal)
    }

    /// Where it stands afterwards.
    fn removed(&self) -> String {
        format!("/v1.0/directory/deletedItems/{}", self.principal)
    }

    /// The value of the button of its row.
    fn only(&self, deed: &str) -> String {
        format!("{deed}.{}", self.principal)
    }
}

async fn delete(server: &TestServer, admin: &Caller, path: &str) {
    let answer = server.api_as(admin, Method::DELETE, path, &Value::Null).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{path}: {}", answer.text);
}

#[tokio::test]
async fn one_is_seen_brought_back_and_taken_back_again() {
    on_both_engines(async |server| {
        let (_, admin, browser) = contoso(&server).await;
        let address = format!("{PORTAL}{PAGE}");
        let leads = browser.get(&format!("{PORTAL}/apps/removed")).await.text;
        assert!(leads.contains(&format!("href=\"{address}\"")), "{leads}");
        assert!(browser.get(&address).await.text.contains("No service principal was removed"));

        let app = App::without_principal(&server, &admin, "Expenses").await;
        let shown = browser.get(&address).await.text;
        for said in ["Expenses", app.client.as_str(), "microsoft.graph.servicePrincipal", &app.only("restore")] {
            assert!(shown.contains(said), "{said}: {shown}");
        }
        assert_eq!(boxes(&browser, PAGE).await, [app.principal.as_str()]);

        let only = app.only("restore");
        let (_, done) = send(&browser, PAGE, TO, &[("only", &only), ("sure", "1")]).await;
        for said in ["1 service principal was brought back.", "Undo: remove 1 service principal", "deletedItems/{id}"] {
            assert!(done.contains(said), "{said}: {done}");
        }
        assert_eq!(status(&server, &admin, &app.live()).await, StatusCode::OK);
        let undo = [("do", "remove"), ("pick", app.principal.as_str())];
        let (_, asked) = send(&browser, PAGE, TO, &undo).await;
        assert!(asked.contains("Remove 1 service principal?") && asked.contains("Expenses"), "{asked}");
        assert!(asked.contains("DELETE</b> /v1.0/servicePrincipals/{id}"), "{asked}");
        assert_eq!(status(&server, &admin, &app.live()).await, StatusCode::OK, "a question changes nothing");
        let (_, done) = send(&browser, PAGE, TO, &[&undo[..], &[("sure", "1")]].concat()).await;
        assert!(done.contains("1 service principal was removed."), "{done}");
        assert_eq!(status(&server, &admin, &app.live()).await, StatusCode::NOT_FOUND);
        assert_eq!(status(&server, &admin, &app.removed()).await, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn several_are_removed_for_good_after_a_question_and_their_registrations_stay() {
    on_both_engines(async |server| {
        let (_, admin, browser) = contoso(&server).await;
        let one = App::without_principal(&server, &admin, "Expenses").await;
        let two = App::without_principal(&server, &admin, "Payroll").await;
        let page = browser.get(&format!("{PORTAL}{PAGE}?pick=all")).await.text;
        assert_eq!(page.matches("\" checked>").count(), 2, "{page}");

        let only = one.only("purge");
        let (status_of, asked) = send(&browser, PAGE, TO, &[("only", &only)]).await;
        assert_eq!(status_of, StatusCode::OK, "{asked}");
        for said in ["Remove 1 service principal for good?", "Expenses", "Nobody can bring this back.", PAGE] {
            assert!(asked.contains(said), "{said}: {asked}");
        }
        assert_eq!(status(&server, &admin, &one.removed()).await, StatusCode::OK, "a question changes nothing");
        let both = [("do", "purge"), ("pick", one.principal.as_str()), ("pick", two.principal.as_str()), ("sure", "1")];
        let (_, done) = send(&browser, PAGE, TO, &both).await;
        assert!(done.contains("2 service principals were removed for good.") && !done.contains("Undo"), "{done}");
        for app in [&one, &two] {
            assert_eq!(status(&server, &admin, &app.removed()).await, StatusCode::NOT_FOUND);
            assert_eq!(status(&server, &admin, &app.path).await, StatusCode::OK, "the registration stays");
        }
    })
    .await;
}

#[tokio::test]
async fn what_stands_in_the_way_is_said_beside_the_name() {
    on_both_engines(async |server| {
        let (_, admin, browser) = contoso(&server).await;
        let app = App::without_principal(&server, &admin, "Expenses").await;
        let other = made(&server, &admin, "/v1.0/servicePrincipals", json!({ "appId": app.client })).await;
        let only = app.only("restore");
        let fields = [("only", only.as_str()), ("sure", "1")];
        let (_, refused) = send(&browser, PAGE, TO, &fields).await;
        assert!(refused.contains("1 service principal was not brought back."), "{refused}");
        let reason = "<bdi>Expenses</bdi>: The app has another service principal by now. Remove that one first.";
        assert!(refused.contains(reason), "{refused}");

        delete(&server, &admin, &format!("/v1.0/servicePrincipals/{other}")).await;
        delete(&server, &admin, &app.path).await;
        let (_, refused) = send(&browser, PAGE, TO, &fields).await;
        let reason = "<bdi>Expenses</bdi>: Its registration is gone too. Bring that back first;";
        assert!(refused.contains(reason), "{refused}");
        // The registration that was removed is none of this list.
        let registration = app.path.rsplit('/').next().expect("an id");
        let (status_of, _) = send(&browser, PAGE, TO, &[("do", "purge"), ("pick", registration)]).await;
        assert_eq!(status_of, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test]
async fn t3_they_are_for_those_who_change_every_app() {
    on_both_engines(async |server| {
        let (tenant, admin, _) = contoso(&server).await;
        let app = App::without_principal(&server, &admin, "Expenses").await;
        let only = app.only("restore");
        let fields = [("only", only.as_str()), ("sure", "1")];
        for (local, role, expected) in [
            ("noor", Role::UserAdministrator, StatusCode::FORBIDDEN),
            ("mara", Role::ApplicationAdministrator, StatusCode::OK),
        ] {
            let person = server.member(&tenant, local, &[role]).await;
            let theirs = server.signed_in(&person).await;
            assert_eq!(theirs.get(&format!("{PORTAL}{PAGE}")).await.status, expected, "{local}");
            assert_eq!(send(&theirs, "/invitations/new", TO, &fields).await.0, expected, "{local}");
            let is_live = status(&server, &admin, &app.live()).await == StatusCode::OK;
            assert_eq!(is_live, expected == StatusCode::OK, "{local}");
        }
    })
    .await;
}

#[tokio::test]
async fn i5_one_of_another_organisation_is_neither_seen_nor_brought_back() {
    on_both_engines(async |server| {
        let (_, _, browser) = contoso(&server).await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let stranger = server.administrator(&fabrikam).await;
        let app = App::without_principal(&server, &stranger, "Elsewhere").await;
        assert!(boxes(&browser, PAGE).await.is_empty());
        for deed in ["restore", "purge"] {
            let only = app.only(deed);
            let (status_of, text) = send(&browser, PAGE, TO, &[("only", &only)]).await;
            assert_eq!(status_of, StatusCode::UNPROCESSABLE_ENTITY, "{deed}");
            assert!(!text.contains("Elsewhere"), "{text}");
            let (_, text) = send(&browser, PAGE, TO, &[("only", &only), ("sure", "1")]).await;
            assert!(text.contains("Not here any more.") && !text.contains("Elsewhere"), "{text}");
        }
        assert_eq!(status(&server, &stranger, &app.removed()).await, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn x4_a_name_is_text() {
    on_both_engines(async |server| {
        let (_, admin, browser) = contoso(&server).await;
        let app = App::without_principal(&server, &admin, HOSTILE).await;
        let only = app.only("purge");
        let shown = browser.get(&format!("{PORTAL}{PAGE}")).await.text;
        let (_, asked) = send(&browser, PAGE, TO, &[("only", &only)]).await;
        for page in [shown, asked] {
            assert!(page.contains("alert(1)") && !page.contains("<script>alert"), "{page}");
        }
    })
    .await;
}
