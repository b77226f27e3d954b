//! Where a page on the way in stands: a step, its organisation, and the browser it was begun in.

use super::browser::Browser;
use super::continuation::{self, Continuation};
use super::session;
use crate::Server;
use crate::platform::ids::ContinuationId;
use crate::tenants::{self, Tenant};
use crate::web::answer;
use crate::web::csrf::{self, Worth};
use crate::web::pages::{Problem, Reference};
use crate::web::reader::Reader;
use crate::web::shell::Outside;
use axum::extract::{FromRequestParts, Path};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use database::{Result, Transaction};
use std::sync::Arc;

/// The step named by a path `/{tenant}/../{continuation}/..`. Handlers receive it only in the browser in which the step
/// was begun; in any other the page is not there.
pub struct Place {
    /// The shared state.
    pub server: Arc<Server>,
    /// The organisation.
    pub tenant: Arc<Tenant>,
    /// The step.
    pub continuation: Continuation,
    /// The browser.
    pub browser: Browser,
    /// What the reader's browser asks for.
    pub reader: Reader,
    /// What stands around the page.
    pub outside: Outside,
    /// The headers of the request.
    pub headers: HeaderMap,
}

impl Place {
    /// A value for a form on this page.
    pub fn csrf(&self) -> String {
        csrf::issue(&self.server, self.tenant.id, &self.browser.hash())
    }

    /// What a form is worth that says it comes from a page of ours; its value is spent in the transaction of the change.
    pub async fn spends(&self, tx: &mut Transaction, value: &str) -> Result<Worth> {
        if !csrf::is_same_origin(&self.server, &self.headers) {
            return Ok(Worth::Nothing);
        }
        csrf::spend(tx, &self.server, self.tenant.id, &self.browser.hash(), value).await
    }

    /// Where a second click leads: to where whoever is signed in by the first one was going, otherwise to this part of
    /// the sign-in.
    pub async fn after_the_first(&self, tx: &mut Transaction, part: &str) -> Result<Response> {
        let current = session::current(tx, &self.server, self.tenant.id, &self.headers).await?;
        let next = if current.is_some() { self.continuation.resume_path() } else { self.path("sign-in", part) };
        Ok(answer::see_other(&next))
    }

    /// The page of a problem that needs no further words.
    pub fn problem(&self, problem: Problem) -> Response {
        answer::problem(self.outside.clone(), problem, self.server.clock.now())
    }

    /// The page of a failure of ours, which is logged.
    pub fn failed(&self, failure: &database::Error) -> Response {
        answer::failed(self.outside.clone(), failure, self.server.clock.now())
    }

    /// What an administrator finds this request by.
    pub fn reference(&self) -> Reference {
        answer::reference(&self.outside, self.server.clock.now())
    }

    /// A path below `/{tenant}/{part}/{continuation}`, in the language the reader chose.
    pub fn path(&self, part: &str, rest: &str) -> String {
        let path = format!("/{}/{part}/{}{rest}", self.tenant.id, self.continuation.id);
        self.reader.keep_language(&path)
    }
}

impl FromRequestParts<Arc<Server>> for Place {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, server: &Arc<Server>) -> Result<Self, Response> {
        let Ok(reader) = Reader::from_request_parts(parts, server).await;
        let nobody = || Outside::nobody(reader.language(None, None));
        let missing = || answer::problem(nobody(), Problem::NotFound, server.clock.now());
        let Path((tenant, step)): Path<(String, ContinuationId)> =
            Path::from_request_parts(parts, server).await.map_err(|_| missing())?;
        let browser = Browser::known(server, &parts.headers).ok_or_else(missing)?;
        let found = find(server, &tenant, step, &browser, &reader).await;
        let found = found.map_err(|failure| answer::failed(nobody(), &failure, server.clock.now()))?;
        let (tenant, continuation, outside) = found.ok_or_else(missing)?;
        let (server, headers) = (Arc::clone(server), parts.headers.clone());
        Ok(Self { server, tenant, continuation, browser, reader, outside, headers })
    }
}

async fn find(
    server: &Server,
    tenant: &str,
    step: ContinuationId,
    browser: &Browser,
    reader: &Reader,
) -> Result<Option<(Arc<Tenant>, Continuation, Outside)>> {
    let mut tx = server.read().await?;
    let Some(tenant) = tenants::resolve(&mut tx, server, tenant).await? else { return Ok(None) };
    let Some(step) = continuation::find(&mut tx, server, tenant.id, step, browser).await? else { return Ok(None) };
    let outside = tenants::door(&mut tx, server, &tenant, reader, step.language()).await?;
    Ok(Some((tenant, step, outside)))
}
