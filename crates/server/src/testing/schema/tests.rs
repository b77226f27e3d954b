//! What the comparison with the schema lets through and what not.

use super::{Asked, check_batch, check_body, defaults, graph_type};
use serde_json::{Value, json};

const ID: &str = "00000000-0000-0000-0000-000000000000";

fn passes_at(path: &str, fragment: &str, body: &Value) -> bool {
    std::panic::catch_unwind(|| check_body(path, Asked::of(path), fragment, body)).is_ok()
}

fn passes(fragment: &str, body: &Value) -> bool {
    passes_at("/v1.0/x", fragment, body)
}

/// An object with everything its type carries by itself, of which only this is known.
fn whole(type_name: &str, known: &Value) -> Value {
    let declared = graph_type(type_name);
    let mut object = json!({ "@odata.type": format!("#microsoft.graph.{type_name}") });
    for name in defaults::of(type_name) {
        let is_collection = declared.get(*name).is_some_and(|member| member.is_collection == 1);
        object[*name] = if is_collection { json!([]) } else { Value::Null };
    }
    object["id"] = json!(ID);
    for (name, value) in known.as_object().into_iter().flatten() {
        object[name.as_str()] = value.clone();
    }
    object
}

fn without(mut object: Value, name: &str) -> Value {
    object.as_object_mut().expect("an object").remove(name).expect("what is taken away was there");
    object
}

#[test]
fn what_the_schema_does_not_know_fails() {
    let user = |known: Value| whole("user", &known);
    assert!(passes("users/$entity", &user(json!({ "extension_x": 1, "@odata.etag": "x" }))));
    assert!(passes("users(id)", &json!({ "@odata.context": "x", "value": [{ "id": ID }] })));
    assert!(passes("policies/authorizationPolicy/$entity", &json!({ "id": "x", "allowInvitesFrom": "everyone" })));
    assert!(passes("directoryObjects", &json!({ "value": [user(json!({ "mail": "x" }))] })));
    assert!(passes("Collection(Edm.String)", &json!({ "value": ["x"] })));
    for (fragment, body) in [
        ("Collection(Edm.String)", json!({ "value": [4] })),
        ("Collection(Edm.String)", json!({ "value": "x" })),
        ("users/$entity", user(json!({ "shoeSize": 4 }))),
        ("users/$entity", user(json!({ "mail": 4 }))),
        ("users/$entity", user(json!({ "businessPhones": null }))),
        ("users/$entity", user(json!({ "businessPhones": "1" }))),
        ("users/$entity", user(json!({ "createdDateTime": "yesterday" }))),
        ("users/$entity", user(json!({ "identities": [{ "isser": "mail" }] }))),
        ("users", json!({ "value": [user(json!({ "shoeSize": 4 }))] })),
        ("users", json!({ "value": [], "total": 0 })),
        ("directoryObjects", json!({ "value": [without(user(json!({})), "@odata.type")] })),
        ("policies/authorizationPolicy/$entity", json!({ "id": "x", "allowInvitesFrom": "anybody" })),
        ("unicorns", json!({ "value": [] })),
    ] {
        assert!(!passes(fragment, &body), "{fragment} {body}");
    }
}

#[test]
fn an_entity_without_its_key_or_without_what_was_selected_fails() {
    let member = json!({ "@odata.type": "#microsoft.graph.user" });
    let removed = json!({ "id": ID, "@removed": { "reason": "deleted" } });
    assert!(passes("users(mail)", &json!({ "value": [{ "mail": "x" }] })));
    assert!(passes("domains(id)/$entity", &json!({ "id": "contoso.example" })));
    assert!(passes("users", &json!({ "value": [removed] })));
    assert!(passes("policies/adminConsentRequestPolicy/$entity", &json!({ "version": 1 })));
    assert!(passes("users('x')/photo/$entity", &json!({ "id": "1X1" })));
    assert!(passes_at("/v1.0/x?$select=mail", "users/$entity", &json!({ "mail": "x" })), "asked in the address");
    for (fragment, body) in [
        ("users/$entity", json!({ "mail": "x" })),
        ("users", json!({ "value": [whole("user", &json!({})), { "mail": "x" }] })),
        ("users(id,mail)", json!({ "value": [{ "mail": "x" }] })),
        ("users(id,mail)", json!({ "value": [{ "id": ID }] })),
        ("groups(id,mail)/$entity", json!({ "id": ID })),
        ("domains(id,isDefault)/$entity", json!({ "id": "contoso.example" })),
        ("users", json!({ "value": [{ "@removed": { "reason": "deleted" } }] })),
        ("users", json!({ "value": [{ "id": ID, "mail": "x", "@removed": { "reason": "deleted" } }] })),
        ("users('x')/photo/$entity", json!({ "height": 1 })),
        ("groups(id)", json!({ "value": [{ "id": ID, "members@delta": [member] }] })),
    ] {
        assert!(!passes(fragment, &body), "{fragment} {body}");
    }
    let path = "/v1.0/x?$select=department";
    assert!(!passes_at(path, "users/$entity", &json!({ "mail": "x" })), "whatever the context says");
}

#[test]
fn an_object_without_what_its_type_carries_by_itself_fails() {
    for (set, type_name) in [
        ("users", "user"),
        ("groups", "group"),
        ("servicePrincipals", "servicePrincipal"),
        ("applications", "application"),
        ("directoryRoles", "directoryRole"),
        ("directoryObjects", "user"),
        ("directoryObjects", "group"),
        ("directoryObjects", "servicePrincipal"),
    ] {
        // Switches are never null, whoever reads them.
        let switches = json!({ "appRoleAssignmentRequired": false });
        let known = if type_name == "servicePrincipal" { switches } else { json!({}) };
        let known = if type_name == "application" { json!({ "oauth2RequirePostResponse": false }) } else { known };
        let object = whole(type_name, &known);
        assert!(passes(set, &json!({ "value": [object] })), "{set} {type_name}");
        for name in defaults::of(type_name) {
            let lacking = json!({ "value": [without(object.clone(), name)] });
            assert!(!passes(set, &lacking), "{set} {type_name} without {name}");
        }
    }
}

#[test]
fn what_stands_inside_owes_what_was_asked_of_it() {
    let known = json!({ "@odata.type": "#microsoft.graph.user", "displayName": "Kim" });
    let with = |manager: &Value| whole("user", &json!({ "manager": manager }));
    let path = |options: &str| format!("/v1.0/x?%24expand=manager{options}");
    assert!(passes_at(&path("(%24select%3DdisplayName)"), "users/$entity", &with(&known)));
    assert!(!passes_at(&path("(%24select%3DdisplayName,mail)"), "users/$entity", &with(&known)));
    assert!(!passes_at(&path(""), "users/$entity", &with(&known)), "without its key");
    assert!(passes_at(&path(""), "users/$entity", &with(&whole("user", &json!({})))));
    assert!(passes_at(&path(""), "users/$entity", &with(&Value::Null)), "nobody");
    let above = json!({ "@odata.type": "#microsoft.graph.user", "displayName": "Kim", "manager": known });
    let followed = path("(%24select%3DdisplayName;%24levels%3Dmax)");
    assert!(passes_at(&followed, "users/$entity", &with(&above)));
    let nameless = json!({ "@odata.type": "#microsoft.graph.user", "displayName": "Kim", "manager": { "mail": "x" } });
    assert!(!passes_at(&followed, "users/$entity", &with(&nameless)));
    let invited = json!({ "id": "x", "inviteRedeemUrl": "y", "invitedUser": { "id": ID } });
    assert!(passes("invitations/$entity", &invited), "nobody asked for more of them than who it is");
}

#[test]
fn every_answer_of_a_batch_is_checked_by_what_was_asked() {
    let inner = json!({ "date": "d", "request-id": "r", "client-request-id": "c" });
    let refused = |error: Value| json!({ "id": "1", "status": 404, "headers": {}, "body": { "error": error } });
    let found = |body: &Value| json!({ "id": "1", "status": 200, "headers": {}, "body": body });
    for root in ["/v1.0", "/beta"] {
        let passes = |url: &str, response: &Value| {
            let sent = json!({ "requests": [{ "id": "1", "method": "GET", "url": url }] });
            let batch = json!({ "responses": [response] });
            std::panic::catch_unwind(|| check_batch(root, &sent, &batch)).is_ok()
        };
        let context = |root: &str| format!("http://localhost{root}/$metadata#users/$entity");
        let user = whole("user", &json!({ "@odata.context": context(root) }));
        let partial = json!({ "@odata.context": context(root), "mail": "x" });
        assert!(passes("/users/x", &found(&user)));
        assert!(passes("/users/x?$select=mail", &found(&partial)));
        assert!(passes("/users/x", &refused(json!({ "code": "x", "message": "y", "innerError": inner }))));
        assert!(!passes("/users/x", &found(&partial)));
        assert!(!passes("/users/x?$select=mail,surname", &found(&partial)));
        assert!(!passes("/users/x", &found(&without(user.clone(), "@odata.context"))));
        let other = if root == "/beta" { "/v1.0" } else { "/beta" };
        assert!(!passes("/users/x", &found(&whole("user", &json!({ "@odata.context": context(other) })))), "{other}");
        let unknown = json!({ "@odata.context": context(root), "shoeSize": 4 });
        assert!(!passes("/users/x?$select=shoeSize", &found(&unknown)));
        assert!(!passes("/users/x", &refused(json!({ "code": "x", "message": "y" }))));
        assert!(!passes("/users/x", &refused(json!({ "message": "y", "innerError": inner }))));
    }
    let policies =
        json!({ "@odata.context": "http://localhost/beta/$metadata#policies/b2bManagementPolicies", "value": [] });
    let sent = json!({ "requests": [{ "id": "1", "method": "GET", "url": "/policies/b2bManagementPolicies" }] });
    check_batch("/beta", &sent, &json!({ "responses": [found(&policies)] }));
}
