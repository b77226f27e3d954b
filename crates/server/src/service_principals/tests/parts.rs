//! What the pages of an app have in common that list what belongs to it: each thing is added by a form and removed after a
//! question.

use super::extension_pages::EXTENSIONS;
use super::federated_pages::FEDERATED;
use super::pages::{add, contoso};
use crate::graph::{Caller, Role};
use crate::testing::{Answer, Browser, TestServer, on_both_engines};
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

/// What belongs to an app and has such a page.
pub(super) struct Part {
    /// The name of the page in its address.
    pub(super) page: &'static str,
    /// The collection of an application in the API.
    pub(super) collection: &'static str,
    /// The form that adds the first one, its name to begin with.
    pub(super) fields: &'static [(&'static str, &'static str)],
    /// The form that adds another one.
    pub(super) other: &'static [(&'static str, &'static str)],
    /// What the page says of the first one alone.
    pub(super) word: &'static str,
    /// By which property, with which value, the other one is known.
    pub(super) mark: (&'static str, &'static str),
}

impl Part {
    /// What the app has of it, by the API. `here` is the address of the app's page.
    pub(super) async fn listed(&self, server: &TestServer, caller: &Caller, here: &str) -> Vec<Value> {
        let app = here.rsplit('/').next().expect("an id");
        let path = format!("/v1.0/applications/{app}/{}", self.collection);
        let listed = server.api_as(caller, Method::GET, &path, &Value::Null).await.json();
        listed["value"].as_array().expect("a collection").clone()
    }

    /// Where the form that adds one leads.
    fn form(&self) -> String {
        format!("/{}", self.page)
    }

    /// Adds the first one to an app by the form; the address of the page, and the id.
    async fn added(
        &self,
        server: &TestServer,
        caller: &Caller,
        (browser, here): (&Browser<'_>, &str),
    ) -> (String, String) {
        let page = format!("{here}/{}", self.page);
        browser.get(&page).await;
        browser.submit_to(&self.form(), self.fields).await;
        (page, text(&self.listed(server, caller, here).await[0]["id"]))
    }
}

/// A value that is a text.
pub(super) fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Sends a form with the value of another page.
pub(super) async fn send(browser: &Browser<'_>, page: &str, to: &str, fields: &[(&str, &str)]) -> StatusCode {
    let shown = browser.get(page).await.text;
    let csrf = shown.rsplit("name=\"csrf\" value=\"").next().and_then(|rest| rest.split('"').next()).expect("a value");
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("csrf", csrf).extend_pairs(fields);
    let request = Request::post(to)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    browser.send(request.body(form.finish().into()).expect("a request")).await.status
}

/// The form is shown again, and says at this field what is wrong with it.
#[track_caller]
pub(super) fn assert_wrong_at(field: &str, answer: &Answer, sent: &[(&str, &str)]) {
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{sent:?}");
    for said in ["<title>Error:".to_owned(), format!("href=\"#{field}\""), format!("id=\"{field}-e\"")] {
        assert!(answer.text.contains(&said), "{sent:?}: {said}: {}", answer.text);
    }
}

#[tokio::test]
async fn t3_what_belongs_to_an_app_is_for_those_who_may_change_the_app() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let mara = server.member(&tenant, "mara", &[]).await;
        let noor = server.member(&tenant, "noor", &[Role::UserAdministrator]).await;
        for part in [EXTENSIONS, FEDERATED] {
            let here = add(&browser, part.page).await;
            let (page, id) = part.added(&server, &admin, (&browser, &here)).await;
            let gone = format!("{page}/{id}/remove");
            for person in [&mara, &noor] {
                let (theirs, name) = (server.signed_in(person).await, &person.display_name);
                assert_eq!(theirs.get(&page).await.status, StatusCode::FORBIDDEN, "{name}: {page}");
                let door = "/portal/contoso.example/invitations/new";
                assert_eq!(send(&theirs, door, &page, part.other).await, StatusCode::FORBIDDEN, "{name}: {page}");
                assert_eq!(send(&theirs, door, &gone, &[]).await, StatusCode::FORBIDDEN, "{name}: {gone}");
            }
            browser.get(&page).await;
            let forged = browser.submit_to(&part.form(), &[("csrf", "forged")]).await;
            assert_eq!(forged.status, StatusCode::FORBIDDEN, "{}", forged.text);
            assert_eq!(part.listed(&server, &admin, &here).await.len(), 1, "{page}");

            browser.get(&here).await;
            browser.submit_to("/add-owner", &[("owner", &mara.user_principal_name)]).await;
            let owner = server.signed_in(&mara).await;
            owner.get(&page).await;
            owner.submit_to(&part.form(), part.other).await;
            assert_eq!(part.listed(&server, &admin, &here).await.len(), 2, "{page}");
            owner.get(&format!("{page}?ask={id}")).await;
            owner.submit_to("/remove", &[]).await;
            let kept = part.listed(&server, &admin, &here).await;
            let (property, value) = part.mark;
            assert_eq!((kept.len(), &kept[0][property]), (1, &json!(value)), "{kept:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn i5_neither_an_app_nor_what_belongs_to_it_is_found_from_another_organisation() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let fabrikam = server.tenant("Fabrikam", "fabrikam.example").await;
        let stranger = server.member(&fabrikam, "ines", &[Role::GlobalAdministrator]).await;
        let theirs = server.signed_in(&stranger).await;
        let apps = "/portal/fabrikam.example/apps";
        for part in [EXTENSIONS, FEDERATED] {
            let here = add(&browser, part.page).await;
            let (page, id) = part.added(&server, &admin, (&browser, &here)).await;
            let mixed = page.replace("contoso.example", "fabrikam.example");
            for path in [mixed.clone(), format!("{mixed}?ask={id}")] {
                assert_eq!(theirs.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
            }
            for to in [mixed.clone(), format!("{mixed}/{id}/remove")] {
                assert_eq!(send(&theirs, apps, &to, part.fields).await, StatusCode::NOT_FOUND, "{to}");
            }
            // Their own app does not lead to it either.
            theirs.get(&format!("{apps}/new")).await;
            theirs.submit_to("/apps/new", &[("name", part.page)]).await;
            let own = format!("{}/{}", theirs.location(), part.page);
            let asked = theirs.get(&format!("{own}?ask={id}")).await;
            assert!(asked.status == StatusCode::OK && !asked.text.contains(part.word), "{}", asked.text);
            for named in [id.as_str(), part.fields[0].1] {
                let to = format!("{own}/{named}/remove");
                assert_eq!(send(&theirs, apps, &to, &[]).await, StatusCode::NOT_FOUND, "{to}");
            }
            assert_eq!(part.listed(&server, &admin, &here).await.len(), 1, "{page}");
        }
    })
    .await;
}
