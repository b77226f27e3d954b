//! The master key: what must not be lost, and what protects everything that is sealed in the database.

use super::Entropy;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use zeroize::Zeroizing;

const FORMAT: u8 = 1;
const NONCE: usize = 12;
const KEY: usize = 32;

/// Seals what is stored, and derives the keys of everything that can be recomputed instead of stored.
pub struct MasterKey {
    derive: hmac::Key,
    seal: LessSafeKey,
}

/// What is wrong with a master key or with something it should open.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// The key is not 32 bytes in base64 or hexadecimal.
    #[error("the master key must be 32 bytes, written as base64 (44 characters) or hexadecimal (64 characters)")]
    Malformed,
    /// What should be opened was sealed with another key, for another place, or was changed.
    #[error("the master key does not open what is stored: it is not the key this database was made with")]
    DoesNotOpen,
}

impl MasterKey {
    /// Reads the key from its text.
    pub fn parse(text: &str) -> Result<Self, MasterKeyError> {
        let text = text.trim();
        let bytes = Zeroizing::new(if text.len() == 2 * KEY { hexadecimal(text)? } else { base64(text)? });
        Self::new(&bytes)
    }

    /// A new key, as the text that goes into its file.
    pub fn generate(entropy: &Entropy) -> Zeroizing<String> {
        use base64::Engine as _;
        let bytes = Zeroizing::new(entropy.bytes::<KEY>());
        Zeroizing::new(base64::engine::general_purpose::STANDARD.encode(*bytes))
    }

    fn new(bytes: &[u8]) -> Result<Self, MasterKeyError> {
        if bytes.len() != KEY {
            return Err(MasterKeyError::Malformed);
        }
        let derive = hmac::Key::new(hmac::HMAC_SHA256, bytes);
        let sealing = hmac::sign(&derive, b"vestibule seal 1");
        let seal = UnboundKey::new(&AES_256_GCM, sealing.as_ref()).map_err(|_| MasterKeyError::Malformed)?;
        Ok(Self { derive, seal: LessSafeKey::new(seal) })
    }

    /// The same key with another root for everything it derives. The root stays when the master key is exchanged, so that
    /// what was derived (the `sub` of every person in every app among it) stays the same.
    #[must_use]
    pub fn with_root(self, root: &[u8]) -> Self {
        Self { derive: hmac::Key::new(hmac::HMAC_SHA256, root), ..self }
    }

    /// A key of its own for one purpose; the same root gives the same one.
    pub fn derive(&self, purpose: &str) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&self.derive, purpose.as_bytes()).as_ref())
    }

    /// Encrypts `clear` (AES-256-GCM, random nonce). `place` names table, column and row, and must be named again to open.
    ///
    /// # Panics
    /// Beyond 64 GiB, which no value of ours reaches.
    pub fn seal(&self, place: &str, clear: &[u8], entropy: &Entropy) -> Vec<u8> {
        let nonce: [u8; NONCE] = entropy.bytes();
        let mut body = clear.to_vec();
        self.seal
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut body)
            .expect("the value is shorter than the limit of the cipher");
        [&[FORMAT][..], &nonce, &body].concat()
    }

    /// Decrypts what [`MasterKey::seal`] made for the same place.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, MasterKeyError> {
        let (&[FORMAT], rest) = sealed.split_first_chunk().ok_or(MasterKeyError::DoesNotOpen)? else {
            return Err(MasterKeyError::DoesNotOpen);
        };
        let (nonce, body) = rest.split_first_chunk::<NONCE>().ok_or(MasterKeyError::DoesNotOpen)?;
        let mut body = Zeroizing::new(body.to_vec());
        let clear = self
            .seal
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(place), &mut body)
            .map_err(|_| MasterKeyError::DoesNotOpen)?;
        Ok(Zeroizing::new(clear.to_vec()))
    }
}

fn base64(text: &str) -> Result<Vec<u8>, MasterKeyError> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).map_err(|_| MasterKeyError::Malformed)
}

fn hexadecimal(text: &str) -> Result<Vec<u8>, MasterKeyError> {
    (0..text.len())
        .step_by(2)
        .map(|at| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect::<Option<_>>()
        .ok_or(MasterKeyError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_in_its_place_and_with_its_key() {
        let entropy = Entropy::system();
        let key = MasterKey::parse(&MasterKey::generate(&entropy)).expect("our own key");
        let sealed = key.seal("mail/1", b"code", &entropy);
        assert_eq!(&**key.open("mail/1", &sealed).expect("the same place"), b"code");
        assert!(key.open("mail/2", &sealed).is_err());
        let other = MasterKey::parse(&"0f".repeat(32)).expect("a key in hexadecimal");
        assert!(other.open("mail/1", &sealed).is_err());
        assert!(key.open("mail/1", &sealed[..10]).is_err());
    }

    #[test]
    fn a_key_of_another_length_is_refused() {
        assert!(MasterKey::parse("short").is_err());
        assert!(MasterKey::parse(&"zz".repeat(32)).is_err());
    }
}
