//! When the ACME server wants the certificate exchanged (ACME renewal information, RFC 9773): before its usual time, where
//! many must be revoked, or when there is least to do.
//!
//! An ACME server that has no opinion, or does not answer, changes nothing: the last third of the certificate's time counts.
//! Every process asks for itself and keeps the answer in memory; whichever draws the earliest instant orders.

use super::Keeper;
use super::client::Http;
use crate::platform::acme::Certificate;
use crate::platform::certificate::Validity;
use crate::platform::clock::{parse_rfc3339, rfc3339};
use crate::platform::{Entropy, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use instant_acme::CertificateIdentifier;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::Value;
use std::time::Duration;
use x509_parser::extensions::ParsedExtension;

/// How soon an ACME server is asked again at the earliest, and at the latest, whatever it says (RFC 9773 section 4.3.2).
const SOONEST: Duration = Duration::from_mins(1);
const LATEST: Duration = Duration::from_hours(24);
/// When it is asked again that says nothing of it, or did not answer (the same section).
const USUALLY: Duration = Duration::from_hours(6);
/// How old a certificate is at least that is exchanged because the ACME server wants it. One that always names a time in the past
/// would otherwise be asked for the next certificate every hour, and every certificate counts against its limits.
const YOUNGEST: Duration = Duration::from_hours(24);
/// The most characters of an address that is shown.
const EXPLANATION: usize = 300;

/// What an ACME server has said about a certificate.
#[derive(Debug, Clone)]
pub(super) struct Advice {
    /// The chain it is about.
    chain: String,
    /// The window, and the instant that was drawn in it; nothing from a server without an opinion.
    drawn: Option<(Window, Timestamp)>,
    /// When to ask again.
    again: Timestamp,
}

/// Within which an exchange is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    start: Timestamp,
    end: Timestamp,
}

impl Advice {
    /// When a certificate is to be exchanged. Advice about another one says nothing, and none may let it come too close to
    /// its end, or have it exchanged as soon as it is there.
    pub(super) fn renewal(advice: Option<&Self>, kept: &Certificate) -> Timestamp {
        let drawn = advice.filter(|advice| advice.chain == kept.chain).and_then(|advice| advice.drawn);
        drawn.map_or(kept.validity.renewal(), |(_, at)| {
            at.max(first_moment(kept.validity)).min(last_moment(kept.validity))
        })
    }

    /// The certificate that the next one replaces, for a server that wants to know it (RFC 9773 section 5).
    pub(super) fn replaced(&self) -> Option<CertificateIdentifier<'static>> {
        self.drawn.and_then(|_| identifier(&self.chain))
    }

    fn is_good(&self, chain: &str, now: Timestamp) -> bool {
        // A time further away than any was written before the clock was set back.
        self.chain == chain && self.again > now && self.again <= now.plus(LATEST)
    }
}

/// A day after its beginning, or when it is exchanged without advice, whichever comes first.
fn first_moment(validity: Validity) -> Timestamp {
    validity.begins.plus(YOUNGEST).min(validity.renewal())
}

/// The last sixth of the time of a certificate is for orders that fail.
fn last_moment(validity: Validity) -> Timestamp {
    validity.ends.minus(validity.length() / 6)
}

/// Asks about the certificate in use, unless the last answer still holds.
pub(super) async fn ask(keeper: &Keeper, kept: &Certificate) {
    let now = keeper.server.clock.now();
    let known = keeper.advice().filter(|advice| advice.chain == kept.chain);
    if known.as_ref().is_some_and(|advice| advice.is_good(&kept.chain, now)) {
        return;
    }
    let before = known.and_then(|advice| advice.drawn);
    let (drawn, pause) = match question(keeper, kept).await {
        Ok(None) => (None, LATEST),
        Ok(Some((answer, again))) => match Window::of(&answer) {
            Some(window) => (Some(draw(keeper, window, before, &answer)), again),
            None => (before, USUALLY),
        },
        Err(error) => {
            tracing::info!(host = keeper.subject.host, error, "the ACME server does not say when it wants an exchange");
            (before, USUALLY)
        }
    };
    keeper.advise(Advice { chain: kept.chain.clone(), drawn, again: now.plus(pause) });
}

/// What the ACME server says, and when it wants to be asked again; nothing where it does not speak of renewals.
async fn question(keeper: &Keeper, kept: &Certificate) -> Result<Option<(Value, Duration)>, String> {
    let Some(identifier) = identifier(&kept.chain) else { return Ok(None) };
    let http = Http::new(&keeper.settings)?;
    let (directory, _) = http.read(&keeper.subject.directory).await?;
    let Some(address) = directory["renewalInfo"].as_str() else { return Ok(None) };
    let (answer, again) = http.read(&format!("{address}/{identifier}")).await?;
    Ok(Some((answer, again.map_or(USUALLY, Duration::from_secs).clamp(SOONEST, LATEST))))
}

impl Window {
    /// A window that ends before it begins is none (RFC 9773 section 4.2).
    fn of(answer: &Value) -> Option<Self> {
        let at = |name: &str| parse_rfc3339(answer["suggestedWindow"][name].as_str()?);
        let (start, end) = (at("start")?, at("end")?);
        (start < end).then_some(Self { start, end })
    }

    /// An instant within, so that not everybody comes at once.
    fn drawn(self, entropy: &Entropy) -> Timestamp {
        let share = u128::from(u64::from_be_bytes(entropy.bytes()));
        let microseconds = (share * self.end.since(self.start).as_micros()) >> 64;
        self.start.plus(Duration::from_micros(u64::try_from(microseconds).unwrap_or(u64::MAX)))
    }
}

/// The instant of before, as long as the window is the same.
fn draw(keeper: &Keeper, window: Window, before: Option<(Window, Timestamp)>, answer: &Value) -> (Window, Timestamp) {
    if let Some(drawn) = before.filter(|(known, _)| *known == window) {
        return drawn;
    }
    let at = window.drawn(&keeper.server.entropy);
    let why: String = answer["explanationURL"].as_str().unwrap_or("-").chars().take(EXPLANATION).collect();
    let shown = rfc3339(at);
    tracing::info!(host = keeper.subject.host, at = %shown, why, "the ACME server says when it wants an exchange");
    (window, at)
}

/// The name of the first certificate of a chain (RFC 9773 section 4.1): key identifier of its authority and serial number.
/// `None` for one that does not name its authority's key.
fn identifier(chain: &str) -> Option<CertificateIdentifier<'static>> {
    let first = CertificateDer::pem_slice_iter(chain.as_bytes()).next()?.ok()?;
    let (_, certificate) = x509_parser::parse_x509_certificate(&first).ok()?;
    let authority = certificate.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::AuthorityKeyIdentifier(authority) => authority.key_identifier.as_ref(),
        _ => None,
    })?;
    let (authority, serial) = (URL_SAFE_NO_PAD.encode(authority.0), URL_SAFE_NO_PAD.encode(certificate.raw_serial()));
    Some(CertificateIdentifier { authority_key_identifier: authority.into(), serial: serial.into() })
}
