//! Conversations with the relay (RFC 5321): connections that are kept, and what its answers mean.
//!
//! The library speaks the protocol; the sockets are ours, because they must send every line at once. Otherwise the last line
//! of a mail waits for the relay's acknowledgement of the lines before, which the relay holds back for 40 ms.

use super::mail_transport::Refusal;
use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Tls};
use lettre::transport::smtp::extension::ClientId;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long connecting to the relay may take.
const CONNECT: Duration = Duration::from_secs(30);
/// How long a connection may be idle before it is closed.
const IDLE: Duration = Duration::from_mins(1);
/// How long a connection may be idle before it is asked whether it still stands.
const SURE: Duration = Duration::from_secs(2);
/// Characters of a relay's answer that are kept.
const REASON: usize = 300;

/// A relay and the connections to it.
pub struct Relay {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether and how the connection is encrypted.
    pub tls: Tls,
    /// What we call ourselves.
    pub hello: ClientId,
    /// Who we are there.
    pub credentials: Option<Credentials>,
    /// Connections that wait for the next mail.
    pub idle: Idle,
}

/// Connections, and since when each of them waits.
#[derive(Default)]
pub struct Idle(Mutex<Vec<(AsyncSmtpConnection, Instant)>>);

impl Relay {
    /// Hands a mail over. `Ok` means that the relay has taken responsibility for it.
    pub async fn send(&self, envelope: &Envelope, mail: &[u8]) -> Result<(), Refusal> {
        let mut connection = self.free().await?;
        let outcome = connection.send(envelope, mail).await;
        if !connection.has_broken() {
            self.idle.put(connection);
        }
        outcome.map(|_| ()).map_err(|error| refusal(&error))
    }

    /// Says NOOP (RFC 5321 section 4.1.1.9) on a connection that a mail could have, and keeps it for the next one.
    pub async fn knock(&self) -> Result<(), Refusal> {
        let mut connection = self.free().await?;
        if !connection.test_connected().await {
            connection.abort().await;
            return Err(Refusal::Later("The relay closed the connection.".to_owned()));
        }
        self.idle.put(connection);
        Ok(())
    }

    /// Connects, encrypts and signs in as for a mail, and sends nothing.
    pub async fn probe(&self) -> Result<(), Refusal> {
        let mut connection = self.connect().await?;
        let stands = connection.test_connected().await;
        connection.abort().await;
        if stands { Ok(()) } else { Err(Refusal::Later("The relay closed the connection.".to_owned())) }
    }

    /// A connection for one mail: one that waits, or a new one.
    async fn free(&self) -> Result<AsyncSmtpConnection, Refusal> {
        match self.waiting().await {
            Some(connection) => Ok(connection),
            None => self.connect().await,
        }
    }

    /// A connection that still stands.
    async fn waiting(&self) -> Option<AsyncSmtpConnection> {
        while let Some((mut connection, since)) = self.idle.take() {
            let waited = since.elapsed();
            if waited < SURE || waited < IDLE && connection.test_connected().await {
                return Some(connection);
            }
            connection.abort().await;
        }
        None
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Refusal> {
        let late = || Refusal::Later(format!("The relay could not be reached within {} seconds.", CONNECT.as_secs()));
        timeout(CONNECT, self.greet()).await.map_err(|_| late())?
    }

    async fn greet(&self) -> Result<AsyncSmtpConnection, Refusal> {
        let place = (self.host.as_str(), self.port);
        let mut connection = if let Tls::Wrapper(parameters) = &self.tls {
            // Encrypted from the first byte, the library opens the socket itself.
            let parameters = Some(parameters.clone());
            AsyncSmtpConnection::connect_tokio1(place, Some(CONNECT), &self.hello, parameters, None).await
        } else {
            let reached = async {
                let stream = TcpStream::connect(place).await?;
                stream.set_nodelay(true)?;
                std::io::Result::Ok(stream)
            };
            let stream = reached.await.map_err(|error| Refusal::Later(reason(&error)))?;
            AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.hello).await
        }
        .map_err(|error| refusal(&error))?;
        if let Tls::Required(parameters) = &self.tls {
            connection.starttls(parameters.clone(), &self.hello).await.map_err(|error| refusal(&error))?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await.map_err(|error| refusal(&error))?;
        }
        Ok(connection)
    }
}

impl Idle {
    fn put(&self, connection: AsyncSmtpConnection) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((connection, Instant::now()));
    }

    /// The one that was used last, so that those that are not needed any more grow old.
    fn take(&self) -> Option<(AsyncSmtpConnection, Instant)> {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(_, since)| since.elapsed() < IDLE);
        idle.pop()
    }
}

/// A refusal is final when the relay says so about the mail. The answers 530 to 538 (RFC 4954 section 6) are about our
/// own credentials, which the operator will put right.
fn refusal(error: &Error) -> Refusal {
    let about_us = error.status().is_some_and(|code| (530..=538).contains(&u16::from(code)));
    if error.is_permanent() && !about_us { Refusal::Never(reason(error)) } else { Refusal::Later(reason(error)) }
}

fn reason(error: &dyn std::error::Error) -> String {
    error.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).take(REASON).collect()
}
