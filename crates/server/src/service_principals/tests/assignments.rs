//! Who may use what, and what programs may do.

use super::app;
use crate::applications::{AppRole, Changes, MemberType, Origin};
use crate::graph::Permission;
use crate::platform::ids::{AppRoleId, PrincipalId, ServicePrincipalId, TenantId, UserId};
use crate::service_principals::list_store::{self, Filter};
use crate::service_principals::{
    AppRoleAssignment, AssignError, NewAssignment, assign, assignment_store, delegated_scope, grant_delegated,
    grant_permissions, is_assigned, permissions_of, roles_of, unassign,
};
use crate::testing::{TestServer, on_both_engines, on_sqlite, person};
use uuid::Uuid;

fn role(server: &TestServer, value: &str, kinds: &[MemberType]) -> AppRole {
    AppRole {
        id: AppRoleId(server.entropy.random_uuid()),
        value: Some(value.to_owned()),
        display_name: value.to_owned(),
        description: None,
        allowed_member_types: kinds.to_vec(),
        is_enabled: true,
        origin: Origin::Application,
    }
}

#[tokio::test]
async fn a_user_is_assigned_once_and_loses_the_role_again() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let user = server.member(&tenant, "mara", &[]).await;
        let reader = role(&server, "Reader", &[MemberType::User]);
        let properties = Changes { app_roles: Some(vec![reader.clone()]), ..Changes::default() };
        let resource = app(&server, &caller, "App", properties).await.service_principal;
        let mut tx = server.write().await.expect("a transaction");
        let new = NewAssignment { principal: user.id.into(), resource: resource.id, role: reader.id };
        let made = assign(&mut tx, &server, &caller, new).await.expect("assigned");
        assert!(matches!(assign(&mut tx, &server, &caller, new).await, Err(AssignError::Exists)));
        assert_eq!(roles_of(&mut tx, tenant.id, user.id, &resource).await.expect("roles"), ["Reader"]);
        assert!(is_assigned(&mut tx, tenant.id, user.id, resource.id).await.expect("an answer"));

        let seen = assignment_store::list_by_resource(&mut tx, tenant.id, resource.id, None, 10).await.expect("a list");
        assert_eq!((seen.len(), seen[0].principal_display_name.as_str()), (1, "mara"));
        assert_eq!(AppRoleAssignment::parse_wire_id(&seen[0].wire_id()), Some(made.id));
        let own = assignment_store::list_by_principal(&mut tx, tenant.id, user.id.into()).await.expect("a list");
        assert_eq!(own[0].resource_display_name, "App");
        let apps = list_store::list(&mut tx, tenant.id, &Filter::default(), None, 10).await.expect("apps");
        let beside = list_store::list_beside(&mut tx, tenant.id, &apps, 10).await.expect("counts");
        let counts: Vec<_> = beside.iter().map(|app| (app.id, app.assignments, app.assigned)).collect();
        assert_eq!(counts, [(resource.id, 1, 1)]);

        let found = assignment_store::find(&mut tx, tenant.id, made.id).await.expect("an answer").expect("found");
        unassign(&mut tx, &server, &caller, &found).await.expect("unassigned");
        assert!(!is_assigned(&mut tx, tenant.id, user.id, resource.id).await.expect("an answer"));
        assert!(matches!(unassign(&mut tx, &server, &caller, &found).await, Err(AssignError::NotFound(_))));
    })
    .await;
}

#[tokio::test]
async fn the_role_must_be_one_that_this_kind_of_principal_can_have() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let user = server.member(&tenant, "mara", &[]).await;
        let machine = role(&server, "Job", &[MemberType::Application]);
        let properties = Changes { app_roles: Some(vec![machine.clone()]), ..Changes::default() };
        let resource = app(&server, &caller, "App", properties).await.service_principal;
        let client = app(&server, &caller, "Client", Changes::default()).await.service_principal;
        let mut tx = server.write().await.expect("a transaction");
        let mut try_assign = async |principal: PrincipalId, role: AppRoleId| {
            assign(&mut tx, &server, &caller, NewAssignment { principal, resource: resource.id, role }).await
        };
        let (person, program) = (PrincipalId::from(user.id), PrincipalId::from(client.id));
        assert!(matches!(try_assign(person, machine.id).await, Err(AssignError::Role)), "a role for programs");
        assert!(matches!(try_assign(program, AppRole::DEFAULT).await, Err(AssignError::Role)), "there is a role");
        assert!(try_assign(person, AppRole::DEFAULT).await.is_ok(), "no role for people is declared");
        assert!(try_assign(program, machine.id).await.is_ok());
        let nobody = PrincipalId(server.entropy.random_uuid());
        assert!(matches!(try_assign(nobody, machine.id).await, Err(AssignError::Principal)));
    })
    .await;
}

#[tokio::test]
async fn permissions_of_programs_are_roles_of_the_directory_api() {
    on_both_engines(async |server| {
        let (tenant, other) = (server.tenant("A", "a.example").await, server.tenant("B", "b.example").await);
        let caller = server.administrator(&tenant).await;
        let program = app(&server, &caller, "Daemon", Changes::default()).await.service_principal;
        let wanted = [Permission::UserReadAll, Permission::UserInviteAll];
        let mut tx = server.write().await.expect("a transaction");
        for _ in 0..2 {
            grant_permissions(&mut tx, &server, &caller, &program, &wanted).await.expect("granted");
        }
        assert_eq!(permissions_of(&mut tx, tenant.id, program.id).await.expect("permissions"), wanted);
        assert!(permissions_of(&mut tx, other.id, program.id).await.expect("permissions").is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_administrator_grants_delegated_permissions_for_everybody() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let member = person(&server.member(&tenant, "mara", &[]).await, Vec::new());
        let client = app(&server, &caller, "App", Changes::default()).await.service_principal;
        let mut tx = server.write().await.expect("a transaction");
        let wanted = [Permission::UserReadAll, Permission::UserInviteAll];
        assert!(grant_delegated(&mut tx, &server, &member, &client, &wanted).await.is_err());
        grant_delegated(&mut tx, &server, &caller, &client, &wanted).await.expect("granted");
        assert_eq!(delegated_scope(&mut tx, tenant.id, client.id).await.expect("scopes"), wanted);
        grant_delegated(&mut tx, &server, &caller, &client, &[]).await.expect("taken back");
        assert!(delegated_scope(&mut tx, tenant.id, client.id).await.expect("scopes").is_empty());
    })
    .await;
}

#[tokio::test]
async fn t3_neither_members_nor_application_writers_assign() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let user = server.member(&tenant, "mara", &[]).await;
        let resource = app(&server, &caller, "App", Changes::default()).await.service_principal;
        let new = NewAssignment { principal: user.id.into(), resource: resource.id, role: AppRole::DEFAULT };
        let writer =
            server.application(tenant.id, &[Permission::ApplicationReadWriteAll, Permission::DirectoryReadWriteAll]);
        let mut tx = server.write().await.expect("a transaction");
        for caller in [person(&user, Vec::new()), writer] {
            let refused = assign(&mut tx, &server, &caller, new).await;
            assert!(matches!(refused, Err(AssignError::Denied)));
        }
    })
    .await;
}

/// A million people may have been assigned to the same apps.
#[tokio::test]
async fn what_a_user_reaches_is_found_by_the_user_and_not_by_the_apps() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        for number in [1, 2, 32] {
            let resources = vec![ServicePrincipalId(Uuid::nil()); number];
            let (tenant, user) = (TenantId(Uuid::nil()), UserId(Uuid::nil()));
            let query = assignment_store::query_reached(&mut tx, tenant, user, &resources);
            let plan = query.explain().await.expect("a plan");
            let sought = "SEARCH r USING INDEX assignment_once (tenant_id=? AND principal_id=? AND resource_id=?)";
            assert!(plan.contains(sought) && !plan.contains("SCAN "), "{number}\n{plan}");
        }
    })
    .await;
}
