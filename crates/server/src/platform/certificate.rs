//! How long a certificate is good.

use super::Timestamp;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::time::Duration;

/// Between which instants a certificate is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// The first.
    pub begins: Timestamp,
    /// The last.
    pub ends: Timestamp,
}

impl Validity {
    /// Reads it from a certificate in DER; fails with what is wrong with that.
    pub fn of_der(der: &[u8]) -> Result<Self, String> {
        let (_, certificate) = x509_parser::parse_x509_certificate(der).map_err(|error| error.to_string())?;
        let validity = certificate.validity();
        let at = |seconds: i64| Timestamp::from_microseconds(seconds.saturating_mul(1_000_000));
        Ok(Self { begins: at(validity.not_before.timestamp()), ends: at(validity.not_after.timestamp()) })
    }

    /// Reads that of the first certificate of a chain in PEM, which is the server's own.
    pub fn of_pem(chain: &[u8]) -> Result<Self, String> {
        let first = CertificateDer::pem_slice_iter(chain).next().ok_or("there is no certificate in it")?;
        Self::of_der(&first.map_err(|error| error.to_string())?)
    }

    /// From when on it is to be exchanged: the last third of its time, which for the usual 90 days is a month.
    pub fn renewal(self) -> Timestamp {
        self.ends.minus(self.length() / 3)
    }

    /// How long it is good altogether.
    pub fn length(self) -> Duration {
        self.ends.since(self.begins)
    }

    /// How long it is still good; zero when it has ended.
    pub fn left(self, now: Timestamp) -> Duration {
        self.ends.since(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    #[test]
    fn a_certificate_is_exchanged_in_its_last_third() {
        let begins = Timestamp::from_microseconds(0);
        let validity = Validity { begins, ends: begins.plus(90 * DAY) };
        assert_eq!(validity.renewal(), begins.plus(60 * DAY));
        assert_eq!(validity.left(begins.plus(80 * DAY)), 10 * DAY);
        assert_eq!(validity.left(begins.plus(91 * DAY)), Duration::ZERO);
    }

    #[test]
    fn what_is_no_certificate_is_said() {
        assert!(Validity::of_pem(b"").is_err_and(|problem| problem.contains("no certificate")));
        assert!(Validity::of_der(b"no DER").is_err());
    }
}
