//! Links to a further page or to the next changes open nothing in another tenant (security checks T1, X8).

use super::super::table::api;
use super::super::world::World;
use super::{Two, found, get};
use crate::testing::described::option;
use crate::testing::{ADDRESS, TestServer, on_both_engines};
use axum::http::Method;
use serde_json::{Value, json};

/// Makes a second one of what the world has one of, so that a page of one is not the last.
async fn doubled(server: &TestServer, world: &World) {
    let call = async |method: Method, template: &str, body: Value| {
        let answer = server.api_as(&world.administrator, method, &world.path(template), &body).await;
        assert!(answer.status.is_success(), "{template}: {} {}", answer.status, answer.text);
        answer
    };
    let id = |made: Value| made["id"].as_str().expect("an id").to_owned();
    let other = server.member(&world.tenant, "other", &[]).await.id;
    let reference = json!({ "@odata.id": format!("{ADDRESS}/v1.0/users/{other}") });
    for relation in [
        "/v1.0/groups/{group}/members",
        "/v1.0/groups/{group}/owners",
        "/v1.0/applications/{application}/owners",
        "/v1.0/servicePrincipals/{principal}/owners",
        "/v1.0/users/{user}/sponsors",
    ] {
        call(Method::POST, &format!("{relation}/$ref"), reference.clone()).await;
    }
    let group = |name: &str| json!({ "displayName": name, "mailNickname": name, "mailEnabled": false, "securityEnabled": true });
    call(Method::POST, "/v1.0/groups", group("second")).await;
    call(Method::POST, "/v1.0/applications", json!({ "displayName": "Second" })).await;
    let trusted = json!({
        "name": "second", "issuer": "https://issuer.example", "subject": "second",
        "audiences": ["api://AzureADTokenExchange"],
    });
    call(Method::POST, "/v1.0/applications/{application}/federatedIdentityCredentials", trusted).await;
    let property = json!({ "name": "second", "dataType": "String", "targetObjects": ["User"] });
    call(Method::POST, "/v1.0/applications/{application}/extensionProperties", property).await;
    let [group_id, principal] = ["{group}", "{principal}"].map(|name| world.path(name));
    let default = "00000000-0000-0000-0000-000000000000";
    let assigned = json!({ "principalId": group_id, "resourceId": principal, "appRoleId": default });
    call(Method::POST, "/v1.0/servicePrincipals/{principal}/appRoleAssignedTo", assigned).await;
    let invited = json!({
        "invitedUserEmailAddress": format!("second@partner-of-{}", world.tenant.initial_domain),
        "inviteRedirectUrl": "https://myapps.microsoft.com",
        "sendInvitationMessage": true,
    });
    call(Method::POST, "/v1.0/invitations", invited).await;
    call(Method::POST, "/vestibule/v1/bulkInvitations", json!("third@partner.example\n")).await;
    let gone = id(call(Method::POST, "/v1.0/groups", group("third")).await.json());
    call(Method::DELETE, &format!("/v1.0/groups/{gone}"), Value::Null).await;
    let gone = id(call(Method::POST, "/v1.0/applications", json!({ "displayName": "Third" })).await.json());
    call(Method::DELETE, &format!("/v1.0/applications/{gone}"), Value::Null).await;
    let gone = server.guest(&world.tenant, "fourth@partner.example").await.id;
    call(Method::DELETE, &format!("/v1.0/users/{gone}"), Value::Null).await;
}

/// The first page of a collection leads to this path and query; nothing where it is the last page.
async fn link(server: &TestServer, world: &World, path: &str) -> Option<String> {
    let top = if option(path, "$top").is_some() { "?$top=1" } else { "" };
    let first = get(server, &world.administrator, &format!("{}{top}", world.path(path))).await;
    assert!(first.status.is_success(), "{path}: {} {}", first.status, first.text);
    let body = first.json();
    let link = body["@odata.nextLink"].as_str().or_else(|| body["@odata.deltaLink"].as_str())?;
    Some(link.strip_prefix(ADDRESS).expect("a link to this server").to_owned())
}

#[tokio::test]
async fn t1_x8_a_link_to_a_further_page_or_to_changes_opens_nothing_in_another_tenant() {
    on_both_engines(async |server| {
        let two = Two::new(&server).await;
        doubled(&server, &two.theirs).await;
        let (mut wrong, mut followed) = (Vec::new(), Vec::new());
        for path in api().filter_map(|row| row.route.strip_prefix("GET ")) {
            let has_pages = option(path, "$skiptoken").is_some() || option(path, "$deltatoken").is_some();
            if !has_pages {
                continue;
            }
            let Some(link) = link(&server, &two.theirs, path).await else { continue };
            followed.push(path);
            let own = get(&server, &two.theirs.administrator, &link).await;
            if !own.status.is_success() {
                wrong.push(format!("{path}: its own link leads to {} {}", own.status, own.text));
            }
            let query = link.split_once('?').expect("a token").1;
            let mixed = format!("{}?{query}", two.ours.path(path));
            for stranger in two.strangers(&server) {
                for presented in [&link, &mixed] {
                    let answer = get(&server, &stranger, presented).await;
                    let shown = two.theirs.shown_in(&found(&answer));
                    if !matches!(answer.status.as_u16(), 400 | 403 | 404) || shown.is_some() {
                        wrong.push(format!("{presented}: {} {}", answer.status, answer.text));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        let deltas = followed.iter().filter(|path| path.ends_with("/delta")).count();
        assert!(deltas >= 6 && followed.len() >= deltas + 12, "most collections have a second page: {followed:?}");
    })
    .await;
}
