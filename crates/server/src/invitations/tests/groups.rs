//! Groups and roles of apps that are given in the invitation itself (demand D13).

use super::{activities, guest, invite, list, post, refusal, with};
use crate::applications::Changes;
use crate::graph::{Actor, Caller, Permission, Role, caller};
use crate::platform::ids::{ClientId, ServicePrincipalId};
use crate::testing::{Answer, TestServer, on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

const ADDRESS: &str = "sam@partner.example";
const NEW: &str = "/portal/contoso.example/invitations/new";

async fn get(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    server.api_as(caller, Method::GET, path, &Value::Null).await
}

/// Makes a group with further properties; its id.
async fn group(server: &TestServer, caller: &Caller, name: &str, further: &Value) -> String {
    let mut body = json!({ "displayName": name, "mailNickname": "g", "mailEnabled": false, "securityEnabled": true });
    for (name, value) in further.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    let made = server.api_as(caller, Method::POST, "/v1.0/groups", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["id"].as_str().expect("an id").to_owned()
}

fn address(group: &str) -> String {
    format!("http://localhost:8080/v1.0/groups/{group}")
}

async fn names_of(server: &TestServer, caller: &Caller, user: &Value) -> Vec<String> {
    let user = user["invitedUser"]["id"].as_str().expect("an id");
    let found = get(server, caller, &format!("/v1.0/users/{user}/memberOf?$select=displayName")).await.json();
    let groups = found["value"].as_array().expect("groups").iter();
    let mut names: Vec<String> = groups.filter_map(|group| group["displayName"].as_str().map(str::to_owned)).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_guest_belongs_to_the_groups_of_the_invitation_at_once_and_is_in_its_apps() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let none = json!({});
        let (first, second) =
            (group(&server, &admin, "First", &none).await, group(&server, &admin, "Second", &none).await);
        let app =
            server.api_as(&admin, Method::POST, "/v1.0/applications", &json!({ "displayName": "Expenses" })).await;
        let client = json!({ "appId": app.json()["appId"] });
        let program =
            server.api_as(&admin, Method::POST, "/v1.0/servicePrincipals", &client).await.json()["id"].clone();
        let properties = json!({
            "groups": [{ "@odata.id": address(&first) }],
            "groups@odata.bind": [address(&second)],
            "appRoleAssignments": [{ "resourceId": program }],
        });
        let invited = invite(&server, &admin, &with(ADDRESS, &properties)).await;
        assert_eq!(invited["status"], "PendingAcceptance");
        assert_eq!(names_of(&server, &admin, &invited).await, ["First", "Second"]);
        let sam = guest(&server, &tenant, &invited).await;
        let given = get(&server, &admin, &format!("/v1.0/users/{}/appRoleAssignments", sam.id)).await.json();
        assert_eq!(given["value"][0]["resourceDisplayName"], "Expenses");
        let audited = activities(&server, &tenant).await;
        assert_eq!(audited.iter().filter(|activity| *activity == "Add member to group").count(), 2, "{audited:?}");

        // A second invitation adds what is new and takes nothing away.
        let third = group(&server, &admin, "Third", &none).await;
        let properties = json!({ "groups@odata.bind": [address(&first), address(&third)] });
        let again = invite(&server, &admin, &with(ADDRESS, &properties)).await;
        assert_eq!(names_of(&server, &admin, &again).await, ["First", "Second", "Third"]);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_given_is_refused_by_name_and_nobody_is_invited() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let foreign = group(&server, &server.administrator(&other).await, "Foreign", &json!({})).await;
        let rule = json!({ "groupTypes": ["DynamicMembership"], "membershipRule": "user.userType -eq \"Guest\"" });
        let dynamic = group(&server, &admin, "Dynamic", &rule).await;
        let plain = group(&server, &admin, "Plain", &json!({})).await;
        let before = activities(&server, &tenant).await.len();
        let many: Vec<String> = (0..21).map(|_| address(&plain)).collect();
        for (properties, named) in [
            (json!({ "groups@odata.bind": [address(&foreign)] }), "groups"),
            (json!({ "groups@odata.bind": [address(&dynamic)] }), "groups"),
            (json!({ "groups@odata.bind": [format!("users/{plain}")] }), "groups"),
            (json!({ "groups@odata.bind": many }), "groups"),
            (json!({ "groups": [{ "id": plain }] }), "groups"),
            (json!({ "groups": plain }), "groups"),
            (json!({ "appRoleAssignments": [{}] }), "appRoleAssignments"),
            (json!({ "appRoleAssignments": [{ "resourceId": plain }] }), "appRoleAssignments"),
            (json!({ "appRoleAssignments": [{ "resourceId": plain, "principalId": plain }] }), "principalId"),
        ] {
            let answer = post(&server, &admin, &with(ADDRESS, &properties)).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json()["error"]["target"]),
                (400, &json!(named)),
                "{properties}"
            );
        }
        assert!(list(&server, &admin, "").await.is_empty());
        assert_eq!(activities(&server, &tenant).await.len(), before, "nothing was made");
    })
    .await;
}

/// Security check I14: an invitation gives nobody more than the calls it stands for.
#[tokio::test]
async fn i14_an_inviter_puts_guests_into_groups_they_may_change_and_no_other() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let owner = server.member(&tenant, "owner", &[]).await;
        let owners = json!({ "owners@odata.bind": [format!("users/{}", owner.id)] });
        let own = group(&server, &admin, "Own", &owners).await;
        let other = group(&server, &admin, "Other", &json!({})).await;
        let assignable = group(&server, &admin, "Assignable", &json!({ "isAssignableToRole": true })).await;
        let owner = person(&owner, Vec::new());
        let into = |group: &str| with(ADDRESS, &json!({ "groups@odata.bind": [address(group)] }));
        for (group, caller) in [
            (&other, owner.clone()),
            (&own, person(&server.member(&tenant, "inviter", &[Role::GuestInviter]).await, vec![Role::GuestInviter])),
            (&assignable, person(&server.member(&tenant, "uma", &[]).await, vec![Role::UserAdministrator])),
            (&own, server.application(tenant.id, &[Permission::UserInviteAll, Permission::GroupReadAll])),
            (&own, delegated(owner.clone(), &[Permission::UserInviteAll])),
        ] {
            let answer = post(&server, &caller, &into(group)).await;
            assert_eq!(refusal(&answer).0, 403, "{}", answer.text);
            assert_eq!(answer.json()["error"]["target"], "groups", "{}", answer.text);
        }
        assert!(list(&server, &admin, "").await.is_empty());
        let scopes = [Permission::UserInviteAll, Permission::GroupMemberReadWriteAll];
        for caller in [owner.clone(), delegated(owner, &scopes), server.application(tenant.id, &scopes)] {
            let invited = invite(&server, &caller, &into(&own)).await;
            assert_eq!(names_of(&server, &admin, &invited).await, ["Own"]);
        }
    })
    .await;
}

/// Security check I14, for roles of apps.
#[tokio::test]
async fn i14_an_owner_gives_guests_roles_of_their_own_app_and_of_no_other() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let app = async |name: &str| {
            let addresses = Some(vec!["https://app.contoso.example/cb".to_owned()]);
            let changes = Changes { web_redirect_uris: addresses, ..Changes::default() };
            server.app(&tenant, name, changes).await.registered.service_principal.id
        };
        let (own, other) = (app("Expenses").await, app("Payroll").await);
        let owner = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", ada.id) });
        let owners = format!("/v1.0/servicePrincipals/{own}/owners/$ref");
        assert_eq!(server.api_as(&admin, Method::POST, &owners, &owner).await.status, 204);
        let owner = person(&ada, Vec::new());
        let into = |apps: &[ServicePrincipalId]| {
            let roles: Vec<Value> = apps.iter().map(|app| json!({ "resourceId": app })).collect();
            with(ADDRESS, &json!({ "appRoleAssignments": roles }))
        };
        for (caller, apps) in [
            (owner.clone(), &[other][..]),
            (owner.clone(), &[own, other]),
            (delegated(owner.clone(), &[Permission::UserInviteAll]), &[own]),
            (server.application(tenant.id, &[Permission::UserInviteAll]), &[own]),
            (person(&server.member(&tenant, "max", &[]).await, Vec::new()), &[own]),
        ] {
            let answer = post(&server, &caller, &into(apps)).await;
            assert_eq!(refusal(&answer).0, 403, "{}: {}", caller.display_name(), answer.text);
        }
        assert!(list(&server, &admin, "").await.is_empty());
        let page = server.signed_in(&ada).await.get(NEW).await.text;
        assert!(page.contains(&format!("value=\"{own}/")) && !page.contains(&format!("value=\"{other}/")), "{page}");
        let scopes = [Permission::UserInviteAll, Permission::AppRoleAssignmentReadWriteAll];
        for caller in [owner.clone(), delegated(owner, &scopes)] {
            let invited = invite(&server, &caller, &into(&[own])).await;
            let sam = guest(&server, &tenant, &invited).await;
            let given = get(&server, &admin, &format!("/v1.0/users/{}/appRoleAssignments", sam.id)).await.json();
            let names = given["value"].as_array().expect("roles").iter().map(|role| &role["resourceDisplayName"]);
            assert_eq!(names.collect::<Vec<_>>(), ["Expenses"], "{given}");
        }
    })
    .await;
}

fn delegated(mut caller: Caller, permissions: &[Permission]) -> Caller {
    if let Actor::User(person) = &mut caller.actor {
        let client = ClientId(Uuid::nil());
        person.delegated = Some(caller::Delegated { client, permissions: permissions.to_vec() });
    }
    caller
}

#[tokio::test]
async fn the_form_takes_groups_from_those_who_may_put_people_into_some() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        for name in ["Auditors", "Twice", "twice"] {
            group(&server, &admin, name, &json!({})).await;
        }
        let ida = server.member(&tenant, "ida", &[Role::GuestInviter]).await;
        let browser = server.signed_in(&ida).await;
        assert!(!browser.get(NEW).await.text.contains("name=\"groups\""));
        let refused = browser.submit_to("/invitations/new", &[("email", ADDRESS), ("groups", "Auditors")]).await;
        assert_eq!(refused.status, 400);
        assert!(refused.text.contains("You may not put people into one of these groups"), "{}", refused.text);

        let uma = server.member(&tenant, "uma", &[Role::UserAdministrator]).await;
        let browser = server.signed_in(&uma).await;
        for (wanted, said) in [
            ("Auditors\r\nNobody", "Nobody: there is no group of this name."),
            ("Twice", "Twice: several groups have this name; write the id of one."),
        ] {
            assert!(browser.get(NEW).await.text.contains("name=\"groups\""));
            let answer = browser.submit_to("/invitations/new", &[("email", ADDRESS), ("groups", wanted)]).await;
            assert_eq!(answer.status, 400);
            assert!(answer.text.contains(said) && answer.text.contains("id=\"groups-e\""), "{}", answer.text);
        }
        assert!(list(&server, &admin, "").await.is_empty());
        browser.get(NEW).await;
        browser.submit_to("/invitations/new", &[("email", ADDRESS), ("groups", "auditors"), ("send", "yes")]).await;
        let found = list(&server, &admin, "").await;
        let user = json!({ "invitedUser": { "id": found[0]["invitedUser"]["id"] } });
        assert_eq!(names_of(&server, &admin, &user).await, ["Auditors"]);
    })
    .await;
}
