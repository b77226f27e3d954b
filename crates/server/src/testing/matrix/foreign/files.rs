//! Files hold nothing of another tenant (security check T1).

use super::super::table::{Kind, PORTAL, api};
use super::{Two, get};
use crate::graph::Role;
use crate::testing::{on_both_engines, person};
use axum::http::Method;
use serde_json::Value;

/// The files of a route: in each form it has.
fn files(template: &str) -> Vec<String> {
    if template.contains("{format}") {
        ["csv", "jsonl"].map(|format| template.replace("{format}", format)).to_vec()
    } else {
        vec![template.to_owned()]
    }
}

#[tokio::test]
async fn t1_no_exported_file_holds_anything_of_another_tenant() {
    on_both_engines(async |server| {
        let two = Two::new(&server).await;
        let people = two.ours.people(&server).await;
        let administrator = people.iter().find(|(kind, ..)| *kind == Kind::Holder(Role::GlobalAdministrator));
        let (_, administrator, _) = administrator.expect("an administrator");
        let browser = server.signed_in(administrator).await;
        server.flush_sign_ins().await;
        // Guests of both have read something, so that no log is empty.
        for world in [&two.theirs, &two.ours] {
            get(&server, &person(&world.guest, Vec::new()), "/v1.0/me").await;
        }
        server.flush_reads().await;
        let mut taken = 0;
        for template in api().chain(PORTAL).filter_map(|row| row.route.strip_prefix("GET ")) {
            if !template.contains("/as/") && !template.ends_with("/{format}") {
                continue;
            }
            for file in files(template) {
                let path = two.ours.path(&file);
                let answer = if template.starts_with("/portal/") {
                    browser.get(&path).await
                } else {
                    server.api_as(&two.ours.administrator, Method::GET, &path, &Value::Null).await
                };
                assert_eq!(answer.status, 200, "{file}: {}", answer.text);
                assert!(!answer.text.trim().is_empty(), "{file} holds something of our own: {}", answer.text);
                assert_eq!(two.theirs.shown_in(&answer.text), None, "{file}: {}", answer.text);
                taken += 1;
            }
        }
        assert!(taken >= 13, "three logs at both places in both forms, and the users: {taken}");
    })
    .await;
}
