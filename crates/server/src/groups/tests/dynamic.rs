//! Groups whose members follow from a rule.

use super::{add, body, call, column, get, refusal};
use crate::audit::{ChangeFilter, store as audit};
use crate::graph::Caller;
use crate::groups::operations::{MOST_RULES, follow_rules};
use crate::groups::{Group, store};
use crate::platform::ids::GroupId;
use crate::testing::{TestServer, on_both_engines};
use axum::http::Method;
use serde_json::{Value, json};

const GUESTS: &str = "(user.userType -eq \"Guest\")";

/// Makes a group that follows a rule; its path.
async fn dynamic(server: &TestServer, caller: &Caller, rule: &str) -> String {
    let further = json!({ "groupTypes": ["DynamicMembership"], "membershipRule": rule });
    let made = call(server, caller, Method::POST, "/v1.0/groups", body("Dynamic", &further)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.json()["membershipRuleProcessingState"], "On");
    format!("/v1.0/groups/{}", made.json()["id"].as_str().expect("an id"))
}

async fn members(server: &TestServer, caller: &Caller, path: &str) -> Vec<String> {
    let mut names = column(&get(server, caller, &format!("{path}/members?$select=mail")).await, "mail");
    names.sort();
    names
}

/// What our own API says of the evaluation.
async fn evaluation(server: &TestServer, caller: &Caller, path: &str) -> Value {
    get(server, caller, &path.replace("/v1.0/", "/vestibule/v1/")).await.json()["evaluation"].clone()
}

async fn patch(server: &TestServer, caller: &Caller, path: &str, body: Value) {
    let answer = call(server, caller, Method::PATCH, path, body).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
}

#[tokio::test]
async fn a_rule_decides_at_once_and_follows_what_changes() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let sam = server.guest(&tenant, "sam@partner.example").await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let path = dynamic(&server, &admin, GUESTS).await;
        assert!(members(&server, &admin, &path).await.is_empty());
        assert_eq!(evaluation(&server, &admin, &path).await["state"], "waiting");
        assert!(follow_rules(&server).await.expect("followed") > 0);
        assert_eq!(members(&server, &admin, &path).await, ["sam@partner.example"], "a pending guest is evaluated");
        let done = evaluation(&server, &admin, &path).await;
        assert_eq!((&done["state"], &done["evaluatedDateTime"]), (&json!("done"), &json!("2026-11-23T09:00:00Z")));
        follow_rules(&server).await.expect("followed");
        assert_eq!(follow_rules(&server).await.expect("nothing"), 0, "nothing is left to do");

        server.guest(&tenant, "new@partner.example").await;
        patch(&server, &admin, &format!("/v1.0/users/{}", ada.id), json!({ "userType": "Guest" })).await;
        patch(&server, &admin, &format!("/v1.0/users/{}", sam.id), json!({ "userType": "Member" })).await;
        follow_rules(&server).await.expect("followed");
        assert_eq!(members(&server, &admin, &path).await, ["ada@contoso.example", "new@partner.example"]);

        let mut tx = server.read().await.expect("a connection");
        let everything = ChangeFilter::default();
        let rows = audit::list_changes(&mut tx, tenant.id, &everything, None, 1000).await.expect("the audit");
        drop(tx);
        let told = |activity: &str| rows.iter().filter(|row| row.activity == activity).count();
        assert_eq!((told("Add member to group"), told("Remove member from group")), (3, 1));

        let gone = call(&server, &admin, Method::DELETE, &format!("/v1.0/users/{}", ada.id), Value::Null).await;
        assert_eq!(gone.status, 204);
        follow_rules(&server).await.expect("followed");
        assert_eq!(members(&server, &admin, &path).await, ["new@partner.example"]);
    })
    .await;
}

#[tokio::test]
async fn nobody_adds_or_removes_members_of_a_rule_by_hand() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let sam = server.guest(&tenant, "sam@partner.example").await;
        let ada = server.member(&tenant, "ada", &[]).await.id;
        let path = dynamic(&server, &admin, GUESTS).await;
        follow_rules(&server).await.expect("followed");
        let id = path.rsplit('/').next().expect("an id");
        let refused = add(&server, &admin, id, ada).await;
        assert_eq!(refusal(&refused).0, 400);
        assert!(refusal(&refused).2.contains("membershipRule"), "{}", refused.text);
        let gone = call(&server, &admin, Method::DELETE, &format!("{path}/members/{}/$ref", sam.id), Value::Null).await;
        assert_eq!(refusal(&gone).0, 400);
        let bound = json!({ "members@odata.bind": [format!("users/{ada}")] });
        assert_eq!(refusal(&call(&server, &admin, Method::PATCH, &path, bound).await).0, 400);
        let owner = json!({ "@odata.id": format!("users/{ada}") });
        let owned = call(&server, &admin, Method::POST, &format!("{path}/owners/$ref"), owner).await;
        assert_eq!(owned.status, 204, "owners are chosen: {}", owned.text);
    })
    .await;
}

#[tokio::test]
async fn a_rule_is_paused_changed_and_given_up() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        server.guest(&tenant, "sam@partner.example").await;
        let inner = super::group(&server, &admin, "Inner").await;
        let path = dynamic(&server, &admin, GUESTS).await;
        follow_rules(&server).await.expect("followed");
        patch(&server, &admin, &path, json!({ "membershipRuleProcessingState": "Paused" })).await;
        server.guest(&tenant, "new@other.example").await;
        follow_rules(&server).await.expect("followed");
        assert_eq!(members(&server, &admin, &path).await, ["sam@partner.example"], "nobody comes or goes");
        assert_eq!(evaluation(&server, &admin, &path).await["state"], "paused");
        patch(&server, &admin, &path, json!({ "membershipRuleProcessingState": "On" })).await;
        follow_rules(&server).await.expect("followed");
        assert_eq!(members(&server, &admin, &path).await, ["new@other.example", "sam@partner.example"]);
        let rule = json!({ "membershipRule": "user.mail -match \"@other\\.example$\"" });
        patch(&server, &admin, &path, rule).await;
        follow_rules(&server).await.expect("followed");
        assert_eq!(members(&server, &admin, &path).await, ["new@other.example"]);

        patch(&server, &admin, &path, json!({ "groupTypes": [] })).await;
        let read = get(&server, &admin, &path).await.json();
        assert_eq!((&read["membershipRule"], &read["membershipRuleProcessingState"]), (&Value::Null, &Value::Null));
        assert_eq!(members(&server, &admin, &path).await, ["new@other.example"], "who belongs to it stays");
        assert_eq!(evaluation(&server, &admin, &path).await, Value::Null);
        let id = path.rsplit('/').next().expect("an id");
        assert_eq!(add(&server, &admin, id, &inner).await.status, 204, "members are chosen again");
        let back = json!({ "groupTypes": ["DynamicMembership"], "membershipRule": GUESTS });
        patch(&server, &admin, &path, back).await;
        follow_rules(&server).await.expect("followed");
        let kinds = column(&get(&server, &admin, &format!("{path}/members")).await, "@odata.type");
        assert_eq!(kinds, ["#microsoft.graph.user"; 2], "a rule speaks of users only");
    })
    .await;
}

#[tokio::test]
async fn a_rule_that_is_read_again_shows_no_old_error() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        server.guest(&tenant, "sam@partner.example").await;
        let path = dynamic(&server, &admin, GUESTS).await;
        let id: GroupId = path.rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id");
        follow_rules(&server).await.expect("followed");
        // Everybody is looked at anew because the log has dropped what was not read, or an evaluation goes on that had failed.
        for is_every in [true, false] {
            let mut tx = server.write().await.expect("a transaction");
            let before =
                store::find_evaluation(&mut tx, tenant.id, id).await.expect("an answer").expect("an evaluation");
            let error = Some("it was not read".to_owned());
            let failed = store::Evaluation { is_pending: !is_every, behind: None, error, ..before };
            store::update_evaluation(&mut tx, tenant.id, &failed).await.expect("written");
            if is_every {
                store::request_every_evaluation(&mut tx, tenant.id).await.expect("written");
            }
            tx.commit().await.expect("a commit");
            let state = if is_every { "waiting" } else { "failed" };
            assert_eq!(evaluation(&server, &admin, &path).await["state"], state);
            assert!(follow_rules(&server).await.expect("followed") > 0);
            let done = evaluation(&server, &admin, &path).await;
            assert_eq!((&done["state"], &done["error"]), (&json!("done"), &Value::Null));
            assert_eq!(members(&server, &admin, &path).await, ["sam@partner.example"]);
        }
    })
    .await;
}

#[tokio::test]
async fn more_users_than_one_transaction_decides_about_are_all_decided_about() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        for at in 0..205 {
            server.member(&tenant, &format!("p{at}"), &[]).await;
        }
        let path = dynamic(&server, &admin, "user.displayName -startsWith \"P\"").await;
        assert!(follow_rules(&server).await.expect("followed") >= 2);
        let first = get(&server, &admin, &format!("{path}/members?$top=999&$select=id")).await;
        assert_eq!(column(&first, "id").len(), 205);
        for at in 0..205 {
            server.member(&tenant, &format!("px{at}"), &[]).await;
        }
        follow_rules(&server).await.expect("followed");
        let all = get(&server, &admin, &format!("{path}/members?$top=999&$select=id")).await;
        assert_eq!(column(&all, "id").len(), 410);
    })
    .await;
}

#[tokio::test]
async fn what_few_users_have_is_part_of_the_language() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = server.member(&tenant, "ada", &[]).await;
        let rules = [
            r#"user.city -eq "lisbon""#,
            r#"user.country -eq "Portugal" -and user.postalCode -startsWith "1100""#,
            r#"user.employeeId -in ["17", "18"]"#,
            r#"user.extensionAttribute15 -contains "project""#,
            r#"user.facsimileTelephoneNumber -ne null -and user.state -eq null"#,
        ];
        let mut paths = Vec::new();
        for rule in rules {
            paths.push(dynamic(&server, &admin, rule).await);
        }
        let body = json!({
            "city": "Lisbon", "country": "Portugal", "postalCode": "1100-053", "employeeId": "17", "faxNumber": "+351 1",
            "onPremisesExtensionAttributes": { "extensionAttribute15": "a Project" },
        });
        patch(&server, &admin, &format!("/v1.0/users/{}", ada.id), body).await;
        follow_rules(&server).await.expect("followed");
        for (path, rule) in paths.iter().zip(rules) {
            assert_eq!(members(&server, &admin, path).await, ["ada@contoso.example"], "{rule}");
        }
        let gone = json!({ "city": null, "onPremisesExtensionAttributes": { "extensionAttribute15": null } });
        patch(&server, &admin, &format!("/v1.0/users/{}", ada.id), gone).await;
        follow_rules(&server).await.expect("followed");
        assert!(members(&server, &admin, &paths[0]).await.is_empty());
        assert!(members(&server, &admin, &paths[3]).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_apps_added_to_people_is_part_of_the_language() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let ada = format!("/v1.0/users/{}", server.member(&tenant, "ada", &[]).await.id);
        let bob = format!("/v1.0/users/{}", server.member(&tenant, "bob", &[]).await.id);
        let app = json!({ "displayName": "Payroll" });
        let app = call(&server, &admin, Method::POST, "/v1.0/applications", app).await.json()["id"].clone();
        let app = app.as_str().expect("an id");
        let list = format!("/v1.0/applications/{app}/extensionProperties");
        let define = async |body: Value| {
            let made = call(&server, &admin, Method::POST, &list, body).await;
            assert_eq!(made.status, 201, "{}", made.text);
            ["id", "name"].map(|name| made.json()[name].as_str().expect("a text").to_owned())
        };
        let [id, name] = define(json!({ "name": "code", "dataType": "String", "targetObjects": ["User"] })).await;
        let rule = format!("user.{name} -startsWith \"BLUE\"");
        let path = dynamic(&server, &admin, &rule).await;
        let put = async |user: &str, value: Value| patch(&server, &admin, user, json!({ name.as_str(): value })).await;
        put(&ada, json!("blue-1")).await;
        put(&bob, json!("red")).await;
        follow_rules(&server).await.expect("followed");
        assert_eq!(members(&server, &admin, &path).await, ["ada@contoso.example"]);
        put(&bob, json!("Blue-2")).await;
        put(&ada, Value::Null).await;
        follow_rules(&server).await.expect("followed");
        assert_eq!(members(&server, &admin, &path).await, ["bob@contoso.example"]);
        let later = dynamic(&server, &admin, &rule).await;
        follow_rules(&server).await.expect("followed");
        assert_eq!(members(&server, &admin, &later).await, ["bob@contoso.example"], "everybody is looked at");

        // A number, a list and what groups have are no texts of people.
        let mut rules = vec![format!("user.{name}2 -eq \"1\"")];
        for body in [
            json!({ "name": "number", "dataType": "Integer", "targetObjects": ["User"] }),
            json!({ "name": "list", "dataType": "String", "isMultiValued": true, "targetObjects": ["User"] }),
            json!({ "name": "of_groups", "dataType": "String", "targetObjects": ["Group"] }),
        ] {
            let [_, name] = define(body).await;
            rules.push(format!("user.{name} -eq \"1\""));
        }
        let refused = async |method: Method, path: &str, rule: &str| {
            let further = json!({ "groupTypes": ["DynamicMembership"], "membershipRule": rule });
            let sent = if method == Method::POST { body("Dynamic", &further) } else { further };
            let answer = call(&server, &admin, method, path, sent).await;
            assert_eq!(answer.status, 400, "{rule}: {}", answer.text);
            assert_eq!(answer.json()["error"]["target"], "membershipRule", "{rule}");
        };
        for rule in &rules {
            refused(Method::POST, "/v1.0/groups", rule).await;
            refused(Method::PATCH, &path, rule).await;
        }

        // Whose app is deleted and may come back keep their place; a property that is deleted for good is nobody's.
        let gone = format!("/v1.0/applications/{app}");
        assert_eq!(call(&server, &admin, Method::DELETE, &gone, Value::Null).await.status, 204);
        patch(&server, &admin, &bob, json!({ "department": "Sales" })).await;
        follow_rules(&server).await.expect("followed");
        assert_eq!(members(&server, &admin, &path).await, ["bob@contoso.example"]);
        refused(Method::POST, "/v1.0/groups", &rule).await;
        let back = format!("/v1.0/directory/deletedItems/{app}/restore");
        assert_eq!(call(&server, &admin, Method::POST, &back, json!({})).await.status, 200);
        assert_eq!(call(&server, &admin, Method::DELETE, &format!("{list}/{id}"), Value::Null).await.status, 204);
        assert_eq!(crate::extensions::purge(&server).await.expect("a purge"), 1);
        follow_rules(&server).await.expect("followed");
        for path in [&path, &later] {
            assert!(members(&server, &admin, path).await.is_empty());
        }
        patch(&server, &admin, &path, json!({ "description": "It is changed as before." })).await;
    })
    .await;
}

#[tokio::test]
async fn a_rule_that_is_none_and_a_group_that_cannot_have_one_are_refused() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let kind = json!(["DynamicMembership"]);
        for (further, target) in [
            (json!({ "groupTypes": kind }), "membershipRule"),
            (json!({ "groupTypes": kind, "membershipRule": "user.shoeSize -eq \"4\"" }), "membershipRule"),
            (json!({ "groupTypes": kind, "membershipRule": "user.mail -match \"(\"" }), "membershipRule"),
            (json!({ "groupTypes": kind, "membershipRule": "x".repeat(4000) }), "membershipRule"),
            (json!({ "groupTypes": kind, "membershipRule": null }), "membershipRule"),
            (json!({ "membershipRule": GUESTS }), "membershipRule"),
            (json!({ "membershipRuleProcessingState": "On" }), "membershipRuleProcessingState"),
            (
                json!({ "groupTypes": kind, "membershipRule": GUESTS, "membershipRuleProcessingState": "Off" }),
                "membershipRuleProcessingState",
            ),
            (json!({ "groupTypes": kind, "membershipRule": GUESTS, "isAssignableToRole": true }), "groupTypes"),
            (json!({ "groupTypes": ["Other"] }), "groupTypes"),
        ] {
            let answer = call(&server, &admin, Method::POST, "/v1.0/groups", body("Dynamic", &further)).await;
            assert_eq!(answer.status, 400, "{further}: {}", answer.text);
            assert_eq!(answer.json()["error"]["target"], target, "{further}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_organisation_has_so_many_rules_and_no_more() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let path = dynamic(&server, &admin, GUESTS).await;
        let plain = super::group(&server, &admin, "Plain").await;
        let id = path.rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id");
        let mut tx = server.write().await.expect("a transaction");
        let group = store::find(&mut tx, tenant.id, id).await.expect("an answer").expect("the group");
        for _ in 1..MOST_RULES {
            let another = Group { id: GroupId(server.entropy.random_uuid()), ..group.clone() };
            assert!(store::insert(&mut tx, &another).await.expect("a group"));
        }
        tx.commit().await.expect("a commit");

        let rule = json!({
            "groupTypes": ["DynamicMembership"], "membershipRule": GUESTS, "membershipRuleProcessingState": "Paused",
        });
        let refused = |answer: &crate::testing::Answer| {
            let (status, _, message) = refusal(answer);
            assert!(status == 400 && message.contains("at most 500"), "{}", answer.text);
        };
        refused(&call(&server, &admin, Method::POST, "/v1.0/groups", body("One more", &rule)).await);
        refused(&call(&server, &admin, Method::PATCH, &format!("/v1.0/groups/{plain}"), rule.clone()).await);
        patch(&server, &admin, &path, json!({ "membershipRule": "user.accountEnabled -eq true" })).await;
        assert_eq!(call(&server, &admin, Method::DELETE, &path, Value::Null).await.status, 204);
        let made = call(&server, &admin, Method::POST, "/v1.0/groups", body("One more", &rule)).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let back = format!("/v1.0/directory/deletedItems/{}/restore", group.id);
        refused(&call(&server, &admin, Method::POST, &back, json!({})).await);
    })
    .await;
}

#[tokio::test]
async fn more_members_than_one_transaction_adds_are_all_added() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let mut paths = Vec::new();
        for _ in 0..6 {
            paths.push(dynamic(&server, &admin, "user.displayName -startsWith \"P\"").await);
        }
        follow_rules(&server).await.expect("followed");
        // 200 of them times six groups are more than a thousand.
        for at in 0..205 {
            server.member(&tenant, &format!("p{at}"), &[]).await;
        }
        assert!(follow_rules(&server).await.expect("followed") >= 3);
        for path in &paths {
            let all = get(&server, &admin, &format!("{path}/members?$top=999&$select=id")).await;
            assert_eq!(column(&all, "id").len(), 205);
        }
        assert_eq!(follow_rules(&server).await.expect("nothing"), 0);
    })
    .await;
}
