//! A mail that arrived, and the two places where the journeys read mail.

use std::time::Duration;

use serde::Deserialize;

use crate::smtp_sink::SmtpSink;
use crate::{Outcome, secrets, waiting};

/// How long a mail may take from the click to the mailbox.
const PATIENCE: Duration = Duration::from_secs(20);

/// A received mail; the demo's mailbox and the SMTP sink tell it in the same words.
#[derive(Debug, Clone, Deserialize)]
pub struct Mail {
    /// Identifies the mail within its mailbox.
    pub id: String,
    /// Addresses of the To field.
    pub to: Vec<String>,
    /// Addresses of the Cc field.
    pub cc: Vec<String>,
    /// The From field.
    pub from: String,
    /// Addresses of the Reply-To field.
    pub reply_to: Vec<String>,
    /// The subject, decoded.
    pub subject: String,
    /// The plain text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

impl Mail {
    /// The first link of the text part that leads to `base_url`: the invitation's own.
    pub fn link(&self, base_url: &str) -> Outcome<String> {
        self.text
            .split(|letter: char| letter.is_whitespace() || matches!(letter, '<' | '>' | '(' | ')'))
            .find(|word| word.starts_with(base_url))
            .map(str::to_owned)
            .ok_or_else(|| format!("no link to {base_url} in: {}", self.text).into())
    }

    /// The link with which its reader says no to further invitations.
    pub fn block_link(&self) -> Option<&str> {
        let link = self.text.split_whitespace().find(|word| word.contains("/no-more-invitations?"))?;
        Some(link.trim_matches(['<', '>']))
    }

    /// The eight digits of a one-time passcode, written together or in two groups of four.
    pub fn code(&self) -> Option<String> {
        let words: Vec<&str> = self.text.split(|letter: char| !letter.is_alphanumeric()).collect();
        let is_digits =
            |word: &str, length: usize| word.len() == length && word.bytes().all(|byte| byte.is_ascii_digit());
        let whole = words.iter().find(|word| is_digits(word, 8)).map(|word| (*word).to_owned());
        let halves =
            || words.windows(2).find(|pair| is_digits(pair[0], 4) && is_digits(pair[1], 4)).map(<[&str]>::concat);
        whole.or_else(halves)
    }
}

impl Mail {
    /// What must not be told to anybody else: its code, and the ticket of each of its links.
    pub fn secrets(&self) -> impl Iterator<Item = String> {
        let words = self.text.split(|letter: char| letter.is_whitespace() || "<>()&".contains(letter));
        let tickets = words.filter_map(|word| word.split_once("ticket=")).map(|(_, ticket)| ticket.to_owned());
        tickets.chain(self.code())
    }
}

/// Where mail is read.
#[derive(Debug)]
pub enum Inbox {
    /// The demo's built-in mailbox.
    Demo {
        /// Its address, from `demo.json`.
        url: String,
        /// Trusts the demo's certificate authority.
        client: reqwest::Client,
    },
    /// A mail server that the demo hands its mail to.
    Smtp(SmtpSink),
}

impl Inbox {
    /// The mails to this address so far, newest first.
    pub async fn mails_to(&self, address: &str) -> Outcome<Vec<Mail>> {
        match self {
            Self::Demo { url, client } => {
                let url = url::Url::parse_with_params(url, [("to", address)])?;
                let response = client.get(url.as_str()).send().await?.error_for_status()?;
                Ok(response.json().await?)
            }
            Self::Smtp(sink) => {
                let mut mails: Vec<Mail> = sink.received()?.into_iter().map(|received| received.mail).collect();
                mails.retain(|mail| mail.to.iter().chain(&mail.cc).any(|to| to.eq_ignore_ascii_case(address)));
                mails.reverse();
                Ok(mails)
            }
        }
    }

    /// Waits for a mail to this address that `wanted` recognises, newest first.
    pub async fn wait_for(&self, address: &str, what: &str, wanted: impl Fn(&Mail) -> bool) -> Outcome<Mail> {
        let mail = waiting::until(&format!("{what} to {address}"), PATIENCE, async || {
            Ok(self.mails_to(address).await?.into_iter().find(|mail| wanted(mail)))
        })
        .await?;
        mail.secrets().for_each(secrets::see);
        Ok(mail)
    }
}
