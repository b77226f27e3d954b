//! Counting mails.

use crate::testing::TestServer;

/// How many mails with a code have arrived anywhere.
pub async fn codes_sent(server: &TestServer) -> usize {
    server.run_due_jobs().await;
    server.mailbox().iter().filter(|mail| mail.subject.contains("code")).count()
}

/// How many invitation mails have arrived anywhere.
pub async fn invitations_sent(server: &TestServer) -> usize {
    server.run_due_jobs().await;
    server.mailbox().iter().filter(|mail| mail.text.contains("/redeem?ticket=")).count()
}

/// The path and query of the link in the newest invitation mail.
pub async fn newest_link(server: &TestServer) -> String {
    server.run_due_jobs().await;
    let mails = server.mailbox();
    let text = &mails.iter().find(|mail| mail.text.contains("/redeem?ticket=")).expect("an invitation mail").text;
    let link = text.split_whitespace().find(|word| word.contains("/redeem?ticket=")).expect("a link");
    link.strip_prefix(crate::testing::ADDRESS).expect("our own address").to_owned()
}
