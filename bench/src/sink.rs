//! The relay that takes the server's mail: it believes everything, keeps the codes, and counts the rest.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use crate::Outcome;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// A mail that is read while it comes in.
#[derive(Default)]
struct Incoming {
    recipient: String,
    is_content: bool,
    code: Option<String>,
}

/// What arrived.
#[derive(Default)]
pub struct Arrived {
    mails: Cell<u64>,
    codes: RefCell<HashMap<String, String>>,
    news: Notify,
}

impl Arrived {
    /// How many mails came.
    pub fn mails(&self) -> u64 {
        self.mails.get()
    }

    /// Waits for the code mailed to an address and takes it.
    pub async fn code_to(&self, recipient: &str) -> String {
        loop {
            let news = self.news.notified();
            if let Some(code) = self.codes.borrow_mut().remove(recipient) {
                return code;
            }
            news.await;
        }
    }

    fn take(&self, mail: Incoming) {
        self.mails.set(self.mails.get() + 1);
        if let Some(code) = mail.code {
            self.codes.borrow_mut().insert(mail.recipient, code);
            self.news.notify_waiters();
        }
    }
}

/// Listens on a free port of the loopback interface.
pub async fn start() -> Outcome<(u16, Rc<Arrived>)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    let arrived = Rc::new(Arrived::default());
    let kept = Rc::clone(&arrived);
    tokio::task::spawn_local(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let arrived = Rc::clone(&kept);
            // A relay that hangs up early is no failure of this one.
            tokio::task::spawn_local(async move { drop(converse(stream, &arrived).await) });
        }
    });
    Ok((port, arrived))
}

/// One SMTP session (RFC 5321).
async fn converse(stream: TcpStream, arrived: &Arrived) -> Outcome {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 localhost\r\n").await?;
    let (mut line, mut mail) = (String::new(), Incoming::default());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let command = line.trim_end();
        let verb = command.get(..4).unwrap_or(command).to_ascii_uppercase();
        let answer: &[u8] = match verb.as_str() {
            "EHLO" => b"250-localhost\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
            "RCPT" => {
                mail.recipient = between(command, '<', '>');
                b"250 ok\r\n"
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                content(&mut stream, &mut mail).await?;
                arrived.take(std::mem::take(&mut mail));
                b"250 ok\r\n"
            }
            "QUIT" => b"221 bye\r\n",
            _ => b"250 ok\r\n",
        };
        stream.write_all(answer).await?;
    }
}

/// Reads until the line with the single dot.
async fn content(stream: &mut BufReader<TcpStream>, mail: &mut Incoming) -> Outcome {
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(());
        }
        let text = line.trim();
        mail.is_content |= text.is_empty();
        if mail.is_content && mail.code.is_none() {
            mail.code = code(text);
        }
    }
}

/// A code stands on a line of its own: eight digits, perhaps in two groups.
fn code(line: &str) -> Option<String> {
    let digits: String = line.chars().filter(|character| *character != ' ').collect();
    (digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

fn between(text: &str, from: char, to: char) -> String {
    let inner = text.split_once(from).map_or("", |(_, rest)| rest);
    inner.split(to).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn a_code_is_eight_digits_alone_on_their_line() {
        assert_eq!(code("1234 5678").as_deref(), Some("12345678"));
        assert_eq!(code("12345678 is your code"), None);
        assert_eq!(code("123456789"), None);
    }
}
