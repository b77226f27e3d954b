//! Files for spreadsheets run nothing, whatever people, groups and apps are called (security check X1).

use super::table::{PORTAL, api};
use crate::applications::Changes;
use crate::audit::sign_in::{self, SignIn};
use crate::audit::{self, Activity, Outcome, Target};
use crate::graph::{Caller, Role};
use crate::tenants::Tenant;
use crate::testing::{FORMULAS, TestServer, cells, on_both_engines, person, runs};
use crate::users::{self, ExternalUserState, User};
use axum::http::Method;
use database::sql;
use serde_json::{Value, json};
use uuid::Uuid;

/// Calls a guest, a group and an app by a name. The guest signs in, is changed, and reads something.
async fn called(server: &TestServer, tenant: &Tenant, admin: &Caller, (number, name): (usize, &str)) {
    let guest = server.guest(tenant, &format!("guest{number}@fabrikam.example")).await;
    let guest = User { display_name: name.to_owned(), external_user_state: Some(ExternalUserState::Accepted), ..guest };
    let app = server.app(tenant, &format!("App {number}"), Changes::default()).await;
    let group = json!({
        "displayName": format!("Group {number}"),
        "mailNickname": format!("group{number}"),
        "mailEnabled": false,
        "securityEnabled": true,
    });
    let group = server.api_as(admin, Method::POST, "/v1.0/groups", &group).await;
    assert_eq!(group.status, 201, "{}", group.text);
    let group: Uuid = group.json()["id"].as_str().expect("an id").parse().expect("an id");

    let mut tx = server.write().await.expect("a transaction");
    assert!(users::store::update(&mut tx, &guest, server.clock.now()).await.expect("an answer"));
    // Past the forms, which may not take all of these names.
    let app = app.registered.application.id.0;
    for (statement, id) in [
        (sql!("UPDATE directory_group SET display_name = $2 WHERE tenant_id = $1 AND id = $3"), group),
        (sql!("UPDATE application SET display_name = $2 WHERE tenant_id = $1 AND id = $3"), app),
    ] {
        let renamed = tx.query(statement).bind(tenant.id).bind(name.to_owned()).bind(id).execute().await;
        assert_eq!(renamed.expect("an answer"), 1);
    }
    let row = guest.logged(SignIn { is_interactive: true, ..SignIn::default() });
    sign_in::record(&mut tx, server, tenant.id, row).await.expect("a sign-in");
    let target = Target::new("User", guest.id.0, name.to_owned());
    let change = audit::record(&mut tx, server, admin, Activity::DisableAccount, &Outcome::Success, &target, &[]);
    change.await.expect("a change");
    tx.commit().await.expect("a commit");
    server.api_as(&person(&guest, Vec::new()), Method::GET, "/v1.0/me", &Value::Null).await;
}

#[tokio::test]
async fn x1_no_cell_of_any_file_for_spreadsheets_is_a_formula() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let admin = person(&ines, vec![Role::GlobalAdministrator]);
        let mut list = "email,displayName\n".to_owned();
        for (number, name) in FORMULAS.into_iter().enumerate() {
            called(&server, &tenant, &admin, (number, name)).await;
            list.push_str(&format!("no address {number},\"{}\"\n", name.replace('"', "\"\"")));
        }
        server.flush_reads().await;
        let sent = server.api_as(&admin, Method::POST, "/vestibule/v1/bulkInvitations", &json!(list)).await;
        assert_eq!(sent.status, 201, "{}", sent.text);
        let sent = sent.json();
        let bulk = sent["id"].as_str().expect("an id");

        let browser = server.signed_in(&ines).await;
        let mut taken = 0;
        for row in api().chain(PORTAL).filter(|row| row.is_spreadsheet()) {
            let template = row.route.trim_start_matches("GET ").replace("{tenant}", "contoso.example");
            let path = template.replace("{format}", "csv").replace("{id}", bulk);
            let file = if path.starts_with("/portal/") {
                browser.get(&path).await
            } else {
                server.api_as(&admin, Method::GET, &path, &Value::Null).await
            };
            assert_eq!(file.status, 200, "{path}: {}", file.text);
            assert!(file.header("content-type").starts_with("text/csv"), "{path}");
            let rows = cells(&file.text);
            let all: Vec<&String> = rows.iter().flatten().collect();
            for name in FORMULAS {
                assert!(all.contains(&&format!("'{name}")), "{path} {name:?}: {}", file.text);
            }
            assert_eq!(all.iter().find(|cell| runs(cell)), None, "{path}");
            assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{path}: rows of different length");
            taken += 1;
        }
        assert!(taken >= 11, "three logs and the failures at both places, and three lists: {taken}");
    })
    .await;
}
