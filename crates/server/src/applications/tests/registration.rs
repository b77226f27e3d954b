//! What may be registered, by whom, and where it is found.

use crate::applications::operations::{self, Key};
use crate::applications::{
    AppRole, Application, ApplicationError, Changes, MemberType, NewApplication, Origin, SigningAlgorithm,
};
use crate::graph::{Caller, Permission};
use crate::platform::ids::AppRoleId;
use crate::testing::{TestServer, on_both_engines};

fn role(server: &TestServer, value: &str) -> AppRole {
    AppRole {
        id: AppRoleId(server.entropy.random_uuid()),
        value: Some(value.to_owned()),
        display_name: value.to_owned(),
        description: None,
        allowed_member_types: vec![MemberType::User],
        is_enabled: true,
        origin: Origin::Application,
    }
}

fn named(name: &str, properties: Changes) -> NewApplication {
    NewApplication { display_name: name.to_owned(), properties }
}

async fn register(server: &TestServer, caller: &Caller, new: NewApplication) -> Result<Application, ApplicationError> {
    let mut tx = server.write().await.expect("a transaction");
    let registered = operations::register(&mut tx, server, caller, new).await?;
    tx.commit().await.expect("a commit");
    Ok(registered)
}

async fn update(
    server: &TestServer,
    caller: &Caller,
    key: Key,
    changes: Changes,
) -> Result<Application, ApplicationError> {
    let mut tx = server.write().await.expect("a transaction");
    let updated = operations::update(&mut tx, server, caller, key, changes).await?;
    tx.commit().await.expect("a commit");
    Ok(updated)
}

#[tokio::test]
async fn a_registration_is_found_by_both_keys_and_in_its_tenant_only() {
    on_both_engines(async |server| {
        let (here, there) = (server.tenant("A", "a.example").await, server.tenant("B", "b.example").await);
        let (ours, theirs) = (server.administrator(&here).await, server.administrator(&there).await);
        let properties = Changes {
            web_redirect_uris: Some(vec!["https://app.example/cb".to_owned()]),
            app_roles: Some(vec![role(&server, "Reader")]),
            signing_algorithm: Some(SigningAlgorithm::Es256),
            ..Changes::default()
        };
        let app = register(&server, &ours, named("Expenses", properties)).await.expect("registered");
        let mut tx = server.read().await.expect("a connection");
        for key in [Key::Id(app.id), Key::Client(app.app_id)] {
            let found = operations::get(&mut tx, &ours, key).await.expect("found");
            assert_eq!(found.display_name, "Expenses");
            assert_eq!(found.redirects()[0].uri, "https://app.example/cb");
            assert_eq!(found.app_roles[0].value.as_deref(), Some("Reader"));
            assert_eq!(found.signing_algorithm, SigningAlgorithm::Es256);
            let refused = operations::get(&mut tx, &theirs, key).await.expect_err("another tenant");
            assert!(matches!(refused, ApplicationError::NotFound(_)));
        }
    })
    .await;
}

#[tokio::test]
async fn i5_another_tenant_changes_nothing() {
    on_both_engines(async |server| {
        let (here, there) = (server.tenant("A", "a.example").await, server.tenant("B", "b.example").await);
        let (ours, theirs) = (server.administrator(&here).await, server.administrator(&there).await);
        let app = register(&server, &ours, named("Expenses", Changes::default())).await.expect("registered");
        let rename = Changes { display_name: Some("Taken".to_owned()), ..Changes::default() };
        let refused = update(&server, &theirs, Key::Id(app.id), rename).await.expect_err("another tenant");
        assert!(matches!(refused, ApplicationError::NotFound(_)));
        let mut tx = server.read().await.expect("a connection");
        let kept = operations::get(&mut tx, &ours, Key::Id(app.id)).await.expect("found");
        assert_eq!((kept.display_name.as_str(), kept.version), ("Expenses", 1));
    })
    .await;
}

#[tokio::test]
async fn a_role_is_disabled_before_it_is_removed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let mut reader = role(&server, "Reader");
        let roles = |roles: Vec<AppRole>| Changes { app_roles: Some(roles), ..Changes::default() };
        let app = register(&server, &caller, named("App", roles(vec![reader.clone()]))).await.expect("registered");
        let key = Key::Id(app.id);
        let refused = update(&server, &caller, key, roles(Vec::new())).await.expect_err("still enabled");
        assert!(refused.to_string().contains("must be disabled"), "{refused}");
        reader.is_enabled = false;
        update(&server, &caller, key, roles(vec![reader])).await.expect("disabled");
        let after = update(&server, &caller, key, roles(Vec::new())).await.expect("removed");
        assert!(after.app_roles.is_empty());
        assert_eq!(after.version, 3);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_registration_is_gone() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let app = register(&server, &caller, named("App", Changes::default())).await.expect("registered");
        let mut tx = server.write().await.expect("a transaction");
        operations::delete(&mut tx, &server, &caller, Key::Id(app.id)).await.expect("deleted");
        tx.commit().await.expect("a commit");
        let mut tx = server.read().await.expect("a connection");
        let gone = operations::get(&mut tx, &caller, Key::Client(app.app_id)).await.expect_err("deleted");
        assert!(matches!(gone, ApplicationError::NotFound(_)));
    })
    .await;
}

#[tokio::test]
async fn a1_no_unsound_address_is_registered() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        for uri in
            ["http://app.example/", "https://*.app.example/", "https://app.example/#x", "https://u@app.example/", "/cb"]
        {
            let changes = Changes { spa_redirect_uris: Some(vec![uri.to_owned()]), ..Changes::default() };
            let refused = register(&server, &caller, named("App", changes)).await.expect_err(uri);
            assert!(refused.to_string().starts_with("spa.redirectUris"), "{refused}");
            let changes = Changes { logout_url: Some(Some(uri.to_owned())), ..Changes::default() };
            let refused = register(&server, &caller, named("App", changes)).await.expect_err(uri);
            assert!(refused.to_string().starts_with("web.logoutUrl"), "{refused}");
        }
        let twice = Some(vec!["https://app.example/cb".to_owned()]);
        let changes = Changes { web_redirect_uris: twice.clone(), spa_redirect_uris: twice, ..Changes::default() };
        let refused = register(&server, &caller, named("App", changes)).await.expect_err("in doubt what runs there");
        assert!(refused.to_string().contains("more than once"), "{refused}");
        let mut tx = server.read().await.expect("a connection");
        assert!(crate::applications::store::list(&mut tx, tenant.id).await.expect("a list").is_empty());
    })
    .await;
}

#[tokio::test]
async fn roles_and_identifiers_that_contradict_each_other_are_refused() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let (one, two) = (role(&server, "One"), role(&server, "Two"));
        let nobody = AppRole { allowed_member_types: Vec::new(), ..one.clone() };
        let nil = AppRole { id: AppRole::DEFAULT, ..one.clone() };
        for roles in [
            vec![one.clone(), AppRole { id: one.id, ..two.clone() }],
            vec![one.clone(), AppRole { value: one.value.clone(), ..two.clone() }],
            vec![AppRole { value: Some("two words".to_owned()), ..one.clone() }],
            vec![nobody],
            vec![nil],
        ] {
            let changes = Changes { app_roles: Some(roles), ..Changes::default() };
            let refused = register(&server, &caller, named("App", changes)).await.expect_err("a contradiction");
            assert!(refused.to_string().starts_with("appRoles"), "{refused}");
        }
        let changes = Changes { identifier_uris: Some(vec!["api://expenses".to_owned()]), ..Changes::default() };
        assert!(register(&server, &caller, named("App", changes)).await.is_err());
        assert!(register(&server, &caller, named(" ", Changes::default())).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn t3_only_administrators_and_programs_with_the_permission_register() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let member = server.member(&tenant, "mara", &[]).await;
        let member = crate::testing::person(&member, Vec::new());
        let reader = server.application(tenant.id, &[Permission::ApplicationReadAll, Permission::UserReadWriteAll]);
        for caller in [&member, &reader] {
            let refused = register(&server, caller, named("App", Changes::default())).await.expect_err("no right");
            assert!(matches!(refused, ApplicationError::Denied));
        }
        let writer = server.application(tenant.id, &[Permission::ApplicationReadWriteAll]);
        register(&server, &writer, named("App", Changes::default())).await.expect("the permission");
    })
    .await;
}
