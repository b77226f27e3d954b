use super::{key, summaries};
use crate::Server;
use crate::backups::reseal;
use crate::platform::{Clock, Entropy, MailTransport, Mailbox, MasterKey, acme};
use crate::redemption::tests::Journey;
use crate::testing::{TestServer, on_both_engines};
use crate::{dispatch, jobs};
use database::sql;
use oauth::jose::Algorithm;
use std::sync::Arc;

const OTHER: &str = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";

fn other() -> MasterKey {
    MasterKey::parse(OTHER).expect("a key")
}

/// A second process on the same database, with the key `text`.
async fn beside(server: &TestServer, text: &str) -> Result<Arc<Server>, String> {
    let mut settings = server.settings.clone();
    settings.keys.master_key = Some(text.to_owned());
    let mail = MailTransport::mailbox(&settings, Mailbox::default()).expect("a mailbox");
    let clock = Clock::manual(server.clock.now());
    Server::open_with_mail(settings, clock, Entropy::system(), mail).await.map_err(|error| error.to_string())
}

/// Something that every app depends on and that is derived, not stored.
fn derived(server: &Server) -> Vec<u8> {
    aws_lc_rs::hmac::sign(&server.master_key.derive("pairwise subject"), b"sam").as_ref().to_vec()
}

#[tokio::test]
async fn x9_every_sealed_column_opens_with_the_new_key_alone_and_what_is_derived_stays() {
    on_both_engines(async |server| {
        let columns = server.database.columns().await.expect("columns");
        let is_sealed = |name: &str| ["client_state", "sealed"].contains(&name);
        let sealed: Vec<_> =
            columns.iter().filter(|column| is_sealed(&column.name)).map(|c| c.table.as_str()).collect();
        let known = ["acme_account", "acme_certificate", "mail", "master_key_proof", "signing_key", "subscription"];
        assert_eq!(sealed, known, "a new one is to be sealed anew too");

        let journey = Journey::begin(&server).await;
        let tenant = journey.tenant.id;
        let signer = server.signing_keys.signer(&server, tenant, Algorithm::Es256).await.expect("a key");
        let subject = acme::tests::subject();
        acme::tests::keep(&server, &subject).await;
        let resealed = reseal(&server.database, &key(), &other(), &server.entropy).await.expect("sealed anew");
        assert_eq!((resealed.signing_keys, resealed.mails, resealed.acme), (1, 1, 2));

        let refused = beside(&server, &"5a".repeat(32)).await.err().expect("the old key is refused");
        assert!(refused.contains("master key"), "{refused}");
        let after = beside(&server, OTHER).await.expect("the new key opens");
        assert_eq!(derived(&after), derived(&server), "nobody becomes somebody else");
        let same = after.signing_keys.signer(&after, tenant, Algorithm::Es256).await.expect("the key");
        assert_eq!(same.kid(), signer.kid());
        acme::tests::assert_kept(&after, &subject).await;
        jobs::run_due(&after, dispatch::HANDS).await.expect("the queue");
        assert_eq!(after.mail.as_mailbox().expect("a mailbox").list(None).len(), 1, "the mail that waited is sent");

        let again = reseal(&server.database, &key(), &other(), &server.entropy).await.expect_err("done").to_string();
        assert!(again.contains("already"), "{again}");
        let wrong = reseal(&server.database, &key(), &key(), &server.entropy).await.expect_err("wrong").to_string();
        assert!(wrong.contains("master key"), "{wrong}");
    })
    .await;
}

#[tokio::test]
async fn a_rotation_that_cannot_be_finished_changes_nothing() {
    on_both_engines(async |server| {
        let journey = Journey::begin(&server).await;
        let tenant = journey.tenant.id;
        server.signing_keys.signer(&server, tenant, Algorithm::Es256).await.expect("a key");
        let mut tx = server.write().await.expect("a transaction");
        let damage =
            tx.query(sql!("UPDATE mail SET sealed = $2 WHERE tenant_id = $1")).bind(tenant).bind(vec![1_u8; 40]);
        damage.execute().await.expect("damage");
        tx.commit().await.expect("a commit");
        let before = summaries(&server).await;
        reseal(&server.database, &key(), &other(), &server.entropy).await.expect_err("a mail does not open");
        assert_eq!(summaries(&server).await, before);
        beside(&server, &"5a".repeat(32)).await.expect("the old key still opens");
    })
    .await;
}
