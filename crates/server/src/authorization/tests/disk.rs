//! The token endpoint on a disk that is full or read-only: nothing that was handed out is lost.

use super::flow::Flow;
use crate::testing::failures::{invite, pragma};
use crate::testing::{Answer, on_sqlite};

/// What a token endpoint says when it cannot write: come again, in the words of OAuth.
fn assert_unavailable(answer: &Answer, what: &str) {
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "5"), "{what}: {}", answer.text);
    assert_eq!(answer.json()["error"], "temporarily_unavailable", "{what}");
}

#[tokio::test]
async fn a_code_and_a_refresh_token_refused_on_a_full_disk_are_good_when_there_is_room() {
    on_sqlite(async |server| {
        let flow = Flow::new(&server).await;
        let tokens = flow.tokens().await;
        let refresh_token = tokens["refresh_token"].as_str().expect("a refresh token");
        let code = flow.code().await;
        server.flush_sign_ins().await;
        pragma(&server, "PRAGMA max_page_count = 1").await;
        // The last free pages are used up by others.
        let mut n = 0;
        while invite(&server, &flow.tenant, &format!("guest{n}")).await.0 == 201 {
            n += 1;
            assert!(n < 2_000, "the disk is full some time");
        }
        let mut is_refused = false;
        let mut last = refresh_token.to_owned();
        for _ in 0..500 {
            // A row may still fit where there is room in a page.
            let answer = flow.refresh(&last, &[]).await;
            if answer.status != 200 {
                assert_unavailable(&answer, "the refresh token");
                is_refused = true;
                break;
            }
            answer.json()["refresh_token"].as_str().expect("a successor").clone_into(&mut last);
        }
        assert!(is_refused, "the disk is full");
        assert_unavailable(&flow.redeem(&code, &[]).await, "the code");
        pragma(&server, "PRAGMA max_page_count = 4294967294").await;
        assert_eq!(flow.redeem(&code, &[]).await.status, 200, "the code was not spent");
        assert_eq!(flow.refresh(&last, &[]).await.status, 200, "the refresh token was not spent");
    })
    .await;
}

#[tokio::test]
async fn a_code_and_a_refresh_token_refused_on_a_read_only_database_are_not_spent() {
    on_sqlite(async |server| {
        let flow = Flow::new(&server).await;
        let tokens = flow.tokens().await;
        let refresh_token = tokens["refresh_token"].as_str().expect("a refresh token");
        let code = flow.code().await;
        server.flush_sign_ins().await;
        let before = server.contents().await;
        pragma(&server, "PRAGMA query_only = on").await;
        assert_unavailable(&flow.redeem(&code, &[]).await, "the code");
        assert_unavailable(&flow.refresh(refresh_token, &[]).await, "the refresh token");
        assert_eq!(server.contents().await, before, "both are as they were");
    })
    .await;
}
