//! What is known about somebody, their picture, another password, and signing in from outside.

use super::guest;
use crate::audit::{self, ChangeFilter};
use crate::graph::Role;
use crate::invitations;
use crate::tenants::Tenant;
use crate::testing::{Answer, Browser, TestServer, on_both_engines, png_of};
use crate::users::operations::Key;
use crate::users::{ExternalUserState, User, photo, store};
use axum::body::Body;
use axum::http::Request;
use std::time::Duration;

const BASE: &str = "/portal/contoso.example/users";

async fn contoso(server: &TestServer) -> (Tenant, User, User) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
    let lena = server.member(&tenant, "lena", &[]).await;
    (tenant, ines, lena)
}

async fn find(server: &TestServer, user: &User) -> User {
    let mut tx = server.read().await.expect("a connection");
    store::find(&mut tx, user.tenant_id, user.id).await.expect("an answer").expect("the user")
}

/// The properties that the newest row about a user tells, with this name.
async fn told(server: &TestServer, user: &User, activity: &str) -> Vec<String> {
    let mut tx = server.read().await.expect("a connection");
    let filter = ChangeFilter { target: Some(user.id.0), ..ChangeFilter::default() };
    let rows = audit::store::list_changes(&mut tx, user.tenant_id, &filter, None, 10).await.expect("the log");
    let row = rows.iter().find(|row| row.activity == activity).expect("a row");
    row.changed_properties().iter().map(|[name, ..]| (*name).to_owned()).collect()
}

async fn edit(browser: &Browser<'_>, user: &User, fields: &[(&str, &str)]) -> Answer {
    browser.get(&format!("{BASE}/{}/edit", user.id)).await;
    browser.submit_to("/edit", fields).await
}

#[tokio::test]
async fn only_what_differs_is_changed_and_told() {
    on_both_engines(async |server| {
        let (_, ines, lena) = contoso(&server).await;
        let browser = server.signed_in(&ines).await;
        let page = browser.get(&format!("{BASE}/{}", lena.id)).await.text;
        assert!(page.contains(">Edit…<") && page.contains(">New password…<"), "{page}");
        let fields = [
            ("displayName", "Lena Roth"),
            ("jobTitle", "Buyer"),
            ("costCenter", "7"),
            ("employeeHireDate", "2026-01-01"),
            ("usageLocation", "pt"),
            ("otherMails", "lena@elsewhere.example\nroth@elsewhere.example"),
            ("userType", "Member"),
            ("accountEnabled", "true"),
        ];
        let saved = edit(&browser, &lena, &fields).await;
        assert!(saved.text.contains("What you changed was stored."), "{}", saved.text);
        let now = find(&server, &lena).await;
        assert_eq!((now.display_name.as_str(), now.job_title.as_deref()), ("Lena Roth", Some("Buyer")));
        assert_eq!((now.usage_location.as_deref(), now.other_mails.len()), (Some("PT"), 2));
        assert_eq!(now.profile.0.employee_org_data.get("costCenter").map(String::as_str), Some("7"));
        assert_eq!(now.mail, lena.mail);
        let mut told = told(&server, &lena, "Update user").await;
        told.sort();
        let expected =
            ["displayName", "employeeHireDate", "employeeOrgData", "jobTitle", "otherMails", "usageLocation"];
        assert_eq!(told, expected);

        let again = edit(&browser, &lena, &fields).await;
        assert!(again.text.contains("Nothing was changed: the form said what is stored."), "{}", again.text);
        assert_eq!(find(&server, &lena).await.version, now.version);
        edit(&browser, &lena, &[("jobTitle", ""), ("costCenter", ""), ("accountEnabled", "false")]).await;
        let now = find(&server, &lena).await;
        assert_eq!((now.job_title, now.profile.0.employee_org_data.len(), now.account_enabled), (None, 0, false));
    })
    .await;
}

#[tokio::test]
async fn every_mistake_stands_at_its_field_and_nothing_is_changed() {
    on_both_engines(async |server| {
        let (tenant, ines, lena) = contoso(&server).await;
        let browser = server.signed_in(&ines).await;
        let wrong =
            [("displayName", ""), ("usageLocation", "Portugal"), ("employeeHireDate", "soon"), ("jobTitle", "X")];
        let page = edit(&browser, &lena, &wrong).await;
        assert_eq!(page.status, 422, "{}", page.text);
        for field in ["displayName", "usageLocation", "employeeHireDate"] {
            assert!(page.text.contains(&format!("href=\"#{field}\"")), "{field}: {}", page.text);
        }
        assert!(page.text.contains("value=\"soon\"") && page.text.contains("Some things need a change."));
        assert_eq!(find(&server, &lena).await.version, lena.version);

        // What the directory decides stands at its field too.
        for name in ["lena@elsewhere.example", "ines@contoso.example"] {
            let page = edit(&browser, &lena, &[("userPrincipalName", name)]).await;
            assert_eq!(page.status, 422, "{}", page.text);
            assert!(page.text.contains("href=\"#userPrincipalName\""), "{}", page.text);
        }
        let aiko = guest(&server, &tenant, "Aiko", "aiko@fabrikam.example", ExternalUserState::Accepted).await;
        let page = edit(&browser, &aiko, &[("mail", "boss@contoso.example")]).await;
        assert!(page.text.contains("href=\"#mail\""), "{}", page.text);
        assert!(!page.text.contains("id=\"userPrincipalName\""), "the name of a guest stays");
    })
    .await;
}

#[tokio::test]
async fn a_form_that_shows_what_is_not_stored_any_more_changes_nobody() {
    on_both_engines(async |server| {
        let (_, ines, lena) = contoso(&server).await;
        let (early, late) = (server.signed_in(&ines).await, server.signed_in(&ines).await);
        late.get(&format!("{BASE}/{}/edit", lena.id)).await;
        edit(&early, &lena, &[("department", "Sales")]).await;
        let page = late.submit_to("/edit", &[("department", "Purchasing")]).await;
        assert_eq!(page.status, 409, "{}", page.text);
        assert!(page.text.contains("You had written this") && page.text.contains("Purchasing"), "{}", page.text);
        assert!(page.text.contains("value=\"Sales\""), "{}", page.text);
        assert_eq!(find(&server, &lena).await.department.as_deref(), Some("Sales"));
    })
    .await;
}

#[tokio::test]
async fn a_user_administrator_edits_no_global_administrator() {
    on_both_engines(async |server| {
        let (tenant, ines, _) = contoso(&server).await;
        let boss = server.member(&tenant, "boss", &[Role::GlobalAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        for part in ["edit", "photo", "password", "convert"] {
            assert_eq!(browser.get(&format!("{BASE}/{}/{part}", boss.id)).await.status, 403, "{part}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_takes_somebody_who_stands_as_high_is_said_at_its_fields() {
    on_both_engines(async |server| {
        let (tenant, ines, _) = contoso(&server).await;
        let bob = server.member(&tenant, "bob", &[Role::ApplicationAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        let wanted = [("displayName", "Support"), ("mail", "bob@partner.example"), ("jobTitle", "Buyer")];
        let page = edit(&browser, &bob, &wanted).await;
        assert_eq!(page.status, 422, "{}", page.text);
        for field in ["displayName", "mail"] {
            assert!(page.text.contains(&format!("href=\"#{field}\"")), "{field}: {}", page.text);
        }
        assert!(page.text.contains("Only a Global Administrator may change this"), "{}", page.text);
        assert!(page.text.contains("value=\"Buyer\"") && !page.text.contains("href=\"#jobTitle\""), "{}", page.text);
        assert_eq!(find(&server, &bob).await.version, bob.version);
        let saved = edit(&browser, &bob, &[("jobTitle", "Buyer")]).await;
        assert!(saved.text.contains("What you changed was stored."), "{}", saved.text);
    })
    .await;
}

/// Opens the page, and sends its form of the picture as browsers do.
async fn send_photo(browser: &Browser<'_>, user: &User, file: &[u8], without: bool) -> Answer {
    let page = browser.get(&format!("{BASE}/{}/edit", user.id)).await.text;
    send_photo_from(browser, &page, user, (file, without)).await
}

/// Sends that form of a page that was opened before.
async fn send_photo_from(browser: &Browser<'_>, page: &str, user: &User, (file, without): (&[u8], bool)) -> Answer {
    let hidden = |name: &str| {
        let value = page.rsplit(&format!("name=\"{name}\" value=\"")).next().and_then(|rest| rest.split('"').next());
        value.expect("a value").to_owned()
    };
    let field = |head: &str, content: &[u8]| {
        let head = format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n");
        [head.as_bytes(), content, b"\r\n".as_slice()].concat()
    };
    let mut body = field("name=\"csrf\"", hidden("csrf").as_bytes());
    body.extend(field("name=\"seen\"", hidden("seen").as_bytes()));
    body.extend(field("name=\"photo\"; filename=\"p.png\"", file));
    if without {
        body.extend(field("name=\"without\"", b"1"));
    }
    body.extend(b"--b--\r\n");
    let request = Request::post(format!("{BASE}/{}/photo", user.id))
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "multipart/form-data; boundary=b");
    browser.send(request.body(Body::from(body)).expect("a request")).await
}

#[tokio::test]
async fn a_picture_is_stored_shown_and_taken_away() {
    on_both_engines(async |server| {
        let (_, ines, lena) = contoso(&server).await;
        let browser = server.signed_in(&ines).await;
        let href = format!("{BASE}/{}/photo", lena.id);
        assert_eq!(browser.get(&href).await.status, 404);
        for (file, without, said) in [
            (b"GIF89a".to_vec(), false, "neither a JPEG nor a PNG"),
            (Vec::new(), false, "Choose a file"),
            ([png_of(8, 8), vec![0; photo::LARGEST]].concat(), false, "It has more than 262144 bytes"),
        ] {
            let refused = send_photo(&browser, &lena, &file, without).await;
            assert_eq!(refused.status, 422, "{said}");
            assert!(refused.text.contains(said) && refused.text.contains("href=\"#photo\""), "{}", refused.text);
        }
        let stored = send_photo(&browser, &lena, &png_of(48, 64), false).await;
        assert_eq!(stored.header("location"), format!("{BASE}/{}/edit?done=photo", lena.id));
        let page = browser.get(&format!("{BASE}/{}/edit?done=photo", lena.id)).await.text;
        assert!(page.contains("PNG, 48 × 64 pixels") && page.contains("The picture was stored."), "{page}");
        assert!(page.contains(&format!("<img src=\"{href}\"")), "{page}");
        let file = browser.get(&href).await;
        assert_eq!((file.header("content-type"), file.header("x-content-type-options")), ("image/png", "nosniff"));
        // A large one is a link: the page stays light.
        let both = send_photo(&browser, &lena, &[png_of(48, 64), vec![0; 64 * 1024]].concat(), true).await;
        assert_eq!(
            both.header("location"),
            format!("{BASE}/{}/edit?done=photo", lena.id),
            "the file wins over the box"
        );
        assert!(!browser.get(&format!("{BASE}/{}/edit", lena.id)).await.text.contains("<img"));
        assert_eq!(send_photo(&browser, &lena, b"", true).await.status, 303);
        let caller = crate::testing::person(&ines, vec![Role::UserAdministrator]);
        assert!(photo::find(&server, &caller, &Key::Id(lena.id)).await.is_err());
        assert_eq!(told(&server, &lena, "Update user").await, ["photo"]);
    })
    .await;
}

#[tokio::test]
async fn a_member_gets_another_password_and_a_guest_none() {
    on_both_engines(async |server| {
        let (tenant, ines, lena) = contoso(&server).await;
        let helper = server.member(&tenant, "helper", &[Role::AuthenticationAdministrator]).await;
        let hers = server.signed_in(&lena).await;
        server.clock.advance(Duration::from_secs(1));
        let page = format!("{BASE}/{}/password", lena.id);
        for administrator in [&ines, &helper] {
            let browser = server.signed_in(administrator).await;
            browser.get(&page).await;
            let refused = browser.submit_to("/password", &[("password", "short")]).await;
            assert_eq!(refused.status, 422, "{}", refused.text);
            assert!(refused.text.contains("at least 12") && refused.text.contains("href=\"#password\""));
            let fields = [("password", "a battery of horses"), ("change", "1")];
            let set = browser.submit_to("/password", &fields).await;
            assert!(set.text.contains("The password was set"), "{}", set.text);
            assert!(!set.text.contains("a battery of horses"));
        }
        let now = find(&server, &lena).await;
        assert!(now.profile.0.must_change_password && now.password_hash != lena.password_hash);
        assert!(told(&server, &lena, "Reset user password").await.is_empty());
        hers.get("/myapps/contoso.example").await;
        assert!(hers.location().contains("/sign-in/"), "she is signed out: {}", hers.location());

        let aiko = guest(&server, &tenant, "Aiko", "aiko@fabrikam.example", ExternalUserState::Accepted).await;
        let shown = server.signed_in(&ines).await.get(&format!("{BASE}/{}/password", aiko.id)).await.text;
        assert!(shown.contains("signs in without a password") && !shown.contains("name=\"password\""), "{shown}");
    })
    .await;
}

#[tokio::test]
async fn somebody_of_the_house_signs_in_from_outside() {
    on_both_engines(async |server| {
        let (tenant, ines, lena) = contoso(&server).await;
        guest(&server, &tenant, "Aiko", "aiko@fabrikam.example", ExternalUserState::Accepted).await;
        let browser = server.signed_in(&ines).await;
        let page = format!("{BASE}/{}/convert", lena.id);
        for wrong in ["nobody", "lena@contoso.example", "aiko@fabrikam.example"] {
            browser.get(&page).await;
            let refused = browser.submit_to("/convert", &[("address", wrong)]).await;
            assert_eq!(refused.status, 422, "{wrong}: {}", refused.text);
            assert!(refused.text.contains("href=\"#address\""), "{}", refused.text);
            // The new address comes with the invitation, or not at all.
            assert_eq!(find(&server, &lena).await.version, lena.version, "{wrong}");
        }
        browser.get(&page).await;
        let asked = browser.submit_to("/convert", &[("address", "lena@northwind.example")]).await;
        assert!(asked.text.contains("Until it is accepted, nobody gets in."), "{}", asked.text);
        let now = find(&server, &lena).await;
        assert!(now.is_pending() && !now.is_guest());
        assert_eq!(now.mail.as_deref(), Some("lena@northwind.example"));
        assert_eq!(told(&server, &lena, "Update user").await, ["mail"]);
        told(&server, &lena, "Invite internal user to B2B collaboration").await;
        server.run_due_jobs().await;
        assert!(server.mailbox().iter().any(|mail| mail.to.iter().any(|to| to == "lena@northwind.example")));
        let shown = browser.get(&page).await.text;
        assert!(shown.contains("came by an invitation already") && !shown.contains("name=\"address\""), "{shown}");
    })
    .await;
}

/// Whoever is converted is signed out at once, so that nobody is told of a mail that never goes.
#[tokio::test]
async fn where_a_mailbox_refuses_mail_the_link_is_shown() {
    on_both_engines(async |server| {
        let (tenant, ines, lena) = contoso(&server).await;
        let aiko = guest(&server, &tenant, "Aiko", "aiko@fabrikam.example", ExternalUserState::Accepted).await;
        let browser = server.signed_in(&ines).await;
        let cases = [(&lena, "convert", "lena@northwind.example"), (&aiko, "reset", "aiko@fabrikam.example")];
        for (user, part, address) in cases {
            invitations::block::set(&server, tenant.id, address, true).await.expect("a block");
            browser.get(&format!("{BASE}/{}/{part}", user.id)).await;
            let shown = browser.submit_to(&format!("/{part}"), &[("address", address)]).await.text;
            assert!(shown.contains("this mailbox wants no further invitations"), "{part}: {shown}");
            assert!(shown.contains("<code class=\"mono\" id=\"link\">") && !shown.contains("on its way"), "{shown}");
            assert!(find(&server, user).await.is_pending(), "{part}");
        }
        server.run_due_jobs().await;
        assert!(server.mailbox().is_empty());
    })
    .await;
}

#[tokio::test]
async fn of_two_who_set_a_password_the_second_looks_again() {
    on_both_engines(async |server| {
        let (_, ines, lena) = contoso(&server).await;
        let (early, late) = (server.signed_in(&ines).await, server.signed_in(&ines).await);
        let page = format!("{BASE}/{}/password", lena.id);
        late.get(&page).await;
        early.get(&page).await;
        let first = early.submit_to("/password", &[("password", "a battery of horses")]).await;
        assert!(first.text.contains("The password was set"), "{}", first.text);
        let kept = find(&server, &lena).await.password_hash;
        let other = [("password", "a stable of donkeys")];
        let refused = late.submit_to("/password", &other).await;
        assert_eq!(refused.status, 409, "{}", refused.text);
        assert!(refused.text.contains("Somebody changed this user after you opened the page."), "{}", refused.text);
        assert!(refused.text.contains("The old one was set on 23 Nov 2026"), "{}", refused.text);
        assert!(!refused.text.contains("donkeys"), "a password is not shown again");
        assert_eq!(find(&server, &lena).await.password_hash, kept);
        let again = late.submit_to("/password", &other).await;
        assert!(again.text.contains("The password was set"), "{}", again.text);
        assert_ne!(find(&server, &lena).await.password_hash, kept);
    })
    .await;
}

#[tokio::test]
async fn whoever_asks_to_sign_in_from_outside_has_seen_the_user_as_they_are() {
    on_both_engines(async |server| {
        let (_, ines, lena) = contoso(&server).await;
        let (early, late) = (server.signed_in(&ines).await, server.signed_in(&ines).await);
        late.get(&format!("{BASE}/{}/convert", lena.id)).await;
        edit(&early, &lena, &[("department", "Sales")]).await;
        let wanted = [("address", "lena@northwind.example")];
        let refused = late.submit_to("/convert", &wanted).await;
        assert_eq!(refused.status, 409, "{}", refused.text);
        for said in ["Somebody changed this user after you opened the page.", "You had written this", wanted[0].1] {
            assert!(refused.text.contains(said), "{said}: {}", refused.text);
        }
        assert!(!find(&server, &lena).await.is_pending());
        assert_eq!(find(&server, &lena).await.mail, lena.mail);
        let asked = late.submit_to("/convert", &wanted).await;
        assert!(asked.text.contains("Until it is accepted, nobody gets in."), "{}", asked.text);
        assert!(find(&server, &lena).await.is_pending());
    })
    .await;
}

#[tokio::test]
async fn a_picture_that_nobody_has_seen_is_not_written_over() {
    on_both_engines(async |server| {
        let (_, ines, lena) = contoso(&server).await;
        let (early, late) = (server.signed_in(&ines).await, server.signed_in(&ines).await);
        let here = format!("{BASE}/{}/edit", lena.id);
        let without_one = late.get(&here).await.text;
        assert_eq!(send_photo(&early, &lena, &png_of(48, 64), false).await.status, 303);
        let refused = send_photo_from(&late, &without_one, &lena, (&png_of(8, 8), false)).await;
        assert_eq!(refused.status, 409, "{}", refused.text);
        for said in ["Somebody changed this user after you opened the page.", "PNG, 48 × 64 pixels"] {
            assert!(refused.text.contains(said), "{said}: {}", refused.text);
        }
        // Another one in the place of the one that was seen is another one, though its versions begin anew.
        let with_one = late.get(&here).await.text;
        assert_eq!(send_photo(&early, &lena, b"", true).await.status, 303);
        assert_eq!(send_photo(&early, &lena, &png_of(9, 9), false).await.status, 303);
        let refused = send_photo_from(&late, &with_one, &lena, (b"", true)).await;
        assert_eq!(refused.status, 409, "{}", refused.text);
        assert!(late.get(&here).await.text.contains("PNG, 9 × 9 pixels"));
        assert_eq!(send_photo(&late, &lena, b"", true).await.status, 303);
    })
    .await;
}
