//! The examination of an installation: what the operator's files say, what is behind them, and what the world outside
//! sees. Every part runs whatever the others found, and none changes anything; it works beside a running server.

mod acme;
mod address;
mod clock;
mod database;
mod files;
mod finding;
mod keys;
mod mail;
mod measurements;
mod sender;

pub use finding::{Finding, Verdict};

use crate::config::Settings;
use crate::platform::{Clock, Entropy};
use std::net::SocketAddr;

/// What is to be examined besides what the configuration names.
#[derive(Debug, Default)]
pub struct Wishes {
    /// Who gets a test mail.
    pub mail_to: Option<String>,
    /// The DNS server to ask instead of the machine's.
    pub nameserver: Option<SocketAddr>,
    /// The name under which the relay publishes its signing key (RFC 6376 section 3.1).
    pub dkim_selector: Option<String>,
}

/// Examines everything; one after the other, so that the order is always the same.
pub async fn examine(settings: &Settings, wishes: &Wishes, clock: &Clock, entropy: &Entropy) -> Vec<Finding> {
    let mut findings = files::examine(settings);
    let (of_database, opened) = database::examine(settings).await;
    findings.extend(of_database);
    let (of_keys, known) = keys::examine(settings, opened.as_ref(), clock.now()).await;
    findings.extend(of_keys);
    findings.extend(acme::examine(settings, opened.as_ref(), clock.now()).await);
    findings.extend(address::listener(settings).await);
    let (of_address, answered) = address::examine(settings, known.as_ref(), clock).await;
    findings.extend(of_address);
    findings.extend(measurements::examine(settings).await);
    findings.extend(clock::examine(opened.as_ref(), answered, clock).await);
    findings.extend(mail::examine(settings, wishes, clock, entropy).await);
    findings.extend(sender::examine(settings, wishes).await);
    if let Some(database) = opened {
        database.close().await;
    }
    findings
}
