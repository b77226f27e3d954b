//! One app, one person, and the steps between them.

use crate::applications::Changes;
use crate::platform::Timestamp;
use crate::platform::ids::UserId;
use crate::sign_in::session::Method;
use crate::tenants::Tenant;
use crate::testing::{Answer, App, Browser, TestServer};
use crate::users::{self, CreationType, ExternalUserState, Identity, SignInType, User, UserType};
use serde_json::Value;
use std::collections::BTreeMap;

/// RFC 7636 appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Where the app of the flow lives.
pub const REDIRECT: &str = "https://app.example/cb";

/// What an app of each kind asks for.
pub const SCOPE: &str = "openid profile offline_access";

/// An app at a tenant, and somebody in front of it.
pub struct Flow<'s> {
    pub server: &'s TestServer,
    pub tenant: Tenant,
    pub app: App,
    pub user: User,
    pub browser: Browser<'s>,
}

impl<'s> Flow<'s> {
    /// A server-side app and a member who is signed in by password.
    pub async fn new(server: &'s TestServer) -> Self {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "mara", &[]).await;
        Self::with(server, tenant, user, Method::Password, web()).await
    }

    pub async fn with(server: &'s TestServer, tenant: Tenant, user: User, method: Method, properties: Changes) -> Self {
        let app = server.app(&tenant, "Expenses", properties).await;
        let browser = server.browser();
        browser.sign_in_as(server, &user, method).await;
        Self { server, tenant, app, user, browser }
    }

    /// The address of an authorization request; `changes` replace or, when empty, remove parameters.
    pub fn address(&self, changes: &[(&str, &str)]) -> String {
        let mut parameters = BTreeMap::from([
            ("client_id", self.app.client_id.as_str()),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("scope", SCOPE),
            ("state", "s&1"),
            ("nonce", "n"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        parameters.extend(changes.iter().copied());
        parameters.retain(|_, value| !value.is_empty());
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        format!("/{}/oauth2/v2.0/authorize?{query}", self.tenant.id)
    }

    /// Asks, and reads the parameters that arrive at the app.
    pub async fn ask(&self, changes: &[(&str, &str)]) -> BTreeMap<String, String> {
        self.browser.get(&self.address(changes)).await;
        self.arrived()
    }

    /// The parameters with which the browser stands at the app.
    pub fn arrived(&self) -> BTreeMap<String, String> {
        let location = self.browser.location();
        assert!(location.starts_with("https://app.example/cb?"), "{location}: {}", self.browser.page());
        let address = url::Url::parse(&location).expect("an address");
        address.query_pairs().into_owned().collect()
    }

    pub async fn code(&self) -> String {
        let arrived = self.ask(&[]).await;
        arrived.get("code").unwrap_or_else(|| panic!("no code: {arrived:?}")).clone()
    }

    /// Redeems a code; `changes` as for [`Flow::address`].
    pub async fn redeem(&self, code: &str, changes: &[(&str, &str)]) -> Answer {
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", &self.app.client_id),
            ("client_secret", &self.app.secret),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
            ("code", code),
        ];
        self.post(&fields, changes, None).await
    }

    /// Refreshes.
    pub async fn refresh(&self, token: &str, changes: &[(&str, &str)]) -> Answer {
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", &self.app.client_id),
            ("client_secret", &self.app.secret),
            ("refresh_token", token),
        ];
        self.post(&fields, changes, None).await
    }

    pub async fn post(&self, fields: &[(&str, &str)], changes: &[(&str, &str)], origin: Option<&str>) -> Answer {
        let mut fields: BTreeMap<&str, &str> = fields.iter().copied().collect();
        fields.extend(changes.iter().copied());
        let fields: Vec<(&str, &str)> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        self.server.post_form(&format!("/{}/oauth2/v2.0/token", self.tenant.id), &fields, origin).await
    }

    /// The tokens of a whole flow.
    pub async fn tokens(&self) -> Value {
        let answer = self.redeem(&self.code().await, &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    /// What userinfo says to an access token.
    pub async fn userinfo(&self, token: &str) -> Answer {
        self.server.api(axum::http::Method::GET, "/oidc/userinfo", token, &Value::Null).await
    }
}

/// A server-side app.
pub fn web() -> Changes {
    Changes { web_redirect_uris: Some(vec![REDIRECT.to_owned()]), ..Changes::default() }
}

/// A guest who signs in with mailed codes.
pub async fn guest(server: &TestServer, tenant: &Tenant, address: &str, state: ExternalUserState) -> User {
    let now: Timestamp = server.clock.now();
    let id = UserId(server.entropy.uuid(now));
    let name = format!("{}#EXT#@{}", address.replace('@', "_"), tenant.initial_domain);
    let mut user = User::member(tenant.id, id, name, "Sam Okafor".to_owned(), now);
    user.mail = Some(address.to_owned());
    user.user_type = UserType::Guest;
    user.creation_type = Some(CreationType::Invitation);
    user.external_user_state = Some(state);
    let identity = Identity {
        sign_in_type: SignInType::Federated,
        issuer: Identity::MAIL_ISSUER.to_owned(),
        issuer_assigned_id: Some(address.to_owned()),
    };
    let mut tx = server.write().await.expect("a transaction");
    users::store::insert(&mut tx, &user).await.expect("a user");
    users::store::insert_identity(&mut tx, tenant.id, id, &identity).await.expect("an identity");
    tx.commit().await.expect("a commit");
    user
}

/// The number of a refusal.
pub fn number(answer: &Answer) -> i64 {
    answer.json()["error_codes"][0].as_i64().unwrap_or_else(|| panic!("no refusal: {}", answer.text))
}

/// A member of an answer as text.
pub fn text<'v>(answer: &'v Value, name: &str) -> &'v str {
    answer[name].as_str().unwrap_or_else(|| panic!("no {name}: {answer}"))
}
