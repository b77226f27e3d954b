//! Picking several in the lists of other things than users, and removing for good.

use crate::graph::{Caller, Role};
use crate::tenants::Tenant;
use crate::testing::{Browser, TestServer, on_both_engines};
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

pub(super) const PORTAL: &str = "/portal/contoso.example";

/// The organisation and the administrator, as a caller of the API and in a browser.
pub(super) async fn contoso(server: &TestServer) -> (Tenant, Caller, Browser<'_>) {
    let tenant = server.tenant("Contoso", "contoso.example").await;
    let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
    (tenant.clone(), server.administrator(&tenant).await, server.signed_in(&ines).await)
}

/// Sends the form of a page that holds a form value.
pub(super) async fn send(browser: &Browser<'_>, page: &str, to: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
    let shown = browser.get(&format!("{PORTAL}{page}")).await.text;
    let csrf = shown.rsplit("name=\"csrf\" value=\"").next().and_then(|rest| rest.split('"').next()).expect("a value");
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("csrf", csrf).extend_pairs(fields);
    let request = Request::post(format!("{PORTAL}{to}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    let answer = browser.send(request.body(form.finish().into()).expect("a request")).await;
    (answer.status, answer.text)
}

/// The values of the boxes on a page.
pub(super) async fn boxes(browser: &Browser<'_>, page: &str) -> Vec<String> {
    let shown = browser.get(&format!("{PORTAL}{page}")).await.text;
    let values = shown.split("name=\"pick\" value=\"").skip(1).filter_map(|rest| rest.split('"').next());
    values.map(str::to_owned).collect()
}

pub(super) async fn made(server: &TestServer, caller: &Caller, path: &str, body: Value) -> String {
    let answer = server.api_as(caller, Method::POST, path, &body).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.text);
    answer.json()["id"].as_str().expect("an id").to_owned()
}

async fn group(server: &TestServer, caller: &Caller, name: &str) -> String {
    let body = json!({ "displayName": name, "mailNickname": name, "mailEnabled": false, "securityEnabled": true });
    made(server, caller, "/v1.0/groups", body).await
}

pub(super) async fn status(server: &TestServer, caller: &Caller, path: &str) -> StatusCode {
    server.api_as(caller, Method::GET, path, &json!(null)).await.status
}

#[tokio::test]
async fn groups_are_removed_together_brought_back_together_and_removed_for_good() {
    on_both_engines(async |server| {
        let (_, admin, browser) = contoso(&server).await;
        let (one, two) = (group(&server, &admin, "One").await, group(&server, &admin, "Two").await);
        let both = [("pick", one.as_str()), ("pick", two.as_str())];
        let with = |deed, further: &[(&'static str, &'static str)]| [&both[..], &[("do", deed)], further].concat();
        let (status_of, asked) = send(&browser, "/groups", "/groups/picked", &with("remove", &[])).await;
        assert_eq!(status_of, StatusCode::OK, "{asked}");
        assert!(asked.contains("Remove 2 groups?") && asked.contains("DELETE</b> /v1.0/groups/{id}"), "{asked}");
        assert_eq!(status(&server, &admin, &format!("/v1.0/groups/{one}")).await, 200, "a question changes nothing");

        let (_, done) = send(&browser, "/groups", "/groups/picked", &with("remove", &[("sure", "1")])).await;
        assert!(done.contains("2 groups were removed.") && done.contains("Undo: bring 2 groups back"), "{done}");
        assert_eq!(status(&server, &admin, &format!("/v1.0/groups/{two}")).await, 404);
        let (_, done) = send(&browser, "/groups", "/groups/picked", &with("restore", &[("sure", "1")])).await;
        assert!(done.contains("2 groups were brought back."), "{done}");
        assert_eq!(status(&server, &admin, &format!("/v1.0/groups/{two}")).await, 200);

        send(&browser, "/groups", "/groups/picked", &with("remove", &[("sure", "1")])).await;
        let removed = boxes(&browser, "/groups/removed?pick=all").await;
        assert_eq!(removed.len(), 2, "{removed:?}");
        let only = format!("purge.{one}");
        let fields = [("only", only.as_str()), ("from", "removed")];
        let (_, asked) = send(&browser, "/groups/removed", "/groups/picked", &fields).await;
        for said in
            ["Remove 1 group for good?", "Nobody can bring this back.", "/groups/removed\"", "deletedItems/{id}"]
        {
            assert!(asked.contains(said), "{said}: {asked}");
        }
        let (_, done) = send(&browser, "/groups/removed", "/groups/picked", &with("purge", &[("sure", "1")])).await;
        assert!(done.contains("2 groups were removed for good.") && !done.contains("Undo"), "{done}");
        let item = format!("/v1.0/directory/deletedItems/{one}");
        assert_eq!(status(&server, &admin, &item).await, 404);
    })
    .await;
}

#[tokio::test]
async fn members_are_taken_out_and_put_in_again() {
    on_both_engines(async |server| {
        let (tenant, admin, browser) = contoso(&server).await;
        let team = group(&server, &admin, "Team").await;
        for name in ["mara", "noor"] {
            let member = server.member(&tenant, name, &[]).await;
            let reference = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", member.id) });
            let path = format!("/v1.0/groups/{team}/members/$ref");
            assert_eq!(server.api_as(&admin, Method::POST, &path, &reference).await.status, 204);
        }
        let page = format!("/groups/{team}");
        let to = format!("{page}/members/picked");
        let members = boxes(&browser, &page).await;
        assert_eq!(members.len(), 2);
        let picked: Vec<_> = members.iter().map(|member| ("pick", member.as_str())).collect();
        let sure = |deed| [&picked[..], &[("do", deed), ("sure", "1")]].concat();
        let (_, done) = send(&browser, &page, &to, &sure("take-out")).await;
        assert!(done.contains("2 members were taken out.") && done.contains("Undo: put 2 members in again"), "{done}");
        assert!(boxes(&browser, &page).await.is_empty());
        let (_, done) = send(&browser, &page, &to, &sure("take-out")).await;
        assert!(done.contains("It does not belong to the group any more."), "{done}");
        let (_, done) = send(&browser, &page, &to, &sure("put-in")).await;
        assert!(done.contains("2 members were put in again."), "{done}");
        assert_eq!(boxes(&browser, &page).await, members);
    })
    .await;
}

#[tokio::test]
async fn apps_and_who_may_use_them_are_taken_back_and_given_again() {
    on_both_engines(async |server| {
        let (tenant, admin, browser) = contoso(&server).await;
        let app = made(&server, &admin, "/v1.0/applications", json!({ "displayName": "Expenses" })).await;
        let shown = server.api_as(&admin, Method::GET, &format!("/v1.0/applications/{app}"), &json!(null)).await.json();
        let body = json!({ "appId": shown["appId"] });
        let principal = made(&server, &admin, "/v1.0/servicePrincipals", body).await;
        let mara = server.member(&tenant, "mara", &[]).await;
        let given = json!({
            "principalId": mara.id, "resourceId": principal, "appRoleId": "00000000-0000-0000-0000-000000000000",
        });
        let path = format!("/v1.0/servicePrincipals/{principal}/appRoleAssignedTo");
        made(&server, &admin, &path, given).await;

        let page = format!("/apps/{app}");
        let to = format!("{page}/assignments/picked");
        let assigned = boxes(&browser, &page).await;
        let [pick] = assigned.as_slice() else { panic!("{assigned:?}") };
        let pick = pick.as_str();
        let (_, asked) = send(&browser, &page, &to, &[("do", "unassign"), ("pick", pick)]).await;
        assert!(asked.contains("Take 1 assignment back?") && asked.contains("Default access"), "{asked}");
        let (_, done) = send(&browser, &page, &to, &[("do", "unassign"), ("pick", pick), ("sure", "1")]).await;
        assert!(
            done.contains("1 assignment was taken back.") && done.contains("Undo: give 1 assignment again"),
            "{done}"
        );
        assert!(boxes(&browser, &page).await.is_empty());
        let (_, done) = send(&browser, &page, &to, &[("do", "assign"), ("pick", pick), ("sure", "1")]).await;
        assert!(done.contains("1 assignment was given again."), "{done}");
        assert_eq!(boxes(&browser, &page).await, assigned);

        let listed = boxes(&browser, "/apps").await;
        assert_eq!(listed, [app.as_str()]);
        let sure = |deed| [("do", deed), ("pick", app.as_str()), ("sure", "1")];
        for (deed, said) in [("remove", "removed"), ("restore", "brought back"), ("remove", "removed")] {
            let (_, done) = send(&browser, "/apps", "/apps/picked", &sure(deed)).await;
            assert!(done.contains(&format!("1 app was {said}.")), "{done}");
        }
        let (_, done) = send(&browser, "/apps/removed", "/apps/picked", &sure("purge")).await;
        assert!(done.contains("1 app was removed for good."), "{done}");
        let (_, done) = send(&browser, "/apps", "/apps/picked", &sure("restore")).await;
        assert!(done.contains("1 app was not brought back."), "{done}");
    })
    .await;
}

#[tokio::test]
async fn invitations_are_sent_again_and_withdrawn_together() {
    on_both_engines(async |server| {
        let (tenant, admin, browser) = contoso(&server).await;
        for name in ["one", "two"] {
            let body = json!({
                "invitedUserEmailAddress": format!("{name}@fabrikam.example"),
                "inviteRedirectUrl": "https://myapps.microsoft.com", "sendInvitationMessage": true,
            });
            made(&server, &admin, "/v1.0/invitations", body).await;
        }
        let open = boxes(&browser, "/invitations").await;
        assert_eq!(open.len(), 2);
        let picked: Vec<_> = open.iter().map(|id| ("pick", id.as_str())).collect();
        let sure = |deed| [&picked[..], &[("do", deed), ("sure", "1")]].concat();
        let to = "/invitations/picked";
        let (_, asked) = send(&browser, "/invitations", to, &[&picked[..], &[("do", "withdraw")]].concat()).await;
        assert!(
            asked.contains("Withdraw 2 invitations?") && asked.contains("2 invitations are still open."),
            "{asked}"
        );
        let (_, done) = send(&browser, "/invitations", to, &sure("resend")).await;
        assert!(done.contains("2 mails with new links are on the way."), "{done}");
        let (_, done) = send(&browser, "/invitations", to, &sure("withdraw")).await;
        assert!(done.contains("2 invitations were withdrawn.") && !done.contains("Undo"), "{done}");
        let (_, done) = send(&browser, "/invitations", to, &sure("withdraw")).await;
        assert!(done.contains("2 invitations were not withdrawn."), "{done}");

        // Whoever may not know of an invitation finds nothing to pick.
        let stranger = server.member(&tenant, "stranger", &[]).await;
        let theirs = server.signed_in(&stranger).await;
        let (status, text) = send(&theirs, "/invitations", to, &[&picked[..], &[("do", "withdraw")]].concat()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains("Nothing was picked") && !text.contains("fabrikam"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn users_are_removed_for_good_and_nothing_of_another_kind_with_them() {
    on_both_engines(async |server| {
        let (tenant, admin, browser) = contoso(&server).await;
        let mara = server.member(&tenant, "mara", &[]).await.id.to_string();
        let team = group(&server, &admin, "Team").await;
        for gone in [format!("/v1.0/users/{mara}"), format!("/v1.0/groups/{team}")] {
            assert_eq!(server.api_as(&admin, Method::DELETE, &gone, &json!(null)).await.status, 204);
        }
        let fields = [("do", "purge"), ("from", "removed"), ("pick", mara.as_str()), ("pick", team.as_str())];
        let (_, asked) = send(&browser, "/users/removed", "/users/picked", &fields).await;
        assert!(asked.contains("Remove 1 person for good?") && !asked.contains("Team"), "{asked}");
        let sure = [&fields[..], &[("sure", "1")]].concat();
        let (_, done) = send(&browser, "/users/removed", "/users/picked", &sure).await;
        for said in ["1 person was removed for good.", "1 person was not removed for good.", "Not here any more."] {
            assert!(done.contains(said), "{said}: {done}");
        }
        assert_eq!(status(&server, &admin, &format!("/v1.0/directory/deletedItems/{mara}")).await, 404);
        assert_eq!(status(&server, &admin, &format!("/v1.0/directory/deletedItems/{team}")).await, 200);
        let (status, _) = send(&browser, "/users/removed", "/users/picked", &[("only", "purge")]).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "a button names its row");
    })
    .await;
}
