//! What the comparison with the schema lets through and what not.

use super::{Asked, check_batch, check_body};
use serde_json::{Value, json};

const ID: &str = "00000000-0000-0000-0000-000000000000";

fn passes_at(path: &str, fragment: &str, body: &Value) -> bool {
    std::panic::catch_unwind(|| check_body(path, Asked::of(path), fragment, body)).is_ok()
}

fn passes(fragment: &str, body: &Value) -> bool {
    passes_at("/v1.0/x", fragment, body)
}

#[test]
fn what_the_schema_does_not_know_fails() {
    assert!(passes("users/$entity", &json!({ "id": ID, "mail": null, "extension_x": 1, "@odata.etag": "x" })));
    assert!(passes("users(id)", &json!({ "@odata.context": "x", "value": [{ "id": ID }] })));
    assert!(passes("policies/authorizationPolicy/$entity", &json!({ "id": "x", "allowInvitesFrom": "everyone" })));
    assert!(passes(
        "directoryObjects",
        &json!({ "value": [{ "@odata.type": "#microsoft.graph.user", "id": ID, "mail": "x" }] })
    ));
    assert!(passes("Collection(Edm.String)", &json!({ "value": ["x"] })));
    for (fragment, body) in [
        ("Collection(Edm.String)", json!({ "value": [4] })),
        ("Collection(Edm.String)", json!({ "value": "x" })),
        ("users/$entity", json!({ "id": ID, "shoeSize": 4 })),
        ("users/$entity", json!({ "id": ID, "mail": 4 })),
        ("users/$entity", json!({ "id": ID, "businessPhones": null })),
        ("users/$entity", json!({ "id": ID, "businessPhones": "1" })),
        ("users/$entity", json!({ "id": ID, "createdDateTime": "yesterday" })),
        ("users/$entity", json!({ "id": ID, "identities": [{ "isser": "mail" }] })),
        ("users", json!({ "value": [{ "id": ID, "shoeSize": 4 }] })),
        ("users", json!({ "value": [], "total": 0 })),
        ("directoryObjects", json!({ "value": [{ "id": ID, "mail": "x" }] })),
        ("policies/authorizationPolicy/$entity", json!({ "id": "x", "allowInvitesFrom": "anybody" })),
        ("unicorns", json!({ "value": [] })),
    ] {
        assert!(!passes(fragment, &body), "{fragment} {body}");
    }
}

#[test]
fn an_entity_without_its_key_or_without_what_was_selected_fails() {
    let manager = json!({ "@odata.type": "#microsoft.graph.user", "displayName": "Kim" });
    let member = json!({ "@odata.type": "#microsoft.graph.user" });
    let with_manager = json!({ "id": ID, "manager": manager });
    let removed = json!({ "id": ID, "@removed": { "reason": "deleted" } });
    assert!(passes("users(mail)", &json!({ "value": [{ "mail": "x" }] })));
    assert!(passes("domains(id)/$entity", &json!({ "id": "contoso.example" })));
    assert!(passes("users", &json!({ "value": [removed] })));
    assert!(passes("policies/adminConsentRequestPolicy/$entity", &json!({ "version": 1 })));
    assert!(passes("users('x')/photo/$entity", &json!({ "id": "1X1" })));
    assert!(passes_at("/v1.0/x?$select=mail", "users/$entity", &json!({ "mail": "x" })), "asked in the address");
    assert!(passes_at("/v1.0/x?%24expand=manager(%24select%3DdisplayName)", "users/$entity", &with_manager));
    for (fragment, body) in [
        ("users/$entity", json!({ "mail": "x" })),
        ("users", json!({ "value": [{ "id": ID }, { "mail": "x" }] })),
        ("users(id,mail)", json!({ "value": [{ "mail": "x" }] })),
        ("domains(id,isDefault)/$entity", json!({ "id": "contoso.example" })),
        ("users", json!({ "value": [{ "@removed": { "reason": "deleted" } }] })),
        ("users", json!({ "value": [{ "id": ID, "mail": "x", "@removed": { "reason": "deleted" } }] })),
        ("users/$entity", with_manager.clone()),
        ("users('x')/photo/$entity", json!({ "height": 1 })),
        ("groups", json!({ "value": [{ "id": ID, "members@delta": [member] }] })),
    ] {
        assert!(!passes(fragment, &body), "{fragment} {body}");
    }
}

#[test]
fn every_answer_of_a_batch_is_checked_by_what_was_asked() {
    let inner = json!({ "date": "d", "request-id": "r", "client-request-id": "c" });
    let refused = |error: Value| json!({ "id": "1", "status": 404, "headers": {}, "body": { "error": error } });
    let found = |body: Value| json!({ "id": "1", "status": 200, "headers": {}, "body": body });
    let passes = |url: &str, response: &Value| {
        let sent = json!({ "requests": [{ "id": "1", "method": "GET", "url": url }] });
        let batch = json!({ "responses": [response] });
        std::panic::catch_unwind(|| check_batch(&sent, &batch)).is_ok()
    };
    let context = "http://localhost/v1.0/$metadata#users/$entity";
    let whole = json!({ "@odata.context": context, "id": ID });
    let partial = json!({ "@odata.context": context, "mail": "x" });
    assert!(passes("/users/x", &found(whole)));
    assert!(passes("/users/x?$select=mail", &found(partial.clone())));
    assert!(passes("/users/x", &refused(json!({ "code": "x", "message": "y", "innerError": inner }))));
    assert!(!passes("/users/x", &found(partial)));
    assert!(!passes("/users/x", &found(json!({ "id": ID }))), "without a context");
    assert!(!passes("/users/x", &refused(json!({ "code": "x", "message": "y" }))));
    assert!(!passes("/users/x", &refused(json!({ "message": "y", "innerError": inner }))));
}
