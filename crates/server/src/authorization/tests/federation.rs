//! Apps that prove who they are by a token of an issuer elsewhere: a server of its own on the loopback interface, with keys and
//! signatures that nothing of ours makes.

use super::flow::number;
use super::{claims, logged};
use crate::graph::Permission;
use crate::testing::{Answer, App, Certified, TestServer, on_both_engines};
use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use oauth::base64url;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

const AUDIENCE: &str = "api://AzureADTokenExchange";

/// What an issuer publishes, and how often it was asked.
#[derive(Default)]
struct Published {
    metadata: Value,
    keys: Vec<Value>,
    asked: usize,
    is_down: bool,
    /// Its metadata is told when the gate is opened.
    is_held: bool,
    gate: Arc<Notify>,
}

#[derive(Clone, Default)]
struct Issuer(Arc<Mutex<Published>>);

impl Issuer {
    fn with<T>(&self, act: impl FnOnce(&mut Published) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Listens on a port of its own; its address, which is its name.
    async fn listen(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let name = format!("http://{}", listener.local_addr().expect("an address"));
        self.with(|published| published.metadata = json!({ "issuer": name, "jwks_uri": format!("{name}/keys") }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        name
    }

    fn answer(&self, what: impl FnOnce(&Published) -> Value) -> Response {
        self.with(|published| {
            published.asked += 1;
            if published.is_down {
                return StatusCode::SERVICE_UNAVAILABLE.into_response();
            }
            Json(what(published)).into_response()
        })
    }
}

async fn metadata(State(issuer): State<Issuer>) -> Response {
    let gate = issuer.with(|published| published.is_held.then(|| Arc::clone(&published.gate)));
    let response = issuer.answer(|published| published.metadata.clone());
    if let Some(gate) = gate {
        gate.notified().await;
    }
    response
}

async fn keys(State(issuer): State<Issuer>) -> Response {
    issuer.answer(|published| json!({ "keys": published.keys }))
}

/// A server that may reach the loopback interface, a program of it that trusts one identity, and the issuer of that.
struct Scene {
    server: TestServer,
    app: App,
    issuer: Issuer,
    name: String,
    key: Certified,
}

impl Scene {
    async fn new(server: &TestServer) -> Self {
        let mut settings = server.settings.clone();
        settings.outbound.allow_networks = vec!["127.0.0.0/8".parse().expect("a network")];
        let server = server.twin_with(settings).await;
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let app = server.program(&tenant, &[Permission::UserReadAll]).await;
        let (issuer, key) = (Issuer::default(), Certified::p256());
        let name = issuer.listen().await;
        issuer.with(|published| published.keys = vec![key.jwk("first")]);
        let scene = Self { server, app, issuer, name, key };
        scene.trust(&scene.name, "build").await;
        scene
    }

    async fn trust(&self, issuer: &str, subject: &str) {
        let writer = self.server.application(self.app.tenant, &[Permission::ApplicationReadWriteAll]);
        let path = format!("/v1.0/applications(appId='{}')/federatedIdentityCredentials", self.app.client_id);
        let name = subject.replace(':', "-");
        let body = json!({ "name": name, "issuer": issuer, "subject": subject, "audiences": [AUDIENCE] });
        let answer = self.server.api_as(&writer, Method::POST, &path, &body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
    }

    /// The claims of a token, with changes.
    fn claims(&self, changes: &Value) -> Value {
        let now = self.server.clock.now().seconds();
        let mut claims = json!({
            "iss": self.name, "sub": "build", "aud": AUDIENCE, "iat": now, "nbf": now, "exp": now + 7200,
            "repository": "contoso/app",
        });
        for (name, value) in changes.as_object().expect("an object") {
            claims[name] = value.clone();
        }
        claims
    }

    fn signed(&self, changes: &Value) -> String {
        self.key.sign_as(&json!({ "alg": "ES256", "kid": "first", "typ": "JWT" }), &self.claims(changes))
    }

    async fn ask(&self, assertion: &str) -> Answer {
        ask(&self.server, &self.app, assertion).await
    }

    fn asked(&self) -> usize {
        self.issuer.with(|published| published.asked)
    }
}

fn fields<'f>(app: &'f App, assertion: &'f str) -> [(&'f str, &'f str); 5] {
    [
        ("grant_type", "client_credentials"),
        ("client_id", &app.client_id),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
        ("scope", "https://graph.microsoft.com/.default"),
    ]
}

async fn ask(server: &TestServer, app: &App, assertion: &str) -> Answer {
    server.post_form(&format!("/{}/oauth2/v2.0/token", app.tenant), &fields(app, assertion), None).await
}

#[tokio::test]
async fn an_app_gets_tokens_by_a_token_of_an_issuer_it_trusts() {
    on_both_engines(async |server| {
        let scene = Scene::new(&server).await;
        for changes in [json!({}), json!({ "aud": ["elsewhere", AUDIENCE] }), json!({ "jti": "named" })] {
            let answer = scene.ask(&scene.signed(&changes)).await;
            assert_eq!(answer.status, 200, "{changes}: {}", answer.text);
            let said = claims(answer.json()["access_token"].as_str().expect("a token"));
            assert_eq!((&said["azpacr"], &said["roles"]), (&json!("2"), &json!(["User.Read.All"])));
        }
        assert_eq!(scene.asked(), 2, "metadata and keys are read once");
        let rsa = Certified::rsa();
        scene.issuer.with(|published| published.keys = vec![rsa.jwk("second")]);
        scene.server.clock.advance(Duration::from_mins(1));
        let by_rsa = rsa.sign_as(&json!({ "alg": "RS256", "kid": "second" }), &scene.claims(&json!({})));
        assert_eq!(scene.ask(&by_rsa).await.status, 200, "a new key is found by its name");
        let nameless = rsa.sign_as(&json!({ "alg": "RS256" }), &scene.claims(&json!({ "jti": "nameless" })));
        assert_eq!(scene.ask(&nameless).await.status, 200, "there is but one");
        assert!(logged(&scene.server, scene.app.tenant).await.iter().all(|code| *code == 0));
    })
    .await;
}

#[tokio::test]
async fn a9_a_token_of_an_issuer_elsewhere_is_compared_letter_by_letter() {
    on_both_engines(async |server| {
        let scene = Scene::new(&server).await;
        scene.trust("https://other.example/", "other").await;
        let now = scene.server.clock.now().seconds();
        for (changes, expected) in [
            (json!({ "iss": format!("{}/", scene.name) }), 700_211),
            (json!({ "iss": "https://elsewhere.example" }), 700_211),
            (json!({ "sub": "Build" }), 700_213),
            (json!({ "sub": "other" }), 700_213),
            (json!({ "aud": "api://azureadtokenexchange" }), 700_212),
            (json!({ "aud": [] }), 700_212),
            (json!({ "exp": now }), 700_024),
            (json!({ "nbf": now + 301 }), 700_024),
        ] {
            let answer = scene.ask(&scene.signed(&changes)).await;
            assert_eq!((answer.status.as_u16(), number(&answer)), (401, expected), "{changes}: {}", answer.text);
            assert_eq!(answer.json()["error"], "invalid_client", "{changes}");
        }
        let (good, stranger) = (scene.claims(&json!({})), Certified::p256());
        let first = |algorithm: &str| json!({ "alg": algorithm, "kid": "first" });
        for (what, token) in [
            ("a stranger's key", stranger.sign_as(&first("ES256"), &good)),
            ("a key nobody published", scene.key.sign_as(&json!({ "alg": "ES256", "kid": "x" }), &good)),
            ("another algorithm", scene.key.sign_as(&first("RS256"), &good)),
            ("none", scene.key.sign_as(&first("none"), &good)),
            ("a secret as key", scene.key.sign_as(&first("HS256"), &good)),
            ("extensions", scene.key.sign_as(&json!({ "alg": "ES256", "kid": "first", "crit": ["exp"] }), &good)),
        ] {
            let answer = scene.ask(&token).await;
            assert_eq!((answer.status.as_u16(), number(&answer)), (401, 700_027), "{what}: {}", answer.text);
        }
        assert_eq!(scene.asked(), 2, "whatever is presented, the issuer is not asked again");
        let fabrikam = scene.server.tenant("Fabrikam", "fabrikam.example").await;
        let theirs = scene.server.program(&fabrikam, &[]).await;
        let answer = ask(&scene.server, &theirs, &scene.signed(&json!({}))).await;
        assert_eq!(number(&answer), 700_027, "a5: what one app trusts proves no other");
    })
    .await;
}

#[tokio::test]
async fn keys_outlive_an_issuer_that_is_down_for_a_day() {
    on_both_engines(async |server| {
        let scene = Scene::new(&server).await;
        assert_eq!(scene.ask(&scene.signed(&json!({}))).await.status, 200);
        scene.issuer.with(|published| published.is_down = true);
        scene.server.clock.advance(Duration::from_hours(23));
        assert_eq!(scene.ask(&scene.signed(&json!({}))).await.status, 200);
        assert_eq!(scene.asked(), 3, "it was asked, and did not answer");
        assert_eq!(scene.ask(&scene.signed(&json!({ "jti": "2" }))).await.status, 200);
        assert_eq!(scene.asked(), 3, "nor is it asked at every token");
        scene.server.clock.advance(Duration::from_hours(2));
        let late = scene.ask(&scene.signed(&json!({}))).await;
        assert_eq!((late.status.as_u16(), number(&late)), (400, 50166), "{}", late.text);
        scene.issuer.with(|published| published.is_down = false);
        scene.server.clock.advance(Duration::from_mins(1));
        assert_eq!(scene.ask(&scene.signed(&json!({}))).await.status, 200, "it is back");
    })
    .await;
}

#[tokio::test]
async fn an_issuer_that_is_slow_holds_up_nobody_whose_key_is_known() {
    on_both_engines(async |server| {
        let scene = Scene::new(&server).await;
        assert_eq!(scene.ask(&scene.signed(&json!({}))).await.status, 200);
        scene.issuer.with(|published| published.is_held = true);
        scene.server.clock.advance(Duration::from_mins(1));
        let unknown = scene.key.sign_as(&json!({ "alg": "ES256", "kid": "x" }), &scene.claims(&json!({})));
        let meanwhile = async {
            while scene.asked() < 3 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let known = scene.signed(&json!({ "jti": "2" }));
            let answer = tokio::time::timeout(Duration::from_secs(3), scene.ask(&known)).await;
            scene.issuer.with(|published| published.gate.notify_one());
            assert_eq!(answer.expect("an answer meanwhile").status, 200);
        };
        let (refused, ()) = tokio::join!(scene.ask(&unknown), meanwhile);
        assert_eq!(number(&refused), 700_027, "{}", refused.text);
    })
    .await;
}

#[tokio::test]
async fn f13_keys_are_read_only_from_where_the_server_may_look() {
    on_both_engines(async |server| {
        let scene = Scene::new(&server).await;
        // The same database behind a server that may not reach the loopback interface.
        let refused = ask(&server, &scene.app, &scene.signed(&json!({}))).await;
        assert_eq!((refused.status.as_u16(), number(&refused)), (400, 50166), "{}", refused.text);
        assert_eq!(scene.asked(), 0, "nobody connected");
        for metadata in [
            json!({ "issuer": "https://elsewhere.example", "jwks_uri": format!("{}/keys", scene.name) }),
            json!({ "issuer": scene.name, "jwks_uri": "http://10.0.0.1/keys" }),
            json!({ "issuer": scene.name, "jwks_uri": "file:///etc/passwd" }),
            json!({ "issuer": scene.name }),
        ] {
            scene.issuer.with(|published| published.metadata = metadata.clone());
            scene.server.clock.advance(Duration::from_mins(1));
            let answer = scene.ask(&scene.signed(&json!({}))).await;
            assert_eq!(number(&answer), 50166, "{metadata}: {}", answer.text);
        }
    })
    .await;
}

/// The same token with the other signature that is as good: of ES256, whoever has (r, s) has (r, n - s) as well.
fn with_another_signature(token: &str) -> String {
    const ORDER: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
        0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let (input, signature) = token.rsplit_once('.').expect("a token");
    let mut bytes = base64url::decode(signature).expect("a signature");
    let mut borrowed = 0;
    for (digit, byte) in ORDER.into_iter().zip(&mut bytes[32..]).rev() {
        let difference = i16::from(digit) - i16::from(*byte) - borrowed;
        borrowed = i16::from(difference < 0);
        *byte = u8::try_from(difference.rem_euclid(256)).expect("a byte");
    }
    format!("{input}.{}", base64url::encode(bytes))
}

#[tokio::test]
async fn a9_a_token_of_an_issuer_elsewhere_comes_again_only_from_where_it_came_first() {
    on_both_engines(async |server| {
        let scene = Scene::new(&server).await;
        let token = scene.signed(&json!({}));
        let from = async |address: &str, token: &str| {
            let browser = scene.server.browser();
            browser.move_to(address);
            let body = fields(&scene.app, token);
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(body).finish();
            let request = Request::post(format!("/{}/oauth2/v2.0/token", scene.app.tenant))
                .header("content-type", "application/x-www-form-urlencoded");
            browser.send(request.body(Body::from(body)).expect("a request")).await
        };
        let disguised = with_another_signature(&token);
        assert_ne!(token, disguised);
        for text in [&token, &token, &disguised] {
            let answer = from("192.0.2.7", text).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
        }
        for text in [&token, &disguised] {
            let stolen = from("192.0.2.8", text).await;
            assert_eq!((stolen.status.as_u16(), number(&stolen)), (401, 700_024));
        }
    })
    .await;
}
