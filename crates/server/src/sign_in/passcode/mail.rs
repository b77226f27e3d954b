//! The mail that carries a code.

use super::{Code, Mailbox, Passcode};
use crate::outbox::{Kind, Message};
use crate::platform::clock;
use crate::web::accent::Accent;
use crate::web::dates;
use crate::web::language::Language;
use crate::web::mails::PasscodeMail;
use jiff::tz::TimeZone;

/// What a mail says beside its code.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The reader's language.
    pub language: Language,
    /// The organisation whose door the code opens; also the name of the sender.
    pub organization: String,
    /// The app the reader is on the way to.
    pub app: Option<String>,
    /// The colour of its links.
    pub accent: Accent,
}

impl Letter {
    /// The mail for a mailbox: to its stored address, byte for byte, and of no use once the code's time is over.
    pub fn message(&self, mailbox: &Mailbox, passcode: &Passcode, code: &Code) -> Result<Message, askama::Error> {
        let until = clock::calendar(passcode.expires_at).to_zoned(TimeZone::UTC);
        let mail = PasscodeMail {
            language: self.language,
            organization: self.organization.clone(),
            app: self.app.clone(),
            code: code.text().to_string(),
            works_until: dates::clock_with_zone(&until),
            recipient: mailbox.address.clone(),
            accent: self.accent,
        };
        Ok(Message {
            kind: Kind::Passcode,
            recipient: mailbox.address.clone(),
            cc: Vec::new(),
            reply_to: None,
            sender_name: self.organization.clone(),
            subject: mail.subject(),
            html: mail.html()?,
            text: mail.text()?,
            invitation: None,
            expires_at: Some(passcode.expires_at),
            unsubscribe: None,
        })
    }
}
