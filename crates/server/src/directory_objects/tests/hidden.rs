//! What an object owes whoever may not read it: its kind, its id, and everything else without its value.

use super::{get, group};
use crate::applications::resource::APPLICATION;
use crate::graph::Permission;
use crate::graph::query::{Written, unshown};
use crate::groups::GROUP;
use crate::service_principals::SERVICE_PRINCIPAL;
use crate::testing::{graph_type, is_blank, on_both_engines, told};
use crate::users::USER;
use serde_json::json;

#[test]
fn nothing_is_written_as_the_type_of_the_property_allows() {
    for resource in [&USER, &GROUP, &SERVICE_PRINCIPAL, &APPLICATION] {
        let declared = graph_type(resource.type_name);
        for property in resource.properties.iter().filter(|property| property.written != Written::Never) {
            let (name, nothing) = (property.name, unshown(property.name));
            // The id is known, and what an app proves itself with stands at the app itself alone.
            if ["id", "keyCredentials", "passwordCredentials"].contains(&name) {
                continue;
            }
            let member = declared.get(name).unwrap_or_else(|| panic!("{} has no {name}", resource.type_name));
            assert!(member.may_be(&nothing), "{} {name}: {nothing}", resource.type_name);
        }
    }
}

#[tokio::test]
async fn a_member_that_may_not_be_read_stands_there_without_its_values() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let program = server.program(&tenant, &[]).await.registered.service_principal.id;
        let mixed = group(&server, &admin, "mixed", &program.to_string()).await;
        let reader = server.application(tenant.id, &[Permission::GroupReadAll]);
        let path = format!("/v1.0/groups/{mixed}/members");
        let whole = get(&server, &reader, &path).await.json()["value"][0].clone();
        assert_eq!(told(&whole), ["@odata.type", "appRoleAssignmentRequired", "id"], "{whole}");
        assert!(is_blank(&whole, "tags") && is_blank(&whole, "displayName"), "{whole}");
        assert_eq!(whole["appRoleAssignmentRequired"], false, "it is never null");
        let few = get(&server, &reader, &format!("{path}?$select=id,appId,tags")).await.json()["value"][0].clone();
        let kind = "#microsoft.graph.servicePrincipal";
        assert_eq!(few, json!({ "@odata.type": kind, "id": program, "appId": null, "tags": [] }));
    })
    .await;
}
