//! Every form of the portal that writes is told by the audit, as what was done and who did it (security check X10).

mod apps;
mod groups;
mod organization;
mod people;

use super::table::PORTAL;
use super::world::World;
use super::writes::{give_up, hold};
use crate::audit::Activity::{self, AddVerifiedDomain, RetryMail, StartBulkInvite};
use crate::audit::{ChangeFilter, store};
use crate::graph::Actor;
use crate::testing::name_server::publish;
use crate::testing::{Answer, Browser, Certified, TestServer, on_both_engines};
use crate::users::{self, User};
use axum::body::Body;
use axum::http::Request;
use std::collections::BTreeSet;
use std::time::Duration;

/// A form: the route it goes to, the page it stands on, where it is sent, what is filled in, what the audit says.
struct Form {
    route: &'static str,
    page: &'static str,
    to: &'static str,
    fields: &'static [(&'static str, &'static str)],
    activity: Activity,
}

/// Stands for a certificate that is made for the test.
const CERTIFICATE: &str = "{certificate}";

/// Stands for the value that the page holds for the field.
const ON_PAGE: &str = "{on the page}";

const UPLOAD: &str = "/portal/{tenant}/invitations/bulk";
const BRANDING: &str = "/portal/{tenant}/settings/branding";
const BRANDING_IN_GERMAN: &str = "/portal/{tenant}/settings/branding/de";
const HELD: &str = "/portal/{tenant}/invitations/resend-held";
const ORGANIZATIONS: &str = "/myapps/{tenant}/organizations";
/// The form that only a guest can send.
const LEAVE: &str = "/myapps/{tenant}/leave";
const PHOTO: &str = "/portal/{tenant}/users/{user}/photo";
const LOGO: &str = "/portal/{tenant}/apps/{application}/logo";
const APP: &str = "/portal/{tenant}/apps/{application}";

const fn form(
    route: &'static str,
    page: &'static str,
    to: &'static str,
    fields: &'static [(&'static str, &'static str)],
    activity: Activity,
) -> Form {
    Form { route, page, to, fields, activity }
}

/// Every form, in an order in which each can succeed after the one before.
fn forms() -> impl Iterator<Item = &'static Form> {
    [people::FORMS, apps::FORMS, groups::FORMS, people::LEAVING, organization::FORMS].into_iter().flatten()
}

/// The value that a page holds for a field: the last one, because the side bar has a form of its own.
fn value_on(page: &str, name: &str) -> String {
    let value = page.rsplit(&format!("name=\"{name}\" value=\"")).next().and_then(|rest| rest.split('"').next());
    value.unwrap_or_default().to_owned()
}

/// What the form says it shows; nothing if it says nothing.
fn seen_by(page: &str, to: &str) -> String {
    let action = format!("/{}\"", to.rsplit('/').next().unwrap_or_default());
    let form = page.split("<form").find(|form| form.contains(&action) && form.contains("name=\"seen\""));
    form.map_or_else(String::new, |form| value_on(form, "seen"))
}

/// Opens the page and sends the form.
async fn send(browser: &Browser<'_>, world: &World, form: &Form) -> Answer {
    let page = browser.get(&world.path(form.page)).await;
    assert_eq!(page.status, 200, "{}: {}", form.page, page.text);
    if form.activity == AddVerifiedDomain {
        let text = page.text.split("vestibule-domain-verification=").nth(1).expect("the text of the record");
        publish(&world.path("{domain}"), &format!("vestibule-domain-verification={}", &text[..32]));
    }
    let mut fields = vec![("csrf", value_on(&page.text, "csrf")), ("seen", seen_by(&page.text, form.to))];
    for (name, value) in form.fields {
        let filled = match *value {
            ON_PAGE => value_on(&page.text, name),
            CERTIFICATE => Certified::p256().base64(),
            value => world.path(value),
        };
        fields.push((name, filled));
    }
    let to = if form.to.starts_with('/') { world.path(form.to) } else { world.path(&format!("{APP}/{}", form.to)) };
    let holds_files = [UPLOAD, BRANDING, BRANDING_IN_GERMAN, PHOTO, LOGO].contains(&form.to);
    let (kind, body) = if holds_files { multipart(&fields) } else { encoded(&fields) };
    let request = Request::post(to).header("sec-fetch-site", "same-origin").header("content-type", kind);
    browser.send(request.body(Body::from(body)).expect("a request")).await
}

fn encoded(fields: &[(&str, String)]) -> (&'static str, String) {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    ("application/x-www-form-urlencoded", body)
}

/// As browsers send a form that may hold a file.
fn multipart(fields: &[(&str, String)]) -> (&'static str, String) {
    let parts = fields
        .iter()
        .map(|(name, value)| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    ("multipart/form-data; boundary=b", parts.chain(["--b--\r\n".to_owned()]).collect())
}

/// What is wrong with what the audit says about this answer.
async fn missing(server: &TestServer, who: &User, answer: &Answer, activity: Activity) -> Option<String> {
    if !(answer.status.is_success() || answer.status == 303) {
        return Some(format!("{} {}", answer.status, answer.text));
    }
    let mut tx = server.read().await.expect("a connection");
    let rows = store::list_changes(&mut tx, who.tenant_id, &ChangeFilter::default(), None, 1000).await;
    let rows = rows.expect("the audit").into_iter();
    let told: Vec<_> = rows.filter(|row| row.correlation_id.to_string() == answer.header("request-id")).collect();
    let is_told = told.iter().any(|row| {
        row.activity == activity.name()
            && row.is_success()
            && row.initiator_id == Some(who.id.0)
            && !row.target_name().is_empty()
    });
    (!is_told).then(|| format!("no row {:?} in {told:#?} after {}", activity.name(), answer.text))
}

/// As if the person had let apps read in which organisations they are, which only a code by mail allows.
async fn tell_organizations(server: &TestServer, who: &User) {
    let mut tx = server.write().await.expect("a transaction");
    let found = users::store::find(&mut tx, who.tenant_id, who.id).await.expect("an answer");
    let mut user = found.expect("the person");
    user.profile.0.tells_organizations = true;
    assert!(users::store::update(&mut tx, &user, server.clock.now()).await.expect("an update"));
    tx.commit().await.expect("a commit");
}

/// Whoever made what is in the world.
async fn administrator(server: &TestServer, world: &World) -> User {
    let Actor::User(who) = &world.administrator.actor else { panic!("a person") };
    let mut tx = server.read().await.expect("a connection");
    users::store::find(&mut tx, world.tenant.id, who.id).await.expect("an answer").expect("the administrator")
}

#[test]
fn every_form_of_the_portal_stands_in_the_list() {
    let listed: BTreeSet<_> = forms().map(|form| form.route).collect();
    let routes = PORTAL.iter().map(|row| row.route).filter(|route| route.starts_with("POST "));
    assert_eq!(listed, routes.collect());
}

#[tokio::test]
async fn every_form_that_is_taken_is_told_by_the_audit() {
    on_both_engines(async |server| {
        let world = World::new(&server, "Contoso", "contoso.example").await;
        let who = administrator(&server, &world).await;
        let browser = server.signed_in(&who).await;
        let browser_of_guest = server.signed_in(&world.guest).await;
        let mut wrong = Vec::new();
        for form in forms() {
            // No two happen at one instant, so that each page shows the newest of what it is about.
            server.clock.advance(Duration::from_secs(1));
            if form.activity == RetryMail {
                give_up(&server, &world).await;
            }
            if form.to == HELD {
                hold(&server, &world).await;
            }
            if form.to == ORGANIZATIONS {
                tell_organizations(&server, &who).await;
            }
            if form.activity == StartBulkInvite {
                server.run_due_jobs().await;
            }
            let (who, browser) = if form.to == LEAVE { (&world.guest, &browser_of_guest) } else { (&who, &browser) };
            let answer = send(browser, &world, form).await;
            let found = missing(&server, who, &answer, form.activity).await;
            wrong.extend(found.map(|found| format!("{} {}: {found}", form.route, form.to)));
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    })
    .await;
}
