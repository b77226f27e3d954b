use super::*;
use crate::testing::on_both_engines;

#[tokio::test]
async fn a_key_is_made_once_and_found_by_another_process() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let (first, second) = (SigningKeys::default(), SigningKeys::default());
        let (one, other) = tokio::join!(
            first.signer(&server, tenant, Algorithm::Es256),
            second.signer(&server, tenant, Algorithm::Es256)
        );
        let kid = one.expect("a key").kid().to_owned();
        assert_eq!(other.expect("a key").kid(), kid);
        assert_eq!(first.published(&server, tenant).await.expect("keys").len(), 1);
        assert!(second.verifier(&server, tenant, &kid).await.expect("an answer").is_some());
        let stranger = server.tenant("Fabrikam", "fabrikam.example").await.id;
        assert!(second.verifier(&server, stranger, &kid).await.expect("an answer").is_none());
    })
    .await;
}

#[tokio::test]
async fn x9_a_new_key_is_published_before_it_signs_and_the_old_one_stays_until_its_tokens_have_ended() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let keys = &server.signing_keys;
        let kid = async |keys: &SigningKeys| {
            keys.signer(&server, tenant, Algorithm::Es256).await.expect("a key").kid().to_owned()
        };
        let old = kid(keys).await;
        let successor = keys.successor(&server, tenant, Algorithm::Es256).await.expect("a successor");
        let mut tx = server.write().await.expect("a transaction");
        add(&mut tx, &successor).await.expect("added");
        tx.commit().await.expect("a commit");
        let new = successor.id;
        assert_eq!(kid(keys).await, old);
        assert_eq!(keys.published(&server, tenant).await.expect("keys").len(), 2);
        let again = keys.successor(&server, tenant, Algorithm::Es256).await;
        assert!(matches!(again, Err(SigningKeyError::RotationPending)));

        server.clock.advance(OVERLAP);
        assert_eq!(kid(keys).await, new);
        assert!(keys.verifier(&server, tenant, &old).await.expect("an answer").is_some());

        server.clock.advance(AFTERWARDS);
        assert!(keys.verifier(&server, tenant, &old).await.expect("an answer").is_none());
        assert_eq!(keys.published(&server, tenant).await.expect("keys").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn x9_the_private_half_is_sealed_to_its_row() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let record = generate(&server, tenant, Algorithm::Es256, 1, server.clock.now()).await.expect("a key");
        let other = KeyRecord { id: "other".to_owned(), ..record.clone() };
        assert!(Ring::open(&server, vec![record], None).is_ok());
        assert!(Ring::open(&server, vec![other], None).is_err());
    })
    .await;
}

#[tokio::test]
async fn x9_private_keys_are_encrypted_at_rest() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
            server.signing_keys.signer(&server, tenant, algorithm).await.expect("a key");
        }
        let mut tx = server.read().await.expect("a connection");
        let records = records(&mut tx, tenant, server.clock.now()).await.expect("the keys");
        drop(tx);
        assert_eq!(records.len(), 2);
        let contents = format!("{:?}", server.contents().await).to_lowercase();
        let other = MasterKey::parse(&"0f".repeat(32)).expect("a key");
        for record in records {
            let place = place(tenant, &record.id);
            let clear = server.master_key.open(&place, &record.sealed).expect("the master key opens it");
            assert!(other.open(&place, &record.sealed).is_err(), "no other key does");
            let is_shown = |part: &[u8]| record.sealed.windows(part.len()).any(|window| window == part);
            assert!(!clear.windows(16).any(is_shown), "a part of the key stands in its row");
            let hexadecimal = clear.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
            assert!(!contents.contains(&hexadecimal), "the key stands in the database");
        }
    })
    .await;
}
