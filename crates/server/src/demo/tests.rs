//! The demo's promises, without sockets.

use super::contract::Contract;
use super::directory::Directory;
use super::{mailbox, provision};
use crate::graph::{Caller, Permission};
use crate::platform::Mailbox;
use crate::platform::mailbox::Received;
use crate::service_principals;
use crate::testing::{START, on_sqlite};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;
use tower::ServiceExt as _;
use uuid::Uuid;

#[tokio::test]
async fn the_contract_has_its_shape_and_is_private() {
    on_sqlite(async |server| {
        let parent = tempfile::tempdir().expect("a directory");
        let directory = Directory::open(&parent.path().join("demo"), false).expect("a directory");
        let tenants = provision::tenants(&server, &directory).await.expect("the organisations");
        let contract = Contract::new("http://localhost:8080".to_owned(), None, tenants);
        contract.write(&directory).expect("the file");
        let file = directory.contract();
        assert_eq!(std::fs::metadata(&file).expect("the file").permissions().mode() & 0o777, 0o600);
        let json: Value = serde_json::from_slice(&std::fs::read(&file).expect("the file")).expect("JSON");
        assert_eq!(keys(&json), ["base_url", "ca_certificate", "mailbox", "tenants"]);
        assert_eq!(json["ca_certificate"], Value::Null);
        assert_eq!(json["mailbox"], "http://localhost:8080/demo/mailbox.json");
        for (tenant, name) in json["tenants"].as_array().expect("a list").iter().zip(["Contoso", "Fabrikam"]) {
            let members = ["administrator", "app", "automation", "daemon", "domain", "id", "member", "name"];
            assert_eq!(keys(tenant), members);
            assert_eq!(tenant["name"], name);
            assert_eq!(tenant["domain"], format!("{}.example", name.to_lowercase()));
            assert_eq!(keys(&tenant["administrator"]), ["password", "upn"]);
            assert_eq!(keys(&tenant["daemon"]), ["client_id", "client_secret"]);
            assert_eq!(keys(&tenant["app"]), ["client_id", "client_secret", "redirect_uri", "url"]);
        }
    })
    .await;
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[tokio::test]
async fn a_second_start_shows_the_same_people_and_programs_hold_what_they_should() {
    on_sqlite(async |server| {
        let parent = tempfile::tempdir().expect("a directory");
        let directory = Directory::open(&parent.path().join("demo"), false).expect("a directory");
        let first = provision::tenants(&server, &directory).await.expect("the organisations");
        let second = provision::tenants(&server, &directory).await.expect("the organisations");
        assert_eq!(serde_json::json!(first), serde_json::json!(second));
        for tenant in &first {
            let mut tx = server.read().await.expect("a connection");
            let caller = Caller::system(tenant.id);
            for (program, expected) in
                [(&tenant.daemon, vec![Permission::UserInviteAll]), (&tenant.automation, application_permissions())]
            {
                let principal = service_principals::store::find_by_client(&mut tx, caller.tenant, program.client_id);
                let principal = principal.await.expect("an answer").expect("the program");
                let held = service_principals::permissions_of(&mut tx, caller.tenant, principal.id).await;
                assert_eq!(held.expect("permissions"), expected, "{}", tenant.name);
            }
        }
    })
    .await;
}

fn application_permissions() -> Vec<Permission> {
    Permission::ALL.iter().copied().filter(|permission| permission.role_id().is_some()).collect()
}

fn mail(subject: &str, to: &str, cc: &str) -> Received {
    let subject = subject.to_owned();
    Received {
        id: Uuid::from_u128(u128::from(subject.len() as u64)),
        message_id: subject.clone(),
        delivered_to: vec![to.to_owned()],
        to: vec![to.to_owned()],
        cc: vec![cc.to_owned()],
        from: "Contoso <invitations@vestibule.example>".to_owned(),
        reply_to: vec!["priya@contoso.example".to_owned()],
        subject,
        text: "Hello".to_owned(),
        html: "<html><head></head><body><script>alert(1)</script></body></html>".to_owned(),
        received_at: START,
        raw: String::new(),
    }
}

async fn get(mailbox: &Mailbox, path: &str) -> (StatusCode, String, String) {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let response = mailbox::routes(mailbox.clone()).oneshot(request).await.expect("an answer");
    let status = response.status();
    let policy =
        response.headers().get(header::CONTENT_SECURITY_POLICY).map_or("", |value| value.to_str().unwrap_or(""));
    let policy = policy.to_owned();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    (status, policy, String::from_utf8(bytes.to_vec()).expect("text"))
}

#[tokio::test]
async fn the_mailbox_answers_by_to_and_cc_newest_first() {
    let mailbox = Mailbox::default();
    for subject in ["1", "22", "333"] {
        mailbox.store(mail(subject, "sam@fabrikam.example", "boss@fabrikam.example"));
    }
    mailbox.store(mail("4444", "other@fabrikam.example", "x@fabrikam.example"));
    for address in ["sam@fabrikam.example", "SAM@Fabrikam.example", "boss@fabrikam.example"] {
        let (_, _, text) = get(&mailbox, &format!("/demo/mailbox.json?to={address}")).await;
        let mails: Vec<Value> = serde_json::from_str(&text).expect("JSON");
        let subjects: Vec<_> = mails.iter().map(|mail| mail["subject"].as_str().expect("a subject")).collect();
        assert_eq!(subjects, ["333", "22", "1"], "{address}");
        let members = ["cc", "from", "html", "id", "received_at", "reply_to", "subject", "text", "to"];
        assert_eq!(keys(&mails[0]), members);
        assert_eq!(mails[0]["received_at"], "2026-11-23T09:00:00Z");
    }
    assert_eq!(get(&mailbox, "/demo/mailbox.json?to=nobody@x.example").await.2, "[]");
}

#[tokio::test]
async fn a_mail_is_shown_in_a_sandbox_without_scripts() {
    let mailbox = Mailbox::default();
    mailbox.store(mail("<b>bold</b>", "sam@fabrikam.example", "boss@fabrikam.example"));
    let id = mailbox.list(None)[0].id;
    let (status, _, list) = get(&mailbox, "/demo/mailbox").await;
    assert_eq!(status, StatusCode::OK);
    assert!(!list.contains("<b>bold"), "the subject is text: {list}");
    let (status, _, page) = get(&mailbox, &format!("/demo/mailbox/{id}")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(!page.contains("alert(1)"), "{page}");
    let (status, policy, _) = get(&mailbox, &format!("/demo/mailbox/{id}/html")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(policy.starts_with("sandbox ") && !policy.contains("allow-scripts"), "{policy}");
    assert!(policy.contains("default-src 'none'"), "{policy}");
    assert_eq!(get(&mailbox, &format!("/demo/mailbox/{}", Uuid::nil())).await.0, StatusCode::NOT_FOUND);
}
