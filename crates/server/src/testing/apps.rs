//! Apps to test with, and the tokens they get from the real endpoints.

use super::{Answer, Browser, TestServer, watch};
use crate::applications::{self, Changes, NewApplication, NewSecret, SigningAlgorithm};
use crate::audit::{group, reads};
use crate::graph::{Caller, Permission};
use crate::platform::ids::TenantId;
use crate::service_principals::{self, Registered};
use crate::sign_in::session;
use crate::tenants::Tenant;
use crate::users::{self, User};
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};

/// An app with a secret.
#[derive(Clone)]
pub struct App {
    /// Its tenant.
    pub tenant: TenantId,
    /// Registration and service principal.
    pub registered: Registered,
    /// Its client id as text.
    pub client_id: String,
    /// Its secret.
    pub secret: String,
}

impl TestServer {
    /// An app with a secret. Its tokens are signed with ES256 unless the properties say otherwise, because making an RSA
    /// key takes long.
    pub async fn app(&self, tenant: &Tenant, name: &str, mut properties: Changes) -> App {
        properties.signing_algorithm.get_or_insert(SigningAlgorithm::Es256);
        let caller = Caller::system(tenant.id);
        let new = NewApplication { display_name: name.to_owned(), properties };
        let mut tx = self.write().await.expect("a transaction");
        let registered = service_principals::register(&mut tx, self, &caller, new).await.expect("an app");
        let key = applications::Key::Id(registered.application.id);
        let secret = applications::operations::add_secret(&mut tx, self, &caller, key, NewSecret::default());
        let secret = secret.await.expect("a secret").text.to_string();
        tx.commit().await.expect("a commit");
        let client_id = registered.application.app_id.to_string();
        watch::keep(&secret);
        App { tenant: tenant.id, registered, client_id, secret }
    }

    /// A program with application permissions.
    pub async fn program(&self, tenant: &Tenant, permissions: &[Permission]) -> App {
        let app = self.app(tenant, "Program", Changes::default()).await;
        let mut tx = self.write().await.expect("a transaction");
        let caller = Caller::system(tenant.id);
        let principal = &app.registered.service_principal;
        service_principals::grant_permissions(&mut tx, self, &caller, principal, permissions).await.expect("granted");
        tx.commit().await.expect("a commit");
        app
    }

    /// An access token of a program for the Graph-like API.
    pub async fn token(&self, app: &App) -> String {
        let answer = self.ask_token(app, "https://graph.microsoft.com/.default").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()["access_token"].as_str().expect("a token").to_owned()
    }

    /// The answer to a program that asks for a token by its secret.
    pub async fn ask_token(&self, app: &App, scope: &str) -> Answer {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", app.client_id.as_str()),
            ("client_secret", app.secret.as_str()),
            ("scope", scope),
        ];
        self.post_form(&format!("/{}/oauth2/v2.0/token", app.tenant), &fields, None).await
    }

    /// The tokens an app with the redirect address `redirect_uri` gets for somebody who is signed in by `method`.
    pub async fn tokens_for(
        &self,
        app: &App,
        redirect_uri: &str,
        user: &User,
        method: session::Method,
        scope: &str,
    ) -> serde_json::Value {
        let browser = self.browser();
        browser.sign_in_as(self, user, method).await;
        let asked = [
            ("client_id", app.client_id.as_str()),
            ("redirect_uri", redirect_uri),
            ("response_type", "code"),
            ("scope", scope),
        ];
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(asked).finish();
        browser.get(&format!("/{}/oauth2/v2.0/authorize?{query}", app.tenant)).await;
        let location = browser.location();
        let address = url::Url::parse(&location).unwrap_or_else(|_| panic!("{location}: {}", browser.page()));
        let code = address.query_pairs().find(|(name, _)| name == "code");
        let code = code.unwrap_or_else(|| panic!("no code: {location}")).1.into_owned();
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", app.client_id.as_str()),
            ("client_secret", app.secret.as_str()),
            ("redirect_uri", redirect_uri),
            ("code", code.as_str()),
        ];
        let answer = self.post_form(&format!("/{}/oauth2/v2.0/token", app.tenant), &fields, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()
    }

    /// Sends a form, as a program or, with an origin, as a script does.
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)], origin: Option<&str>) -> Answer {
        watch::keep_fields(fields);
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8");
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    /// Writes the rows of the sign-in log that wait to be written together.
    pub async fn flush_sign_ins(&self) {
        group::flush(self).await.expect("the rows are written");
    }

    /// Writes what guests have read and was only counted so far.
    pub async fn flush_reads(&self) {
        reads::flush(self).await.expect("the rows are written");
    }
}

impl Browser<'_> {
    /// Signs somebody in without the pages, as they are by now.
    pub async fn sign_in_as(&self, server: &TestServer, user: &User, method: session::Method) {
        let mut tx = server.write().await.expect("a transaction");
        let none = HeaderMap::new();
        let user = users::store::find(&mut tx, user.tenant_id, user.id).await.expect("an answer").expect("the user");
        let started = session::start(&mut tx, server, &none, &user, method, None).await.expect("a session");
        tx.commit().await.expect("a commit");
        for cookie in started.set_cookies {
            let cookie = cookie.to_str().expect("a cookie").to_owned();
            let (name, value) = cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
            self.set_cookie(name, value);
        }
    }
}
