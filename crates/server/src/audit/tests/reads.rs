//! What guests read of the directory is counted, and nobody else.

use super::{contoso, request};
use crate::audit::{self, Activity, Outcome, ReadFilter, Target, operations, record};
use crate::graph::{Actor, Caller, Permission, Role, caller};
use crate::platform::ids::ClientId;
use crate::redemption::tests::Journey;
use crate::testing::{Answer, TestServer, on_both_engines, person};
use crate::users::User;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

const READS: &str = "/vestibule/v1/auditLogs/directoryReads";
const APP: ClientId = ClientId(Uuid::from_u128(7));

async fn get(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    server.api_as(caller, Method::GET, path, &Value::Null).await
}

/// The guest through an app.
fn by_app(user: &User) -> Caller {
    let mut caller = person(user, Vec::new());
    if let Actor::User(guest) = &mut caller.actor {
        guest.delegated = Some(caller::Delegated { client: APP, permissions: vec![Permission::UserReadAll] });
    }
    caller
}

/// What the log says, the newest hour first.
async fn told(server: &TestServer, reader: &Caller, filter: &str) -> Vec<Value> {
    server.flush_reads().await;
    let answer = get(server, reader, &format!("{READS}{filter}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{filter}: {}", answer.text);
    answer.json()["value"].as_array().expect("rows").clone()
}

/// The row of a route with this result.
fn row<'r>(rows: &'r [Value], route: &str, result: &str) -> &'r Value {
    let found = rows.iter().find(|row| row["route"] == route && row["result"] == result);
    found.unwrap_or_else(|| panic!("no row of {route} {result} in {rows:#?}"))
}

#[tokio::test]
async fn x10_what_a_guest_reads_is_told_with_who_from_where_what_how_often_and_by_which_request() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let sam = server.guest(&tenant, "sam@fabrikam.example").await;
        let reader = server.application(tenant.id, &[Permission::AuditLogReadAll]);
        let guest = by_app(&sam);
        let path = format!("/v1.0/users/{}", sam.id);
        let mut last = String::new();
        for _ in 0..3 {
            server.clock.advance(Duration::from_secs(1));
            let answer = get(&server, &guest, &path).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
            answer.header("request-id").clone_into(&mut last);
        }
        let refused = get(&server, &guest, "/v1.0/auditLogs/signIns").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let missing = get(&server, &guest, &format!("/v1.0/users/{}", Uuid::from_u128(9))).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);

        let rows = told(&server, &reader, "").await;
        assert_eq!(rows.len(), 3, "{rows:#?}");
        let served = row(&rows, "/v1.0/users/{user}", "served");
        for (property, value) in [
            ("userId", json!(sam.id)),
            ("userDisplayName", json!(sam.display_name)),
            ("userPrincipalName", json!(sam.user_principal_name)),
            ("homeDomain", json!("fabrikam.example")),
            ("homeTenantId", Value::Null),
            ("appId", json!(APP)),
            ("kind", json!("users")),
            ("reads", json!(3)),
            ("hourDateTime", json!("2026-11-23T09:00:00Z")),
            ("firstDateTime", json!("2026-11-23T09:00:01Z")),
            ("lastDateTime", json!("2026-11-23T09:00:03Z")),
            ("lastObjectId", json!(sam.id)),
            ("correlationId", json!(last)),
        ] {
            assert_eq!(served[property], value, "{property}");
        }
        assert_eq!(row(&rows, "/v1.0/auditLogs/signIns", "refused")["reads"], 1);
        assert_eq!(row(&rows, "/v1.0/users/{user}", "notFound")["reads"], 1);

        // Another process counts on the same rows; the next hour has its own.
        let twin = server.twin().await;
        get(&twin, &guest, &path).await;
        twin.flush_reads().await;
        let rows = told(&server, &reader, "?$filter=result%20eq%20'served'").await;
        assert_eq!((rows.len(), &rows[0]["reads"]), (1, &json!(4)));
        server.clock.advance(Duration::from_hours(1));
        get(&server, &guest, &path).await;
        let rows = told(&server, &reader, "?$filter=result%20eq%20'served'").await;
        assert_eq!((rows.len(), &rows[0]["reads"], &rows[1]["reads"]), (2, &json!(1), &json!(4)));
    })
    .await;
}

#[tokio::test]
async fn x10_what_members_and_programs_read_is_not_counted() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let sam = server.guest(&tenant, "sam@fabrikam.example").await;
        let ann = server.member(&tenant, "ann", &[Role::GlobalAdministrator]).await;
        let admin = person(&ann, vec![Role::GlobalAdministrator]);
        let program = server.application(tenant.id, &[Permission::UserReadAll]);
        for caller in [&admin, &program] {
            assert_eq!(get(&server, caller, "/v1.0/users").await.status, StatusCode::OK);
        }
        server.signed_in(&ann).await.get("/portal/contoso.example/users").await;
        let change = json!({ "mobilePhone": "+49 1" });
        server.api_as(&by_app(&sam), Method::PATCH, "/v1.0/me", &change).await;
        assert_eq!(told(&server, &admin, "").await.len(), 0, "nor what a guest changes, which the audit tells");

        // What a batch asks for counts as if it had come alone.
        let one = json!({ "id": "1", "method": "GET", "url": format!("/users/{}", sam.id) });
        let batch = json!({ "requests": [one] });
        let answer = server.api_as(&by_app(&sam), Method::POST, "/v1.0/$batch", &batch).await;
        assert_eq!(answer.json()["responses"][0]["status"], 200, "{}", answer.text);
        let body = json!({ "securityEnabledOnly": false });
        server.api_as(&person(&sam, vec![]), Method::POST, "/v1.0/me/getMemberGroups", &body).await;
        let rows = told(&server, &admin, "").await;
        assert_eq!(row(&rows, "/v1.0/users/{user}", "served")["reads"], 1);
        assert_eq!(row(&rows, "/v1.0/me/getMemberGroups", "served")["reads"], 1);
    })
    .await;
}

#[tokio::test]
async fn x10_pages_that_a_guest_opens_are_counted_found_shown_and_exported() {
    on_both_engines(async |server| {
        let sam = Journey::begin(&server).await;
        let ines = server.member(&sam.tenant, "ines", &[Role::UserAdministrator]).await;
        let guest = server.browser();
        sam.accept(&guest).await;
        for _ in 0..2 {
            assert_eq!(guest.get("/myapps/contoso.example").await.status, StatusCode::OK);
        }
        assert_eq!(guest.get("/portal/contoso.example/users").await.status, StatusCode::FORBIDDEN);
        let rows = told(&server, &sam.administrator, "").await;
        let my_apps = row(&rows, "/myapps/{tenant}", "served");
        assert_eq!((&my_apps["reads"], &my_apps["kind"]), (&json!(2), &json!("myApps")));
        assert_eq!(my_apps["appId"], Value::Null, "the pages of the portal are no app");
        assert_eq!(row(&rows, "/portal/{tenant}/users", "refused")["reads"], 1);

        let browser = server.signed_in(&ines).await;
        let base = "/portal/contoso.example/reads";
        let page = browser.get(base).await.text;
        for shown in ["My Apps", "The pages of the portal", ">Answered</span>", ">Refused</span>", "2 shown"] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        for (query, shown) in [
            ("q=@fabrikam.example", 2),
            ("q=sam", 2),
            ("q=@northwind.example", 0),
            ("result=refused", 1),
            ("result=notFound", 0),
            ("kind=myApps", 1),
            ("period=day", 2),
            ("from=2027-01-01", 0),
        ] {
            let page = browser.get(&format!("{base}?{query}")).await;
            assert_eq!(page.status, StatusCode::OK, "{query}: {}", page.text);
            let expected = if shown == 0 { "No read matches".to_owned() } else { format!("{shown} shown") };
            assert!(page.text.contains(&expected), "{query}: {}", page.text);
        }
        assert_eq!(browser.get(&format!("{base}?result=maybe")).await.status, StatusCode::BAD_REQUEST);
        let file = browser.get(&format!("{base}/as/csv?kind=myApps")).await.text;
        assert_eq!(file.lines().count(), 2, "{file}");
        assert!(file.contains("fabrikam.example") && file.contains("/myapps/{tenant}"), "{file}");
        let file = get(&server, &sam.administrator, &format!("{READS}/jsonl")).await.text;
        assert_eq!(file.lines().count(), 2, "{file}");
        assert_eq!(guest.get(base).await.status, StatusCode::FORBIDDEN, "not for guests");
    })
    .await;
}

#[tokio::test]
async fn reads_are_filtered_by_what_they_hold_paged_and_removed_by_age() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let sam = server.guest(&tenant, "sam@fabrikam.example").await;
        let reader = server.application(tenant.id, &[Permission::AuditLogReadAll]);
        let guest = by_app(&sam);
        for path in ["/v1.0/me", "/v1.0/organization"] {
            get(&server, &guest, path).await;
        }
        let all = told(&server, &reader, "").await;
        assert_eq!(all.len(), 2);
        let request = all[0]["correlationId"].as_str().expect("an id").to_owned();
        for (filter, rows) in [
            (format!("userId%20eq%20'{}'", sam.id), 2),
            (format!("userId%20eq%20'{}'", Uuid::from_u128(9)), 0),
            (format!("appId%20eq%20'{APP}'"), 2),
            ("kind%20eq%20'me'".to_owned(), 1),
            ("homeDomain%20eq%20'Fabrikam.example'".to_owned(), 2),
            (format!("correlationId%20eq%20'{request}'"), 1),
            ("lastDateTime%20ge%202026-11-23T09:00:00Z".to_owned(), 2),
            ("lastDateTime%20ge%202026-11-23T09:00:01Z".to_owned(), 0),
            ("lastDateTime%20le%202026-11-23T08:59:59Z".to_owned(), 0),
        ] {
            assert_eq!(told(&server, &reader, &format!("?$filter={filter}")).await.len(), rows, "{filter}");
        }
        for filter in ["result%20eq%20'read'", "route%20eq%20'x'"] {
            let answer = get(&server, &reader, &format!("{READS}?$filter={filter}")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{filter}: {}", answer.text);
        }
        let first = get(&server, &reader, &format!("{READS}?$top=1")).await.json();
        let next = first["@odata.nextLink"].as_str().expect("a second page").to_owned();
        let next = next.strip_prefix(crate::testing::ADDRESS).expect("our address");
        let second = get(&server, &reader, next).await.json();
        assert_ne!(first["value"][0]["id"], second["value"][0]["id"]);
        assert!(second.get("@odata.nextLink").is_none());

        let day = Duration::from_hours(24);
        server.clock.advance(day * 90);
        assert_eq!(audit::purge(&server).await.expect("a purge"), 0, "not old enough");
        server.clock.advance(day);
        assert!(audit::purge(&server).await.expect("a purge") >= 2);
        assert_eq!(told(&server, &reader, "").await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn what_was_written_is_counted_on_and_not_written_anew() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let sam = server.guest(&tenant, "sam@fabrikam.example").await;
        let guest = by_app(&sam);
        for _ in 0..2 {
            get(&server, &guest, "/v1.0/me").await;
        }
        server.flush_reads().await;
        get(&server, &guest, "/v1.0/me").await;
        server.flush_reads().await;
        let admin = server.administrator(&tenant).await;
        let found = operations::list_reads(&server, &admin, &[ReadFilter::default()], None, 10).await.expect("the log");
        assert_eq!(found.iter().map(|entry| entry.reads).collect::<Vec<_>>(), [3]);
    })
    .await;
}

#[tokio::test]
async fn x10_a_change_says_who_from_where_to_whom_why_and_by_which_request_in_one_tenant_alone() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let other = server.tenant("Northwind", "northwind.example").await;
        let sam = server.guest(&tenant, "sam@fabrikam.example").await;
        let ann = server.member(&tenant, "ann", &[]).await;
        let target = Target::new("User", ann.id.0, ann.display_name.clone()).named(ann.user_principal_name.clone());
        for (number, user) in [(0xb21d_04e7, &sam), (0xc04e_118b, &ann)] {
            let mut tx = server.write().await.expect("a transaction");
            let by = person(user, Vec::new());
            let outcome = Outcome::Failure("They may not.".to_owned());
            let write = record(&mut tx, &server, &by, Activity::UpdateUser, &outcome, &target, &[("key", "value")]);
            request(number).scope(write).await.expect("a row");
            tx.commit().await.expect("a commit");
        }
        let path = "/v1.0/auditLogs/directoryAudits?$filter=activityDisplayName%20eq%20'Update%20user'";
        let reader = server.application(tenant.id, &[Permission::AuditLogReadAll]);
        let rows = get(&server, &reader, path).await.json()["value"].as_array().expect("rows").clone();
        assert_eq!(rows.len(), 2);
        let of = |user: &User| {
            let found = rows.iter().find(|row| row["initiatedBy"]["user"]["id"] == json!(user.id));
            found.expect("a row").clone()
        };
        let (by_guest, by_member) = (of(&sam), of(&ann));
        assert_eq!(by_guest["initiatedBy"]["user"]["userPrincipalName"], json!(sam.user_principal_name));
        let detail = |key: &str, value: Value| json!({ "key": key, "value": value });
        let home = detail("InitiatorHomeDomain", json!("fabrikam.example"));
        assert_eq!(by_guest["additionalDetails"], json!([detail("key", json!("value")), home]));
        assert_eq!(by_guest["targetResources"][0]["id"], json!(ann.id));
        assert_eq!((&by_guest["result"], &by_guest["resultReason"]), (&json!("failure"), &json!("They may not.")));
        assert!(by_guest["correlationId"].as_str().is_some_and(|id| id.starts_with("b21d04e7")), "{by_guest}");
        let details = &by_member["additionalDetails"];
        assert_eq!(details[1], detail("InitiatorHomeDomain", json!("contoso.example")));
        assert_eq!(details[2], detail("InitiatorHomeTenantId", json!(tenant.id)));
        let stranger = server.application(other.id, &[Permission::AuditLogReadAll]);
        assert_eq!(get(&server, &stranger, path).await.json()["value"], json!([]));

        let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        let id = by_guest["id"].as_str().expect("an id");
        let page = server.signed_in(&ines).await.get(&format!("/portal/contoso.example/changes/{id}")).await.text;
        assert!(page.contains("Home organisation") && page.contains("fabrikam.example"), "{page}");
        let file = get(&server, &reader, "/vestibule/v1/auditLogs/directoryAudits/csv").await.text;
        let heading = file.lines().next().expect("a heading");
        assert!(heading.contains("homeDomain") && heading.contains("homeTenantId"), "{heading}");
    })
    .await;
}
