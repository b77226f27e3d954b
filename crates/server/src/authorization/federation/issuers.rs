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
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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

/// Keys of one issuer that are looked at; real ones publish a handful.
const KEYS: usize = 50;

/// Longest name of a key, in bytes.
const NAME: usize = 256;

/// Issuers that are kept.
const ISSUERS: usize = 1_024;

/// Characters of what went wrong that are told to the log: an issuer decides what it answers, and how long that is.
const TOLD: usize = 300;

/// What this process has read of each issuer.
#[derive(Default)]
pub struct Issuers(Mutex<HashMap<String, Arc<Issuer>>>);

/// That the keys of an issuer cannot be read; why is told to the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the keys of the issuer cannot be read")]
pub struct Unreadable;

/// One issuer. What is known of it is told while it is asked for more, so that a slow one holds up nobody whose key is there.
#[derive(Default)]
struct Issuer {
    known: Mutex<Known>,
    /// Held while it is asked: once, whoever waits.
    asking: tokio::sync::Mutex<()>,
}

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

impl Issuer {
    /// What is known, held for a moment.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
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

    /// The key of this name as far as it is known, unless what is known is too old.
    fn tell(&self, name: Option<&str>, now: Timestamp) -> Result<Option<VerifyingKey>, Unreadable> {
        match self.read_at {
            Some(at) if now.since(at) < STALE => Ok(self.find(name).cloned()),
            _ => Err(Unreadable),
        }
    }
}

impl Issuers {
    /// The key an issuer publishes under this name; `None` if there is no such one. Whoever asks meanwhile about a key of it that is
    /// not known waits, so that it is asked once.
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
        if let Some(key) = ready(&place, name, server.clock.now()) {
            return Ok(Some(key));
        }
        let _one_at_a_time = place.asking.lock().await;
        let now = server.clock.now();
        if begin(&place, name, now) {
            match read(server, issuer).await {
                Ok(keys) => {
                    let mut known = place.known();
                    known.keys = keys;
                    known.read_at = Some(now);
                }
                Err(problem) => {
                    let problem: String = problem.chars().take(TOLD).collect();
                    tracing::warn!(issuer, ?problem, "the keys of an issuer could not be read");
                }
            }
        }
        place.known().tell(name, now)
    }

    fn place(&self, issuer: &str) -> Arc<Issuer> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = kept.get(issuer) {
            return Arc::clone(place);
        }
        if kept.len() >= ISSUERS {
            // Those in use are asked every hour, so it is one of the others.
            let longest_ago = kept.iter().min_by_key(|(_, place)| place.known().asked_at);
            if let Some(name) = longest_ago.map(|(name, _)| name.clone()) {
                kept.remove(&name);
            }
        }
        Arc::clone(kept.entry(issuer.to_owned()).or_default())
    }
}

/// The key, if it is known and nobody need be asked before.
fn ready(place: &Issuer, name: Option<&str>, now: Timestamp) -> Option<VerifyingKey> {
    let known = place.known();
    if known.is_due(name, now) { None } else { known.tell(name, now).ok().flatten() }
}

/// Whether the issuer is to be asked now; from then on it counts as asked.
fn begin(place: &Issuer, name: Option<&str>, now: Timestamp) -> bool {
    let mut known = place.known();
    let is_due = known.is_due(name, now);
    if is_due {
        known.asked_at = Some(now);
    }
    is_due
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
        let is_short = jwk.kid.as_ref().is_none_or(|name| name.len() <= NAME);
        is_short.then_some(Key { name: jwk.kid, key })
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
