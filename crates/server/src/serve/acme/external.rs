//! Who the operator is to an ACME server that makes accounts only for those it knows (RFC 8555 section 7.3.4).

use crate::config::{Acme, ExternalAccount};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use instant_acme::ExternalAccountKey;
use std::fmt::Display;
use zeroize::Zeroizing;

/// The name and key that the settings give; fails with what is wrong with the file. Some ACME servers hand the key out in
/// base64 with padding, so that is taken too.
pub(super) fn key(settings: &Acme) -> Result<Option<ExternalAccountKey>, String> {
    let Some(ExternalAccount { key_id, key_file }) = &settings.external_account else { return Ok(None) };
    let failed = |problem: &dyn Display| format!("{}: {problem}", key_file.display());
    let written = Zeroizing::new(std::fs::read_to_string(key_file).map_err(|error| failed(&error))?);
    let text = Zeroizing::new(written.trim().trim_end_matches('=').replace('+', "-").replace('/', "_"));
    let key = URL_SAFE_NO_PAD.decode(text.as_bytes()).map(Zeroizing::new).unwrap_or_default();
    if key.is_empty() {
        return Err(failed(&"it should hold a key in base64url, as the ACME server gave it"));
    }
    Ok(Some(ExternalAccountKey::new(key_id.clone(), &key)))
}
