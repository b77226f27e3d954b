//! From the file to the mails.

use super::{PATH, carry_out, failures, get, post, results, send};
use crate::audit::{ChangeFilter, store as audit_store};
use crate::bulk_invitations::store;
use crate::directory_roles;
use crate::graph::Role;
use crate::jobs::{self, Kind};
use crate::platform::ids::{BulkInvitationId, PrincipalId};
use crate::platform::{Secret, SecretKind};
use crate::tenants;
use crate::testing::{TestServer, on_both_engines, person};
use crate::users;
use axum::http::Method;
use database::sql;
use serde_json::{Value, json};
use std::time::Duration;

const FILE: &str = "email,displayName,message\n\
                    sam@partner.example,Sam,Welcome Sam\n\
                    not an address,=cmd,\n\
                    Sam@Partner.example,Again,\n\
                    ana@partner.example,Ana,\n\
                    priya@contoso.example,Priya,\n";

fn named(results: &[(i64, String)]) -> Vec<(i64, &str)> {
    results.iter().map(|(line, result)| (*line, result.as_str())).collect()
}

#[tokio::test]
async fn x2_a_file_is_checked_then_started_and_no_bad_or_repeated_row_stops_anybody() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let bulk = send(&server, &admin, FILE).await;
        assert_eq!((bulk["state"].as_str(), bulk["rowCount"].as_i64()), (Some("checking"), Some(5)));
        assert_eq!(post(&server, &admin, &bulk, "start").await.0, 409, "not before it was checked");

        server.run_due_jobs().await;
        let checked = get(&server, &admin, &bulk, "").await;
        assert_eq!(checked["state"], "checked");
        assert!(server.mailbox().is_empty(), "nobody is invited before it is started");
        let expected = [(2, "ready"), (3, "failed"), (4, "repeated"), (5, "ready"), (6, "failed")];
        assert_eq!(named(&results(&server, &admin, &bulk).await), expected);

        assert_eq!(post(&server, &admin, &bulk, "start").await.0, 200);
        server.run_due_jobs().await;
        let finished = get(&server, &admin, &bulk, "").await;
        assert_eq!(finished["state"], "finished");
        assert_eq!(
            (finished["results"]["invited"].as_i64(), finished["results"]["failed"].as_i64()),
            (Some(2), Some(2))
        );
        let expected = [(2, "invited"), (3, "failed"), (4, "repeated"), (5, "invited"), (6, "failed")];
        assert_eq!(named(&results(&server, &admin, &bulk).await), expected);
        let mails = server.mailbox();
        assert_eq!(mails.len(), 2);
        assert_eq!(mails.iter().filter(|mail| mail.text.contains("Welcome Sam")).count(), 1);
        assert_eq!(post(&server, &admin, &bulk, "stop").await.0, 409, "it has ended");
    })
    .await;
}

#[tokio::test]
async fn the_same_file_again_sends_nothing_twice() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        carry_out(&server, &admin, FILE).await;
        assert_eq!(server.mailbox().len(), 2);
        let again = carry_out(&server, &admin, FILE).await;
        let expected = [(2, "alreadyInvited"), (3, "failed"), (4, "repeated"), (5, "alreadyInvited"), (6, "failed")];
        assert_eq!(named(&results(&server, &admin, &again).await), expected);
        assert_eq!(server.mailbox().len(), 2);
        // Something else is asked for, so it is done.
        let other = carry_out(&server, &admin, "email,message\nsam@partner.example,Another matter\n").await;
        assert_eq!(named(&results(&server, &admin, &other).await), [(2, "invited")]);
        assert_eq!(server.mailbox().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn x1_the_file_of_failures_runs_nothing_and_can_be_mended_and_sent() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let bulk = carry_out(&server, &admin, FILE).await;
        let file = failures(&server, &admin, &bulk).await;
        assert_eq!(file.lines().count(), 3, "{file}");
        assert!(file.contains("\"3\",") && file.contains("\"not an address\",\"'=cmd\""), "{file}");
        assert!(!file.contains("sam@"), "who was invited is not in it: {file}");

        let mended = file.replace("not an address", "cmd@partner.example");
        let second = carry_out(&server, &admin, &mended).await;
        let rows = get(&server, &admin, &second, "/rows?result=invited").await;
        assert_eq!(rows["value"][0]["invitedUserDisplayName"], "=cmd", "the name is as it was written");
        assert_eq!(rows["value"].as_array().map(Vec::len), Some(1));
    })
    .await;
}

/// The links that were mailed, as a reader could meet them: what they begin with, the tickets, and their stored hashes.
fn traces(server: &TestServer) -> Vec<String> {
    let mut traces = vec!["vsi_".to_owned()];
    for mail in server.mailbox() {
        let rest = mail.text.split_once("ticket=").expect("a link").1;
        let ticket = rest.split(|c: char| c.is_whitespace() || c == '&').next().unwrap_or_default();
        let hash = Secret::parse(SecretKind::InvitationTicket, ticket).expect("our own ticket").hash();
        traces.push(hash.0.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")));
        traces.push(ticket.to_owned());
    }
    traces
}

/// The log is read by the harness, for this test as for every other.
#[tokio::test]
async fn i4_what_became_of_a_file_tells_no_link_as_a_listing_an_export_or_a_page() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "ada", &[Role::GlobalAdministrator]).await;
        let admin = person(&user, vec![Role::GlobalAdministrator]);
        let first = carry_out(&server, &admin, FILE).await;
        // Who was invited by the first file stands in the second as failed or known.
        let second = carry_out(&server, &admin, FILE).await;
        let traces = traces(&server);
        assert_eq!(traces.len(), 5, "two links were mailed");
        let browser = server.signed_in(&user).await;
        for bulk in [&first, &second] {
            let id = bulk["id"].as_str().expect("an id");
            let run = format!("{PATH}/{id}");
            let filters = ["", "?result=invited", "?result=failed", "?result=repeated", "?result=alreadyInvited"];
            let listings = filters.map(|filter| format!("{run}/rows{filter}")).into_iter();
            for path in listings.chain([PATH.to_owned(), run.clone(), format!("{run}/failures")]) {
                let answer = server.api_as(&admin, Method::GET, &path, &Value::Null).await;
                assert_eq!(answer.status, 200, "{path}: {}", answer.text);
                let said = format!("{:?} {}", answer.headers, answer.text);
                assert!(!traces.iter().any(|trace| said.contains(trace)), "{path}: {said}");
            }
            let page = format!("/portal/contoso.example/invitations/bulk/{id}");
            for path in [format!("{page}/failures"), page] {
                let answer = browser.get(&path).await;
                assert_eq!(answer.status, 200, "{path}: {}", answer.text);
                assert!(!traces.iter().any(|trace| answer.text.contains(trace)), "{path}: {}", answer.text);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_role_that_is_taken_away_meanwhile_ends_the_run_visibly() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let mut tx = server.write().await.expect("a transaction");
        let mut settings = tenants::store::get_settings(&mut tx, tenant.id).await.expect("settings");
        settings.allow_invites_from = tenants::InvitersPolicy::AdminsAndGuestInviters;
        assert!(tenants::store::update_settings(&mut tx, tenant.id, &settings).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        let user = server.member(&tenant, "inviter", &[Role::GuestInviter]).await;
        let inviter = person(&user, vec![Role::GuestInviter]);
        let bulk = send(&server, &inviter, "sam@partner.example").await;
        server.run_due_jobs().await;
        assert_eq!(post(&server, &inviter, &bulk, "start").await.0, 200);

        let mut tx = server.write().await.expect("a transaction");
        let principal = PrincipalId::from(user.id);
        assert!(directory_roles::store::delete(&mut tx, tenant.id, principal, Role::GuestInviter).await.expect("gone"));
        tx.commit().await.expect("a commit");
        server.run_due_jobs().await;
        let stopped = get(&server, &inviter, &bulk, "").await;
        assert_eq!(stopped["state"], "stopped");
        assert!(stopped["problem"].as_str().is_some_and(|text| text.contains("may no longer invite")), "{stopped}");
        assert!(server.mailbox().is_empty());

        let mut tx = server.read().await.expect("a connection");
        let rows =
            audit_store::list_changes(&mut tx, tenant.id, &ChangeFilter::default(), None, 50).await.expect("rows");
        let told = rows.iter().find(|row| row.activity == "Bulk invite users - stopped (bulk)").expect("a row");
        assert!(!told.is_success());
    })
    .await;
}

/// As after a crash between an invitation and the note of it.
async fn forget_results(server: &TestServer, tenant: crate::platform::ids::TenantId, bulk: BulkInvitationId) {
    let mut tx = server.write().await.expect("a transaction");
    for statement in [
        sql!("UPDATE bulk_invitation_row SET result = 'ready' WHERE tenant_id = $1 AND result = 'invited'"),
        sql!(
            "UPDATE bulk_invitation SET state = 'running', finished_at = NULL, ready_rows = ready_rows + invited_rows,
                 invited_rows = 0 WHERE tenant_id = $1"
        ),
    ] {
        tx.query(statement).bind(tenant).execute().await.expect("forgotten");
    }
    let now = server.clock.now();
    jobs::enqueue(&mut tx, server, tenant, Kind::InviteMany, bulk.0, now).await.expect("a job");
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn a_job_that_begins_again_makes_no_invitation_twice() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let people: Vec<_> = (0..250).map(|n| format!("p{n}@partner.example\n")).collect();
        let bulk = carry_out(&server, &admin, &people.concat()).await;
        assert_eq!(server.mailbox().len(), 250);
        let id: BulkInvitationId = bulk["id"].as_str().expect("an id").parse().expect("an id");
        forget_results(&server, tenant.id, id).await;
        server.run_due_jobs().await;
        assert_eq!(server.mailbox().len(), 250);
        let finished = get(&server, &admin, &bulk, "").await;
        assert_eq!(
            (finished["state"].as_str(), finished["results"]["invited"].as_i64()),
            (Some("finished"), Some(250))
        );
    })
    .await;
}

#[tokio::test]
async fn x2_what_is_no_file_of_people_is_refused_and_leaves_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        for file in ["a,b\n1,2\n", "\n\n", "email\n", "\u{fffe}"] {
            let answer = server.api_as(&admin, Method::POST, PATH, &json!(file)).await;
            assert_eq!(answer.status, 400, "{file:?} {}", answer.text);
        }
        let answer = server.api_as(&admin, Method::POST, PATH, &json!({})).await;
        assert_eq!(answer.status, 415, "{}", answer.text);
        let contents = server.contents().await;
        assert!(contents["bulk_invitation"].is_empty() && contents["bulk_invitation_row"].is_empty());
        let listed = server.api_as(&admin, Method::GET, PATH, &Value::Null).await;
        assert_eq!(listed.json()["value"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn what_holds_for_all_rows_is_checked_before_the_first_one_is_taken() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        for (option, target) in [
            ("inviteRedirectUrl=https%3A%2F%2Fevil.test", "inviteRedirectUrl"),
            ("inviteRedirectUrl=nowhere", "inviteRedirectUrl"),
            ("messageLanguage=-", "messageLanguage"),
        ] {
            let path = format!("{PATH}?{option}");
            let answer = server.api_as(&admin, Method::POST, &path, &json!("email\na@partner.example\n")).await;
            assert_eq!(answer.status, 400, "{option}: {}", answer.text);
            assert_eq!(answer.json()["error"]["target"], target);
        }
        assert!(server.contents().await["bulk_invitation"].is_empty());
    })
    .await;
}

/// Security check I14: a guest learns from a list no more than from an invitation.
#[tokio::test]
async fn i14_a_list_of_a_guest_does_not_tell_whom_others_have_invited() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let file = "email\nsam@partner.example\n";
        carry_out(&server, &admin, file).await;
        let mut gus = server.member(&tenant, "gus", &[]).await;
        gus.user_type = users::UserType::Guest;
        let mut tx = server.write().await.expect("a transaction");
        assert!(users::store::update(&mut tx, &gus, server.clock.now()).await.expect("an answer"));
        tx.commit().await.expect("a commit");
        let gus = person(&gus, Vec::new());
        server.clock.advance(Duration::from_secs(1));
        let own = carry_out(&server, &gus, file).await;
        assert_eq!(named(&results(&server, &gus, &own).await), [(2, "invited")]);
        let again = carry_out(&server, &gus, file).await;
        assert_eq!(named(&results(&server, &gus, &again).await), [(2, "alreadyInvited")], "their own list is known");
        let other = carry_out(&server, &admin, file).await;
        assert_eq!(named(&results(&server, &admin, &other).await), [(2, "alreadyInvited")]);
    })
    .await;
}

/// A list that is longer than the hour of its inviter: run, rows and page say which mails wait, and for what.
#[tokio::test]
async fn a_run_says_that_its_mails_wait_for_a_limit() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let user = server.member(&tenant, "priya", &[Role::UserAdministrator]).await;
        let admin = person(&user, vec![Role::UserAdministrator]);
        let mut tx = server.write().await.expect("a transaction");
        for number in 0..crate::outbox::PER_RECIPIENT_AND_DAY {
            tx.query(sql!(
                "INSERT INTO mail (tenant_id, id, kind, recipient, recipient_folded, message_id, state, attempts,
                                   created_at, admitted_at, yields)
                 VALUES ($1, $2, 'invitation', $3, $3, $4, 'handedToRelay', 1, $5, $5, $6)"
            ))
            .bind(tenant.id)
            .bind(crate::platform::ids::MailId(server.entropy.random_uuid()))
            .bind("full@partner.example".to_owned())
            .bind(format!("<{number}@contoso.example>"))
            .bind(server.clock.now())
            .bind(false)
            .execute()
            .await
            .expect("a mail");
        }
        tx.commit().await.expect("a commit");
        let bulk = carry_out(&server, &admin, "email\nfree@partner.example\nfull@partner.example\n").await;
        server.run_due_jobs().await;
        let until = crate::platform::clock::rfc3339(server.clock.now().plus(Duration::from_hours(24)));
        let rows = get(&server, &admin, &bulk, "/rows").await["value"].clone();
        let waits = |object: &Value| (object["mailWaitsFor"].clone(), object["mailWaitsUntilDateTime"].clone());
        assert_eq!(waits(&rows[0]), (Value::Null, Value::Null));
        assert_eq!(waits(&rows[1]), (json!("mailbox"), json!(until)));
        assert_eq!(waits(&get(&server, &admin, &bulk, "").await), (json!("mailbox"), json!(until)));
        let here = format!("/portal/contoso.example/invitations/bulk/{}", bulk["id"].as_str().expect("an id"));
        let page = server.signed_in(&user).await.get(&here).await.text;
        assert!(page.contains("Not every mail has left yet."), "{page}");
        assert_eq!(
            page.matches("The mail waits. This mailbox has had five").count(),
            2,
            "above and at its row: {page}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_run_that_is_stopped_invites_nobody_else() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let bulk = send(&server, &admin, "sam@partner.example").await;
        server.run_due_jobs().await;
        assert_eq!(post(&server, &admin, &bulk, "start").await.0, 200);
        assert_eq!(post(&server, &admin, &bulk, "stop").await.1["state"], "stopped");
        server.run_due_jobs().await;
        assert!(server.mailbox().is_empty());
        assert_eq!(post(&server, &admin, &bulk, "start").await.0, 409);
    })
    .await;
}

#[tokio::test]
async fn another_administrator_looks_at_a_run_and_stops_it_but_does_not_start_it() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let (admin, other) = (server.administrator(&tenant).await, server.administrator(&tenant).await);
        let bulk = send(&server, &admin, "sam@partner.example").await;
        server.run_due_jobs().await;
        assert_eq!(get(&server, &other, &bulk, "").await["state"], "checked");
        assert_eq!(post(&server, &other, &bulk, "start").await.0, 409, "the invitations would come from somebody else");
        assert_eq!(post(&server, &other, &bulk, "stop").await.0, 200);
    })
    .await;
}

#[tokio::test]
async fn what_nobody_started_is_removed_after_a_week() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let bulk = send(&server, &admin, FILE).await;
        server.run_due_jobs().await;
        server.clock.advance(Duration::from_hours(6 * 24));
        assert_eq!(crate::bulk_invitations::purge(&server).await.expect("a purge"), 0);
        server.clock.advance(Duration::from_hours(2 * 24));
        assert_eq!(crate::bulk_invitations::purge(&server).await.expect("a purge"), 6);
        let mut tx = server.read().await.expect("a connection");
        let id: BulkInvitationId = bulk["id"].as_str().expect("an id").parse().expect("an id");
        assert!(store::find(&mut tx, tenant.id, id).await.expect("an answer").is_none());
    })
    .await;
}
