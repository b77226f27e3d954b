//! Apps, what they may do, and who may use them.

use super::{PreparedWrite, call};
use crate::graph::Permission;
use crate::testing::matrix::world::World;
use crate::testing::{Certified, TestServer, picture};
use axum::http::Method;
use serde_json::{Value, json};

/// Gives the app of the world a permission, and says which assignment that is.
async fn permitted(server: &TestServer, world: &World) -> (Value, String) {
    let api = "/v1.0/servicePrincipals?$filter=appId%20eq%20'00000003-0000-0000-c000-000000000000'";
    let api = call(server, world, Method::GET, api, Value::Null).await.json()["value"][0]["id"].clone();
    let permission = Permission::UserInviteAll.role_id();
    let wanted = json!({ "principalId": world.path("{principal}"), "resourceId": api, "appRoleId": permission });
    let path = "/v1.0/servicePrincipals/{principal}/appRoleAssignments";
    let assigned = call(server, world, Method::POST, path, wanted.clone()).await;
    (wanted, assigned.json()["id"].as_str().expect("an id").to_owned())
}

/// Names another owner at `owners/$ref` of an app, so that one can be taken away: the last one stays.
pub async fn name_another(server: &TestServer, world: &World, template: &str) {
    let another = json!({ "@odata.id": world.path("http://localhost:8080/v1.0/directoryObjects/{user}") });
    call(server, world, Method::POST, template, another).await;
}

/// What is sent to a route of apps; nothing for any other.
pub async fn sent(server: &TestServer, world: &World, template: &str) -> Option<PreparedWrite> {
    let body = match template {
        "/v1.0/applications" | "/v1.0/applications/{application}" => json!({ "displayName": "Renamed" }),
        "/v1.0/applications/{application}/removePassword" | "/v1.0/servicePrincipals/{principal}/removePassword" => {
            let add = template.replace("removePassword", "addPassword");
            let added = call(server, world, Method::POST, &add, json!({})).await.json();
            json!({ "keyId": added["keyId"] })
        }
        "/v1.0/applications/{application}/addKey" | "/v1.0/applications/{application}/removeKey" => {
            let (first, second) = (Certified::p256(), Certified::p256());
            let path = "/v1.0/applications/{application}";
            let set = json!({ "keyCredentials": [{ "key": first.base64() }] });
            call(server, world, Method::PATCH, path, set).await;
            let held = call(server, world, Method::GET, path, Value::Null).await.json()["keyCredentials"][0].clone();
            let proof = first.proof(server, &world.path("{application}"));
            if template.ends_with("addKey") {
                json!({ "keyCredential": { "key": second.base64() }, "passwordCredential": null, "proof": proof })
            } else {
                json!({ "keyId": held["keyId"], "proof": proof })
            }
        }
        "/v1.0/applications/{application}/logo" => {
            // Another one than the world has, so that it is a change.
            picture().as_array().into_iter().flatten().cloned().chain([json!(0)]).collect()
        }
        "/v1.0/applications/{application}/federatedIdentityCredentials" => json!({
            "name": "another", "issuer": "https://issuer.example", "subject": "another",
            "audiences": ["api://AzureADTokenExchange"],
        }),
        "/v1.0/applications/{application}/federatedIdentityCredentials/{credential}" => {
            json!({ "subject": "somebody else" })
        }
        "/v1.0/applications/{application}/extensionProperties" => {
            json!({ "name": "another", "dataType": "String", "targetObjects": ["User"] })
        }
        "/v1.0/applications/{application}/owners/{member}/$ref"
        | "/v1.0/servicePrincipals/{principal}/owners/{member}/$ref" => {
            name_another(server, world, &template.replace("{member}/", "")).await;
            json!({})
        }
        "/v1.0/applications/{application}/tokenLifetimePolicies/$ref"
        | "/v1.0/servicePrincipals/{principal}/tokenLifetimePolicies/$ref" => {
            // One at most is given.
            let held = template.replace("/$ref", "/{lifetime_policy}/$ref");
            call(server, world, Method::DELETE, &held, Value::Null).await;
            json!({
                "@odata.id": world.path("http://localhost:8080/v1.0/policies/tokenLifetimePolicies/{lifetime_policy}"),
            })
        }
        "/vestibule/v1/applications/{application}" => json!({ "signingAlgorithm": "ES256" }),
        "/v1.0/servicePrincipals" => {
            let new = json!({ "displayName": "Alone" });
            let app = call(server, world, Method::POST, "/v1.0/applications", new).await.json();
            json!({ "appId": app["appId"] })
        }
        "/v1.0/servicePrincipals/{principal}" => json!({ "appRoleAssignmentRequired": true }),
        "/v1.0/servicePrincipals/{principal}/appRoleAssignments" => {
            let (wanted, given) = permitted(server, world).await;
            let gone = format!("{template}/{given}");
            call(server, world, Method::DELETE, &gone, Value::Null).await;
            wanted
        }
        "/v1.0/servicePrincipals/{principal}/appRoleAssignments/{assignment}" => {
            let (_, given) = permitted(server, world).await;
            return Some((world.path(&template.replace("{assignment}", &given)), Value::Null));
        }
        "/v1.0/servicePrincipals/{principal}/delegatedPermissionClassifications" => {
            let one = format!("{template}/{{classification}}");
            let was = call(server, world, Method::GET, &one, Value::Null).await.json();
            call(server, world, Method::DELETE, &one, Value::Null).await;
            json!({ "permissionId": was["permissionId"], "classification": "low" })
        }
        "/v1.0/oauth2PermissionGrants" => {
            let grant = "/v1.0/oauth2PermissionGrants/{grant}";
            let was = call(server, world, Method::GET, grant, Value::Null).await.json();
            call(server, world, Method::DELETE, grant, Value::Null).await;
            let [client, api] = ["clientId", "resourceId"].map(|name| was[name].clone());
            json!({ "clientId": client, "consentType": "AllPrincipals", "resourceId": api, "scope": "User.Read.All" })
        }
        "/v1.0/oauth2PermissionGrants/{grant}" => json!({ "scope": "User.Invite.All User.Read.All" }),
        _ => return None,
    };
    Some((world.path(template), body))
}
