//! A mail that is handed to the relay now, past the queue: for the operator who waits to see whether it goes out.

use super::message::{Content, Imprint, Message};
use super::{Kind, message};
use crate::platform::mail_transport::Refusal;
use crate::platform::{Entropy, MailTransport, Timestamp};

/// Writes a mail as those of the queue are written, and hands it over.
pub async fn send_at_once(
    transport: &MailTransport,
    to: &str,
    (subject, text): (&str, &str),
    now: Timestamp,
    entropy: &Entropy,
) -> Result<(), Refusal> {
    let message = Message {
        kind: Kind::Notice,
        recipient: to.to_owned(),
        cc: Vec::new(),
        reply_to: None,
        sender_name: "Vestibule".to_owned(),
        subject: subject.to_owned(),
        html: format!("<!doctype html><html lang=\"en\"><title>{0}</title><p>{0}</p></html>", escaped(text)),
        text: text.to_owned(),
        invitation: None,
        expires_at: None,
        unsubscribe: None,
    };
    let message_id = format!("<{}@{}>", entropy.random_uuid().simple(), transport.domain());
    let imprint = Imprint { message_id: &message_id, written_at: now };
    let content = Content::from(&message);
    let refused = |error: message::Unwritable| Refusal::Never(error.to_string());
    let wire = content.write(transport, &imprint).map_err(refused)?;
    let recipient = message::address(to).map_err(refused)?;
    let received = content.received(&wire, &imprint, to, entropy, now);
    transport.send(&wire, &recipient, received).await
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
