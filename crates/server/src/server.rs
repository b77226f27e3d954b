//! The shared state: one concrete value, the same in production and in tests.

use crate::MIGRATIONS;
use crate::caches::Caches;
use crate::config::{ConfigError, Settings};
use crate::platform::master_key::MasterKeyError;
use crate::platform::master_key_proof::ProofError;
use crate::platform::{Clock, Entropy, Fetch, MailTransport, MasterKey, Measures, SigningKeys, master_key_proof};
use database::{Database, LEASE, Timestamp, Transaction};
use std::sync::Arc;

/// Everything a request or a job needs. It holds nothing that may not be lost: state lives in the database.
pub struct Server {
    /// What the operator decided.
    pub settings: Settings,
    /// Where the state is.
    pub database: Database,
    /// The time.
    pub clock: Clock,
    /// When this process was started.
    pub started_at: Timestamp,
    /// Randomness.
    pub entropy: Entropy,
    /// Seals and derives.
    pub master_key: MasterKey,
    /// What hardly ever changes, as far as this process has read it.
    pub caches: Caches,
    /// The tenants' signing keys, as far as this process has used them.
    pub signing_keys: SigningKeys,
    /// The way out for mail.
    pub mail: MailTransport,
    /// Connections to addresses that tenants name.
    pub fetch: Fetch,
    /// Rows of the sign-in log that wait to be written together.
    pub sign_ins: crate::audit::group::Group,
    /// What guests have read and is not written down yet.
    pub reads: crate::audit::reads::UnwrittenReads,
    /// What it measures about itself.
    pub measures: Measures,
    /// Wakes the job worker when something was queued.
    pub jobs: crate::jobs::Bell,
    /// What apps have asked for in the last seconds.
    pub throttle: crate::graph::throttle::Throttle,
}

/// What stops a start; each has one clear line.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration.
    #[error("configuration: {0}")]
    Config(#[from] ConfigError),
    /// The database.
    #[error("{0}")]
    Database(#[from] database::Error),
    /// The master key.
    #[error("{0}")]
    MasterKey(#[from] MasterKeyError),
}

impl From<ProofError> for StartError {
    fn from(error: ProofError) -> Self {
        match error {
            ProofError::Database(error) => Self::Database(error),
            ProofError::MasterKey(error) => Self::MasterKey(error),
        }
    }
}

impl Server {
    /// Opens the database and checks that schema and master key belong to it. Mail goes to the configured relay.
    pub async fn open(settings: Settings, clock: Clock, entropy: Entropy) -> Result<Arc<Self>, StartError> {
        let mail = MailTransport::relay(&settings)?;
        Self::open_with_mail(settings, clock, entropy, mail).await
    }

    /// The same with another way out for mail.
    pub async fn open_with_mail(
        settings: Settings,
        clock: Clock,
        entropy: Entropy,
        mail: MailTransport,
    ) -> Result<Arc<Self>, StartError> {
        let database = Database::open(&settings.database_settings()?).await?;
        database::migration::check(&database, MIGRATIONS).await?;
        let mut server = Self::assemble(settings, database, clock, entropy, mail)?;
        server.prove_master_key().await?;
        server.database.follow_changes(LEASE);
        Ok(Arc::new(server))
    }

    /// A server around a database of which nothing has been read yet: what it derives from the master key is not that of
    /// the database.
    pub fn assemble(
        settings: Settings,
        database: Database,
        clock: Clock,
        entropy: Entropy,
        mail: MailTransport,
    ) -> Result<Self, StartError> {
        let master_key = MasterKey::parse(&settings.master_key()?)?;
        let fetch = Fetch::new(settings.outbound.allow_networks.clone());
        Ok(Self {
            settings,
            database,
            started_at: clock.now(),
            clock,
            entropy,
            master_key,
            mail,
            fetch,
            measures: Measures::default(),
            jobs: crate::jobs::Bell::default(),
            throttle: crate::graph::throttle::Throttle::default(),
            caches: Caches::default(),
            signing_keys: SigningKeys::default(),
            sign_ins: crate::audit::group::Group::default(),
            reads: crate::audit::reads::UnwrittenReads::default(),
        })
    }

    /// Opens the proof that the first start left behind; another key is refused instead of used.
    async fn prove_master_key(&mut self) -> Result<(), StartError> {
        let mut tx = self.database.write().await?;
        let root = master_key_proof::establish(&mut tx, &self.master_key, &self.entropy).await?;
        tx.commit().await?;
        let text = self.settings.master_key()?;
        self.master_key = MasterKey::parse(&text)?.with_root(&root);
        Ok(())
    }

    /// A connection to read with.
    pub async fn read(&self) -> database::Result<Transaction> {
        self.database.read().await
    }

    /// A transaction to write in.
    pub async fn write(&self) -> database::Result<Transaction> {
        self.database.write().await
    }
}
