//! Every kind of wrong token at every route of the API (security check A5). The callers of the other matrices are made behind the
//! layer that reads tokens, so that none of them would notice a route that stands beside it.

use super::table::api;
use super::world::World;
use crate::applications::Changes;
use crate::graph::Permission;
use crate::sign_in::session;
use crate::testing::{ADDRESS, Answer, TestServer, on_both_engines};
use aws_lc_rs::hmac;
use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use oauth::base64url;
use oauth::claims::AccessTokenClaims;
use oauth::jose::{Algorithm, SigningKey};
use serde_json::{Value, json};
use std::sync::Arc;

/// `typ` of an access token (RFC 9068, section 2.1), and of an ID token.
const ACCESS: &str = "at+jwt";
const ID: &str = "JWT";

/// Where the app of a person is.
const REDIRECT: &str = "https://app.example/cb";

/// One route of each surface that takes a token.
const SURFACES: [&str; 5] =
    ["/v1.0/users", "/v1.0/me", "/beta/policies/b2bManagementPolicies", "/vestibule/v1/jobs", "/oidc/userinfo"];

/// What is wrong with a token, and the token.
type Wrong = (&'static str, String);

/// The tokens of a program, and what forgers have to make others of.
struct Forge<'s> {
    server: &'s TestServer,
    /// A token that is let in.
    good: String,
    claims: AccessTokenClaims,
    /// The key of the tenant.
    own: Arc<SigningKey>,
}

impl<'s> Forge<'s> {
    async fn new(server: &'s TestServer, world: &World) -> Self {
        let program = server.program(&world.tenant, &[Permission::UserReadAll]).await;
        let good = server.token(&program).await;
        let payload = good.split('.').nth(1).and_then(base64url::decode).expect("a payload");
        let claims = serde_json::from_slice(&payload).expect("claims");
        let own = server.signing_keys.signer(server, world.tenant.id, Algorithm::Es256).await.expect("a key");
        Self { server, good, claims, own }
    }

    /// A token that the tenant itself signed, with some other claims.
    fn ours(&self, change: impl FnOnce(&mut AccessTokenClaims)) -> String {
        let mut claims = self.claims.clone();
        change(&mut claims);
        self.own.sign(&claims, ACCESS).expect("a token")
    }

    /// A token with any header and any signature.
    fn forged(&self, header: &Value, sign: impl FnOnce(&str) -> Vec<u8>) -> String {
        let claims = serde_json::to_vec(&self.claims).expect("claims");
        let signed = format!("{}.{}", base64url::encode(header.to_string()), base64url::encode(claims));
        let signature = base64url::encode(sign(&signed));
        format!("{signed}.{signature}")
    }

    fn header(&self, algorithm: &str) -> Value {
        json!({ "alg": algorithm, "kid": self.own.kid(), "typ": ACCESS })
    }

    /// Signed with what anybody can read of the key of the tenant.
    fn signed_with(&self, public: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, public);
        self.forged(&self.header("HS256"), |signed| hmac::sign(&key, signed.as_bytes()).as_ref().to_vec())
    }

    /// The public key in the form that libraries take by mistake for a secret (RFC 8725, section 2.1).
    fn pem(&self) -> String {
        // A key on P-256 (RFC 5480, section 2): what stands before its coordinates is always the same.
        let begin = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE";
        let jwk = self.own.public_jwk();
        let coordinate = |text: &Option<String>| text.as_deref().and_then(base64url::decode).expect("a coordinate");
        let point = [coordinate(&jwk.x), coordinate(&jwk.y)].concat();
        format!("-----BEGIN PUBLIC KEY-----\n{begin}{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(point))
    }

    /// One token of each kind.
    async fn kinds(&self, world: &World) -> Vec<Wrong> {
        let other = self.server.tenant("Elsewhere", "elsewhere.example").await;
        let signer = self.server.signing_keys.signer(self.server, other.id, Algorithm::Es256);
        let (theirs, stranger) = (signer.await.expect("a key"), SigningKey::generate(Algorithm::Es256).expect("a key"));
        let signed_by = |key: &SigningKey| key.sign(&self.claims, ACCESS).expect("a token");
        let (now, client) = (self.claims.iat, self.claims.azp.clone());
        let [head, payload, signature] = self.parts();
        let mut more = self.claims.clone();
        more.roles.push("Directory.ReadWrite.All".to_owned());
        let more = base64url::encode(serde_json::to_vec(&more).expect("claims"));
        let kept = base64url::decode(signature).expect("a signature");
        let unknown = json!({ "alg": "ES256", "kid": "unknown", "typ": ACCESS });
        assert_eq!(format!("{head}.{payload}.{signature}"), self.good);
        vec![
            ("signed by another tenant", signed_by(&theirs)),
            ("signed by another server", signed_by(&stranger)),
            ("of another tenant", self.ours(|claims| claims.tid = other.id.to_string())),
            (
                "of the issuer of another tenant",
                self.ours(|claims| claims.iss = format!("{ADDRESS}/{}/v2.0", other.id)),
            ),
            ("for another audience", self.ours(|claims| claims.aud = client)),
            ("expired", self.ours(|claims| claims.exp = now)),
            ("not valid yet", self.ours(|claims| claims.nbf = now + 600)),
            ("without a signature", self.forged(&self.header("none"), |_| Vec::new())),
            ("signed with the public key", self.signed_with(self.pem().as_bytes())),
            ("of a key that nobody knows", self.forged(&unknown, |_| kept)),
            ("with changed claims", format!("{head}.{more}.{signature}")),
            ("that is an ID token", self.of_a_person(world).await["id_token"].as_str().expect("a token").to_owned()),
        ]
    }

    /// Further ways to forge one.
    async fn variants(&self, world: &World) -> Vec<Wrong> {
        let [head, payload, signature] = self.parts();
        let kept = base64url::decode(signature).expect("a signature");
        let nameless = json!({ "alg": "ES256", "typ": ACCESS });
        let jwk = serde_json::to_vec(self.own.public_jwk()).expect("a key");
        let tenant = world.tenant.id;
        let refresh = self.of_a_person(world).await["refresh_token"].as_str().expect("a token").to_owned();
        vec![
            (
                "of the issuer of another server",
                self.ours(|claims| claims.iss = format!("https://evil.example/{tenant}/v2.0")),
            ),
            ("of no issuer", self.ours(|claims| claims.iss = String::new())),
            ("for no audience", self.ours(|claims| claims.aud = String::new())),
            ("of nobody", self.ours(|claims| claims.idtyp = None)),
            ("of another program", self.ours(|claims| claims.oid = tenant.to_string())),
            ("of a client that is not there", self.ours(|claims| claims.azp = tenant.to_string())),
            ("of no generation", self.ours(|claims| claims.grant = None)),
            ("with the type of an ID token", self.own.sign(&self.claims, ID).expect("a token")),
            ("without a type", self.own.sign(&self.claims, "").expect("a token")),
            ("without a signature, spelt otherwise", self.forged(&self.header("NoNe"), |_| Vec::new())),
            ("that needs no signature and has one", self.forged(&self.header("none"), |_| kept.clone())),
            ("of another algorithm", self.forged(&self.header("RS256"), |_| kept.clone())),
            ("of no key", self.forged(&nameless, |_| kept.clone())),
            ("signed with the published key", self.signed_with(&jwk)),
            ("with an empty signature", format!("{head}.{payload}.")),
            ("with half a signature", format!("{head}.{payload}.{}", base64url::encode(&kept[..32]))),
            ("with another signature", format!("{head}.{payload}.{}", base64url::encode([7_u8; 64]))),
            ("of two parts", format!("{head}.{payload}")),
            ("of four parts", format!("{}.{signature}", self.good)),
            ("that is a refresh token", refresh),
            ("that is none", "abc".to_owned()),
        ]
    }

    fn parts(&self) -> [&str; 3] {
        let parts: Vec<&str> = self.good.split('.').collect();
        parts.try_into().expect("three parts")
    }

    /// What an app gets for somebody who is signed in.
    async fn of_a_person(&self, world: &World) -> Value {
        let properties = Changes { web_redirect_uris: Some(vec![REDIRECT.to_owned()]), ..Changes::default() };
        let app = self.server.app(&world.tenant, "Expenses", properties).await;
        let name = format!("mara{}", self.server.entropy.random_uuid().simple());
        let user = self.server.member(&world.tenant, &name, &[]).await;
        let scope = "openid offline_access";
        self.server.tokens_for(&app, REDIRECT, &user, session::Method::Password, scope).await
    }
}

/// Whether a token was refused as what it is, whatever the route.
fn is_turned_away(answer: &Answer) -> bool {
    answer.status == 401
        && answer.header("www-authenticate").starts_with("Bearer ")
        && answer.json()["error"]["code"] == "InvalidAuthenticationToken"
}

fn body_of(method: &Method) -> Value {
    if *method == Method::GET { Value::Null } else { json!({}) }
}

/// Twelve kinds at each of fewer than 400 routes: each request takes no longer than it does to see that the token is wrong.
#[tokio::test]
async fn a5_no_kind_of_wrong_token_opens_any_route() {
    on_both_engines(async |server| {
        let world = World::new(&server, "Contoso", "contoso.example").await;
        let forge = Forge::new(&server, &world).await;
        let tokens = forge.kinds(&world).await;
        let before = world.picture(&server).await;
        let (mut opened, mut tried) = (Vec::new(), 0);
        for row in api() {
            let (method, path) = row.route.split_once(' ').expect("method and path");
            let (method, path): (Method, String) = (method.parse().expect("a method"), world.path(path));
            for (kind, token) in &tokens {
                let answer = server.api(method.clone(), &path, token, &body_of(&method)).await;
                if !is_turned_away(&answer) {
                    opened.push(format!("{} by a token {kind}: {} {}", row.route, answer.status, answer.text));
                }
                tried += 1;
            }
        }
        assert!(opened.is_empty(), "{opened:#?}");
        assert!(tried >= 12 * 300, "{tried}");
        assert_eq!(world.picture(&server).await, before, "something was changed");
        // It is the tokens that are refused, and not whoever asks.
        for row in api() {
            let Some(path) = row.route.strip_prefix("GET ") else { continue };
            let answer = server.api(Method::GET, &world.path(path), &forge.good, &Value::Null).await;
            assert_ne!(answer.status, 401, "{}: {}", row.route, answer.text);
        }
    })
    .await;
}

#[tokio::test]
async fn a5_no_way_to_forge_a_token_opens_any_surface() {
    on_both_engines(async |server| {
        let world = World::new(&server, "Contoso", "contoso.example").await;
        let forge = Forge::new(&server, &world).await;
        let tokens = [forge.kinds(&world).await, forge.variants(&world).await].concat();
        for path in SURFACES {
            for (kind, token) in &tokens {
                let answer = server.api(Method::GET, path, token, &Value::Null).await;
                assert!(is_turned_away(&answer), "{path} by a token {kind}: {} {}", answer.status, answer.text);
            }
            let answer = server.api(Method::GET, path, &forge.good, &Value::Null).await;
            assert_ne!(answer.status, 401, "{path}: {}", answer.text);
        }
    })
    .await;
}
