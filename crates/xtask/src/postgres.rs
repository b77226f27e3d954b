//! A throw-away PostgreSQL cluster: own directory, own port. For the tests without durability, for measuring with all of it.
//!
//! It disappears with us, however we end: a small shell waits for the end of a pipe that only we hold,
//! then stops the server and removes the directory. So a failed test, Ctrl-C and even SIGKILL leave nothing behind.

use std::io::Read as _;
use std::net::{Ipv4Addr, TcpListener, TcpStream, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::packages::{self, Requirement};
use crate::{Outcome, command, memory};

/// The environment variable that hands the cluster to the tests. Set by hand, it replaces the throw-away one.
pub const URL_VARIABLE: &str = "VESTIBULE_TEST_POSTGRES";

/// How long a named server may take to accept a connection.
const PATIENCE: Duration = Duration::from_secs(3);

/// What every cluster has.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
max_connections = 300
shared_buffers = 128MB
";

/// Whether what was committed survives a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing outlives the tests, so no write waits for the disk.
    None,
    /// As in service; its processes are held to the processor of the server that is measured.
    Full,
}

impl Durability {
    fn settings(self) -> &'static str {
        match self {
            Self::None => {
                "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nwal_level = minimal\nmax_wal_senders = 0\n\
                 max_wal_size = 512MB\nautovacuum = off\n"
            }
            Self::Full => "fsync = on\nsynchronous_commit = on\nfull_page_writes = on\nmax_wal_size = 4GB\n",
        }
    }

    /// Where the cluster is. One that nothing outlives is in memory: each test copies a database and throws it away.
    fn place(self) -> PathBuf {
        match self {
            Self::None => memory::folder(),
            Self::Full => std::env::temp_dir(),
        }
    }

    /// What stands before the program that starts the cluster: every process inherits the processor.
    fn pinned(self) -> &'static [&'static str] {
        match self {
            Self::None => &[],
            Self::Full => &["taskset", "-c", "0"],
        }
    }
}

/// Stops the server once standard input ends. `trap` keeps it alive through the Ctrl-C that ends us.
const GUARD: &str = r#"
trap '' INT TERM HUP
directory=$1
shift
cat > /dev/null
"$@" -D "$directory/data" -m immediate stop > /dev/null 2>&1
rm -rf "$directory"
"#;

/// The PostgreSQL of a test run: the one somebody named, if it answers, otherwise a throw-away one.
pub enum ForTests {
    /// Named by `VESTIBULE_TEST_POSTGRES`.
    Named(String),
    /// Our own.
    Own(Cluster),
}

impl ForTests {
    /// A name that leads nowhere counts as none: a variable left over from yesterday must not fail every test.
    pub fn find_or_start() -> Outcome<Self> {
        match named() {
            Some(url) if answers(&url) => Ok(Self::Named(url)),
            _ => Cluster::start(Durability::None).map(Self::Own),
        }
    }

    /// Where it answers.
    pub fn url(&self) -> &str {
        match self {
            Self::Named(url) => url,
            Self::Own(cluster) => cluster.url(),
        }
    }
}

/// What [`ForTests`] needs from Debian: nothing while a server is named that answers.
pub fn requirements() -> Vec<Requirement> {
    if named().is_some_and(|url| answers(&url)) { Vec::new() } else { vec![packages::POSTGRESQL] }
}

/// One line for the reader when the server that `VESTIBULE_TEST_POSTGRES` names does not answer.
pub fn complaint() -> Option<String> {
    let url = named().filter(|url| !answers(url))?;
    // Not the whole URL: it may hold a password.
    let place = host_and_port(&url).unwrap_or_else(|| "the place it names".to_owned());
    Some(format!("xtask: {URL_VARIABLE} is set, but no server answers at {place}; a throw-away PostgreSQL is started"))
}

fn named() -> Option<String> {
    std::env::var(URL_VARIABLE).ok().filter(|url| !url.is_empty())
}

fn answers(url: &str) -> bool {
    let Some(place) = host_and_port(url) else { return false };
    let addresses = place.to_socket_addrs().into_iter().flatten();
    addresses.into_iter().any(|address| TcpStream::connect_timeout(&address, PATIENCE).is_ok())
}

/// `host:port` of a URL, with PostgreSQL's port if it names none.
fn host_and_port(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?']).next()?;
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let has_port = place.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    match place {
        "" => None,
        _ if has_port => Some(place.to_owned()),
        _ => Some(format!("{place}:5432")),
    }
}

/// A running cluster; dropping it stops the server and removes its files.
pub struct Cluster {
    url: String,
    guard: Child,
}

impl Cluster {
    /// Installs PostgreSQL if needed and possible, then starts a cluster and waits until it answers.
    pub fn start(durability: Durability) -> Outcome<Self> {
        packages::ensure(&[packages::POSTGRESQL])?;
        let programs = programs().ok_or("initdb and pg_ctl were not found")?;
        let account = Account::choose()?;
        let directory = account.make_directory(&durability.place())?;
        // From here on the guard removes the directory, also when a step below fails.
        let guard = guard(&directory, &account, &programs)?;
        let mut cluster = Self { url: String::new(), guard };
        initialise(&directory, &account, &programs, durability)?;
        let port = start(&directory, &account, &programs, durability)?;
        cluster.url = format!("postgres://vestibule@127.0.0.1:{port}/postgres");
        Ok(cluster)
    }

    /// Where it answers; the role `vestibule` is superuser and needs no password.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        if let Err(error) = self.guard.wait() {
            eprintln!("xtask: the PostgreSQL guard: {error}");
        }
    }
}

/// Starts a cluster for a developer, who sets the printed variable in another terminal.
pub fn serve_until_stdin_closes() -> Outcome {
    let cluster = Cluster::start(Durability::None)?;
    println!("{URL_VARIABLE}={}", cluster.url());
    println!("running until standard input closes (Ctrl-D) or Ctrl-C");
    std::io::stdin().read_to_end(&mut Vec::new()).map_err(|error| format!("standard input: {error}"))?;
    Ok(())
}

/// The folder that holds `initdb` and `pg_ctl`: Debian's newest version, or wherever the `PATH` finds them.
pub fn programs() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    folders.sort_by_key(|folder| major_version(folder));
    folders.reverse();
    if let Some(paths) = std::env::var_os("PATH") {
        folders.extend(std::env::split_paths(&paths));
    }
    folders.into_iter().find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

fn major_version(bin: &Path) -> u32 {
    bin.parent()
        .and_then(Path::file_name)
        .and_then(|name| name.to_str())
        .and_then(|name| name.parse().ok())
        .unwrap_or(0)
}

/// Who runs the server. PostgreSQL refuses to run as root, so root borrows an unprivileged account.
struct Account {
    borrowed: Option<&'static str>,
}

impl Account {
    fn choose() -> Outcome<Self> {
        if !command::is_root() {
            return Ok(Self { borrowed: None });
        }
        for name in ["postgres", "vestibule-test"] {
            if command::succeeds(Command::new("id").arg(name)) {
                return Ok(Self { borrowed: Some(name) });
            }
        }
        let name = "vestibule-test";
        command::run(Command::new("useradd").args(["--system", "--no-create-home", name]))?;
        Ok(Self { borrowed: Some(name) })
    }

    /// The words that start `program` as this account.
    fn words(&self, program: &Path) -> Vec<String> {
        let program = program.to_string_lossy().into_owned();
        match self.borrowed {
            Some(name) => ["runuser", "-u", name, "--", &program].map(str::to_owned).to_vec(),
            None => vec![program],
        }
    }

    /// `before` is a program that starts the program.
    fn command(&self, before: &[&str], program: &Path) -> Command {
        let words: Vec<String> = before.iter().map(|word| (*word).to_owned()).chain(self.words(program)).collect();
        let mut command = Command::new(&words[0]);
        // The account may not be able to enter the folder we were called in.
        command.args(&words[1..]).current_dir(std::env::temp_dir());
        command
    }

    fn make_directory(&self, place: &Path) -> Outcome<PathBuf> {
        let template = place.join("vestibule-postgres-XXXXXXXX");
        let name = command::output(Command::new("mktemp").arg("-d").arg(template))?;
        let directory = PathBuf::from(name.trim());
        if let Some(owner) = self.borrowed {
            command::output(Command::new("chown").arg(owner).arg(&directory))?;
        }
        Ok(directory)
    }
}

fn guard(directory: &Path, account: &Account, programs: &Path) -> Outcome<Child> {
    Command::new("sh")
        .args(["-c", GUARD, "guard"])
        .arg(directory)
        .args(account.words(&programs.join("pg_ctl")))
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("cannot start sh: {error}"))
}

fn initialise(directory: &Path, account: &Account, programs: &Path, durability: Durability) -> Outcome {
    let mut initdb = account.command(&[], &programs.join("initdb"));
    initdb
        .args(["--username=vestibule", "--auth=trust", "--encoding=UTF8"])
        .args(["--locale=C", "--no-sync", "-D"])
        .arg(directory.join("data"));
    command::output(&mut initdb)?;
    let file = directory.join("data/postgresql.auto.conf");
    let sockets = format!("unix_socket_directories = '{}'\n", directory.display());
    std::fs::write(&file, format!("{SETTINGS}{}{sockets}", durability.settings()))
        .map_err(|error| format!("cannot write {}: {error}", file.display()))
}

/// A port that is free now may be taken when the server binds it, hence the few attempts.
fn start(directory: &Path, account: &Account, programs: &Path, durability: Durability) -> Outcome<u16> {
    let mut last = String::new();
    for _ in 0..5 {
        let port = free_port()?;
        let mut pg_ctl = account.command(durability.pinned(), &programs.join("pg_ctl"));
        pg_ctl
            .args(["start", "--wait", "--silent", "-t", "60"])
            .arg("-D")
            .arg(directory.join("data"))
            .arg("-l")
            .arg(directory.join("log"))
            .arg("-o")
            .arg(format!("-p {port}"));
        // Not `output`: the server keeps the pipe of its starter open.
        if command::succeeds(&mut pg_ctl) {
            return Ok(port);
        }
        last = std::fs::read_to_string(directory.join("log")).unwrap_or_default();
    }
    Err(format!("PostgreSQL did not start: {}", last.trim()))
}

fn free_port() -> Outcome<u16> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("no free port on the loopback interface: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_numbers_not_texts() {
        let mut folders = ["/p/9/bin", "/p/15/bin", "/p/10/bin"].map(Path::new);
        folders.sort_by_key(|folder| major_version(folder));
        assert_eq!(folders[2], Path::new("/p/15/bin"));
    }

    #[test]
    fn the_place_of_a_server_is_told_without_its_password() {
        for (url, place) in [
            ("postgres://ada:se@cret@db.example:5433/x?a=b", Some("db.example:5433")),
            ("postgres://vestibule@db.example/x", Some("db.example:5432")),
            ("postgresql://[::1]:5433", Some("[::1]:5433")),
            ("postgres:///x", None),
            ("db.example", None),
        ] {
            assert_eq!(host_and_port(url).as_deref(), place, "{url}");
        }
    }

    #[test]
    fn a_server_answers_while_somebody_listens() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let url = format!("postgres://vestibule@{}/postgres", listener.local_addr().expect("its address"));
        assert!(answers(&url));
        drop(listener);
        assert!(!answers(&url));
    }

    #[test]
    fn root_borrows_an_account() {
        let account = Account { borrowed: Some("postgres") };
        let words = account.words(Path::new("/p/initdb"));
        assert_eq!(words, ["runuser", "-u", "postgres", "--", "/p/initdb"]);
    }
}
