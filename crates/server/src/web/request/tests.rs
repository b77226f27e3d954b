//! What holds for every answer, and how requests are refused that no handler reads.

use super::{Surface, opener_policy, protect};
use crate::config::Settings;
use crate::graph::Permission;
use crate::sign_in;
use crate::testing::{Answer, TestServer, on_both_engines, postgres_command};
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::json;

const FORM: &str = "application/x-www-form-urlencoded";

async fn post(server: &TestServer, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post(path).header(header::CONTENT_TYPE, kind).body(body.into()).expect("a request");
    server.send(request).await
}

fn assert_page(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert!(answer.header("content-type").starts_with("text/html"), "{}", answer.header("content-type"));
    let reference = answer.header("request-id").to_uppercase();
    assert!(answer.text.contains(&format!("{}-{}", &reference[..4], &reference[4..8])), "{}", answer.text);
}

fn headers_at(address: &str) -> HeaderMap {
    let settings = Settings::from_toml(&format!(
        "public_address = \"{address}\"\n[database]\nurl = \"sqlite:nowhere.db\"\n[keys]\nmaster_key = \"{}\"\n\
         [mail]\nrelay = \"localhost\"\nsecurity = \"none\"\nfrom = \"invitations@vestibule.example\"\n",
        "5a".repeat(32)
    ));
    let mut headers = HeaderMap::new();
    protect(&settings.expect("settings"), &mut headers);
    headers
}

#[test]
fn strict_transport_is_not_said_about_this_machine() {
    let name = header::STRICT_TRANSPORT_SECURITY;
    assert!(!headers_at("https://localhost:8443").contains_key(&name));
    assert!(headers_at("https://vestibule.example").contains_key(&name));
}

#[tokio::test]
async fn i9_two_hosts_are_refused_with_a_reference() {
    on_both_engines(async |server| {
        for second in ["localhost:8080", "evil.example"] {
            let request = Request::get("/").header("host", "localhost:8080").header("host", second);
            let answer = server.send(request.body(Body::empty()).expect("a request")).await;
            assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{second}");
            assert!(answer.header("content-type").starts_with("text/plain"));
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert_eq!(answer.header("request-id").len(), 36);
        }
    })
    .await;
}

#[tokio::test]
async fn a_host_that_is_not_ours_is_refused_in_the_words_of_whoever_asks() {
    on_both_engines(async |server| {
        let ask = async |path: &str| {
            let request = Request::get(path).header("host", "evil.example").body(Body::empty()).expect("a request");
            let answer = server.send(request).await;
            assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{path}");
            answer
        };
        for path in ["/v1.0/me", "/beta/invitations", "/vestibule/v1/jobs", "/oidc/userinfo"] {
            let error = ask(path).await.json()["error"].clone();
            assert_eq!(error["code"], "Request_BadRequest", "{path}");
            assert_ne!(error["innerError"]["request-id"], "00000000-0000-0000-0000-000000000000", "{path}");
        }
        for path in ["/contoso.example/oauth2/v2.0/token", "/contoso.example/discovery/v2.0/keys"] {
            assert_eq!(ask(path).await.json()["error"], "invalid_request", "{path}");
        }
        assert!(ask("/portal/contoso.example").await.header("content-type").starts_with("text/plain"));
    })
    .await;
}

#[test]
fn people_are_told_from_programs_by_where_they_ask() {
    for (path, surface) in [
        ("/v1.0/users", Surface::Api),
        ("/beta", Surface::Api),
        ("/vestibule/v1/jobs", Surface::Api),
        ("/contoso.example/oauth2/v2.0/authorize", Surface::Provider),
        ("/contoso.example/v2.0/.well-known/openid-configuration", Surface::Provider),
        ("/common/discovery/instance", Surface::Provider),
        ("/oidc/userinfo", Surface::Api),
        ("/contoso.example/v2.0/adminconsent", Surface::Page),
        ("/contoso.example/redeem", Surface::Page),
        ("/portal/contoso.example", Surface::Page),
        ("/", Surface::Page),
    ] {
        assert_eq!(Surface::of(path), surface, "{path}");
    }
}

#[tokio::test]
async fn forms_and_addresses_that_cannot_be_read_are_answered_by_a_page() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let block = format!("/{}/no-more-invitations", tenant.id);
        for (kind, body, status) in [
            ("text/plain", String::new(), 400),
            (FORM, "csrf=a&csrf=b".to_owned(), 400),
            (FORM, format!("a={}", "x".repeat(300_000)), 413),
        ] {
            assert_page(&post(&server, &format!("{block}?ticket=x"), kind, body).await, status);
        }
        assert_page(&server.get(&format!("{block}?token=a&token=b")).await, 400);
        assert_page(&server.get("/%ff/no-more-invitations?ticket=x").await, 400);
        let delete = Request::delete(&block).body(Body::empty()).expect("a request");
        assert_page(&server.send(delete).await, 405);
    })
    .await;
}

#[tokio::test]
async fn programs_are_refused_in_their_own_format() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.application(tenant.id, &[Permission::UserInviteAll, Permission::UserReadAll]);
        let large = json!({ "inviteRedirectUrl": "x".repeat(300_000) });
        let answer = server.api_as(&caller, Method::POST, "/v1.0/invitations", &large).await;
        assert_eq!(
            (answer.status, answer.json()["error"]["code"].as_str()),
            (StatusCode::PAYLOAD_TOO_LARGE, Some("Request_BadRequest"))
        );

        let query = "/vestibule/v1/invitations?flavour=sweet";
        let answer = server.api_as(&caller, Method::GET, query, &json!(null)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.json()["error"]["message"].as_str().is_some_and(|text| text.contains("flavour")));

        let token = format!("/{}/oauth2/v2.0/token", tenant.id);
        let answer = post(&server, &token, FORM, format!("scope={}", "x".repeat(300_000))).await;
        assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (413, Some("invalid_request")));
        let answer = server.get(&token).await;
        assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (405, Some("invalid_request")));
        for nowhere in ["v2.0/devicecode", "v2.0", "nothing/at/all"] {
            let path = format!("/{}/oauth2/{nowhere}", tenant.id);
            for answer in [server.get(&path).await, post(&server, &path, FORM, "client_id=x").await] {
                let seen = (answer.status.as_u16(), answer.json()["error"].as_str().map(str::to_owned));
                assert_eq!(seen, (404, Some("invalid_request".to_owned())), "{nowhere}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_text_that_postgres_cannot_hold_is_refused_before_it_is_looked_for() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ann = server.member(&tenant, "ann", &[]).await;
        let admin = server.administrator(&tenant).await;
        let user = format!("/v1.0/users/{}", ann.id);
        for (method, path, body) in [
            (Method::GET, "/v1.0/users/a%00b", json!(null)),
            (Method::GET, "/vestibule/v1/mails/%00/retry", json!(null)),
            (Method::PATCH, &user, json!({ "jobTitle": "a\u{0}b" })),
            (Method::PATCH, &user, json!({ "employeeOrgData": { "division": "\u{0}" } })),
        ] {
            let answer = server.api_as(&admin, method, path, &body).await;
            let seen = (answer.status, answer.json()["error"]["code"].clone());
            assert_eq!(seen, (StatusCode::BAD_REQUEST, json!("Request_BadRequest")), "{path} {body}");
        }
        for path in ["/a%00/oauth2/v2.0/token", "/a%00/discovery/v2.0/keys", "/%ff/oauth2/v2.0/authorize"] {
            let answer = server.get(path).await;
            assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (400, Some("invalid_request")));
        }
        for path in ["/%ff/oauth2/v2.0/token", "/%c3%28/oauth2/v2.0/revoke", "/contoso.example/oauth2/v2.0/token"] {
            let body = if path.contains("contoso") { "grant_type=client_credentials&scope=a%00b" } else { "" };
            let answer = post(&server, path, FORM, body).await;
            assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (400, Some("invalid_request")));
        }
        assert_page(&server.get("/portal/a%00").await, 400);
        let browser = server.signed_in(&ann).await;
        for path in ["groups/new", "settings", "invitations/new", "users/picked"] {
            let request = Request::post(format!("/portal/contoso.example/{path}"))
                .header(header::CONTENT_TYPE, FORM)
                .header("sec-fetch-site", "same-origin");
            let answer = browser.send(request.body(Body::from("name=a%00b")).expect("a request")).await;
            assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        }
        let boss = server.member(&tenant, "boss", &[crate::graph::Role::GlobalAdministrator]).await;
        let browser = server.signed_in(&boss).await;
        let page = browser.get("/portal/contoso.example/groups/new").await.text;
        let csrf = page.rsplit("name=\"csrf\" value=\"").next().and_then(|rest| rest.split('"').next());
        let body = format!("csrf={}&name=a%00b", csrf.expect("a form value"));
        let request = Request::post("/portal/contoso.example/groups/new")
            .header(header::CONTENT_TYPE, FORM)
            .header("sec-fetch-site", "same-origin");
        assert_page(&browser.send(request.body(Body::from(body)).expect("a request")).await, 400);
    })
    .await;
}

#[tokio::test]
async fn i5_nothing_keeps_what_a_program_was_told() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let token = format!("/{}/oauth2/v2.0/token", tenant.id);
        for path in ["/v1.0/users", "/v1.0/nothing", "/beta/me", "/vestibule/v1/invitations", &token] {
            assert_eq!(server.get(path).await.header("cache-control"), "no-store", "{path}");
        }
        let keys = server.get(&format!("/{}/discovery/v2.0/keys", tenant.id)).await;
        assert_ne!(keys.header("cache-control"), "no-store");
    })
    .await;
}

#[tokio::test]
async fn bodies_that_could_be_read_in_two_ways_are_refused() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let caller = server.application(tenant.id, &[Permission::UserInviteAll]);
        let send = async |kind: Option<&str>, body: &str| {
            let mut request = Request::post("/v1.0/invitations");
            if let Some(kind) = kind {
                request = request.header(header::CONTENT_TYPE, kind);
            }
            let mut request = request.body(Body::from(body.to_owned())).expect("a request");
            request.extensions_mut().insert(caller.clone());
            let answer = server.send(request).await;
            (answer.status.as_u16(), answer.json()["error"]["message"].as_str().unwrap_or_default().to_owned())
        };
        let twice = r#"{"sponsors":{"a":1,"a":2}}"#;
        let (status, message) = send(Some("application/json"), twice).await;
        assert!(status == 400 && message.contains("'a'"), "{status} {message}");
        assert_eq!(send(Some("text/plain"), "{}").await.0, 415);
        assert_eq!(send(Some(FORM), "{}").await.0, 415);
        let admin = server.application(tenant.id, &[Permission::PolicyReadWriteAuthorization]);
        let policy = "/v1.0/policies/authorizationPolicy";
        let answer = server.api_as(&admin, Method::PATCH, policy, &json!({ "allowInvitesFrom": null })).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text);
        assert!(answer.text.contains("allowInvitesFrom"), "{}", answer.text);
        for kind in [None, Some("application/json; charset=utf-8"), Some("Application/JSON")] {
            assert_eq!(send(kind, "{}").await.0, 400, "{kind:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_portal_without_its_database_says_when_to_come_back() {
    on_both_engines(async |server| {
        let Some(name) = server.postgres_database() else { return };
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "mara", &[]).await;
        let browser = server.browser();
        browser.sign_in_as(&server, &user, sign_in::session::Method::Password).await;
        postgres_command(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
        postgres_command(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"))
            .await;
        for path in ["/portal/contoso.example", "/myapps/contoso.example"] {
            let answer = browser.get(path).await;
            assert_page(&answer, 503);
            assert_eq!(answer.header("retry-after"), "10", "{path}");
        }
    })
    .await;
}

#[test]
fn only_the_way_of_a_sign_in_keeps_its_opener() {
    for path in ["/t/oauth2/v2.0/authorize", "/t/sign-in/c/password", "/t/redeem/c"] {
        assert_eq!(opener_policy(path), "unsafe-none", "{path}");
    }
    for path in ["/", "/portal/t", "/myapps/t", "/t/sign-out", "/t/recover/s"] {
        assert_eq!(opener_policy(path), "same-origin", "{path}");
    }
}
