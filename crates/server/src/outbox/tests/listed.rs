//! What the API says of mails that wait for a limit.

use super::{message, send};
use crate::graph::Permission;
use crate::outbox::{Kind, Message};
use crate::platform::clock::rfc3339;
use crate::platform::ids::MailId;
use crate::testing::on_both_engines;
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);
const BOSS: &str = "boss@contoso.example";

/// What is said of a mail: the limit, and until when.
fn told(mails: &[Value], id: MailId) -> (Value, Value) {
    let mail = mails.iter().find(|mail| mail["id"] == id.to_string()).expect("the mail");
    (mail["waitsFor"].clone(), mail["waitsUntilDateTime"].clone())
}

#[tokio::test]
async fn a_mail_says_which_limit_it_waits_for_and_when_its_turn_comes() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await.id;
        let caller = server.application(tenant, &[Permission::UserReadWriteAll]);
        let start = server.clock.now();
        let mut mails = Vec::new();
        for _ in 0..7 {
            mails.push(send(&server, tenant, &message(BOSS)).await);
            server.run_due_jobs().await;
            server.clock.advance(HOUR);
        }
        let lost = send(&server, tenant, &message("no address")).await;
        server.run_due_jobs().await;
        // Codes wait for none of the limits.
        let code = send(&server, tenant, &Message { kind: Kind::Passcode, ..message(BOSS) }).await;
        let list = async |query: &str| {
            let path = format!("/vestibule/v1/mails{query}");
            let answer = server.api_as(&caller, Method::GET, &path, &Value::Null).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            answer.json()["value"].as_array().expect("mails").clone()
        };
        let (all, queued) = (list("").await, list("?state=queued").await);
        assert_eq!((all.len(), queued.len()), (9, 3));
        for id in [mails[0], mails[4], lost, code] {
            assert_eq!(told(&all, id), (Value::Null, Value::Null));
        }
        for (mail, hours) in [(mails[5], 24), (mails[6], 25)] {
            let until = rfc3339(start.plus(hours * HOUR));
            assert_eq!(told(&all, mail), (json!("mailbox"), json!(until)));
            assert_eq!(told(&queued, mail), told(&all, mail));
        }
        let retry = format!("/vestibule/v1/mails/{lost}/retry");
        let again = server.api_as(&caller, Method::POST, &retry, &Value::Null).await.json();
        assert_eq!(again["state"], "queued", "{again}");
        assert_eq!(told(std::slice::from_ref(&again), lost), (Value::Null, Value::Null));
    })
    .await;
}
