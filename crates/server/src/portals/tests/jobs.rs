//! Jobs in the portal and by the API.

use super::{HOSTILE, mail};
use crate::audit::{Activity, ChangeFilter, store};
use crate::bulk_invitations;
use crate::graph::{Caller, Role};
use crate::jobs;
use crate::platform::ids::{BulkInvitationId, TenantId};
use crate::testing::{TestServer, on_both_engines};
use axum::http::{Method, StatusCode};
use database::sql;
use serde_json::{Value, json};
use std::time::Duration;

const PATH: &str = "/portal/contoso.example/jobs";
const API: &str = "/vestibule/v1/jobs";

async fn get(server: &TestServer, caller: &Caller, path: &str) -> Value {
    let answer = server.api_as(caller, Method::GET, path, &Value::Null).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()["value"].clone()
}

/// The activities of the audit, the newest first, without those of the set-up.
async fn audited(server: &TestServer, tenant: TenantId, activity: Activity) -> usize {
    let filter = ChangeFilter { activity: Some(activity.name().to_owned()), ..ChangeFilter::default() };
    let mut tx = server.read().await.expect("a connection");
    store::list_changes(&mut tx, tenant, &filter, None, 1000).await.expect("the audit").len()
}

/// A list of people to invite; the database is away whenever its job runs.
async fn failing_run(server: &TestServer, caller: &Caller) -> BulkInvitationId {
    let answer =
        server.api_as(caller, Method::POST, "/vestibule/v1/bulkInvitations", &json!("kim@partner.example\n")).await;
    let id: BulkInvitationId = answer.json()["id"].as_str().expect("an id").parse().expect("an id");
    let mut tx = server.write().await.expect("a transaction");
    let job = sql!("UPDATE job SET state = 'failed', last_error = 'away' WHERE tenant_id = $1 AND subject = $2");
    tx.query(job).bind(caller.tenant).bind(id.0).execute().await.expect("given up");
    let run = sql!(
        "UPDATE bulk_invitation SET state = 'stopped', problem = 'It failed too often.', finished_at = created_at
         WHERE tenant_id = $1 AND id = $2"
    );
    tx.query(run).bind(caller.tenant).bind(id.0).execute().await.expect("stopped");
    tx.commit().await.expect("a commit");
    id
}

#[tokio::test]
async fn jobs_are_listed_and_what_was_given_up_is_tried_again() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        assert!(browser.get(PATH).await.text.contains("Nothing is left to do"));
        mail::send(&server, tenant.id, "sam@partner.example").await;
        assert!(browser.get(PATH).await.text.contains("Nothing is left to do"), "what is done is no job");
        // No address, so the mail can never be written.
        mail::send(&server, tenant.id, HOSTILE).await;
        mail::send(&server, other.id, "no address at all").await;
        let all = browser.get(PATH).await.text;
        assert!(all.contains("Given up") && all.contains("1 of 30") && !all.contains("<script>"), "X4: {all}");
        assert!(!all.contains("no address at all"), "jobs of others are theirs: {all}");
        assert!(browser.get(&format!("{PATH}?state=waiting")).await.text.contains("No job is like that"));
        assert!(browser.get(&format!("{PATH}?kind=invite_many")).await.text.contains("No job is like that"));
        assert_eq!(browser.get(&format!("{PATH}?state=unheard-of")).await.status, StatusCode::BAD_REQUEST);
        let one = browser.get(&format!("{PATH}?state=failed&kind=send_mail")).await.text;
        assert!(one.contains("Try the failed job again") && one.contains("Try again<"), "{one}");
        let again = browser.submit_to("/retry", &[]).await.text;
        assert!(again.contains("1 job is tried again within a minute."), "{again}");
        assert!(again.contains("Failed, tries again") && !again.contains("Try again<"), "{again}");
        assert_eq!(audited(&server, tenant.id, Activity::RetryMail).await, 1);
        server.run_due_jobs().await;
        let again = browser.get(PATH).await.text;
        assert!(again.contains("Try again<"), "it failed once more: {again}");
    })
    .await;
}

#[tokio::test]
async fn a_job_whose_processes_died_says_so() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        mail::send(&server, tenant.id, "no address").await;
        for (deaths, sentence) in [
            (0_i64, "Waiting"),
            (1, "The process that tried it last came to its end before it was done."),
            (3, "The last 3 processes that tried it came to their end before it was done."),
        ] {
            let mut tx = server.write().await.expect("a transaction");
            let died = sql!("UPDATE job SET state = 'waiting', last_error = NULL, deaths = $2 WHERE tenant_id = $1");
            tx.query(died).bind(tenant.id).bind(deaths).execute().await.expect("a job");
            tx.commit().await.expect("a commit");
            let page = browser.get(PATH).await.text;
            assert!(page.contains(sentence), "{page}");
            assert_eq!(page.contains("came to"), deaths > 0, "{page}");
        }
    })
    .await;
}

#[tokio::test]
async fn all_that_failed_is_tried_again_at_once() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let administrator = server.administrator(&tenant).await;
        for at in 0..3 {
            mail::send(&server, tenant.id, &format!("{at} is no address")).await;
        }
        mail::send(&server, other.id, "no address").await;
        let run = failing_run(&server, &administrator).await;
        assert_eq!(
            get(&server, &administrator, &format!("{API}?state=failed")).await.as_array().map(Vec::len),
            Some(4)
        );
        let answer = server.api_as(&administrator, Method::POST, &format!("{API}/retryFailed"), &Value::Null).await;
        assert_eq!((answer.status, answer.json()["retried"].as_i64()), (StatusCode::OK, Some(4)), "{}", answer.text);
        let waiting = get(&server, &administrator, API).await;
        for job in waiting.as_array().expect("jobs") {
            assert_eq!((&job["state"], &job["attempts"]), (&json!("waiting"), &json!(0)), "{job}");
            assert!(job["nextAttemptDateTime"].is_string(), "{job}");
        }
        assert_eq!(audited(&server, tenant.id, Activity::RetryMail).await, 3);
        assert_eq!(audited(&server, tenant.id, Activity::ResumeBulkInvite).await, 1);
        assert_eq!(audited(&server, other.id, Activity::RetryMail).await, 0);
        server.run_due_jobs().await;
        let path = format!("/vestibule/v1/bulkInvitations/{run}");
        let bulk = server.api_as(&administrator, Method::GET, &path, &Value::Null).await.json();
        assert_eq!(bulk["state"], "checked", "the list went on where it was: {bulk}");
        let answer = server.api_as(&administrator, Method::POST, &format!("{API}/retryFailed"), &Value::Null).await;
        assert_eq!(answer.json()["retried"], 3, "the mails failed again, the list did not");
    })
    .await;
}

#[tokio::test]
async fn what_was_not_given_up_or_is_gone_is_not_tried_again() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let body = json!({
            "invitedUserEmailAddress": "sam@partner.example",
            "inviteRedirectUrl": "https://myapps.microsoft.com",
            "sendInvitationMessage": true,
        });
        let invited = server.api_as(&administrator, Method::POST, "/v1.0/invitations", &body).await;
        assert!(invited.status.is_success(), "{}", invited.text);
        let jobs = get(&server, &administrator, API).await;
        let (job, mail) = (jobs[0]["id"].as_str().expect("a job"), jobs[0]["subject"]["id"].as_str().expect("a mail"));
        assert_eq!(jobs[0]["subject"]["displayName"], "sam@partner.example");
        let retry = async |id: &str| {
            server.api_as(&administrator, Method::POST, &format!("{API}/{id}/retry"), &Value::Null).await.status
        };
        assert_eq!(retry(job).await, StatusCode::CONFLICT);
        assert_eq!(retry(mail).await, StatusCode::NOT_FOUND);
        // The database was away when the last attempt was written: the mail does not know that it was given up.
        let mut tx = server.write().await.expect("a transaction");
        let failed = sql!("UPDATE job SET state = 'failed', last_error = 'away' WHERE tenant_id = $1");
        tx.query(failed).bind(tenant.id).execute().await.expect("given up");
        tx.commit().await.expect("a commit");
        assert_eq!(retry(job).await, StatusCode::NO_CONTENT);
        server.run_due_jobs().await;
        assert!(server.mailbox().iter().any(|mail| mail.to.iter().any(|to| to.contains("sam@partner.example"))));
        assert_eq!(retry(job).await, StatusCode::NOT_FOUND, "what is done is no job");
    })
    .await;
}

#[tokio::test]
async fn a_list_that_somebody_stopped_does_not_go_on() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        let run = failing_run(&server, &administrator).await;
        let mut tx = server.write().await.expect("a transaction");
        let stopped = sql!("UPDATE bulk_invitation SET problem = NULL WHERE tenant_id = $1 AND id = $2");
        tx.query(stopped).bind(tenant.id).bind(run.0).execute().await.expect("stopped");
        tx.commit().await.expect("a commit");
        let answer = server.api_as(&administrator, Method::POST, &format!("{API}/retryFailed"), &Value::Null).await;
        assert_eq!(answer.json()["retried"], 1);
        server.run_due_jobs().await;
        let path = format!("/vestibule/v1/bulkInvitations/{run}");
        let bulk = server.api_as(&administrator, Method::GET, &path, &Value::Null).await.json();
        assert_eq!((&bulk["state"], get(&server, &administrator, API).await), (&json!("stopped"), json!([])));
    })
    .await;
}

#[tokio::test]
async fn a_list_that_is_purged_takes_its_job_along() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let administrator = server.administrator(&tenant).await;
        failing_run(&server, &administrator).await;
        server.clock.advance(Duration::from_hours(181 * 24));
        bulk_invitations::purge(&server).await.expect("a purge");
        assert_eq!(get(&server, &administrator, API).await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn long_lists_of_jobs_have_pages() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        let mut tx = server.write().await.expect("a transaction");
        for _ in 0..120 {
            server.clock.advance(Duration::from_millis(1));
            let (subject, now) = (server.entropy.random_uuid(), server.clock.now());
            jobs::enqueue(&mut tx, &server, tenant.id, jobs::Kind::SendMail, subject, now).await.expect("a job");
        }
        tx.commit().await.expect("a commit");
        let browser = server.signed_in(&ines).await;
        let mut page = browser.get(&format!("{PATH}?kind=send_mail")).await.text;
        let mut shown = Vec::new();
        loop {
            shown.push(page.matches("What it was about is gone</bdi>").count());
            let Some(href) = page.split("href=\"").find(|rest| rest.contains(">Older<") && rest.contains("after="))
            else {
                break;
            };
            let href = href.split('"').next().expect("an address").replace("&#38;", "&");
            page = browser.get(&href).await.text;
        }
        assert_eq!(shown, [50, 50, 20]);
        let administrator = server.administrator(&tenant).await;
        let first = server.api_as(&administrator, Method::GET, API, &Value::Null).await.json();
        assert_eq!(first["value"].as_array().map(Vec::len), Some(100));
        let next = first["@odata.nextLink"].as_str().expect("a link");
        let next = next.split_once("localhost:8080").expect("our address").1;
        assert_eq!(get(&server, &administrator, next).await.as_array().map(Vec::len), Some(20));
    })
    .await;
}

/// Work without a page of its own that was given up.
async fn others_failed(server: &TestServer, tenant: TenantId) {
    let mut tx = server.write().await.expect("a transaction");
    for kind in [jobs::Kind::Notify, jobs::Kind::NotifyLifecycle, jobs::Kind::ClearUp] {
        let (subject, now) = (server.entropy.random_uuid(), server.clock.now());
        jobs::enqueue(&mut tx, server, tenant, kind, subject, now).await.expect("a job");
    }
    let failed = sql!("UPDATE job SET state = 'failed', last_error = 'away' WHERE tenant_id = $1");
    tx.query(failed).bind(tenant).execute().await.expect("given up");
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn work_without_a_page_of_its_own_is_tried_again_with_the_rest_and_told() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::UserAdministrator]).await;
        others_failed(&server, tenant.id).await;
        let browser = server.signed_in(&ines).await;
        let overview = browser.get("/portal/contoso.example").await.text;
        assert!(overview.contains("pieces of other work were given up"), "{overview}");
        let page = browser.get(PATH).await.text;
        assert!(page.contains("Try all 3 failed jobs again") && page.contains("Telling a program"), "{page}");
        assert!(!page.contains("class=\"row-link\""), "no row leads to where one is: {page}");
        let again = browser.submit_to("/retry", &[]).await.text;
        assert!(again.contains("3 jobs are tried again, beginning within a minute."), "{again}");
        assert!(!again.contains("failed jobs again"), "the button has done what it said: {again}");
        assert_eq!(audited(&server, tenant.id, Activity::RetryJob).await, 3);
        assert_eq!(server.run_due_jobs().await, 3);
        assert!(browser.get(PATH).await.text.contains("Nothing is left to do"));
        assert!(!browser.get("/portal/contoso.example").await.text.contains("given up"));
    })
    .await;
}

#[tokio::test]
async fn work_without_a_page_of_its_own_is_tried_again_once() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let other = server.tenant("Fabrikam", "fabrikam.example").await;
        let administrator = server.administrator(&tenant).await;
        others_failed(&server, tenant.id).await;
        let listed = get(&server, &administrator, &format!("{API}?kind=clear_up")).await;
        let path = format!("{API}/{}/retry", listed[0]["id"].as_str().expect("a job"));
        let stranger = server.administrator(&other).await;
        for (caller, status) in [
            (&stranger, StatusCode::NOT_FOUND),
            (&administrator, StatusCode::NO_CONTENT),
            (&administrator, StatusCode::CONFLICT),
        ] {
            let answer = server.api_as(caller, Method::POST, &path, &Value::Null).await;
            assert_eq!(answer.status, status, "{}", answer.text);
        }
        assert_eq!(audited(&server, tenant.id, Activity::RetryJob).await, 1);
        let answer = server.api_as(&administrator, Method::POST, &format!("{API}/retryFailed"), &Value::Null).await;
        assert_eq!(answer.json()["retried"], 2, "{}", answer.text);
    })
    .await;
}
