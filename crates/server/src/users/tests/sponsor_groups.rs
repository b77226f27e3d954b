//! Groups that answer for guests, and guests whom programs invited.

use super::{column, get, guest, holder, program, refusal};
use crate::graph::{Caller, Permission, Role};
use crate::testing::{ADDRESS, Answer, TestServer, on_both_engines};
use crate::users::User;
use axum::http::Method;
use serde_json::{Value, json};

const UNSPONSORED: &str = "/vestibule/v1/guestsWithoutSponsor";

async fn send(server: &TestServer, caller: &Caller, method: Method, path: &str, body: &Value) -> Answer {
    server.api_as(caller, method, path, body).await
}

/// A group by name; its id.
async fn group(server: &TestServer, caller: &Caller, name: &str) -> String {
    let body = json!({
        "displayName": name, "mailNickname": name.to_lowercase(), "mailEnabled": false, "securityEnabled": true,
    });
    let made = send(server, caller, Method::POST, "/v1.0/groups", &body).await;
    made.json()["id"].as_str().unwrap_or_else(|| panic!("{}", made.text)).to_owned()
}

async fn name(server: &TestServer, caller: &Caller, guest: &User, address: &str) -> Answer {
    let path = format!("/v1.0/users/{}/sponsors/$ref", guest.id);
    send(server, caller, Method::POST, &path, &json!({ "@odata.id": format!("{ADDRESS}/v1.0/{address}") })).await
}

/// The names on the list of guests without a sponsor.
async fn unsponsored(server: &TestServer, caller: &Caller) -> Vec<String> {
    let rows = get(server, caller, UNSPONSORED).await.json()["value"].as_array().expect("a list").clone();
    let mut names: Vec<String> =
        rows.iter().map(|row| row["user"]["displayName"].as_str().expect("a name").to_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_group_is_named_read_expanded_and_taken_away_as_a_sponsor() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, caller) = holder(&server, &tenant, "root", &[Role::GlobalAdministrator]).await;
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let anna = server.member(&tenant, "anna", &[]).await;
        let hosts = group(&server, &caller, "Hosts").await;
        for address in [format!("groups/{hosts}"), format!("users/{}", anna.id)] {
            let named = name(&server, &caller, &sam, &address).await;
            assert_eq!(named.status, 204, "{}", named.text);
        }
        let again = name(&server, &caller, &sam, &format!("directoryObjects/{hosts}")).await;
        assert_eq!((refusal(&again).0, refusal(&again).2.contains("already exist")), (400, true), "{}", again.text);
        for address in [format!("users/{hosts}"), format!("groups/{}", anna.id)] {
            assert_eq!(refusal(&name(&server, &caller, &sam, &address).await).0, 400, "{address} is of another kind");
        }
        let path = format!("/v1.0/users/{}/sponsors", sam.id);
        let listed = get(&server, &caller, &path).await.json()["value"].clone();
        assert_eq!((&listed[0]["id"], &listed[1]["id"]), (&json!(anna.id), &json!(hosts)), "people, then groups");
        assert_eq!(listed[1]["@odata.type"], "#microsoft.graph.group");
        assert_eq!(listed[1]["displayName"], "Hosts");
        let selected = get(&server, &caller, &format!("{path}?$select=id")).await.json()["value"][1].clone();
        assert_eq!((&selected["id"], &selected["displayName"]), (&json!(hosts), &Value::Null));
        let addresses = get(&server, &caller, &format!("{path}/$ref")).await.json()["value"].clone();
        assert_eq!(addresses[1]["@odata.id"], json!(format!("{ADDRESS}/v1.0/directoryObjects/{hosts}")));
        let expanded = get(&server, &caller, &format!("/v1.0/users/{}?$expand=sponsors", sam.id)).await.json();
        assert_eq!(expanded["sponsors"][1]["id"], json!(hosts), "{expanded}");

        // Five in all.
        for number in 0..3 {
            let member = server.member(&tenant, &format!("m{number}"), &[]).await;
            assert_eq!(name(&server, &caller, &sam, &format!("users/{}", member.id)).await.status, 204);
        }
        let sixth = group(&server, &caller, "Sixth").await;
        let (status, _, text) = refusal(&name(&server, &caller, &sam, &format!("groups/{sixth}")).await);
        assert!(status == 400 && text.contains("at most 5"), "{text}");

        let by_option = format!("{path}/$ref?@id={ADDRESS}/v1.0/groups/{hosts}");
        assert_eq!(send(&server, &caller, Method::DELETE, &by_option, &Value::Null).await.status, 204);
        let by_path = format!("{path}/{hosts}/$ref");
        assert_eq!(send(&server, &caller, Method::DELETE, &by_path, &Value::Null).await.status, 404);
        assert_eq!(name(&server, &caller, &sam, &format!("groups/{sixth}")).await.status, 204);
        assert_eq!(column(&get(&server, &caller, &path).await, "id").len(), 5);
    })
    .await;
}

#[tokio::test]
async fn t12_guests_of_a_group_that_is_deleted_are_listed_and_get_another() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, caller) = holder(&server, &tenant, "root", &[Role::GlobalAdministrator]).await;
        let (hosts, others) = (group(&server, &caller, "Hosts").await, group(&server, &caller, "Others").await);
        let anna = server.member(&tenant, "anna", &[]).await;
        let dan = guest(&server, &tenant, "dan", "dan@partner.example").await;
        let eve = guest(&server, &tenant, "eve", "eve@partner.example").await;
        for guest in [&dan, &eve] {
            assert_eq!(name(&server, &caller, guest, &format!("groups/{hosts}")).await.status, 204);
        }
        assert_eq!(name(&server, &caller, &eve, &format!("users/{}", anna.id)).await.status, 204);
        assert!(unsponsored(&server, &caller).await.is_empty());

        let path = format!("/v1.0/groups/{hosts}");
        assert_eq!(send(&server, &caller, Method::DELETE, &path, &Value::Null).await.status, 204);
        assert_eq!(unsponsored(&server, &caller).await, ["dan"], "anna answers for eve");
        let row = get(&server, &caller, UNSPONSORED).await.json()["value"][0].clone();
        assert_eq!(row["formerSponsor"], json!({ "id": hosts, "displayName": "Hosts" }));
        let item = format!("/v1.0/directory/deletedItems/{hosts}");
        assert_eq!(send(&server, &caller, Method::POST, &format!("{item}/restore"), &Value::Null).await.status, 200);
        assert!(unsponsored(&server, &caller).await.is_empty(), "the group is back");

        let person = format!("/v1.0/users/{}", anna.id);
        assert_eq!(send(&server, &caller, Method::DELETE, &person, &Value::Null).await.status, 204);
        assert!(unsponsored(&server, &caller).await.is_empty(), "the group answers for eve");
        assert_eq!(send(&server, &caller, Method::DELETE, &path, &Value::Null).await.status, 204);
        assert_eq!(send(&server, &caller, Method::DELETE, &item, &Value::Null).await.status, 204, "gone for good");
        assert_eq!(unsponsored(&server, &caller).await, ["dan", "eve"]);
        let assign = json!({ "sponsor": others, "formerSponsor": hosts });
        let assigned = send(&server, &caller, Method::POST, &format!("{UNSPONSORED}/assign"), &assign).await;
        assert_eq!(assigned.json()["assigned"], 2, "{}", assigned.text);
        assert!(unsponsored(&server, &caller).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn t12_whom_a_program_invites_is_listed_until_somebody_answers_for_them() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, caller) = holder(&server, &tenant, "root", &[Role::GlobalAdministrator]).await;
        let inviter = server.application(tenant.id, &[Permission::UserInviteAll]);
        let hosts = group(&server, &caller, "Hosts").await;
        let invite = async |address: &str, further: Value| {
            let mut body = json!({
                "invitedUserEmailAddress": address, "inviteRedirectUrl": "https://myapps.microsoft.com",
                "invitedUserDisplayName": address.split('@').next(),
            });
            body.as_object_mut().expect("an object").extend(further.as_object().expect("an object").clone());
            let invited = send(&server, &inviter, Method::POST, "/v1.0/invitations", &body).await;
            assert_eq!(invited.status, 201, "{}", invited.text);
            invited.json()["invitedUser"]["id"].clone()
        };
        let dan = invite("dan@partner.example", json!({})).await;
        let by_address = json!({ "invitedUserSponsors": [{ "@odata.id": format!("{ADDRESS}/v1.0/groups/{hosts}") }] });
        let eve = invite("eve@partner.example", by_address).await;
        let written = json!({ "invitedUserSponsors": [{ "@odata.type": "#microsoft.graph.group", "id": hosts }] });
        invite("fay@partner.example", written).await;
        assert_eq!(unsponsored(&server, &caller).await, ["dan"]);
        let row = get(&server, &caller, UNSPONSORED).await.json()["value"][0].clone();
        assert_eq!(row["formerSponsor"]["displayName"], "A program");
        let sponsors = format!("/v1.0/users/{}/sponsors", eve.as_str().expect("an id"));
        assert_eq!(column(&get(&server, &caller, &sponsors).await, "displayName"), ["Hosts"]);

        let path = format!("/v1.0/users/{}/sponsors/$ref", dan.as_str().expect("an id"));
        let body = json!({ "@odata.id": format!("{ADDRESS}/v1.0/groups/{hosts}") });
        assert_eq!(send(&server, &caller, Method::POST, &path, &body).await.status, 204);
        assert!(unsponsored(&server, &caller).await.is_empty());
        let reader = program(&server, &tenant);
        assert_eq!(column(&get(&server, &reader, &sponsors).await, "displayName"), ["Hosts"]);
    })
    .await;
}
