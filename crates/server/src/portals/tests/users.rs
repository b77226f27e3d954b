//! The list of users.

use super::{HOSTILE, guest};
use crate::graph::Role;
use crate::tenants::Tenant;
use crate::testing::{TestServer, on_both_engines};
use crate::users::{self, ExternalUserState, User};
use axum::http::StatusCode;

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
        let link = |page: &str, rel: &str| {
            let tag = page.split("<a ").find(|tag| tag.contains(&format!("rel=\"{rel}\"")))?;
            Some(tag.split("href=\"").nth(1)?.split('"').next()?.replace("&#38;", "&"))
        };
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
