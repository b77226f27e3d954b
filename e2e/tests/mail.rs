//! Mail through a real SMTP server: encrypted, authenticated, patient with a server that misbehaves.

use std::time::Duration;

use e2e::browser::{Browser, Options as BrowserOptions};
use e2e::demo::{Demo, Options};
use e2e::journey::{Guest, MESSAGE, PAGES, Scrutiny, invite, redeem, sign_in};
use e2e::mail::Inbox;
use e2e::smtp_sink::{Misbehaviour, Protection, SmtpSink};
use e2e::{Outcome, hooks, waiting};

/// Longer than the first pause before a delivery is tried again.
const RETRIES: Duration = Duration::from_mins(2);

const GRACE: Guest = Guest { address: "grace@northwind.example", name: "Grace Northwind" };

async fn demo_with(sink: &SmtpSink) -> Outcome<Demo> {
    Demo::start(&Options { environment: hooks::relay_settings(sink), ..Options::default() }).await
}

async fn invite_grace(demo: &Demo) -> Outcome {
    let browser = Browser::start(&BrowserOptions::default()).await?;
    invite(demo, demo.contoso()?, &browser, &GRACE, Scrutiny::None).await?;
    browser.quit().await
}

#[tokio::test]
async fn a_guest_redeems_with_mail_that_travelled_over_smtp() -> Outcome {
    let sink = SmtpSink::start(&Misbehaviour::default())?;
    let demo = demo_with(&sink).await?;
    let administrator = Browser::start(&BrowserOptions::default()).await?;
    invite(&demo, demo.contoso()?, &administrator, &GRACE, Scrutiny::Full).await?;
    administrator.quit().await?;
    let inbox = Inbox::Smtp(sink);
    let guest = Browser::start(&BrowserOptions::default()).await?;
    let pages = redeem(&demo, demo.contoso()?, &inbox, &guest, &GRACE, Scrutiny::Full).await?;
    assert_eq!(pages, PAGES);
    guest.quit().await?;

    let Inbox::Smtp(sink) = inbox else {
        return Err("the inbox changed its kind".into());
    };
    let received = sink.received()?;
    assert_eq!(received.len(), 2, "one invitation, one code");
    for one in &received {
        assert!(one.tls && one.authenticated, "{one:?}");
        assert_eq!(one.envelope_to, [GRACE.address]);
        assert!(!one.mail.text.is_empty() && !one.mail.html.is_empty(), "both parts");
    }
    assert_ne!(received[0].message_id, received[1].message_id);
    let invitation = &received[0].mail;
    assert!(invitation.text.contains(MESSAGE), "{}", invitation.text);
    let (words, _) = MESSAGE.split_once('<').ok_or("the message tests nothing")?;
    assert!(invitation.html.contains(words), "{}", invitation.html);
    assert!(!invitation.html.contains("<app>"), "the inviter's words are text, never markup");
    Ok(())
}

#[tokio::test]
async fn a_deferred_or_dropped_mail_arrives_once() -> Outcome {
    let sink = SmtpSink::start(&Misbehaviour {
        defer: vec![GRACE.address.to_owned()],
        drop_times: 1,
        ..Misbehaviour::default()
    })?;
    let demo = demo_with(&sink).await?;
    invite_grace(&demo).await?;
    waiting::until("the mail", RETRIES, async || Ok((!sink.received()?.is_empty()).then_some(()))).await?;
    assert_eq!(sink.received()?.len(), 1);
    let answers: Vec<String> = sink.events()?.into_iter().map(|event| event.answer).collect();
    assert!(answers[0].starts_with("451"), "{answers:?}");
    assert!(answers.len() >= 3, "deferred, dropped, accepted: {answers:?}");
    Ok(())
}

#[tokio::test]
async fn mail_travels_over_tls_from_the_first_byte() -> Outcome {
    let sink = SmtpSink::protected_by(Protection::Tls, &Misbehaviour::default())?;
    let demo = demo_with(&sink).await?;
    invite_grace(&demo).await?;
    waiting::until("the mail", RETRIES, async || Ok((!sink.received()?.is_empty()).then_some(()))).await?;
    let received = sink.received()?;
    assert!(received[0].tls && received[0].authenticated, "{received:?}");
    Ok(())
}

#[tokio::test]
async fn a_relay_that_says_nothing_is_asked_again() -> Outcome {
    let sink = SmtpSink::start(&Misbehaviour { silent_times: 1, ..Misbehaviour::default() })?;
    let demo = demo_with(&sink).await?;
    invite_grace(&demo).await?;
    waiting::until("the mail", RETRIES, async || Ok((!sink.received()?.is_empty()).then_some(()))).await?;
    assert_eq!(sink.received()?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_refused_recipient_is_shown_and_not_tried_for_ever() -> Outcome {
    let sink = SmtpSink::start(&Misbehaviour { refuse: vec![GRACE.address.to_owned()], ..Misbehaviour::default() })?;
    let demo = demo_with(&sink).await?;
    invite_grace(&demo).await?;
    waiting::until("the refusal", RETRIES, async || Ok((!sink.events()?.is_empty()).then_some(()))).await?;

    let browser = Browser::start(&BrowserOptions::default()).await?;
    browser.open(&hooks::mails(&demo.contract.base_url, &demo.contoso()?.domain)).await?;
    sign_in(&browser, &demo.contoso()?.administrator, Scrutiny::None).await?;
    waiting::until("the answer of the relay in the portal", RETRIES, async || {
        browser.driver.refresh().await?;
        Ok(browser.text().await?.contains("5.1.1").then_some(()))
    })
    .await?;
    let text = browser.text().await?;
    assert!(text.contains(GRACE.address), "{text}");
    browser.quit().await?;

    assert_eq!(sink.events()?.len(), 1, "550 is final");
    assert!(sink.received()?.is_empty());
    Ok(())
}
