//! What the API says of mails that wait for a limit, and how lists of mails are read.

use super::{message, send};
use crate::graph::Permission;
use crate::outbox::{Filter, Kind, Message, Place, State, store};
use crate::platform::clock::rfc3339;
use crate::platform::ids::{MailId, TenantId};
use crate::testing::{on_both_engines, on_sqlite};
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

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

/// SQLite plans by the statement alone, so a plan is the same with a million mails.
#[tokio::test]
async fn mails_in_one_state_are_read_by_it_and_by_age() {
    on_sqlite(async |server| {
        let mut tx = server.read().await.expect("a connection");
        let place = Place { created_at: 0, id: MailId(Uuid::nil()) };
        let states = State::ALL.iter().map(|state| (Some(*state), "mail_by_state (tenant_id=? AND state=?"));
        for (state, index) in states.chain([(None, "mail_by_age (tenant_id=?")]) {
            for after in [None, Some(place)] {
                let query = store::query_list(&mut tx, TenantId(Uuid::nil()), Filter { state }, after, 51);
                let plan = query.explain().await.expect("a plan");
                assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{state:?}\n{plan}");
            }
        }
    })
    .await;
}
