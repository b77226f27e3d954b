//! An OpenID Provider on a random port, whose answers the tests dictate.

use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::{Form, State};
use axum::http::{HeaderMap, header};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm};
use openidconnect::{AccessToken, AccessTokenHash, JsonWebKeyId, PrivateSigningKey};
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub const CLIENT_ID: &str = "00001111-aaaa-2222-bbbb-3333cccc4444";
pub const CLIENT_SECRET: &str = "p:a s~s%";
pub const ACCESS_TOKEN: &str = "an-access-token";

/// The provider, and what it has heard.
#[derive(Clone)]
pub struct TestProvider {
    pub issuer: String,
    heard: Arc<Mutex<Heard>>,
}

#[derive(Default)]
struct Heard {
    keys: Vec<Value>,
    token_answer: Value,
    token_requests: Vec<TokenRequest>,
    key_requests: usize,
}

/// A token request as it arrived.
#[derive(Clone)]
pub struct TokenRequest {
    pub authorization: String,
    pub form: Vec<(String, String)>,
}

impl TestProvider {
    pub async fn start() -> Self {
        Self::start_on(TcpListener::bind("127.0.0.1:0").await.expect("a free port"))
    }

    pub fn start_on(listener: TcpListener) -> Self {
        let address = listener.local_addr().expect("an address");
        let issuer = format!("http://{address}/tenant/v2.0");
        let provider = Self { issuer, heard: Arc::default() };
        provider.publish(&[key(1).as_verification_key()]);
        let routes = Router::new()
            .route("/tenant/v2.0/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        provider
    }

    pub fn origin(&self) -> &str {
        self.issuer.strip_suffix("/tenant/v2.0").expect("our own suffix")
    }

    pub fn publish(&self, keys: &[openidconnect::core::CoreJsonWebKey]) {
        self.heard().keys = keys.iter().map(|key| serde_json::to_value(key).expect("a key")).collect();
    }

    /// Makes the token endpoint answer with this ID token.
    pub fn answer_with(&self, id_token: &str) {
        self.heard().token_answer = json!({
            "token_type": "Bearer", "expires_in": 3600, "scope": "openid profile email",
            "access_token": ACCESS_TOKEN, "id_token": id_token,
        });
    }

    pub fn token_requests(&self) -> Vec<TokenRequest> {
        self.heard().token_requests.clone()
    }

    pub fn key_requests(&self) -> usize {
        self.heard().key_requests
    }

    /// Claims a client must accept, for the sign-in with this nonce.
    pub fn claims(&self, nonce: &str) -> Value {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        let key = key(1).as_verification_key();
        let hash =
            AccessTokenHash::from_token(&AccessToken::new(ACCESS_TOKEN.into()), &CoreJwsSigningAlgorithm::EdDsa, &key);
        json!({
            "iss": self.issuer, "aud": CLIENT_ID, "sub": "pairwise", "nonce": nonce, "at_hash": hash.expect("a hash").as_str(),
            "iat": now, "nbf": now, "exp": now + 600, "name": "Ada <b>Guest</b>", "email": "ada@partner.example",
            "tid": "aaaabbbb-0000-cccc-1111-dddd2222eeee", "idp": "mail", "acct": 1, "roles": ["Reader"],
        })
    }

    fn heard(&self) -> std::sync::MutexGuard<'_, Heard> {
        self.heard.lock().expect("no test panics while holding this")
    }
}

async fn metadata(State(provider): State<TestProvider>) -> Json<Value> {
    let origin = provider.origin();
    Json(json!({
        "issuer": provider.issuer,
        "authorization_endpoint": format!("{origin}/authorize"),
        "token_endpoint": format!("{origin}/token"),
        "jwks_uri": format!("{origin}/keys"),
        "end_session_endpoint": format!("{origin}/logout"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    }))
}

async fn keys(State(provider): State<TestProvider>) -> Json<Value> {
    let mut heard = provider.heard();
    heard.key_requests += 1;
    Json(json!({ "keys": heard.keys }))
}

async fn token(
    State(provider): State<TestProvider>,
    headers: HeaderMap,
    Form(form): Form<Vec<(String, String)>>,
) -> Json<Value> {
    let authorization = headers[header::AUTHORIZATION].to_str().expect("ASCII").to_owned();
    let mut heard = provider.heard();
    heard.token_requests.push(TokenRequest { authorization, form });
    Json(heard.token_answer.clone())
}

/// A signing key made of a seed; its `kid` is the seed.
pub fn key(seed: u8) -> CoreEdDsaPrivateSigningKey {
    // The fixed beginning of an Ed25519 key in PKCS #8 (RFC 8410 section 7), then the 32 secret bytes.
    let mut der = vec![0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    der.extend_from_slice(&[seed; 32]);
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", BASE64_STANDARD.encode(der));
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new(seed.to_string()))).expect("a key")
}

/// A compact JWT signed by the key of that seed, whose header names the key `kid`.
pub fn sign(claims: &Value, seed: u8, kid: &str) -> String {
    let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({"alg": "EdDSA", "typ": "JWT", "kid": kid});
    let input = format!("{}.{}", encode(&header), encode(claims));
    let signature = key(seed).sign(&CoreJwsSigningAlgorithm::EdDsa, input.as_bytes()).expect("a signature");
    format!("{input}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}
