//! The sample apps: one for each organisation, on a port of its own.

use super::contract::Tenant;
use super::directory::Directory;
use super::provision::{app_names, refused};
use crate::Server;
use crate::applications::Changes;
use crate::applications::operations::{Key, update};
use crate::command::Error;
use crate::graph::Caller;
use crate::serve::Stop;
use std::net::Ipv4Addr;
use tokio::net::TcpListener;
use url::Url;

/// Ports that are tried above the demo's own.
const TRIED: u16 = 200;

/// Starts the apps. They come back on the ports they had; where one is taken, on another one, and are registered anew.
pub(super) async fn start(
    server: &Server,
    directory: &Directory,
    tenants: &mut [Tenant],
    authority: Option<&[u8]>,
    after: u16,
    stop: &Stop,
) -> Result<(), Error> {
    for (tenant, name) in tenants.iter_mut().zip(app_names()) {
        let listener = bind(&tenant.app.url, after).await?;
        let port = listener.local_addr().map_err(Error::file("the port of a sample app"))?.port();
        settle(server, tenant, format!("http://localhost:{port}")).await?;
        let settings = sample_app::Settings {
            name: name.to_owned(),
            organisation: tenant.name.clone(),
            issuer: format!("{}/{}/v2.0", server.settings.public_address(), tenant.id),
            client_id: tenant.app.client_id.to_string(),
            client_secret: tenant.app.client_secret.clone(),
            own_address: tenant.app.url.clone(),
            ca_certificate: authority.map(<[u8]>::to_vec),
            listener,
        };
        let stop = stop.clone();
        tokio::spawn(async move {
            if let Err(error) = sample_app::serve(settings, async move { stop.asked().await }).await {
                tracing::error!(app = name, %error, "a sample app ended");
            }
        });
    }
    directory.keep_tenants(tenants)
}

/// Registers the app's addresses if they are new.
async fn settle(server: &Server, tenant: &mut Tenant, url: String) -> Result<(), Error> {
    if tenant.app.url == url {
        return Ok(());
    }
    let redirect_uri = format!("{url}/signin-oidc");
    let changes = Changes {
        // The address after a sign-out is a redirect address too (OpenID Connect RP-Initiated Logout 1.0 section 3.1).
        web_redirect_uris: Some(vec![redirect_uri.clone(), format!("{url}/signed-out")]),
        home_page_url: Some(Some(url.clone())),
        ..Changes::default()
    };
    let mut tx = server.write().await?;
    let caller = Caller::system(tenant.id);
    update(&mut tx, server, &caller, Key::Client(tenant.app.client_id), changes).await.map_err(refused)?;
    tx.commit().await?;
    tenant.app.url = url;
    tenant.app.redirect_uri = redirect_uri;
    Ok(())
}

/// The port the app had, or the first free one above the demo's.
async fn bind(url: &str, after: u16) -> Result<TcpListener, Error> {
    let had = Url::parse(url).ok().and_then(|url| url.port());
    for port in had.into_iter().chain(after..after.saturating_add(TRIED)) {
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            return Ok(listener);
        }
    }
    Err(Error::refused(format!("no port from {after} on is free for the sample apps")))
}
