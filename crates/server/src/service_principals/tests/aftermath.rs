//! Apps that very many people use: deleted, brought back and purged in small steps, of which none gives anybody anything.

use super::app;
use crate::applications::Changes;
use crate::changes::{self, What, aftermath};
use crate::graph::Caller;
use crate::jobs::{self, Job, Outcome};
use crate::platform::ids::{AppRoleId, AssignmentId, DelegatedGrantId, JobId, ServicePrincipalId, TenantId, UserId};
use crate::service_principals::grants::{ConsentType, DelegatedGrant};
use crate::service_principals::{
    AppRoleAssignment, PrincipalType, Registered, ServicePrincipal, assignment_store, grants, store,
};
use crate::testing::{TestServer, on_both_engines};
use crate::{deleted, deleted_items};
use axum::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// More than one transaction takes along, and so many that the job has more than one step.
const MANY: usize = 1_203;

/// An app to which so many people have consented, and to which they are assigned.
async fn used(server: &TestServer, tenant: TenantId, caller: &Caller) -> Registered {
    let registered = app(server, caller, "Travel", Changes::default()).await;
    let principal = registered.service_principal.id;
    let now = server.clock.now();
    let mut tx = server.write().await.expect("a transaction");
    for number in 0..MANY {
        if number.is_multiple_of(200) {
            tx.commit().await.expect("a commit");
            tx = server.write().await.expect("a transaction");
        }
        let user = UserId(server.entropy.random_uuid());
        let grant = DelegatedGrant {
            tenant_id: tenant,
            id: DelegatedGrantId(server.entropy.uuid(now)),
            client_id: principal,
            client_display_name: String::new(),
            consent_type: ConsentType::Person,
            principal_id: Some(user),
            resource_id: principal,
            resource_display_name: String::new(),
            scope: "Orders.Read".to_owned(),
            created_at: now,
        };
        assert!(grants::store::insert_for_person(&mut tx, &grant, user).await.expect("a grant"));
        let assignment = assignment(server, (tenant, principal), user);
        assert!(assignment_store::insert(&mut tx, &assignment).await.expect("an assignment"));
    }
    tx.commit().await.expect("a commit");
    registered
}

/// Somebody who may use an app.
fn assignment(server: &TestServer, (tenant, app): (TenantId, ServicePrincipalId), user: UserId) -> AppRoleAssignment {
    let now = server.clock.now();
    AppRoleAssignment {
        tenant_id: tenant,
        id: AssignmentId(server.entropy.uuid(now)),
        principal_id: user.into(),
        principal_type: PrincipalType::User,
        principal_display_name: String::new(),
        resource_id: app,
        resource_display_name: String::new(),
        app_role_id: AppRoleId(Uuid::nil()),
        created_at: now,
    }
}

async fn call(server: &TestServer, caller: &Caller, method: Method, path: &str) -> u16 {
    server.api_as(caller, method, path, &Value::Null).await.status.as_u16()
}

/// What was noted about grants behind a number, in order, and the number of the last change.
async fn noted(server: &TestServer, tenant: TenantId, behind: i64) -> (Vec<(Uuid, What)>, i64) {
    let mut tx = server.read().await.expect("a connection");
    let (last, _) = changes::store::bounds(&mut tx, tenant).await.expect("bounds");
    let rows = changes::store::list(&mut tx, tenant, changes::Kind::Grant, behind, last, 1_000_000).await;
    (rows.expect("changes").into_iter().map(|row| (row.object_id, row.what)).collect(), last)
}

async fn is_left(server: &TestServer, tenant: TenantId, id: ServicePrincipalId) -> bool {
    let mut tx = server.read().await.expect("a connection");
    aftermath::find(&mut tx, tenant, id.0).await.expect("an answer").is_some()
}

/// The tables whose rows name this id. What happened stays told.
async fn tables_naming(server: &TestServer, id: Uuid) -> Vec<&'static str> {
    let logs = ["directory_audit", "sign_in", "directory_change"];
    let (dashed, bare) = (id.to_string(), id.simple().to_string());
    let contents = server.contents().await;
    let names = |row: &String| {
        let row = row.to_lowercase();
        row.contains(&dashed) || row.contains(&bare)
    };
    let found = contents.into_iter().filter(|(table, rows)| !logs.contains(table) && rows.iter().any(names));
    found.map(|(table, _)| table).collect()
}

#[tokio::test]
async fn many_grants_are_noted_in_steps_in_order_and_each_once() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let admin = server.administrator(&tenant).await;
        let registered = used(&server, tenant.id, &admin).await;
        let (id, path) = (registered.service_principal.id, format!("/v1.0/applications/{}", registered.application.id));
        let (_, before) = noted(&server, tenant.id, 0).await;
        assert_eq!(call(&server, &admin, Method::DELETE, &path).await, 204);
        let at_once = usize::try_from(aftermath::AT_ONCE).expect("a number");
        let (first, _) = noted(&server, tenant.id, before).await;
        assert_eq!(first.len(), at_once, "the transaction that deletes takes some along");
        assert!(is_left(&server, tenant.id, id).await);

        assert!(server.run_due_jobs().await > 0);
        assert!(!is_left(&server, tenant.id, id).await);
        let (all, _) = noted(&server, tenant.id, before).await;
        assert_eq!(all.len(), MANY);
        assert!(all.iter().all(|(_, what)| *what == What::Deleted));
        assert!(all.is_sorted_by(|one, other| one.0 < other.0), "by id, each once");
        assert_eq!(server.run_due_jobs().await, 0, "nothing is left to do");
    })
    .await;
}

#[tokio::test]
async fn what_comes_back_before_all_is_noted_ends_as_what_it_is() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let admin = server.administrator(&tenant).await;
        let registered = used(&server, tenant.id, &admin).await;
        let id = registered.service_principal.id;
        let (_, before) = noted(&server, tenant.id, 0).await;
        assert_eq!(call(&server, &admin, Method::DELETE, &format!("/v1.0/servicePrincipals/{id}")).await, 204);
        let mut tx = server.read().await.expect("a connection");
        let read = aftermath::find(&mut tx, tenant.id, id.0).await.expect("an answer").expect("something is left");
        drop(tx);
        let restore = format!("/v1.0/directory/deletedItems/{id}/restore");
        assert_eq!(call(&server, &admin, Method::POST, &restore).await, 200);

        // A step that read what was left before it came back writes nothing.
        let (_, now) = noted(&server, tenant.id, before).await;
        assert!(changes::note_more_grants(&server, tenant.id, id, &read).await.expect("an answer"));
        assert!(noted(&server, tenant.id, now).await.0.is_empty());

        server.run_due_jobs().await;
        let (all, _) = noted(&server, tenant.id, before).await;
        let back: Vec<_> = all.iter().filter(|(_, what)| *what == What::Set).map(|(id, _)| *id).collect();
        assert_eq!(back.len(), MANY, "every grant is told as one that is there");
        let last_gone = all.iter().rposition(|(_, what)| *what == What::Deleted).expect("some were told as gone");
        assert_eq!(all.len() - last_gone - 1, MANY, "and nothing afterwards says otherwise");
        let mut tx = server.read().await.expect("a connection");
        assert!(store::find(&mut tx, tenant.id, id).await.expect("an answer").is_some());
    })
    .await;
}

#[tokio::test]
async fn a_purged_app_is_gone_at_once_and_its_rows_in_steps() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let admin = server.administrator(&tenant).await;
        let registered = used(&server, tenant.id, &admin).await;
        let (id, application) = (registered.service_principal.id, registered.application.id);
        let (_, before) = noted(&server, tenant.id, 0).await;
        for set in ["applications", "directory/deletedItems"] {
            let path = format!("/v1.0/{set}/{application}");
            assert_eq!(call(&server, &admin, Method::DELETE, &path).await, 204, "{path}");
        }

        // The registration is gone, which a service principal without one has too: the mark alone keeps it from being found.
        for path in [
            format!("/v1.0/servicePrincipals/{id}"),
            format!("/v1.0/servicePrincipals(appId='{}')", registered.application.app_id),
            format!("/v1.0/directory/deletedItems/{id}"),
            format!("/v1.0/servicePrincipals/{id}/appRoleAssignedTo"),
        ] {
            assert_eq!(call(&server, &admin, Method::GET, &path).await, 404, "{path}");
        }
        let restore = format!("/v1.0/directory/deletedItems/{id}/restore");
        assert_eq!(call(&server, &admin, Method::POST, &restore).await, 404);
        let list = "/v1.0/directory/deletedItems/microsoft.graph.servicePrincipal";
        let listed = server.api_as(&admin, Method::GET, list, &Value::Null).await.json();
        assert_eq!(listed["value"], json!([]));
        let client = registered.application.app_id.to_string();
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", client.as_str()),
            ("client_secret", "a-secret-that-nobody-was-given"),
            ("scope", "https://graph.microsoft.com/.default"),
        ];
        let refused = server.post_form(&format!("/{}/oauth2/v2.0/token", tenant.id), &fields, None).await;
        assert_eq!(refused.json()["error_codes"][0], 700_016, "nobody knows the app: {}", refused.text);
        let mut left = tables_naming(&server, id.0).await;
        left.retain(|table| *table != "job");
        assert_eq!(left, ["aftermath", "app_role_assignment", "object_word", "personal_grant", "service_principal"]);

        server.run_due_jobs().await;
        assert_eq!(tables_naming(&server, id.0).await, Vec::<&str>::new());
        let (all, _) = noted(&server, tenant.id, before).await;
        let gone: Vec<_> = all.iter().filter(|(_, what)| *what == What::Purged).map(|(id, _)| *id).collect();
        assert_eq!(gone.len(), MANY);
        assert!(gone.is_sorted_by(|one, other| one < other), "each once");
    })
    .await;
}

/// A job that runs already goes on with what was decided after it began, beside the job of that decision and the purge of every
/// quarter of an hour.
#[tokio::test]
async fn two_who_clear_up_at_once_take_turns_and_leave_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let admin = server.administrator(&tenant).await;
        let registered = app(&server, &admin, "Travel", Changes::default()).await;
        let id = registered.service_principal.id;
        // Nothing but what one statement removes: while one of them removes it, the other one finds nothing.
        let mut tx = server.write().await.expect("a transaction");
        for number in 0..MANY {
            if number.is_multiple_of(200) {
                tx.commit().await.expect("a commit");
                tx = server.write().await.expect("a transaction");
            }
            let user = UserId(server.entropy.random_uuid());
            let assigned = assignment_store::insert(&mut tx, &assignment(&server, (tenant.id, id), user)).await;
            assert!(assigned.expect("an assignment"));
        }
        tx.commit().await.expect("a commit");
        for path in [format!("/v1.0/servicePrincipals/{id}"), format!("/v1.0/directory/deletedItems/{id}")] {
            assert_eq!(call(&server, &admin, Method::DELETE, &path).await, 204, "{path}");
        }
        assert!(is_left(&server, tenant.id, id).await);
        let job = Job {
            tenant_id: tenant.id,
            id: JobId(server.entropy.random_uuid()),
            kind: jobs::Kind::ClearUp,
            lane: jobs::Lane::Work,
            subject: id.0,
            attempts: 1,
            deaths: 0,
        };
        let both = tokio::join!(deleted::clear_up(&server, &job), deleted::clear_up(&server, &job));
        assert_eq!(both, (Outcome::Done, Outcome::Done));
        server.run_due_jobs().await;
        assert_eq!(tables_naming(&server, id.0).await, Vec::<&str>::new());
    })
    .await;
}

#[tokio::test]
async fn what_a_process_left_that_died_goes_with_the_next_purge() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let admin = server.administrator(&tenant).await;
        let registered = used(&server, tenant.id, &admin).await;
        let id = registered.service_principal.id;
        for path in [format!("/v1.0/servicePrincipals/{id}"), format!("/v1.0/directory/deletedItems/{id}")] {
            assert_eq!(call(&server, &admin, Method::DELETE, &path).await, 204, "{path}");
        }
        let mut tx = server.read().await.expect("a connection");
        let found =
            deleted_items::store::find::<ServicePrincipal>(&mut tx, tenant.id, id.0, deleted_items::GOING).await;
        assert!(found.expect("an answer").is_none(), "it is not among those that can be brought back");
        drop(tx);
        // No job runs; the purge of every quarter of an hour finds the mark.
        assert_eq!(deleted_items::purge(&server, deleted::OWNERS).await.expect("purged"), 1);
        assert_eq!(tables_naming(&server, id.0).await, ["job"], "the job finds nothing to do");
        server.run_due_jobs().await;
        assert_eq!(tables_naming(&server, id.0).await, Vec::<&str>::new());
        assert_eq!(deleted_items::purge(&server, deleted::OWNERS).await.expect("purged"), 0);
    })
    .await;
}
