//! The server under test, with a database and a configuration of its own.

use crate::process::{Memory, Process};
use crate::sink::{self, Arrived};
use crate::{Engine, Mode, Options, Outcome, counts};
use database::{Database, Settings, sql_across};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Command;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A server that is not ready by then has failed.
const START: Duration = Duration::from_secs(20);

/// The same under Valgrind, which reads the symbols and translates every piece of the program that runs.
const COUNTED_START: Duration = Duration::from_mins(3);

/// Between two looks whether the server answers.
const PAUSE: Duration = Duration::from_micros(200);

/// Where the server answers.
#[derive(Debug, Clone)]
pub struct Address {
    /// The host and port that clients send.
    pub host: String,
    /// The public address.
    pub origin: String,
    /// Where to connect.
    pub socket: SocketAddr,
}

/// A configured server; ended, and its files removed, with the value.
pub struct Site {
    /// Where it answers.
    pub address: Address,
    /// The mails it sent.
    pub arrived: Rc<Arrived>,
    server: PathBuf,
    is_counted: bool,
    database: Settings,
    process: Option<Process>,
    directory: TempDir,
}

impl Site {
    /// Writes the configuration and makes the schema; starts nothing.
    pub async fn create(options: &Options, engine: Engine) -> Outcome<Self> {
        let directory = TempDir::with_prefix("vestibule-bench-")?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let host = format!("localhost:{port}");
        let socket = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let address = Address { origin: format!("http://{host}"), host, socket };
        let (url, database) = match engine {
            Engine::Sqlite => {
                let file = directory.path().join("vestibule.db");
                (format!("sqlite:{}", file.display()), Settings::Sqlite { file, readers: 1 })
            }
            Engine::Postgres => {
                let url = options.postgres.clone().ok_or("--postgres is missing")?;
                (url.clone(), Settings::Postgres { url, connections: 1 })
            }
        };
        let (relay, arrived) = sink::start().await?;
        let server = options.server.clone().ok_or("--server is missing")?;
        let is_counted = options.mode == Mode::Counts;
        let site = Self { address, arrived, server, is_counted, database, process: None, directory };
        site.write("vestibule.toml", &configuration(&site, &url, relay))?;
        let key = site.directory.path().join("master.key").display().to_string();
        site.run_plain(&["keys", "generate", &key])?;
        site.run(&["migrate"], &[])?;
        Ok(site)
    }

    /// Where a file beside the configuration would stand.
    pub fn path(&self, name: &str) -> String {
        self.directory.path().join(name).display().to_string()
    }

    /// MiB of the database, and of SQLite's log, which is zero on PostgreSQL.
    #[expect(clippy::cast_precision_loss, reason = "sizes of files")]
    pub async fn sizes(&self) -> Outcome<(f64, f64)> {
        const MEBIBYTE: f64 = 1024.0 * 1024.0;
        if let Settings::Sqlite { file, .. } = &self.database {
            let log = file.with_extension("db-wal");
            let log = if log.exists() { std::fs::metadata(log)?.len() } else { 0 };
            return Ok((std::fs::metadata(file)?.len() as f64 / MEBIBYTE, log as f64 / MEBIBYTE));
        }
        let database = self.database().await?;
        let mut tx = database.read().await?;
        let size: (i64,) = tx
            .query(sql_across!("the size of a database has no tenant", "SELECT pg_database_size(current_database())"))
            .fetch_one()
            .await?;
        drop(tx);
        database.close().await;
        Ok((size.0 as f64 / MEBIBYTE, 0.0))
    }

    /// Writes a file beside the configuration; its path.
    pub fn write(&self, name: &str, text: &str) -> Outcome<String> {
        let file = self.directory.path().join(name);
        std::fs::write(&file, text)?;
        Ok(file.display().to_string())
    }

    /// Runs a command of the program with the configuration; what it printed.
    pub fn run(&self, command: &[&str], arguments: &[&str]) -> Outcome<String> {
        let configuration = self.configuration();
        let words = [command, &["--config", &configuration], arguments].concat();
        self.run_plain(&words)
    }

    fn run_plain(&self, words: &[&str]) -> Outcome<String> {
        let output = Command::new(&self.server).args(words).output();
        let output = output.map_err(|error| format!("cannot start {}: {error}", self.server.display()))?;
        if output.status.success() {
            return Ok(String::from_utf8(output.stdout)?);
        }
        Err(format!("vestibule {}: {}", words.join(" "), String::from_utf8_lossy(&output.stderr)).into())
    }

    fn configuration(&self) -> String {
        self.directory.path().join("vestibule.toml").display().to_string()
    }

    /// Starts the server, under callgrind where instructions are counted; how long it took until it answered that it is ready.
    pub async fn start(&mut self) -> Outcome<Duration> {
        self.stop()?;
        let configuration = self.configuration();
        let words = ["serve", "--config", configuration.as_str()];
        let before = Instant::now();
        let (process, patience) = if self.is_counted {
            (counts::start(&self.server, &words, &self.path(counts::RECORD))?, COUNTED_START)
        } else {
            (Process::start(&self.server, &words)?, START)
        };
        self.process = Some(process);
        while !is_ready(&self.address).await {
            if before.elapsed() > patience {
                return Err("the server does not become ready".into());
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(before.elapsed())
    }

    /// Ends the server if it runs.
    pub fn stop(&mut self) -> Outcome {
        self.process.take().map_or(Ok(()), Process::stop)
    }

    /// The id of the running server.
    pub fn process(&self) -> Outcome<u32> {
        Ok(self.process.as_ref().ok_or("the server does not run")?.id())
    }

    /// Memory of the server in MiB: now, and at most.
    pub fn memory(&self) -> Outcome<(f64, f64)> {
        self.process.as_ref().ok_or("the server does not run")?.memory()
    }

    /// How the memory of the server divides.
    pub fn divided(&self) -> Outcome<Memory> {
        Memory::of(self.process()?)
    }

    /// The database, for filling it. On SQLite only while the server does not run.
    pub async fn database(&self) -> Outcome<Database> {
        Ok(Database::open(&self.database).await?)
    }
}

/// Every setting is one that operators have. We are the proxy whose word about client addresses is believed, because
/// everything comes from one address here and limits for one address would be all that is measured; for the same reason what one
/// app may ask for has no bound.
fn configuration(site: &Site, database: &str, relay: u16) -> String {
    let key = site.directory.path().join("master.key").display().to_string();
    format!(
        "public_address = {:?}\nlisten = \"{}\"\ntrusted_proxies = [\"127.0.0.1/32\"]\n\
         [database]\nurl = {database:?}\n[keys]\nmaster_key_file = {key:?}\n\
         [mail]\nrelay = \"localhost\"\nport = {relay}\nsecurity = \"none\"\nfrom = \"invitations@vestibule.example\"\n\
         [log]\nfilter = \"warn\"\n[api]\nresource_units = 0\n",
        site.address.origin, site.address.socket,
    )
}

async fn is_ready(address: &Address) -> bool {
    let Ok(mut stream) = TcpStream::connect(address.socket).await else { return false };
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", address.host);
    let mut answer = [0; 12];
    stream.write_all(request.as_bytes()).await.is_ok()
        && stream.read_exact(&mut answer).await.is_ok()
        && answer.ends_with(b"200")
}
