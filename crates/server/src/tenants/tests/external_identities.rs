//! Whether guests may leave by themselves, in the form scripts know.

use super::{get, patch};
use crate::audit::{ChangeFilter, store};
use crate::testing::{ADDRESS, on_both_engines};
use serde_json::json;

const POLICY: &str = "/beta/policies/externalIdentitiesPolicy";

#[tokio::test]
async fn the_policy_lets_guests_leave_until_it_says_otherwise() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let mut before = get(&server, &ada, POLICY).await.json();
        let tag = before.as_object_mut().expect("an object").remove("@odata.etag").expect("the tag of its version");
        assert_eq!(
            before,
            json!({
                "@odata.context": format!("{ADDRESS}/beta/$metadata#policies/externalIdentitiesPolicy/$entity"),
                "id": "externalIdentityPolicy",
                "deletedDateTime": null,
                "displayName": "External Identities Policy",
                "description": null,
                "allowExternalIdentitiesToLeave": true,
                "allowDeletedIdentitiesDataRemoval": false,
            })
        );
        let off = json!({ "allowExternalIdentitiesToLeave": false });
        for _ in 0..2 {
            assert_eq!(patch(&server, &ada, POLICY, &off).await.status, 204);
        }
        let after = get(&server, &ada, POLICY).await.json();
        assert_eq!(after["allowExternalIdentitiesToLeave"], false);
        assert_ne!(after["@odata.etag"], tag);
        assert_eq!(patch(&server, &ada, POLICY, &before).await.status, 204, "what was read is written back");
        assert_eq!(get(&server, &ada, POLICY).await.json()["allowExternalIdentitiesToLeave"], true);
        let mut tx = server.read().await.expect("a connection");
        let rows = store::list_changes(&mut tx, tenant.id, &ChangeFilter::default(), None, 10).await.expect("the log");
        let rows: Vec<_> = rows.iter().filter(|row| row.target_name() == "External Identities Policy").collect();
        assert_eq!(rows.len(), 2, "what changes nothing is no change: {rows:#?}");
        assert!(rows.iter().all(|row| row.activity == "Update policy"), "{rows:#?}");
    })
    .await;
}

#[tokio::test]
async fn what_the_policy_cannot_say_here_is_refused_by_name() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ada = server.administrator(&tenant).await;
        let before = get(&server, &ada, POLICY).await.text;
        for (name, value) in [
            ("allowDeletedIdentitiesDataRemoval", json!(true)),
            ("allowExternalIdentitiesToLeave", json!(null)),
            ("allowExternalIdentitiesToLeave", json!("yes")),
            ("displayName", json!("Ours")),
            ("allowStrangersToStay", json!(true)),
        ] {
            let refused = patch(&server, &ada, POLICY, &json!({ name: value })).await;
            assert_eq!(refused.status, 400, "{name}: {}", refused.text);
            assert_eq!(refused.json()["error"]["target"], name);
        }
        assert_eq!(get(&server, &ada, POLICY).await.text, before);
    })
    .await;
}
