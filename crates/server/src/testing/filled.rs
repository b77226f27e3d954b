//! What `directory-fill` writes past the product is what the product would have written: without that, measurements of a filled
//! directory would say nothing.

use super::{TestServer, on_both_engines};
use crate::changes::Kind;
use crate::graph::Caller;
use crate::platform::Timestamp;
use crate::platform::ids::{ApplicationId, ClientId, GroupId, ServicePrincipalId, TenantId, UserId};
use crate::redemption::tests::code;
use crate::tenants::Tenant;
use crate::users::User;
use crate::{applications, groups, service_principals, users};
use axum::http::Method;
use database::sql;
use directory_fill::{Directory, Guest, JOINER, LARGE_GROUP, Member, Size, State};
use serde_json::{Value, json};
use uuid::Uuid;

const SIZE: Size = Size { guests: 120, groups: 12, apps: 3, memberships: 300 };

/// A filled organisation, and one to make the same in through the API. Their domains are equally long.
async fn both(server: &TestServer) -> (Directory, Tenant, Caller) {
    let filled = server.tenant("Contoso", "contoso.example").await;
    let made = server.tenant("Fabrikam", "fabrika.example").await;
    let directory = Directory { tenant: filled.id.0, domain: filled.initial_domain, seed: 11, size: SIZE };
    directory_fill::write(&server.database, &directory).await.expect("a directory");
    let administrator = server.administrator(&made).await;
    (directory, made, administrator)
}

/// What was made in the one organisation, as it would be in the other.
fn moved(text: &str) -> String {
    text.replace("fabrika.example", "contoso.example")
}

async fn call(server: &TestServer, caller: &Caller, method: Method, path: &str, body: &Value) -> Value {
    let answer = server.api_as(caller, method, path, body).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.text);
    if answer.text.is_empty() { Value::Null } else { answer.json() }
}

fn id(value: &Value) -> Uuid {
    value.as_str().and_then(|text| text.parse().ok()).expect("an id")
}

#[tokio::test]
async fn a_filled_in_guest_is_one_who_was_invited() {
    on_both_engines(async |server| {
        let (directory, made, administrator) = both(&server).await;
        for (number, state) in [(7, State::Pending), (8, State::Accepted), (99, State::Blocked)] {
            let guest = directory.guest(number);
            assert_eq!(guest.state, state);
            let invited = invited(&server, &administrator, &guest).await;
            let expected = rows_of(&server, made.id, invited).await;
            let found = rows_of(&server, TenantId(directory.tenant), UserId(guest.id)).await;
            assert_eq!(found, expected.iter().map(|row| moved(row)).collect::<Vec<_>>(), "guest {number}");
        }
    })
    .await;
}

/// Invites somebody through the API and lets them come as far.
async fn invited(server: &TestServer, administrator: &Caller, guest: &Guest) -> UserId {
    let wish = json!({
        "invitedUserEmailAddress": guest.address,
        "invitedUserDisplayName": guest.display_name,
        "inviteRedirectUrl": "https://myapps.microsoft.com",
    });
    let invitation = call(server, administrator, Method::POST, "/v1.0/invitations", &wish).await;
    let user = UserId(id(&invitation["invitedUser"]["id"]));
    if guest.state == State::Pending {
        return user;
    }
    let link = invitation["inviteRedeemUrl"].as_str().expect("a link");
    let browser = server.browser();
    browser.get(link.strip_prefix(super::ADDRESS).expect("our own address")).await;
    browser.submit(&[]).await;
    let code = code(server, &guest.address).await;
    browser.submit_to("/code", &[("code", &code)]).await;
    if guest.state == State::Blocked {
        let change = json!({ "accountEnabled": false });
        call(server, administrator, Method::PATCH, &format!("/v1.0/users/{user}"), &change).await;
    }
    user
}

/// Everything that is stored of a guest but ids and instants, which differ.
async fn rows_of(server: &TestServer, tenant: TenantId, id: UserId) -> Vec<String> {
    let mut tx = server.read().await.expect("a connection");
    let user = users::store::find(&mut tx, tenant, id).await.expect("an answer").expect("the guest");
    let never = Timestamp::default();
    let user = User {
        tenant_id: TenantId(Uuid::nil()),
        id: UserId(Uuid::nil()),
        external_user_state_changed_at: user.external_user_state_changed_at.map(|_| never),
        sessions_valid_from: never,
        created_at: never,
        // Whoever accepts in a browser signs in by that.
        last_sign_in_at: None,
        last_sign_in_request_id: None,
        ..user
    };
    let mut rows = vec![format!("{user:?}")];
    let columns: (String, String, Option<String>, Option<String>, bool) = tx
        .query(sql!(
            "SELECT user_principal_name_folded, display_name_folded, mail_folded, mail_reversed, terms_kept
             FROM user_account WHERE tenant_id = $1 AND id = $2"
        ))
        .bind(tenant)
        .bind(id)
        .fetch_one()
        .await
        .expect("a row");
    rows.push(format!("{columns:?}"));
    let mut identities: Vec<(String, String, Option<String>, Option<String>)> = tx
        .query(sql!(
            "SELECT sign_in_type, issuer, issuer_assigned_id, issuer_assigned_id_folded FROM user_identity
             WHERE tenant_id = $1 AND user_id = $2"
        ))
        .bind(tenant)
        .bind(id)
        .fetch_all()
        .await
        .expect("rows");
    identities.sort();
    rows.extend(identities.iter().map(|identity| format!("{identity:?}")));
    let terms: Vec<(String, String)> = tx
        .query(sql!("SELECT property, folded FROM user_term WHERE tenant_id = $1 AND user_id = $2"))
        .bind(tenant)
        .bind(id)
        .fetch_all()
        .await
        .expect("rows");
    // Words of the domain, and the domain, sort differently before they are replaced.
    let mut terms: Vec<String> =
        terms.iter().map(|term| format!("{term:?}").replace("\"fabrika", "\"contoso")).collect();
    terms.sort();
    rows.extend(terms);
    rows
}

#[tokio::test]
async fn filled_in_groups_and_apps_are_those_of_the_api() {
    on_both_engines(async |server| {
        let (directory, made, administrator) = both(&server).await;
        let filled = TenantId(directory.tenant);
        let group = directory.group(1);
        let body = json!({
            "displayName": group.display_name, "mailNickname": group.mail_nickname,
            "mailEnabled": false, "securityEnabled": true,
        });
        let created = call(&server, &administrator, Method::POST, "/v1.0/groups", &body).await;
        let created = GroupId(id(&created["id"]));
        assert_eq!(group_rows(&server, filled, GroupId(group.id)).await, group_rows(&server, made.id, created).await);

        let app = directory.app(1);
        let body = json!({ "displayName": app.display_name, "web": { "redirectUris": [app.redirect] } });
        let registered = call(&server, &administrator, Method::POST, "/v1.0/applications", &body).await;
        let body = json!({ "appId": registered["appId"] });
        let added = call(&server, &administrator, Method::POST, "/v1.0/servicePrincipals", &body).await;
        assert_eq!(
            app_rows(&server, filled, app.id, app.service_principal).await,
            app_rows(&server, made.id, id(&registered["id"]), id(&added["id"])).await
        );

        let member = server.member(&made, "anna", &[]).await;
        let reference = json!({ "@odata.id": format!("{}/v1.0/directoryObjects/{}", super::ADDRESS, member.id) });
        let path = format!("/v1.0/groups/{created}/members/$ref");
        call(&server, &administrator, Method::POST, &path, &reference).await;
        assert_eq!(edges(&server, made.id, created).await, [(Kind::User, member.id.0)]);
        let expected = directory.members(1).into_iter().map(|member| match member {
            Member::Guest(number) => (Kind::User, directory.guest_id(number)),
            Member::Group(number) => (Kind::Group, directory.group(number).id),
        });
        let mut expected: Vec<(Kind, Uuid)> = expected.collect();
        expected.sort_by_key(|(kind, id)| (kind.as_str(), *id));
        assert_eq!(edges(&server, filled, GroupId(group.id)).await, expected);
    })
    .await;
}

/// Everything that is stored of a group but ids and instants.
async fn group_rows(server: &TestServer, tenant: TenantId, id: GroupId) -> Vec<String> {
    let mut tx = server.read().await.expect("a connection");
    let group = groups::store::find(&mut tx, tenant, id).await.expect("an answer").expect("the group");
    let group = groups::Group {
        tenant_id: TenantId(Uuid::nil()),
        id: GroupId(Uuid::nil()),
        created_at: Timestamp::default(),
        ..group
    };
    let columns: (String, Option<String>, String, Option<String>) = tx
        .query(sql!(
            "SELECT display_name_folded, description_folded, mail_nickname_folded, unique_name_folded
             FROM directory_group WHERE tenant_id = $1 AND id = $2"
        ))
        .bind(tenant)
        .bind(id)
        .fetch_one()
        .await
        .expect("a row");
    vec![format!("{group:?}"), format!("{columns:?}")]
}

/// Everything that is stored of an application and its service principal but ids and instants.
async fn app_rows(server: &TestServer, tenant: TenantId, application_id: Uuid, principal: Uuid) -> Vec<String> {
    let mut tx = server.read().await.expect("a connection");
    let (nobody, never) = (TenantId(Uuid::nil()), Timestamp::default());
    let found = applications::store::find(&mut tx, tenant, ApplicationId(application_id)).await;
    let mut application = found.expect("an answer").expect("the application");
    (application.tenant_id, application.created_at) = (nobody, never);
    (application.id, application.app_id) = (ApplicationId(Uuid::nil()), ClientId(Uuid::nil()));
    let found = service_principals::store::find(&mut tx, tenant, ServicePrincipalId(principal)).await;
    let mut principal = found.expect("an answer").expect("the service principal");
    (principal.tenant_id, principal.created_at, principal.sessions_valid_from) = (nobody, never, never);
    (principal.id, principal.app_id) = (ServicePrincipalId(Uuid::nil()), ClientId(Uuid::nil()));
    assert_eq!(principal.application_id.take(), Some(ApplicationId(application_id)));
    vec![format!("{application:?}"), format!("{principal:?}")]
}

async fn edges(server: &TestServer, tenant: TenantId, group: GroupId) -> Vec<(Kind, Uuid)> {
    let mut tx = server.read().await.expect("a connection");
    let query = tx.query(sql!(
        "SELECT object_kind, object_id FROM group_member WHERE tenant_id = $1 AND group_id = $2
         ORDER BY object_kind, object_id"
    ));
    query.bind(tenant).bind(group).fetch_all().await.expect("rows")
}

#[tokio::test]
async fn a_filled_in_directory_is_there_for_programs() {
    on_both_engines(async |server| {
        let (directory, _, _) = both(&server).await;
        let tenant = Tenant { id: TenantId(directory.tenant), ..server.tenant("Other", "other.example").await };
        let administrator = server.administrator(&tenant).await;
        let read = async |path: String| {
            let headers = [("ConsistencyLevel", "eventual")];
            let answer = server.api_with(&administrator, Method::GET, &path, &headers, &Value::Null).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            answer.json()
        };
        let people = read("/v1.0/users?$top=1&$count=true&$filter=userType%20eq%20'Guest'".to_owned()).await;
        assert_eq!(people["@odata.count"], SIZE.guests);
        let surname = directory.guest(5).display_name.split(' ').nth(1).map(str::to_lowercase).expect("two names");
        let found = read(format!("/v1.0/users?$search=%22displayName:{surname}%22&$select=id")).await;
        let ids = found["value"].as_array().expect("a collection");
        assert!(ids.iter().any(|item| id(&item["id"]) == directory.guest_id(5)), "{found}");
        let large = directory.group(LARGE_GROUP).id;
        let members = read(format!("/v1.0/groups/{large}/members?$top=999")).await;
        assert_eq!(members["value"].as_array().map(Vec::len), Some(SIZE.guests as usize / 10));
        let joiner = directory.guest_id(JOINER);
        let above = read(format!("/v1.0/users/{joiner}/transitiveMemberOf?$top=999")).await;
        assert_eq!(above["value"].as_array().map(Vec::len), Some(SIZE.groups as usize - 1));
        let latest = read("/v1.0/users/delta?$deltatoken=latest".to_owned()).await;
        assert!(latest["@odata.deltaLink"].is_string() && latest["value"].as_array().is_some_and(Vec::is_empty));
    })
    .await;
}

#[tokio::test]
async fn a_tenant_in_use_is_filled_by_one_seed_and_then_by_another() {
    on_both_engines(async |server| {
        let database = &server.database;
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let nobody = directory_fill::find_tenant(database, "fabrikam.example").await.expect("an answer");
        assert_eq!(nobody, None);
        let found = directory_fill::find_tenant(database, "Contoso.example").await.expect("an answer");
        let (id, domain) = found.expect("the tenant");
        assert_eq!((TenantId(id), &domain), (tenant.id, &tenant.initial_domain));
        for seed in [11, 12] {
            let directory = Directory { tenant: id, domain: domain.clone(), seed, size: SIZE };
            assert!(!directory_fill::is_written(database, &directory).await.expect("an answer"), "{seed}");
            directory_fill::write(database, &directory).await.expect("a directory");
            assert!(directory_fill::is_written(database, &directory).await.expect("an answer"), "{seed}");
        }
        let path = "/v1.0/users?$top=1&$count=true&$filter=userType%20eq%20'Guest'";
        let headers = [("ConsistencyLevel", "eventual")];
        let answer = server.api_with(&administrator, Method::GET, path, &headers, &Value::Null).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.json()["@odata.count"], 2 * SIZE.guests);
    })
    .await;
}
