//! Everything the relay accepted, read while it comes in and sorted by mailbox.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::smtp_sink::{Received, SmtpSink};
use crate::{Outcome, waiting};

const PAUSE: Duration = Duration::from_millis(20);

/// A message. Deliveries of the same one are counted, not kept.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The Message-ID field.
    pub message_id: String,
    /// The code in it; an invitation has none.
    pub code: Option<String>,
    /// How often it was delivered.
    pub deliveries: usize,
}

type Mailboxes = HashMap<String, Vec<Letter>>;

/// The mailboxes; dropping it ends the reading.
#[derive(Debug)]
pub struct Mailroom {
    mailboxes: Arc<Mutex<Mailboxes>>,
    reader: JoinHandle<Outcome>,
}

impl Mailroom {
    /// Reads what a relay accepts from now on.
    pub fn of(sink: &SmtpSink) -> Self {
        let mailboxes = Arc::default();
        let reader = tokio::spawn(read(sink.received_file(), Arc::clone(&mailboxes)));
        Self { mailboxes, reader }
    }

    fn mailboxes(&self) -> MutexGuard<'_, Mailboxes> {
        self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What came to an address, oldest first.
    pub fn letters_to(&self, address: &str) -> Vec<Letter> {
        self.mailboxes().get(address).cloned().unwrap_or_default()
    }

    /// Everything that came.
    pub fn letters(&self) -> Vec<Letter> {
        self.mailboxes().values().flatten().cloned().collect()
    }

    /// Waits for a code in a letter that comes after these many.
    pub async fn code_to(&self, address: &str, known: usize, limit: Duration) -> Outcome<String> {
        if self.reader.is_finished() {
            return Err("the mails cannot be read any more".into());
        }
        waiting::until(&format!("a code to {address}"), limit, async || {
            Ok(self.letters_to(address).into_iter().skip(known).rev().find_map(|letter| letter.code))
        })
        .await
    }
}

impl Drop for Mailroom {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

async fn read(file: std::path::PathBuf, mailboxes: Arc<Mutex<Mailboxes>>) -> Outcome {
    while !file.exists() {
        sleep(PAUSE).await;
    }
    let mut lines = BufReader::new(std::fs::File::open(file)?);
    let mut line = String::new();
    loop {
        // The last line may be half written.
        if lines.read_line(&mut line)? == 0 || !line.ends_with('\n') {
            sleep(PAUSE).await;
            continue;
        }
        let received: Received = serde_json::from_str(&line)?;
        line.clear();
        sort(&received, &mut mailboxes.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn sort(received: &Received, mailboxes: &mut Mailboxes) {
    let is_invitation = received.mail.text.contains("ticket=");
    let code = if is_invitation { None } else { received.mail.code() };
    for address in &received.envelope_to {
        let letters = mailboxes.entry(address.clone()).or_default();
        match letters.iter_mut().find(|letter| letter.message_id == received.message_id) {
            Some(letter) => letter.deliveries += 1,
            None => {
                letters.push(Letter { message_id: received.message_id.clone(), code: code.clone(), deliveries: 1 });
            }
        }
    }
}
