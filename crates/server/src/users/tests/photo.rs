//! Pictures.

use super::{delegated, guest, guest_caller, program, refusal};
use crate::graph::role::guest_level;
use crate::graph::{Caller, Permission};
use crate::testing::{Answer, TestServer, on_both_engines, person, picture};
use crate::users::photo::LARGEST;
use axum::http::Method;
use serde_json::{Value, json};

async fn ask(server: &TestServer, caller: &Caller, method: Method, path: &str) -> Answer {
    server.api_as(caller, method, path, &Value::Null).await
}

#[tokio::test]
async fn a_picture_is_kept_as_it_came() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = program(&server, &tenant);
        let anna = server.member(&tenant, "anna", &[]).await;
        let path = format!("/v1.0/users/{}/photo", anna.id);
        let file = format!("{path}/$value");
        for absent in [&path, &file] {
            assert_eq!(refusal(&ask(&server, &caller, Method::GET, absent).await).0, 404);
        }
        assert_eq!(server.api_as(&caller, Method::PUT, &file, &picture()).await.status, 204);
        let about = ask(&server, &caller, Method::GET, &path).await.json();
        assert_eq!((&about["width"], &about["height"], &about["id"]), (&json!(48), &json!(64), &json!("48X64")));
        assert_eq!(about["@odata.mediaContentType"], "image/png");
        let answer = ask(&server, &caller, Method::GET, &file).await;
        assert_eq!(answer.header("content-type"), "image/png");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(answer.text.contains("IHDR"));
        for (body, why) in [
            (json!("<svg xmlns='http://www.w3.org/2000/svg'/>"), "another kind"),
            (json!("<script>alert(1)</script>"), "a page"),
            (Value::Null, "nothing"),
            (json!("x".repeat(LARGEST + 1)), "too large"),
        ] {
            let (status, code, _) = refusal(&server.api_as(&caller, Method::PUT, &file, &body).await);
            assert!(matches!(status, 400 | 413), "{why}: {status}");
            assert_eq!(code, "Request_BadRequest", "{why}");
        }
        assert_eq!(ask(&server, &caller, Method::DELETE, &file).await.status, 204);
        assert_eq!(refusal(&ask(&server, &caller, Method::DELETE, &file).await).0, 404);
    })
    .await;
}

#[tokio::test]
async fn a_picture_is_set_changed_and_removed_at_both_of_its_addresses() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let anna = server.member(&tenant, "anna", &[]).await;
        let own = delegated(person(&anna, Vec::new()), &[Permission::UserReadWrite]);
        let about = format!("/v1.0/users/{}/photo", anna.id);
        for path in [about.as_str(), &format!("{about}/$value"), "/v1.0/me/photo", "/v1.0/me/photo/$value"] {
            for method in [Method::PUT, Method::PATCH] {
                let set = server.api_as(&own, method.clone(), path, &picture()).await;
                assert_eq!(set.status, 204, "{method} {path}: {}", set.text);
                assert_eq!(ask(&server, &own, Method::GET, &about).await.json()["width"], 48, "{method} {path}");
                let said = json!({ "width": 48, "height": 64 });
                assert_eq!(refusal(&server.api_as(&own, method.clone(), path, &said).await).0, 400, "{method} {path}");
                assert_eq!(ask(&server, &own, Method::DELETE, path).await.status, 204, "{method} {path}");
                assert_eq!(refusal(&ask(&server, &own, Method::GET, &about).await).0, 404, "{method} {path}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn everybody_of_the_house_sets_their_own_and_guests_see_whom_they_can_name() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (anna, bert) = (server.member(&tenant, "anna", &[]).await, server.member(&tenant, "bert", &[]).await);
        let sam = guest(&server, &tenant, "Sam", "sam@partner.example").await;
        let own = delegated(person(&anna, Vec::new()), &[Permission::UserReadWrite]);
        assert_eq!(server.api_as(&own, Method::PUT, "/v1.0/me/photo/$value", &picture()).await.status, 204);
        let others = format!("/v1.0/users/{}/photo/$value", bert.id);
        assert_eq!(refusal(&server.api_as(&own, Method::PUT, &others, &picture()).await).0, 403);
        let annas = format!("/v1.0/users/{}/photo/$value", anna.id);
        let limited = guest_caller(&sam, guest_level::LIMITED);
        assert_eq!(ask(&server, &limited, Method::GET, &annas).await.status, 200);
        assert_eq!(
            refusal(&ask(&server, &guest_caller(&sam, guest_level::RESTRICTED), Method::GET, &annas).await).0,
            404
        );
        assert_eq!(refusal(&server.api_as(&limited, Method::PUT, "/v1.0/me/photo/$value", &picture()).await).0, 403);
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        assert_eq!(refusal(&ask(&server, &program(&server, &other), Method::GET, &annas).await).0, 404);
    })
    .await;
}
