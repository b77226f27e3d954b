//! A mailbox in memory, which a demonstration shows and tests read.

use database::Timestamp;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// Mails that are kept; older ones make room.
pub const CAPACITY: usize = 1000;

/// A mail as it arrived.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its id in the mailbox.
    pub id: Uuid,
    /// `Message-ID`, the same for every recipient and every repetition.
    pub message_id: String,
    /// The addresses it was delivered to.
    pub delivered_to: Vec<String>,
    /// The addresses of `To`.
    pub to: Vec<String>,
    /// The addresses of `Cc`.
    pub cc: Vec<String>,
    /// `From`, with the name.
    pub from: String,
    /// The addresses of `Reply-To`.
    pub reply_to: Vec<String>,
    /// `Subject`, decoded.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Everything, as it would go over the wire.
    pub raw: String,
}

impl Received {
    /// The names and values of the headers, unfolded, not decoded.
    pub fn headers(&self) -> Vec<(String, String)> {
        let head = self.raw.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ").replace("\r\n\t", " ");
        let pairs = head.split("\r\n").filter_map(|line| line.split_once(": "));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// The value of a header, whose name is compared without case.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers().into_iter().find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// The newest [`CAPACITY`] mails. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Mailbox(Arc<Mutex<VecDeque<Received>>>);

impl Mailbox {
    /// Takes a mail in. The copy of a mail for another recipient joins the one that is already there if it says the same.
    pub fn store(&self, mail: Received) {
        let mut mails = self.lock();
        let copy = mails.iter_mut().find(|other| {
            other.message_id == mail.message_id
                && other.text == mail.text
                && mail.delivered_to.iter().all(|to| !other.delivered_to.contains(to))
        });
        if let Some(copy) = copy {
            copy.delivered_to.extend(mail.delivered_to);
            return;
        }
        mails.push_front(mail);
        mails.truncate(CAPACITY);
    }

    /// Every mail, or those with this address in `To` or `Cc` (compared without case); the newest first.
    pub fn list(&self, to: Option<&str>) -> Vec<Received> {
        let names = |mail: &&Received| {
            to.is_none_or(|to| mail.to.iter().chain(&mail.cc).any(|address| address.eq_ignore_ascii_case(to)))
        };
        self.lock().iter().filter(names).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Received>> {
        // Nothing panics while the list is half changed, so a poisoned lock still guards a sound list.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
