use super::desk::Desk;
use crate::sign_in::passcode::limits::{MAILS_FROM_NETWORK, MAILS_TO_MAILBOX};
use crate::sign_in::passcode::{Asked, Checked, LIFETIME, Mailbox};
use crate::testing::{TestServer, on_both_engines};
use crate::users::Address;
use std::time::Duration;

const SAM: &str = "sam@fabrikam.example";

/// The codes that have arrived, the newest first.
async fn arrived(server: &TestServer) -> Vec<String> {
    server.run_due_jobs().await;
    let digits = |text: &str| text.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 8).map(str::to_owned);
    server.mailbox().iter().filter_map(|mail| digits(&mail.text)).collect()
}

#[tokio::test]
async fn o4_asking_again_sends_the_same_code_with_the_same_end_until_it_ends() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = server.member(&tenant, "sam", &[]).await;
        let desk = Desk::new(&server, tenant.id, SAM, Some(sam.id)).await;
        let (first, code) = desk.code().await;
        server.clock.advance(Duration::from_mins(14));
        let (second, same) = desk.code().await;
        assert_eq!((second.id, second.expires_at), (first.id, first.expires_at));
        assert!(same.matches(&code));
        server.clock.advance(Duration::from_mins(1));
        let (third, other) = desk.code().await;
        assert_ne!(third.id, first.id);
        assert!(matches!(desk.check(&code).await, Checked::Wrong { .. }), "an older code after a newer one");
        assert!(matches!(desk.check(&other).await, Checked::Right(_)));
    })
    .await;
}

#[tokio::test]
async fn the_mail_carries_the_code_to_the_stored_address() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = server.member(&tenant, "sam", &[]).await;
        let desk = Desk::new(&server, tenant.id, "Sam@fabrikam.example", Some(sam.id)).await;
        let (_, code) = desk.code().await;
        assert_eq!(arrived(&server).await, vec![code.text().to_string()]);
        let mails = server.mailbox();
        assert_eq!(mails[0].to, vec!["Sam@fabrikam.example".to_owned()]);
        assert!(!mails[0].subject.contains(&**code.text()), "a locked screen shows the subject");
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_is_late_is_not_sent() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = server.member(&tenant, "sam", &[]).await;
        let desk = Desk::new(&server, tenant.id, SAM, Some(sam.id)).await;
        desk.code().await;
        server.clock.advance(LIFETIME);
        assert!(arrived(&server).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn o6_a_flood_of_requests_sends_a_bounded_number_of_mails() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = server.member(&tenant, "sam", &[]).await;
        let mut refused = 0;
        for number in 0..100_u8 {
            let mut desk = Desk::new(&server, tenant.id, SAM, Some(sam.id)).await;
            desk.client = [198, 51, 100, number].into();
            for _ in 0..10 {
                refused += i64::from(matches!(desk.ask().await, Asked::TooMany { .. }));
            }
        }
        // The first address uses the mailbox up and has nothing left; each of the others keeps its own few.
        let sent = MAILS_TO_MAILBOX.most + 99 * MAILS_FROM_NETWORK.most;
        assert_eq!(refused, 1000 - sent);
        assert_eq!(i64::try_from(arrived(&server).await.len()), Ok(sent));
        server.clock.advance(Duration::from_hours(1));
        let desk = Desk::new(&server, tenant.id, SAM, Some(sam.id)).await;
        assert!(matches!(desk.ask().await, Asked::Sent(_)), "the next hour");
    })
    .await;
}

#[tokio::test]
async fn i17_an_unknown_address_gets_the_same_answers_and_no_mail() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let desk = Desk::new(&server, tenant.id, "nobody@fabrikam.example", None).await;
        let (passcode, code) = desk.code().await;
        assert_eq!(passcode.expires_at, server.clock.now().plus(LIFETIME));
        assert!(arrived(&server).await.is_empty());
        assert!(matches!(desk.check(&code).await, Checked::Wrong { tries_left: 4 }), "even the derived code is wrong");
        for _ in 0..9 {
            assert!(matches!(desk.ask().await, Asked::Sent(_)));
        }
        assert!(matches!(desk.ask().await, Asked::TooMany { .. }), "counted like any other");
    })
    .await;
}

#[tokio::test]
async fn o8_look_alike_addresses_are_no_known_mailbox() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let mike = server.guest(&tenant, "mike@fabrikam.example").await;
        let find = async |text: &str| {
            let mut tx = server.read().await.expect("a connection");
            match Address::parse(text, true) {
                Ok(address) => Mailbox::find(&mut tx, tenant.id, &address).await.expect("an answer").user,
                Err(_) => None,
            }
        };
        assert_eq!(find("MIKE@Fabrikam.Example.").await, Some(mike.id));
        for text in [
            "m\u{131}ke@fabrikam.example",
            "\u{fb01}ke@fabrikam.example",
            "ｍike@fabrikam.example",
            "mi\u{212a}e@fabrikam.example",
            "\"mike\"@fabrikam.example",
            "mike(x)@fabrikam.example",
            "mike@evil.example@fabrikam.example",
            "mike@fabrikam.example@evil.example",
            "mike@fabr\u{131}kam.example",
            "mike@f\u{430}brikam.example",
            "mike+1@fabrikam.example",
            "mike.@fabrikam.example",
            " mike@fabrikam.example",
            "mike@fabrikam.example\r\nbcc:x@evil.example",
        ] {
            assert_eq!(find(text).await, None, "{text:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn o9_a_plus_address_is_an_account_of_its_own() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let plain = server.guest(&tenant, "a@p.example").await;
        let plus = server.guest(&tenant, "a+1@p.example").await;
        for (text, user) in [("a@p.example", plain.id), ("a+1@p.example", plus.id)] {
            let address = Address::parse(text, true).expect("an address");
            let mut tx = server.read().await.expect("a connection");
            let found = Mailbox::find(&mut tx, tenant.id, &address).await.expect("an answer");
            assert_eq!(found, Mailbox { address: text.to_owned(), user: Some(user) });
        }
    })
    .await;
}
