//! Adding an application to a tenant, switching it off, removing it.

use super::app;
use crate::applications::{self, Changes};
use crate::graph::permission;
use crate::platform::ids::ClientId;
use crate::service_principals::operations::{self, Key, add};
use crate::service_principals::{ServicePrincipalChanges, ServicePrincipalError, install_directory_api, store};
use crate::testing::on_both_engines;
use std::time::Duration;

#[tokio::test]
async fn name_and_roles_follow_the_registration() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let registered = app(&server, &caller, "Before", Changes::default()).await;
        let mut tx = server.write().await.expect("a transaction");
        let rename = Changes { display_name: Some("After".to_owned()), ..Changes::default() };
        let key = applications::Key::Id(registered.application.id);
        applications::operations::update(&mut tx, &server, &caller, key, rename).await.expect("renamed");
        let id = registered.service_principal.id;
        let found = store::find(&mut tx, tenant.id, id).await.expect("an answer").expect("found");
        assert_eq!(found.display_name, "After");
        assert_eq!(found.application_id, Some(registered.application.id));
        let names: Vec<_> =
            store::list(&mut tx, tenant.id).await.expect("a list").into_iter().map(|p| p.display_name).collect();
        assert_eq!(names, ["After", "Directory API"]);
        applications::operations::delete(&mut tx, &server, &caller, key).await.expect("deleted");
        assert!(store::find(&mut tx, tenant.id, id).await.expect("an answer").is_none(), "it stands still");
    })
    .await;
}

#[tokio::test]
async fn an_application_has_one_service_principal_and_may_get_a_new_one() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let registered = app(&server, &caller, "App", Changes::default()).await;
        let client = registered.application.app_id;
        let mut tx = server.write().await.expect("a transaction");
        let twice = add(&mut tx, &server, &caller, client).await;
        assert!(matches!(twice, Err(ServicePrincipalError::Exists)));
        operations::delete(&mut tx, &server, &caller, Key::Client(client)).await.expect("removed");
        let again = add(&mut tx, &server, &caller, client).await.expect("added again");
        assert_ne!(again.id, registered.service_principal.id);
        let unknown = add(&mut tx, &server, &caller, ClientId(server.entropy.random_uuid())).await;
        assert!(matches!(unknown, Err(ServicePrincipalError::NoApplication(_))));
    })
    .await;
}

#[tokio::test]
async fn switching_off_voids_what_was_issued_before() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let registered = app(&server, &caller, "App", Changes::default()).await;
        server.clock.advance(Duration::from_mins(5));
        let mut tx = server.write().await.expect("a transaction");
        let changes = ServicePrincipalChanges {
            account_enabled: Some(false),
            app_role_assignment_required: Some(true),
            ..ServicePrincipalChanges::default()
        };
        let key = Key::Id(registered.service_principal.id);
        operations::update(&mut tx, &server, &caller, key, changes).await.expect("changed");
        let found = operations::find(&mut tx, tenant.id, key).await.expect("found");
        assert!(!found.account_enabled && found.app_role_assignment_required);
        assert_eq!(found.sessions_valid_from, server.clock.now());
    })
    .await;
}

#[tokio::test]
async fn the_directory_api_is_there_once_and_stays() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let mut tx = server.write().await.expect("a transaction");
        let first = install_directory_api(&mut tx, &server, tenant.id).await.expect("there");
        let key = Key::Client(ClientId(permission::RESOURCE));
        assert_eq!(operations::find(&mut tx, tenant.id, key).await.expect("found").id, first.id);
        assert!(first.app_roles().iter().any(|role| role.value.as_deref() == Some("User.Invite.All")));
        let refused = operations::delete(&mut tx, &server, &caller, key).await;
        assert!(matches!(refused, Err(ServicePrincipalError::DirectoryApi)));
    })
    .await;
}
