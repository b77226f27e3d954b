//! The cryptography below TLS: aws-lc-rs, for the whole process.

/// Makes aws-lc-rs the provider of every TLS connection. Called first in the program, before any library chooses one of
/// its own; calling it again changes nothing.
pub fn install_provider() {
    // An error means that a provider is installed already, and this is the only place that installs one.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}
