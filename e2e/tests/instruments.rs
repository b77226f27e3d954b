//! The parts that the journeys are made of, as far as they need no server: what reads and counts wrongly would let a journey
//! pass, or fail for no reason.

use std::process::Command;
use std::time::Duration;

use e2e::crash::ledger::{Fate, Figures, Guest};
use e2e::demo::{free_port, range_of_ports};
use e2e::mail::Mail;
use e2e::visitor::form;
use e2e::{Outcome, programs, waiting};

#[test]
fn a_range_of_ports_is_read() {
    assert_eq!(range_of_ports("20000-20999"), Some((20_000, 1_000)));
    assert_eq!(range_of_ports("0-65535"), Some((0, 65_536)));
    for wrong in ["", "20000", "20999-20000", "20000-70000", "a-b"] {
        assert_eq!(range_of_ports(wrong), None, "{wrong}");
    }
}

#[test]
fn two_ports_are_different() {
    let ports = [free_port(), free_port()].map(|port| port.expect("a free port"));
    assert!(ports[0] > 0 && ports[1] > 0);
    // Without a range of its own the system may give the same one again.
    if std::env::var_os("VESTIBULE_PORTS").is_some() {
        assert_ne!(ports[0], ports[1]);
    }
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let mut command = Command::new("no-such-program-of-vestibule");
    let error = programs::run(&mut command).expect_err("there is none").to_string();
    assert!(error.starts_with("cannot start no-such-program-of-vestibule: "), "{error}");
    let error = programs::start(&mut command).expect_err("there is none").to_string();
    assert!(error.starts_with("cannot start no-such-program-of-vestibule: "), "{error}");
}

#[tokio::test]
async fn what_is_waited_for_is_asked_for_until_it_comes_or_the_time_is_over() -> Outcome {
    let mut attempts = 0;
    let found = waiting::until("the third time", Duration::from_secs(30), async || {
        attempts += 1;
        Ok((attempts == 3).then_some(attempts))
    });
    assert_eq!(found.await?, 3);
    let never = waiting::until("the end of time", Duration::ZERO, async || Ok(None::<()>)).await;
    assert!(never.expect_err("it does not come").to_string().ends_with("in vain for the end of time"));
    Ok(())
}

fn mail(text: &str) -> Mail {
    let text = text.to_owned();
    let none = String::new;
    Mail { id: none(), to: vec![], cc: vec![], from: none(), reply_to: vec![], subject: none(), text, html: none() }
}

#[test]
fn codes_are_eight_digits() {
    assert_eq!(mail("Code: 12345678.").code().as_deref(), Some("12345678"));
    assert_eq!(mail("1234 5678").code().as_deref(), Some("12345678"));
    assert_eq!(mail("2026-11-23, call 123456789").code(), None);
}

#[test]
fn tickets_and_codes_are_secrets() {
    let mail = mail("<https://a.example/x/redeem?ticket=vsi_1> or https://a.example/no?ticket=vsb_2&l=en 1234 5678");
    assert_eq!(mail.secrets().collect::<Vec<_>>(), ["vsi_1", "vsb_2", "12345678"]);
}

#[test]
fn links_lead_home() {
    let mail = mail("see https://elsewhere.example\n<http://localhost:1/r/x>");
    assert_eq!(mail.link("http://localhost:1").ok().as_deref(), Some("http://localhost:1/r/x"));
}

#[test]
fn the_form_of_the_page_is_the_one_that_posts() {
    let page = "<form method=\"post\" action=\"/out\"></form><main><form method=\"get\"></form>\
        <form method=\"post\" action=\"/a?b&amp;c\"><input type=\"hidden\" name=\"n\" value=\"v\"><input name=\"x\">";
    let form = form(page, "").expect("a form");
    assert_eq!((form.action.as_str(), form.hidden.as_slice()), ("/a?b&c", &[("n".to_owned(), "v".to_owned())][..]));
}

#[test]
fn only_the_unknown_may_be_either_and_nothing_is_there_twice() {
    let agreeing = |fate: Fate| (0..3).filter(|traces| fate.agrees(*traces)).collect::<Vec<_>>();
    assert_eq!(agreeing(Fate::Done), [1]);
    assert_eq!(agreeing(Fate::Unknown), [0, 1]);
    assert_eq!(agreeing(Fate::Refused), [0]);
    assert_eq!(agreeing(Fate::NotAsked), [0]);
}

#[test]
fn a_run_that_did_little_is_told_by_what_it_had_too_little_of() {
    let mut figures = Figures { kills: 4, ..Figures::default() };
    let done = Guest { invited: Fate::Done, accepted: Fate::Done, disabled: Fate::Done, ..Guest::default() };
    (0..200).for_each(|_| figures.count(&done));
    figures.refreshes = 79;
    assert_eq!(figures.too_few(Duration::from_secs(20)), ["79 of 80 refreshes"]);
    figures.refreshes = 80;
    assert!(figures.too_few(Duration::from_secs(20)).is_empty());
    assert_eq!(figures.too_few(Duration::from_secs(1200)).len(), 5, "longer runs owe more");
}
