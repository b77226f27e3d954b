//! Certificates of applications, through the API.

use crate::graph::Permission;
use crate::testing::{Certified, on_both_engines};
use axum::http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn certificates_are_set_as_a_whole_and_shown_by_their_thumbprints() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let call = async |method: Method, path: &str, body: Value| server.api_as(&caller, method, path, &body).await;
        let app = call(Method::POST, "/v1.0/applications", json!({ "displayName": "App" })).await.json();
        let path = format!("/v1.0/applications/{}", app["id"].as_str().expect("an id"));
        let (first, second) = (Certified::p256(), Certified::rsa());
        let entry = |certified: &Certified, name: &str| {
            json!({ "type": "AsymmetricX509Cert", "usage": "Verify", "displayName": name, "key": certified.base64() })
        };
        let set = call(Method::PATCH, &path, json!({ "keyCredentials": [entry(&first, "One")] })).await;
        assert_eq!(set.status, 204, "{}", set.text);
        let held = call(Method::GET, &path, Value::Null).await.json()["keyCredentials"].clone();
        assert_eq!(held.as_array().expect("a list").len(), 1);
        assert_eq!(held[0]["customKeyIdentifier"], first.thumbprint());
        assert_eq!((&held[0]["displayName"], &held[0]["key"]), (&json!("One"), &Value::Null));
        assert_eq!(held[0]["endDateTime"], "2040-01-01T00:00:00Z");
        let with_key = call(Method::GET, &format!("{path}?$select=keyCredentials"), Value::Null).await.json();
        assert_eq!(with_key["keyCredentials"][0]["key"], first.base64());

        let kept = json!({ "keyId": held[0]["keyId"], "type": "AsymmetricX509Cert", "usage": "Verify", "key": null });
        let both = call(Method::PATCH, &path, json!({ "keyCredentials": [kept, entry(&second, "Two")] })).await;
        assert_eq!(both.status, 204, "{}", both.text);
        let list = call(Method::GET, "/v1.0/applications", Value::Null).await.json();
        assert_eq!(list["value"][0]["keyCredentials"].as_array().expect("a list").len(), 2);
        let twice = json!({ "keyCredentials": [kept, entry(&first, "Again")] });
        let twice = call(Method::PATCH, &path, twice).await;
        assert_eq!((twice.status.as_u16(), &twice.json()["error"]["target"]), (400, &json!("keyCredentials")));

        let ended = Certified::ended();
        for wrong in [
            json!([entry(&ended, "Old")]),
            json!([{ "key": "AAAA" }]),
            json!([{ "key": "not base64!" }]),
            json!([{ "type": "Symmetric", "usage": "Verify", "key": first.base64() }]),
            json!([{ "type": "AsymmetricX509Cert", "usage": "Sign", "key": first.base64() }]),
            json!([{ "key": first.base64(), "endDateTime": "2041-01-01T00:00:00Z" }]),
            json!([{ "keyId": server.entropy.random_uuid() }]),
            json!([{ "displayName": "nothing" }]),
        ] {
            let answer = call(Method::PATCH, &path, json!({ "keyCredentials": wrong })).await;
            assert_eq!(answer.status, 400, "{wrong}: {}", answer.text);
        }
        let after = call(Method::GET, &path, Value::Null).await.json()["keyCredentials"].clone();
        assert_eq!(after.as_array().expect("a list").len(), 2, "what was refused changed nothing");
        let none = call(Method::PATCH, &path, json!({ "keyCredentials": [] })).await;
        assert_eq!(none.status, 204);
        assert_eq!(call(Method::GET, &path, Value::Null).await.json()["keyCredentials"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn an_application_is_registered_with_its_certificates() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let administrator = server.administrator(&tenant).await;
        let program = server.application(tenant.id, &[Permission::ApplicationReadWriteOwnedBy]);
        let certified = Certified::p256();
        let entry =
            json!({ "type": "AsymmetricX509Cert", "usage": "Verify", "displayName": "One", "key": certified.base64() });
        // Whoever may change every app, and whoever may change it as its owner alone.
        for caller in [&administrator, &program] {
            let call = async |method: Method, path: &str, body: Value| server.api_as(caller, method, path, &body).await;
            let new = json!({ "displayName": "App", "keyCredentials": [entry] });
            let made = call(Method::POST, "/v1.0/applications", new).await;
            assert_eq!(made.status, 201, "{}", made.text);
            let made = made.json();
            let key = &made["keyCredentials"][0];
            assert_eq!((&key["customKeyIdentifier"], &key["key"]), (&json!(certified.thumbprint()), &Value::Null));
            let path = format!("/v1.0/applications/{}", made["id"].as_str().expect("an id"));
            let read = call(Method::GET, &path, Value::Null).await.json();
            assert_eq!(read["keyCredentials"], made["keyCredentials"]);
            assert_eq!(read["@odata.etag"], made["@odata.etag"], "nothing was changed since");
        }
        let apps = async || server.api_as(&administrator, Method::GET, "/v1.0/applications", &Value::Null).await.text;
        let before = apps().await;
        for wrong in [
            json!([{ "keyId": server.entropy.random_uuid() }]),
            json!([{ "key": "AAAA" }]),
            json!([{ "type": "Symmetric", "key": certified.base64() }]),
            json!([entry, entry]),
            Value::Null,
        ] {
            let new = json!({ "displayName": "App", "keyCredentials": wrong });
            let refused = server.api_as(&administrator, Method::POST, "/v1.0/applications", &new).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!("keyCredentials")));
        }
        assert_eq!(apps().await, before, "what was refused registered nothing");
    })
    .await;
}

#[tokio::test]
async fn an_application_has_twenty_certificates() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let call = async |method: Method, path: &str, body: Value| server.api_as(&caller, method, path, &body).await;
        let app = call(Method::POST, "/v1.0/applications", json!({ "displayName": "App" })).await.json();
        let path = format!("/v1.0/applications/{}", app["id"].as_str().expect("an id"));
        let mut entries: Vec<Value> = (0..21).map(|_| json!({ "key": Certified::p256().base64() })).collect();
        let refused = call(Method::PATCH, &path, json!({ "keyCredentials": entries })).await;
        let error = &refused.json()["error"];
        assert_eq!((refused.status.as_u16(), &error["target"]), (400, &json!("keyCredentials")), "{error}");
        assert!(error["message"].as_str().is_some_and(|message| message.contains("at most 20")), "{error}");
        assert_eq!(call(Method::GET, &path, Value::Null).await.json()["keyCredentials"], json!([]));
        entries.pop();
        assert_eq!(call(Method::PATCH, &path, json!({ "keyCredentials": entries })).await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn a_certificate_is_exchanged_by_whoever_holds_the_key_of_another() {
    on_both_engines(async |server| {
        let tenant = server.tenant("A", "a.example").await;
        let caller = server.administrator(&tenant).await;
        let call = async |method: Method, path: &str, body: Value| server.api_as(&caller, method, path, &body).await;
        let app = call(Method::POST, "/v1.0/applications", json!({ "displayName": "App" })).await.json();
        let id = app["id"].as_str().expect("an id");
        let path = format!("/v1.0/applications/{id}");
        let (first, second, strange) = (Certified::p256(), Certified::p256(), Certified::p256());
        let entry = |certified: &Certified| {
            json!({ "type": "AsymmetricX509Cert", "usage": "Verify", "key": certified.base64() })
        };
        call(Method::PATCH, &path, json!({ "keyCredentials": [entry(&first)] })).await;
        let add = |proof: String| json!({ "keyCredential": entry(&second), "passwordCredential": null, "proof": proof });
        for wrong in [strange.proof(&server, id), first.proof(&server, &tenant.id.to_string()), "x".to_owned()] {
            let refused = call(Method::POST, &format!("{path}/addKey"), add(wrong)).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["error"]["target"]), (400, &json!("proof")));
        }
        let added = call(Method::POST, &format!("{path}/addKey"), add(first.proof(&server, id))).await;
        assert_eq!(added.status, 200, "{}", added.text);
        let held = call(Method::GET, &path, Value::Null).await.json()["keyCredentials"].clone();
        let old = held.as_array().expect("a list").iter().find(|key| key["customKeyIdentifier"] == first.thumbprint());
        let gone = json!({ "keyId": old.expect("the first")["keyId"], "proof": second.proof(&server, id) });
        let removed = call(Method::POST, &format!("{path}/removeKey"), gone).await;
        assert_eq!(removed.status, 204, "{}", removed.text);
        let held = call(Method::GET, &path, Value::Null).await.json()["keyCredentials"].clone();
        assert_eq!(held.as_array().expect("a list").len(), 1);
        assert_eq!(held[0]["customKeyIdentifier"], second.thumbprint());
    })
    .await;
}
