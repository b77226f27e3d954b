//! Pages of a collection: absolute `@odata.nextLink` with an opaque `$skiptoken` that is bound to its tenant and query.

use super::Error;
use super::resource::{context_url, json};
use crate::Server;
use crate::platform::ids::TenantId;
use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A page of a collection as it is written.
pub struct Page {
    /// The part after `$metadata#`, such as `users`.
    pub context: String,
    /// The objects.
    pub items: Vec<Map<String, Value>>,
    /// `@odata.count`, if it was asked for.
    pub count: Option<i64>,
    /// Path and query of the next page, without the server's address.
    pub next: Option<String>,
}

impl Page {
    /// The answer.
    pub fn respond(self, server: &Server) -> Response {
        let mut body = Map::new();
        body.insert("@odata.context".to_owned(), context_url(server, &self.context).into());
        if let Some(count) = self.count {
            body.insert("@odata.count".to_owned(), count.into());
        }
        if let Some(next) = self.next {
            body.insert("@odata.nextLink".to_owned(), format!("{}{next}", server.settings.public_address()).into());
        }
        body.insert("value".to_owned(), self.items.into_iter().map(Value::Object).collect());
        json(StatusCode::OK, &Value::Object(body))
    }
}

/// Writes the place a page ended as an opaque token, signed for this tenant and this `query` (path and options), so
/// that it opens nothing elsewhere.
pub fn skip_token(server: &Server, tenant: TenantId, query: &str, place: &impl Serialize) -> String {
    // Ids, numbers and texts can always be written. A token without a place would be refused where it comes back.
    let body = serde_json::to_vec(place).unwrap_or_default();
    let tag = tag(server, tenant, query, &body);
    URL_SAFE_NO_PAD.encode([tag.as_ref(), &body].concat())
}

/// Reads a token [`skip_token`] wrote.
pub fn read_skip_token<T: DeserializeOwned>(
    server: &Server,
    tenant: TenantId,
    query: &str,
    token: &str,
) -> Result<T, Error> {
    let refused = || Error::bad_request("The skip token is not valid for this request.").with_target("$skiptoken");
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| refused())?;
    let (presented, body) = bytes.split_at_checked(16).ok_or_else(refused)?;
    if !bool::from(subtle::ConstantTimeEq::ct_eq(presented, tag(server, tenant, query, body).as_ref())) {
        return Err(refused());
    }
    serde_json::from_slice(body).map_err(|_| refused())
}

fn tag(server: &Server, tenant: TenantId, query: &str, body: &[u8]) -> impl AsRef<[u8]> + use<> {
    let key = server.master_key.derive("skip token");
    let text = [tenant.0.as_bytes().as_slice(), query.as_bytes(), &[0], body].concat();
    aws_lc_rs::hmac::sign(&key, &text).as_ref()[..16].to_vec()
}
