//! Every page, in every language, with hostile text in every field.

use askama::Template;

use super::*;
use crate::translations::Words;
use crate::web::accent::Accent;
use crate::web::language::Language;
use crate::web::shell::{Brand, Hall, HallDoor, Inside, Outside, Picture, Section};

const HOSTILE: &str = "\"><script>alert(1)</script>";

fn outside(language: Language, text: &str) -> Outside {
    Outside {
        words: Words(language),
        organization: Some(text.to_owned()),
        privacy_url: Some(text.to_owned()),
        privacy_mail: Some(text.to_owned()),
        help_url: Some(text.to_owned()),
        address: Some(text.to_owned()),
        brand: Some(Box::new(Brand {
            style: Some("/style".to_owned()),
            accent: Accent::OURS,
            logo: Some(Picture { href: text.to_owned(), dark_href: Some(text.to_owned()), is_wide: false }),
            icon: Some(text.to_owned()),
            text: Some(text.to_owned()),
            hint: Some(text.to_owned()),
            privacy: Some((text.to_owned(), text.to_owned())),
            terms: Some((text.to_owned(), text.to_owned())),
            trouble: Some((text.to_owned(), text.to_owned())),
        })),
    }
}

fn reference(text: &str) -> Reference {
    Reference { code: text.to_owned(), time: text.to_owned(), machine_time: text.to_owned() }
}

fn invitation(language: Language, text: &str) -> InvitationPage {
    let own = || text.to_owned();
    InvitationPage {
        outside: outside(language, text),
        inviter: Some(own()),
        inviter_mail: Some(own()),
        verified_domain: Some(own()),
        destination: Destination::App(own()),
        message: Some(own()),
        invited_address: own(),
        open_until: Some(own()),
        csrf: own(),
        action: own(),
        another_address_url: Some(own()),
        refuse_url: own(),
    }
}

fn passcode(language: Language, text: &str) -> PasscodePage {
    let own = || text.to_owned();
    PasscodePage {
        outside: outside(language, text),
        is_returning: false,
        address: own(),
        error: None,
        works_until: own(),
        csrf: own(),
        action: own(),
        hidden: vec![(own(), own())],
        resend: Resend::Now(own()),
        sender: Some(own()),
        another_address_url: Some(own()),
    }
}

fn beside_the_way(language: Language, text: &str) -> Vec<String> {
    let own = || text.to_owned();
    let outside = || outside(language, text);
    let mut pages = vec![
        CancelledPage { outside: outside(), invitation_url: own(), block_url: Some(own()) }.render(),
        WrongAccountPage {
            outside: outside(),
            invited_address: own(),
            signed_in_as: own(),
            csrf: own(),
            action: own(),
            inviter: Some((own(), own())),
            reference: reference(text),
        }
        .render(),
        DeadLinkPage { outside: outside(), csrf: own(), action: own(), reference: reference(text) }.render(),
        FreshLinkPage { outside: outside() }.render(),
        LeavingPage { outside: outside(), host: own(), continue_url: own(), stay_url: Some(own()) }.render(),
    ];
    for destination in [Destination::App(own()), Destination::Host(own()), Destination::MyApps] {
        pages.push(AcceptedPage { outside: outside(), destination, continue_url: own() }.render());
    }
    for stage in [BlockStage::Asking, BlockStage::Blocked, BlockStage::Undone] {
        pages.push(BlockPage { outside: outside(), stage, address: own(), csrf: own(), action: own() }.render());
    }
    pages.into_iter().map(|page| page.expect("the page renders")).collect()
}

fn sign_in(language: Language, text: &str) -> Vec<String> {
    let own = || text.to_owned();
    let outside = || outside(language, text);
    let (hidden, opened) = (|| vec![(own(), own())], || Some(Opened { name: own(), logo: Some(own()) }));
    let choice = AccountChoice { value: own(), name: own(), address: own(), is_guest: true };
    let pages = [
        SignInPage {
            outside: outside(),
            app: opened(),
            address: own(),
            is_malformed: true,
            csrf: own(),
            action: own(),
            hidden: hidden(),
        }
        .render(),
        PasswordPage {
            outside: outside(),
            app: opened(),
            address: own(),
            error: Some(PasswordError::TooMany { until: own() }),
            csrf: own(),
            action: own(),
            hidden: hidden(),
            another_address_url: own(),
            reference: Some(reference(text)),
        }
        .render(),
        ChooseAccountPage {
            outside: outside(),
            app: opened(),
            accounts: vec![choice],
            csrf: own(),
            action: own(),
            hidden: hidden(),
            another_address_url: own(),
        }
        .render(),
        SignOutPage {
            outside: outside(),
            address: own(),
            csrf: own(),
            action: own(),
            hidden: hidden(),
            stay_url: Some(own()),
        }
        .render(),
        SignedOutPage { outside: outside(), sign_in_url: Some(own()) }.render(),
        FormPostPage { outside: outside(), app: own(), is_granted: true, action: own(), fields: hidden() }.render(),
        FormPostPage { outside: outside(), app: own(), is_granted: false, action: own(), fields: hidden() }.render(),
    ];
    pages.into_iter().map(|page| page.expect("the page renders")).collect()
}

fn errors(language: Language, text: &str) -> Vec<String> {
    let own = || text.to_owned();
    let way = Way { icon: "mail", text: own(), link: Some((own(), own())) };
    let refusal = ErrorPage {
        signed_in_as: Some(own()),
        rule: Some(own()),
        retry_url: Some(own()),
        ..ErrorPage::refusal(outside(language, text), own(), vec![way], reference(text))
    };
    let mut pages = vec![refusal.render()];
    for problem in [
        Problem::NotFound,
        Problem::BadRequest,
        Problem::SentAlready,
        Problem::StaleForm,
        Problem::NotAllowed,
        Problem::TooMany,
        Problem::Unavailable,
        Problem::Failure,
    ] {
        pages.push(ErrorPage::about(outside(language, text), problem, reference(text)).render());
    }
    pages.into_iter().map(|page| page.expect("the page renders")).collect()
}

fn every_page(language: Language, text: &str) -> Vec<String> {
    let mut pages = vec![invitation(language, text).render().expect("the page renders")];
    let mut returning = passcode(language, text);
    returning.is_returning = true;
    returning.resend = Resend::After(text.to_owned());
    pages.push(returning.render().expect("the page renders"));
    for error in [
        PasscodeError::Wrong { tries_left: 3 },
        PasscodeError::Malformed,
        PasscodeError::Void,
        PasscodeError::Expired,
        PasscodeError::TooMany { until: text.to_owned() },
    ] {
        let page = PasscodePage { error: Some(error), ..passcode(language, text) };
        pages.push(page.render().expect("the page renders"));
    }
    pages.extend(beside_the_way(language, text));
    pages.extend(sign_in(language, text));
    pages.extend(errors(language, text));
    pages.extend(consent(language, text));
    pages
}

fn consent(language: Language, text: &str) -> Vec<String> {
    let (own, mut pages) = (|| text.to_owned(), Vec::new());
    let asking = || vec![Asking { text: own(), name: own() }];
    let publisher = || Publisher { name: own(), domain: Some(own()), is_elsewhere: true };
    for whom in [Whom::Myself, Whom::Choice, Whom::Everybody] {
        let page = ConsentPage {
            outside: outside(language, text),
            app: own(),
            logo: Some(own()),
            publisher: publisher(),
            address: own(),
            asked: asking(),
            granted: asking(),
            whom,
            csrf: own(),
            seen: own(),
            action: own(),
            is_stale: whom == Whom::Choice,
        };
        pages.push(page.render());
    }
    let open = Approval::Open { reason: own(), most: 500, mistake: own() };
    for (administrators, approval) in [
        (Vec::new(), open),
        (vec![(own(), own())], Approval::Closed),
        (Vec::new(), Approval::Asked),
        (Vec::new(), Approval::Blocked),
    ] {
        let page = ConsentNeededPage {
            outside: outside(language, text),
            app: own(),
            logo: Some(own()),
            publisher: publisher(),
            address: own(),
            asked: asking(),
            administrators,
            approval,
            csrf: own(),
            action: own(),
            reference: reference(text),
        };
        pages.push(page.render());
    }
    pages.into_iter().map(|page| page.expect("the page renders")).collect()
}

#[test]
fn every_page_escapes_what_strangers_wrote() {
    for language in Language::ALL {
        for page in every_page(language, HOSTILE) {
            assert!(!page.contains("<script>"), "{page}");
            assert!(page.contains("&#60;script&#62;") || page.contains("&lt;script&gt;"), "{page}");
        }
    }
}

#[test]
fn every_page_says_its_language_and_carries_no_style_or_script_of_its_own() {
    for language in Language::ALL {
        for page in every_page(language, "Contoso") {
            let head = format!("<html lang=\"{}\" dir=\"{}\">", language.tag(), language.direction());
            assert!(page.contains(&head), "{page}");
            assert!(!page.contains("Unknown localization"), "{page}");
            for own in ["style=", "<style", "onclick", "onload"] {
                assert!(!page.contains(own), "{own} in {page}");
            }
            assert!(page.contains("class=\"skip\" href=\"#main\""));
            assert_eq!(page.matches("<h1>").count(), 1);
            assert_eq!(page.matches("class=\"btn main").count().max(1), 1, "{page}");
        }
    }
}

#[test]
fn a_page_with_the_stylesheet_stays_under_sixty_kilobytes() {
    let style = crate::web::assets::STYLESHEET.len();
    for language in Language::ALL {
        for page in every_page(language, "A name of an ordinary length") {
            assert!(page.len() + style < 60_000, "{} + {style}", page.len());
        }
    }
}

#[test]
fn an_error_stands_first_in_the_title() {
    let wrong =
        PasscodePage { error: Some(PasscodeError::Wrong { tries_left: 1 }), ..passcode(Language::German, "Contoso") };
    let page = wrong.render().expect("the page renders");
    assert!(page.contains("<title>Fehler: Geben Sie den Code aus Ihrer Mail ein – Contoso</title>"), "{page}");
    assert!(page.contains("Sie haben noch einen Versuch."));
}

#[test]
fn the_invitation_says_who_to_what_and_until_when() {
    let page = InvitationPage {
        outside: Outside { organization: Some("Contoso".to_owned()), ..outside(Language::English, "/i/1") },
        inviter: Some("Priya Raman".to_owned()),
        verified_domain: Some("contoso.example".to_owned()),
        destination: Destination::App("Expenses".to_owned()),
        message: Some("Hello Sam.\nShout if anything is odd.".to_owned()),
        invited_address: "sam@partner.example".to_owned(),
        open_until: Some("6 December 2026".to_owned()),
        ..invitation(Language::English, "/i/1")
    };
    let page = page.render().expect("the page renders");
    assert!(page.contains("<title>Priya Raman invites you to use Expenses</title>"));
    assert!(page.contains("<h1><bdi>Priya Raman</bdi> invites you to use <bdi>Expenses</bdi></h1>"));
    assert!(page.contains("<bdi>Contoso</bdi> has proved that it owns <b><bdi>contoso.example</bdi></b>"));
    assert!(page.contains("<p dir=\"auto\">Hello Sam.</p><p dir=\"auto\">Shout if anything is odd.</p>"), "{page}");
    assert!(page.contains("Open until 6 December 2026."));
    assert!(page.contains("href=\"/i/1?lang=de\" lang=\"de\""));
    assert_eq!(page.matches("<form").count(), 1);
}

#[test]
fn an_invitation_by_a_program_comes_from_the_organisation() {
    let page =
        InvitationPage { inviter: None, destination: Destination::MyApps, ..invitation(Language::English, "Contoso") };
    let page = page.render().expect("the page renders");
    assert!(page.contains("<h1><bdi>Contoso</bdi> invites you to work together</h1>"), "{page}");
}

#[test]
fn a_reference_is_the_start_of_the_correlation_id() {
    let id = uuid::uuid!("7f3a9c1e-0f43-4c56-9f0e-5d1a7be3a912");
    let at: jiff::Timestamp = "2026-11-22T14:06:00Z".parse().expect("a time");
    let reference = Reference::new(Language::English, id, at);
    assert_eq!(reference.code, "7F3A-9C1E");
    assert_eq!(reference.time, "22 November 2026, 14:06 UTC");
    assert_eq!(reference.machine_time, "2026-11-22T14:06:00Z");
}

#[derive(Template)]
#[template(
    source = "{% extends \"web/templates/inside.html\" %}{% block title %}Users{% endblock %}{% block work %}<h1>Users</h1>{% endblock %}",
    ext = "html"
)]
struct SomeWork {
    inside: Inside,
}

#[derive(Template)]
#[template(
    source = "{% extends \"web/templates/hall.html\" %}{% block title %}My apps{% endblock %}{% block apps %}<p>Expenses</p>{% endblock %}",
    ext = "html"
)]
struct SomeApps {
    hall: Hall,
}

#[test]
fn the_side_bar_marks_where_one_is_and_escapes_who_one_is() {
    let own = || HOSTILE.to_owned();
    let inside = Inside {
        section: Some(Section::Users),
        sections: Section::ALL.to_vec(),
        base: "/admin".to_owned(),
        organization: own(),
        domain: own(),
        person: own(),
        role: own(),
        csrf: own(),
        sign_out_action: own(),
    };
    let page = SomeWork { inside }.render().expect("the page renders");
    assert!(page.contains("<a href=\"/admin/users\" aria-current=\"page\">Users</a>"), "{page}");
    assert_eq!(page.matches("aria-current").count(), 1);
    assert!(!page.contains("<script>") && !page.contains("style="));
}

#[test]
fn the_hall_has_a_door_for_every_organisation() {
    let own = || HOSTILE.to_owned();
    let door = |is_current| HallDoor { name: own(), href: own(), detail: own(), is_current };
    let hall = Hall {
        words: Words(Language::Arabic),
        person: own(),
        greeting: own(),
        organizations: vec![door(true), door(false)],
        all_organizations: own(),
        csrf: own(),
        sign_out_action: own(),
    };
    let page = SomeApps { hall }.render().expect("the page renders");
    assert!(page.contains("dir=\"rtl\"") && page.matches("aria-current").count() == 1);
    assert!(!page.contains("<script>") && !page.contains("style="));
}

/// Icons are named in templates by text, so a slip of the pen would draw nothing.
#[test]
fn every_icon_that_is_asked_for_is_drawn() {
    let components = include_str!("../templates/components.html");
    let names = components.split("icon(\"").skip(1).filter_map(|rest| rest.split('"').next());
    for name in names.chain(["clock", "mail", "swap", "person", "arrow", "seal"]) {
        assert!(!crate::web::icons::path(name).is_empty(), "{name}");
    }
}
