//! The keys of issuers elsewhere (`OpenID` Connect Discovery 1.0 section 4, RFC 7517), read when a token comes and kept for a while.
//!
//! Tenants name the issuers, so that everything is read through the guard of [`crate::platform::fetch`].

use crate::Server;
use crate::platform::Timestamp;
use oauth::jose::{JwkSet, VerifyingKey};
use reqwest::{Method, Request};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

/// After this time keys are read again.
const FRESH: Duration = Duration::from_hours(1);

/// An issuer is asked no sooner again, whatever names of keys are presented and whether or not it answered.
const AGAIN: Duration = Duration::from_mins(1);

/// For so long keys are good of an issuer that does not answer any more.
const STALE: Duration = Duration::from_hours(24);

/// How long one of the two answers may take.
const WAIT: Duration = Duration::from_secs(5);

/// Keys of one issuer that are looked at.
const KEYS: usize = 100;

/// Issuers that are kept.
const ISSUERS: usize = 1_024;

/// What this process has read of each issuer.
#[derive(Default)]
pub struct Issuers(Mutex<HashMap<String, Arc<tokio::sync::Mutex<Known>>>>);

/// That the keys of an issuer cannot be read; why is told to the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the keys of the issuer cannot be read")]
pub struct Unreadable;

#[derive(Default)]
struct Known {
    keys: Vec<Key>,
    /// When they were read.
    read_at: Option<Timestamp>,
    /// When they were asked for last.
    asked_at: Option<Timestamp>,
}

struct Key {
    name: Option<String>,
    key: VerifyingKey,
}

impl Known {
    /// The key of this name. A token that names none is of the only key there is.
    fn find(&self, name: Option<&str>) -> Option<&VerifyingKey> {
        match (name, self.keys.as_slice()) {
            (Some(_), keys) => keys.iter().find(|key| key.name.as_deref() == name).map(|key| &key.key),
            (None, [only]) => Some(&only.key),
            (None, _) => None,
        }
    }

    /// Whether it is time to ask: the key is not there, or was read long ago; but not at every token.
    fn is_due(&self, name: Option<&str>, now: Timestamp) -> bool {
        let is_old = self.read_at.is_none_or(|at| now.since(at) >= FRESH);
        let may_ask = self.asked_at.is_none_or(|at| at > now || now.since(at) >= AGAIN);
        may_ask && (is_old || self.find(name).is_none())
    }
}

impl Issuers {
    /// The key an issuer publishes under this name; `None` if there is no such one. Whoever asks about the same issuer meanwhile
    /// waits, so that it is asked once.
    ///
    /// # Errors
    /// When the issuer has not answered for a day, or never.
    pub async fn key(
        &self,
        server: &Server,
        issuer: &str,
        name: Option<&str>,
    ) -> Result<Option<VerifyingKey>, Unreadable> {
        let place = self.place(issuer);
        let mut known = place.lock().await;
        let now = server.clock.now();
        if known.is_due(name, now) {
            known.asked_at = Some(now);
            match read(server, issuer).await {
                Ok(keys) => {
                    known.keys = keys;
                    known.read_at = Some(now);
                }
                Err(problem) => tracing::warn!(issuer, %problem, "the keys of an issuer could not be read"),
            }
        }
        match known.read_at {
            Some(at) if now.since(at) < STALE => Ok(known.find(name).cloned()),
            _ => Err(Unreadable),
        }
    }

    fn place(&self, issuer: &str) -> Arc<tokio::sync::Mutex<Known>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= ISSUERS && !kept.contains_key(issuer) {
            // Far beyond what is in use at a time: starting anew costs one reading for each that still is.
            kept.clear();
        }
        Arc::clone(kept.entry(issuer.to_owned()).or_default())
    }
}

async fn read(server: &Server, issuer: &str) -> Result<Vec<Key>, String> {
    #[derive(Deserialize)]
    struct Metadata {
        issuer: String,
        jwks_uri: String,
    }
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let metadata: Metadata = fetch(server, &address).await?;
    if metadata.issuer != issuer {
        return Err(format!("it calls itself '{}'", metadata.issuer));
    }
    let set: JwkSet = fetch(server, &metadata.jwks_uri).await?;
    let usable = set.keys.into_iter().take(KEYS).filter_map(|jwk| {
        let key = VerifyingKey::from_jwk(&jwk).ok()?;
        Some(Key { name: jwk.kid, key })
    });
    let keys: Vec<Key> = usable.collect();
    if keys.is_empty() { Err("it publishes no key for signatures".to_owned()) } else { Ok(keys) }
}

async fn fetch<T: DeserializeOwned>(server: &Server, address: &str) -> Result<T, String> {
    let url = Url::parse(address).map_err(|error| format!("{address}: {error}"))?;
    let mut request = Request::new(Method::GET, url);
    *request.timeout_mut() = Some(WAIT);
    let answer = server.fetch.send(request).await.map_err(|error| format!("{address}: {error}"))?;
    if answer.status != 200 {
        return Err(format!("{address}: the answer was {} instead of 200", answer.status.as_u16()));
    }
    serde_json::from_slice(&answer.body).map_err(|error| format!("{address}: {error}"))
}
