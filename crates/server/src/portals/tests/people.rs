//! Adding a member, removed people, guests without a sponsor, relations, proving oneself anew.

use super::guest;
use crate::graph::Role;
use crate::tenants::Tenant;
use crate::testing::{TestServer, on_both_engines};
use crate::users::{ExternalUserState, User, manager, store};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

const BASE: &str = "/portal/contoso.example";

async fn contoso(server: &TestServer) -> (Tenant, User) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
    (tenant, ines)
}

/// Opens a page and sends its last form value with these fields.
async fn send(server: &TestServer, who: &User, page: &str, to: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
    let browser = server.signed_in(who).await;
    let shown = browser.get(page).await;
    assert_eq!(shown.status, StatusCode::OK, "{page}: {}", shown.text);
    let csrf = shown.text.rsplit("name=\"csrf\" value=\"").next().and_then(|rest| rest.split('"').next());
    let fields = fields.iter().copied().chain([("csrf", csrf.expect("a form value"))]);
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = axum::http::Request::post(to)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    let answer = browser.send(request.body(body.into()).expect("a request")).await;
    (answer.status, answer.text)
}

async fn find(server: &TestServer, user: &User) -> Option<User> {
    let mut tx = server.read().await.expect("a connection");
    store::find(&mut tx, user.tenant_id, user.id).await.expect("an answer")
}

#[tokio::test]
async fn a_member_is_added_by_a_form_that_says_what_is_wrong() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        let page = format!("{BASE}/users/new");
        let good = [("name", "Lena Roth"), ("address", "lena@contoso.example"), ("password", "correct horse battery")];
        for (field, value, said) in [
            ("name", " ", "It may not be empty."),
            ("address", "lena@elsewhere.example", "verified domains"),
            ("address", "ines@contoso.example", "Somebody else has this already."),
            ("password", "short", "at least 12"),
        ] {
            let fields: Vec<_> =
                good.iter().map(|(name, typed)| (*name, if *name == field { value } else { *typed })).collect();
            let (status, text) = send(&server, &ines, &page, &page, &fields).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
            assert!(text.contains(said), "{field}: {text}");
            assert!(!text.contains("correct horse battery"), "a password is not shown again");
        }
        assert_eq!(send(&server, &ines, &page, &page, &good).await.0, StatusCode::SEE_OTHER);
        let mut tx = server.read().await.expect("a connection");
        let lena = store::find_by_principal_name(&mut tx, tenant.id, "lena@contoso.example").await.expect("an answer");
        drop(tx);
        let lena = lena.expect("lena");
        assert_eq!((lena.mail.as_deref(), lena.profile.0.must_change_password), (Some("lena@contoso.example"), false));
        let shown = server.signed_in(&ines).await.get(&format!("{BASE}/users/{}?done=created", lena.id)).await;
        assert!(shown.text.contains("The member was added."));
    })
    .await;
}

#[tokio::test]
async fn who_was_removed_is_listed_and_brought_back() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        let aiko = guest(&server, &tenant, "Aiko Kimura", "aiko@fabrikam.example", ExternalUserState::Accepted).await;
        let list = format!("{BASE}/users/removed");
        assert!(server.signed_in(&ines).await.get(&list).await.text.contains("Nobody was removed"));
        let remove = format!("{BASE}/users/{}/remove", aiko.id);
        assert_eq!(send(&server, &ines, &remove, &remove, &[]).await.0, StatusCode::SEE_OTHER);
        let shown = server.signed_in(&ines).await.get(&list).await.text;
        assert!(shown.contains("Aiko Kimura") && shown.contains("23 Dec 2026"), "{shown}");
        let restore = format!("{list}/{}/restore", aiko.id);
        assert_eq!(send(&server, &ines, &list, &restore, &[]).await.0, StatusCode::SEE_OTHER);
        assert!(find(&server, &aiko).await.is_some());
        // Somebody with the same name in between stays.
        assert_eq!(send(&server, &ines, &remove, &remove, &[]).await.0, StatusCode::SEE_OTHER);
        guest(&server, &tenant, "Aiko Again", "aiko@fabrikam.example", ExternalUserState::Accepted).await;
        let (status, text) = send(&server, &ines, &list, &restore, &[]).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(text.contains("Somebody else has this already."), "{text}");
    })
    .await;
}

#[tokio::test]
async fn relations_are_named_by_address_and_a_lost_sponsor_is_told() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        let bert = server.member(&tenant, "bert", &[]).await;
        let aiko = guest(&server, &tenant, "Aiko Kimura", "aiko@fabrikam.example", ExternalUserState::Accepted).await;
        let page = format!("{BASE}/users/{}/relations", aiko.id);
        for (deed, field) in [("set-manager", "manager"), ("add-sponsor", "sponsor")] {
            let wrong = [("do", deed), (field, "nobody@contoso.example")];
            let (status, text) = send(&server, &ines, &page, &page, &wrong).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{deed}");
            assert!(text.contains("There is nobody with this address here."), "{text}");
            let right = [("do", deed), (field, "Bert@contoso.example")];
            assert_eq!(send(&server, &ines, &page, &page, &right).await.0, StatusCode::SEE_OTHER, "{deed}");
        }
        let shown = server.signed_in(&ines).await.get(&format!("{BASE}/users/{}", aiko.id)).await.text;
        assert!(shown.contains("Manager") && shown.contains(">bert<"), "{shown}");
        let mut tx = server.read().await.expect("a connection");
        let found = manager::find(&mut tx, tenant.id, aiko.id).await.expect("an answer").expect("a manager");
        drop(tx);
        assert_eq!(found.id, bert.id);

        let remove = format!("{BASE}/users/{}/remove", bert.id);
        assert_eq!(send(&server, &ines, &remove, &remove, &[]).await.0, StatusCode::SEE_OTHER);
        let overview = server.signed_in(&ines).await.get(BASE).await.text;
        assert!(overview.contains("guest has no sponsor"), "{overview}");
        let list = format!("{BASE}/users/without-sponsor");
        let id = aiko.id.to_string();
        let none = [("sponsor", "ines@contoso.example")];
        assert_eq!(send(&server, &ines, &list, &list, &none).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let chosen = [("sponsor", "ines@contoso.example"), ("guest", id.as_str())];
        assert_eq!(send(&server, &ines, &list, &list, &chosen).await.0, StatusCode::SEE_OTHER);
        let shown = server.signed_in(&ines).await.get(&format!("{list}?done=1")).await.text;
        assert!(
            shown.contains("Every guest has a sponsor") && shown.contains("1 guest has a sponsor again."),
            "{shown}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_group_is_named_as_a_sponsor_by_its_name() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let body =
            json!({ "displayName": "Hosts", "mailNickname": "hosts", "mailEnabled": false, "securityEnabled": true });
        let made = server.api_as(&admin, Method::POST, "/v1.0/groups", &body).await.json();
        let group = made["id"].as_str().expect("an id");
        let aiko = guest(&server, &tenant, "Aiko Kimura", "aiko@fabrikam.example", ExternalUserState::Accepted).await;
        let page = format!("{BASE}/users/{}/relations", aiko.id);
        let add = [("do", "add-sponsor"), ("sponsor", "hosts")];
        assert_eq!(send(&server, &ines, &page, &page, &add).await.0, StatusCode::SEE_OTHER);
        let shown = server.signed_in(&ines).await.get(&format!("{BASE}/users/{}", aiko.id)).await.text;
        assert!(shown.contains(&format!("{BASE}/groups/{group}")) && shown.contains("Hosts"), "{shown}");
        assert!(server.signed_in(&ines).await.get(&format!("{BASE}/users")).await.text.contains("Hosts"));
        let remove = [("do", "remove-sponsor"), ("sponsor", group)];
        assert_eq!(send(&server, &ines, &page, &page, &remove).await.0, StatusCode::SEE_OTHER);
        let shown = server.signed_in(&ines).await.get(&format!("{BASE}/users/without-sponsor")).await.text;
        assert!(shown.contains("Aiko Kimura") && shown.contains("Hosts · since"), "{shown}");
    })
    .await;
}

#[tokio::test]
async fn i18_a_reset_in_the_portal_adds_the_address_and_mails_it() {
    on_both_engines(async |server| {
        let (tenant, ines) = contoso(&server).await;
        let aiko = guest(&server, &tenant, "Aiko Kimura", "aiko@fabrikam.example", ExternalUserState::Accepted).await;
        let guest_page = format!("{BASE}/users/{}", aiko.id);
        assert!(server.signed_in(&ines).await.get(&guest_page).await.text.contains("Reset redemption…"));
        let page = format!("{guest_page}/reset");
        for wrong in ["nobody", "boss@contoso.example"] {
            let (status, _) = send(&server, &ines, &page, &page, &[("address", wrong)]).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            assert!(!find(&server, &aiko).await.expect("aiko").is_pending());
        }
        let new = "aiko@northwind.example";
        assert_eq!(send(&server, &ines, &page, &page, &[("address", new)]).await.0, StatusCode::SEE_OTHER);
        let now = find(&server, &aiko).await.expect("aiko");
        assert!(now.is_pending() && now.other_mails.iter().any(|address| address == new));
        server.run_due_jobs().await;
        assert!(server.mailbox().iter().any(|mail| mail.to.iter().any(|to| to == new)));
        // Nothing of the kind stands on the page of a member.
        let member = format!("{BASE}/users/{}", ines.id);
        assert!(!server.signed_in(&ines).await.get(&member).await.text.contains("Reset redemption…"));
        assert_eq!(server.signed_in(&ines).await.get(&format!("{member}/reset")).await.status, StatusCode::NOT_FOUND);
        let caller = crate::testing::person(&ines, vec![Role::UserAdministrator]);
        let path = format!("/v1.0/users/{}?$select=externalUserState", aiko.id);
        let answer = server.api_as(&caller, Method::GET, &path, &Value::Null).await;
        assert_eq!(answer.json()["externalUserState"], "PendingAcceptance");
    })
    .await;
}
