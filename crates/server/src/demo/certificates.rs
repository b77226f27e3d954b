//! With `--https`: a certificate authority of the demo's own, which can sign for this machine only.

use super::directory::Directory;
use crate::command::Error;
use crate::platform::{Clock, clock};
use axum_server::tls_rustls::RustlsConfig;
use jiff::Span;
use jiff::civil::Date;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, NameConstraints,
};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How long people may keep the authority in their browser.
const AUTHORITY_YEARS: i64 = 10;
/// Browsers refuse certificates of more than 398 days.
const CERTIFICATE_DAYS: i64 = 397;

/// What the listener shows, and what its clients must believe.
pub(super) struct Certificate {
    /// Chain and key of the listener.
    pub(super) served: RustlsConfig,
    /// The authority in PEM.
    pub(super) authority: Vec<u8>,
}

/// The authority of the directory, made at the first time, and a certificate that it signs for this start.
pub(super) async fn provide(directory: &Directory, clock: &Clock) -> Result<Certificate, Error> {
    let today = clock::calendar(clock.now()).to_zoned(jiff::tz::TimeZone::UTC).date();
    let (key, authority) = authority(directory, today)?;
    let issuer = Issuer::new(authority_params(today), key);
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = certificate_params(today)?.signed_by(&key, &issuer).map_err(failed)?;
    let served = RustlsConfig::from_pem(certificate.pem().into_bytes(), key.serialize_pem().into_bytes());
    Ok(Certificate { served: served.await.map_err(failed)?, authority: authority.into_bytes() })
}

/// The key is written last: without it the authority is made again.
fn authority(directory: &Directory, today: Date) -> Result<(KeyPair, String), Error> {
    const KEY: &str = "ca-key.pem";
    const CERTIFICATE: &str = "ca.pem";
    if let (Some(key), Some(certificate)) = (directory.read(KEY)?, directory.read(CERTIFICATE)?) {
        return Ok((KeyPair::from_pem(&key).map_err(failed)?, certificate));
    }
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = authority_params(today).self_signed(&key).map_err(failed)?.pem();
    directory.write(CERTIFICATE, certificate.as_bytes())?;
    directory.write(KEY, key.serialize_pem().as_bytes())?;
    Ok((key, certificate))
}

fn authority_params(today: Date) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Vestibule demo");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    // Whoever believes this authority believes it about nothing but their own machine (RFC 5280 section 4.2.1.10).
    let hosts = addresses().map(|address| {
        let bits = if address.is_ipv4() { 32 } else { 128 };
        GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(address, bits))
    });
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: std::iter::once(GeneralSubtree::DnsName("localhost".to_owned())).chain(hosts).collect(),
        excluded_subtrees: Vec::new(),
    });
    valid(&mut params, today, Span::new().years(AUTHORITY_YEARS));
    params
}

fn certificate_params(today: Date) -> Result<CertificateParams, Error> {
    let names: Vec<String> =
        std::iter::once("localhost".to_owned()).chain(addresses().map(|address| address.to_string())).collect();
    let mut params = CertificateParams::new(names).map_err(failed)?;
    params.distinguished_name.push(DnType::CommonName, "localhost");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    valid(&mut params, today, Span::new().days(CERTIFICATE_DAYS));
    Ok(params)
}

fn addresses() -> impl Iterator<Item = IpAddr> {
    [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)].into_iter()
}

/// From yesterday, for clocks that are a little late.
fn valid(params: &mut CertificateParams, today: Date, lifetime: Span) {
    let first = today.saturating_sub(Span::new().days(1));
    let last = first.saturating_add(lifetime);
    let part = |number: i8| u8::try_from(number).unwrap_or(1);
    let day = |date: Date| rcgen::date_time_ymd(i32::from(date.year()), part(date.month()), part(date.day()));
    params.not_before = day(first);
    params.not_after = day(last);
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::refused(format!("the certificate could not be made: {error}"))
}
