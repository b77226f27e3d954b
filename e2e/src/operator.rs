//! A server as an operator runs it: a folder with a configuration, a master key and a database, commands, signals.

use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::TempDir;

use crate::demo::{binary, end, free_port};
use crate::{Outcome, programs, waiting};

/// How long a start, a stop or a line of the log may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Which database an installation uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file in the installation's folder.
    Sqlite,
    /// A database of its own on the server of `VESTIBULE_TEST_POSTGRES`.
    Postgres,
}

impl Engine {
    /// Those that are not switched off by name (`VESTIBULE_SKIP=postgres`).
    pub fn all() -> Vec<Self> {
        let skipped = std::env::var("VESTIBULE_SKIP").unwrap_or_default();
        if skipped.split(',').any(|tier| tier == "postgres") {
            return vec![Self::Sqlite];
        }
        vec![Self::Sqlite, Self::Postgres]
    }
}

/// What an operator keeps in a folder.
#[derive(Debug)]
pub struct Installation {
    /// The port of the public listener.
    pub port: u16,
    /// The public address.
    pub base_url: String,
    /// The database, as the configuration names it.
    pub database_url: String,
    /// Settings that stand before every section.
    pub settings: String,
    /// The configuration without `public_address`, `listen` and `[database]`; a test may add sections.
    pub sections: String,
    directory: TempDir,
    postgres: Option<String>,
}

impl Installation {
    /// A folder with a master key and a configuration; the database is still empty.
    pub fn new(engine: Engine) -> Outcome<Self> {
        let directory = TempDir::with_prefix("vestibule-operator-")?;
        let port = free_port()?;
        let key = directory.path().join("master.key").display().to_string();
        let sections = format!(
            "[keys]\nmaster_key_file = {key:?}\n\
             [mail]\nrelay = \"127.0.0.1\"\nport = 9\nsecurity = \"none\"\nfrom = \"invitations@example.org\"\n\
             [log]\nfilter = \"info,vestibule=trace\"\n"
        );
        let postgres = if engine == Engine::Postgres { Some(make_database(port)?) } else { None };
        let file = format!("sqlite:{}", directory.path().join("vestibule.db").display());
        let database_url = match &postgres {
            Some(name) => postgres_url(name)?,
            None => file,
        };
        let base_url = format!("http://localhost:{port}");
        let settings = String::new();
        let installation = Self { port, base_url, database_url, settings, sections, directory, postgres };
        installation.succeed(&["keys", "generate", &key])?;
        Ok(installation)
    }

    /// The same with a schema, the organisation Contoso and its administrator `ada@contoso.example`.
    pub fn with_administrator(engine: Engine, password: &str) -> Outcome<Self> {
        let installation = Self::new(engine)?;
        installation.configured(&["migrate"], &[])?;
        let organisation = ["--name", "Contoso", "--domain", "contoso.example"];
        installation.configured(&["tenant", "create"], &organisation)?;
        let file = installation.write("password", &format!("{password}\n"))?;
        let person = ["--tenant", "contoso.example", "--upn", "ada@contoso.example", "--name", "Ada Lovelace"];
        let file = file.display().to_string();
        let rights = ["--role", "Global Administrator", "--password-file", &file];
        installation.configured(&["user", "create"], &[&person[..], &rights[..]].concat())?;
        Ok(installation)
    }

    /// A file of the installation.
    pub fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file of the installation.
    pub fn write(&self, name: &str, text: &str) -> Outcome<PathBuf> {
        let file = self.file(name);
        std::fs::write(&file, text)?;
        Ok(file)
    }

    /// Writes the configuration as it is now.
    pub fn configuration(&self) -> Outcome<PathBuf> {
        self.configuration_at(self.port)
    }

    /// The same for a process that listens on another port: several share one database.
    fn configuration_at(&self, port: u16) -> Outcome<PathBuf> {
        let text = format!(
            "public_address = {:?}\nlisten = \"127.0.0.1:{}\"\n{}[database]\nurl = {:?}\n{}",
            self.base_url, port, self.settings, self.database_url, self.sections
        );
        self.write(&format!("vestibule-{port}.toml"), &text)
    }

    /// Runs a command of the program that needs no configuration, which must succeed.
    pub fn succeed(&self, words: &[&str]) -> Outcome<String> {
        accepted(&programs::run(program(self.directory.path())?.args(words).stdin(Stdio::null()))?)
    }

    /// Runs a command on this configuration, which must succeed; returns what it printed.
    pub fn configured(&self, words: &[&str], options: &[&str]) -> Outcome<String> {
        accepted(&self.output(words, options, &[])?)
    }

    /// Runs a command on this configuration with additions to its environment.
    pub fn output(&self, words: &[&str], options: &[&str], environment: &[(&str, &str)]) -> Outcome<Output> {
        let mut command = program(self.directory.path())?;
        command.args(words).arg("--config").arg(self.configuration()?).args(options);
        programs::run(command.envs(environment.iter().copied()).stdin(Stdio::null()))
    }

    /// Runs a statement on this installation's PostgreSQL, past the program.
    pub fn sql(&self, statement: &str) -> Outcome {
        psql(&self.database_url, statement)
    }

    /// Starts `vestibule serve` and waits until it says that it is ready.
    pub async fn serve(&self) -> Outcome<Serving> {
        self.serve_at(self.port).await
    }

    /// The same on a port of its own, for one of several processes.
    pub async fn serve_at(&self, port: u16) -> Outcome<Serving> {
        // A file that grows beyond a limit is then an error of that write and not the end of the program.
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"]).arg(binary()?);
        isolate(&mut command, self.directory.path());
        command.arg("serve").arg("--config").arg(self.configuration_at(port)?);
        let mut process = programs::start(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()))?;
        let log = Arc::default();
        keep(process.stdout.take(), &log);
        keep(process.stderr.take(), &log);
        let mut serving = Serving { process, log };
        serving.logged(": ready").await?;
        Ok(serving)
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        if let Some(name) = &self.postgres {
            // What is left behind on failure is one database of a server that only tests use.
            drop(server().and_then(|url| psql(&url, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))));
        }
    }
}

/// A running server; dropping it kills the process.
#[derive(Debug)]
pub struct Serving {
    process: Child,
    log: Arc<Mutex<String>>,
}

impl Serving {
    /// Everything it printed and logged so far.
    pub fn log(&self) -> String {
        self.log.lock().map(|text| text.clone()).unwrap_or_default()
    }

    /// Waits until the log holds these words.
    pub async fn logged(&mut self, words: &str) -> Outcome {
        let waited = waiting::until(words, PATIENCE, async || {
            if self.log().contains(words) {
                return Ok(Some(()));
            }
            match self.process.try_wait()? {
                Some(status) => Err(format!("the server ended with {status}").into()),
                None => Ok(None),
            }
        });
        waited.await.map_err(|error| format!("{error}\n---- the log ----\n{}", self.log()).into())
    }

    /// Sends a signal, by its name without `SIG`.
    pub fn signal(&self, name: &str) -> Outcome {
        let id = self.process.id().to_string();
        let status = programs::run(Command::new("kill").args([&format!("-{name}"), &id]))?.status;
        if status.success() { Ok(()) } else { Err(format!("kill -{name} ended with {status}").into()) }
    }

    /// Lets no file grow beyond this many bytes, as a full disk does; `unlimited` makes room again.
    pub fn limit_files(&self, bytes: &str) -> Outcome {
        let id = self.process.id().to_string();
        let output = programs::run(Command::new("prlimit").args(["--pid", &id, &format!("--fsize={bytes}:")]))?;
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into()) }
    }

    /// Waits for the end that somebody asked for, and returns the whole log.
    pub async fn ended(mut self) -> Outcome<(ExitStatus, String)> {
        let process = &mut self.process;
        let status = waiting::until("the end of the server", PATIENCE, async || Ok(process.try_wait()?)).await?;
        Ok((status, self.log()))
    }

    /// Asks it to end, and returns the whole log; any exit code but 0 is an error.
    pub async fn stop(self) -> Outcome<String> {
        self.signal("TERM")?;
        let (status, log) = self.ended().await?;
        if status.success() { Ok(log) } else { Err(format!("the server ended with {status}\n{log}").into()) }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

fn program(folder: &Path) -> Outcome<Command> {
    let mut command = Command::new(binary()?);
    isolate(&mut command, folder);
    Ok(command)
}

/// The settings of whoever runs the tests are none of the server under test.
pub fn isolate(command: &mut Command, folder: &Path) {
    command.current_dir(folder);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("VESTIBULE_") {
            command.env_remove(name);
        }
    }
}

fn keep(stream: Option<impl Read + Send + 'static>, log: &Arc<Mutex<String>>) {
    let Some(stream) = stream else { return };
    let log = Arc::clone(log);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if let Ok(mut text) = log.lock() {
                text.push_str(&line);
                text.push('\n');
            }
        }
    });
}

fn accepted(output: &Output) -> Outcome<String> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr)).into())
}

fn make_database(port: u16) -> Outcome<String> {
    let name = format!("operator_{}_{port}", std::process::id());
    psql(&server()?, &format!("CREATE DATABASE {name}"))?;
    Ok(name)
}

fn postgres_url(database: &str) -> Outcome<String> {
    let mut url = url::Url::parse(&server()?)?;
    url.set_path(database);
    Ok(url.into())
}

/// The server of the tests, on which databases may be made.
fn server() -> Outcome<String> {
    let url = std::env::var("VESTIBULE_TEST_POSTGRES");
    Ok(url.map_err(|_| "VESTIBULE_TEST_POSTGRES is not set; run this through `cargo xtask test`")?)
}

fn psql(url: &str, statement: &str) -> Outcome {
    let mut command = Command::new("psql");
    accepted(&programs::run(command.args([url, "--quiet", "--no-psqlrc", "--command", statement]))?).map(|_| ())
}
