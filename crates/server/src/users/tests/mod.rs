//! Users over the wire, on both engines.

mod aftermath;
mod asked;
mod census;
mod change;
mod create;
mod deleted;
mod found;
mod lambdas;
mod leave;
mod list;
mod ordered;
mod photo;
mod properties;
mod proxy_addresses;
mod rare;
mod read;
mod related;
mod rights;
mod sensitive;
mod sponsor_groups;
mod terms;
mod typed;

use crate::graph::{Actor, Caller, Permission, Role, caller};
use crate::platform::ids::{ClientId, UserId};
use crate::tenants::Tenant;
use crate::testing::{Answer, TestServer, person};
use crate::users::{CreationType, ExternalUserState, Identity, SignInType, User, UserType, store};
use axum::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// Adds a guest who was invited by mail.
async fn guest(server: &TestServer, tenant: &Tenant, name: &str, address: &str) -> User {
    let now = server.clock.now();
    let id = UserId(server.entropy.uuid(now));
    let principal_name = format!("{}#EXT#@{}", address.replace('@', "_"), tenant.initial_domain);
    let mut user = User::member(tenant.id, id, principal_name, name.to_owned(), now);
    user.mail = Some(address.to_owned());
    user.user_type = UserType::Guest;
    user.creation_type = Some(CreationType::Invitation);
    user.external_user_state = Some(ExternalUserState::PendingAcceptance);
    user.external_user_state_changed_at = Some(now);
    let identity = Identity {
        sign_in_type: SignInType::Federated,
        issuer: Identity::MAIL_ISSUER.to_owned(),
        issuer_assigned_id: Some(address.to_owned()),
    };
    let mut tx = server.write().await.expect("a transaction");
    store::insert(&mut tx, &user).await.expect("a user");
    store::insert_identity(&mut tx, tenant.id, id, &identity).await.expect("an identity");
    tx.commit().await.expect("a commit");
    user
}

/// A guest as a caller, at this level.
fn guest_caller(user: &User, level: Uuid) -> Caller {
    let mut caller = person(user, Vec::new());
    if let Actor::User(person) = &mut caller.actor {
        person.level = level;
    }
    caller
}

/// The person through an app that was given these scopes.
fn delegated(mut caller: Caller, permissions: &[Permission]) -> Caller {
    if let Actor::User(person) = &mut caller.actor {
        let client = ClientId(Uuid::nil());
        person.delegated = Some(caller::Delegated { client, permissions: permissions.to_vec() });
    }
    caller
}

async fn get(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    server.api_as(caller, Method::GET, path, &Value::Null).await
}

/// GET with `ConsistencyLevel: eventual`.
async fn get_eventual(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    server.api_with(caller, Method::GET, path, &[("consistencylevel", "eventual")], &Value::Null).await
}

async fn patch(server: &TestServer, caller: &Caller, user: UserId, body: Value) -> Answer {
    server.api_as(caller, Method::PATCH, &format!("/v1.0/users/{user}"), &body).await
}

/// The values of one property in a collection, in order.
fn column(answer: &Answer, property: &str) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let items = answer.json()["value"].as_array().expect("a collection").clone();
    items.iter().map(|item| item[property].as_str().unwrap_or_default().to_owned()).collect()
}

/// Status and code of a refusal, and its message.
fn refusal(answer: &Answer) -> (u16, String, String) {
    let body = answer.json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (answer.status.as_u16(), text(&body["error"]["code"]), text(&body["error"]["message"]))
}

/// A user as the database has them now, deleted or not found as null.
async fn stored(server: &TestServer, user: &User) -> Option<User> {
    let mut tx = server.read().await.expect("a connection");
    store::find(&mut tx, user.tenant_id, user.id).await.expect("an answer")
}

/// Activities of the directory audit about users, the oldest first.
async fn activities(server: &TestServer, tenant: &Tenant) -> Vec<String> {
    let mut tx = server.read().await.expect("a connection");
    let rows: Vec<(String,)> = tx
        .query(database::sql!(
            "SELECT activity FROM directory_audit
             WHERE tenant_id = $1 AND category = 'UserManagement' ORDER BY at, id"
        ))
        .bind(tenant.id)
        .fetch_all()
        .await
        .expect("rows");
    rows.into_iter().map(|(activity,)| activity).collect()
}

/// Everything the directory API knows.
const EVERY_PERMISSION: &[Permission] = Permission::ALL;

/// A program that may do everything.
fn program(server: &TestServer, tenant: &Tenant) -> Caller {
    server.application(tenant.id, EVERY_PERMISSION)
}

/// An empty PATCH body, for refusals that do not look at it.
fn nothing() -> Value {
    json!({})
}

/// A member with these roles, as a person in the portal.
async fn holder(server: &TestServer, tenant: &Tenant, name: &str, roles: &[Role]) -> (User, Caller) {
    let user = server.member(tenant, name, roles).await;
    let caller = person(&user, roles.to_vec());
    (user, caller)
}
