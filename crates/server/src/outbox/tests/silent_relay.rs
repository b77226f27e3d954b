//! A relay that stops talking: the mail stays, and goes out later under the same Message-ID.

use super::nobody::{left, to_nobody};
use super::{find, message, send};
use crate::config::Settings;
use crate::outbox::State;
use crate::platform::MailTransport;
use crate::testing::{TestServer, on_both_engines};
use crate::{dispatch, jobs};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How a relay behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// It accepts the connection and says nothing.
    Silent,
    /// It reads the whole mail and never says what became of it.
    SilentAfterData,
    /// It takes the mail.
    Takes,
}

/// A relay of its own, and the mails that were sent to it.
struct Relay {
    settings: Settings,
    mails: Arc<Mutex<Vec<String>>>,
}

impl Relay {
    async fn start(server: &TestServer, manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let mut settings = server.settings.clone();
        settings.mail.relay = "127.0.0.1".to_owned();
        settings.mail.port = Some(listener.local_addr().expect("an address").port());
        let mails = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&mails);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, manner, Arc::clone(&kept)));
            }
        });
        Self { settings, mails }
    }

    /// Runs what is due in a process that sends to this relay.
    async fn run(&self, server: &TestServer, limit: Duration) -> usize {
        let mail = MailTransport::relay_within(&self.settings, limit).expect("a transport");
        let beside = server.beside(self.settings.clone(), mail).await;
        jobs::run_due(&beside, dispatch::HANDS).await.expect("the queue")
    }

    fn mails(&self) -> Vec<String> {
        self.mails.lock().expect("no panic").clone()
    }
}

/// One conversation (RFC 5321), as far as a client that makes no mistakes needs it.
async fn converse(stream: TcpStream, manner: Manner, mails: Arc<Mutex<Vec<String>>>) -> std::io::Result<()> {
    if manner == Manner::Silent {
        return std::future::pending().await;
    }
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 relay.example\r\n").await?;
    let mut line = String::new();
    while stream.read_line(&mut line).await? > 0 {
        let is_data = line.trim_end().eq_ignore_ascii_case("DATA");
        line.clear();
        if !is_data {
            stream.write_all(b"250 relay.example\r\n").await?;
            continue;
        }
        stream.write_all(b"354 go on\r\n").await?;
        let mut mail = String::new();
        while !mail.ends_with("\r\n.\r\n") && stream.read_line(&mut mail).await? > 0 {}
        mails.lock().expect("no panic").push(mail);
        if manner == Manner::SilentAfterData {
            return std::future::pending().await;
        }
        stream.write_all(b"250 taken\r\n").await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_mail_to_a_relay_that_stops_talking_stays_and_leaves_later_under_the_same_message_id() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        for (manner, limit) in [(Manner::Silent, 100), (Manner::SilentAfterData, 3_000)] {
            let id = send(&server, tenant, &message("sam@fabrikam.example")).await;
            let silent = Relay::start(&server, manner).await;
            assert_eq!(silent.run(&server, Duration::from_millis(limit)).await, 1);
            let (mail, sealed) = find(&server, tenant, id).await;
            assert_eq!((mail.state, sealed.is_some()), (State::Queued, true), "{manner:?}");
            let name = format!("Message-ID: {}", mail.message_id);
            let seen = silent.mails();
            assert_eq!(seen.len(), usize::from(manner == Manner::SilentAfterData));
            assert!(seen.iter().all(|mail| mail.contains(&name)), "{seen:?}");

            let talking = Relay::start(&server, Manner::Takes).await;
            assert_eq!(talking.run(&server, Duration::from_secs(30)).await, 0, "not before the pause is over");
            server.clock.advance(Duration::from_secs(30));
            assert_eq!(talking.run(&server, Duration::from_secs(30)).await, 1);
            server.clock.advance(Duration::from_hours(2));
            assert_eq!(talking.run(&server, Duration::from_secs(30)).await, 0, "once");
            let taken = talking.mails();
            assert_eq!((taken.len(), taken[0].contains(&name)), (1, true), "{taken:?}");
            assert_eq!(find(&server, tenant, id).await.0.state, State::HandedToRelay);
        }
    })
    .await;
}

#[tokio::test]
async fn i17_a_mail_to_nobody_waits_for_the_relay_as_others_do_and_hands_nothing_over() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        to_nobody(&server, tenant).await;
        let silent = Relay::start(&server, Manner::Silent).await;
        assert_eq!(silent.run(&server, Duration::from_millis(100)).await, 1);
        assert_eq!(left(&server, tenant).await, (1, 1), "it is tried again");
        server.clock.advance(Duration::from_secs(30));
        let talking = Relay::start(&server, Manner::Takes).await;
        assert_eq!(talking.run(&server, Duration::from_secs(30)).await, 1);
        assert_eq!((left(&server, tenant).await, talking.mails().len()), ((0, 0), 0));
    })
    .await;
}
