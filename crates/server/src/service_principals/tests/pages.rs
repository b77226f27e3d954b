//! The apps in the admin centre, as an administrator uses them.

use crate::applications;
use crate::graph::{Permission, Role};
use crate::service_principals::{assignment_store, delegated_scope, permissions_of, store};
use crate::tenants::Tenant;
use crate::testing::{Browser, TestServer, on_both_engines};
use axum::http::{Method, StatusCode};
use serde_json::json;

pub(super) const APPS: &str = "/portal/contoso.example/apps";
pub(super) const HOSTILE: &str = "\"><script>alert(1)</script>";

pub(super) async fn contoso(server: &TestServer) -> (Tenant, Browser<'_>) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
    (tenant, server.signed_in(&ines).await)
}

/// Adds an app by the form; the path of its page.
pub(super) async fn add(browser: &Browser<'_>, name: &str) -> String {
    browser.get(&format!("{APPS}/new")).await;
    let fields = [("name", name), ("redirect", "https://app.example/cb"), ("home", "https://app.example/")];
    let answer = browser.submit_to("/apps/new", &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    browser.location()
}

#[tokio::test]
async fn an_app_is_added_given_a_secret_and_assigned() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let mara = server.member(&tenant, "mara", &[]).await;
        let here = add(&browser, "Expenses").await;
        assert!(browser.page().contains("https://app.example/cb"));

        let shown = browser.submit_to("/add-secret", &[("purpose", "CI")]).await;
        let secret = shown.text.split("vsk_").nth(1).and_then(|rest| rest.split('<').next()).expect("the secret");
        assert!(secret.len() > 40);
        let again = browser.get(&here).await;
        assert!(!again.text.contains(secret), "it is shown once");
        assert!(again.text.contains(&format!("…{}<", &secret[secret.len() - 3..])), "its end tells it from others");
        let asked = browser.get(&format!("{here}?ask=remove")).await.text;
        assert!(asked.contains("nobody can sign in to it any more, and its secret stops working."), "{asked}");
        browser.get(&here).await;

        browser.submit_to("/add-role", &[("role-name", "Reader"), ("value", "Reader"), ("for-people", "1")]).await;
        let mut tx = server.read().await.expect("a connection");
        let app = applications::store::list(&mut tx, tenant.id).await.expect("apps").remove(0);
        let role = app.app_roles[0].id.to_string();
        drop(tx);
        browser.submit_to("/access", &[("enabled", "1"), ("required", "1")]).await;
        let address = mara.user_principal_name.clone();
        browser.submit_to("/assign", &[("address", &address), ("role", &role)]).await;
        assert!(browser.page().contains("mara"));
        let twice = browser.submit_to("/assign", &[("address", &address), ("role", &role)]).await;
        assert_eq!(twice.status, StatusCode::BAD_REQUEST);
        assert!(twice.text.contains("have this role already"));
        let list = browser.get(APPS).await;
        assert!(list.text.contains("1 assigned"), "{}", list.text);

        let shown = browser.get(&here).await.text;
        let assigned = shown.split("name=\"assignment\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        browser.submit_to("/unassign", &[("assignment", assigned.expect("an assignment"))]).await;
        let mut tx = server.read().await.expect("a connection");
        let principal = store::find_by_client(&mut tx, tenant.id, app.app_id).await.expect("an answer").expect("there");
        assert!(principal.app_role_assignment_required);
        let left = assignment_store::list_by_resource(&mut tx, tenant.id, principal.id, None, 10).await;
        assert!(left.expect("a list").is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_group_is_assigned_by_its_whole_name() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let group = |name: &str, nickname: &str| {
            json!({ "displayName": name, "mailNickname": nickname, "mailEnabled": false, "securityEnabled": true })
        };
        let mut ids = Vec::new();
        for (name, nickname) in [("Auditors", "auditors"), ("Twice", "one"), ("Twice", "two")] {
            let made = server.api_as(&admin, Method::POST, "/v1.0/groups", &group(name, nickname)).await.json();
            ids.push(made["id"].as_str().expect("an id").to_owned());
        }
        let here = add(&browser, "Expenses").await;
        for (name, status) in [("aud", 400), ("twice", 400), ("auditors", 200), (ids[2].as_str(), 200)] {
            browser.get(&here).await;
            assert_eq!(browser.submit_to("/assign", &[("address", name)]).await.status, status, "{name}");
        }
        let shown = browser.get(&here).await.text;
        for id in [&ids[0], &ids[2]] {
            assert!(shown.contains(&format!("/groups/{id}\"")), "{shown}");
        }
        assert!(!shown.contains(&ids[1]), "{shown}");
    })
    .await;
}

#[tokio::test]
async fn permissions_are_given_and_taken_by_ticks() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        add(&browser, "Daemon").await;
        let both = [("permission", "User.Read.All"), ("permission", "User.Invite.All")];
        browser.submit_to("/permissions", &both).await;
        browser.submit_to("/delegated", &both[1..]).await;
        let mut tx = server.read().await.expect("a connection");
        let app = applications::store::list(&mut tx, tenant.id).await.expect("apps").remove(0);
        let principal = store::find_by_client(&mut tx, tenant.id, app.app_id).await.expect("an answer").expect("there");
        let held = permissions_of(&mut tx, tenant.id, principal.id).await.expect("permissions");
        assert_eq!(held, [Permission::UserReadAll, Permission::UserInviteAll]);
        let scopes = delegated_scope(&mut tx, tenant.id, principal.id).await.expect("scopes");
        assert_eq!(scopes, [Permission::UserInviteAll]);
        drop(tx);
        browser.submit_to("/permissions", &both[..1]).await;
        let mut tx = server.read().await.expect("a connection");
        let held = permissions_of(&mut tx, tenant.id, principal.id).await.expect("permissions");
        assert_eq!(held, [Permission::UserReadAll]);
    })
    .await;
}

/// Of two forms that are sent at the same instant, one is kept whole and the other one is told.
#[tokio::test]
async fn of_two_forms_sent_at_once_one_is_kept_and_the_other_is_told() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let here = add(&browser, "Daemon").await;
        let other = server.member(&tenant, "other", &[Role::GlobalAdministrator]).await;
        let second = server.signed_in(&other).await;
        for form in ["/permissions", "/delegated", "/access", "/addresses"] {
            browser.get(&here).await;
            second.get(&here).await;
            // Each changes something, whichever is the first.
            let (one, two) = match form {
                "/access" => ([("required", "1")], [("nothing", "1")]),
                "/addresses" => ([("name", "One")], [("name", "Other")]),
                _ => ([("permission", "User.Read.All")], [("permission", "User.Invite.All")]),
            };
            let (first, last) = tokio::join!(browser.submit_to(form, &one), second.submit_to(form, &two));
            let mut statuses = [first.status.as_u16(), last.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409], "{form}");
        }
        let mut tx = server.read().await.expect("a connection");
        let app = applications::store::list(&mut tx, tenant.id).await.expect("apps").remove(0);
        let principal = store::find_by_client(&mut tx, tenant.id, app.app_id).await.expect("an answer").expect("there");
        assert_eq!(permissions_of(&mut tx, tenant.id, principal.id).await.expect("permissions").len(), 1);
        assert_eq!(delegated_scope(&mut tx, tenant.id, principal.id).await.expect("scopes").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_question_before_an_app_is_removed_counts_the_invitations_that_lead_to_it() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let administrator = server.administrator(&tenant).await;
        let here = add(&browser, "Expenses").await;
        assert!(!browser.get(&format!("{here}?ask=remove")).await.text.contains("open invitation"));
        for (number, address) in ["a@partner.example", "b@partner.example", "c@partner.example"].iter().enumerate() {
            let landing = if number == 2 { "https://contoso.example/" } else { "https://app.example/start" };
            let wish = crate::invitations::NewInvitation::new(*address, landing);
            crate::invitations::operations::invite(&server, &administrator, wish).await.expect("an invitation");
            let asked = browser.get(&format!("{here}?ask=remove")).await.text;
            let words = if number == 0 { "1 open invitation leads to it" } else { "2 open invitations lead to it" };
            assert!(asked.contains(words), "{asked}");
        }
    })
    .await;
}

/// A form, what is stored first, what comes too late, and how that is shown.
type Late<'a> = (&'a str, Written<'a>, Written<'a>, &'a str);
type Written<'a> = &'a [(&'a str, &'a str)];

#[tokio::test]
async fn a_page_that_stayed_open_overwrites_nothing_that_was_stored_meanwhile() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let here = add(&browser, "Expenses").await;
        browser.submit_to("/add-role", &[("role-name", "Reader"), ("value", "Reader"), ("for-people", "1")]).await;
        let ines = server.member(&tenant, "other", &[Role::GlobalAdministrator]).await;
        let late = server.signed_in(&ines).await;
        let cases: [Late<'_>; 5] = [
            ("addresses", &[("name", "New"), ("web", "https://new.example/cb")], &[("name", "Old")], ">Old<"),
            ("access", &[("required", "1")], &[("enabled", "1")], ">yes<"),
            (
                "permissions",
                &[("permission", "User.Invite.All")],
                &[("permission", "User.Read.All")],
                ">User.Read.All<",
            ),
            ("delegated", &[("permission", "User.Invite.All")], &[("permission", "User.Read.All")], ">User.Read.All<"),
            ("switch-role", &[], &[], ""),
        ];
        for (form, first, second, written) in cases {
            late.get(&here).await;
            browser.get(&here).await;
            browser.submit_to(&format!("/{form}"), first).await;
            let stored = browser.get(&here).await.text;
            let answer = late.submit_to(&format!("/{form}"), second).await;
            if form != "switch-role" {
                assert_eq!(answer.status, StatusCode::CONFLICT, "{form}: {}", answer.text);
                assert!(answer.text.contains("after you opened the page"), "{form}");
                assert!(answer.text.contains(written), "{form}: {}", answer.text);
            }
            let without_values = |page: &str| -> String {
                page.split("name=\"csrf\" value=\"")
                    .map(|part| part.split_once('"').map_or(part, |(_, rest)| rest))
                    .collect()
            };
            let after = browser.get(&here).await.text;
            assert_eq!(without_values(&after), without_values(&stored), "{form}");
        }
        late.get(&here).await;
        let answer = late.submit_to("/access", &[("enabled", "1")]).await;
        assert_ne!(answer.status, StatusCode::CONFLICT);
        assert!(late.get(&here).await.text.contains("open to everybody here"));
    })
    .await;
}

#[tokio::test]
async fn a1_an_unsound_address_is_said_on_the_page_and_not_kept() {
    on_both_engines(async |server| {
        let (_, browser) = contoso(&server).await;
        let here = add(&browser, "Expenses").await;
        let fields = [("name", "Expenses"), ("web", "http://app.example/"), ("algorithm", "ES256")];
        let refused = browser.submit_to("/addresses", &fields).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert!(refused.text.contains("Redirect addresses of a server"), "{}", refused.text);
        assert!(browser.get(&here).await.text.contains("https://app.example/cb"));
        let fields = [("name", "Expenses"), ("web", "https://app.example/a\r\nhttps://app.example/b")];
        browser.submit_to("/addresses", &fields).await;
        assert!(browser.page().contains("https://app.example/b"));
    })
    .await;
}

#[tokio::test]
async fn x4_names_are_text() {
    on_both_engines(async |server| {
        let (_, browser) = contoso(&server).await;
        add(&browser, HOSTILE).await;
        browser.submit_to("/add-role", &[("role-name", HOSTILE), ("value", "x"), ("for-people", "1")]).await;
        browser.submit_to("/add-secret", &[("purpose", HOSTILE)]).await;
        assert!(!browser.page().contains("<script>alert"));
        assert!(!browser.get(APPS).await.text.contains("<script>alert"));
    })
    .await;
}

#[tokio::test]
async fn t3_only_global_administrators_see_the_pages() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let here = add(&browser, "Expenses").await;
        for roles in [&[][..], &[Role::UserAdministrator]] {
            let local = format!("other{}", roles.len());
            let other = server.member(&tenant, &local, roles).await;
            let browser = server.signed_in(&other).await;
            for path in [APPS, &format!("{APPS}/new"), &here] {
                assert_eq!(browser.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
            }
        }
    })
    .await;
}

/// The form, the field that is wrong, and what is sent.
type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

#[tokio::test]
async fn every_refusal_of_a_form_stands_at_its_field_with_what_was_written() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let mara = server.member(&tenant, "mara", &[]).await;
        let here = add(&browser, "Expenses").await;
        browser.submit_to("/assign", &[("address", &mara.user_principal_name)]).await;
        let cases: [Case<'_>; 11] = [
            ("addresses", "name", &[("name", ""), ("web", "https://app.example/written")]),
            ("addresses", "web", &[("name", "Expenses"), ("web", "http://app.example/written")]),
            ("addresses", "home", &[("name", "Expenses"), ("home", "written")]),
            ("assign", "address", &[("address", "written@contoso.example")]),
            ("assign", "role", &[("address", &mara.user_principal_name)]),
            ("add-secret", "purpose", &[("purpose", "written\u{202E}")]),
            ("add-role", "role-name", &[("role-name", ""), ("value", "written"), ("for-people", "1")]),
            ("add-role", "value", &[("role-name", "written"), ("value", "two words"), ("for-people", "1")]),
            ("add-role", "for-whom", &[("role-name", "written"), ("value", "word")]),
            ("permissions", "permission", &[("permission", "Nope.All")]),
            ("delegated", "scope", &[("permission", "User.Read.All"), ("permission", "Nope.All")]),
        ];
        for (form, field, fields) in cases {
            browser.get(&here).await;
            let answer = browser.submit_to(&format!("/{form}"), fields).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{form} {field}");
            assert!(answer.text.contains("<title>Error:"), "{form} {field}");
            assert!(answer.text.contains(&format!("href=\"#{field}\"")), "{form} {field}: {}", answer.text);
            assert!(answer.text.contains(&format!("id=\"{field}-e\"")), "{form} {field}: {}", answer.text);
            let written = fields.iter().all(|(_, value)| answer.text.contains(value));
            assert!(written, "{form} {field} keeps what was written: {}", answer.text);
            let is_redirect = answer.text.to_lowercase().contains("redirect uri");
            assert!(!is_redirect, "a home page is not called a redirect address: {}", answer.text);
        }
        browser.get(&format!("{APPS}/new")).await;
        let fields = [("name", "Second"), ("redirect", "http://app.example/written")];
        let answer = browser.submit_to("/apps/new", &fields).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.text.contains("id=\"redirect-e\"") && answer.text.contains("/written"), "{}", answer.text);
    })
    .await;
}

#[tokio::test]
async fn an_app_is_removed_only_after_the_question() {
    on_both_engines(async |server| {
        let (_, browser) = contoso(&server).await;
        let here = add(&browser, "Expenses").await;
        let page = browser.get(&here).await.text;
        assert!(!page.contains(&format!("action=\"{here}/remove\"")), "no button removes at once");
        assert!(page.contains(&format!("{here}?ask=remove")));
        let asked = browser.get(&format!("{here}?ask=remove")).await.text;
        assert!(asked.contains("Remove Expenses?"), "{asked}");
        assert!(browser.get(APPS).await.text.contains("Expenses"), "asking changes nothing");
        browser.get(&format!("{here}?ask=remove")).await;
        browser.submit_to("/remove", &[]).await;
        assert_eq!(browser.location(), APPS);
        assert!(!browser.page().contains("Expenses"));
    })
    .await;
}

#[tokio::test]
async fn an_owner_looks_after_their_app_without_a_role() {
    on_both_engines(async |server| {
        let (tenant, browser) = contoso(&server).await;
        let mara = server.member(&tenant, "mara", &[]).await;
        let (here, other) = (add(&browser, "Expenses").await, add(&browser, "Payroll").await);
        let own = server.signed_in(&mara).await;
        assert_eq!(own.get(APPS).await.status, StatusCode::FORBIDDEN);
        browser.get(&here).await;
        let unknown = browser.submit_to("/add-owner", &[("owner", "nobody@contoso.example")]).await;
        assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
        assert!(unknown.text.contains("href=\"#owner\""), "{}", unknown.text);
        browser.get(&here).await;
        browser.submit_to("/add-owner", &[("owner", &mara.user_principal_name)]).await;
        assert!(browser.page().contains("Remove the owner mara"), "{}", browser.page());
        let twice = browser.submit_to("/add-owner", &[("owner", &mara.user_principal_name)]).await;
        assert!(twice.text.contains("They are an owner already."), "{}", twice.text);

        let door = own.get("/myapps/contoso.example").await;
        assert!(door.text.contains("Apps you answer for") && door.text.contains(APPS), "{}", door.text);
        let list = own.get(APPS).await;
        assert!(list.text.contains("Expenses") && !list.text.contains("Payroll"), "{}", list.text);
        assert!(!list.text.contains("Add an app"), "{}", list.text);
        assert_eq!(own.get(&other).await.status, StatusCode::FORBIDDEN);
        let page = own.get(&here).await;
        assert!(page.text.contains("Who answers for it") && !page.text.contains("What it may do by itself"));
        own.submit_to("/access", &[("enabled", "1"), ("required", "1")]).await;
        assert!(own.page().contains("for those who are assigned"), "{}", own.page());
        let last = own.submit_to("/remove-owner", &[]).await;
        assert!(last.text.contains("They are the last owner. Name another one first."), "{}", last.text);
        let noor = server.member(&tenant, "noor", &[]).await;
        own.get(&here).await;
        own.submit_to("/add-owner", &[("owner", &noor.user_principal_name)]).await;
        own.submit_to("/remove-owner", &[("owner-id", &mara.id.to_string())]).await;
        assert_eq!(own.get(&here).await.status, StatusCode::FORBIDDEN, "no owner any more");
    })
    .await;
}
