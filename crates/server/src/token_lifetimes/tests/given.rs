//! What policies are given to: registrations and service principals, one at most.

use super::{POLICIES, give, ids, made, manager, named, refusal};
use crate::applications::Changes;
use crate::graph::permission::RESOURCE;
use crate::graph::{Actor, Caller, Permission, Role};
use crate::platform::ids::TenantId;
use crate::testing::{App, TestServer, on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};

/// Where the policies of both objects of an app are.
fn paths(app: &App) -> [String; 2] {
    let registered = &app.registered;
    [
        format!("/v1.0/applications/{}/tokenLifetimePolicies", registered.application.id),
        format!("/v1.0/servicePrincipals/{}/tokenLifetimePolicies", registered.service_principal.id),
    ]
}

/// The ids of what an object has.
async fn held(server: &TestServer, tenant: TenantId, path: &str) -> Vec<String> {
    ids(&server.api_as(&manager(server, tenant), Method::GET, path, &Value::Null).await)
}

#[tokio::test]
async fn a_policy_is_given_once_to_each_object_of_an_app_and_taken() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let app = server.app(&tenant, "Expenses", Changes::default()).await;
        let caller = manager(&server, tenant.id);
        let [one, other] =
            [made(&server, tenant.id, "00:30:00", false).await, made(&server, tenant.id, "02:00:00", true).await];
        let call = async |method: Method, path: &str, body: Value| server.api_as(&caller, method, path, &body).await;
        let [registration, principal] = paths(&app);
        for (path, untouched) in [(&registration, &principal), (&principal, &registration)] {
            assert!(held(&server, tenant.id, path).await.is_empty(), "the default is given to nothing");
            let add = format!("{path}/$ref");
            let given = call(Method::POST, &add, named(&one)).await;
            assert_eq!(given.status, 204, "{}", given.text);
            assert_eq!(held(&server, tenant.id, path).await, [one.as_str()]);
            assert!(held(&server, tenant.id, untouched).await.is_empty());
            for policy in [&one, &other] {
                let refused = call(Method::POST, &add, named(policy)).await;
                assert_eq!(refusal(&refused), (400, "tokenLifetimePolicies".to_owned()), "{}", refused.text);
            }
            let not_given = call(Method::DELETE, &format!("{path}/{other}/$ref"), Value::Null).await;
            assert_eq!(not_given.status, 404);
            assert_eq!(held(&server, tenant.id, path).await, [one.as_str()]);
            let take = format!("{path}/{one}/$ref");
            assert_eq!(call(Method::DELETE, &take, Value::Null).await.status, 204);
            assert_eq!(call(Method::DELETE, &take, Value::Null).await.status, 404);
            assert!(held(&server, tenant.id, path).await.is_empty());
            // As every object of the directory it can be named as one.
            let address = json!({ "@odata.id": format!("http://localhost:8080/v1.0/directoryObjects/{other}") });
            assert_eq!(call(Method::POST, &add, address).await.status, 204);
            assert_eq!(call(Method::DELETE, &format!("{path}/{other}/$ref"), Value::Null).await.status, 204);
        }
    })
    .await;
}

#[tokio::test]
async fn what_names_no_policy_here_gives_none() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let elsewhere = server.tenant("Fabrikam", "fabrikam.example").await;
        let app = server.app(&tenant, "Expenses", Changes::default()).await;
        let foreign = made(&server, elsewhere.id, "00:30:00", false).await;
        let caller = manager(&server, tenant.id);
        for path in paths(&app) {
            let add = format!("{path}/$ref");
            for body in [
                json!({}),
                json!({ "@odata.id": "" }),
                json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{foreign}") }),
                json!({ "@odata.id": format!("http://localhost:8080{POLICIES}/all") }),
            ] {
                let refused = server.api_as(&caller, Method::POST, &add, &body).await;
                assert_eq!(refusal(&refused), (400, "@odata.id".to_owned()), "{body}: {}", refused.text);
            }
            for nowhere in [foreign.clone(), tenant.id.to_string()] {
                let refused = server.api_as(&caller, Method::POST, &add, &named(&nowhere)).await;
                assert_eq!(refused.status, 404, "{}", refused.text);
                let refused =
                    server.api_as(&caller, Method::DELETE, &format!("{path}/{nowhere}/$ref"), &Value::Null).await;
                assert_eq!(refused.status, 404, "{}", refused.text);
            }
            assert!(held(&server, tenant.id, &path).await.is_empty());
        }
    })
    .await;
}

#[tokio::test]
async fn owners_of_an_app_choose_among_the_policies_and_make_none() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let app = server.app(&tenant, "Expenses", Changes::default()).await;
        let policy = made(&server, tenant.id, "00:30:00", false).await;
        let [mia, kim] = [server.member(&tenant, "mia", &[]).await, server.member(&tenant, "kim", &[]).await];
        let owner = json!({ "@odata.id": format!("http://localhost:8080/v1.0/users/{}", mia.id) });
        let owners = format!("/v1.0/applications/{}/owners/$ref", app.registered.application.id);
        assert_eq!(server.api_as(&admin, Method::POST, &owners, &owner).await.status, 204);
        let [registration, principal] = paths(&app);
        let status = async |caller: &Caller, method: Method, path: &str, body: Value| {
            server.api_as(caller, method, path, &body).await.status.as_u16()
        };
        let (mia, kim) = (person(&mia, Vec::new()), person(&kim, Vec::new()));
        let add = format!("{registration}/$ref");
        assert_eq!(status(&kim, Method::POST, &add, named(&policy)).await, 403);
        assert_eq!(status(&kim, Method::GET, &registration, Value::Null).await, 403);
        assert_eq!(status(&mia, Method::POST, &add, named(&policy)).await, 204);
        assert_eq!(status(&mia, Method::GET, &registration, Value::Null).await, 200);
        assert_eq!(status(&mia, Method::POST, &format!("{principal}/$ref"), named(&policy)).await, 403, "not theirs");
        assert_eq!(status(&mia, Method::GET, POLICIES, Value::Null).await, 403, "that takes a role");
        assert_eq!(status(&mia, Method::DELETE, &format!("{POLICIES}/{policy}"), Value::Null).await, 403);
        assert_eq!(status(&mia, Method::DELETE, &format!("{registration}/{policy}/$ref"), Value::Null).await, 204);
    })
    .await;
}

/// A role lets a program do what its permissions do not.
#[tokio::test]
async fn a_program_manages_policies_by_its_role_too() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let app = server.app(&tenant, "Expenses", Changes::default()).await;
        let policy = made(&server, tenant.id, "00:30:00", false).await;
        let mut program = server.application(tenant.id, &[]);
        let [registration, _] = paths(&app);
        let add = format!("{registration}/$ref");
        assert_eq!(server.api_as(&program, Method::POST, &add, &named(&policy)).await.status, 403);
        if let Actor::Application(application) = &mut program.actor {
            application.roles = vec![Role::ApplicationAdministrator];
        }
        let given = server.api_as(&program, Method::POST, &add, &named(&policy)).await;
        assert_eq!(given.status, 204, "{}", given.text);
        assert_eq!(ids(&server.api_as(&program, Method::GET, POLICIES, &Value::Null).await), [policy]);
    })
    .await;
}

#[tokio::test]
async fn a_policy_that_is_removed_is_taken_from_whatever_had_it() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let app = server.app(&tenant, "Expenses", Changes::default()).await;
        let policy = made(&server, tenant.id, "00:30:00", false).await;
        for object in [
            format!("applications/{}", app.registered.application.id),
            format!("servicePrincipals/{}", app.registered.service_principal.id),
        ] {
            give(&server, tenant.id, &object, &policy).await;
        }
        let gone = format!("{POLICIES}/{policy}");
        let caller = manager(&server, tenant.id);
        assert_eq!(server.api_as(&caller, Method::DELETE, &gone, &Value::Null).await.status, 204);
        for path in paths(&app) {
            assert!(held(&server, tenant.id, &path).await.is_empty());
        }
    })
    .await;
}

#[tokio::test]
async fn the_directory_api_itself_has_none_and_is_given_none() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let policy = made(&server, tenant.id, "00:30:00", false).await;
        let path = format!("/v1.0/servicePrincipals(appId='{RESOURCE}')/tokenLifetimePolicies");
        assert!(held(&server, tenant.id, &path).await.is_empty());
        let held = [Permission::PolicyReadAll, Permission::ApplicationReadWriteAll];
        let caller = server.application(tenant.id, &held);
        let refused = server.api_as(&caller, Method::POST, &format!("{path}/$ref"), &named(&policy)).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
    })
    .await;
}
