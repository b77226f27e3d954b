//! The list of users.

use super::{HOSTILE, guest};
use crate::graph::Role;
use crate::platform::ids::UserId;
use crate::tenants::Tenant;
use crate::testing::{Recorder, TestServer, on_both_engines};
use crate::users::{self, ExternalUserState, User};
use axum::http::{Method, StatusCode};
use serde_json::json;
use std::time::Duration;

const PATH: &str = "/portal/contoso.example/users";

async fn contoso(server: &TestServer) -> (Tenant, User) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
    (tenant, ines)
}

/// The names in the first column, in their order.
fn names(page: &str) -> Vec<&str> {
    page.split("class=\"row-link\"").skip(1).filter_map(|rest| rest.split(['>', '<']).nth(1)).collect()
}

/// Where the page before this one or behind it begins.
fn link(page: &str, rel: &str) -> Option<String> {
    let tag = page.split("<a ").find(|tag| tag.contains(&format!("rel=\"{rel}\"")))?;
    Some(tag.split("href=\"").nth(1)?.split('"').next()?.replace("&#38;", "&"))
}

#[tokio::test]
async fn people_are_found_by_name_address_organisation_kind_and_state() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        let accepted = ExternalUserState::Accepted;
        guest(&server, &tenant, "Aiko Kimura", "aiko.kimura@fabrikam.example", accepted).await;
        let mut blocked = guest(&server, &tenant, "Chidi Eze", "chidi@tailspin.example", accepted).await;
        guest(&server, &tenant, "Sam_Reyes", "sam@partner.example", ExternalUserState::PendingAcceptance).await;
        blocked.account_enabled = false;
        let mut tx = server.write().await.expect("a transaction");
        assert!(users::store::update(&mut tx, &blocked, server.clock.now()).await.expect("an update"));
        tx.commit().await.expect("a commit");
        let browser = server.signed_in(&ines).await;
        for (query, expected) in [
            ("", &["Aiko Kimura", "Chidi Eze", "ines", "Sam_Reyes"][..]),
            ("?q=aik", &["Aiko Kimura"]),
            ("?q=KIM", &["Aiko Kimura"]),
            ("?q=fabrikam", &["Aiko Kimura"]),
            ("?q=chidi%40tail", &["Chidi Eze"]),
            ("?q=%25", &[]),
            ("?q=nobody", &[]),
            ("?kind=member", &["ines"]),
            ("?kind=guest&state=active", &["Aiko Kimura"]),
            ("?state=blocked", &["Chidi Eze"]),
            ("?state=lapsed", &["Sam_Reyes"]),
            ("?state=invited", &[]),
            ("?domain=fabrikam.example", &["Aiko Kimura"]),
            ("?domain=abrikam.example", &[]),
        ] {
            let answer = browser.get(&format!("{PATH}{query}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{query}");
            assert_eq!(names(&answer.text), expected, "{query}");
        }
        for query in ["?kind=robot", "?state=asleep", "?after=x", "?q=a&q=b"] {
            assert_eq!(browser.get(&format!("{PATH}{query}")).await.status, StatusCode::BAD_REQUEST, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn pages_follow_each_other_in_both_directions() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        for number in 0..60 {
            let name = format!("Guest {number:02}");
            guest(&server, &tenant, &name, &format!("g{number}@fabrikam.example"), ExternalUserState::Accepted).await;
        }
        let browser = server.signed_in(&ines).await;
        let first = browser.get(&format!("{PATH}?kind=guest")).await.text;
        assert!(first.contains("25 shown, Guest 00 to Guest 24. 60 match."), "{first}");
        assert_eq!(link(&first, "prev"), None);
        let second = browser.get(&link(&first, "next").expect("a second page")).await.text;
        assert!(second.contains("Guest 25 to Guest 49"));
        let third = browser.get(&link(&second, "next").expect("a third page")).await.text;
        assert!(third.contains("10 shown, Guest 50 to Guest 59"));
        assert_eq!(link(&third, "next"), None);
        let back = browser.get(&link(&third, "prev").expect("the way back")).await.text;
        assert_eq!(names(&back), names(&second));
    })
    .await;
}

#[tokio::test]
async fn the_list_is_for_whoever_holds_a_role() {
    on_both_engines(async |server| {
        let (tenant, _) = contoso(&server).await;
        for (name, roles, status) in [
            ("a", &[][..], StatusCode::FORBIDDEN),
            ("b", &[Role::GuestInviter], StatusCode::OK),
            ("c", &[Role::UserAdministrator], StatusCode::OK),
            ("d", &[Role::GlobalAdministrator], StatusCode::OK),
        ] {
            let user = server.member(&tenant, name, roles).await;
            let answer = server.signed_in(&user).await.get(PATH).await;
            assert_eq!(answer.status, status, "{roles:?}");
            assert_eq!(answer.text.contains("/myapps/contoso.example"), status == StatusCode::FORBIDDEN);
        }
    })
    .await;
}

#[tokio::test]
async fn a_reference_leads_to_the_log_that_holds_it() {
    on_both_engines(async |server| {
        let (_, ines) = contoso(&server).await;
        let browser = server.signed_in(&ines).await;
        // The session just begun is the only sign-in; it was made outside a request.
        let found = browser.get(&format!("{PATH}?q=0000-0000")).await;
        assert_eq!(browser.location(), "/portal/contoso.example/sign-ins?q=0000-0000");
        assert!(found.text.contains("<code>0000-0000</code>"));
        assert!(browser.get(&format!("{PATH}?q=ffffffff")).await.text.contains("Nobody matches"));
    })
    .await;
}

/// X4: what strangers chose is text in the list.
#[tokio::test]
async fn x4_names_in_the_list_are_inert() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        guest(&server, &tenant, HOSTILE, &format!("a@{HOSTILE}"), ExternalUserState::Accepted).await;
        let browser = server.signed_in(&ines).await;
        for query in ["", "?q=%22%3E%3Cscript%3E", "?domain=%22%3E%3Cscript%3E"] {
            let text = browser.get(&format!("{PATH}{query}")).await.text;
            assert!(text.contains("</html>") && !text.contains("<script>"), "{query}: {text}");
        }
    })
    .await;
}

/// Where looking for people goes on.
fn further(page: &str) -> Option<String> {
    let (before, _) = page.split_once("\">Look on</a>")?;
    Some(before.rsplit("href=\"").next()?.replace("&#38;", "&"))
}

/// Adds members whose names sort as they are numbered.
async fn members(server: &TestServer, tenant: &Tenant, names: impl Iterator<Item = String>) {
    let now = server.clock.now();
    let mut tx = server.write().await.expect("a transaction");
    for name in names {
        let id = UserId(server.entropy.uuid(now));
        let user = User::member(tenant.id, id, format!("{name}@contoso.example"), name, now);
        users::store::insert(&mut tx, &user).await.expect("a user");
    }
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn a_search_goes_on_where_it_ended_and_back_to_its_first_page() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        members(&server, &tenant, (0..60).map(|number| format!("Worker{number:02}"))).await;
        let browser = server.signed_in(&ines).await;
        let mut page = browser.get(&format!("{PATH}?q=work&kind=member")).await.text;
        assert!(page.contains("25 shown, Worker00 to Worker24.</span>"), "how many match is not counted: {page}");
        let mut found: Vec<String> = names(&page).into_iter().map(str::to_owned).collect();
        while let Some(next) = link(&page, "next") {
            assert!(next.contains("behind=worker"), "{next}");
            page = browser.get(&next).await.text;
            found.extend(names(&page).into_iter().map(str::to_owned));
            assert_eq!(link(&page, "prev"), Some(format!("{PATH}?q=work&kind=member")), "the way back");
        }
        let expected: Vec<String> = (0..60).map(|number| format!("Worker{number:02}")).collect();
        assert_eq!(found, expected, "each once, in the order of the words");
        let few = browser.get(&format!("{PATH}?q=worker59")).await.text;
        assert!(few.contains("1 shown. 1 match."), "{few}");
    })
    .await;
}

/// Many are guests, and more stand in front of them by name than are looked through for a page.
#[tokio::test]
async fn a_page_ends_after_so_many_who_do_not_match_and_the_next_one_goes_on() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        members(&server, &tenant, (0..100).map(|number| format!("a{number:03}"))).await;
        for number in 0..5 {
            let mail = format!("z{number}@fabrikam.example");
            guest(&server, &tenant, &format!("z{number}"), &mail, ExternalUserState::Accepted).await;
        }
        let browser = server.signed_in(&ines).await;
        let mut page = browser.get(&format!("{PATH}?kind=guest")).await.text;
        for _ in 0..2 {
            assert!(page.contains("Nobody matches so far"), "{page}");
            page = browser.get(&further(&page).expect("a way on")).await.text;
        }
        assert_eq!(names(&page), ["z0", "z1", "z2", "z3", "z4"]);
        assert!(page.contains("5 shown, z0 to z4. 5 match.") && !page.contains("Not everybody"), "{page}");
        let back = browser.get(&format!("{PATH}?kind=guest&before={}", id_of(&page))).await.text;
        assert!(back.contains("Nobody matches so far"), "{back}");
        assert!(further(&back).is_some_and(|href| href.contains("before=")), "{back}");
    })
    .await;
}

/// The id in the first link to somebody.
fn id_of(page: &str) -> String {
    let rest = page.split(&format!("class=\"row-link\" href=\"{PATH}/")).nth(1).expect("a row");
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_page_asks_the_same_of_the_database_for_many_as_for_few() {
    on_both_engines(async |server| {
        server.caught_up().await;
        let (tenant, ines) = contoso(&server).await;
        let browser = server.signed_in(&ines).await;
        let queries =
            ["", "?kind=member", "?q=worker", "?q=worker&kind=member", "?domain=contoso.example", "?state=active"];
        let mut before = Vec::new();
        for (round, number) in [30, 90].into_iter().enumerate() {
            members(&server, &tenant, (0..number).map(|at| format!("Worker {round} {at:02}"))).await;
            // What hardly ever changes is read once.
            browser.get(PATH).await;
            let recorder = Recorder::start();
            let mut reads = Vec::new();
            for query in queries {
                let answer = browser.get(&format!("{PATH}{query}")).await;
                assert_eq!(names(&answer.text).len(), 25, "{query}");
                reads.push(recorder.work().reads);
            }
            if round == 1 {
                assert_eq!(reads, before);
                assert!(reads.iter().all(|reads| reads.len() <= 20), "{reads:#?}");
            }
            before = reads;
        }
    })
    .await;
}

#[tokio::test]
async fn the_file_says_where_guests_are_at_home_and_who_vouches_for_them() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        guest(&server, &tenant, "Aiko", "aiko@Fabrikam.example", ExternalUserState::Accepted).await;
        let browser = server.signed_in(&ines).await;
        let file = browser.get(&format!("{PATH}/as/csv")).await.text;
        let mut lines = file.lines();
        let heading = lines.next().unwrap_or_default();
        assert!(heading.ends_with("\"id\",\"homeOrganization\",\"identityIssuer\""), "{heading}");
        let rows: Vec<&str> = lines.collect();
        assert_eq!(rows.len(), 2);
        assert!(rows[0].starts_with("\"Aiko\",") && rows[0].ends_with("\"fabrikam.example\",\"mail\""), "{file}");
        assert!(rows[1].starts_with("\"ines\",") && rows[1].ends_with("\"Contoso\",\"contoso.example\""), "{file}");
        let found = browser.get(&format!("{PATH}/as/csv?q=aik")).await.text;
        assert_eq!(found.lines().count(), 2, "{found}");
    })
    .await;
}

/// What the last cell of somebody's row says.
fn last_cell<'p>(page: &'p str, name: &str) -> &'p str {
    let row = page.split("<tr ").find(|row| row.contains(&format!(">{name}</a>"))).expect("their row");
    row.rsplit("<td ").next().unwrap_or_default()
}

#[tokio::test]
async fn the_list_says_when_invitations_end() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        guest(&server, &tenant, "Aiko", "aiko@fabrikam.example", ExternalUserState::Accepted).await;
        let administrator = server.administrator(&tenant).await;
        for (name, days) in [("Never", json!(null)), ("Later", json!(30)), ("Soon", json!(5))] {
            let lifetime = json!({ "invitationLifetimeDays": days });
            let settings = "/vestibule/v1/collaborationSettings";
            let set = server.api_as(&administrator, Method::PATCH, settings, &lifetime).await;
            assert!(set.status.is_success(), "{name}: {}", set.text);
            let invited = json!({
                "invitedUserEmailAddress": format!("{}@fabrikam.example", name.to_lowercase()),
                "invitedUserDisplayName": name,
                "inviteRedirectUrl": "https://myapps.microsoft.com",
            });
            let made = server.api_as(&administrator, Method::POST, "/v1.0/invitations", &invited).await;
            assert_eq!(made.status, StatusCode::CREATED, "{name}: {}", made.text);
        }
        let page = server.signed_in(&ines).await.get(PATH).await.text;
        assert!(page.contains(">Invitation ends</th>"), "{page}");
        for (name, said) in [
            ("Never", "<span>Never</span>"),
            ("Later", "<span>23 Dec 2026</span>"),
            ("Soon", "<span class=\"soon\">28 Nov 2026</span>"),
            ("Aiko", ">–<"),
            ("ines", ">–<"),
        ] {
            assert!(last_cell(&page, name).contains(said), "{name}: {}", last_cell(&page, name));
        }
        server.clock.advance(Duration::from_hours(6 * 24));
        let browser = server.signed_in(&ines).await;
        let later = browser.get(PATH).await.text;
        assert!(last_cell(&later, "Soon").contains("<span>28 Nov 2026</span>"), "it has ended: {later}");
        let file = browser.get(&format!("{PATH}/as/csv")).await.text;
        assert!(file.lines().next().is_some_and(|heading| heading.contains("\"invitationExpiresDateTime\"")), "{file}");
        let row = |name: &str| file.lines().find(|line| line.starts_with(&format!("\"{name}\""))).unwrap_or_default();
        assert!(row("Soon").contains("\"2026-11-28T09:00:00Z\""), "{file}");
        assert!(!row("Never").contains("2026-11-2"), "{file}");
    })
    .await;
}
