//! What programs that were written for Microsoft Graph ask of the logs: several values of a property, open ends of a period, refusals.

use super::{blocked, contoso, tried};
use crate::audit::sign_in::{self, SignIn};
use crate::graph::{Caller, Permission};
use crate::platform::clock::rfc3339;
use crate::testing::{ADDRESS, TestServer, on_both_engines};
use crate::users::User;
use axum::http::{Method, StatusCode};
use serde_json::Value;
use std::time::Duration;

const SIGN_INS: &str = "/v1.0/auditLogs/signIns";
const CHANGES: &str = "/v1.0/auditLogs/directoryAudits";

/// A page of a log, whose address may hold blanks.
async fn page(server: &TestServer, reader: &Caller, path: &str) -> Value {
    let answer = server.api_as(reader, Method::GET, &path.replace(' ', "%20"), &Value::Null).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
    answer.json()
}

/// Each row of a page in a few words.
fn rows(page: &Value, words: impl Fn(&Value) -> String) -> Vec<String> {
    page["value"].as_array().expect("rows").iter().map(words).collect()
}

fn who_and_code(row: &Value) -> String {
    format!("{} {}", row["userDisplayName"].as_str().unwrap_or_default(), row["status"]["errorCode"])
}

/// An app does something for somebody without them, a second later.
async fn silently(server: &TestServer, user: &User, error_code: i64) {
    server.clock.advance(Duration::from_secs(1));
    let user_display_name = Some(user.display_name.clone());
    let row = SignIn { user: Some(user.id), user_display_name, error_code, ..SignIn::default() };
    let mut tx = server.write().await.expect("a transaction");
    let write = sign_in::record(&mut tx, server, user.tenant_id, row);
    super::request(9).scope(write).await.expect("a row");
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn sign_ins_are_found_by_several_values_by_refusals_and_without_the_ends_of_a_period() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let (ann, bob) = (server.member(&tenant, "ann", &[]).await, server.member(&tenant, "bob", &[]).await);
        let eve = server.member(&tenant, "eve", &[]).await;
        let mut times = Vec::new();
        for (user, code) in [(&ann, 50126), (&bob, 50053), (&eve, 0), (&ann, 0), (&bob, 50126)] {
            server.clock.advance(Duration::from_millis(1_500));
            times.push(rfc3339(server.clock.now()));
            tried(&server, user, 1, code).await;
        }
        silently(&server, &ann, 50058).await;
        let reader = server.application(tenant.id, &[Permission::AuditLogReadAll]);
        let (ann, bob) = (ann.id, bob.id);
        for (filter, found) in [
            (format!("userId eq '{ann}' or userId eq '{bob}'"), "bob 50126, ann 0, bob 50053, ann 50126"),
            (format!("userId in ('{ann}','{ann}')"), "ann 0, ann 50126"),
            (format!("userId in ('{ann}','{bob}') and status/errorCode eq 0"), "ann 0"),
            (format!("userId in ('{ann}','{bob}') and isInteractive eq false"), "ann 50058"),
            ("status/errorCode eq 50126 or status/errorCode eq 50053".to_owned(), "bob 50126, bob 50053, ann 50126"),
            ("status/errorCode in (0, 50053)".to_owned(), "ann 0, eve 0, bob 50053"),
            ("status/errorCode ne 0".to_owned(), "bob 50126, bob 50053, ann 50126"),
            ("status/errorCode gt 0 and isInteractive eq false".to_owned(), "ann 50058"),
            ("status/errorCode ne 0 and status/errorCode eq 0".to_owned(), ""),
            ("userPrincipalName in ('EVE@contoso.example','nobody@contoso.example')".to_owned(), "eve 0"),
            ("ipAddress in ('203.0.113.250','203.0.113.251')".to_owned(), ""),
            (
                "riskState eq 'atRisk' or riskState eq 'none'".to_owned(),
                "bob 50126, ann 0, eve 0, bob 50053, ann 50126",
            ),
            (format!("createdDateTime gt {}", times[2]), "bob 50126, ann 0"),
            (format!("createdDateTime ge {}", times[2]), "bob 50126, ann 0, eve 0"),
            (format!("createdDateTime lt {}", times[2]), "bob 50053, ann 50126"),
            (format!("createdDateTime le {}", times[2]), "eve 0, bob 50053, ann 50126"),
            (format!("createdDateTime gt {} and createdDateTime lt {}", times[1], times[3]), "eve 0"),
            (
                "isInteractive eq true or isInteractive eq false".to_owned(),
                "ann 50058, bob 50126, ann 0, eve 0, bob 50053, ann 50126",
            ),
        ] {
            let whole = page(&server, &reader, &format!("{SIGN_INS}?$filter={filter}")).await;
            assert_eq!(rows(&whole, who_and_code).join(", "), found, "{filter}");
        }
    })
    .await;
}

/// Graph's v1.0 log holds what people did themselves: silent rows are there for whoever asks for them by name.
#[tokio::test]
async fn without_a_filter_interactive_sign_ins_alone_are_listed() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let ann = server.member(&tenant, "ann", &[]).await;
        tried(&server, &ann, 1, 50126).await;
        silently(&server, &ann, 50058).await;
        let reader = server.application(tenant.id, &[Permission::AuditLogReadAll]);
        let told = async |query: &str| {
            let page = page(&server, &reader, &format!("{SIGN_INS}{query}")).await;
            rows(&page, |row| row["isInteractive"].to_string()).join(", ")
        };
        assert_eq!(told("").await, "true");
        assert_eq!(told("?$filter=status/errorCode ne 0").await, "true");
        assert_eq!(told("?$filter=status/errorCode eq 50126 or status/errorCode eq 50058").await, "true");
        assert_eq!(told("?$filter=isInteractive eq false").await, "false");
        assert_eq!(told("?$filter=isInteractive in (true,false)").await, "false, true");
    })
    .await;
}

#[tokio::test]
async fn what_was_found_in_parts_is_paged_as_one_list_and_taken_as_one_file() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let (ann, bob) = (server.member(&tenant, "ann", &[]).await, server.member(&tenant, "bob", &[]).await);
        for number in 0..7_u32 {
            // Some are of one instant.
            if number % 3 != 0 {
                server.clock.advance(Duration::from_secs(1));
            }
            tried(&server, if number % 2 == 0 { &ann } else { &bob }, number, 0).await;
        }
        let reader = server.application(tenant.id, &[Permission::AuditLogReadAll]);
        let filter = format!("$filter=userId in ('{}','{}')", ann.id, bob.id);
        let id = |row: &Value| row["id"].as_str().expect("an id").to_owned();
        let whole = rows(&page(&server, &reader, &format!("{SIGN_INS}?{filter}")).await, id);
        assert_eq!(whole, rows(&page(&server, &reader, SIGN_INS).await, id), "the newest first, as without a filter");
        let (mut paged, mut next) = (Vec::new(), Some(format!("{SIGN_INS}?{filter}&$top=2")));
        while let Some(address) = next {
            let part = page(&server, &reader, &address).await;
            paged.extend(rows(&part, id));
            next = part["@odata.nextLink"].as_str().and_then(|link| link.strip_prefix(ADDRESS)).map(str::to_owned);
        }
        assert_eq!(paged, whole);
        let file = format!("/vestibule/v1/auditLogs/signIns/jsonl?{filter}").replace(' ', "%20");
        let file = server.api_as(&reader, Method::GET, &file, &Value::Null).await;
        assert_eq!(file.text.lines().count(), 7, "{}", file.text);
    })
    .await;
}

#[tokio::test]
async fn changes_are_found_by_several_values_and_what_no_index_finds_is_refused_with_what_can_be_asked() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let (ann, bob) = (server.member(&tenant, "ann", &[]).await, server.member(&tenant, "bob", &[]).await);
        for user in [&ann, &bob] {
            server.clock.advance(Duration::from_secs(1));
            blocked(&server, &admin, user, 1).await;
        }
        let reader = server.application(tenant.id, &[Permission::AuditLogReadAll]);
        let whom = |row: &Value| row["targetResources"][0]["displayName"].as_str().unwrap_or_default().to_owned();
        let done = "activityDisplayName in ('Disable account','Enable account')";
        for (filter, found) in [
            (done.to_owned(), "bob, ann"),
            (format!("{done} and (category eq 'Policy' or category eq 'UserManagement')"), "bob, ann"),
            (format!("{done} and category in ('Policy','RoleManagement')"), ""),
            (format!("{done} and activityDateTime lt {}", rfc3339(server.clock.now())), "ann"),
            (format!("{done} and activityDateTime gt {}", rfc3339(server.clock.now())), ""),
            (format!("{done} and activityDateTime le 9999-12-31T23:59:59Z"), "bob, ann"),
            (format!("{done} and result in ('success','timeout')"), "bob, ann"),
            (format!("{done} and result eq 'timeout'"), ""),
            (format!("{done} and targetResources/any(t:t/id eq '{}' or t/id eq '{}')", ann.id, bob.id), "bob, ann"),
        ] {
            let whole = page(&server, &reader, &format!("{CHANGES}?$filter={filter}")).await;
            assert_eq!(rows(&whole, whom).join(", "), found, "{filter}");
        }
        for (path, target, told) in [
            (format!("{CHANGES}?$filter=not (category eq 'Policy')"), "$filter", "joined by 'and'"),
            (format!("{CHANGES}?$filter=category ne 'Policy'"), "category", "It takes eq and in."),
            (format!("{CHANGES}?$filter=id eq 'x'"), "id", "filtered by activityDateTime"),
            (format!("{SIGN_INS}?$filter=appId eq '{}' or userId eq '{}'", ann.id, bob.id), "$filter", "one property"),
            (format!("{SIGN_INS}?$filter=status/errorCode ne 50126"), "status/errorCode", "ne 0 and gt 0"),
        ] {
            let answer = server.api_as(&reader, Method::GET, &path.replace(' ', "%20"), &Value::Null).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}: {}", answer.text);
            let body = answer.json();
            let error = &body["error"];
            assert_eq!(
                (&error["code"], &error["target"]),
                (&Value::from("Request_UnsupportedQuery"), &Value::from(target))
            );
            assert!(error["message"].as_str().is_some_and(|message| message.contains(told)), "{path}: {error}");
        }
    })
    .await;
}
