//! What is shown to whom, and when the next certificate is ordered.

mod external;
mod renewal;

use super::Keeper;
use crate::config::Acme;
use crate::platform::acme::{self, Subject};
use crate::platform::tls;
use crate::serve::{Listener, Stop};
use crate::testing::{TestServer, on_both_engines};
use axum::Router;
use database::sql;
use rcgen::{CertificateParams, KeyPair};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use x509_parser::parse_x509_certificate;

const HOST: &str = "id.example.org";

/// Believes everything, as an ACME server does when it asks (RFC 8737 section 3).
#[derive(Debug)]
struct Anything;

impl ServerCertVerifier for Anything {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

/// The certificate and the protocol of a handshake that offers these protocols.
async fn shown(address: SocketAddr, protocols: &[&[u8]]) -> std::io::Result<(Vec<u8>, Vec<u8>)> {
    let mut config =
        ClientConfig::builder().dangerous().with_custom_certificate_verifier(Arc::new(Anything)).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    let name = ServerName::try_from(HOST).expect("a name");
    let socket = TcpStream::connect(address).await.expect("a connection");
    let stream = TlsConnector::from(Arc::new(config)).connect(name, socket).await?;
    let (_, connection) = stream.get_ref();
    let certificate = connection.peer_certificates().and_then(|chain| chain.first()).expect("a certificate").to_vec();
    Ok((certificate, connection.alpn_protocol().unwrap_or_default().to_vec()))
}

fn keeper(server: &TestServer) -> Keeper {
    let subject = acme::tests::subject();
    let directory = subject.directory.parse().expect("an address");
    let settings = Acme {
        terms_of_service_agreed: true,
        email: None,
        directory,
        certificate_authority_file: None,
        external_account: None,
    };
    Keeper::new(server, &settings, subject)
}

async fn challenge(server: &TestServer, subject: &Subject, digest: &[u8]) {
    let holder = server.entropy.random_uuid();
    let mut tx = server.write().await.expect("a transaction");
    assert!(acme::take(&mut tx, subject, holder, server.clock.now()).await.expect("an answer"));
    acme::set_challenge(&mut tx, subject, holder, digest).await.expect("written");
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn the_acme_server_sees_the_digest_and_everybody_else_the_certificate_in_use() {
    tls::install_provider();
    on_both_engines(async |server| {
        let subject = acme::tests::subject();
        let keeper = keeper(&server);
        let listener = Listener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
        let (address, stop) = (listener.address(), Stop::never());
        let serving = tokio::spawn(listener.with_acme(keeper.acceptor()).serve(Router::new(), stop.clone()));

        shown(address, &[b"h2", b"http/1.1"]).await.expect_err("no certificate yet");
        shown(address, &[b"acme-tls/1"]).await.expect_err("no order is under way");
        challenge(&server, &subject, &[7; 32]).await;
        let (answer, protocol) = shown(address, &[b"acme-tls/1"]).await.expect("an answer");
        assert_eq!(protocol, b"acme-tls/1");
        let (_, answer) = parse_x509_certificate(&answer).expect("a certificate");
        let extension = answer.extensions().iter().find(|one| one.oid.to_id_string() == "1.3.6.1.5.5.7.1.31");
        let extension = extension.expect("the extension of RFC 8737");
        assert!(extension.critical && extension.value == [&[4, 32][..], &[7; 32]].concat());

        let key = KeyPair::generate().expect("a key");
        let certificate = CertificateParams::new([HOST.to_owned()]).expect("a name").self_signed(&key).expect("signed");
        let pem = (certificate.pem().into_bytes(), key.serialize_pem().into_bytes());
        keeper.served.reload_from_pem(pem.0, pem.1).await.expect("in use");
        let (own, protocol) = shown(address, &[b"h2", b"http/1.1"]).await.expect("a handshake");
        assert_eq!((own.as_slice(), protocol.as_slice()), (&certificate.der()[..], &b"h2"[..]));
        stop.now();
        serving.await.expect("an end").expect("an orderly end");
    })
    .await;
}

#[tokio::test]
async fn what_is_good_is_not_ordered_again_and_what_is_damaged_is() {
    tls::install_provider();
    on_both_engines(async |server| {
        let keeper = keeper(&server);
        let subject = acme::tests::subject();
        acme::tests::keep(&server, &subject).await;
        assert!(!keeper.take().await.expect("an answer"), "another process has just ordered");
        server.clock.advance(Duration::from_hours(24 * 61));
        assert!(keeper.take().await.expect("an answer"), "its last third has begun");
        keeper.release().await;
        acme::tests::keep(&server, &subject).await;
        assert!(!keeper.take().await.expect("an answer"));

        let mut tx = server.write().await.expect("a transaction");
        let damage = tx.query(sql!("UPDATE acme_certificate SET sealed = $1")).bind(vec![1_u8; 40]);
        damage.execute().await.expect("damage");
        tx.commit().await.expect("a commit");
        assert!(keeper.read().await.expect("an answer").is_none());
        assert!(keeper.take().await.expect("an answer"), "what does not open is replaced");
    })
    .await;
}

#[tokio::test]
async fn whatever_an_acme_server_says_is_written_down() {
    tls::install_provider();
    on_both_engines(async |server| {
        let keeper = keeper(&server);
        assert!(keeper.take().await.expect("an answer"));
        keeper.fail("too\0many\n certificates", false).await.expect("it is written down");
        let mut tx = server.read().await.expect("a connection");
        let order = acme::order(&mut tx, &keeper.subject).await.expect("an answer").expect("an order");
        assert_eq!(order.failure.as_deref(), Some("toomany certificates"));
    })
    .await;
}
