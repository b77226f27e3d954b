//! The handshake: with the certificate in use for everybody, with the answer to its question for an ACME server
//! (tls-alpn-01, RFC 8737).
//!
//! The answer is looked up when it is asked for, so that every process gives it, whichever of them ordered.

use crate::Server;
use crate::platform::acme::{self, Subject};
use axum_server::accept::Accept;
use axum_server::tls_rustls::RustlsConfig;
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::server::TlsStream;
use tokio_rustls::{LazyConfigAcceptor, StartHandshake};

/// The protocol by which an ACME server asks (RFC 8737 section 6.2).
const PROTOCOL: &[u8] = b"acme-tls/1";
/// How long a handshake may take, as where the certificate comes from files.
const PATIENCE: Duration = Duration::from_secs(10);

/// Ends TLS with a certificate from an ACME server.
#[derive(Clone)]
pub struct Acceptor {
    pub(super) server: Arc<Server>,
    pub(super) subject: Arc<Subject>,
    pub(super) served: RustlsConfig,
}

impl<I, S> Accept<I, S> for Acceptor
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Send + 'static,
{
    type Stream = TlsStream<I>;
    type Service = S;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, S)>> + Send>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let acceptor = self.clone();
        Box::pin(async move {
            let stream = tokio::time::timeout(PATIENCE, acceptor.shake_hands(stream)).await;
            let stream = stream.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
            Ok((stream, service))
        })
    }
}

impl Acceptor {
    async fn shake_hands<I>(self, stream: I) -> io::Result<TlsStream<I>>
    where
        I: AsyncRead + AsyncWrite + Unpin,
    {
        let start = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), stream).await?;
        let is_question = start.client_hello().alpn().is_some_and(|mut names| names.any(|name| name == PROTOCOL));
        if !is_question {
            return start.into_stream(self.served.get_inner()).await;
        }
        match self.answer_to(start).await {
            Ok(()) => tracing::info!("the ACME server asked, and was answered"),
            // Anybody may ask; what the true ACME server found wrong is in the failure of its order.
            Err(error) => tracing::debug!(%error, "somebody asked in vain, as an ACME server would"),
        }
        Err(io::Error::other("nothing is spoken with an ACME server after the handshake"))
    }

    async fn answer_to<I>(&self, start: StartHandshake<I>) -> io::Result<()>
    where
        I: AsyncRead + AsyncWrite + Unpin,
    {
        let mut stream = start.into_stream(Arc::new(self.answer().await?)).await?;
        stream.shutdown().await
    }

    async fn answer(&self) -> io::Result<ServerConfig> {
        let mut tx = self.server.read().await.map_err(io::Error::other)?;
        let digest = acme::challenge(&mut tx, &self.subject).await.map_err(io::Error::other)?;
        let digest = digest.ok_or_else(|| io::Error::other("an ACME server asks, and no order is under way"))?;
        answer(&self.subject.host, &digest).map_err(io::Error::other)
    }
}

/// A self-signed certificate that holds the digest (RFC 8737 section 3), and nothing but its protocol.
fn answer(host: &str, digest: &[u8]) -> Result<ServerConfig, Box<dyn std::error::Error + Send + Sync>> {
    let mut params = CertificateParams::new([host.to_owned()])?;
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    let signing = aws_lc_rs::sign::any_supported_type(&PrivateKeyDer::try_from(key.serialize_der())?)?;
    // Not by the way that compares certificate and key: it knows no critical extension but its own.
    let shown = SingleCertAndKey::from(CertifiedKey::new(vec![certificate.der().clone()], signing));
    let mut config = ServerConfig::builder().with_no_client_auth().with_cert_resolver(Arc::new(shown));
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    Ok(config)
}
