//! What is not served, and why.

use crate::graph::Caller;
use crate::testing::{TestServer, on_both_engines};
use axum::http::Method;
use serde_json::{Value, json};

const NOT_ALLOWED: &str = "Specified HTTP method is not allowed for the request target.";

/// Status, code and message.
async fn said(server: &TestServer, caller: &Caller, method: Method, path: &str) -> (u16, String, String) {
    let answer = server.api_as(caller, method, path, &Value::Null).await;
    let error = answer.json()["error"].clone();
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    (answer.status.as_u16(), text("code"), text("message"))
}

#[tokio::test]
async fn what_is_refused_on_purpose_says_why() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        for (method, path, reason) in [
            (Method::GET, "/v1.0/users/ada@contoso.example/messages", "mailboxes are elsewhere"),
            (Method::POST, "/v1.0/users/ada@contoso.example/assignLicense", "there are no licences here"),
            // What hangs on it is refused for the same reason, whatever is to be done with it.
            (Method::GET, "/v1.0/me/mailFolders/inbox/messages?$top=5", "mailboxes are elsewhere"),
            (Method::POST, "/v1.0/users('ada@contoso.example')/todo/lists", "conversations and tasks are elsewhere"),
            (Method::PATCH, "/v1.0/identity/conditionalAccess/policies/7", "comes with conditional access"),
        ] {
            let (status, code, message) = said(&server, &administrator, method, path).await;
            assert_eq!((status, code.as_str()), (501, "NotImplemented"), "{path}");
            assert_eq!(message, format!("This call is not served here: {reason}."), "{path}");
        }
        let requests = json!([{ "id": "1", "method": "GET", "url": "/me/messages" }]);
        let batch = json!({ "requests": requests });
        let batch = server.api_as(&administrator, Method::POST, "/v1.0/$batch", &batch).await.json();
        assert_eq!(batch["responses"][0]["status"], 501, "{batch}");
    })
    .await;
}

#[tokio::test]
async fn a_method_that_is_refused_on_purpose_says_why() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let roles = "/v1.0/roleManagement/directory/roleDefinitions";
        for (method, path, reason) in [
            (
                Method::GET,
                "/v1.0/invitations",
                " It is refused on purpose: Graph cannot list invitations; `/vestibule/v1/invitations` does.",
            ),
            (Method::DELETE, "/v1.0/invitations", ""),
            (Method::POST, roles, " It is refused on purpose: the roles are the built-in ones."),
            (Method::DELETE, roles, ""),
        ] {
            let (status, code, message) = said(&server, &administrator, method.clone(), path).await;
            assert_eq!((status, code.as_str()), (405, "Request_BadRequest"), "{method} {path}");
            assert_eq!(message, format!("{NOT_ALLOWED}{reason}"), "{method} {path}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_nobody_decided_about_is_not_there() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        for path in [
            "/v1.0",
            "/v1.0/unicorns",
            "/v1.0/me/unicorns",
            "/v1.0/users/ada@contoso.example/unicorns",
            // Invitations are served, and so nothing says why a single one is not.
            "/v1.0/invitations/7",
            "/v1.0/messages",
            "/beta/me/messages",
            "/vestibule/v1/me/messages",
        ] {
            let (status, code, _) = said(&server, &administrator, Method::GET, path).await;
            assert_eq!((status, code.as_str()), (404, "Request_ResourceNotFound"), "{path}");
        }
    })
    .await;
}
