//! Every kind of person against every page behind the sign-in.

use super::table::{Kind, PORTAL};
use super::world::World;
use crate::graph::Role;
use crate::testing::{Answer, Browser, on_both_engines};
use axum::body::Body;
use axum::http::Request;

fn split(route: &'static str) -> (&'static str, &'static str) {
    route.split_once(' ').expect("method and path")
}

/// Whoever may not administer sees their own invitations; those of others are not there. Every other page says no.
fn refused(route: &str) -> u16 {
    if route.ends_with("/invitations/{id}") || route.contains("/bulk/{id}") { 404 } else { 403 }
}

/// A form says no, and an invitation of somebody else is not there.
fn refused_form(route: &str) -> u16 {
    if route.contains("/invitations/{id}/") || route.contains("/bulk/{id}/") { 404 } else { 403 }
}

/// A form that was sent from our own page, but without the value that a page of ours holds.
async fn send_without_value(browser: &Browser<'_>, path: &str) -> u16 {
    send(browser, path, "email=a%40b.example").await.status.as_u16()
}

/// The same with the value of a page that everybody may open.
async fn send_with_value(browser: &Browser<'_>, world: &World, path: &str) -> u16 {
    let page = browser.get(&world.path("/portal/{tenant}/invitations/new")).await.text;
    let value = page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let answer = send(browser, path, &format!("csrf={}", value.expect("a form value"))).await;
    assert!(!answer.text.contains("This page was open too long"), "{path}: the value was not taken");
    answer.status.as_u16()
}

async fn send(browser: &Browser<'_>, path: &str, body: &str) -> Answer {
    let request = Request::post(path)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded");
    browser.send(request.body(Body::from(body.to_owned())).expect("a request")).await
}

#[tokio::test]
async fn pages_open_for_whom_they_are_and_no_form_is_taken_without_its_value() {
    on_both_engines(async |server| {
        let world = World::new(&server, "Contoso", "contoso.example").await;
        let before = world.picture(&server).await;
        let mut wrong = Vec::new();
        for (kind, user, _) in world.people(&server).await {
            let browser = server.signed_in(&user).await;
            for row in PORTAL {
                let (method, path) = split(row.route);
                let path = world.path(path);
                if method == "POST" {
                    let status = send_without_value(&browser, &path).await;
                    if !(400..500).contains(&status) {
                        wrong.push(format!("{kind:?} {}: {status} without a form value", row.route));
                    }
                    continue;
                }
                let answer = browser.get(&path).await;
                row.check_kind(&answer);
                let status = answer.status.as_u16();
                let expected = match row.route.ends_with("{*rest}") {
                    true => 404,
                    false if row.people.include(kind) => 200,
                    false => refused(row.route),
                };
                if status != expected {
                    wrong.push(format!("{kind:?} {}: {status} instead of {expected}", row.route));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        let after = world.picture(&server).await;
        // The people themselves and their roles came after the first picture.
        assert_eq!(after[2..], before[2..], "a form was taken");
    })
    .await;
}

/// The value of a form says that the page is ours, not that its reader may.
#[tokio::test]
async fn forms_with_their_value_are_refused_to_whoever_may_not() {
    on_both_engines(async |server| {
        let world = World::new(&server, "Contoso", "contoso.example").await;
        let people = world.people(&server).await;
        let before = world.picture(&server).await;
        let mut wrong = Vec::new();
        for (kind, user, _) in people {
            let browser = server.signed_in(&user).await;
            for row in PORTAL.iter().filter(|row| row.route.starts_with("POST") && !row.people.include(kind)) {
                let status = send_with_value(&browser, &world, &world.path(split(row.route).1)).await;
                let expected = refused_form(row.route);
                if status != expected {
                    wrong.push(format!("{kind:?} {}: {status} instead of {expected}", row.route));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert_eq!(world.picture(&server).await, before, "a form was taken");
    })
    .await;
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_led_to_the_sign_in_from_every_page() {
    on_both_engines(async |server| {
        let world = World::new(&server, "Contoso", "contoso.example").await;
        for row in PORTAL {
            let (method, path) = split(row.route);
            let (browser, path) = (server.browser(), world.path(path));
            if method == "GET" {
                let answer = browser.get(&path).await;
                assert!(browser.location().contains("/sign-in/"), "{}: {}", row.route, browser.location());
                assert!(!world.ids().iter().any(|id| answer.text.contains(id)), "{} shows an id", row.route);
            } else {
                assert_eq!(send_without_value(&browser, &path).await, 303, "{}", row.route);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_opens_no_page_of_another_organisation_and_shows_nothing_of_it() {
    on_both_engines(async |server| {
        let contoso = World::new(&server, "Contoso", "contoso.example").await;
        let fabrikam = World::new(&server, "Fabrikam", "fabrikam.example").await;
        let nowhere = contoso.with_unknown_ids(&server);
        let people = fabrikam.people(&server).await;
        let administrator = people.iter().find(|(kind, ..)| *kind == Kind::Holder(Role::GlobalAdministrator));
        let (_, administrator, _) = administrator.expect("the administrator");
        let browser = server.signed_in(administrator).await;
        for row in PORTAL {
            let (method, template) = split(row.route);
            let theirs = contoso.path(template);
            if method == "GET" {
                browser.get(&theirs).await;
                assert!(browser.location().contains("/sign-in/"), "{}: {}", row.route, browser.location());
            }
            // Their ids at our own organisation.
            let mixed = contoso.path(&template.replace("{tenant}", "fabrikam.example"));
            if method == "GET" {
                let answer = browser.get(&mixed).await;
                let unknown = nowhere.path(&template.replace("{tenant}", "fabrikam.example"));
                if unknown != mixed {
                    let absent = browser.get(&unknown).await;
                    assert_eq!(contoso.without_ids(&answer), nowhere.without_ids(&absent), "{}", row.route);
                }
                let named = [
                    "{id}",
                    "{app}",
                    "{foreign}",
                    "{group}",
                    "{principal}",
                    "{grant_policy}",
                    "{lifetime_policy}",
                    "{*rest}",
                ];
                let is_named = named.iter().any(|name| template.contains(name));
                assert_eq!(answer.status == 404, is_named, "{}: {}", row.route, answer.status);
                let shown = contoso.ids().into_iter().find(|id| answer.status.is_success() && answer.text.contains(id));
                assert_eq!(shown, None, "{} shows an id of another organisation: {}", row.route, answer.text);
            } else {
                assert!(send_without_value(&browser, &mixed).await >= 400, "{}", row.route);
            }
        }
    })
    .await;
}
