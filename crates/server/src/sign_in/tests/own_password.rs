//! Changing one's own password by the API, and guessing at it.

use super::{PASSWORD, change, has_arrived, headers_of, is_signed_in, member, sign_in};
use crate::graph::{Actor, Caller, Permission, Role, caller};
use crate::platform::ids::ClientId;
use crate::sign_in::password;
use crate::testing::{Answer, TestServer, on_both_engines, person};
use crate::users::{self, User};
use axum::http::Method;
use database::sql;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

const NEW: &str = "a longer new password";
const OWN: &str = "/v1.0/me/changePassword";

/// The person through an app with these scopes.
fn through_an_app(user: &User, scopes: &[Permission]) -> Caller {
    let mut caller = person(user, Vec::new());
    if let Actor::User(person) = &mut caller.actor {
        person.delegated = Some(caller::Delegated { client: ClientId(Uuid::nil()), permissions: scopes.to_vec() });
    }
    caller
}

async fn ask(server: &TestServer, caller: &Caller, path: &str, current: &str, new: &str) -> Answer {
    let body = json!({ "currentPassword": current, "newPassword": new });
    server.api_as(caller, Method::POST, path, &body).await
}

/// Status, and the property that a refusal names.
fn refusal(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["error"]["target"].as_str().unwrap_or_default().to_owned())
}

/// What the audit says of changed passwords, the oldest first.
async fn told(server: &TestServer, user: &User) -> Vec<(String, String)> {
    let mut tx = server.read().await.expect("a connection");
    let rows: Vec<(String, Option<String>)> = tx
        .query(sql!(
            "SELECT result, reason FROM directory_audit
             WHERE tenant_id = $1 AND target_id = $2 AND activity = 'Change user password' ORDER BY at, id"
        ))
        .bind(user.tenant_id)
        .bind(user.id)
        .fetch_all()
        .await
        .expect("the audit");
    rows.into_iter().map(|(result, reason)| (result, reason.unwrap_or_default())).collect()
}

async fn stored(server: &TestServer, user: &User) -> User {
    let mut tx = server.read().await.expect("a connection");
    users::store::find(&mut tx, user.tenant_id, user.id).await.expect("an answer").expect("a user")
}

#[tokio::test]
async fn who_knows_the_password_sets_another_and_every_session_ends() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = member(&server, &tenant, "mara").await;
        let browser = server.browser();
        sign_in(&server, &tenant, &browser, "mara@contoso.example", PASSWORD).await;
        assert!(is_signed_in(&server, &headers_of(&browser), &user).await);
        let before = stored(&server, &user).await;
        server.clock.advance(Duration::from_secs(1));

        let caller = through_an_app(&user, &[Permission::UserReadWrite]);
        assert_eq!(refusal(&ask(&server, &caller, OWN, "not the password", NEW).await).0, 400);
        assert!(is_signed_in(&server, &headers_of(&browser), &user).await, "a wrong password ends nothing");
        server.clock.advance(Duration::from_secs(1));
        let answer = ask(&server, &caller, OWN, PASSWORD, NEW).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""));

        assert!(!is_signed_in(&server, &headers_of(&browser), &user).await);
        let after = stored(&server, &user).await;
        assert!(after.sessions_valid_from > before.sessions_valid_from, "what apps hold is void");
        assert_eq!(after.password_changed_at, Some(server.clock.now()));
        let another = server.browser();
        sign_in(&server, &tenant, &another, "mara@contoso.example", PASSWORD).await;
        assert!(!has_arrived(&another));
        sign_in(&server, &tenant, &another, "mara@contoso.example", NEW).await;
        assert!(has_arrived(&another));
        let rows = told(&server, &user).await;
        let rows: Vec<_> = rows.iter().map(|(result, reason)| (result.as_str(), reason.as_str())).collect();
        assert_eq!(rows, [("failure", "The password is wrong"), ("success", "")]);
    })
    .await;
}

#[tokio::test]
async fn a_new_password_follows_the_rules_and_the_body_says_both() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = member(&server, &tenant, "mara").await;
        let caller = person(&user, Vec::new());
        let long = "x".repeat(password::LONGEST + 1);
        for new in ["too short", &long, PASSWORD] {
            let answer = ask(&server, &caller, OWN, PASSWORD, new).await;
            assert_eq!(refusal(&answer), (400, "newPassword".to_owned()), "{}", answer.text);
        }
        for (body, property) in [
            (json!({}), "currentPassword"),
            (json!({ "currentPassword": PASSWORD }), "newPassword"),
            (json!({ "currentPassword": PASSWORD, "newPassword": 1 }), "newPassword"),
            (json!({ "currentPassword": PASSWORD, "newPassword": NEW, "more": 1 }), "more"),
        ] {
            let answer = server.api_as(&caller, Method::POST, OWN, &body).await;
            assert_eq!(refusal(&answer), (400, property.to_owned()), "{}", answer.text);
        }
        assert!(told(&server, &user).await.is_empty(), "no try was counted");
        assert_eq!(stored(&server, &user).await.password_hash, user.password_hash);
    })
    .await;
}

#[tokio::test]
async fn t3_nobody_changes_the_password_of_somebody_else_with_it() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (user, other) = (member(&server, &tenant, "mara").await, member(&server, &tenant, "lena").await);
        let path = |key: &str| format!("/v1.0/users/{key}/changePassword");
        let theirs = path(&other.id.to_string());
        let administrator = person(&user, vec![Role::GlobalAdministrator]);
        let program = server.application(tenant.id, Permission::ALL);
        for caller in [&person(&user, Vec::new()), &administrator, &program] {
            let answer = ask(&server, caller, &theirs, PASSWORD, NEW).await;
            assert_eq!(answer.status, 403, "{}", answer.text);
        }
        let nobody = path(&server.entropy.random_uuid().to_string());
        assert_eq!(ask(&server, &administrator, &nobody, PASSWORD, NEW).await.status, 404);
        let answer = ask(&server, &program, OWN, PASSWORD, NEW).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["error"]["code"]), (400, &Value::from("BadRequest")));
        let reader = through_an_app(&user, &[Permission::UserRead, Permission::UserReadAll]);
        assert_eq!(ask(&server, &reader, OWN, PASSWORD, NEW).await.status, 403);
        assert_eq!(stored(&server, &other).await.password_hash, other.password_hash);

        let own = through_an_app(&user, &[Permission::UserReadWrite]);
        assert_eq!(ask(&server, &own, &path("MARA@contoso.example"), PASSWORD, NEW).await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn whoever_signs_in_without_a_password_has_none_to_change() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let guest = server.guest(&tenant, "sam@fabrikam.example").await;
        let none = server.member(&tenant, "none", &[]).await;
        for user in [&guest, &none] {
            let answer = ask(&server, &person(user, Vec::new()), OWN, PASSWORD, NEW).await;
            assert_eq!(refusal(&answer), (400, "currentPassword".to_owned()), "{}", answer.text);
            assert_eq!(stored(&server, user).await.password_hash, None);
        }
        // A guest to whom a password was given before they were invited does not change it either.
        let hash = Some(password::hash(&server, PASSWORD).await.expect("a hash"));
        let guest = change(&server, User { password_hash: hash.clone(), ..guest }).await;
        assert_eq!(ask(&server, &person(&guest, Vec::new()), OWN, PASSWORD, NEW).await.status, 400);
        assert_eq!(stored(&server, &guest).await.password_hash, hash);
    })
    .await;
}

#[tokio::test]
async fn o5_guessing_with_a_stolen_token_is_stopped_as_at_the_sign_in() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = member(&server, &tenant, "mara").await;
        let caller = through_an_app(&user, &[Permission::UserReadWrite]);
        let mut statuses = Vec::new();
        for _ in 0..12 {
            let answer = ask(&server, &caller, OWN, "a wrong guess", NEW).await;
            if answer.status == 429 {
                let seconds: u64 = answer.header("retry-after").parse().expect("seconds");
                assert!((1..=15 * 60).contains(&seconds), "{seconds}");
            }
            statuses.push(answer.status.as_u16());
        }
        assert_eq!(statuses, [[400_u16; 10].as_slice(), &[429; 2]].concat());
        assert_eq!(ask(&server, &caller, OWN, PASSWORD, NEW).await.status, 429, "the right one does not help now");
        let rows = told(&server, &user).await;
        assert_eq!(rows.len(), 11, "ten wrong ones, and once that there were too many: {rows:?}");
        let crowded = rows.iter().filter(|(_, reason)| reason == "There were too many tries").count();
        assert_eq!(crowded, 1, "{rows:?}");

        server.clock.advance(Duration::from_mins(15));
        assert_eq!(ask(&server, &caller, OWN, PASSWORD, NEW).await.status, 204);
        // What was right gives the tries back.
        for _ in 0..10 {
            assert_eq!(ask(&server, &caller, OWN, "a wrong guess", PASSWORD).await.status, 400);
        }
    })
    .await;
}
