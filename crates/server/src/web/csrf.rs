//! A form is accepted from our own pages only, and once.
//!
//! Two proofs are asked for: the browser's own word that the request comes from the same origin (`Sec-Fetch-Site`, or
//! `Origin` where a browser does not send it), and a value in the form that is bound to the session (or, before there is
//! one, to the browser), ends after [`LIFETIME`], and can be spent once.

use crate::Server;
use crate::config::Retention;
use crate::platform::ids::TenantId;
use crate::platform::{SecretHash, Timestamp};
use crate::web::pages::Problem;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use database::{Result, Transaction, sql, sql_across};
use std::time::Duration;

/// How long a page may stay open before its form is refused.
pub const LIFETIME: Duration = Duration::from_hours(12);

const NONCE: usize = 12;
const TIME: usize = 8;

/// Whether the browser says that a page of ours sends this. A request without either header comes from no browser of
/// today and is refused.
pub fn is_same_origin(server: &Server, headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => text(header::ORIGIN.as_str()) == Some(server.settings.public_address()),
    }
}

/// A new value for a form, bound to `owner`: the session's or the browser's secret.
pub fn issue(server: &Server, tenant: TenantId, owner: &SecretHash) -> String {
    let mut value = Vec::with_capacity(NONCE + TIME + 32);
    value.extend_from_slice(&server.entropy.bytes::<NONCE>());
    value.extend_from_slice(&server.clock.now().plus(LIFETIME).microseconds().to_be_bytes());
    let tag = tag(server, tenant, owner, &value);
    value.extend_from_slice(tag.as_ref());
    URL_SAFE_NO_PAD.encode(value)
}

/// What a form value is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Worth {
    /// It comes for the first time.
    First,
    /// The form was taken already: a double click, or a step back in the browser.
    Repeated,
    /// It is not ours, too old, or somebody else's.
    Nothing,
}

impl Worth {
    /// Whether the form is to be carried out.
    pub fn is_first(self) -> bool {
        self == Self::First
    }

    /// What is said about a form that is not carried out, unless the page knows where it leads.
    pub const fn problem(self) -> Option<Problem> {
        match self {
            Self::First => None,
            Self::Repeated => Some(Problem::SentAlready),
            Self::Nothing => Some(Problem::StaleForm),
        }
    }
}

/// Spends a value in the transaction of the change, which must be committed for that to count.
pub async fn spend(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    owner: &SecretHash,
    value: &str,
) -> Result<Worth> {
    let Some(expires_at) = read(server, tenant, owner, value) else { return Ok(Worth::Nothing) };
    let rows = tx
        .query(sql!(
            "INSERT INTO spent_form_value (tenant_id, value_hash, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
        ))
        .bind(tenant)
        .bind(SecretHash::of(value.as_bytes()))
        .bind(expires_at)
        .execute()
        .await?;
    Ok(if rows == 1 { Worth::First } else { Worth::Repeated })
}

/// Removes a batch of values that have ended, and so are refused without being remembered; how many those were.
pub async fn purge(tx: &mut Transaction, server: &Server) -> Result<u64> {
    tx.query(sql_across!(
        "old form values of every tenant are purged",
        "DELETE FROM spent_form_value WHERE (tenant_id, value_hash) IN
             (SELECT v.tenant_id, v.value_hash FROM spent_form_value v WHERE v.expires_at <= $1 LIMIT $2)"
    ))
    .bind(server.clock.now())
    .bind(Retention::AT_ONCE)
    .execute()
    .await
}

/// When a value of ours ends, if it has not.
fn read(server: &Server, tenant: TenantId, owner: &SecretHash, value: &str) -> Option<Timestamp> {
    let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
    let (body, presented) = bytes.split_at_checked(NONCE + TIME)?;
    let expected = tag(server, tenant, owner, body);
    let genuine = bool::from(subtle::ConstantTimeEq::ct_eq(expected.as_ref(), presented));
    let expires_at = Timestamp::from_microseconds(i64::from_be_bytes(body[NONCE..].try_into().ok()?));
    (genuine && expires_at > server.clock.now()).then_some(expires_at)
}

fn tag(server: &Server, tenant: TenantId, owner: &SecretHash, body: &[u8]) -> aws_lc_rs::hmac::Tag {
    let key = server.master_key.derive("form value");
    aws_lc_rs::hmac::sign(&key, &[tenant.0.as_bytes().as_slice(), &owner.0, body].concat())
}
