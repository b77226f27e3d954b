//! `[tls]`: who ends TLS, and where the certificate comes from.

use serde::Deserialize;
use std::path::PathBuf;
use url::{Host, Url};

/// The directory of Let's Encrypt.
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// `[tls]`, when the server ends TLS itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Table")]
pub enum Tls {
    /// Certificate and key are put in place by somebody else.
    Files(CertificateFiles),
    /// The server gets its certificate from an ACME server (RFC 8555).
    Acme(Acme),
}

/// The two files of `[tls]`.
#[derive(Debug, Clone)]
pub struct CertificateFiles {
    /// The certificate chain (PEM).
    pub certificate_file: PathBuf,
    /// The private key (PEM).
    pub key_file: PathBuf,
}

/// `[tls.acme]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acme {
    /// That the operator has agreed to the terms of service of the ACME server; only they can.
    pub terms_of_service_agreed: bool,
    /// Whom the ACME server may write to.
    pub email: Option<String>,
    /// The directory of the ACME server (RFC 8555 section 7.1.1).
    #[serde(default = "lets_encrypt")]
    pub directory: Url,
    /// Certificates (PEM) by which the ACME server is believed, instead of those of the system.
    pub certificate_authority_file: Option<PathBuf>,
    /// Who the operator is to the ACME server, where it makes accounts only for those it knows.
    pub external_account: Option<ExternalAccount>,
}

/// `[tls.acme.external_account]`: what the ACME server gave the operator (RFC 8555 section 7.3.4).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExternalAccount {
    /// The name of the key there.
    pub key_id: String,
    /// A file with the key, in base64url.
    pub key_file: PathBuf,
}

/// `[tls]` as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    certificate_file: Option<PathBuf>,
    key_file: Option<PathBuf>,
    acme: Option<Acme>,
}

impl TryFrom<Table> for Tls {
    type Error = &'static str;

    fn try_from(table: Table) -> Result<Self, Self::Error> {
        match table {
            Table { certificate_file: None, key_file: None, acme: Some(acme) } => Ok(Self::Acme(acme)),
            Table { certificate_file: Some(certificate_file), key_file: Some(key_file), acme: None } => {
                Ok(Self::Files(CertificateFiles { certificate_file, key_file }))
            }
            Table { acme: Some(_), .. } => Err("give either certificate_file and key_file, or [tls.acme]"),
            _ => Err("give both certificate_file and key_file, or [tls.acme]"),
        }
    }
}

fn lets_encrypt() -> Url {
    Url::parse(LETS_ENCRYPT).expect("a constant that is an address, which a test reads")
}

impl Acme {
    /// What keeps this from being used for the public address, by the setting to change; `built_in` tells whether the
    /// program has a client for ACME.
    pub(super) fn problem(&self, public_address: &Url, built_in: bool) -> Option<(&'static str, &'static str)> {
        let is_name = matches!(public_address.host(), Some(Host::Domain(_))) && !super::is_loopback(public_address);
        if !built_in {
            Some((
                "tls.acme",
                "this program was built without ACME (cargo feature acme): name certificate_file and key_file",
            ))
        } else if !is_name {
            Some(("tls.acme", "an ACME server certifies names only, and public_address is localhost or an IP address"))
        } else if !self.terms_of_service_agreed {
            Some((
                "tls.acme.terms_of_service_agreed",
                "read the terms of service of the ACME server; without consent (true) there is no account",
            ))
        } else if self.directory.scheme() != "https" {
            Some(("tls.acme.directory", "must begin with https:// (RFC 8555 section 6.1)"))
        } else if self.email.as_ref().is_some_and(|email| !email.contains('@') || email.contains([',', '?', ' '])) {
            Some(("tls.acme.email", "must be one mail address"))
        } else if self.external_account.as_ref().is_some_and(|account| account.key_id.trim().is_empty()) {
            Some(("tls.acme.external_account.key_id", "is the name that the ACME server gave the key"))
        } else {
            None
        }
    }
}
