//! A single-page app with Microsoft's client library, on an origin of its own; `clients/spa/` is what it serves.

use std::net::TcpListener;
use std::path::Path;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum_server::tls_rustls::RustlsConfig;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::browser::Browser;
use crate::demo::{Demo, Tenant};
use crate::graph::{Graph, text};
use crate::{Outcome, required_path};

/// How an app of a major version of MSAL.js takes the answer of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Msal {
    /// It looks into the window of the popup and the frame; a redirect leads to the app itself.
    Four,
    /// A page of its own takes every answer and sends it to the app.
    Five,
}

/// A running app. Dropping it ends it.
#[derive(Debug)]
pub struct Spa {
    /// Its origin.
    pub origin: String,
    running: JoinHandle<std::io::Result<()>>,
}

impl Spa {
    /// Registers the app at the tenant, with its addresses as those of a single-page app, and serves it.
    ///
    /// It needs https as the demo does: browsers send no `SameSite=Lax` cookie from a frame of the other scheme.
    pub async fn start(demo: &Demo, tenant: &Tenant, msal: Msal) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let origin = format!("https://localhost:{}", listener.local_addr()?.port());
        let client_id = register(&Graph::of(demo, tenant).await?, &origin).await?;
        let config = config(demo, tenant, msal, &origin, &client_id);
        let router = router(&library(msal)?, &format!("const CONFIG = {config};"))?;
        let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
        let (chain, key) = (certificate.cert.pem(), certificate.signing_key.serialize_pem());
        let tls = RustlsConfig::from_pem(chain.into_bytes(), key.into_bytes()).await?;
        let server = axum_server::from_tcp_rustls(listener, tls)?.serve(router.into_make_service());
        Ok(Self { origin, running: tokio::spawn(server) })
    }

    /// Opens the app and waits until it has read what the server may have answered.
    pub async fn open(&self, browser: &Browser) -> Outcome {
        browser.open(&format!("{}/", self.origin)).await?;
        let _: Value = ask(browser, "window.ready", ()).await?;
        Ok(())
    }

    /// Calls a function of the app.
    pub async fn call<T: DeserializeOwned>(&self, browser: &Browser, function: &str, argument: &[&str]) -> Outcome<T> {
        ask(browser, &format!("spa.{function}(...arguments[0])"), argument).await
    }
}

impl Drop for Spa {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn ask<T: DeserializeOwned>(browser: &Browser, expression: &str, argument: impl Serialize) -> Outcome<T> {
    let script = format!("const answer = arguments[arguments.length - 1]; Promise.resolve({expression}).then(answer);");
    let arguments = vec![serde_json::to_value(argument)?];
    Ok(browser.driver.execute_async(script, arguments).await?.convert()?)
}

async fn register(graph: &Graph, origin: &str) -> Outcome<String> {
    let addresses = ["/", "/redirect", "/signed-out"].map(|path| format!("{origin}{path}"));
    let body = json!({ "displayName": "Single-page app", "spa": { "redirectUris": addresses } });
    let application = graph.call(reqwest::Method::POST, "/v1.0/applications", &body).await?;
    let client_id = text(&application, "/appId")?;
    graph.call(reqwest::Method::POST, "/v1.0/servicePrincipals", &json!({ "appId": client_id })).await?;
    Ok(client_id)
}

fn config(demo: &Demo, tenant: &Tenant, msal: Msal, origin: &str, client_id: &str) -> Value {
    let base_url = &demo.contract.base_url;
    let redirect_uri = format!("{origin}/redirect");
    json!({
        "base_url": base_url,
        "redirect_uri_of_redirects": if msal == Msal::Four { format!("{origin}/") } else { redirect_uri.clone() },
        "msal": { "auth": {
            "clientId": client_id,
            "authority": format!("{base_url}/{}", tenant.id),
            // Without it MSAL asks Microsoft whether the host is an authority.
            "knownAuthorities": [base_url.trim_start_matches("https://")],
            "redirectUri": redirect_uri,
            "postLogoutRedirectUri": format!("{origin}/signed-out"),
        } },
    })
}

fn library(msal: Msal) -> Outcome<std::path::PathBuf> {
    let name = if msal == Msal::Four { "msal-browser-4" } else { "msal-browser-5" };
    Ok(required_path("VESTIBULE_MSAL")?.join(name).join("lib"))
}

fn router(library: &Path, config: &str) -> Outcome<Router> {
    let script =
        |text: String| get(async || ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], text).into_response());
    let main = std::fs::read_to_string(library.join("msal-browser.min.js"))?;
    let bridge = library.join("redirect-bridge/msal-redirect-bridge.min.js");
    // Older versions have none and need none.
    let bridge = if bridge.is_file() { std::fs::read_to_string(bridge)? } else { String::new() };
    Ok(Router::new()
        .route("/", get(Html(include_str!("../clients/spa/index.html"))))
        .route("/redirect", get(Html(include_str!("../clients/spa/redirect.html"))))
        .route("/signed-out", get(Html("<!doctype html><title>Signed out</title><h1>Signed out</h1>")))
        .route("/app.js", script(include_str!("../clients/spa/app.js").to_owned()))
        .route("/config.js", script(config.to_owned()))
        .route("/msal-browser.min.js", script(main))
        .route("/msal-redirect-bridge.min.js", script(bridge)))
}
