//! Opaque secrets: 256 random bits with the tenant in front and a readable prefix that names the kind.
//!
//! The tenant in front lets every look-up name its tenant. Only the SHA-256 of a secret is stored, so a copy of the
//! database holds nothing that can be used.

use super::Entropy;
use super::ids::TenantId;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;
use zeroize::Zeroizing;

const TENANT: usize = 16;
const RANDOM: usize = 32;

/// What a secret opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// The link of an invitation.
    InvitationTicket,
    /// A session cookie.
    Session,
    /// A browser, before and beside any session.
    Browser,
    /// An authorization code.
    AuthorizationCode,
    /// A refresh token.
    RefreshToken,
    /// The secret of an application.
    ClientSecret,
    /// The one-time link of a locked-out administrator.
    RecoveryLink,
}

impl SecretKind {
    /// Every kind, for the tests that look for secrets where none may be.
    pub const ALL: [Self; 7] = [
        Self::InvitationTicket,
        Self::Session,
        Self::Browser,
        Self::AuthorizationCode,
        Self::RefreshToken,
        Self::ClientSecret,
        Self::RecoveryLink,
    ];

    /// What the text begins with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::InvitationTicket => "vsi_",
            Self::Session => "vss_",
            Self::Browser => "vsb_",
            Self::AuthorizationCode => "vsc_",
            Self::RefreshToken => "vsr_",
            Self::ClientSecret => "vsk_",
            Self::RecoveryLink => "vsl_",
        }
    }
}

/// A secret in clear. It has no `Display` and no `Debug`, so that it reaches no log by accident.
pub struct Secret {
    kind: SecretKind,
    tenant: TenantId,
    random: Zeroizing<[u8; RANDOM]>,
}

impl Secret {
    /// Makes a new one.
    pub fn new(kind: SecretKind, tenant: TenantId, entropy: &Entropy) -> Self {
        Self { kind, tenant, random: Zeroizing::new(entropy.bytes()) }
    }

    /// Reads one that was presented; `None` for anything that we did not write.
    pub fn parse(kind: SecretKind, text: &str) -> Option<Self> {
        let encoded = text.strip_prefix(kind.prefix())?;
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(encoded).ok()?);
        let (tenant, random) = bytes.split_first_chunk::<TENANT>()?;
        let random = Zeroizing::new(<[u8; RANDOM]>::try_from(random).ok()?);
        Some(Self { kind, tenant: TenantId(Uuid::from_bytes(*tenant)), random })
    }

    /// The tenant it belongs to, as far as it says; the look-up of the hash proves it.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// What is given to the one who shall have it.
    pub fn text(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new(self.tenant.0.as_bytes().to_vec());
        bytes.extend_from_slice(&*self.random);
        Zeroizing::new(format!("{}{}", self.kind.prefix(), &*Zeroizing::new(URL_SAFE_NO_PAD.encode(&*bytes))))
    }

    /// What is stored and looked up.
    pub fn hash(&self) -> SecretHash {
        let mut hashed = Zeroizing::new(self.kind.prefix().as_bytes().to_vec());
        hashed.extend_from_slice(self.tenant.0.as_bytes());
        hashed.extend_from_slice(&*self.random);
        SecretHash::of(&hashed)
    }
}

/// The SHA-256 of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash, sqlx::Type, serde::Serialize, serde::Deserialize)]
#[sqlx(transparent)]
#[serde(transparent)]
pub struct SecretHash(pub Vec<u8>);

impl SecretHash {
    /// The hash of any bytes, for subjects of counters and the like.
    pub fn of(bytes: &[u8]) -> Self {
        Self(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_survives_its_text_and_no_other_kind_reads_it() {
        let entropy = Entropy::system();
        let tenant = TenantId(entropy.random_uuid());
        let secret = Secret::new(SecretKind::InvitationTicket, tenant, &entropy);
        let read = Secret::parse(SecretKind::InvitationTicket, &secret.text()).expect("our own text");
        assert_eq!(read.hash(), secret.hash());
        assert_eq!(read.tenant(), tenant);
        assert!(Secret::parse(SecretKind::Session, &secret.text()).is_none());
        assert!(Secret::parse(SecretKind::InvitationTicket, "vsi_").is_none());
        assert!(Secret::parse(SecretKind::InvitationTicket, &format!("{}A", &*secret.text())).is_none());
    }
}
