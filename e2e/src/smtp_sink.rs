//! A mail server nobody here wrote (aiosmtpd) as the demo's relay; `clients/smtp_sink.py` holds its side.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use tempfile::TempDir;

use crate::demo::end;
use crate::mail::Mail;
use crate::{Outcome, programs, required_path};

/// The account that the relay accepts.
pub const USERNAME: &str = "vestibule";

/// Its password.
pub const PASSWORD: &str = "relay-password-of-the-tests";

const RECEIVED: &str = "received.jsonl";

/// What the relay does wrong.
#[derive(Debug, Default)]
pub struct Misbehaviour {
    /// Answers 550 to these recipients.
    pub refuse: Vec<String>,
    /// Answers 451 once to these recipients, then accepts.
    pub defer: Vec<String>,
    /// Seconds before each message is acknowledged.
    pub delay: f64,
    /// Closes the connection in the middle of this many messages.
    pub drop_times: u32,
    /// Accepts this many connections and never says a word on them.
    pub silent_times: u32,
}

/// How the connection to the relay is protected; the names are those of the setting `mail.security`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// STARTTLS, on port 587 elsewhere.
    Starttls,
    /// TLS from the first byte, on port 465 elsewhere (RFC 8314 section 3).
    Tls,
}

/// A message as the relay accepted it.
#[derive(Debug, Clone, Deserialize)]
pub struct Received {
    /// Its content.
    #[serde(flatten)]
    pub mail: Mail,
    /// The sender of the envelope.
    pub envelope_from: String,
    /// The recipients of the envelope.
    pub envelope_to: Vec<String>,
    /// Whether it travelled encrypted.
    pub tls: bool,
    /// Whether the sender had signed in.
    pub authenticated: bool,
    /// The Message-ID field, stable over repeated deliveries.
    pub message_id: String,
}

/// An answer to a RCPT command.
#[derive(Debug, Clone, Deserialize)]
pub struct Event {
    /// The recipient.
    pub rcpt: String,
    /// The reply line.
    pub answer: String,
}

/// A running relay; dropping it ends the process.
#[derive(Debug)]
pub struct SmtpSink {
    /// Where it listens, on 127.0.0.1; its certificate says `localhost`.
    pub port: u16,
    /// How it is spoken to.
    pub protection: Protection,
    directory: TempDir,
    process: Child,
}

impl SmtpSink {
    /// Starts the relay, spoken to with STARTTLS, with the Python of `VESTIBULE_PYTHON`.
    pub fn start(misbehaviour: &Misbehaviour) -> Outcome<Self> {
        Self::protected_by(Protection::Starttls, misbehaviour)
    }

    /// Starts the relay with the Python of `VESTIBULE_PYTHON`.
    pub fn protected_by(protection: Protection, misbehaviour: &Misbehaviour) -> Outcome<Self> {
        let directory = TempDir::with_prefix("vestibule-smtp-")?;
        let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
        let certificate = certified.cert.pem();
        std::fs::write(directory.path().join("ca.pem"), &certificate)?;
        let identity = directory.path().join("identity.pem");
        std::fs::write(&identity, format!("{certificate}{}", certified.signing_key.serialize_pem()))?;

        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("clients/smtp_sink.py");
        let mut command = Command::new(required_path("VESTIBULE_PYTHON")?);
        command
            .arg(script)
            .arg("--directory")
            .arg(directory.path())
            .arg("--certificate")
            .arg(&identity)
            .args(["--username", USERNAME, "--password", PASSWORD])
            .args(["--delay", &misbehaviour.delay.to_string()])
            .args(["--drop-times", &misbehaviour.drop_times.to_string()])
            .args(["--silent-times", &misbehaviour.silent_times.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        if protection == Protection::Tls {
            command.arg("--implicit-tls");
        }
        for address in &misbehaviour.refuse {
            command.args(["--refuse", address]);
        }
        for address in &misbehaviour.defer {
            command.args(["--defer", address]);
        }
        let mut process = programs::start(&mut command)?;
        match announced_port(&mut process) {
            Ok(port) => Ok(Self { port, protection, directory, process }),
            Err(error) => {
                end(&mut process);
                Err(error)
            }
        }
    }

    /// The certificate to trust.
    pub fn ca_certificate(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    /// What it accepted, oldest first.
    pub fn received(&self) -> Outcome<Vec<Received>> {
        self.lines(RECEIVED)
    }

    /// The file to which it adds a line for each message it accepts; for readers of many.
    pub fn received_file(&self) -> PathBuf {
        self.directory.path().join(RECEIVED)
    }

    /// Its answers to RCPT, oldest first.
    pub fn events(&self) -> Outcome<Vec<Event>> {
        self.lines("events.jsonl")
    }

    fn lines<T: DeserializeOwned>(&self, name: &str) -> Outcome<Vec<T>> {
        let file = self.directory.path().join(name);
        if !file.exists() {
            return Ok(Vec::new());
        }
        let text = std::fs::read_to_string(file)?;
        // The last line may be half written.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

fn announced_port(process: &mut Child) -> Outcome<u16> {
    let output = process.stdout.take().ok_or("the relay has no output")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    line.trim().parse().map_err(|_| format!("the relay did not start: {line:?}").into())
}
