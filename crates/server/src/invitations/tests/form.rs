//! The whole form of the portal: the person, their sponsors, their access.

use super::{activities, change, list};
use crate::applications::{AppRole, Changes, MemberType, Origin};
use crate::graph::{Caller, Role};
use crate::platform::ids::AppRoleId;
use crate::service_principals::{AppRoleAssignment, assignment_store, store};
use crate::tenants::{InvitersPolicy, Tenant};
use crate::testing::{TestServer, on_both_engines, person};
use crate::users::{self, User};
use std::time::Duration;
use uuid::Uuid;

const NEW: &str = "/portal/contoso.example/invitations/new";
const ADDRESS: (&str, &str) = ("email", "sam@partner.example");

/// The one guest of the tenant, with sponsors and roles.
async fn guest(server: &TestServer, tenant: &Tenant) -> (User, Vec<String>, Vec<AppRoleAssignment>) {
    let mut tx = server.read().await.expect("a connection");
    let mut found = users::store::list_by_mail(&mut tx, tenant.id, ADDRESS.1).await.expect("an answer");
    let guest = found.pop().expect("the guest");
    let sponsors = users::store::list_sponsors(&mut tx, tenant.id, guest.id).await.expect("sponsors");
    let roles = assignment_store::list_by_principal(&mut tx, tenant.id, guest.id.into()).await.expect("roles");
    (guest, sponsors.into_iter().map(|user| user.display_name).collect(), roles)
}

/// An app with a role for people and one for programs; the values by which the form names the two.
async fn expenses(server: &TestServer, tenant: &Tenant) -> [String; 2] {
    let role = |number: u128, kind: MemberType| AppRole {
        id: AppRoleId(Uuid::from_u128(number)),
        value: Some(format!("role{number}")),
        display_name: format!("Role {number}"),
        description: None,
        allowed_member_types: vec![kind],
        is_enabled: true,
        origin: Origin::Application,
    };
    let roles = vec![role(1, MemberType::User), role(2, MemberType::Application)];
    let addresses = Some(vec!["https://expenses.contoso.example/cb".to_owned()]);
    let changes = Changes { app_roles: Some(roles), web_redirect_uris: addresses, ..Changes::default() };
    server.app(tenant, "Expenses", changes).await;
    let mut tx = server.read().await.expect("a connection");
    let apps = store::list(&mut tx, tenant.id).await.expect("apps");
    let app = apps.iter().find(|app| app.display_name == "Expenses").expect("the app").id;
    [1, 2].map(|number| format!("{app}/{}", Uuid::from_u128(number)))
}

#[tokio::test]
async fn the_form_makes_the_guest_with_everything_at_once_and_a_second_time_adds_to_it() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.member(&tenant, "priya", &[Role::GlobalAdministrator]).await;
        let tom = server.member(&tenant, "tom", &[]).await;
        let [role, _] = expenses(&server, &tenant).await;
        let before = activities(&server, &tenant).await.len();
        // The audit is read in the order of time.
        server.clock.advance(Duration::from_secs(1));
        let browser = server.signed_in(&admin).await;
        browser.get(NEW).await;
        let fields = [
            ADDRESS,
            ("given_name", "Sam"),
            ("surname", "Reyes"),
            ("job_title", "Auditor"),
            ("company_name", "Partner Ltd"),
            ("department", "Finance"),
            ("business_phone", "+351 21 000 0000"),
            ("usage_location", "pt"),
            ("sponsors", "tom@contoso.example\r\nTOM@contoso.example\r\npriya@contoso.example"),
            ("assignment", &role),
            ("send", "yes"),
        ];
        let answer = browser.submit_to("/invitations/new", &fields).await;
        assert!(browser.location().contains("?done=sent"), "{}", answer.text);
        let (sam, mut sponsors, roles) = guest(&server, &tenant).await;
        assert_eq!(sam.display_name, "Sam Reyes");
        assert_eq!(sam.business_phones.0, ["+351 21 000 0000"]);
        let texts = [&sam.given_name, &sam.job_title, &sam.company_name, &sam.department, &sam.usage_location];
        let texts = texts.map(|text| text.as_deref().unwrap_or_default());
        assert_eq!(texts, ["Sam", "Auditor", "Partner Ltd", "Finance", "PT"]);
        sponsors.sort();
        assert_eq!(sponsors, [admin.display_name.clone(), tom.display_name.clone()]);
        assert_eq!(roles.len(), 1);
        let mut audited = activities(&server, &tenant).await.split_off(before);
        audited.sort();
        assert_eq!(audited, ["Add app role assignment grant to user", "Add user", "Invite external user"]);

        browser.get(NEW).await;
        browser.submit_to("/invitations/new", &[ADDRESS, ("department", "Audit"), ("assignment", &role)]).await;
        let (again, _, roles) = guest(&server, &tenant).await;
        assert_eq!((again.id, again.department.as_deref()), (sam.id, Some("Audit")));
        assert_eq!((again.job_title, roles.len()), (sam.job_title, 1), "what was left empty stays");
        assert!(activities(&server, &tenant).await.contains(&"Update user".to_owned()));

        browser.get(NEW).await;
        let answer = browser.submit_to("/invitations/new", &[ADDRESS, ("display_name", "Samuel")]).await;
        assert!(answer.text.contains("their name and kind stay as they were"), "{}", answer.text);
        browser.get(NEW).await;
        let answer =
            browser.submit_to("/invitations/new", &[ADDRESS, ("display_name", "Samuel"), ("send", "yes")]).await;
        assert!(browser.location().contains("?done=kept"), "{}", answer.text);
        browser.get(NEW).await;
        browser.submit_to("/invitations/new", &[ADDRESS, ("display_name", "Sam Reyes"), ("send", "yes")]).await;
        assert!(browser.location().contains("?done=sent"), "nothing else was filled in");
        let (again, _, _) = guest(&server, &tenant).await;
        assert_eq!(again.display_name, "Sam Reyes");
    })
    .await;
}

#[tokio::test]
async fn access_from_the_start_is_offered_to_apps_that_people_can_open() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.member(&tenant, "priya", &[Role::GlobalAdministrator]).await;
        expenses(&server, &tenant).await;
        let home = Some(Some("https://wiki.contoso.example/".to_owned()));
        server.app(&tenant, "Wiki", Changes { home_page_url: home, ..Changes::default() }).await;
        server.app(&tenant, "Nightly import", Changes::default()).await;
        let page = server.signed_in(&admin).await.get(NEW).await.text;
        let offered = page.split("Access from the start").nth(1).and_then(|rest| rest.split("</fieldset>").next());
        let offered = offered.expect("the roles");
        assert!(offered.contains("Expenses") && offered.contains("Wiki"), "{offered}");
        assert!(!offered.contains("Nightly import"), "{offered}");
    })
    .await;
}

#[tokio::test]
async fn every_mistake_stands_at_its_field_with_what_was_written_and_nothing_is_made() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.member(&tenant, "priya", &[Role::GlobalAdministrator]).await;
        let [_, of_programs] = expenses(&server, &tenant).await;
        let six: Vec<String> = (0..6).map(|number| format!("member{number}@contoso.example")).collect();
        for address in &six {
            server.member(&tenant, address.split('@').next().expect("a name"), &[]).await;
        }
        let (six, long) = (six.join("\n"), "x".repeat(129));
        let browser = server.signed_in(&admin).await;
        let before = activities(&server, &tenant).await.len();
        for (field, value) in [
            ("given_name", "S\u{202E}am"),
            ("job_title", long.as_str()),
            ("usage_location", "Portugal"),
            ("sponsors", "nobody@contoso.example"),
            ("sponsors", six.as_str()),
            ("assignment", "nonsense"),
            ("assignment", of_programs.as_str()),
        ] {
            browser.get(NEW).await;
            let fields = [("display_name", "Sam Reyes"), (field, value), ADDRESS];
            let answer = browser.submit_to("/invitations/new", &fields).await;
            assert_eq!(answer.status, 400, "{field}: {}", answer.text);
            assert!(answer.text.contains(&format!("id=\"{field}-e\"")), "{field}: {}", answer.text);
            assert!(answer.text.contains(&format!("href=\"#{field}\"")), "{field}");
            assert!(answer.text.contains("value=\"Sam Reyes\""), "{field}");
            assert!(field == "assignment" || answer.text.contains(value), "{field}");
            assert!(field == "assignment" || answer.text.contains("class=\"more\" open"), "{field}");
        }
        for (field, value) in [("app", "6d1f3c0e-0000-4000-8000-000000000000"), ("app", "x"), ("language", "tlh")] {
            browser.get(NEW).await;
            let fields = [("display_name", "Sam Reyes"), (field, value), ADDRESS, ("send", "yes")];
            let answer = browser.submit_to("/invitations/new", &fields).await;
            assert_eq!(answer.status, 400, "{field}: {}", answer.text);
            assert!(answer.text.contains(&format!("id=\"{field}-e\"")), "{field}: {}", answer.text);
            assert!(answer.text.contains("value=\"Sam Reyes\""), "{field}");
        }
        server.run_due_jobs().await;
        assert!(server.mailbox().is_empty());
        browser.get(NEW).await;
        let three = [("email", "sam@"), ("usage_location", "Portugal"), ("sponsors", "nobody@contoso.example")];
        let answer = browser.submit_to("/invitations/new", &three).await;
        assert!(answer.text.contains("3 things need a change"), "{}", answer.text);
        assert!(list(&server, &person(&admin, vec![Role::GlobalAdministrator]), "").await.is_empty());
        assert_eq!(activities(&server, &tenant).await.len(), before, "nothing was made");
        let mut tx = server.read().await.expect("a connection");
        assert!(users::store::list_by_mail(&mut tx, tenant.id, ADDRESS.1).await.expect("an answer").is_empty());
    })
    .await;
}

/// Security check I14: the form gives nobody more than the operations behind it.
#[tokio::test]
async fn i14_an_inviter_without_further_rights_sets_no_details_and_gives_no_roles() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let [role, _] = expenses(&server, &tenant).await;
        let uma = server.member(&tenant, "uma", &[Role::UserAdministrator]).await;
        let ida = server.member(&tenant, "ida", &[Role::GuestInviter]).await;
        for (user, has_details) in [(&uma, true), (&ida, false)] {
            let browser = server.signed_in(user).await;
            let page = browser.get(NEW).await.text;
            assert_eq!(page.contains("name=\"job_title\""), has_details);
            assert!(page.contains("name=\"sponsors\"") && !page.contains("name=\"assignment\""));
            let answer = browser.submit_to("/invitations/new", &[ADDRESS, ("assignment", &role)]).await;
            assert_eq!(answer.status, 403, "a role that was not offered");
        }
        let browser = server.signed_in(&ida).await;
        browser.get(NEW).await;
        browser.submit_to("/invitations/new", &[ADDRESS, ("job_title", "Auditor")]).await;
        let (sam, sponsors, roles) = guest(&server, &tenant).await;
        assert_eq!((sam.job_title, sponsors, roles.len()), (None, vec![ida.display_name], 0));
    })
    .await;
}

#[tokio::test]
async fn the_way_to_the_form_is_shown_to_those_who_may_invite() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let link = "href=\"/portal/contoso.example/invitations/new\"";
        let max = server.member(&tenant, "max", &[]).await;
        let ida = server.member(&tenant, "ida", &[Role::GuestInviter]).await;
        let admin = server.member(&tenant, "priya", &[Role::GlobalAdministrator]).await;
        for (policy, may) in [
            (InvitersPolicy::Everyone, [true, true, true]),
            (InvitersPolicy::AdminsAndGuestInviters, [false, true, true]),
            (InvitersPolicy::None, [false, false, false]),
        ] {
            change(&server, &tenant, |settings| settings.allow_invites_from = policy).await;
            for (user, may) in [&max, &ida, &admin].into_iter().zip(may) {
                let browser = server.signed_in(user).await;
                let lists: &[&str] = if user.id == max.id { &["invitations"] } else { &["invitations", "users"] };
                for section in lists {
                    let answer = browser.get(&format!("/portal/contoso.example/{section}")).await;
                    assert_eq!(answer.status, 200, "{section}");
                    assert_eq!(answer.text.contains(link), may, "{section} under {policy}");
                }
            }
        }
        let system = Caller::system(tenant.id);
        assert!(crate::invitations::operations::may_invite(&server, &system).await.expect("an answer"));
    })
    .await;
}
