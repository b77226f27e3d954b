use super::desk::{Desk, wrong};
use crate::platform::ids::InvitationId;
use crate::sign_in::attempts::{self, Limit};
use crate::sign_in::passcode::limits::{CHECKS, CHECKS_FROM_CLIENT, CHECKS_FROM_NETWORK, CHECKS_OF_MAILBOX};
use crate::sign_in::passcode::{Asked, Checked, WRONG_CHECKS};
use crate::testing::{TestServer, on_both_engines};
use crate::users::User;
use futures_util::future::join_all;
use std::time::Duration;

const SAM: &str = "sam@fabrikam.example";

#[tokio::test]
async fn o1_five_wrong_checks_void_a_code() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = server.member(&tenant, "sam", &[]).await;
        let desk = Desk::new(&server, tenant.id, SAM, Some(sam.id)).await;
        let (_, code) = desk.code().await;
        for left in (1..5).rev() {
            let checked = desk.check(&wrong(&code)).await;
            assert!(matches!(checked, Checked::Wrong { tries_left } if tries_left == left), "{checked:?}");
        }
        assert!(matches!(desk.check(&wrong(&code)).await, Checked::Void));
        assert!(matches!(desk.check(&code).await, Checked::Void), "the right one comes too late");
        let (_, next) = desk.code().await;
        assert!(matches!(desk.check(&code).await, Checked::Wrong { .. }));
        assert!(matches!(desk.check(&next).await, Checked::Right(_)), "a new one works");
    })
    .await;
}

#[tokio::test]
async fn o2_a_parallel_burst_gets_no_more_checks_than_a_patient_guesser() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = server.member(&tenant, "sam", &[]).await;
        let desk = Desk::new(&server, tenant.id, SAM, Some(sam.id)).await;
        let (_, code) = desk.code().await;
        let guess = wrong(&code);
        let all = join_all((0..200).map(|_| desk.check(&guess))).await;
        let evaluated = all.iter().filter(|checked| matches!(checked, Checked::Wrong { .. })).count();
        // The fifth is evaluated too, and answered by telling that it was the last.
        assert_eq!(evaluated, usize::try_from(WRONG_CHECKS - 1).expect("a small number"));
        assert!(!matches!(desk.check(&code).await, Checked::Right(_)));
    })
    .await;
}

#[tokio::test]
async fn o2_of_a_parallel_burst_of_right_codes_one_succeeds() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = server.member(&tenant, "sam", &[]).await;
        let desk = Desk::new(&server, tenant.id, SAM, Some(sam.id)).await;
        let (_, code) = desk.code().await;
        let all = join_all((0..50).map(|_| desk.check(&code))).await;
        assert_eq!(all.iter().filter(|checked| matches!(checked, Checked::Right(_))).count(), 1);
    })
    .await;
}

/// Networks that guess at one mailbox.
const NETWORKS: u8 = 60;

/// Strangers from many networks guess until each of them is refused; how many checks were evaluated.
async fn guess(server: &TestServer, sam: &User) -> i64 {
    let mut evaluated = 0;
    for number in 0..NETWORKS {
        let mut stranger = Desk::new(server, sam.tenant_id, SAM, Some(sam.id)).await;
        stranger.client = [198, 51, 100, number].into();
        'network: while let Asked::Sent(passcode) = stranger.ask().await {
            let code = wrong(&passcode.code(&server.master_key));
            loop {
                match stranger.check(&code).await {
                    Checked::Wrong { .. } => evaluated += 1,
                    Checked::TooMany { .. } => break 'network,
                    Checked::Void => {
                        evaluated += 1;
                        break;
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
    }
    evaluated
}

#[tokio::test]
async fn o1_one_mailbox_is_limited_over_codes_and_addresses_and_o5_its_owner_still_gets_in() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = server.member(&tenant, "sam", &[]).await;
        // Sam was here before, in a browser of his own.
        let own = Desk::new(&server, tenant.id, SAM, Some(sam.id)).await;
        let (_, code) = own.code().await;
        assert!(matches!(own.check(&code).await, Checked::Right(_)));

        server.clock.advance(Duration::from_hours(15));
        let evaluated = guess(&server, &sam).await;
        let networks = i64::from(NETWORKS) * CHECKS_FROM_NETWORK.most;
        assert!((networks..=CHECKS_OF_MAILBOX.most + networks).contains(&evaluated), "{evaluated}");
        let mut fresh = Desk::new(&server, tenant.id, SAM, Some(sam.id)).await;
        fresh.client = [203, 0, 113, 9].into();
        let (_, code) = fresh.code().await;
        assert!(matches!(fresh.check(&code).await, Checked::Right(_)), "a fresh browser in a network of their own");

        let own = own.again().await;
        let (_, code) = own.code().await;
        assert!(matches!(own.check(&code).await, Checked::Right(_)), "a browser that proved the mailbox");
        let mut invited = Desk::new(&server, tenant.id, SAM, Some(sam.id)).await;
        invited.invitation = Some(InvitationId(server.entropy.random_uuid()));
        let (_, code) = invited.code().await;
        assert!(matches!(invited.check(&code).await, Checked::Right(_)), "a live invitation link");
    })
    .await;
}

#[tokio::test]
async fn o5_a_right_code_is_not_counted_against_everybody() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = server.member(&tenant, "sam", &[]).await;
        let desk = Desk::new(&server, tenant.id, SAM, Some(sam.id)).await;
        let (_, code) = desk.code().await;
        assert!(matches!(desk.check(&wrong(&code)).await, Checked::Wrong { .. }));
        assert!(matches!(desk.check(&code).await, Checked::Right(_)));
        let everybody = crate::sign_in::attempts::subject(&[b"everybody"]);
        let mut tx = server.write().await.expect("a transaction");
        let counted = CHECKS.count_globally(&mut tx, &server, &everybody).await.expect("a count");
        assert_eq!(counted.attempts, 2, "the wrong one, and this one");
    })
    .await;
}

/// Spends all but one of the checks a limit gives in a day.
async fn spend_all_but_one(server: &TestServer, limit: Limit, subject: &crate::platform::SecretHash) {
    let mut tx = server.write().await.expect("a transaction");
    limit.charge_globally(&mut tx, server, subject, limit.most - 1).await.expect("a count");
    tx.commit().await.expect("a commit");
}

/// Guesses twice at a mailbox from a client address: how it was answered.
async fn guess_twice(server: &TestServer, user: &User, address: &str, client: [u8; 4]) -> [bool; 2] {
    let mut desk = Desk::new(server, user.tenant_id, address, Some(user.id)).await;
    desk.client = client.into();
    let (_, code) = desk.code().await;
    let guess = wrong(&code);
    let is_evaluated = |checked| matches!(checked, Checked::Wrong { .. });
    [is_evaluated(desk.check(&guess).await), is_evaluated(desk.check(&guess).await)]
}

#[tokio::test]
async fn o1_one_client_gets_no_more_wrong_checks_than_its_limit_over_all_mailboxes() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = server.member(&tenant, "sam", &[]).await;
        let client = [192, 0, 2, 7];
        spend_all_but_one(&server, CHECKS_FROM_CLIENT, &attempts::client(Some(client.into()))).await;
        assert_eq!(guess_twice(&server, &sam, SAM, client).await, [true, false]);
        assert_eq!(guess_twice(&server, &sam, "ana@fabrikam.example", client).await, [false, false], "any mailbox");
        assert_eq!(guess_twice(&server, &sam, "ana@fabrikam.example", [192, 0, 2, 8]).await, [true, true]);
        server.clock.advance(CHECKS_FROM_CLIENT.window);
        assert_eq!(guess_twice(&server, &sam, SAM, client).await, [true, true], "and the next day again");
    })
    .await;
}

#[tokio::test]
async fn o1_all_strangers_together_get_no_more_wrong_checks_than_the_limit_of_the_server() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = server.member(&tenant, "sam", &[]).await;
        let own = Desk::new(&server, tenant.id, SAM, Some(sam.id)).await;
        let (_, code) = own.code().await;
        assert!(matches!(own.check(&code).await, Checked::Right(_)));
        server.clock.advance(CHECKS.window);

        spend_all_but_one(&server, CHECKS, &attempts::subject(&[b"everybody"])).await;
        assert_eq!(guess_twice(&server, &sam, SAM, [198, 51, 100, 1]).await, [true, false]);
        assert_eq!(guess_twice(&server, &sam, "ana@fabrikam.example", [198, 51, 100, 2]).await, [false, false]);
        let own = own.again().await;
        let (_, code) = own.code().await;
        assert!(matches!(own.check(&code).await, Checked::Right(_)), "o5: a browser that proved the mailbox");
    })
    .await;
}

#[test]
fn o1_the_odds_of_guessing_stay_below_one_in_a_thousand_for_the_whole_server_in_a_day() {
    let codes = 100_000_000;
    assert!(CHECKS.most * 1000 < codes);
    assert!(CHECKS_OF_MAILBOX.most * 1000 < codes);
}
