//! A mail before it is sent: what a feature writes, what is sealed, what goes over the wire.

use crate::platform::Timestamp;
use crate::platform::ids::InvitationId;
use crate::platform::mailbox::Received;
use crate::platform::{Entropy, MailTransport};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message as Wire};
use serde::{Deserialize, Serialize};
use std::time::{Duration, UNIX_EPOCH};

database::text_enum! {
    /// What a mail is about; the sending limits go by it.
    pub enum Kind {
        /// Somebody is invited.
        Invitation = "invitation",
        /// A one-time passcode, which was asked for.
        Passcode = "passcode",
        /// Something happened.
        Notice = "notice",
    }
}

/// A mail that a feature wants sent.
#[derive(Debug, Clone)]
pub struct Message {
    /// What it is about.
    pub kind: Kind,
    /// The address it goes to.
    pub recipient: String,
    /// Who receives a copy, each as a mail of its own, so that one refusal does not stop the others.
    pub cc: Vec<CarbonCopy>,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// The name beside the sender's address.
    pub sender_name: String,
    /// The subject.
    pub subject: String,
    /// The HTML part.
    pub html: String,
    /// The plain-text part.
    pub text: String,
    /// The invitation it carries.
    pub invitation: Option<InvitationId>,
    /// After this it is not worth sending.
    pub expires_at: Option<Timestamp>,
    /// The address where the reader refuses further mail (RFC 2369 section 3.2).
    pub unsubscribe: Option<String>,
}

/// The same mail as one further mailbox gets it: what its footer offers is about that mailbox.
#[derive(Debug, Clone)]
pub struct CarbonCopy {
    /// The address it goes to.
    pub recipient: String,
    /// The HTML part.
    pub html: String,
    /// The plain-text part.
    pub text: String,
    /// The address where this reader refuses further mail.
    pub unsubscribe: Option<String>,
}

/// The last second of the year 9999. The library panics over a later date, as a clock far ahead has written into the row.
const LAST_SECOND: u64 = 253_402_300_799;

/// What is sealed in the database.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Content {
    to: String,
    cc: Vec<String>,
    reply_to: Option<String>,
    sender_name: String,
    subject: String,
    html: String,
    text: String,
    unsubscribe: Option<String>,
}

/// A mail that cannot be written, because an address in it is none.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not an address mail can be sent to")]
pub(super) struct Unwritable(String);

impl From<&Message> for Content {
    fn from(message: &Message) -> Self {
        let Message { recipient, reply_to, sender_name, subject, html, text, unsubscribe, .. } = message.clone();
        let cc = message.cc.iter().map(|copy| copy.recipient.clone()).collect();
        Self { to: recipient, cc, reply_to, sender_name, subject, html, text, unsubscribe }
    }
}

/// The headers that differ from mail to mail but not from try to try.
pub(super) struct Imprint<'a> {
    pub(super) message_id: &'a str,
    pub(super) written_at: Timestamp,
}

impl Content {
    /// What one of the copies says.
    pub(super) fn of_copy(message: &Message, copy: &CarbonCopy) -> Self {
        let CarbonCopy { html, text, unsubscribe, .. } = copy.clone();
        Self { html, text, unsubscribe, ..Self::from(message) }
    }

    /// The mail as it goes over the wire; the same at every try but for the boundary of its parts.
    pub(super) fn write(&self, transport: &MailTransport, imprint: &Imprint<'_>) -> Result<Wire, Unwritable> {
        let seconds = u64::try_from(imprint.written_at.seconds()).unwrap_or(0).min(LAST_SECOND);
        let mut builder = Wire::builder()
            .message_id(Some(imprint.message_id.to_owned()))
            .date(UNIX_EPOCH + Duration::from_secs(seconds))
            .from(transport.sender(&one_line(&self.sender_name)))
            .to(mailbox(&self.to)?)
            .subject(one_line(&self.subject))
            // Asks vacation programs not to answer (RFC 3834 section 5).
            .raw_header(header(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()));
        for address in &self.cc {
            builder = builder.cc(mailbox(address)?);
        }
        if let Some(address) = &self.reply_to {
            builder = builder.reply_to(mailbox(address)?);
        }
        if let Some(address) = &self.unsubscribe {
            let name = HeaderName::new_from_ascii_str("List-Unsubscribe");
            builder = builder.raw_header(header(name, format!("<{}>", one_line(address))));
        }
        let parts = MultiPart::alternative_plain_html(self.text.clone(), self.html.clone());
        builder.multipart(parts).map_err(|error| Unwritable(error.to_string()))
    }

    /// The mail as a mailbox in memory shows it: addresses and subject read back from the headers that were written.
    pub(super) fn received(
        &self,
        wire: &Wire,
        imprint: &Imprint<'_>,
        to: &str,
        entropy: &Entropy,
        at: Timestamp,
    ) -> Received {
        use lettre::message::header::{Cc, From, ReplyTo, Subject, To};
        let addresses = |mailboxes: Option<lettre::message::Mailboxes>| -> Vec<String> {
            mailboxes.into_iter().flatten().map(|mailbox| mailbox.email.to_string()).collect()
        };
        let headers = wire.headers();
        Received {
            id: entropy.uuid(at),
            message_id: imprint.message_id.to_owned(),
            delivered_to: vec![to.to_owned()],
            to: addresses(headers.get::<To>().map(Into::into)),
            cc: addresses(headers.get::<Cc>().map(Into::into)),
            from: headers
                .get::<From>()
                .map(|from| lettre::message::Mailboxes::from(from).to_string())
                .unwrap_or_default(),
            reply_to: addresses(headers.get::<ReplyTo>().map(Into::into)),
            subject: headers.get::<Subject>().map(|subject| subject.as_ref().to_owned()).unwrap_or_default(),
            text: self.text.clone(),
            html: self.html.clone(),
            received_at: at,
            raw: String::from_utf8_lossy(&wire.formatted()).into_owned(),
        }
    }
}

/// Reads an address; never a list, a name or a second header.
pub(super) fn address(text: &str) -> Result<Address, Unwritable> {
    text.parse().map_err(|_| Unwritable(text.to_owned()))
}

fn mailbox(text: &str) -> Result<Mailbox, Unwritable> {
    address(text).map(|address| Mailbox::new(None, address))
}

fn header(name: HeaderName, value: String) -> HeaderValue {
    HeaderValue::new(name, value)
}

/// Nothing in a header may start a line, whatever a feature let through.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect()
}
