//! A server for tests: the real router, a clock that is moved by hand, each engine in turn.
#![expect(clippy::missing_panics_doc, reason = "a test ends with a panic wherever something is not as it should be")]

mod apps;
mod browser;
mod callers;
#[cfg(test)]
mod certificates;
#[cfg(test)]
mod contents;
mod described;
mod engines;
#[cfg(test)]
pub mod failures;
#[cfg(test)]
mod filled;
mod fixtures;
#[cfg(test)]
mod frame;
#[cfg(test)]
mod handed_out;
#[cfg(test)]
pub mod interruption;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod matrix;
pub mod name_server;
#[cfg(test)]
mod plans;
mod portal;
#[cfg(test)]
mod rows;
mod schema;
#[cfg(test)]
mod spreadsheet;
#[cfg(test)]
mod statements;
#[cfg(test)]
mod tenancy;
pub mod watch;
mod work;

pub use apps::App;
pub use browser::Browser;
pub use callers::{Answer, picture};
#[cfg(test)]
pub use certificates::Certified;
#[cfg(test)]
pub use engines::has_postgres;
pub use engines::{on_both_engines, on_empty_databases, on_sqlite, postgres_command};
pub use fixtures::{person, png_of};
pub use schema::{graph_type, is_blank, told};
#[cfg(test)]
pub use spreadsheet::{FORMULAS, cells, runs};
pub use watch::Recorder;
pub use work::Work;

use crate::config::Settings;
use crate::platform::mailbox::Received;
use crate::platform::{Clock, Entropy, MailTransport, Mailbox, Timestamp};
use crate::{Server, dispatch, jobs, router};
use database::Tables;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The instant tests begin at: 2026-11-23T09:00:00Z.
pub const START: Timestamp = Timestamp::from_microseconds(1_795_424_400_000_000);

/// The public address of test servers.
pub const ADDRESS: &str = "http://localhost:8080";

/// Every byte of the master key of test servers.
const MASTER_KEY: &str = "5a";

/// A server on a database of its own.
pub struct TestServer {
    /// The server under test.
    pub server: Arc<Server>,
    router: axum::Router,
    answered: Mutex<Vec<(String, String)>>,
}

impl std::ops::Deref for TestServer {
    type Target = Arc<Server>;

    fn deref(&self) -> &Arc<Server> {
        &self.server
    }
}

impl TestServer {
    /// Opens a server on a migrated database.
    async fn open(database_url: &str) -> Self {
        Self::at(database_url, START).await
    }

    /// Opens a server on a migrated database at an instant.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn at(database_url: &str, start: Timestamp) -> Self {
        let settings = Self::settings_of(database_url);
        watch::keep(&MASTER_KEY.repeat(32));
        let mail = MailTransport::mailbox(&settings, Mailbox::default()).expect("a mailbox");
        let clock = Clock::manual(start);
        let server = Server::open_with_mail(settings, clock, Entropy::system(), mail).await.expect("a server");
        // A machine that is slow must not make the tests read what is kept.
        server.database.follow_changes(Duration::from_hours(1));
        let router = router::public(Arc::clone(&server));
        Self { server, router, answered: Mutex::default() }
    }

    /// Waits until the server knows what other processes change, so that it keeps what it reads.
    pub async fn caught_up(&self) {
        while self.database.changes().stamp(Tables::NONE).is_none() {
            tokio::task::yield_now().await;
        }
    }

    /// What test servers are configured with.
    ///
    /// # Panics
    /// Never.
    pub fn settings_of(database_url: &str) -> Settings {
        Settings::from_toml(&format!(
            "public_address = \"{ADDRESS}\"\n\
             [database]\nurl = \"{database_url}\"\nconnections = 4\n\
             [keys]\nmaster_key = \"{}\"\n\
             [mail]\nrelay = \"localhost\"\nsecurity = \"none\"\nfrom = \"invitations@vestibule.example\"\n\
             [outbound]\nnameserver = \"{}\"\n",
            MASTER_KEY.repeat(32),
            name_server::address()
        ))
        .expect("test settings")
    }

    /// A second process on the same database, with mail going another way.
    #[cfg(test)]
    pub async fn beside(&self, settings: Settings, mail: MailTransport) -> Arc<Server> {
        let opened = Server::open_with_mail(settings, self.clock.clone(), Entropy::system(), mail).await;
        opened.expect("a second server")
    }

    /// A second process on the same database, whose relay refuses every connection.
    ///
    /// # Panics
    /// When it does not start.
    #[cfg(test)]
    pub async fn without_relay(&self) -> Arc<Server> {
        let mut settings = self.settings.clone();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        settings.mail.relay = "127.0.0.1".to_owned();
        settings.mail.port = Some(listener.local_addr().expect("an address").port());
        // Nobody listens there any more.
        drop(listener);
        let mail = MailTransport::relay_within(&settings, Duration::from_secs(5)).expect("a transport");
        self.beside(settings, mail).await
    }

    /// A second process on the same database that is asked like the first.
    ///
    /// # Panics
    /// When it does not start.
    #[cfg(test)]
    pub async fn twin(&self) -> Self {
        self.twin_with(self.settings.clone()).await
    }

    /// The same, configured in another way.
    ///
    /// # Panics
    /// When it does not start.
    #[cfg(test)]
    pub async fn twin_with(&self, settings: Settings) -> Self {
        let mail = MailTransport::mailbox(&settings, Mailbox::default()).expect("a mailbox");
        let server = self.beside(settings, mail).await;
        let router = router::public(Arc::clone(&server));
        Self { server, router, answered: Mutex::default() }
    }

    /// Runs every job that is due at the time of the clock; how many attempts it took.
    ///
    /// # Panics
    /// When the queue cannot be read.
    pub async fn run_due_jobs(&self) -> usize {
        jobs::run_due(&self.server, dispatch::HANDS).await.expect("the queue")
    }

    /// The mails that were sent so far, the newest first.
    ///
    /// # Panics
    /// When mail goes to a relay.
    pub fn mailbox(&self) -> Vec<Received> {
        let mails = self.mail.as_mailbox().expect("tests send mail to a mailbox").list(None);
        for mail in mails.iter().filter(|mail| mail.subject.contains("code")) {
            let numbers = mail.text.split(|c: char| !c.is_ascii_digit()).filter(|number| number.len() == 8);
            numbers.for_each(watch::keep);
        }
        mails
    }
}
