//! The mail that carries an invitation.

use super::{change, invite, list, post, wish, with};
use crate::graph::Permission;
use crate::platform::mailbox::Received;
use crate::testing::{TestServer, on_both_engines, person};
use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};
use std::time::Duration;

fn mail(info: &Value) -> Value {
    json!({ "sendInvitationMessage": true, "invitedUserMessageInfo": info })
}

async fn newest(server: &TestServer) -> Received {
    server.run_due_jobs().await;
    server.mailbox().first().cloned().expect("a mail")
}

#[tokio::test]
async fn the_mail_says_who_invites_to_what_in_whose_words() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let properties = crate::applications::Changes {
            home_page_url: Some(Some("https://expenses.test/".to_owned())),
            ..crate::applications::Changes::default()
        };
        server.app(&tenant, "Expenses", properties).await;
        let priya = server.member(&tenant, "priya", &[]).await;
        let caller = person(&priya, Vec::new());
        let info = json!({
            "customizedMessageBody": "Hello Sam.\nShout if anything is odd.",
            // Graph honours the first.
            "ccRecipients": [
                { "emailAddress": { "name": "Boss", "address": "boss@contoso.example" } },
                { "emailAddress": { "address": "second@contoso.example" } },
            ],
        });
        let mut body = with("sam@fabrikam.example", &mail(&info));
        body["inviteRedirectUrl"] = "https://expenses.test/".into();
        let invited = invite(&server, &caller, &body).await;
        assert_eq!(invited["sendInvitationMessage"], true);
        assert_eq!(list(&server, &caller, "").await[0]["state"], "queued");
        let mail = newest(&server).await;
        assert_eq!(
            (mail.to.as_slice(), mail.cc.as_slice()),
            (["sam@fabrikam.example".to_owned()].as_slice(), ["boss@contoso.example".to_owned()].as_slice())
        );
        assert_eq!(mail.reply_to, ["priya@contoso.example"]);
        assert!(mail.from.contains("Contoso with Vestibule") && mail.from.contains("<invitations@vestibule.example>"));
        let link = invited["inviteRedeemUrl"].as_str().expect("a link");
        for part in [&mail.text, &mail.html] {
            for said in ["priya", "Contoso", "Expenses", "expenses.test", "Hello Sam.", "no-more-invitations?token="] {
                assert!(part.contains(said), "{said}: {part}");
            }
        }
        assert!(mail.text.contains(link));
        let block = mail.header("List-Unsubscribe").expect("the header");
        assert!(block.starts_with(&format!("<http://localhost:8080/{}/no-more-invitations?token=", tenant.id)));
        assert_eq!(list(&server, &caller, "").await[0]["state"], "handedToRelay");
    })
    .await;
}

#[tokio::test]
async fn a_program_says_nothing_of_its_own_and_is_not_told_that_it_did() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let program = server.application(tenant.id, &[Permission::UserInviteAll]);
        let info = json!({ "customizedMessageBody": "Buy now" });
        let answer = invite(&server, &program, &with("sam@fabrikam.example", &mail(&info))).await;
        assert_eq!(answer["invitedUserMessageInfo"]["customizedMessageBody"], serde_json::Value::Null);
        let mail = newest(&server).await;
        assert!(!mail.text.contains("Buy now") && !mail.html.contains("Buy now"));
        assert!(mail.reply_to.is_empty() && !mail.text.contains("A program"));
    })
    .await;
}

#[tokio::test]
async fn the_mail_speaks_the_readers_language() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        for (asked, tenants, mark) in [
            (Some("ar-EG"), "de", "dir=\"rtl\""),
            (Some("de-AT"), "en", "lang=\"de\""),
            (Some("tlh"), "de", "lang=\"de\""),
            (None, "de", "lang=\"de\""),
            (None, "en", "lang=\"en\""),
        ] {
            change(&server, &tenant, |settings| settings.notification_language = tenants.to_owned()).await;
            let info = json!({ "messageLanguage": asked, "customizedMessageBody": "Hallo" });
            invite(&server, &admin, &with("sam@fabrikam.example", &mail(&info))).await;
            let mail = newest(&server).await;
            assert!(mail.html.contains(mark), "{asked:?} {tenants}");
            server.clock.advance(Duration::from_hours(25));
        }
    })
    .await;
}

/// Security check I9: whatever a request says about the host, links begin with the configured address.
#[tokio::test]
async fn i9_links_begin_with_the_configured_address() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let body = with("sam@fabrikam.example", &mail(&json!({}))).to_string();
        let request = |uri: &str| {
            let request = Request::post(uri)
                .header(header::CONTENT_TYPE, "application/json")
                .header("x-forwarded-host", "evil.test")
                .header("x-original-url", "https://evil.test/")
                .header("x-forwarded-proto", "ftp")
                .header("forwarded", "host=evil.test;proto=http");
            let mut request = request.body(Body::from(body.clone())).expect("a request");
            request.extensions_mut().insert(admin.clone());
            request
        };
        let answer = server.send(request("/v1.0/invitations")).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let mail = newest(&server).await;
        assert!(
            !answer.text.contains("evil.test") && !mail.raw.contains("evil.test") && !mail.html.contains("evil.test")
        );
        assert!(mail.text.contains("http://localhost:8080/"));

        let mut foreign = request("/v1.0/invitations");
        foreign.headers_mut().insert(header::HOST, "evil.test".parse().expect("a host"));
        assert_eq!(server.send(foreign).await.status, 421);
        assert_eq!(server.send(request("http://evil.test/v1.0/invitations")).await.status, 421);
    })
    .await;
}

/// Security checks I12 and X4: hostile words and names stay words and names.
#[tokio::test]
async fn i12_hostile_words_are_quoted_and_take_over_nothing() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let mut priya = server.member(&tenant, "priya", &[]).await;
        priya.display_name = "<b>Your bank</b>\u{202e} https://evil.test".to_owned();
        let caller = person(&priya, Vec::new());
        let words = "<a href=\"https://evil.test\">win</a> https://evil.test/now \u{202e}call +44 1632 960110\r\nBcc: x@y.example";
        invite(&server, &caller, &with("kim@fabrikam.example", &mail(&json!({})))).await;
        let plain = newest(&server).await;
        invite(&server, &caller, &with("sam@fabrikam.example", &mail(&json!({ "customizedMessageBody": words })))).await;
        let hostile = newest(&server).await;
        let start = |mail: &Received| mail.subject.chars().take(40).collect::<String>();
        assert_eq!(start(&plain), start(&hostile));
        assert!(!hostile.html.contains("<a href=\"https://evil") && !hostile.html.contains("<b>Your bank"));
        assert!(!hostile.text.contains("https://evil") && !hostile.html.contains('\u{202e}'));
        assert!(hostile.text.contains("\n> "));
        let names = |mail: &Received| mail.headers().into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names(&plain), names(&hostile));
    })
    .await;
}

/// Security check I13, from the request to the wire.
#[tokio::test]
async fn i13_no_field_of_an_invitation_adds_a_header_or_a_recipient() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let mut priya = server.member(&tenant, "priya", &[]).await;
        for evil in [
            "x\r\nBcc: all@evil.test",
            "x%0d%0aBcc: all@evil.test",
            "x\u{2028}Bcc: all@evil.test",
            "=?utf-8?q?x=0D=0ABcc:_all@evil.test?=",
        ] {
            priya.display_name = evil.to_owned();
            let caller = person(&priya, Vec::new());
            let mut body = with("sam@fabrikam.example", &mail(&json!({ "customizedMessageBody": evil })));
            let refused = post(&server, &caller, &{
                let mut body = body.clone();
                body["invitedUserEmailAddress"] = format!("sam@fabrikam.example{}", &evil[1..]).into();
                body
            })
            .await;
            assert_eq!(refused.status, 400);
            if !evil.contains(['\r', '\u{2028}']) {
                body["invitedUserDisplayName"] = evil.into();
            }
            invite(&server, &caller, &body).await;
            let mail = newest(&server).await;
            assert_eq!((mail.to.len(), mail.cc.len(), mail.delivered_to.len()), (1, 0, 1));
            assert!(mail.header("Bcc").is_none());
            server.clock.advance(Duration::from_hours(25));
        }
    })
    .await;
}

/// Security check O6 for invitations: a flood waits, and the invitations are accepted all the same.
#[tokio::test]
async fn o6_a_flood_of_invitations_of_one_mailbox_sends_five_mails_a_day() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        for _ in 0..12 {
            assert_eq!(post(&server, &admin, &with("sam@fabrikam.example", &mail(&json!({})))).await.status, 201);
            server.run_due_jobs().await;
        }
        assert_eq!(server.mailbox().len(), 5);
        assert_eq!(list(&server, &admin, "?state=queued").await.len(), 1, "the newest waits, older ones are void");
        server.clock.advance(Duration::from_hours(24));
        server.run_due_jobs().await;
        assert_eq!(server.mailbox().len(), 6);
    })
    .await;
}

/// Whoever gets a copy refuses for themselves, not for the invited person.
#[tokio::test]
async fn a_copy_offers_to_refuse_further_ones_for_its_own_mailbox() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let info = json!({ "ccRecipients": [{ "emailAddress": { "address": "boss@partner.example" } }] });
        for _ in 0..5 {
            invite(&server, &admin, &with("boss@partner.example", &mail(&json!({})))).await;
            server.run_due_jobs().await;
        }
        invite(&server, &admin, &with("sam@fabrikam.example", &mail(&info))).await;
        let own = newest(&server).await;
        assert_eq!((own.to[0].as_str(), own.delivered_to.len()), ("sam@fabrikam.example", 1), "the copy waits");
        server.clock.advance(Duration::from_hours(24));
        let copy = newest(&server).await;
        assert_eq!(
            (copy.to[0].as_str(), copy.delivered_to[0].as_str()),
            ("sam@fabrikam.example", "boss@partner.example")
        );
        let url = |address| crate::invitations::block::url(&server, tenant.id, address);
        assert!(own.text.contains(&url("sam@fabrikam.example")) && !own.text.contains(&url("boss@partner.example")));
        assert_eq!(own.header("List-Unsubscribe"), Some(format!("<{}>", url("sam@fabrikam.example"))));
        for part in [&copy.text, &copy.html] {
            assert!(part.contains(&url("boss@partner.example")) && !part.contains(&url("sam@fabrikam.example")));
        }
    })
    .await;
}

/// A guest's flood uses up the guest's share, not the organisation's hour; page and API say what a mail waits for.
#[tokio::test]
async fn a_guest_who_invites_many_leaves_the_hour_to_the_administrators() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let eve = person(&server.member(&tenant, "eve", &[]).await, Vec::new());
        invite(&server, &eve, &with("first@partner.example", &mail(&json!({})))).await;
        server.run_due_jobs().await;
        let mut tx = server.write().await.expect("a transaction");
        for number in 1..server.settings.mail.invitations_per_hour.of_one() {
            tx.query(database::sql!(
                "INSERT INTO mail (tenant_id, id, kind, recipient, recipient_folded, message_id, state, attempts,
                                   created_at, admitted_at, share_of, yields)
                 SELECT tenant_id, $2, kind, recipient, $3, message_id, state, attempts, created_at, admitted_at,
                        share_of, yields
                 FROM mail WHERE tenant_id = $1 AND recipient_folded = 'first@partner.example'"
            ))
            .bind(tenant.id)
            .bind(crate::platform::ids::MailId(server.entropy.random_uuid()))
            .bind(format!("guest{number}@partner.example"))
            .execute()
            .await
            .expect("a mail as the first");
        }
        tx.commit().await.expect("a commit");
        let invited = invite(&server, &eve, &with("sam@fabrikam.example", &mail(&json!({})))).await;
        server.run_due_jobs().await;
        let id = invited["id"].as_str().expect("an id");
        let shown = server.api_as(&admin, Method::GET, &format!("/vestibule/v1/invitations/{id}"), &Value::Null).await;
        let until = crate::platform::clock::rfc3339(server.clock.now().plus(Duration::from_hours(1)));
        let shown = shown.json();
        assert_eq!((&shown["mailWaitsFor"], &shown["mailWaitsUntilDateTime"]), (&json!("inviter"), &json!(until)));
        let listed = list(&server, &admin, "").await;
        let waiting = |address: &str| {
            let row = listed.iter().find(|row| row["invitedUserEmailAddress"] == address).expect("a row");
            (row["mailWaitsFor"].clone(), row["mailWaitsUntilDateTime"].clone())
        };
        assert_eq!(waiting("sam@fabrikam.example"), (json!("inviter"), json!(until)), "the list says it too");
        assert_eq!(waiting("first@partner.example"), (Value::Null, Value::Null));
        let invited = invite(&server, &admin, &with("kim@fabrikam.example", &mail(&json!({})))).await;
        server.run_due_jobs().await;
        let id = invited["id"].as_str().expect("an id");
        let shown = server.api_as(&admin, Method::GET, &format!("/vestibule/v1/invitations/{id}"), &Value::Null).await;
        assert_eq!((&shown.json()["state"], &shown.json()["mailWaitsFor"]), (&json!("handedToRelay"), &Value::Null));
    })
    .await;
}

#[tokio::test]
async fn without_being_asked_no_mail_is_sent() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        invite(&server, &admin, &wish("sam@fabrikam.example")).await;
        assert_eq!(server.run_due_jobs().await, 0);
    })
    .await;
}
