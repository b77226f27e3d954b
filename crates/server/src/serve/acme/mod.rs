//! A certificate for the public host from an ACME server: ordered when there is none, exchanged before it ends, and kept
//! in the database, where every process finds it.
//!
//! The certificate in use is never given up before the next one is there: a failure is written down, said in the log, and
//! tried again after a pause.

mod accept;
mod client;
mod external;
mod order;
mod renewal;
#[cfg(test)]
mod tests;

pub use accept::Acceptor;

use super::{Error, Stop};
use crate::Server;
use crate::config::Acme;
use crate::platform::Timestamp;
use crate::platform::acme::{self, AcmeError, Certificate, LEASE, Subject};
use crate::platform::clock::rfc3339;
use axum_server::tls_rustls::RustlsConfig;
use client::Http;
use futures_util::FutureExt as _;
use renewal::Advice;
use rustls::ServerConfig;
use rustls::server::ResolvesServerCertUsingSni;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use uuid::Uuid;

/// How often it is looked whether another process has got a certificate.
const LOOK: Duration = Duration::from_mins(1);
/// The same while there is none, or another process orders one.
const GLANCE: Duration = Duration::from_secs(1);
/// The longest an order may take. The ACME server has twice 90 seconds of it.
const PATIENCE: Duration = Duration::from_mins(5);
/// The most of a failure that is written down, in characters.
const FAILURE: usize = 1_000;

/// Keeps the certificate of one host.
struct Keeper {
    server: Arc<Server>,
    settings: Acme,
    subject: Arc<Subject>,
    /// This process, among those that share the database.
    holder: Uuid,
    served: RustlsConfig,
    /// The chain that is served.
    chain: Mutex<Option<String>>,
    /// What the ACME server said last about the certificate in use.
    advice: Mutex<Option<Advice>>,
    /// Whether this process has taken the order.
    is_ordering: AtomicBool,
}

/// Whether the files that `[tls.acme]` names can be used.
pub fn check(settings: &Acme) -> Result<(), Error> {
    external::key(settings).and_then(|_| Http::new(settings)).map(drop).map_err(Error::Acme)
}

/// Serves the certificate that is kept, and orders the next one whenever it is time, until `stop`. Without a certificate
/// every handshake fails but that of the ACME server.
pub(super) async fn start(server: &Arc<Server>, settings: &Acme, stop: Stop) -> Result<Acceptor, Error> {
    check(settings)?;
    let subject = Subject::of(&server.settings).ok_or_else(|| Error::Acme("is not configured".to_owned()))?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let keeper = Keeper::new(server, settings, subject);
    let acceptor = keeper.acceptor();
    let kept = keeper.read().await.map_err(|error| Error::Acme(error.to_string()))?;
    if let Some(kept) = kept {
        keeper.serve(&kept).await;
    }
    tokio::spawn(async move {
        loop {
            let looking = AssertUnwindSafe(keeper.look()).catch_unwind();
            let pause = tokio::select! {
                () = stop.asked() => break,
                // Why it panicked stands in the log; the certificate is looked after all the same, as every loop goes on.
                looked = looking => looked.unwrap_or(LOOK),
            };
            tokio::select! {
                () = stop.asked() => break,
                _ = hang_up.recv() => keeper.try_now().await,
                () = tokio::time::sleep(pause) => {}
            }
        }
        keeper.release().await;
    });
    Ok(acceptor)
}

impl Keeper {
    /// Nothing is served yet: every handshake fails.
    fn new(server: &Arc<Server>, settings: &Acme, subject: Subject) -> Self {
        let nothing = Arc::new(ResolvesServerCertUsingSni::new());
        let none = ServerConfig::builder().with_no_client_auth().with_cert_resolver(nothing);
        Self {
            server: Arc::clone(server),
            settings: settings.clone(),
            subject: Arc::new(subject),
            holder: server.entropy.uuid(server.clock.now()),
            served: RustlsConfig::from_config(Arc::new(none)),
            chain: Mutex::new(None),
            advice: Mutex::new(None),
            is_ordering: AtomicBool::new(false),
        }
    }

    fn acceptor(&self) -> Acceptor {
        let Self { server, subject, served, .. } = self;
        Acceptor { server: Arc::clone(server), subject: Arc::clone(subject), served: served.clone() }
    }

    /// Serves what is kept and orders what is due; how long nothing is to be done then.
    async fn look(&self) -> Duration {
        match self.step().await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::error!(%error, "the certificate cannot be looked after");
                LOOK
            }
        }
    }

    async fn step(&self) -> database::Result<Duration> {
        let kept = self.read().await?;
        if let Some(kept) = &kept {
            self.serve(kept).await;
            renewal::ask(self, kept).await;
        }
        let now = self.server.clock.now();
        let due = self.due(kept.as_ref(), now).await?;
        if due > now {
            return Ok(due.since(now).min(if kept.is_some() { LOOK } else { GLANCE }));
        }
        if !self.take().await? {
            return Ok(GLANCE);
        }
        let (host, directory) = (&self.subject.host, &self.subject.directory);
        if kept.is_some() {
            tracing::info!(host, directory, "the next certificate is ordered; the present one stays in use meanwhile");
        } else {
            tracing::info!(
                host,
                directory,
                "there is no certificate yet: one is ordered, and until it is there TLS connections are refused"
            );
        }
        match self.order().await {
            Ok(certificate) => self.keep(&certificate).await?,
            Err(failure) => self.fail(&failure, kept.is_some()).await?,
        }
        Ok(Duration::ZERO)
    }

    /// From when on a certificate is to be ordered: when the present one is to be exchanged, or after the pause that a
    /// failure brought.
    async fn due(&self, kept: Option<&Certificate>, now: Timestamp) -> database::Result<Timestamp> {
        let renewal = kept.map_or(Timestamp::default(), |kept| self.renewal(kept));
        let mut tx = self.server.read().await?;
        Ok(renewal.max(acme::earliest(&mut tx, &self.subject, now).await?))
    }

    /// When a certificate is to be exchanged.
    fn renewal(&self, kept: &Certificate) -> Timestamp {
        Advice::renewal(self.advice().as_ref(), kept)
    }

    /// The chain that is served, held for a moment.
    fn chain(&self) -> MutexGuard<'_, Option<String>> {
        self.chain.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn advice(&self) -> Option<Advice> {
        self.advice.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn advise(&self, advice: Advice) {
        *self.advice.lock().unwrap_or_else(PoisonError::into_inner) = Some(advice);
    }

    /// What is kept. What does not open, as after damage, is as good as none: the next one replaces it.
    async fn read(&self) -> database::Result<Option<Certificate>> {
        let mut tx = self.server.read().await?;
        match acme::certificate(&mut tx, &self.server.master_key, &self.subject).await {
            Ok(kept) => Ok(kept),
            Err(AcmeError::Database(error)) => Err(error),
            // Said when the next one is ordered.
            Err(AcmeError::Sealed(_)) => Ok(None),
        }
    }

    /// Takes the order, unless another process has it, or has just done it.
    async fn take(&self) -> database::Result<bool> {
        let now = self.server.clock.now();
        let mut tx = self.server.write().await?;
        if !acme::take(&mut tx, &self.subject, self.holder, now).await? {
            return Ok(false);
        }
        match acme::certificate(&mut tx, &self.server.master_key, &self.subject).await {
            Ok(Some(kept)) if self.renewal(&kept) > now => return Ok(false),
            Ok(_) => {}
            Err(AcmeError::Database(error)) => return Err(error),
            Err(AcmeError::Sealed(error)) => tracing::error!(%error, "the certificate that is kept cannot be used"),
        }
        tx.commit().await?;
        self.is_ordering.store(true, Ordering::Relaxed);
        Ok(true)
    }

    /// Orders, and prolongs the lease for as long as it takes.
    async fn order(&self) -> Result<Certificate, String> {
        let ordering = tokio::time::timeout(PATIENCE, order::certificate(self));
        let mut ordering = std::pin::pin!(ordering);
        loop {
            tokio::select! {
                done = &mut ordering => {
                    return done.unwrap_or_else(|_| Err("the ACME server did not finish within five minutes".to_owned()));
                }
                () = tokio::time::sleep(LEASE / 3) => match self.prolong().await {
                    Ok(true) => {}
                    Ok(false) => return Err("another process took over".to_owned()),
                    Err(error) => tracing::warn!(%error, "the order could not be prolonged"),
                },
            }
        }
    }

    async fn prolong(&self) -> database::Result<bool> {
        let mut tx = self.server.write().await?;
        let is_ours = acme::prolong(&mut tx, &self.subject, self.holder, self.server.clock.now()).await?;
        tx.commit().await?;
        Ok(is_ours)
    }

    async fn keep(&self, certificate: &Certificate) -> database::Result<()> {
        let Server { master_key, entropy, clock, .. } = &*self.server;
        let mut tx = self.server.write().await?;
        acme::keep_certificate(&mut tx, master_key, entropy, &self.subject, certificate).await?;
        acme::succeed(&mut tx, &self.subject, self.holder, certificate.validity, clock.now()).await?;
        tx.commit().await?;
        self.is_ordering.store(false, Ordering::Relaxed);
        let ends = rfc3339(certificate.validity.ends);
        tracing::info!(host = self.subject.host, %ends, "a certificate was received");
        Ok(())
    }

    async fn fail(&self, failure: &str, has_certificate: bool) -> database::Result<()> {
        let failure = failure.split_whitespace().collect::<Vec<_>>().join(" ");
        // An ACME server may say anything, and PostgreSQL has no text that holds U+0000.
        let failure: String = failure.chars().filter(|c| !c.is_control()).take(FAILURE).collect();
        let mut tx = self.server.write().await?;
        let next = acme::fail(&mut tx, &self.subject, self.holder, &failure, self.server.clock.now()).await?;
        tx.commit().await?;
        self.is_ordering.store(false, Ordering::Relaxed);
        let next = rfc3339(next);
        let meanwhile = if has_certificate { "the present one stays in use" } else { "TLS connections are refused" };
        tracing::error!(host = self.subject.host, failure, next, meanwhile, "no certificate was received");
        Ok(())
    }

    /// Puts a certificate in use, unless it is.
    async fn serve(&self, certificate: &Certificate) {
        if self.chain().as_ref() == Some(&certificate.chain) {
            return;
        }
        let (chain, key) = (certificate.chain.clone().into_bytes(), certificate.key.as_bytes().to_vec());
        match self.served.reload_from_pem(chain, key).await {
            Ok(()) => {
                *self.chain() = Some(certificate.chain.clone());
                self.server.measures.certificate(certificate.validity);
                let ends = rfc3339(certificate.validity.ends);
                tracing::info!(host = self.subject.host, %ends, "the certificate is in use");
            }
            Err(error) => tracing::error!(%error, "the certificate that is kept cannot be used"),
        }
    }

    /// Somebody says that what failed is mended.
    async fn try_now(&self) {
        let told: database::Result<()> = async {
            let mut tx = self.server.write().await?;
            acme::try_now(&mut tx, &self.subject, self.server.clock.now()).await?;
            tx.commit().await
        }
        .await;
        if let Err(error) = told {
            tracing::error!(%error, "the next try could not be brought forward");
        }
    }

    /// Leaves the order to the other processes, or to the next start.
    async fn release(&self) {
        if !self.is_ordering.load(Ordering::Relaxed) {
            return;
        }
        let released: database::Result<()> = async {
            let mut tx = self.server.write().await?;
            acme::release(&mut tx, &self.subject, self.holder).await?;
            tx.commit().await
        }
        .await;
        if let Err(error) = released {
            tracing::warn!(%error, "an order that was under way is free again in half a minute");
        }
    }
}
