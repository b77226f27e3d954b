//! Definitions and assignments of roles.

use super::{delegated, get, give, holder, holders, take};
use crate::graph::{Actor, Caller, Permission, Role};
use crate::platform::ids::{PrincipalId, ServicePrincipalId};
use crate::testing::{Answer, TestServer, on_both_engines, person};
use axum::http::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

const DEFINITIONS: &str = "/v1.0/roleManagement/directory/roleDefinitions";
const ASSIGNMENTS: &str = "/v1.0/roleManagement/directory/roleAssignments";

async fn assign(server: &TestServer, caller: &Caller, role: Role, principal: impl Into<PrincipalId>) -> Answer {
    let body = json!({
        "@odata.type": "#microsoft.graph.unifiedRoleAssignment",
        "roleDefinitionId": role.id(),
        "principalId": principal.into(),
        "directoryScopeId": "/",
    });
    server.api_as(caller, Method::POST, ASSIGNMENTS, &body).await
}

fn values(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["value"].as_array().expect("a collection").clone()
}

#[tokio::test]
async fn definitions_are_listed_filtered_and_read() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, anna) = holder(&server, &tenant, "anna", &[]).await;
        assert_eq!(values(&get(&server, &anna, DEFINITIONS).await).len(), Role::ALL.len());
        let id = Role::GuestInviter.id();
        for filter in [
            "displayName eq 'guest inviter'".to_owned(),
            format!("templateId eq '{id}' and isBuiltIn eq true"),
            format!("templateId in ('{id}')"),
            "startsWith(displayName,'Guest')".to_owned(),
        ] {
            let found =
                values(&get(&server, &anna, &format!("{DEFINITIONS}?$filter={}", filter.replace(' ', "%20"))).await);
            let names: Vec<_> = found.iter().map(|role| role["displayName"].clone()).collect();
            assert_eq!(names, ["Guest Inviter"], "{filter}");
        }
        let none = get(&server, &anna, &format!("{DEFINITIONS}?$filter=isBuiltIn%20eq%20false")).await;
        assert_eq!(values(&none), [json!(null); 0]);
        let one = get(&server, &anna, &format!("{DEFINITIONS}/{id}?$select=displayName,rolePermissions")).await.json();
        assert_eq!(one["rolePermissions"][0]["allowedResourceActions"][1], "microsoft.directory/users/inviteGuest");
        assert_eq!(one.get("templateId"), None);
        assert_eq!(get(&server, &anna, &format!("{DEFINITIONS}/{}", Uuid::nil())).await.status, 404);
        for wrong in ["isBuiltIn%20eq%20'x'", "description%20gt%20'a'", "resourceScopes%20eq%20'/'", "name%20eq%20'x'"]
        {
            let refused = get(&server, &anna, &format!("{DEFINITIONS}?$filter={wrong}")).await;
            assert_eq!(refused.status, 400, "{wrong}: {}", refused.text);
        }
    })
    .await;
}

#[tokio::test]
async fn few_objects_are_paged_ordered_and_counted_like_many() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, anna) = holder(&server, &tenant, "anna", &[]).await;
        let mut names = Vec::new();
        let mut next = Some(format!("{DEFINITIONS}?$top=5&$orderby=displayName&$select=displayName"));
        while let Some(path) = next {
            let page = get(&server, &anna, &path).await;
            names.extend(values(&page).iter().map(|role| role["displayName"].as_str().expect("a name").to_owned()));
            let link = page.json()["@odata.nextLink"].as_str().map(str::to_owned);
            next = link.map(|link| link.trim_start_matches("http://localhost:8080").to_owned());
        }
        let mut wanted: Vec<_> = Role::ALL.iter().map(|role| role.name().to_owned()).collect();
        wanted.sort_unstable();
        assert_eq!(names, wanted);
        let headers = [("consistencylevel", "eventual")];
        let path = format!("{DEFINITIONS}?$count=true&$top=1&$filter=displayName%20ne%20'Guest%20Inviter'");
        let counted = server.api_with(&anna, Method::GET, &path, &headers, &Value::Null).await.json();
        assert_eq!(counted["@odata.count"], Role::ALL.len() - 1);
        assert_eq!(get(&server, &anna, &path).await.status, 400, "ne takes an advanced query");
    })
    .await;
}

#[tokio::test]
async fn an_assignment_is_made_found_and_removed() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, ada) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let (bob, _) = holder(&server, &tenant, "bob", &[]).await;
        let role = Role::UserAdministrator;
        let made = assign(&server, &ada, role, bob.id).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let made = made.json();
        let id = made["id"].as_str().expect("an id").to_owned();
        assert_eq!(holders(&server, &ada, role).await, ["bob"]);
        assert_eq!(assign(&server, &ada, role, bob.id).await.status, 400);
        for filter in [
            format!("principalId eq '{}'", bob.id),
            format!("roleDefinitionId eq '{}'", role.id()),
            format!("principalId eq '{}' and roleDefinitionId eq '{}'", bob.id, role.id()),
        ] {
            let found =
                values(&get(&server, &ada, &format!("{ASSIGNMENTS}?$filter={}", filter.replace(' ', "%20"))).await);
            assert_eq!(found.iter().map(|one| one["id"].clone()).collect::<Vec<_>>(), [id.as_str()], "{filter}");
        }
        let path = format!("{ASSIGNMENTS}/{id}");
        assert_eq!(get(&server, &ada, &path).await.json()["principalId"], bob.id.to_string());
        assert_eq!(server.api_as(&ada, Method::DELETE, &path, &Value::Null).await.status, 204);
        assert_eq!(get(&server, &ada, &path).await.status, 404);
        assert_eq!(server.api_as(&ada, Method::DELETE, &path, &Value::Null).await.status, 404);
        assert_eq!(holders(&server, &ada, role).await, [""; 0]);
        // The same role held again has the same id.
        assert_eq!(assign(&server, &ada, role, bob.id).await.json()["id"], id);
    })
    .await;
}

#[tokio::test]
async fn an_assignment_shows_who_holds_which_role() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (_, ada) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let (bob, _) = holder(&server, &tenant, "bob", &[Role::GuestInviter, Role::ReportsReader]).await;
        let filter = format!("$filter=principalId%20eq%20'{}'%20and%20directoryScopeId%20eq%20'/'", bob.id);
        let both =
            values(&get(&server, &ada, &format!("{ASSIGNMENTS}?{filter}&$expand=principal,roleDefinition")).await);
        assert_eq!(both.len(), 2, "{both:?}");
        for one in &both {
            assert_eq!(one["principal"]["@odata.type"], "#microsoft.graph.user");
            assert_eq!(one["principal"]["userPrincipalName"], bob.user_principal_name);
            assert_eq!(one["roleDefinition"]["id"], one["roleDefinitionId"]);
            assert!(one["roleDefinition"]["rolePermissions"].is_array(), "{one}");
        }
        let query = "$select=id&$expand=roleDefinition($select=displayName),principal($select=displayName)";
        let all = values(&get(&server, &ada, &format!("{ASSIGNMENTS}?{query}")).await);
        let names: BTreeSet<_> = all
            .iter()
            .map(|one| {
                assert_eq!(one.get("principalId"), None, "{one}");
                let text = |value: &Value| value["displayName"].as_str().expect("a name").to_owned();
                (text(&one["principal"]), text(&one["roleDefinition"]))
            })
            .collect();
        let wanted = [("ada", "Global Administrator"), ("bob", "Guest Inviter"), ("bob", "Reports Reader")];
        assert_eq!(names, BTreeSet::from(wanted.map(|(name, role)| (name.to_owned(), role.to_owned()))));
        let id = both[0]["id"].as_str().expect("an id");
        let one = get(&server, &ada, &format!("{ASSIGNMENTS}/{id}?$expand=principal($select=mail)")).await.json();
        assert_eq!((&one["principal"]["mail"], &one["principalId"]), (&json!(bob.mail), &json!(bob.id)));
        assert_eq!(one.get("roleDefinition"), None);
        for wrong in ["$expand=appScope", "$expand=principal($expand=memberOf)", "$expand=principal,principal"] {
            let refused = get(&server, &ada, &format!("{ASSIGNMENTS}?{wrong}")).await;
            assert_eq!(refused.status, 400, "{wrong}");
            assert_eq!(refused.json()["error"]["target"], "$expand", "{wrong}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_assignment_that_makes_no_sense_is_refused_by_name() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (user, ada) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let role = Role::GuestInviter.id().to_string();
        let good = json!({ "roleDefinitionId": role, "principalId": user.id, "directoryScopeId": "/" });
        let with = |name: &str, value: Value| {
            let mut body = good.clone();
            body[name] = value;
            body
        };
        for (name, body) in [
            ("roleDefinitionId", with("roleDefinitionId", json!(null))),
            ("roleDefinitionId", with("roleDefinitionId", json!(Uuid::nil()))),
            ("principalId", with("principalId", json!("x"))),
            ("principalId", with("principalId", json!(Uuid::nil()))),
            ("directoryScopeId", with("directoryScopeId", json!(null))),
            ("directoryScopeId", with("directoryScopeId", json!("/administrativeUnits/1"))),
            ("condition", with("condition", json!("x"))),
        ] {
            let refused = server.api_as(&ada, Method::POST, ASSIGNMENTS, &body).await;
            assert_eq!(refused.status, 400, "{body}: {}", refused.text);
            assert_eq!(refused.json()["error"]["target"], name, "{body}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_privileged_role_administrator_gives_every_role_and_touches_nothing_else() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        server.administrator(&tenant).await;
        let (_, petra) = holder(&server, &tenant, "petra", &[Role::PrivilegedRoleAdministrator]).await;
        let (bob, _) = holder(&server, &tenant, "bob", &[]).await;
        assert_eq!(give(&server, &petra, Role::GlobalAdministrator, bob.id).await.status, 204);
        assert_eq!(take(&server, &petra, Role::GlobalAdministrator, bob.id).await.status, 204);
        let path = format!("/v1.0/users/{}", bob.id);
        let body = json!({ "displayName": "Robert" });
        assert_eq!(server.api_as(&petra, Method::PATCH, &path, &body).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn a_program_holds_a_role_and_may_what_it_allows() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (bob, _) = holder(&server, &tenant, "bob", &[]).await;
        let (_, ada) = holder(&server, &tenant, "ada", &[Role::GlobalAdministrator]).await;
        let app =
            server.api_as(&ada, Method::POST, "/v1.0/applications", &json!({ "displayName": "Robot" })).await.json();
        let made = json!({ "appId": app["appId"] });
        let principal = server.api_as(&ada, Method::POST, "/v1.0/servicePrincipals", &made).await.json();
        let id: ServicePrincipalId = principal["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let path = format!("/v1.0/users/{}", bob.id);
        let body = json!({ "displayName": "Robert" });
        let mut program = server.application(tenant.id, &[]);
        assert_eq!(server.api_as(&program, Method::PATCH, &path, &body).await.status, 403);
        assert_eq!(assign(&server, &ada, Role::UserAdministrator, id).await.status, 201);
        let mut tx = server.read().await.expect("a connection");
        let held = crate::directory_roles::held(&mut tx, &server, tenant.id, id.into()).await.expect("roles");
        assert_eq!(held, [Role::UserAdministrator]);
        drop(tx);
        if let Actor::Application(application) = &mut program.actor {
            application.roles = held;
        }
        assert_eq!(server.api_as(&program, Method::PATCH, &path, &body).await.status, 204);
        assert_eq!(get(&server, &program, &path).await.status, 200, "who holds a role reads the directory");
        assert_eq!(give(&server, &program, Role::GuestInviter, bob.id).await.status, 403);
        let members = format!("/v1.0/directoryRoles(roleTemplateId='{}')/members", Role::UserAdministrator.id());
        let found = values(&get(&server, &ada, &members).await);
        assert_eq!(found[0]["@odata.type"], "#microsoft.graph.servicePrincipal");
        assert_eq!(found[0]["displayName"], "Robot");
        assert_eq!(values(&get(&server, &ada, &format!("{members}/microsoft.graph.servicePrincipal")).await).len(), 1);
        assert_eq!(values(&get(&server, &ada, &format!("{members}/microsoft.graph.user")).await).len(), 0);
        let reference = values(&get(&server, &ada, &format!("{members}/$ref")).await);
        assert_eq!(reference[0]["@odata.id"], format!("http://localhost:8080/v1.0/directoryObjects/{id}"));
        // What an app may do for a person is not widened by the roles of its program.
        let limited = delegated(person(&bob, Vec::new()), &[Permission::UserRead]);
        assert_eq!(server.api_as(&limited, Method::PATCH, &path, &body).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn every_role_is_active_so_that_activating_one_conflicts() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let templates = values(&get(&server, &ada, "/v1.0/directoryRoleTemplates").await);
        assert_eq!(templates.len(), Role::ALL.len());
        let activate = async |body: Value| server.api_as(&ada, Method::POST, "/v1.0/directoryRoles", &body).await;
        let conflict = activate(json!({ "roleTemplateId": templates[0]["id"] })).await;
        assert_eq!(conflict.status, 409);
        assert_eq!(conflict.json()["error"]["code"], "Request_MultipleObjectsWithSameKeyValue");
        assert_eq!(activate(json!({ "roleTemplateId": Uuid::nil() })).await.status, 404);
        assert_eq!(activate(json!({})).await.status, 400);
    })
    .await;
}
