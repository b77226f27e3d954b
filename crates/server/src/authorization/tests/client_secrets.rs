//! Nobody learns by guessing how near to a secret of an app the guess was.

use crate::testing::{App, Recorder, TestServer, on_both_engines};

/// The answer to a program with this secret, without what names the one request.
async fn answer(server: &TestServer, app: &mut App, secret: &str) -> (u16, String, i64) {
    app.secret = secret.to_owned();
    let answer = server.ask_token(app, "https://graph.microsoft.com/.default").await;
    let body = answer.json();
    let description = body["error_description"].as_str().unwrap_or_default();
    let words = description.split(" Trace ID").next().unwrap_or_default().to_owned();
    (answer.status.as_u16(), words, body["error_codes"][0].as_i64().unwrap_or_default())
}

#[tokio::test]
async fn i17_x6_every_wrong_secret_gets_the_same_answer_for_the_same_work() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let elsewhere = server.program(&other, &[]).await.secret;
        let beside = server.program(&tenant, &[]).await.secret;
        let mut app = server.program(&tenant, &[]).await;
        let own = app.secret.clone();
        let changed = {
            let (start, end) = own.split_at(own.len() - 10);
            let other = if end.starts_with('A') { "B" } else { "A" };
            format!("{start}{other}{}", &end[1..])
        };
        let (renamed, long) = (own.replace("vsk_", "vsr_"), "x".repeat(2000));
        let guesses = [changed.as_str(), "x", "vsk_", &own[..20], &own[4..], &renamed, &long, &beside, &elsewhere];
        let recorder = Recorder::start();
        // The first one reads what is kept for those after it.
        answer(&server, &mut app, &changed).await;
        let cold = recorder.take();
        assert!(cold.iter().filter(|line| line.contains("a statement runs")).count() > 3, "{cold:?}");
        server.flush_sign_ins().await;
        let mut seen = Vec::new();
        for guess in guesses {
            recorder.take();
            let answer = answer(&server, &mut app, guess).await;
            // The rows of the log are written together, half a second later: on a slow machine in the middle of this.
            let work: Vec<String> =
                recorder.take().into_iter().filter(|line| !line.contains("crates/server/src/audit/")).collect();
            server.flush_sign_ins().await;
            seen.push((answer, work));
        }
        let ((status, _, number), work) = &seen[0];
        assert_eq!((*status, *number), (401, 7_000_215));
        assert_eq!(work.iter().filter(|line| line.contains("compared=1 ")).count(), 1, "{work:?}");
        for (guess, other) in guesses.iter().zip(&seen) {
            assert_eq!(other, &seen[0], "{guess}");
        }
        assert_eq!(answer(&server, &mut app, &own).await.0, 200, "the secret itself is good");
    })
    .await;
}
