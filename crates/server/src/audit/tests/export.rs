//! The logs as files.

use super::{blocked, contoso, tried};
use crate::audit::{ChangeFilter, store};
use crate::graph::{Permission, Role};
use crate::testing::{FORMULAS, cells, on_both_engines, runs};
use axum::http::{Method, StatusCode};
use serde_json::Value;
use std::time::Duration;

/// X1: what a spreadsheet would run is shown as text, and the other file keeps what was written.
#[tokio::test]
async fn x1_no_cell_of_an_exported_log_is_a_formula_and_json_lines_keep_the_original() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let admin = server.administrator(&tenant).await;
        let ann = server.member(&tenant, "ann", &[]).await;
        for (number, name) in (1..).zip(FORMULAS) {
            let mut hostile = ann.clone();
            name.clone_into(&mut hostile.display_name);
            tried(&server, &hostile, number, 50126).await;
            blocked(&server, &admin, &hostile, number).await;
        }
        let reader = server.application(tenant.id, &[Permission::AuditLogReadAll]);
        for log in ["signIns", "directoryAudits"] {
            let path = format!("/vestibule/v1/auditLogs/{log}/csv");
            let file = server.api_as(&reader, Method::GET, &path, &Value::Null).await;
            assert_eq!(file.status, StatusCode::OK, "{}", file.text);
            let rows = cells(&file.text);
            let all: Vec<&String> = rows.iter().flatten().collect();
            for name in FORMULAS {
                assert!(all.contains(&&format!("'{name}")), "{log} {name:?}: {}", file.text);
            }
            assert_eq!(all.iter().find(|cell| runs(cell)), None, "{log}");
            assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{log}: rows of different length");
            let path = format!("/vestibule/v1/auditLogs/{log}/jsonl");
            let file = server.api_as(&reader, Method::GET, &path, &Value::Null).await.text;
            let lines: Vec<Value> = file.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
            let names: Vec<&str> = lines
                .iter()
                .filter_map(|line| {
                    line["userDisplayName"].as_str().or_else(|| line["targetResources"][0]["displayName"].as_str())
                })
                .collect();
            assert!(FORMULAS.iter().all(|name| names.contains(name)), "{log}: {names:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_holds_what_the_filter_shows_in_many_parts_and_the_audit_says_who_took_it() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let user = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        let ann = server.member(&tenant, "ann", &[]).await;
        // More than two parts of 500, some of one instant.
        for number in 0..1_203_u32 {
            if number % 3 == 0 {
                server.clock.advance(Duration::from_secs(1));
            }
            tried(&server, &ann, number, if number % 2 == 0 { 0 } else { 50126 }).await;
        }
        let browser = server.signed_in(&user).await;
        let file = browser.get("/portal/contoso.example/sign-ins/as/csv?result=no&q=ann").await.text;
        let rows = cells(&file);
        assert_eq!(rows.len(), 1 + 601, "a heading and every refused row");
        let column = |name: &str| rows[0].iter().position(|cell| cell == name).expect("a column");
        assert!(rows[1..].iter().all(|row| row[column("errorCode")] == "50126"));
        let mut ids: Vec<&String> = rows[1..].iter().map(|row| &row[column("id")]).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 601, "every row once");
        let file = browser.get("/portal/contoso.example/sign-ins/as/jsonl?user=".to_owned().as_str()).await;
        assert_eq!(file.status, StatusCode::BAD_REQUEST, "what the page refuses is no file either");
        server.clock.advance(Duration::from_secs(1));
        let all = browser.get(&format!("/portal/contoso.example/sign-ins/as/jsonl?user={}", ann.id)).await.text;
        assert_eq!(all.lines().count(), 1_203);
        let mut tx = server.read().await.expect("a connection");
        let filter = ChangeFilter { activity: Some("Export log".to_owned()), ..ChangeFilter::default() };
        let told = store::list_changes(&mut tx, tenant.id, &filter, None, 10).await.expect("rows");
        assert_eq!(told.len(), 2, "a refused one is none");
        assert_eq!((told[1].initiator_name(), told[1].target_name()), ("ines", "sign-ins"));
        assert_eq!(told[1].pairs(), [("format", "csv"), ("filter", "q=ann&result=no")]);
    })
    .await;
}

#[tokio::test]
async fn the_list_of_users_is_taken_as_it_is_shown() {
    on_both_engines(async |server| {
        let tenant = contoso(&server).await;
        let user = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        for name in ["=ann", "bob"] {
            server.member(&tenant, name, &[]).await;
        }
        let browser = server.signed_in(&user).await;
        let rows = cells(&browser.get("/portal/contoso.example/users/as/csv").await.text);
        let names: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
        assert!(names[0] == "displayName" && names.contains(&"bob") && names.contains(&"'=ann"), "{names:?}");
        let rows = cells(&browser.get("/portal/contoso.example/users/as/csv?kind=guest").await.text);
        assert_eq!(rows.len(), 1);
    })
    .await;
}
