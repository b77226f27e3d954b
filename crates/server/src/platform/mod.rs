//! What the world gives us: time, randomness, keys, the network. Tests give something else.

pub mod acme;
pub mod cached;
pub mod certificate;
pub mod client_address;
pub mod clock;
pub mod dns;
pub mod entropy;
pub mod fetch;
pub mod ids;
pub mod log;
pub mod mail_transport;
pub mod mailbox;
pub mod master_key;
pub mod master_key_proof;
pub mod measures;
pub mod private_file;
mod relay;
pub mod request;
pub mod secret;
pub mod signing_keys;
pub mod tls;

pub use cached::Cached;
pub use clock::Clock;
pub use database::Timestamp;
pub use entropy::Entropy;
pub use fetch::Fetch;
pub use mail_transport::MailTransport;
pub use mailbox::Mailbox;
pub use master_key::MasterKey;
pub use measures::Measures;
pub use secret::{Secret, SecretHash, SecretKind};
pub use signing_keys::SigningKeys;
