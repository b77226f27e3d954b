//! The logs in the portal.

use super::{blocked, contoso, nobody, tried};
use crate::graph::Role;
use crate::testing::on_both_engines;
use crate::users::User;
use axum::http::StatusCode;
use std::time::Duration;

const HOSTILE: &str = "\"><script>alert(1)</script>";

#[tokio::test]
async fn a_reference_leads_to_its_rows_in_both_logs() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let user = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let admin = server.administrator(&tenant).await;
        let ann = server.member(&tenant, "ann", &[]).await;
        tried(&server, &ann, 0xb21d_04e7, 50126).await;
        tried(&server, &ann, 0xc04e_118b, 0).await;
        blocked(&server, &admin, &ann, 0xb21d_04e7).await;
        let browser = server.signed_in(&user).await;
        let found = browser.get("/portal/contoso.example/sign-ins?q=b21d-04e7").await;
        assert_eq!(found.status, StatusCode::OK);
        assert!(found.text.contains("<code>B21D-04E7</code>") && found.text.contains("The password is wrong"));
        assert!(!found.text.contains("<code>C04E-118B</code>"));
        let found = browser.get("/portal/contoso.example/changes?q=B21D04E7").await.text;
        assert!(found.contains("Blocked a user") && found.contains("lost laptop"), "{found}");
        assert!(browser.get("/portal/contoso.example/changes?q=ffff-ffff").await.text.contains("No change matches"));
        assert!(browser.get("/portal/contoso.example/changes?q=foo").await.text.contains("goes by that"));
    })
    .await;
}

#[tokio::test]
async fn filters_are_links_and_pages_follow_each_other() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let user = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        for number in 0..60 {
            server.clock.advance(Duration::from_secs(1));
            tried(&server, &user, number, if number % 2 == 0 { 0 } else { 50126 }).await;
        }
        let browser = server.signed_in(&user).await;
        let page = browser.get("/portal/contoso.example/sign-ins").await.text;
        assert!(page.contains("/portal/contoso.example/sign-ins?result=no"));
        let older = page.split("href=\"").find(|rest| rest.contains(">Older<")).expect("a second page");
        let older = older.split('"').next().expect("an address").replace("&#38;", "&");
        let second = browser.get(&older).await.text;
        assert!(second.contains(">Newest<") && !second.contains(">Older<"));
        assert!(second.contains("<code>0000-0000</code>"), "{second}");
        let away = browser.get("/portal/contoso.example/sign-ins?result=no").await.text;
        assert!(away.contains("30 shown") && !away.contains("Let in</span>"));
        let bad = browser.get("/portal/contoso.example/sign-ins?result=maybe").await;
        assert_eq!(bad.status, StatusCode::BAD_REQUEST);
    })
    .await;
}

#[tokio::test]
async fn the_logs_are_shown_to_administrators_of_users_only() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        for (name, roles, status) in [
            ("a", &[][..], StatusCode::FORBIDDEN),
            ("b", &[Role::GuestInviter], StatusCode::FORBIDDEN),
            ("c", &[Role::UserAdministrator], StatusCode::OK),
            ("d", &[Role::GlobalAdministrator], StatusCode::OK),
        ] {
            let user = server.member(&tenant, name, roles).await;
            let browser = server.signed_in(&user).await;
            for page in ["sign-ins", "changes"] {
                let answer = browser.get(&format!("/portal/contoso.example/{page}")).await;
                assert_eq!(answer.status, status, "{page} for {roles:?}");
                assert_eq!(answer.text.contains("/myapps/contoso.example"), status == StatusCode::FORBIDDEN);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_call_behind_a_log_has_the_filters_of_its_page() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let user = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        let browser = server.signed_in(&user).await;
        for (page, call) in [
            ("reads", "/vestibule/v1/auditLogs/directoryReads?$top=50"),
            (
                "reads?home=Fabrikam.example&kind=organizations&result=served",
                "/vestibule/v1/auditLogs/directoryReads?$filter=homeDomain eq 'fabrikam.example' and kind eq 'organizations' \
                 and result eq 'served'&$top=50",
            ),
            (
                "sign-ins?kind=people&result=yes&from=2026-11-20&to=2026-11-23",
                "/v1.0/auditLogs/signIns?$filter=createdDateTime ge 2026-11-20T00:00:00Z and createdDateTime le \
                 2026-11-23T23:59:59Z and isInteractive eq true and status/errorCode eq 0&$top=50",
            ),
            ("sign-ins?result=no", "/v1.0/auditLogs/signIns?$filter=status/errorCode ne 0&$top=50"),
            (
                "changes?activity=It%27s&kind=Policy",
                "/v1.0/auditLogs/directoryAudits?$filter=category eq 'Policy' and activityDisplayName eq 'It''s'&$top=50",
            ),
        ] {
            let text = browser.get(&format!("/portal/contoso.example/{page}")).await.text;
            let call = call.replace('&', "&#38;").replace('\'', "&#39;");
            assert!(text.contains(&format!("<b>GET</b> {call}<")), "{page}: {text}");
        }
        let narrowed = browser.get("/portal/contoso.example/reads?kind=organizations&result=served").await.text;
        for shown in ["<b>List of organisations</b>", "<b>Answered</b>"] {
            assert!(narrowed.contains(shown), "{shown}: {narrowed}");
        }
    })
    .await;
}

/// X4: what strangers chose is text in the viewer.
#[tokio::test]
async fn x4_names_in_the_logs_are_inert() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let user = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let admin = server.administrator(&tenant).await;
        let mut ann = server.member(&tenant, "ann", &[]).await;
        HOSTILE.clone_into(&mut ann.display_name);
        HOSTILE.clone_into(&mut ann.user_principal_name);
        tried(&server, &ann, 1, 50126).await;
        blocked(&server, &admin, &ann, 1).await;
        let browser = server.signed_in(&user).await;
        for page in ["sign-ins", "changes", "sign-ins?q=%22%3E%3Cscript%3E", "changes?activity=%3Cscript%3E"] {
            let text = browser.get(&format!("/portal/contoso.example/{page}")).await.text;
            assert!(text.contains("</html>") && !text.contains("<script>"), "{page}");
        }
    })
    .await;
}

#[tokio::test]
async fn people_apps_and_organisations_are_found_and_filters_are_the_address() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let user = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        let admin = server.administrator(&tenant).await;
        let (ann, bob) = (server.member(&tenant, "ann", &[]).await, server.member(&tenant, "bob", &[]).await);
        let guest = User { user_principal_name: "sam_fabrikam.example#EXT#@contoso.example".to_owned(), ..bob.clone() };
        tried(&server, &ann, 0xa000_0001, 0).await;
        tried(&server, &guest, 0xb000_0001, 50126).await;
        blocked(&server, &admin, &ann, 0xc000_0001).await;
        let browser = server.signed_in(&user).await;
        let shown = async |query: &str| {
            let page = browser.get(&format!("/portal/contoso.example/{query}")).await;
            assert_eq!(page.status, StatusCode::OK, "{query}");
            ["A000-0001", "B000-0001", "C000-0001"].map(|reference| page.text.contains(&format!("<code>{reference}<")))
        };
        assert_eq!(shown("sign-ins?q=ann").await, [true, false, false]);
        assert_eq!(shown("sign-ins?q=ANN%40contoso").await, [true, false, false]);
        assert_eq!(shown("sign-ins?q=%40fabrikam.example").await, [false, true, false]);
        assert_eq!(shown("sign-ins?home=fabrikam.example").await, [false, true, false]);
        assert_eq!(shown("sign-ins?q=bob&result=yes").await, [false, false, false]);
        assert_eq!(shown("sign-ins?kind=programs").await, [false, false, false]);
        assert_eq!(shown("sign-ins?kind=people&result=no").await, [false, true, false]);
        assert_eq!(shown("changes?q=ann").await, [false, false, true]);
        assert_eq!(shown("changes?q=bob").await, [false, false, false]);
        assert_eq!(shown("changes?kind=RoleManagement").await, [false, false, false]);
        assert_eq!(shown("sign-ins?from=2001-01-01&to=2001-01-02").await, [false, false, false]);
        assert_eq!(shown("sign-ins?q=Eve%40nowhere.example").await, [false; 3]);
        nobody(&server, &ann, "Eve@nowhere.example", 0xb000_0001).await;
        nobody(&server, &ann, "eve@nowhere.example", 0xc000_0001).await;
        assert_eq!(shown("sign-ins?q=Eve%40nowhere.example").await, [false, true, true]);
        assert_eq!(shown("sign-ins?q=eve%40nowhere.example").await, [false, false, true]);
        assert_eq!(shown("sign-ins?q=eve%40nowhere.exampl").await, [false; 3], "a whole address only");
        assert_eq!(shown(&format!("sign-ins?q=eve%40nowhere.example&user={}", ann.id)).await, [false; 3]);
        assert_eq!(shown("changes?q=eve%40nowhere.example").await, [false; 3]);
        for bad in ["sign-ins?kind=x", "changes?kind=x", "sign-ins/as/csv?from=x", "sign-ins?period=x"] {
            assert_eq!(browser.get(&format!("/portal/contoso.example/{bad}")).await.status, 400, "{bad}");
        }
        for (bad, field) in [
            ("sign-ins?from=10.11.2026", "from"),
            ("changes?to=2026-02-31", "to"),
            ("changes/as/csv?to=2026-02-31", "to"),
            ("sign-ins/as/jsonl?from=2026-13-01", "from"),
            ("sign-ins?from=2026-11-02&to=2026-11-01&q=ann", "to"),
        ] {
            let page = browser.get(&format!("/portal/contoso.example/{bad}")).await;
            assert_eq!(page.status, 400, "{bad}");
            assert!(page.text.contains(&format!("href=\"#{field}\"")), "{bad}: {}", page.text);
            assert!(page.text.contains(&format!("id=\"{field}\" aria-invalid=\"true\"")), "{bad}: {}", page.text);
            let typed = bad.split(['=', '&']).filter(|part| part.contains("20"));
            assert!(typed.into_iter().all(|day| page.text.contains(&format!("value=\"{day}\""))), "{bad}");
            assert!(!page.text.contains("<code>A000-0001<"), "{bad}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_request_is_told_in_its_order_from_both_logs_with_what_to_do() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let user = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        let admin = server.administrator(&tenant).await;
        let ann = server.member(&tenant, "ann", &[]).await;
        tried(&server, &ann, 0xb21d_04e7, 50126).await;
        server.clock.advance(Duration::from_secs(1));
        blocked(&server, &admin, &ann, 0xb21d_04e7).await;
        let browser = server.signed_in(&user).await;
        let id = super::request(0xb21d_04e7).correlation;
        let page = browser.get(&format!("/portal/contoso.example/requests/{id}")).await.text;
        let (away, blocked) = (page.find("ann was turned away"), page.find("blocked a user (ann)"));
        assert!(away.is_some() && away < blocked, "{page}");
        assert!(page.contains("The password is wrong.</bdi> Let the person try again"), "{page}");
        assert!(page.contains(&format!("/v1.0/auditLogs/signIns?$filter=correlationId eq &#39;{id}&#39;")), "{page}");
        for (list, words) in [("sign-ins", "AADSTS50126"), ("changes", "lost laptop")] {
            let start = page.split(&format!("/portal/contoso.example/{list}/")).nth(1).expect("a link");
            let row = &start[..36];
            let one = browser.get(&format!("/portal/contoso.example/{list}/{row}")).await;
            assert!(one.status == 200 && one.text.contains(words), "{}", one.text);
        }
        let own = browser.get("/portal/contoso.example/sign-ins?q=ines").await.text;
        let start = own.split("/portal/contoso.example/sign-ins/").nth(1).expect("a link");
        let own = browser.get(&format!("/portal/contoso.example/sign-ins/{}", &start[..36])).await.text;
        assert!(own.contains("ines was let in by password."), "{own}");
        for absent in ["requests/00000000-0000-4000-8000-000000000000", "sign-ins/x", "changes/x", "requests/x"] {
            assert_eq!(browser.get(&format!("/portal/contoso.example/{absent}")).await.status, 404, "{absent}");
        }
    })
    .await;
}
