//! What an operator decides: one file, overridden by the environment, secrets also from files of their own.
//!
//! Every setting of `docs/vestibule.example.toml` may be given as an environment variable: `VESTIBULE_` and the name in
//! capitals, with two underscores between a section and its setting (`VESTIBULE_MAIL__RELAY`). An unknown key is an
//! error, so that a misspelt one is not silently without effect.

mod invitations_per_hour;
mod retention;
#[cfg(test)]
mod tests;
mod tls;

pub use invitations_per_hour::InvitationsPerHour;
pub use retention::Retention;
pub use tls::{Acme, CertificateFiles, ExternalAccount, Tls};

use figment2::Figment;
use figment2::providers::{Env, Format, Toml};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;
use zeroize::Zeroizing;

/// Every setting.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The one address people and programs use: an origin without a path. Every link begins with it.
    public_address: Url,
    /// Where the server listens.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// Networks whose forwarding headers are believed.
    #[serde(default)]
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// The database.
    pub database: Database,
    /// The master key.
    pub keys: Keys,
    /// The relay for outgoing mail.
    pub mail: Mail,
    /// Where the certificate comes from, when the server ends TLS itself.
    pub tls: Option<Tls>,
    /// A listener of its own for health and metrics.
    pub operations: Option<Operations>,
    /// Connections to the outside.
    #[serde(default)]
    pub outbound: Outbound,
    /// What apps may ask of the API.
    #[serde(default)]
    pub api: Api,
    /// How long logs and mails are kept.
    #[serde(default)]
    pub retention: Retention,
    /// The log.
    #[serde(default)]
    pub log: Log,
}

/// `[database]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite:FILE` or `postgres://..`.
    pub url: Option<String>,
    /// A file that holds the url, for one that carries a password.
    pub url_file: Option<PathBuf>,
    /// Connections of this process (PostgreSQL), or readers (SQLite).
    #[serde(default = "default_connections")]
    pub connections: u32,
}

/// `[keys]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// A file that holds the master key.
    pub master_key_file: Option<PathBuf>,
    /// The master key itself, for environments that hand out secrets as variables.
    pub master_key: Option<String>,
    /// For how many days a signing key signs before the next one takes its place; 0 leaves that to the operator.
    #[serde(default = "default_signing_days")]
    pub signing_days: u16,
}

impl Keys {
    /// How long a signing key signs; `None` where the operator alone exchanges it.
    pub fn signing_age(&self) -> Option<Duration> {
        (self.signing_days > 0).then(|| Duration::from_hours(24 * u64::from(self.signing_days)))
    }
}

/// `[mail]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The host of the relay.
    pub relay: String,
    /// Its port; 587, 465 or 25 by the kind of security.
    pub port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub security: MailSecurity,
    /// The user name, when the relay wants one.
    pub username: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// A file that holds the password.
    pub password_file: Option<PathBuf>,
    /// Certificates (PEM) to believe besides those of the system.
    pub certificate_authority_file: Option<PathBuf>,
    /// The sender's address.
    pub from: String,
    /// How many invitation mails leave an organisation in an hour.
    #[serde(default)]
    pub invitations_per_hour: InvitationsPerHour,
}

/// How the connection to the relay is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailSecurity {
    /// STARTTLS, required.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// None; only for a relay on the same machine.
    None,
}

/// `[operations]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operations {
    /// Where `/healthz`, `/readyz` and `/metrics` are served instead of on the public listener, which tells `/metrics` to this
    /// machine alone.
    pub listen: SocketAddr,
}

/// `[outbound]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outbound {
    /// Private networks that may be reached nevertheless, such as those of a partner's provider on site.
    #[serde(default)]
    pub allow_networks: Vec<ipnet::IpNet>,
    /// The DNS server that domains are proved by, with its port; those of the machine without one.
    #[serde(default)]
    pub nameserver: Option<SocketAddr>,
}

/// `[api]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Api {
    /// Resource units that one app may spend in one organisation within ten seconds, at this process; 0 for no bound.
    pub resource_units: u32,
}

impl Default for Api {
    fn default() -> Self {
        Self { resource_units: 100_000 }
    }
}

/// `[log]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// `text` for people, `json` for machines.
    pub format: LogFormat,
    /// What is written, as in `info,vestibule=debug`.
    pub filter: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".to_owned() }
    }
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// What is wrong with the configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A key or value that is unknown, missing or of the wrong form; the text names it and where it came from.
    #[error("{0}")]
    Form(Box<figment2::Error>),
    /// The file itself cannot be read.
    #[error("the file {} cannot be read: {problem}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system says.
        problem: std::io::Error,
    },
    /// A value that cannot be used, by its name.
    #[error("{key}: {problem}")]
    Value {
        /// The setting.
        key: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

const fn default_connections() -> u32 {
    8
}

/// More than any server of PostgreSQL takes. The pool has a place for each from the start.
const MOST_CONNECTIONS: u32 = 10_000;

const fn default_signing_days() -> u16 {
    90
}

impl Settings {
    /// Reads the file, then the environment over it.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        // Without this look, a file that is not there would count as an empty one.
        if let Err(problem) = std::fs::File::open(file) {
            return Err(ConfigError::File { file: file.to_owned(), problem });
        }
        // What steers the tests of the program is no setting of the program.
        let environment = Env::prefixed("VESTIBULE_").ignore(&["test_postgres", "skip", "seed"]).split("__");
        let figment = Figment::new().merge(Toml::file(file).search(false)).merge(environment);
        Self::from_figment(&figment)
    }

    /// Reads settings from a text, without the environment; for tests.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        Self::from_figment(&Figment::new().merge(Toml::string(text)))
    }

    /// Reads settings from a text and the environment over it, but only for the sections named; for the demo.
    pub fn from_toml_with_environment(text: &str, sections: &'static [&'static str]) -> Result<Self, ConfigError> {
        let in_section = |name: &str| sections.iter().any(|section| name.starts_with(&format!("{section}__")));
        let environment =
            Env::prefixed("VESTIBULE_").filter(move |name| in_section(&name.as_str().to_lowercase())).split("__");
        Self::from_figment(&Figment::new().merge(Toml::string(text)).merge(environment))
    }

    fn from_figment(figment: &Figment) -> Result<Self, ConfigError> {
        let settings: Self = figment.extract().map_err(|error| ConfigError::Form(Box::new(error)))?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let address = &self.public_address;
        let problem = if !matches!(address.scheme(), "https" | "http") {
            Some("must begin with https:// (or http:// on loopback)")
        } else if address.path() != "/" || address.query().is_some() || address.fragment().is_some() {
            Some("must be an origin without a path: clients take the first path segment as the tenant")
        } else if !address.username().is_empty() || address.password().is_some() {
            Some("must not carry a user name")
        } else if address.scheme() == "http" && !is_loopback(address) {
            Some("may be http only on loopback")
        } else {
            None
        };
        if let Some(problem) = problem {
            return Err(ConfigError::Value { key: "public_address", problem: problem.to_owned() });
        }
        if let Some(Tls::Acme(acme)) = &self.tls
            && let Some((key, problem)) = acme.problem(address, cfg!(feature = "acme"))
        {
            return Err(ConfigError::Value { key, problem: problem.to_owned() });
        }
        if self.keys.signing_days == 1 {
            let problem =
                "a new key is published a day before it signs: at least 2, or 0 to exchange keys by hand alone";
            return Err(ConfigError::Value { key: "keys.signing_days", problem: problem.to_owned() });
        }
        if let Some((key, problem)) = self.mail.invitations_per_hour.problem() {
            return Err(ConfigError::Value { key, problem });
        }
        self.database_settings().map(|_| ())
    }

    /// The public origin without a trailing slash, `https://id.example.org`.
    pub fn public_address(&self) -> &str {
        self.public_address.as_str().trim_end_matches('/')
    }

    /// Host and port of the public address as a `Host` header writes them.
    pub fn public_host(&self) -> String {
        let host = self.host();
        self.public_address.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The host of the public address alone.
    pub fn host(&self) -> &str {
        self.public_address.host_str().unwrap_or_default()
    }

    /// Whether people reach the server by TLS; then cookies are `Secure` and carry the `__Host-` prefix.
    pub fn is_secure(&self) -> bool {
        self.public_address.scheme() == "https"
    }

    /// Whether the public address leads to this machine only.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.public_address)
    }

    /// The database as the engine wants it.
    pub fn database_settings(&self) -> Result<database::Settings, ConfigError> {
        let url = secret("database.url", self.database.url.as_deref(), self.database.url_file.as_deref())?
            .ok_or_else(|| missing("database.url", "set it, or database.url_file"))?;
        Self::engine(&url, self.database.connections)
    }

    /// The engine behind a url.
    pub fn engine(url: &str, connections: u32) -> Result<database::Settings, ConfigError> {
        if !(1..=MOST_CONNECTIONS).contains(&connections) {
            return Err(missing("database.connections", &format!("takes from 1 to {MOST_CONNECTIONS}")));
        }
        if let Some(file) = url.strip_prefix("sqlite:") {
            return Ok(database::Settings::Sqlite { file: PathBuf::from(file), readers: connections });
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(database::Settings::Postgres { url: url.to_owned(), connections });
        }
        Err(missing("database.url", "must begin with sqlite: or postgres://"))
    }

    /// The text of the master key. Its absence stops the start: a new key would leave everything sealed unreadable.
    pub fn master_key(&self) -> Result<Zeroizing<String>, ConfigError> {
        secret("keys.master_key", self.keys.master_key.as_deref(), self.keys.master_key_file.as_deref())?.ok_or_else(
            || missing("keys.master_key_file", "no master key is configured; make one with `vestibule keys generate`"),
        )
    }

    /// The password for the relay.
    pub fn mail_password(&self) -> Result<Option<Zeroizing<String>>, ConfigError> {
        secret("mail.password", self.mail.password.as_deref(), self.mail.password_file.as_deref())
    }
}

fn missing(key: &'static str, problem: &str) -> ConfigError {
    ConfigError::Value { key, problem: problem.to_owned() }
}

/// A value given directly or by a file; the last line break of the file does not belong to it.
fn secret(
    key: &'static str,
    value: Option<&str>,
    file: Option<&Path>,
) -> Result<Option<Zeroizing<String>>, ConfigError> {
    match (value, file) {
        (Some(_), Some(_)) => Err(missing(key, "is given twice, as a value and as a file")),
        (Some(value), None) => Ok(Some(Zeroizing::new(value.to_owned()))),
        (None, None) => Ok(None),
        (None, Some(file)) => {
            let text = std::fs::read_to_string(file).map_err(|error| ConfigError::Value {
                key,
                problem: format!("the file {} cannot be read: {error}", file.display()),
            })?;
            Ok(Some(Zeroizing::new(text.trim_end().to_owned())))
        }
    }
}

/// Whether an address leads to this machine only.
pub fn is_loopback(address: &Url) -> bool {
    match address.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
