//! Managers and sponsors, and guests whom nobody answers for.

use super::{activities, column, delegated, get, guest, guest_caller, holder, program, refusal};
use crate::graph::role::guest_level;
use crate::graph::{Caller, Permission, Role};
use crate::testing::{ADDRESS, Answer, TestServer, is_blank, on_both_engines, person};
use crate::users::User;
use axum::http::Method;
use serde_json::{Value, json};

const UNSPONSORED: &str = "/vestibule/v1/guestsWithoutSponsor";

fn reference(user: &User) -> Value {
    json!({ "@odata.id": format!("{ADDRESS}/v1.0/users/{}", user.id) })
}

async fn send(server: &TestServer, caller: &Caller, method: Method, path: &str, body: &Value) -> Answer {
    server.api_as(caller, method, path, body).await
}

async fn set_manager(server: &TestServer, caller: &Caller, user: &User, manager: &User) -> Answer {
    let path = format!("/v1.0/users/{}/manager/$ref", user.id);
    send(server, caller, Method::PUT, &path, &reference(manager)).await
}

async fn sponsor(server: &TestServer, caller: &Caller, guest: &User, sponsor: &User) -> Answer {
    let path = format!("/v1.0/users/{}/sponsors/$ref", guest.id);
    send(server, caller, Method::POST, &path, &reference(sponsor)).await
}

async fn delete(server: &TestServer, caller: &Caller, user: &User) {
    let path = format!("/v1.0/users/{}", user.id);
    assert_eq!(send(server, caller, Method::DELETE, &path, &Value::Null).await.status, 204);
}

/// The guests without a sponsor, by name.
async fn unsponsored(server: &TestServer, caller: &Caller, query: &str) -> Vec<String> {
    let answer = get(server, caller, &format!("{UNSPONSORED}{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let rows = answer.json()["value"].as_array().expect("rows").clone();
    let mut names: Vec<_> =
        rows.iter().map(|row| row["user"]["displayName"].as_str().expect("a name").to_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn people_have_one_manager_and_no_circle() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let [anna, bert, carl] = [
            server.member(&tenant, "anna", &[]).await,
            server.member(&tenant, "bert", &[]).await,
            server.member(&tenant, "carl", &[]).await,
        ];
        let of = |user: &User| format!("/v1.0/users/{}/manager", user.id);
        assert_eq!(refusal(&get(&server, &caller, &of(&carl)).await).0, 404);
        assert_eq!(set_manager(&server, &caller, &carl, &bert).await.status, 204);
        assert_eq!(set_manager(&server, &caller, &bert, &anna).await.status, 204);
        let found = get(&server, &caller, &format!("{}?$select=id,displayName", of(&carl))).await.json();
        assert_eq!((&found["displayName"], &found["@odata.type"]), (&json!("bert"), &json!("#microsoft.graph.user")));
        for boss in [&anna, &bert, &carl] {
            assert_eq!(refusal(&set_manager(&server, &caller, &anna, boss).await).0, 400, "{}", boss.display_name);
        }
        let reports = format!("/v1.0/users/{}/directReports?$select=displayName", bert.id);
        assert_eq!(column(&get(&server, &caller, &reports).await, "displayName"), ["carl"]);
        // Another one takes the place of the first.
        assert_eq!(set_manager(&server, &caller, &carl, &anna).await.status, 204);
        assert!(column(&get(&server, &caller, &reports).await, "displayName").is_empty());
        let mut path = format!("/v1.0/users/{}/directReports?$top=1", anna.id);
        let mut names = Vec::new();
        for _ in 0..3 {
            let page = get(&server, &caller, &path).await;
            names.extend(column(&page, "displayName"));
            let Some(next) = page.json()["@odata.nextLink"].as_str().map(str::to_owned) else { break };
            path = next.strip_prefix(ADDRESS).expect("a link to this server").to_owned();
        }
        names.sort();
        assert_eq!(names, ["bert", "carl"]);
        let own = get(&server, &person(&carl, Vec::new()), "/v1.0/me/manager").await;
        assert_eq!(own.json()["displayName"], "anna");
        assert_eq!(column(&get(&server, &person(&anna, Vec::new()), "/v1.0/me/directReports").await, "id").len(), 2);
        let gone = format!("{}/$ref", of(&carl));
        assert_eq!(send(&server, &caller, Method::DELETE, &gone, &Value::Null).await.status, 204);
        assert_eq!(refusal(&send(&server, &caller, Method::DELETE, &gone, &Value::Null).await).0, 404);
        delete(&server, &caller, &anna).await;
        assert_eq!(refusal(&get(&server, &caller, &of(&bert)).await).0, 404, "a deleted manager is none");
        assert_eq!(activities(&server, &tenant).await.iter().filter(|name| *name == "Update user").count(), 4);
    })
    .await;
}

#[tokio::test]
async fn managers_stand_inside_each_other_as_far_as_is_asked() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let mut people = Vec::new();
        for name in ["carl", "bert", "anna"] {
            people.push(server.member(&tenant, name, &[]).await);
        }
        for pair in people.windows(2) {
            assert_eq!(set_manager(&server, &caller, &pair[0], &pair[1]).await.status, 204);
        }
        let path = |levels: &str| {
            format!("/v1.0/users/{}?$select=id&$expand=manager($select=displayName{levels})", people[0].id)
        };
        let one = get(&server, &caller, &path("")).await.json();
        assert_eq!(one["manager"]["displayName"], "bert", "{one}");
        assert!(one["manager"].get("manager").is_none());
        let all = get(&server, &caller, &path(";$levels=max")).await.json();
        assert_eq!(all["manager"]["manager"]["displayName"], "anna", "{all}");
        let above =
            format!("/v1.0/users/{}?$select=id&$expand=manager,directReports($select=displayName)", people[2].id);
        let above = get(&server, &caller, &above).await;
        assert_eq!(refusal(&above).0, 200, "{}", above.text);
        let above = above.json();
        assert_eq!((&above["manager"], &above["directReports"][0]["displayName"]), (&Value::Null, &json!("bert")));
    })
    .await;
}

#[tokio::test]
async fn t2_relations_show_a_guest_no_more_than_the_people_do() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let (anna, bert) = (server.member(&tenant, "anna", &[]).await, server.member(&tenant, "bert", &[]).await);
        assert_eq!(set_manager(&server, &caller, &bert, &anna).await.status, 204);
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let path = format!("/v1.0/users/{}/manager?$select=displayName,jobTitle,accountEnabled", bert.id);
        let seen = get(&server, &guest_caller(&sam, guest_level::LIMITED), &path).await.json();
        assert_eq!(seen["displayName"], "anna");
        assert!(is_blank(&seen, "jobTitle") && is_blank(&seen, "accountEnabled"), "{seen}");
        assert_eq!(refusal(&get(&server, &guest_caller(&sam, guest_level::RESTRICTED), &path).await).0, 404);
        let basic = server.application(tenant.id, &[Permission::UserReadBasicAll]);
        assert_eq!(refusal(&get(&server, &basic, &path).await).0, 403);
        let own = delegated(person(&bert, Vec::new()), &[Permission::UserRead]);
        assert_eq!(get(&server, &own, "/v1.0/me/manager").await.status, 200);
        assert_eq!(refusal(&get(&server, &own, &format!("/v1.0/users/{}/directReports", anna.id)).await).0, 403);
    })
    .await;
}

#[tokio::test]
async fn t2_a_guest_who_sees_nobody_sees_nobody_through_an_app_either() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let (anna, bert) = (server.member(&tenant, "anna", &[]).await, server.member(&tenant, "bert", &[]).await);
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        assert_eq!(set_manager(&server, &caller, &sam, &anna).await.status, 204);
        assert_eq!(set_manager(&server, &caller, &bert, &sam).await.status, 204);
        let paths = [
            "/v1.0/me/manager",
            "/v1.0/me/manager/$ref",
            "/v1.0/me/directReports",
            "/v1.0/me?$select=id&$expand=manager",
            "/v1.0/me?$select=id&$expand=directReports",
        ];
        // The less an app may read, the less it is told.
        let scopes: [&[Permission]; 2] = [&[Permission::UserRead], &[Permission::UserRead, Permission::UserReadAll]];
        for (path, permissions) in paths.into_iter().flat_map(|path| scopes.map(|scope| (path, scope))) {
            let low = delegated(guest_caller(&sam, guest_level::RESTRICTED), permissions);
            assert_eq!(refusal(&get(&server, &low, path).await).0, 403, "{path} {permissions:?}");
            let limited = delegated(guest_caller(&sam, guest_level::LIMITED), permissions);
            assert_eq!(get(&server, &limited, path).await.status, 200, "{path} {permissions:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_guest_has_at_most_five_sponsors() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let mut people = Vec::new();
        for number in 0..6 {
            people.push(server.member(&tenant, &format!("m{number}"), &[]).await);
        }
        for person in &people[..5] {
            assert_eq!(sponsor(&server, &caller, &sam, person).await.status, 204);
        }
        let (status, _, text) = refusal(&sponsor(&server, &caller, &sam, &people[5]).await);
        assert_eq!(status, 400);
        assert!(text.contains("sponsors") && text.contains('5'), "{text}");
        let (status, _, text) = refusal(&sponsor(&server, &caller, &sam, &people[0]).await);
        assert_eq!(status, 400);
        assert!(text.contains("already exist"), "{text}");
        assert_eq!(refusal(&sponsor(&server, &caller, &sam, &sam).await).0, 400);
        let groups = json!({ "@odata.id": format!("{ADDRESS}/v1.0/groups/{}", people[0].id) });
        let path = format!("/v1.0/users/{}/sponsors/$ref", sam.id);
        assert_eq!(refusal(&send(&server, &caller, Method::POST, &path, &groups).await).0, 400);
        let listed = format!("/v1.0/users/{}/sponsors", sam.id);
        assert_eq!(column(&get(&server, &caller, &listed).await, "id").len(), 5);
        // They are few, and asked as they are written: a part of a property stands inside of it.
        let (one, body) = (format!("/v1.0/users/{}", people[0].id), json!({ "extensionAttribute1": "North" }));
        let body = json!({ "onPremisesExtensionAttributes": body });
        assert_eq!(send(&server, &caller, Method::PATCH, &one, &body).await.status, 204);
        for (condition, count) in [("eq%20'north'", 1), ("eq%20null", 4), ("in%20('south')", 0)] {
            let filter = format!("$filter=onPremisesExtensionAttributes/extensionAttribute1%20{condition}");
            let found = get(&server, &caller, &format!("{listed}?{filter}")).await;
            assert_eq!(column(&found, "displayName").len(), count, "{condition}");
        }
        let of = format!("/v1.0/users/{}/sponsorOf?$select=displayName", people[0].id);
        assert_eq!(column(&get(&server, &caller, &of).await, "displayName"), ["Sam"]);
        // An invitation adds no sixth one either.
        let body = json!({
            "invitedUserEmailAddress": "sam@partner.example", "inviteRedirectUrl": "https://myapps.microsoft.com",
            "invitedUserSponsors": [reference(&people[5])],
        });
        let (status, _, text) = refusal(&send(&server, &caller, Method::POST, "/v1.0/invitations", &body).await);
        assert_eq!(status, 400);
        assert!(text.contains("invitedUserSponsors"), "{text}");
        assert_eq!(column(&get(&server, &caller, &listed).await, "id").len(), 5);
    })
    .await;
}

#[tokio::test]
async fn t12_guests_of_a_sponsor_who_leaves_are_listed_and_get_another() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, caller) = holder(&server, &tenant, "deputy", &[Role::UserAdministrator]).await;
        let [anna, bert, carl] = [
            server.member(&tenant, "anna", &[]).await,
            server.member(&tenant, "bert", &[]).await,
            server.member(&tenant, "carl", &[]).await,
        ];
        let mut guests = Vec::new();
        for name in ["dan", "eve", "fay", "gus"] {
            let guest = guest(&server, &tenant, name, &format!("{name}@partner.example")).await;
            assert_eq!(sponsor(&server, &caller, &guest, &anna).await.status, 204);
            guests.push(guest);
        }
        assert_eq!(sponsor(&server, &caller, &guests[0], &bert).await.status, 204);
        assert!(unsponsored(&server, &caller, "").await.is_empty());

        // Somebody else answers for dan; the other three are flagged.
        delete(&server, &caller, &anna).await;
        assert_eq!(unsponsored(&server, &caller, "").await, ["eve", "fay", "gus"]);
        let row = get(&server, &caller, UNSPONSORED).await.json()["value"][0].clone();
        assert_eq!(row["formerSponsor"], json!({ "id": anna.id, "displayName": "anna" }));
        // They come back with their sponsor, and are flagged again when she is gone for good.
        let item = format!("/v1.0/directory/deletedItems/{}", anna.id);
        assert_eq!(send(&server, &caller, Method::POST, &format!("{item}/restore"), &Value::Null).await.status, 200);
        assert!(unsponsored(&server, &caller, "").await.is_empty());
        delete(&server, &caller, &anna).await;
        assert_eq!(send(&server, &caller, Method::DELETE, &item, &Value::Null).await.status, 204);
        let of_anna = format!("?formerSponsor={}", anna.id);
        assert_eq!(unsponsored(&server, &caller, &of_anna).await, ["eve", "fay", "gus"]);
        assert!(unsponsored(&server, &caller, &format!("?formerSponsor={}", bert.id)).await.is_empty());

        let assign = format!("{UNSPONSORED}/assign");
        let body = json!({ "sponsor": carl.id, "users": [guests[1].id, guests[0].id] });
        let answer = send(&server, &caller, Method::POST, &assign, &body).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["assigned"]), (200, &json!(1)), "{}", answer.text);
        assert_eq!(unsponsored(&server, &caller, "").await, ["fay", "gus"]);
        for (body, named) in [
            (json!({ "sponsor": carl.id }), "users"),
            (json!({ "formerSponsor": anna.id }), "sponsor"),
            (json!({ "sponsor": anna.id, "formerSponsor": anna.id }), "sponsor"),
            (json!({ "sponsor": carl.id, "formerSponsor": anna.id, "x": 1 }), "x"),
        ] {
            let (status, _, text) = refusal(&send(&server, &caller, Method::POST, &assign, &body).await);
            assert_eq!(status, 400, "{body}");
            assert!(text.contains(named), "{text}");
        }
        let body = json!({ "sponsor": carl.id, "formerSponsor": anna.id });
        assert_eq!(send(&server, &caller, Method::POST, &assign, &body).await.json()["assigned"], 2);
        assert!(unsponsored(&server, &caller, "").await.is_empty());
        let of = format!("/v1.0/users/{}/sponsorOf", carl.id);
        assert_eq!(column(&get(&server, &caller, &of).await, "id").len(), 3);

        // The last sponsor is taken away by hand.
        let path = format!("/v1.0/users/{}/sponsors/{}/$ref", guests[3].id, carl.id);
        assert_eq!(send(&server, &caller, Method::DELETE, &path, &Value::Null).await.status, 204);
        assert_eq!(refusal(&send(&server, &caller, Method::DELETE, &path, &Value::Null).await).0, 404);
        assert_eq!(unsponsored(&server, &caller, "").await, ["gus"]);
        // A guest who is gone needs nobody, and needs somebody again when they are back.
        delete(&server, &caller, &guests[2]).await;
        delete(&server, &caller, &carl).await;
        assert_eq!(unsponsored(&server, &caller, "").await, ["eve", "gus"]);
        let back = format!("/v1.0/directory/deletedItems/{}/restore", guests[2].id);
        assert_eq!(send(&server, &caller, Method::POST, &back, &Value::Null).await.status, 200);
        assert_eq!(unsponsored(&server, &caller, "").await, ["eve", "fay", "gus"]);
        let page = get(&server, &caller, &format!("{UNSPONSORED}?$top=2")).await.json();
        assert_eq!(page["value"].as_array().map(Vec::len), Some(2));
        let next = page["@odata.nextLink"].as_str().expect("a link").strip_prefix(ADDRESS).expect("ours").to_owned();
        assert_eq!(get(&server, &caller, &next).await.json()["value"].as_array().map(Vec::len), Some(1));
    })
    .await;
}

#[tokio::test]
async fn addresses_are_read_instead_of_managers_and_sponsors() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let (anna, bert) = (server.member(&tenant, "anna", &[]).await, server.member(&tenant, "bert", &[]).await);
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let path = |relation: &str| format!("/v1.0/users/{}/{relation}/$ref", sam.id);
        assert_eq!(refusal(&get(&server, &caller, &path("manager")).await).0, 404);
        assert!(column(&get(&server, &caller, &path("sponsors")).await, "@odata.id").is_empty());
        assert_eq!(set_manager(&server, &caller, &sam, &anna).await.status, 204);
        for one in [&anna, &bert] {
            assert_eq!(sponsor(&server, &caller, &sam, one).await.status, 204);
        }
        let address = |user: &User| format!("{ADDRESS}/v1.0/directoryObjects/{}", user.id);
        let mut sponsors = vec![address(&anna), address(&bert)];
        sponsors.sort();
        // At the lowest level a guest knows nobody but who answers for them.
        let (full, low) = (guest_caller(&sam, guest_level::MEMBER), guest_caller(&sam, guest_level::RESTRICTED));
        for (caller, manager, others) in [
            (&caller, path("manager"), path("sponsors")),
            (&full, "/v1.0/me/manager/$ref".to_owned(), "/v1.0/me/sponsors/$ref".to_owned()),
        ] {
            let answer = get(&server, caller, &manager).await.json();
            assert_eq!(answer["@odata.id"], address(&anna));
            assert_eq!(answer["@odata.context"], format!("{ADDRESS}/v1.0/$metadata#$ref"));
            let mut found = column(&get(&server, caller, &others).await, "@odata.id");
            found.sort();
            assert_eq!(found, sponsors);
        }
        assert_eq!(refusal(&get(&server, &low, "/v1.0/me/manager/$ref").await).0, 403);
        assert_eq!(column(&get(&server, &low, "/v1.0/me/sponsors/$ref").await, "@odata.id").len(), 2);
        let selected = format!("{}?$select=id", path("manager"));
        assert_eq!(refusal(&get(&server, &caller, &selected).await).1, "Request_UnsupportedQuery");
        // By such an address a sponsor is taken away.
        let taken = format!("{}?@id={}", path("sponsors"), address(&bert));
        for status in [204, 404] {
            assert_eq!(send(&server, &caller, Method::DELETE, &taken, &Value::Null).await.status, status);
        }
        assert_eq!(column(&get(&server, &caller, &path("sponsors")).await, "@odata.id"), [address(&anna)]);
        // The address leads to the manager.
        let found = get(&server, &caller, &format!("/v1.0/directoryObjects/{}", anna.id)).await.json();
        assert_eq!(found["displayName"], "anna");
    })
    .await;
}
