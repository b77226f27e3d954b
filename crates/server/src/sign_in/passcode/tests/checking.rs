use super::desk::{Desk, wrong};
use crate::platform::ids::PasscodeId;
use crate::sign_in::passcode::{Checked, LIFETIME, Mailbox, Passcode, Proof, Standing, store};
use crate::testing::on_both_engines;
use std::time::Duration;

const SAM: &str = "sam@fabrikam.example";

#[tokio::test]
async fn o3_a_code_works_once_and_only_in_the_browser_that_asked() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = server.member(&tenant, "sam", &[]).await;
        let desk = Desk::new(&server, tenant.id, SAM, Some(sam.id)).await;
        let thief = Desk::new(&server, tenant.id, SAM, Some(sam.id)).await;
        let (_, code) = desk.code().await;
        assert!(matches!(thief.check(&code).await, Checked::Lapsed), "no code was asked for there");
        let (_, own) = thief.code().await;
        assert!(matches!(thief.check(&code).await, Checked::Wrong { .. }), "stolen without the session");
        let Checked::Right(proof) = desk.check(&code).await else { panic!("the right code") };
        assert_eq!(proof, Proof { user: sam.id, address_folded: SAM.to_owned() });
        assert!(matches!(desk.check(&code).await, Checked::Lapsed), "a second use");
        assert!(matches!(thief.check(&own).await, Checked::Lapsed), "one success ends all open codes of the mailbox");
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let elsewhere = Desk::new(&server, other.id, SAM, Some(sam.id)).await;
        assert!(matches!(elsewhere.check(&code).await, Checked::Lapsed), "another organisation");
    })
    .await;
}

#[tokio::test]
async fn o3_a_success_leaves_the_codes_of_other_mailboxes_and_organisations_open() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let sam = server.member(&tenant, "sam", &[]).await;
        let desk = Desk::new(&server, tenant.id, SAM, Some(sam.id)).await;
        let neighbour = Desk::new(&server, tenant.id, "ann@fabrikam.example", Some(sam.id)).await;
        let elsewhere = Desk::new(&server, other.id, SAM, Some(sam.id)).await;
        let (_, code) = desk.code().await;
        let (_, of_neighbour) = neighbour.code().await;
        let (_, of_elsewhere) = elsewhere.code().await;
        assert!(matches!(desk.check(&code).await, Checked::Right(_)));
        assert!(matches!(neighbour.check(&of_neighbour).await, Checked::Right(_)));
        assert!(matches!(elsewhere.check(&of_elsewhere).await, Checked::Right(_)));
    })
    .await;
}

#[tokio::test]
async fn o4_a_code_ends_after_fifteen_minutes() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = server.member(&tenant, "sam", &[]).await;
        let desk = Desk::new(&server, tenant.id, SAM, Some(sam.id)).await;
        let (passcode, code) = desk.code().await;
        assert_eq!(passcode.expires_at.since(passcode.created_at), Duration::from_mins(15));
        server.clock.advance(LIFETIME);
        assert!(matches!(desk.check(&code).await, Checked::Lapsed));
    })
    .await;
}

#[tokio::test]
async fn a_code_for_another_mailbox_of_the_same_step_is_not_taken() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let sam = server.member(&tenant, "sam", &[]).await;
        let mut desk = Desk::new(&server, tenant.id, SAM, Some(sam.id)).await;
        let (_, code) = desk.code().await;
        desk.mailbox = Mailbox { address: "ann@fabrikam.example".to_owned(), user: Some(sam.id) };
        assert!(matches!(desk.check(&code).await, Checked::Lapsed));
        let (_, other) = desk.code().await;
        assert!(matches!(desk.check(&other).await, Checked::Right(_)));
    })
    .await;
}

#[tokio::test]
async fn every_statement_of_the_store_does_what_it_says() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let desk = Desk::new(&server, tenant.id, SAM, None).await;
        let now = server.clock.now();
        let (id, step) = (PasscodeId(server.entropy.uuid(now)), desk.continuation.id);
        let passcode = Passcode::new(tenant.id, id, step, SAM.to_owned(), None, now);
        let mut tx = server.write().await.expect("a transaction");
        assert!(store::insert(&mut tx, &passcode).await.expect("an answer"));
        let second = Passcode { id: PasscodeId(server.entropy.uuid(now)), ..passcode.clone() };
        assert!(!store::insert(&mut tx, &second).await.expect("an answer"), "one is open already");
        assert_eq!(store::take_check(&mut tx, tenant.id, id, now).await.expect("an answer"), Some(1));
        let found = store::find_current(&mut tx, tenant.id, step).await.expect("an answer").expect("the passcode");
        assert_eq!((found.id, found.wrong_checks, found.standing(now)), (id, 1, Standing::Open));
        let later = now.plus(LIFETIME);
        assert_eq!(store::close_ended(&mut tx, tenant.id, step, SAM, now).await.expect("an answer"), 0);
        assert_eq!(store::close_ended(&mut tx, tenant.id, step, SAM, later).await.expect("an answer"), 1);
        assert_eq!(store::take_check(&mut tx, tenant.id, id, now).await.expect("an answer"), None);
        assert!(store::insert(&mut tx, &second).await.expect("an answer"));
        assert_eq!(store::close_mailbox(&mut tx, tenant.id, SAM, now).await.expect("an answer"), 1);
        tx.commit().await.expect("a commit");
        assert!(matches!(desk.check(&wrong(&passcode.code(&server.master_key))).await, Checked::Lapsed));
    })
    .await;
}
