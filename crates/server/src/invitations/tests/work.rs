//! What an invitation asks of the database.

use crate::graph::Permission;
use crate::testing::{Recorder, Work, on_both_engines};
use axum::http::Method;
use serde_json::json;

#[tokio::test]
async fn an_invitation_reads_its_people_and_writes_once() {
    on_both_engines(async |server| {
        server.caught_up().await;
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let app = server.program(&tenant, &[Permission::UserInviteAll]).await;
        let token = server.token(&app).await;
        // The token is told in the log a little later, and is no part of an invitation.
        server.flush_sign_ins().await;
        let recorder = Recorder::start();
        let mut works = Vec::new();
        for (local, mailed) in [("ann", true), ("bob", true), ("bob", false)] {
            recorder.take();
            let transactions = server.database.statistics().writes.count;
            let body = json!({
                "invitedUserEmailAddress": format!("{local}@fabrikam.example"),
                "inviteRedirectUrl": "https://contoso.example/",
                "sendInvitationMessage": mailed,
            });
            let answer = server.api(Method::POST, "/v1.0/invitations", &token, &body).await;
            assert_eq!(answer.status, 201, "{}", answer.text);
            assert_eq!(server.database.statistics().writes.count - transactions, 1);
            works.push(recorder.work());
        }
        let counts: Vec<_> = works[1..].iter().map(Work::count).collect();
        assert_eq!(counts, [(5, 8), (1, 8)], "a new guest, whom nobody answers for, and a known one: {works:#?}");
    })
    .await;
}
