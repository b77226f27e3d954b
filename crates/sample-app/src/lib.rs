//! A small web application that trusts an OpenID Provider: the relying party of the demonstration.
//!
//! It stands for the customer's own application, so it knows nothing about the server it talks to
//! beyond what OpenID Connect Discovery tells it, and it checks everything a careful client checks:
//! PKCE, state, nonce, issuer, audience, signature, expiry and the hash of the access token.

mod claims;
mod fetch;
mod pages;
mod provider;
mod routes;
mod session;

use std::sync::Arc;

use axum::Router;
use axum::http::HeaderValue;
use tokio::net::TcpListener;
use url::Url;

use crate::provider::{PendingSignIn, Person, Provider, Registration};
use crate::session::{Cookie, Store};

/// How one application is set up.
pub struct Settings {
    /// What the application is called on its pages, such as "Contoso Expenses".
    pub name: String,
    /// The organisation that owns the application and lets people into it.
    pub organisation: String,
    /// The issuer identifier of the OpenID Provider (OpenID Connect Discovery 1.0 section 3): https,
    /// or http on a loopback address.
    pub issuer: String,
    /// The client identifier the provider knows this application by.
    pub client_id: String,
    /// The client secret that goes with it.
    pub client_secret: String,
    /// Where browsers reach the application: an origin such as `http://localhost:5001`.
    pub own_address: String,
    /// A certificate authority in PEM, trusted for the provider *instead of* the system's.
    pub ca_certificate: Option<Vec<u8>>,
    /// The socket that answers at `own_address`.
    pub listener: TcpListener,
}

/// Why an application could not start or stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// `own_address` is not an http(s) origin without a path.
    #[error("{0:?} is not an address of the form http://host:port")]
    OwnAddress(String),
    /// `issuer` is not an absolute URL.
    #[error("the issuer is not a URL: {0}")]
    Issuer(#[from] url::ParseError),
    /// The certificate authority could not be read, or TLS could not be set up with it.
    #[error("the connection to the provider cannot be set up: {0}")]
    Connection(#[from] fetch::SetUpError),
    /// The listening socket failed.
    #[error("the listener failed: {0}")]
    Listener(#[from] std::io::Error),
}

/// Answers requests on the listener until `shutdown` completes and the requests in flight are done.
pub async fn serve(settings: Settings, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), Error> {
    let router = router(&settings)?;
    axum::serve(settings.listener, router).with_graceful_shutdown(shutdown).await?;
    Ok(())
}

/// The application's routes, with sessions of their own in memory.
///
/// The provider is not contacted here but at the first sign-in, so it may start later.
pub fn router(settings: &Settings) -> Result<Router, Error> {
    Ok(routes::router(Arc::new(App::new(settings)?)))
}

/// What every request needs.
struct App {
    name: String,
    organisation: String,
    /// The origin browsers use, without a trailing slash.
    origin: String,
    /// Host and port of that origin, as the Host header gives them.
    authority: String,
    content_security_policy: HeaderValue,
    provider: Provider,
    sign_in_cookie: Cookie,
    session_cookie: Cookie,
    sign_ins: Store<PendingSignIn>,
    sessions: Store<Arc<Person>>,
}

impl App {
    fn new(settings: &Settings) -> Result<Self, Error> {
        let own = own_address(&settings.own_address)?;
        let origin = own.origin().ascii_serialization();
        let issuer = Url::parse(&settings.issuer)?;
        let provider = Provider::new(Registration {
            issuer: settings.issuer.clone(),
            client_id: settings.client_id.clone(),
            client_secret: settings.client_secret.clone(),
            redirect_uri: format!("{origin}{}", routes::REDIRECT),
            post_logout_redirect_uri: format!("{origin}{}", routes::SIGNED_OUT),
            fetch: fetch::Fetch::new(&issuer, settings.ca_certificate.as_deref())?,
        })?;
        // Cookies know no ports (RFC 6265 section 8.5): two applications on localhost would
        // overwrite each other's without a name of their own.
        let port = own.port_or_known_default().unwrap_or_default();
        let secure = own.scheme() == "https";
        Ok(Self {
            name: settings.name.clone(),
            organisation: settings.organisation.clone(),
            authority: own.authority().to_owned(),
            content_security_policy: pages::content_security_policy(&issuer),
            provider,
            sign_in_cookie: Cookie::new("sign-in", port, secure, session::SIGN_IN_LIFE),
            session_cookie: Cookie::new("session", port, secure, session::SESSION_LIFE),
            sign_ins: Store::new(session::SIGN_IN_LIFE, session::CAPACITY),
            sessions: Store::new(session::SESSION_LIFE, session::CAPACITY),
            origin,
        })
    }
}

fn own_address(given: &str) -> Result<Url, Error> {
    let refused = || Error::OwnAddress(given.to_owned());
    let url = Url::parse(given).map_err(|_| refused())?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    if matches!(url.scheme(), "http" | "https") && bare && anonymous { Ok(url) } else { Err(refused()) }
}

#[cfg(test)]
mod tests {
    use super::own_address;

    #[test]
    fn own_address_is_an_origin() {
        assert!(own_address("http://localhost:5001").is_ok());
        assert!(own_address("http://localhost:5001/").is_ok());
        for bad in
            ["localhost:5001", "ftp://localhost", "http://localhost/app", "http://a@localhost", "http://localhost/?a"]
        {
            assert!(own_address(bad).is_err(), "{bad}");
        }
    }
}
