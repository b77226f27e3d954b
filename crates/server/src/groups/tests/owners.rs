//! Owners without a role look after their groups in the portal, and find nothing else there (security check T5).

use super::{add, call, column, get, group, reference};
use crate::graph::{Caller, Role};
use crate::tenants::Tenant;
use crate::testing::{Recorder, TestServer, on_both_engines};
use crate::users::{self, ExternalUserState, User};
use axum::http::{Method, Request};
use serde_json::json;

const LIST: &str = "/portal/contoso.example/groups";
const MY_APPS: &str = "/myapps/contoso.example";

/// A tenant, its administrator, and two groups of which the first belongs to a member without a role.
async fn world(server: &TestServer) -> (Tenant, Caller, User, [String; 2]) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let admin = server.administrator(&tenant).await;
    let olga = server.member(&tenant, "olga", &[]).await;
    let groups = [group(server, &admin, "Auditors").await, group(server, &admin, "Board").await];
    own(server, &admin, &groups[0], &olga).await;
    (tenant, admin, olga, groups)
}

async fn own(server: &TestServer, admin: &Caller, group: &str, owner: &User) {
    let path = format!("/v1.0/groups/{group}/owners/$ref");
    assert_eq!(call(server, admin, Method::POST, &path, reference(owner.id)).await.status, 204);
}

/// A guest who has accepted.
async fn guest(server: &TestServer, tenant: &Tenant, address: &str) -> User {
    let mut guest = server.guest(tenant, address).await;
    guest.external_user_state = Some(ExternalUserState::Accepted);
    let mut tx = server.write().await.expect("a transaction");
    assert!(users::store::update(&mut tx, &guest, server.clock.now()).await.expect("an answer"));
    tx.commit().await.expect("a commit");
    guest
}

#[tokio::test]
async fn t5_an_owner_finds_their_groups_and_nothing_else() {
    on_both_engines(async |server| {
        let (tenant, _, olga, [own, other]) = world(&server).await;
        let browser = server.signed_in(&olga).await;
        let hall = browser.get(MY_APPS).await.text;
        assert!(hall.contains(&format!("<a href=\"{LIST}\">Groups you answer for</a>")), "{hall}");
        let list = browser.get(LIST).await.text;
        assert!(list.contains("Auditors") && list.contains("1 group.") && !list.contains("Board"), "{list}");
        for part in ["Make a group", "name=\"pick\"", "Removed groups"] {
            assert!(!list.contains(part), "{part}: {list}");
        }
        let shown = browser.get(&format!("{LIST}/{own}")).await.text;
        assert!(shown.contains("Add the member") && shown.contains("Invite somebody into it…"), "{shown}");
        assert!(!shown.contains("Keep the rule") && !shown.contains("/portal/contoso.example/users/"), "{shown}");
        for path in [
            format!("{LIST}/{other}"),
            format!("{LIST}/new"),
            format!("{LIST}/removed"),
            format!("/portal/contoso.example/users/{}", olga.id),
            "/portal/contoso.example/users".to_owned(),
            "/portal/contoso.example/roles".to_owned(),
        ] {
            assert_eq!(browser.get(&path).await.status, 403, "{path}");
        }
        let nobody = server.member(&tenant, "nobody", &[]).await;
        let browser = server.signed_in(&nobody).await;
        assert_eq!(browser.get(LIST).await.status, 403);
        assert_eq!(browser.get(&format!("{LIST}/{own}")).await.status, 403);
        assert!(!browser.get(MY_APPS).await.text.contains("Groups you answer for"));
    })
    .await;
}

#[tokio::test]
async fn t5_an_owner_changes_who_belongs_to_their_group_and_to_no_other() {
    on_both_engines(async |server| {
        let (tenant, admin, olga, [own, other]) = world(&server).await;
        let sam = guest(&server, &tenant, "sam@partner.example").await;
        let bert = server.member(&tenant, "bert", &[]).await;
        let browser = server.signed_in(&olga).await;
        browser.get(&format!("{LIST}/{own}")).await;
        for name in ["sam@partner.example", "bert@contoso.example"] {
            let added = browser.submit_to("/add-member", &[("member", name)]).await;
            assert!(added.text.contains("The member was added."), "{}", added.text);
        }
        let members = format!("/v1.0/groups/{own}/members");
        let mut ids = column(&get(&server, &admin, &members).await, "id");
        ids.sort();
        let mut expected = [sam.id.to_string(), bert.id.to_string()];
        expected.sort();
        assert_eq!(ids, expected);
        browser.get(&format!("{LIST}/{own}?ask=remove-member&object={}", bert.id)).await;
        browser.submit_to("/remove-member", &[]).await;
        browser.get(&format!("{LIST}/{own}")).await;
        let id = sam.id.to_string();
        let picked = [("do", "take-out"), ("pick", id.as_str()), ("sure", "1")];
        let done = browser.submit_to("/members/picked", &picked).await;
        assert_eq!(done.status, 200, "{}", done.text);
        assert!(column(&get(&server, &admin, &members).await, "id").is_empty());

        // With the value of a page of theirs, nothing of another group is changed.
        add(&server, &admin, &other, bert.id).await;
        let csrf = value_on(&browser.get(&format!("{LIST}/{own}")).await.text, "csrf");
        for (to, fields) in [
            ("add-member", format!("member={}", sam.id)),
            ("change", "name=Mine&seen=1".to_owned()),
            ("remove", String::new()),
            ("members/picked", format!("do=take-out&pick={}&sure=1", bert.id)),
        ] {
            let body = format!("csrf={csrf}&{fields}");
            let request = Request::post(format!("{LIST}/{other}/{to}"))
                .header("content-type", "application/x-www-form-urlencoded")
                .header("sec-fetch-site", "same-origin");
            let answer = browser.send(request.body(body.into()).expect("a request")).await;
            assert_eq!(answer.status, 403, "{to}");
        }
        let theirs = get(&server, &admin, &format!("/v1.0/groups/{other}/members")).await;
        assert_eq!(column(&theirs, "id"), [bert.id.to_string()]);
        // A rule asks about everybody: it is not for owners.
        let page = browser.get(&format!("{LIST}/{own}")).await.text;
        let (csrf, seen) = (value_on(&page, "csrf"), value_on(&page, "seen"));
        let body = format!("csrf={csrf}&seen={seen}&rule=user.userType+-eq+%22Guest%22&on=1");
        let request = Request::post(format!("{LIST}/{own}/rule"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        assert_eq!(browser.send(request.body(body.into()).expect("a request")).await.status, 403);
    })
    .await;
}

/// The value that the last form of a page holds for a field.
fn value_on(page: &str, name: &str) -> String {
    let value = page.rsplit(&format!("name=\"{name}\" value=\"")).next().and_then(|rest| rest.split('"').next());
    value.expect("a form value").to_owned()
}

#[tokio::test]
async fn t5_who_gives_a_group_up_is_led_to_my_apps() {
    on_both_engines(async |server| {
        let (_, admin, olga, [auditors, board]) = world(&server).await;
        own(&server, &admin, &board, &olga).await;
        let browser = server.signed_in(&olga).await;
        browser.get(&format!("{LIST}/{auditors}?ask=remove-owner&object={}", olga.id)).await;
        browser.submit_to("/remove-owner", &[]).await;
        assert_eq!(browser.location(), MY_APPS);
        assert_eq!(browser.get(&format!("{LIST}/{auditors}")).await.status, 403);
        browser.get(&format!("{LIST}/{board}?ask=remove")).await;
        browser.submit_to("/remove", &[]).await;
        assert_eq!(browser.location(), MY_APPS);
        assert_eq!(get(&server, &admin, &format!("/v1.0/groups/{board}")).await.status, 404);
        assert_eq!(browser.get(LIST).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn an_owner_invites_into_their_group_where_the_settings_let_them() {
    on_both_engines(async |server| {
        let (_, admin, olga, [own, other]) = world(&server).await;
        let browser = server.signed_in(&olga).await;
        let form = format!("/portal/contoso.example/invitations/new?group={own}");
        let shown = browser.get(&form).await.text;
        assert!(shown.contains(">Auditors</textarea>"), "{shown}");
        let fields = [("email", "kim@partner.example"), ("groups", "Auditors"), ("send", "yes")];
        let sent = browser.submit_to("/invitations/new", &fields).await;
        assert_eq!(sent.status, 200, "{}", sent.text);
        let members = get(&server, &admin, &format!("/v1.0/groups/{own}/members")).await;
        assert_eq!(column(&members, "displayName"), ["kim"]);
        browser.get(&form).await;
        let refused =
            browser.submit_to("/invitations/new", &[("email", "lou@partner.example"), ("groups", "Board")]).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
        assert!(column(&get(&server, &admin, &format!("/v1.0/groups/{other}/members")).await, "id").is_empty());
        let policy = json!({ "allowInvitesFrom": "adminsAndGuestInviters" });
        let changed = call(&server, &admin, Method::PATCH, "/v1.0/policies/authorizationPolicy", policy).await;
        assert!(changed.status.is_success(), "{}", changed.text);
        assert_eq!(browser.get(&form).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn a_guest_who_owns_a_group_learns_by_no_address_who_is_here() {
    on_both_engines(async |server| {
        let (tenant, admin, _, [_, board]) = world(&server).await;
        let sam = guest(&server, &tenant, "sam@partner.example").await;
        let inviter = server.member(&tenant, "inviter", &[Role::GuestInviter]).await;
        let mailed = json!({ "mail": "boss@elsewhere.example" });
        let path = format!("/v1.0/users/{}", inviter.id);
        assert_eq!(call(&server, &admin, Method::PATCH, &path, mailed).await.status, 204);
        own(&server, &admin, &board, &sam).await;
        let browser = server.signed_in(&sam).await;
        browser.get(&format!("{LIST}/{board}")).await;
        for (name, said) in [
            ("boss@elsewhere.example", "Nobody and no group here"),
            ("nobody@elsewhere.example", "Nobody and no group here"),
            ("inviter@contoso.example", "The member was added."),
        ] {
            let answer = browser.submit_to("/add-member", &[("member", name)]).await;
            assert!(answer.text.contains(said), "{name}: {}", answer.text);
        }
        let restricted = json!({ "guestUserRoleId": crate::graph::role::guest_level::RESTRICTED });
        let changed = call(&server, &admin, Method::PATCH, "/v1.0/policies/authorizationPolicy", restricted).await;
        assert!(changed.status.is_success(), "{}", changed.text);
        assert_eq!(browser.get(&format!("{LIST}/{board}")).await.status, 403);
        assert_eq!(browser.get(LIST).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn i17_t2_a_guest_who_sees_no_group_names_none_into_which_they_invite() {
    on_both_engines(async |server| {
        let (tenant, admin, _, [auditors, _]) = world(&server).await;
        let sam = guest(&server, &tenant, "sam@partner.example").await;
        own(&server, &admin, &auditors, &sam).await;
        let lowest = json!({ "guestUserRoleId": crate::graph::role::guest_level::RESTRICTED });
        let changed = call(&server, &admin, Method::PATCH, "/v1.0/policies/authorizationPolicy", lowest).await;
        assert!(changed.status.is_success(), "{}", changed.text);
        server.caught_up().await;
        let browser = server.signed_in(&sam).await;
        browser.get("/portal/contoso.example/invitations/new").await;
        let recorder = Recorder::start();
        let mut works = Vec::new();
        // The first to come makes the server read what it keeps for everybody.
        for name in ["Nothing", "Nothing", "Auditors", "Board"] {
            recorder.take();
            let fields = [("email", "kim@partner.example"), ("groups", name)];
            let refused = browser.submit_to("/invitations/new", &fields).await;
            let work = recorder.work();
            assert_eq!(refused.status, 400, "{name}: {}", refused.text);
            assert!(refused.text.contains(&format!("{name}: there is no group of this name.")), "{}", refused.text);
            works.push((work.reads, work.writes));
        }
        assert!(works[2] == works[1] && works[3] == works[1], "{works:?}");
        let fields = [("email", "kim@partner.example"), ("groups", auditors.as_str()), ("send", "yes")];
        browser.submit_to("/invitations/new", &fields).await;
        let members = get(&server, &admin, &format!("/v1.0/groups/{auditors}/members")).await;
        assert_eq!(column(&members, "displayName"), ["kim"], "by its id");
    })
    .await;
}
