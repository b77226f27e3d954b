//! Certificates of applications (Graph: keyCredential).
//!
//! An application proves who it is by a statement that it signs with its private key, which never comes here. What is kept
//! is the certificate; nobody vouches for it but whoever added it, so a certificate that made itself is as good as any.

use super::error::Invalid;
use crate::platform::Timestamp;
use crate::platform::certificate::Validity;
use crate::platform::ids::{ApplicationId, KeyId, TenantId};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use oauth::jose::CertificateKey;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use x509_parser::prelude::X509Certificate;
use x509_parser::public_key::PublicKey;

/// Most certificates of one application.
pub(super) const MOST: usize = 20;

/// Longest certificate that is read, in bytes.
const LONGEST: usize = 16 * 1024;

/// Bits an RSA key must have at least (RFC 7518 section 3.3).
const RSA_BITS: usize = 2048;

const PROPERTY: &str = "keyCredentials";

/// A certificate that was added.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ApplicationKey {
    /// The tenant.
    pub tenant_id: TenantId,
    /// `keyId`
    pub id: KeyId,
    /// Whose it is.
    pub application_id: ApplicationId,
    /// `displayName`
    pub display_name: Option<String>,
    /// `key`, in DER.
    pub certificate: Vec<u8>,
    /// `customKeyIdentifier`: SHA-1 of the certificate, by which statements name it (`x5t`).
    pub thumbprint: Vec<u8>,
    /// SHA-256 of it (`x5t#S256`).
    pub thumbprint_sha256: Vec<u8>,
    /// `startDateTime`
    pub starts_at: Timestamp,
    /// `endDateTime`; it is no longer good at this instant.
    pub ends_at: Timestamp,
}

/// What is asked for a new certificate.
#[derive(Debug, Clone, Default)]
pub struct NewKey {
    /// What it is for.
    pub display_name: Option<String>,
    /// The certificate: DER in base64, or the text of a PEM file.
    pub certificate: String,
    /// From when on it is good; its own beginning by default.
    pub starts_at: Option<Timestamp>,
    /// When it ends: not after its own end, which is the default.
    pub ends_at: Option<Timestamp>,
}

impl ApplicationKey {
    /// Whether it is good at this instant.
    pub fn is_good_at(&self, now: Timestamp) -> bool {
        self.starts_at <= now && now < self.ends_at
    }

    /// SHA-1 of the certificate as certificate stores show it.
    pub fn shown_thumbprint(&self) -> String {
        self.thumbprint.iter().map(|byte| format!("{byte:02X}")).collect()
    }

    /// Whether its key has signed a statement.
    pub fn has_signed(&self, assertion: &oauth::jose::Assertion<'_>) -> bool {
        let Ok((_, certificate)) = x509_parser::parse_x509_certificate(&self.certificate) else { return false };
        let is_signed = |key: CertificateKey<'_>| assertion.is_signed_by(key);
        assertion.may_be_of(&self.thumbprint, &self.thumbprint_sha256)
            && public_key(&certificate).is_some_and(is_signed)
    }
}

/// The key of a certificate, if it is one that signatures are checked with.
fn public_key<'c>(certificate: &'c X509Certificate<'_>) -> Option<CertificateKey<'c>> {
    let info = certificate.public_key();
    let bytes: &[u8] = &info.subject_public_key.data;
    match info.parsed().ok()? {
        PublicKey::RSA(key) if key.key_size() >= RSA_BITS => Some(CertificateKey::Rsa(bytes)),
        // 0x04 and two coordinates of 32 bytes: no other curve that is in use has points of this length but secp256k1,
        // whose points do not lie on P-256, so that no signature of theirs is good.
        PublicKey::EC(_) if bytes.len() == 65 && bytes.first() == Some(&4) => Some(CertificateKey::P256(bytes)),
        _ => None,
    }
}

/// Makes the credential of a certificate.
pub(super) fn make(
    (tenant, application, id): (TenantId, ApplicationId, KeyId),
    new: NewKey,
    now: Timestamp,
) -> Result<ApplicationKey, Invalid> {
    let refuse = |problem: String| Invalid { property: PROPERTY, problem };
    if let Some(name) = &new.display_name {
        super::error::check_text(PROPERTY, name)?;
    }
    let der = read(&new.certificate).ok_or_else(|| refuse("key is not a certificate in base64 (DER)".to_owned()))?;
    let validity = Validity::of_der(&der).map_err(|problem| refuse(format!("key is not a certificate: {problem}")))?;
    let (_, certificate) = x509_parser::parse_x509_certificate(&der)
        .map_err(|problem| refuse(format!("key is not a certificate: {problem}")))?;
    if public_key(&certificate).is_none() {
        return Err(refuse("the key of the certificate must be RSA of 2048 bits or more, or P-256".to_owned()));
    }
    let starts_at = new.starts_at.unwrap_or(validity.begins).max(validity.begins);
    let ends_at = new.ends_at.unwrap_or(validity.ends);
    if ends_at > validity.ends {
        return Err(refuse("endDateTime is after the end of the certificate".to_owned()));
    }
    if ends_at <= now || ends_at <= starts_at {
        return Err(refuse("the certificate has ended, or would end before it begins".to_owned()));
    }
    Ok(ApplicationKey {
        tenant_id: tenant,
        id,
        application_id: application,
        display_name: new.display_name,
        thumbprint: digest(&SHA1_FOR_LEGACY_USE_ONLY, &der).as_ref().to_vec(),
        thumbprint_sha256: digest(&SHA256, &der).as_ref().to_vec(),
        certificate: der,
        starts_at,
        ends_at,
    })
}

/// A certificate as it is sent: base64 of DER or of a PEM file, or the text of a PEM file.
fn read(text: &str) -> Option<Vec<u8>> {
    if text.len() > 2 * LONGEST {
        return None;
    }
    let pem = |bytes: &[u8]| CertificateDer::from_pem_slice(bytes).ok().map(|der| der.to_vec());
    if text.trim_start().starts_with("-----BEGIN") {
        return pem(text.as_bytes());
    }
    let plain: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bytes = STANDARD.decode(plain).ok().filter(|bytes| bytes.len() <= LONGEST)?;
    if bytes.starts_with(b"-----BEGIN") { pem(&bytes) } else { Some(bytes) }
}
