//! One socket, with limits on what a connection may cost before anybody is known to be behind it.

#[cfg(feature = "acme")]
use super::acme::Acceptor;
use super::{Error, Stop};
use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

/// How long a client may take for its headers, and an idle connection is kept.
const HEADERS: Duration = Duration::from_secs(30);
/// The largest request head in bytes. Cookies, a bearer token and a state of a few kilobytes fit.
const HEAD: usize = 64 * 1024;
/// The same limit where HTTP/2 counts it after decompression.
const HEAD_LIST: u32 = 64 * 1024;
/// Requests one HTTP/2 connection may have open at a time.
const STREAMS: u32 = 100;
/// How long requests in flight are given to finish after a stop.
const GRACE: Duration = Duration::from_secs(20);

/// A bound socket.
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    protection: Protection,
}

/// Who ends TLS.
enum Protection {
    /// Somebody in front.
    None,
    /// We, with this certificate.
    Certificate(RustlsConfig),
    /// We, with a certificate from an ACME server, which asks here.
    #[cfg(feature = "acme")]
    Acme(Acceptor),
}

impl Listener {
    /// Takes the address.
    pub fn bind(address: SocketAddr) -> Result<Self, Error> {
        let failed = |problem| Error::Listen { address, problem };
        let socket = TcpListener::bind(address).map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        Ok(Self { socket, address, protection: Protection::None })
    }

    /// Ends TLS here. The certificate may be exchanged while the listener runs.
    #[must_use]
    pub fn with_tls(mut self, tls: RustlsConfig) -> Self {
        self.protection = Protection::Certificate(tls);
        self
    }

    /// Ends TLS here with a certificate from an ACME server.
    #[cfg(feature = "acme")]
    #[must_use]
    pub fn with_acme(mut self, acceptor: Acceptor) -> Self {
        self.protection = Protection::Acme(acceptor);
        self
    }

    /// The address, with the port the system chose if none was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop`, then finishes what was begun, for at most 20 seconds.
    pub async fn serve(self, router: Router, stop: Stop) -> Result<(), Error> {
        let handle = Handle::new();
        let ending = handle.clone();
        tokio::spawn(async move {
            stop.asked().await;
            ending.graceful_shutdown(Some(GRACE));
        });
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        match self.protection {
            Protection::None => {
                let mut server = axum_server::from_tcp(self.socket)?.handle(handle);
                limit(&mut server);
                server.serve(service).await?;
            }
            Protection::Certificate(tls) => {
                let mut server = axum_server::from_tcp_rustls(self.socket, tls)?.handle(handle);
                limit(&mut server);
                server.serve(service).await?;
            }
            #[cfg(feature = "acme")]
            Protection::Acme(acceptor) => {
                let mut server = axum_server::from_tcp(self.socket)?.acceptor(acceptor).handle(handle);
                limit(&mut server);
                server.serve(service).await?;
            }
        }
        Ok(())
    }
}

fn limit<A>(server: &mut axum_server::Server<SocketAddr, A>) {
    let builder = server.http_builder();
    builder.http1().header_read_timeout(HEADERS).max_buf_size(HEAD);
    builder
        .http2()
        .max_header_list_size(HEAD_LIST)
        .max_concurrent_streams(STREAMS)
        .keep_alive_interval(HEADERS)
        .keep_alive_timeout(HEADERS);
}
