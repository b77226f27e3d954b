//! The door of an organisation, for pages that belong to no step: signing out, the recovery link.

use super::browser::Browser;
use super::refusal::Refusal;
use crate::Server;
use crate::tenants::{self, Tenant};
use crate::web::answer;
use crate::web::csrf::{self, Worth};
use crate::web::pages::{Problem, Reference};
use crate::web::reader::Reader;
use crate::web::shell::Outside;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use database::Transaction;
use std::sync::Arc;

/// The door a request stands at: `{tenant}` of its path, and who stands there as far as the browser says.
pub struct Door {
    /// The shared state.
    pub server: Arc<Server>,
    /// The organisation.
    pub tenant: Arc<Tenant>,
    /// The browser.
    pub browser: Browser,
    /// What the reader's browser asks for.
    pub reader: Reader,
    /// What stands around the page.
    pub outside: Outside,
    /// The headers of the request.
    pub headers: HeaderMap,
}

impl Door {
    /// A value for a form of somebody who is not signed in.
    pub fn csrf(&self) -> String {
        csrf::issue(&self.server, self.tenant.id, &self.browser.hash())
    }

    /// What a form is worth that says it comes from a page of ours; its value is spent in the transaction of the change.
    pub async fn spends(&self, tx: &mut Transaction, value: &str) -> database::Result<Worth> {
        if !csrf::is_same_origin(&self.server, &self.headers) {
            return Ok(Worth::Nothing);
        }
        csrf::spend(tx, &self.server, self.tenant.id, &self.browser.hash(), value).await
    }

    /// What an administrator finds the request at hand by.
    pub fn reference(&self) -> Reference {
        answer::reference(&self.outside, self.server.clock.now())
    }

    /// The answer to a request: a page, or the page that says why there is none, with the cookie of a new browser.
    pub fn answer(&self, outcome: Result<Response, Refusal>) -> Response {
        let response = outcome.unwrap_or_else(|refusal| refusal.page(&self.server, self.outside.clone()));
        answer::with_cookies(response, self.browser.set_cookie(&self.server))
    }
}

impl FromRequestParts<Arc<Server>> for Door {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, server: &Arc<Server>) -> Result<Self, Response> {
        let path = RawPathParams::from_request_parts(parts, server).await;
        let name = path.as_ref().ok().and_then(|path| path.iter().find(|(key, _)| *key == "tenant"));
        let name = name.map(|(_, value)| value.to_owned()).unwrap_or_default();
        let Ok(reader) = Reader::from_request_parts(parts, server).await;
        let refuse = |refusal: Refusal| refusal.page(server, Outside::nobody(reader.language(None, None)));
        let (tenant, outside) = find(server, &name, &reader).await.map_err(refuse)?;
        let browser = Browser::of(server, &parts.headers);
        Ok(Self { server: Arc::clone(server), tenant, browser, reader, outside, headers: parts.headers.clone() })
    }
}

async fn find(server: &Server, name: &str, reader: &Reader) -> Result<(Arc<Tenant>, Outside), Refusal> {
    let mut tx = server.read().await?;
    let tenant = tenants::resolve(&mut tx, server, name).await?.ok_or(Refusal::Problem(Problem::NotFound))?;
    let outside = tenants::door(&mut tx, server, &tenant, reader, None).await?;
    Ok((tenant, outside))
}
