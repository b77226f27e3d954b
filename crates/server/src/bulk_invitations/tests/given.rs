//! Groups and roles of apps that the rows of a file give.

use super::{carry_out, failures, get, post, results, send};
use crate::applications::Changes;
use crate::graph::{Caller, Role};
use crate::testing::{TestServer, on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};

async fn made(server: &TestServer, caller: &Caller, path: &str, body: Value) -> Value {
    let answer = server.api_as(caller, Method::POST, path, &body).await;
    assert_eq!(answer.status, 201, "{path}: {}", answer.text);
    answer.json()
}

/// Makes a group; its id.
async fn group(server: &TestServer, caller: &Caller, name: &str) -> String {
    let body = json!({ "displayName": name, "mailNickname": "g", "mailEnabled": false, "securityEnabled": true });
    made(server, caller, "/v1.0/groups", body).await["id"].as_str().expect("an id").to_owned()
}

/// An app that people can open, with one role for them; the id of its service principal.
async fn app(server: &TestServer, caller: &Caller) -> String {
    let role = json!({
        "id": "6f1c1c0e-3d1a-4a55-9a7e-0d6f4c2b1a01", "displayName": "Approver of expenses", "value": "Approver",
        "description": "Approves", "allowedMemberTypes": ["User"], "isEnabled": true,
    });
    let body = json!({
        "displayName": "Expenses", "web": { "redirectUris": ["https://app.example/cb"] }, "appRoles": [role],
    });
    let app = made(server, caller, "/v1.0/applications", body).await;
    let principal = made(server, caller, "/v1.0/servicePrincipals", json!({ "appId": app["appId"] })).await;
    principal["id"].as_str().expect("an id").to_owned()
}

/// The names of a list of the API.
async fn names(server: &TestServer, caller: &Caller, path: &str, name: &str) -> Vec<String> {
    let found = server.api_as(caller, Method::GET, path, &Value::Null).await.json();
    let items = found["value"].as_array().expect("a list").iter();
    items.filter_map(|item| item[name].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn guests_of_a_file_belong_to_its_groups_and_hold_its_roles_and_nothing_is_sent_twice() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let (auditors, readers) = (group(&server, &admin, "Auditors").await, group(&server, &admin, "Readers").await);
        let expenses = app(&server, &admin).await;
        let file = format!(
            "email,groups,appRoles\n\
             sam@partner.example,auditors; {readers},Expenses: approver\n\
             ana@partner.example,,\n"
        );
        let bulk = carry_out(&server, &admin, &file).await;
        let invited = |line: i64| (line, "invited".to_owned());
        assert_eq!(results(&server, &admin, &bulk).await, [invited(2), invited(3)]);
        for group in [&auditors, &readers] {
            let path = format!("/v1.0/groups/{group}/members");
            assert_eq!(names(&server, &admin, &path, "mail").await, ["sam@partner.example"]);
        }
        let assigned = format!("/v1.0/servicePrincipals/{expenses}/appRoleAssignedTo");
        assert_eq!(
            names(&server, &admin, &assigned, "appRoleId").await,
            ["6f1c1c0e-3d1a-4a55-9a7e-0d6f4c2b1a01"],
            "only sam holds the role"
        );
        let rows = get(&server, &admin, &bulk, "/rows").await;
        assert_eq!(rows["value"][0]["appRoles"], "Expenses: approver");
        assert_eq!(server.mailbox().len(), 2);

        let again = carry_out(&server, &admin, &file).await;
        let known = |line: i64| (line, "alreadyInvited".to_owned());
        assert_eq!(results(&server, &admin, &again).await, [known(2), known(3)]);
        // The same groups in another order ask for the same.
        let turned =
            format!("appRoles,email,groups\nEXPENSES: Approver,sam@partner.example,{readers};AUDITORS;auditors\n");
        let again = carry_out(&server, &admin, &turned).await;
        assert_eq!(results(&server, &admin, &again).await, [known(2)]);
        assert_eq!(server.mailbox().len(), 2);
        // Another group is something else that is asked for.
        let more = "email,groups\nsam@partner.example,Auditors\n";
        let again = carry_out(&server, &admin, more).await;
        assert_eq!(results(&server, &admin, &again).await, [invited(2)]);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_given_is_an_error_of_its_row_alone() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        for name in ["Twins", "twins"] {
            group(&server, &admin, name).await;
        }
        app(&server, &admin).await;
        let many = ["Twins"; 21].join(";");
        let file = format!(
            "email,groups,appRoles\n\
             a@partner.example,Nowhere,\n\
             b@partner.example,Twins,\n\
             c@partner.example,{many},\n\
             d@partner.example,,Expenses\n\
             e@partner.example,,Expenses: Owner\n\
             f@partner.example,,Nowhere\n\
             g@partner.example,,\n"
        );
        let bulk = send(&server, &admin, &file).await;
        server.run_due_jobs().await;
        let rows = get(&server, &admin, &bulk, "/rows").await;
        let problems: Vec<_> =
            rows["value"].as_array().expect("rows").iter().map(|row| row["problem"].as_str()).collect();
        assert_eq!(
            problems,
            [
                Some("groups: Nowhere: there is no group of this name"),
                Some("groups: Twins: several groups have this name; write the id of one"),
                Some("at most 20 groups and roles are given with one invitation"),
                Some("appRoles: Expenses: the app has roles; write the name of one behind a colon"),
                Some("appRoles: Expenses: Owner: the app has no such role for people"),
                Some("appRoles: Nowhere: there is no app of this name that people can open"),
                None,
            ]
        );
        assert_eq!(post(&server, &admin, &bulk, "start").await.0, 200);
        server.run_due_jobs().await;
        assert_eq!(server.mailbox().len(), 1, "the row that can be carried out is");
        let file = failures(&server, &admin, &bulk).await;
        assert!(file.contains("\"groups\",\"appRoles\"") && file.contains("\"Expenses: Owner\""), "{file}");
    })
    .await;
}

#[tokio::test]
async fn a_file_gives_no_more_than_its_sender_may() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let auditors = group(&server, &admin, "Auditors").await;
        app(&server, &admin).await;
        let inviter = server.member(&tenant, "inviter", &[Role::GuestInviter]).await;
        let inviter = person(&inviter, vec![Role::GuestInviter]);
        let file = "email,groups,appRoles\na@partner.example,Auditors,\nb@partner.example,,Expenses: Approver\n\
                    c@partner.example,,\n";
        let bulk = carry_out(&server, &inviter, file).await;
        let result = |line: i64, result: &str| (line, result.to_owned());
        assert_eq!(
            results(&server, &inviter, &bulk).await,
            [result(2, "failed"), result(3, "failed"), result(4, "invited")]
        );
        let text = failures(&server, &inviter, &bulk).await;
        assert!(text.contains("you may not give roles of apps"), "{text}");
        assert!(names(&server, &admin, &format!("/v1.0/groups/{auditors}/members"), "id").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_owner_gives_the_guests_of_a_file_roles_of_their_own_app() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let own = app(&server, &admin).await;
        server.app(&tenant, "Payroll", Changes::default()).await;
        let ada = server.member(&tenant, "ada", &[Role::GuestInviter]).await;
        let owner = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", ada.id) });
        let owners = format!("/v1.0/servicePrincipals/{own}/owners/$ref");
        assert_eq!(server.api_as(&admin, Method::POST, &owners, &owner).await.status, 204);
        let ada = person(&ada, vec![Role::GuestInviter]);
        let file = "email,appRoles\na@partner.example,Expenses: Approver\nb@partner.example,Payroll\n";
        let bulk = carry_out(&server, &ada, file).await;
        let result = |line: i64, result: &str| (line, result.to_owned());
        assert_eq!(results(&server, &ada, &bulk).await, [result(2, "invited"), result(3, "failed")]);
        let text = failures(&server, &ada, &bulk).await;
        assert!(text.contains("you look after no app of this name that people can open"), "{text}");
        let assigned = format!("/v1.0/servicePrincipals/{own}/appRoleAssignedTo");
        assert_eq!(names(&server, &admin, &assigned, "principalDisplayName").await.len(), 1);
    })
    .await;
}
