//! Service principals and assignments over the wire.

use super::app;
use crate::applications::{AppRole, Changes, MemberType, Origin};
use crate::graph::role::guest_level;
use crate::graph::{Actor, Caller, Permission};
use crate::platform::ids::AppRoleId;
use crate::testing::{Answer, TestServer, on_both_engines, person};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

const ALL: [Permission; 2] = [Permission::ApplicationReadWriteAll, Permission::AppRoleAssignmentReadWriteAll];

async fn call(server: &TestServer, caller: &Caller, method: Method, path: &str, body: Value) -> Answer {
    server.api_as(caller, method, path, &body).await
}

async fn get(server: &TestServer, caller: &Caller, path: &str) -> Answer {
    call(server, caller, Method::GET, path, Value::Null).await
}

fn reader(server: &TestServer) -> AppRole {
    AppRole {
        id: AppRoleId(server.entropy.random_uuid()),
        value: Some("Reader".to_owned()),
        display_name: "Reader".to_owned(),
        description: None,
        allowed_member_types: vec![MemberType::User, MemberType::Application],
        is_enabled: true,
        origin: Origin::Application,
    }
}

#[tokio::test]
async fn an_application_is_added_switched_off_and_removed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program = server.application(tenant.id, &ALL);
        let body = json!({ "displayName": "Expenses" });
        let app = call(&server, &program, Method::POST, "/v1.0/applications", body).await.json();
        let client = app["appId"].as_str().expect("a client id");
        let body = json!({ "appId": client, "appRoleAssignmentRequired": true });
        let made = call(&server, &program, Method::POST, "/v1.0/servicePrincipals", body.clone()).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        assert_eq!(made.json()["appRoleAssignmentRequired"], true);
        let again = call(&server, &program, Method::POST, "/v1.0/servicePrincipals", body).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        let unknown = json!({ "appId": server.entropy.random_uuid() });
        let refused = call(&server, &program, Method::POST, "/v1.0/servicePrincipals", unknown).await;
        assert_eq!(refused.json()["error"]["target"], "appId");

        let path = format!("/v1.0/servicePrincipals(appId='{client}')");
        let off = call(&server, &program, Method::PATCH, &path, json!({ "accountEnabled": false })).await;
        assert_eq!(off.status, StatusCode::NO_CONTENT);
        let read = get(&server, &program, &path).await.json();
        let whole = json!({ "id": read["id"], "accountEnabled": false });
        assert_eq!(call(&server, &program, Method::PATCH, &path, whole).await.status, StatusCode::NO_CONTENT);
        for set in ["servicePrincipals", "applications"] {
            let other = json!({ "id": client });
            let path = format!("/v1.0/{set}(appId='{client}')");
            let refused = call(&server, &program, Method::PATCH, &path, other).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!("id")), "{set}");
        }
        let own = json!({ "id": app["id"] });
        let same = call(&server, &program, Method::PATCH, &format!("/v1.0/applications(appId='{client}')"), own).await;
        assert_eq!(same.status, StatusCode::NO_CONTENT, "{}", same.text);
        assert_eq!((&read["accountEnabled"], &read["displayName"]), (&json!(false), &json!("Expenses")));
        let listed =
            get(&server, &program, "/v1.0/servicePrincipals?$filter=displayName%20eq%20'expenses'").await.json();
        assert_eq!(listed["value"][0]["id"], read["id"]);
        let first = get(&server, &program, "/v1.0/servicePrincipals?$orderby=displayName&$top=1").await.json();
        let next = first["@odata.nextLink"].as_str().expect("a next page").replace(crate::testing::ADDRESS, "");
        assert_eq!(first["value"][0]["displayName"], "Directory API");
        assert_eq!(get(&server, &program, &next).await.json()["value"][0]["displayName"], "Expenses");
        let gone = call(&server, &program, Method::DELETE, &path, Value::Null).await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT);
        assert_eq!(get(&server, &program, &path).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn an_assignment_is_the_same_from_both_sides() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program = server.application(tenant.id, &ALL);
        let user = server.member(&tenant, "mara", &[]).await;
        let role = reader(&server);
        let properties = Changes { app_roles: Some(vec![role.clone()]), ..Changes::default() };
        let resource = app(&server, &program, "Expenses", properties).await.service_principal;
        let path = format!("/v1.0/servicePrincipals/{}/appRoleAssignedTo", resource.id);
        let body = json!({ "principalId": user.id, "resourceId": resource.id, "appRoleId": role.id });
        let made = call(&server, &program, Method::POST, &path, body.clone()).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let made = made.json();
        assert_eq!((&made["principalDisplayName"], &made["principalType"]), (&json!("mara"), &json!("User")));
        let id = made["id"].as_str().expect("an id");
        assert!(id.parse::<uuid::Uuid>().is_err(), "opaque");
        let again = call(&server, &program, Method::POST, &path, body).await.json();
        assert_eq!(again["error"]["message"], "Permission being assigned already exists on the object");

        let own = format!("/v1.0/users/{}/appRoleAssignments", user.id);
        assert_eq!(get(&server, &program, &path).await.json()["value"][0]["id"], id);
        let seen = get(&server, &program, &own).await.json();
        assert_eq!(
            (&seen["value"][0]["id"], &seen["value"][0]["resourceDisplayName"]),
            (&json!(id), &json!("Expenses"))
        );
        let filtered = format!("{own}?$filter=resourceId%20eq%20{}", server.entropy.random_uuid());
        assert_eq!(get(&server, &program, &filtered).await.json()["value"], json!([]));

        let elsewhere = format!("/v1.0/servicePrincipals/{}/appRoleAssignments/{id}", resource.id);
        let refused = call(&server, &program, Method::DELETE, &elsewhere, Value::Null).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "it is not this program's");
        let gone = call(&server, &program, Method::DELETE, &format!("{own}/{id}"), Value::Null).await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT);
        assert_eq!(get(&server, &program, &path).await.json()["value"], json!([]));
        assert_eq!(get(&server, &program, &format!("{own}/{id}")).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn one_assignment_is_read_from_either_side_and_from_no_other() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program = server.application(tenant.id, &ALL);
        let (user, other) = (server.member(&tenant, "mara", &[]).await, server.member(&tenant, "lena", &[]).await);
        let resource = app(&server, &program, "Expenses", Changes::default()).await.service_principal;
        let of_resource = format!("/v1.0/servicePrincipals/{}/appRoleAssignedTo", resource.id);
        let body = json!({ "principalId": user.id, "resourceId": resource.id, "appRoleId": AppRole::DEFAULT });
        let made = call(&server, &program, Method::POST, &of_resource, body).await.json();
        let id = made["id"].as_str().expect("an id");
        let of_user = |key: &str| format!("/v1.0/users/{key}/appRoleAssignments/{id}");
        for path in [format!("{of_resource}/{id}"), of_user(&user.id.to_string()), of_user("MARA@a.example")] {
            let one = get(&server, &program, &path).await;
            assert_eq!(one.status, StatusCode::OK, "{path}: {}", one.text);
            let one = one.json();
            assert_eq!((&one["id"], &one["resourceDisplayName"]), (&json!(id), &json!("Expenses")), "{path}");
        }
        let selected = get(&server, &program, &format!("{of_resource}/{id}?$select=principalId")).await.json();
        assert_eq!((&selected["principalId"], selected.get("appRoleId")), (&json!(user.id), None));
        for path in [
            of_user(&other.id.to_string()),
            format!("/v1.0/servicePrincipals/{}/appRoleAssignments/{id}", resource.id),
            format!("{of_resource}/{}", user.id),
        ] {
            assert_eq!(get(&server, &program, &path).await.status, StatusCode::NOT_FOUND, "{path}");
        }

        let own = get(&server, &person(&user, Vec::new()), "/v1.0/me/appRoleAssignments").await.json();
        assert_eq!(own["value"][0]["id"], id);
        let none = get(&server, &person(&other, Vec::new()), "/v1.0/me/appRoleAssignments").await.json();
        assert_eq!(none["value"], json!([]));
        let nobody = get(&server, &program, "/v1.0/me/appRoleAssignments").await;
        assert_eq!(nobody.json()["error"]["code"], "BadRequest");
    })
    .await;
}

#[tokio::test]
async fn a_permission_is_granted_by_assigning_a_role_of_the_directory_api() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program = server.application(tenant.id, &ALL);
        let daemon = app(&server, &program, "Daemon", Changes::default()).await.service_principal;
        let api = get(&server, &program, "/v1.0/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')")
            .await
            .json();
        let role = api["appRoles"].as_array().expect("roles").iter().find(|role| role["value"] == "User.Invite.All");
        let body = json!({
            "principalId": daemon.id, "resourceId": api["id"], "appRoleId": role.expect("the permission")["id"],
        });
        let path = format!("/v1.0/servicePrincipals/{}/appRoleAssignments", daemon.id);
        let made = call(&server, &program, Method::POST, &path, body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let mut tx = server.read().await.expect("a connection");
        let held = crate::service_principals::permissions_of(&mut tx, tenant.id, daemon.id).await.expect("permissions");
        assert_eq!(held, [Permission::UserInviteAll]);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_an_assignment_is_named() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program = server.application(tenant.id, &ALL);
        let user = server.member(&tenant, "mara", &[]).await;
        let role = reader(&server);
        let properties = Changes { app_roles: Some(vec![role.clone()]), ..Changes::default() };
        let resource = app(&server, &program, "Expenses", properties).await.service_principal;
        let path = format!("/v1.0/servicePrincipals/{}/appRoleAssignedTo", resource.id);
        let stranger = server.entropy.random_uuid();
        for (body, target) in [
            (json!({ "resourceId": resource.id, "appRoleId": role.id }), "principalId"),
            (json!({ "principalId": stranger, "resourceId": resource.id, "appRoleId": role.id }), "principalId"),
            (json!({ "principalId": user.id, "resourceId": stranger, "appRoleId": role.id }), "resourceId"),
            (json!({ "principalId": user.id, "resourceId": resource.id, "appRoleId": stranger }), "appRoleId"),
            (json!({ "principalId": user.id, "resourceId": resource.id, "appRoleId": uuid::Uuid::nil() }), "appRoleId"),
        ] {
            let refused = call(&server, &program, Method::POST, &path, body).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{target}");
            assert_eq!(refused.json()["error"]["target"], target);
        }
        assert_eq!(get(&server, &program, &path).await.json()["value"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn i5_assignments_of_another_tenant_are_out_of_reach() {
    on_both_engines(async |server| {
        let (here, there) = (server.tenant("A", "a.example").await, server.tenant("B", "b.example").await);
        let (ours, theirs) = (server.application(here.id, &ALL), server.application(there.id, &ALL));
        let user = server.member(&here, "mara", &[]).await;
        let resource = app(&server, &ours, "Expenses", Changes::default()).await.service_principal;
        let foreign = app(&server, &theirs, "Orders", Changes::default()).await.service_principal;
        let path = format!("/v1.0/servicePrincipals/{}/appRoleAssignedTo", resource.id);
        let body = json!({ "principalId": user.id, "resourceId": resource.id, "appRoleId": uuid::Uuid::nil() });
        let made = call(&server, &ours, Method::POST, &path, body.clone()).await.json();
        let id = made["id"].as_str().expect("an id");
        assert_eq!(get(&server, &theirs, &path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(call(&server, &theirs, Method::POST, &path, body).await.status, StatusCode::NOT_FOUND);
        for resource in [resource.id, foreign.id] {
            let path = format!("/v1.0/servicePrincipals/{resource}/appRoleAssignedTo/{id}");
            assert_eq!(call(&server, &theirs, Method::DELETE, &path, Value::Null).await.status, StatusCode::NOT_FOUND);
        }
        let path_there = format!("/v1.0/servicePrincipals/{}/appRoleAssignedTo", foreign.id);
        let body = json!({ "principalId": user.id, "resourceId": foreign.id, "appRoleId": uuid::Uuid::nil() });
        let refused = call(&server, &theirs, Method::POST, &path_there, body).await;
        assert_eq!(refused.json()["error"]["target"], "principalId");
        assert_eq!(get(&server, &ours, &path).await.json()["value"].as_array().map(Vec::len), Some(1));
    })
    .await;
}

#[tokio::test]
async fn a_guest_sees_applications_and_their_own_assignments_but_not_who_else_is_assigned() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program = server.application(tenant.id, &ALL);
        let (guest, other) = (server.member(&tenant, "sam", &[]).await, server.member(&tenant, "mara", &[]).await);
        let resource = app(&server, &program, "Expenses", Changes::default()).await.service_principal;
        let mut caller = person(&guest, Vec::new());
        if let Actor::User(user) = &mut caller.actor {
            (user.is_guest, user.level) = (true, guest_level::LIMITED);
        }
        let status = async |path: String| get(&server, &caller, &path).await.status;
        assert_eq!(status(format!("/v1.0/servicePrincipals/{}", resource.id)).await, StatusCode::OK);
        assert_eq!(status(format!("/v1.0/users/{}/appRoleAssignments", guest.id)).await, StatusCode::OK);
        assert_eq!(status(format!("/v1.0/users/{}/appRoleAssignments", other.id)).await, StatusCode::FORBIDDEN);
        let path = format!("/v1.0/servicePrincipals/{}/appRoleAssignedTo", resource.id);
        assert_eq!(status(path).await, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn t3_nobody_assigns_themselves() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program = server.application(tenant.id, &ALL);
        let user = server.member(&tenant, "mara", &[]).await;
        let resource = app(&server, &program, "Expenses", Changes::default()).await.service_principal;
        let body = json!({ "principalId": user.id, "resourceId": resource.id, "appRoleId": uuid::Uuid::nil() });
        let caller = person(&user, Vec::new());
        for path in [
            format!("/v1.0/servicePrincipals/{}/appRoleAssignedTo", resource.id),
            format!("/v1.0/users/{}/appRoleAssignments", user.id),
        ] {
            let refused = call(&server, &caller, Method::POST, &path, body.clone()).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN);
        }
    })
    .await;
}

#[tokio::test]
async fn a_program_is_found_and_sorted_by_the_name_its_registration_has_now() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let program = server.application(tenant.id, &ALL);
        let mut paths = Vec::new();
        for name in ["Zeta", "Zebra", "Yak"] {
            let body = json!({ "displayName": name });
            let app = call(&server, &program, Method::POST, "/v1.0/applications", body).await.json();
            let body = json!({ "appId": app["appId"] });
            let made = call(&server, &program, Method::POST, "/v1.0/servicePrincipals", body).await;
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
            paths.push(format!("/v1.0/applications/{}", app["id"].as_str().expect("an id")));
        }
        let renamed = call(&server, &program, Method::PATCH, &paths[2], json!({ "displayName": "Zoo" })).await;
        assert_eq!(renamed.status, StatusCode::NO_CONTENT, "{}", renamed.text);
        for (options, expected) in [
            ("$filter=startsWith(displayName,'z')", vec!["Zebra", "Zeta", "Zoo"]),
            ("$filter=startsWith(displayName,'y')", vec![]),
            ("$filter=displayName%20eq%20'zoo'", vec!["Zoo"]),
            ("$filter=displayName%20ge%20'zeta'&$orderby=displayName%20desc&$count=true", vec!["Zoo", "Zeta"]),
        ] {
            let (mut path, mut names) = (format!("/v1.0/servicePrincipals?$top=1&{options}"), Vec::new());
            loop {
                let header = [("ConsistencyLevel", "eventual")];
                let page = server.api_with(&program, Method::GET, &path, &header, &Value::Null).await;
                let body = page.json();
                let values = body["value"].as_array().expect("a collection");
                names.extend(values.iter().map(|app| app["displayName"].as_str().unwrap_or_default().to_owned()));
                match body["@odata.nextLink"].as_str() {
                    Some(link) => {
                        link.strip_prefix(crate::testing::ADDRESS).expect("our own address").clone_into(&mut path);
                    }
                    None => break,
                }
            }
            assert_eq!(names, expected, "{options}");
        }
    })
    .await;
}
