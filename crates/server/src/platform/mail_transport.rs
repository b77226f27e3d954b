//! The way out for mail: a relay by SMTP (RFC 5321), or a mailbox in memory.

use super::mailbox::{Mailbox, Received};
use super::relay::{Idle, Relay};
use crate::config::{ConfigError, MailSecurity, Settings};
use lettre::address::Envelope;
use lettre::message::Mailbox as Sender;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message};
use std::time::Duration;

/// How long the whole conversation may take: a relay that accepts the connection and says nothing must not hold up
/// others for as long as a job may run.
const CONVERSATION: Duration = Duration::from_secs(45);

/// Where mail goes, and from which address it comes.
pub struct MailTransport {
    from: Address,
    way: Way,
}

enum Way {
    /// The relay, and how long one conversation with it may take.
    Relay(Box<Relay>, Duration),
    Mailbox(Mailbox),
}

/// A mail that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Another try may succeed: the relay is away, busy, or does not let us in.
    Later(String),
    /// The relay refused this mail or this recipient for good.
    Never(String),
}

impl MailTransport {
    /// The relay of the configuration. Nothing is connected yet.
    pub fn relay(settings: &Settings) -> Result<Self, ConfigError> {
        Self::relay_within(settings, CONVERSATION)
    }

    /// The same with another limit for a whole conversation.
    pub fn relay_within(settings: &Settings, conversation: Duration) -> Result<Self, ConfigError> {
        let mail = &settings.mail;
        let mut relay = Relay {
            host: mail.relay.clone(),
            port: mail.port.unwrap_or(default_port(mail.security)),
            tls: tls(settings)?,
            hello: ClientId::Domain(settings.public_host().split(':').next().unwrap_or_default().to_owned()),
            credentials: None,
            idle: Idle::default(),
        };
        if let Some(username) = &mail.username {
            let password = settings
                .mail_password()?
                .ok_or_else(|| wrong("mail.password", "a user name is configured without a password"))?;
            relay.credentials = Some(Credentials::new(username.clone(), password.to_string()));
        }
        Ok(Self { from: from(settings)?, way: Way::Relay(Box::new(relay), conversation) })
    }

    /// A mailbox in memory instead of a relay, for the demo and for tests.
    pub fn mailbox(settings: &Settings, mailbox: Mailbox) -> Result<Self, ConfigError> {
        Ok(Self { from: from(settings)?, way: Way::Mailbox(mailbox) })
    }

    /// The mailbox, where mail goes to one.
    pub const fn as_mailbox(&self) -> Option<&Mailbox> {
        match &self.way {
            Way::Relay(..) => None,
            Way::Mailbox(mailbox) => Some(mailbox),
        }
    }

    /// The sender's address under this name.
    pub fn sender(&self, name: &str) -> Sender {
        Sender::new(Some(name.to_owned()), self.from.clone())
    }

    /// The domain mail comes from, which message ids end in.
    pub fn domain(&self) -> &str {
        self.from.domain()
    }

    /// Connects to the relay, protects the connection and signs in, as every mail does, and sends nothing.
    pub async fn probe(&self) -> Result<(), Refusal> {
        let Way::Relay(relay, limit) = &self.way else { return Ok(()) };
        let silent = || Refusal::Later(format!("The relay did not answer within {} seconds.", limit.as_secs()));
        tokio::time::timeout(*limit, relay.probe()).await.map_err(|_| silent())?
    }

    /// Asks the relay whether it is there, on a connection that the next mail may have, and hands nothing over.
    pub async fn knock(&self) -> Result<(), Refusal> {
        let Way::Relay(relay, limit) = &self.way else { return Ok(()) };
        let silent = || Refusal::Later(format!("The relay did not answer within {} seconds.", limit.as_secs()));
        tokio::time::timeout(*limit, relay.knock()).await.map_err(|_| silent())?
    }

    /// Hands a mail over for one recipient. `Ok` means that the other side has taken responsibility for it.
    pub async fn send(&self, message: &Message, recipient: &Address, received: Received) -> Result<(), Refusal> {
        let (relay, limit) = match &self.way {
            Way::Relay(relay, limit) => (relay, *limit),
            Way::Mailbox(mailbox) => {
                mailbox.store(received);
                return Ok(());
            }
        };
        let envelope = Envelope::new(Some(self.from.clone()), vec![recipient.clone()])
            .map_err(|error| Refusal::Never(error.to_string()))?;
        let formatted = message.formatted();
        let silent = || Refusal::Later(format!("The relay did not answer within {} seconds.", limit.as_secs()));
        tokio::time::timeout(limit, relay.send(&envelope, &formatted)).await.map_err(|_| silent())?
    }
}

fn default_port(security: MailSecurity) -> u16 {
    match security {
        MailSecurity::Starttls => 587,
        MailSecurity::Tls => 465,
        MailSecurity::None => 25,
    }
}

fn from(settings: &Settings) -> Result<Address, ConfigError> {
    settings.mail.from.parse().map_err(|_| wrong("mail.from", "is not an e-mail address"))
}

fn tls(settings: &Settings) -> Result<Tls, ConfigError> {
    let mail = &settings.mail;
    if mail.security == MailSecurity::None {
        return Ok(Tls::None);
    }
    let mut parameters = TlsParameters::builder(mail.relay.clone());
    if let Some(file) = &mail.certificate_authority_file {
        let key = "mail.certificate_authority_file";
        let pem = std::fs::read(file).map_err(|error| wrong(key, format!("{}: {error}", file.display())))?;
        let authority = Certificate::from_pem(&pem).map_err(|error| wrong(key, error.to_string()))?;
        parameters = parameters.add_root_certificate(authority);
    }
    let parameters = parameters.build().map_err(|error| wrong("mail.relay", error.to_string()))?;
    Ok(match mail.security {
        MailSecurity::Tls => Tls::Wrapper(parameters),
        MailSecurity::Starttls | MailSecurity::None => Tls::Required(parameters),
    })
}

fn wrong(key: &'static str, problem: impl Into<String>) -> ConfigError {
    ConfigError::Value { key, problem: problem.into() }
}
