//! Every role against every id of another tenant (security check T1).

use super::super::roles::ask;
use super::super::table::api;
use super::super::tenants::names_an_object;
use super::super::world::World;
use super::{Two, get, told};
use crate::testing::{TestServer, on_both_engines, person};
use serde_json::Value;

/// What the directory audit of a tenant holds.
async fn audited(server: &TestServer, world: &World) -> Value {
    get(server, &world.administrator, "/v1.0/auditLogs/directoryAudits").await.json()["value"].clone()
}

#[tokio::test]
async fn t1_no_role_reaches_an_object_of_another_tenant_by_its_id() {
    on_both_engines(async |server| {
        let two = Two::new(&server).await;
        let before = (two.theirs.picture(&server).await, audited(&server, &two.theirs).await);
        let mut wrong = Vec::new();
        for (kind, user, roles) in two.ours.people(&server).await {
            let caller = person(&user, roles);
            for row in api().filter(|row| names_an_object(row.route)) {
                let answer = ask(&server, &two.theirs, &caller, row).await;
                let absent = ask(&server, &two.nowhere, &caller, row).await;
                let is_refused = matches!(answer.status.as_u16(), 403 | 404);
                if !is_refused || told(&answer) != told(&absent) {
                    wrong.push(format!("{kind:?} {}: {} instead of {}", row.route, told(&answer), told(&absent)));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        let after = (two.theirs.picture(&server).await, audited(&server, &two.theirs).await);
        assert_eq!(after, before, "something was changed, or told to the wrong tenant");
        let ours = audited(&server, &two.ours).await.to_string();
        let names = ["App of Contoso", "Group of Contoso", "contoso.example"];
        assert_eq!(names.iter().find(|name| ours.contains(**name)), None, "our audit tells a name of theirs");
    })
    .await;
}
