//! Somebody who answers for very many guests: deleted, brought back and removed for good in small steps.

use super::{column, get};
use crate::changes::aftermath;
use crate::graph::Caller;
use crate::platform::ids::{GroupId, TenantId, UserId};
use crate::tenants::Tenant;
use crate::testing::{TestServer, on_both_engines};
use crate::users::sponsors::{self, SponsorId};
use crate::users::{User, UserType, store};
use crate::{deleted, deleted_items};
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// More than one transaction takes along.
const MANY: i64 = aftermath::AT_ONCE + 3;

/// A member who answers for so many guests.
async fn inviter(server: &TestServer, tenant: &Tenant) -> User {
    let sponsor = server.member(tenant, "ines", &[]).await;
    invite_many(server, tenant, SponsorId::Person(sponsor.id)).await;
    sponsor
}

/// So many guests for whom somebody answers.
async fn invite_many(server: &TestServer, tenant: &Tenant, sponsor: SponsorId) {
    let now = server.clock.now();
    let mut tx = server.write().await.expect("a transaction");
    for number in 0..MANY {
        if number % 100 == 0 {
            tx.commit().await.expect("a commit");
            tx = server.write().await.expect("a transaction");
        }
        let id = UserId(server.entropy.uuid(now));
        let name = format!("g{number}@{}", tenant.initial_domain);
        let guest = User { user_type: UserType::Guest, ..User::member(tenant.id, id, name, format!("g{number}"), now) };
        store::insert(&mut tx, &guest).await.expect("a guest");
        sponsors::put(&mut tx, tenant.id, id, sponsor, now).await.expect("a sponsor");
    }
    tx.commit().await.expect("a commit");
}

async fn call(server: &TestServer, caller: &Caller, method: Method, path: &str) -> u16 {
    server.api_as(caller, method, path, &Value::Null).await.status.as_u16()
}

/// How many guests are flagged.
async fn flagged(server: &TestServer, tenant: TenantId) -> i64 {
    let mut tx = server.read().await.expect("a connection");
    sponsors::count_unsponsored(&mut tx, tenant, 10_000).await.expect("a number")
}

async fn is_left(server: &TestServer, user: &User) -> bool {
    let mut tx = server.read().await.expect("a connection");
    aftermath::find(&mut tx, user.tenant_id, user.id.0).await.expect("an answer").is_some()
}

#[tokio::test]
async fn guests_of_somebody_who_leaves_are_flagged_in_steps() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.administrator(&tenant).await;
        let ines = inviter(&server, &tenant).await;
        assert_eq!(call(&server, &caller, Method::DELETE, &format!("/v1.0/users/{}", ines.id)).await, 204);
        assert_eq!(flagged(&server, tenant.id).await, aftermath::AT_ONCE, "the transaction takes some along");
        let told = format!("at least {}", aftermath::AT_ONCE);
        let rows = server.contents().await;
        assert!(rows["directory_audit"].iter().any(|row| row.contains(&told)), "the audit does not say it was all");
        server.run_due_jobs().await;
        assert_eq!((flagged(&server, tenant.id).await, is_left(&server, &ines).await), (MANY, false));

        let restore = format!("/v1.0/directory/deletedItems/{}/restore", ines.id);
        assert_eq!(call(&server, &caller, Method::POST, &restore).await, 200);
        assert_eq!(flagged(&server, tenant.id).await, MANY - aftermath::AT_ONCE);
        server.run_due_jobs().await;
        assert_eq!((flagged(&server, tenant.id).await, is_left(&server, &ines).await), (0, false));
        assert_eq!(server.run_due_jobs().await, 0, "nothing is left to do");
    })
    .await;
}

#[tokio::test]
async fn whoever_is_back_before_all_were_flagged_answers_for_everybody_again() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.administrator(&tenant).await;
        let ines = inviter(&server, &tenant).await;
        assert_eq!(call(&server, &caller, Method::DELETE, &format!("/v1.0/users/{}", ines.id)).await, 204);
        let mut tx = server.read().await.expect("a connection");
        let left = aftermath::find(&mut tx, tenant.id, ines.id.0).await.expect("an answer").expect("something");
        drop(tx);
        let restore = format!("/v1.0/directory/deletedItems/{}/restore", ines.id);
        assert_eq!(call(&server, &caller, Method::POST, &restore).await, 200);
        assert!(
            sponsors::go_on(&server, tenant.id, SponsorId::Person(ines.id), &left).await.expect("an answer"),
            "it is looked at anew"
        );
        assert_eq!(flagged(&server, tenant.id).await, 0, "a step that read what was left before writes nothing");
        server.run_due_jobs().await;
        assert_eq!((flagged(&server, tenant.id).await, is_left(&server, &ines).await), (0, false));
    })
    .await;
}

#[tokio::test]
async fn a_guest_who_is_to_answer_for_the_others_does_not_stop_in_the_middle() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.administrator(&tenant).await;
        let ines = inviter(&server, &tenant).await;
        assert_eq!(call(&server, &caller, Method::DELETE, &format!("/v1.0/users/{}", ines.id)).await, 204);
        server.run_due_jobs().await;
        let listed = get(&server, &caller, "/vestibule/v1/guestsWithoutSponsor?$top=999").await.json();
        let guests = listed["value"].as_array().expect("guests").iter().map(|guest| guest["user"]["id"].clone());
        let guests: Vec<Value> = guests.collect();
        // Beyond the guests of the first transactions.
        let sponsor = guests.last().expect("a guest");
        let assign = async |body: &Value| {
            server.api_as(&caller, Method::POST, "/vestibule/v1/guestsWithoutSponsor/assign", body).await
        };
        let refused = assign(&json!({ "sponsor": sponsor, "users": guests })).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
        assert!(refused.text.contains("nobody answers for themselves"), "{}", refused.text);
        let unknown = json!({ "sponsor": server.entropy.random_uuid(), "formerSponsor": ines.id });
        assert_eq!(assign(&unknown).await.status, 400);
        assert_eq!(flagged(&server, tenant.id).await, MANY, "nothing was changed");
        let done = assign(&json!({ "sponsor": sponsor, "formerSponsor": ines.id })).await;
        assert_eq!((done.status.as_u16(), &done.json()["assigned"]), (200, &json!(MANY - 1)), "{}", done.text);
        let left = get(&server, &caller, "/vestibule/v1/guestsWithoutSponsor").await.json();
        assert_eq!(left["value"].as_array().map(Vec::len), Some(1));
        assert_eq!(&left["value"][0]["user"]["id"], sponsor, "they have no sponsor yet");
    })
    .await;
}

#[tokio::test]
async fn somebody_removed_for_good_is_gone_at_once_and_what_hung_on_them_in_steps() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.administrator(&tenant).await;
        let ines = inviter(&server, &tenant).await;
        let item = format!("/v1.0/directory/deletedItems/{}", ines.id);
        assert_eq!(call(&server, &caller, Method::DELETE, &format!("/v1.0/users/{}", ines.id)).await, 204);
        assert_eq!(call(&server, &caller, Method::DELETE, &item).await, 204);
        for (method, path) in [
            (Method::GET, item.clone()),
            (Method::DELETE, item.clone()),
            (Method::POST, format!("{item}/restore")),
            (Method::GET, format!("/v1.0/users/{}", ines.id)),
        ] {
            assert_eq!(call(&server, &caller, method, &path).await, 404, "{path}");
        }
        let list = get(&server, &caller, "/v1.0/directory/deletedItems/microsoft.graph.user").await;
        assert_eq!(column(&list, "id"), Vec::<String>::new());
        assert!(is_left(&server, &ines).await);

        server.run_due_jobs().await;
        assert_eq!(flagged(&server, tenant.id).await, MANY, "those whose turn had not come are flagged on the way");
        let (dashed, bare) = (ines.id.to_string(), ines.id.0.simple().to_string());
        let mut naming: Vec<&str> = Vec::new();
        for (table, rows) in server.contents().await {
            let names = |row: &String| row.to_lowercase().contains(&bare) || row.to_lowercase().contains(&dashed);
            if rows.iter().any(names) {
                naming.push(table);
            }
        }
        assert_eq!(naming, ["directory_audit", "directory_change", "unsponsored_guest"], "only who it was is told");
    })
    .await;
}

#[tokio::test]
async fn a_group_leaves_and_comes_back_in_steps_too() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.administrator(&tenant).await;
        let body = json!({
            "displayName": "Hosts", "mailNickname": "hosts", "mailEnabled": false, "securityEnabled": true,
        });
        let made = server.api_as(&caller, Method::POST, "/v1.0/groups", &body).await.json();
        let group: GroupId = made["id"].as_str().and_then(|id| id.parse().ok()).expect("a group");
        invite_many(&server, &tenant, SponsorId::Group(group)).await;
        let (path, item) = (format!("/v1.0/groups/{group}"), format!("/v1.0/directory/deletedItems/{group}"));
        assert_eq!(call(&server, &caller, Method::DELETE, &path).await, 204);
        assert_eq!(flagged(&server, tenant.id).await, aftermath::AT_ONCE, "the transaction takes some along");
        server.run_due_jobs().await;
        assert_eq!(flagged(&server, tenant.id).await, MANY);
        assert_eq!(call(&server, &caller, Method::POST, &format!("{item}/restore")).await, 200);
        assert_eq!(flagged(&server, tenant.id).await, MANY - aftermath::AT_ONCE);
        server.run_due_jobs().await;
        assert_eq!(flagged(&server, tenant.id).await, 0);

        assert_eq!(call(&server, &caller, Method::DELETE, &path).await, 204);
        assert_eq!(call(&server, &caller, Method::DELETE, &item).await, 204);
        assert_eq!(flagged(&server, tenant.id).await, aftermath::AT_ONCE, "the transaction takes some along");
        for (method, path) in [(Method::GET, item.clone()), (Method::DELETE, item.clone()), (Method::GET, path)] {
            assert_eq!(call(&server, &caller, method, &path).await, 404, "it is gone at once: {path}");
        }
        server.run_due_jobs().await;
        assert_eq!(flagged(&server, tenant.id).await, MANY, "those whose turn had not come are flagged on the way");
        let rows = server.contents().await;
        for table in ["aftermath", "user_sponsor_group", "directory_group"] {
            assert!(rows[table].is_empty(), "{table}: {:?}", rows[table]);
        }
    })
    .await;
}

/// One organisation shares the server with others, and their logs end by age too.
#[tokio::test]
async fn what_cannot_be_removed_in_one_organisation_holds_up_no_other() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.administrator(&tenant).await;
        let ines = inviter(&server, &tenant).await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let there = server.administrator(&other).await;
        let sam = server.member(&other, "sam", &[]).await;
        for (caller, user) in [(&caller, &ines), (&there, &sam)] {
            assert_eq!(call(&server, caller, Method::DELETE, &format!("/v1.0/users/{}", user.id)).await, 204);
        }
        let item = format!("/v1.0/directory/deletedItems/{}", ines.id);
        assert_eq!(call(&server, &caller, Method::DELETE, &item).await, 204);
        // A row that names somebody who is going, and that nobody removes any more.
        let lena = server.member(&tenant, "lena", &[]).await;
        let mut tx = server.write().await.expect("a transaction");
        let now = server.clock.now();
        store::insert_sponsor(&mut tx, tenant.id, ines.id, lena.id, now).await.expect("a sponsor");
        tx.commit().await.expect("a commit");
        server.clock.advance(Duration::from_hours(31 * 24));
        assert_eq!(deleted_items::purge(&server, deleted::OWNERS).await.expect("purged"), 1, "the one over there");
        let (dashed, bare) = (sam.id.to_string(), sam.id.0.simple().to_string());
        let names = |row: &String| row.to_lowercase().contains(&bare) || row.to_lowercase().contains(&dashed);
        assert!(!server.contents().await["user_account"].iter().any(names), "no row is left of them");
        assert!(is_left(&server, &ines).await, "the mark stays for the next time");
    })
    .await;
}
