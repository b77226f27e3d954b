//! What the form of every list is answered with.

use super::list::List;
use crate::Server;
use crate::deleted_items::{Owners, Written};
use crate::graph::Caller;
use crate::web::fields::Fields;
use crate::web::form::RawForm;
use crate::web::portal::Refusal;
use crate::web::visitor::Visitor;
use axum::Extension;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::sync::Arc;

/// A request with the form of a list. Reading it refuses nobody but whoever sent a form that cannot be read: which list it is of
/// decides who may.
pub(super) struct Asked {
    server: Arc<Server>,
    owners: Owners,
    visitor: Visitor,
    pub(super) headers: HeaderMap,
    pub(super) fields: Fields,
}

impl FromRequest<Arc<Server>> for Asked {
    type Rejection = Response;

    /// Answers a page, as for [`RawForm`], once it is known who asks.
    async fn from_request(request: Request, server: &Arc<Server>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let owners = Extension::<Owners>::from_request_parts(&mut parts, server).await;
        let Extension(owners) = owners.map_err(IntoResponse::into_response)?;
        let visitor = Visitor::from_request_parts(&mut parts, server).await.map_err(IntoResponse::into_response)?;
        let headers = parts.headers.clone();
        let RawForm(bytes) = RawForm::from_request(Request::from_parts(parts, body), server).await?;
        Ok(Self { server: Arc::clone(server), owners, visitor, headers, fields: Fields::parse(&bytes) })
    }
}

impl Asked {
    /// What is to be done, now that the list is known.
    pub(super) fn work(&self, list: List) -> Work<'_> {
        Work { server: &self.server, visitor: &self.visitor, list, owners: self.owners }
    }

    /// The page that says no.
    pub(super) fn refuse(&self, refusal: Refusal) -> Response {
        self.visitor.refuse(&self.server, refusal)
    }
}

/// What one request is about.
pub(super) struct Work<'a> {
    pub(super) server: &'a Server,
    pub(super) visitor: &'a Visitor,
    pub(super) list: List,
    pub(super) owners: Owners,
}

impl Work<'_> {
    /// Who asks.
    pub(super) fn caller(&self) -> &Caller {
        &self.visitor.caller
    }

    /// Whether something that was removed is of the kind of the list.
    pub(super) fn is_of_kind(&self, object: &Written) -> bool {
        self.list.kind().is_some() && object.get("@odata.type").and_then(Value::as_str) == self.list.kind()
    }

    /// Where the form goes.
    pub(super) fn here(&self) -> String {
        format!("{}{}", self.visitor.base(), self.list.form())
    }
}
