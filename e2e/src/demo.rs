//! The demo as a process: started on a free port and an empty directory, ended with the value.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde::Deserialize;
use tempfile::TempDir;

use crate::mail::Inbox;
use crate::{Outcome, programs, secrets, waiting};

/// The start may find a busy machine; it makes keys and hashes a few passwords.
const START: Duration = Duration::from_mins(1);

/// How long a graceful end may take.
const STOP: Duration = Duration::from_secs(15);

/// What `demo.json` promises. An unknown or missing member fails every journey: scripts build on it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// The public origin, without a slash at the end.
    pub base_url: String,
    /// The local certificate authority, with `--https`.
    pub ca_certificate: Option<PathBuf>,
    /// Where received mail is read.
    pub mailbox: String,
    /// Contoso, then Fabrikam.
    pub tenants: Vec<Tenant>,
}

/// One organisation of the demo.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// The tenant's id.
    pub id: String,
    /// The name people read.
    pub name: String,
    /// Its verified domain.
    pub domain: String,
    /// May do everything.
    pub administrator: Person,
    /// An ordinary member.
    pub member: Person,
    /// A program that may only invite.
    pub daemon: Program,
    /// A program with every permission.
    pub automation: Program,
    /// The sample app.
    pub app: App,
}

/// Somebody who signs in with a password.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The user principal name.
    pub upn: String,
    /// The password.
    pub password: String,
}

/// A client of the client credentials grant.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// The application's id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
}

/// The relying party that a guest wants to reach.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// The application's id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// Where a person opens it; a plain GET starts the sign-in.
    pub url: String,
    /// Where the authorization response goes.
    pub redirect_uri: String,
}

/// How to start the demo.
#[derive(Debug, Default)]
pub struct Options {
    /// With a certificate of its own.
    pub https: bool,
    /// Added to the process's environment.
    pub environment: Vec<(String, String)>,
}

/// A running demo.
#[derive(Debug)]
pub struct Demo {
    /// What it wrote into `demo.json`.
    pub contract: Contract,
    process: Child,
    directory: TempDir,
}

impl Demo {
    /// Starts the demo and waits until it says that it is ready.
    pub async fn start(options: &Options) -> Outcome<Self> {
        let directory = TempDir::with_prefix("vestibule-e2e-")?;
        Self::start_in(directory, options, true).await
    }

    /// Starts again on the directory of an earlier one, keeping what is there.
    pub async fn start_in(directory: TempDir, options: &Options, fresh: bool) -> Outcome<Self> {
        let data = directory.path().join("data");
        let told = std::fs::File::create(directory.path().join("told"))?;
        let log = std::fs::File::create(directory.path().join("log"))?;
        let mut command = Command::new(binary()?);
        command
            .args(["demo", "--listen", &format!("127.0.0.1:{}", free_port()?)])
            .arg("--data-dir")
            .arg(&data)
            // Much is logged, so that a secret in the log has a chance to be found; see `Demo::leak`.
            .env("VESTIBULE_LOG__FILTER", "info,vestibule=trace")
            .envs(options.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(told)
            .stderr(log);
        if fresh {
            command.arg("--fresh");
        }
        if options.https {
            command.arg("--https");
        }
        let mut starting = Starting { process: Some(programs::start(&mut command)?) };
        let contract = starting.ready(&data.join("demo.json"), directory.path()).await?;
        let process = starting.process.take().ok_or("the demo is gone")?;
        Ok(Self { contract, process, directory })
    }

    /// The file with the contract.
    pub fn contract_file(&self) -> PathBuf {
        self.directory.path().join("data/demo.json")
    }

    /// A configuration of this demo's database and keys, for the operator's commands.
    pub fn configuration(&self) -> Outcome<PathBuf> {
        let data = self.directory.path().join("data");
        let text = format!(
            "public_address = {:?}\n[database]\nurl = {:?}\n[keys]\nmaster_key_file = {:?}\n\
             [mail]\nrelay = \"mailbox.invalid\"\nsecurity = \"none\"\nfrom = \"invitations@vestibule.example\"\n",
            self.contract.base_url,
            format!("sqlite:{}", data.join("vestibule.db").display()),
            data.join("master.key").display().to_string(),
        );
        let file = self.directory.path().join("vestibule.toml");
        std::fs::write(&file, text)?;
        Ok(file)
    }

    /// What it printed for the person who started it.
    pub fn told(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("told")).unwrap_or_default()
    }

    /// Everything it logged so far.
    pub fn log(&self) -> String {
        log(self.directory.path())
    }

    /// The first organisation, Contoso.
    pub fn contoso(&self) -> Outcome<&Tenant> {
        self.contract.tenants.first().ok_or_else(|| "demo.json names no tenant".into())
    }

    /// Its built-in mailbox.
    pub fn inbox(&self) -> Outcome<Inbox> {
        Ok(Inbox::Demo { url: self.contract.mailbox.clone(), client: self.client()? })
    }

    /// An HTTP client that trusts the demo's certificate authority and follows no redirect.
    pub fn client(&self) -> Outcome<reqwest::Client> {
        // An error only says that an earlier journey in this process has chosen it already.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let mut builder = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(30));
        if let Some(file) = &self.contract.ca_certificate {
            let certificate = reqwest::Certificate::from_pem(&std::fs::read(file)?)?;
            builder = builder.tls_certs_only([certificate]);
        }
        Ok(builder.build()?)
    }

    /// Asks it to end (SIGTERM), and gives back the directory and how the process ended.
    pub async fn stop(mut self) -> Outcome<(TempDir, ExitStatus)> {
        let id = self.process.id().to_string();
        programs::run(Command::new("kill").args(["-TERM", &id]))?;
        let process = &mut self.process;
        let status = waiting::until("the demo to end", STOP, async || Ok(process.try_wait()?)).await?;
        // Afterwards the log belongs to whoever holds the directory, and the next start begins another.
        if let Some(secret) = self.leak() {
            return Err(format!("x3: the log tells a secret, {secret}").into());
        }
        let emptied = TempDir::with_prefix("vestibule-e2e-")?;
        Ok((std::mem::replace(&mut self.directory, emptied), status))
    }
}

impl Demo {
    /// Security check X3: the first secret that the log tells, if there is one.
    fn leak(&self) -> Option<String> {
        let log = self.log();
        let tenants = self.contract.tenants.iter();
        let ours = tenants.flat_map(|tenant| {
            let people = [&tenant.administrator.password, &tenant.member.password];
            let programs = [&tenant.daemon.client_secret, &tenant.automation.client_secret, &tenant.app.client_secret];
            people.into_iter().chain(programs).cloned()
        });
        ours.chain(secrets::seen()).find(|secret| log.contains(secret.as_str()))
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        end(&mut self.process);
        if let Some(secret) = self.leak() {
            // A second panic would end the process before the first one is told.
            assert!(std::thread::panicking(), "x3: the log tells a secret, {secret}");
        }
        // A journey that ends with an error has no other trace of what the server saw.
        if let Some(folder) = std::env::var_os("VESTIBULE_SCREENSHOTS").map(PathBuf::from) {
            let port = self.contract.base_url.rsplit(':').next().unwrap_or_default();
            drop(std::fs::create_dir_all(&folder));
            drop(std::fs::write(folder.join(format!("demo-{port}.log")), self.log()));
        }
    }
}

/// A process that has not said yet that it is ready; ended when waiting fails.
struct Starting {
    process: Option<Child>,
}

impl Starting {
    async fn ready(&mut self, file: &Path, directory: &Path) -> Outcome<Contract> {
        let process = self.process.as_mut().ok_or("the demo is gone")?;
        let waited = waiting::until("demo.json", START, async || {
            if let Some(status) = process.try_wait()? {
                return Err(format!("the demo ended with {status}").into());
            }
            match std::fs::read(file) {
                // Written aside and renamed, so what is there is whole.
                Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
                Err(_) => Ok(None),
            }
        });
        waited.await.map_err(|error| format!("{error}\n---- the demo's log ----\n{}", log(directory)).into())
    }
}

impl Drop for Starting {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            end(process);
        }
    }
}

/// The program under test: `VESTIBULE_BIN`, or what `cargo build` put beside this test.
pub fn binary() -> Outcome<PathBuf> {
    if let Some(path) = std::env::var_os("VESTIBULE_BIN") {
        return Ok(path.into());
    }
    let test = std::env::current_exe()?;
    let beside = test.ancestors().nth(2).map(|folder| folder.join("vestibule"));
    beside
        .filter(|path| path.is_file())
        .ok_or_else(|| "no vestibule is built; run `cargo build` or set VESTIBULE_BIN".into())
}

/// A port of the loopback interface that was free a moment ago, and is not given out again soon.
///
/// It is one of those that `VESTIBULE_PORTS` names (`20000-20999`): until it is taken, a program beside this one could get
/// it as well. Without the variable it is any.
pub fn free_port() -> Outcome<u16> {
    static NEXT: LazyLock<AtomicU32> = LazyLock::new(|| AtomicU32::new(fastrand::u16(..).into()));
    let Ok(range) = std::env::var("VESTIBULE_PORTS") else {
        return Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port());
    };
    let (first, count) =
        range_of_ports(&range).ok_or_else(|| format!("VESTIBULE_PORTS is no range of ports: {range}"))?;
    let ports = (0..count).map(|_| first + NEXT.fetch_add(1, Ordering::Relaxed) % count);
    let mut free = ports.filter_map(|port| u16::try_from(port).ok()).filter(|port| {
        // It is closed at once: what matters is that nobody else listens there.
        TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok()
    });
    free.next().ok_or_else(|| format!("no port of {range} is free").into())
}

/// The first port of `20000-20999`, and how many there are; `None` for what is no range of ports.
pub fn range_of_ports(range: &str) -> Option<(u32, u32)> {
    let (first, last) = range.split_once('-')?;
    let (first, last): (u16, u16) = (first.parse().ok()?, last.parse().ok()?);
    let count = last.checked_sub(first)?;
    Some((first.into(), u32::from(count) + 1))
}

fn log(directory: &Path) -> String {
    std::fs::read_to_string(directory.join("log")).unwrap_or_default()
}

/// Ends a process for good. Both calls fail only when it is gone already.
pub fn end(process: &mut Child) {
    drop(process.kill());
    drop(process.wait());
}
