//! Both mails, in every language, also with names that try to be something else.

use super::*;
use crate::web::{language::Language, names::LONGEST_NAME, pages::Destination};

fn invitation(language: Language) -> InvitationMail {
    InvitationMail {
        language,
        organization: "Contoso".to_owned(),
        inviter: Some("Priya Raman".to_owned()),
        inviter_mail: Some("priya.raman@contoso.example".to_owned()),
        verified_domain: Some("contoso.example".to_owned()),
        destination: Destination::App("Expenses".to_owned()),
        host: "expenses.contoso.example".to_owned(),
        message: Some("Hello Sam.\nShout if anything is odd.".to_owned()),
        link: "https://invite.contoso.example/i/abc?x=1&y=2".to_owned(),
        open_until: Some("6 December 2026".to_owned()),
        recipient: "sam@partner.example".to_owned(),
        accent: crate::web::accent::Accent::OURS,
        privacy_url: Some("https://contoso.example/privacy".to_owned()),
        privacy_mail: Some("privacy@contoso.example".to_owned()),
        block_url: "https://invite.contoso.example/block/abc".to_owned(),
    }
}

fn passcode(language: Language) -> PasscodeMail {
    PasscodeMail {
        language,
        organization: "Contoso".to_owned(),
        app: Some("Expenses".to_owned()),
        code: "40718826".to_owned(),
        works_until: "14:32 UTC".to_owned(),
        recipient: "sam@partner.example".to_owned(),
        accent: crate::web::accent::Accent::OURS,
    }
}

/// Security check I12: names cannot take over the subject.
#[test]
fn i12_the_first_forty_characters_of_every_subject_are_ours() {
    let name = format!("Your parcel is waiting\r\nBcc: all@evil.example\u{202E}{}", "x".repeat(300));
    for language in Language::ALL {
        let plain = [invitation(language).subject(), passcode(language).subject()];
        let hostile = [
            InvitationMail { organization: name.clone(), ..invitation(language) }.subject(),
            PasscodeMail { organization: name.clone(), ..passcode(language) }.subject(),
        ];
        for (plain, hostile) in plain.iter().zip(&hostile) {
            let start = |subject: &str| subject.chars().take(40).collect::<String>();
            assert_eq!(start(plain), start(hostile));
            assert!(!start(plain).contains("Con"));
            assert!(hostile.chars().count() <= 60 + LONGEST_NAME);
            assert!(!hostile.chars().any(|c| c.is_control() || c == '\u{202E}'), "{hostile:?}");
        }
    }
}

/// Security check I12: the inviter's words are a quotation, and nothing in them is alive.
#[test]
fn i12_the_inviters_words_are_quoted_and_carry_no_link() {
    let words = "<a href=\"https://evil.example\">win</a> https://evil.example/now \u{202E}call +44 1632 960110";
    let mail = InvitationMail { message: Some(words.to_owned()), ..invitation(Language::English) };
    let html = mail.html().expect("the mail renders");
    assert!(!html.contains("<a href=\"https://evil"), "{html}");
    assert!(!html.contains("https://evil") && !html.contains('\u{202E}'));
    assert!(html.contains("Words from <bdi>Priya Raman</bdi>, <bdi>Contoso</bdi>"));
    let text = mail.text().expect("the mail renders");
    assert!(text.contains("\n> <a href="), "{text}");
    assert!(!text.contains("https://evil") && text.contains("\nWords from Priya Raman, Contoso"));
}

#[test]
fn the_invitation_says_the_same_in_html_and_text() {
    for language in Language::ALL {
        let mail = invitation(language);
        let (html, text) = (mail.html().expect("HTML"), mail.text().expect("text"));
        for part in [&html, &text] {
            for said in ["Priya Raman", "Contoso", "Expenses", "contoso.example", "Hello Sam.", "6 December 2026"] {
                assert!(part.contains(said), "{said} in {part}");
            }
            for said in ["expenses.contoso.example", "sam@partner.example", "https://invite.contoso.example/block/abc"]
            {
                assert!(part.contains(said), "{said} in {part}");
            }
            assert!(!part.contains("Unknown localization"));
        }
        assert!(text.contains(&format!("\n{}\n", mail.link)), "{text}");
        assert!(!text.contains("\n\n\n") && !text.contains("<bdi>"), "{text}");
        assert!(html.contains("v:roundrect") && html.contains(&format!("dir=\"{}\"", language.direction())));
        assert!(!html.contains("<img") && !html.contains("src="));
    }
}

#[test]
fn the_code_is_large_and_comes_with_a_warning() {
    for language in Language::ALL {
        let mail = passcode(language);
        let (html, text) = (mail.html().expect("HTML"), mail.text().expect("text"));
        for part in [&html, &text] {
            for said in ["40718826", "14:32 UTC", "Contoso", "Expenses"] {
                assert!(part.contains(said), "{said} in {part}");
            }
        }
        assert!(!mail.subject().contains("4071"));
        assert!(text.contains("\n40718826\n") && !text.contains("\n\n\n"), "{text}");
        assert!(!html.contains("<a "), "a mail with a code has nothing to press");
    }
}

#[test]
fn hostile_names_stay_text_in_html() {
    let evil = || "<script>alert(1)</script>".to_owned();
    for language in Language::ALL {
        let mail = InvitationMail {
            organization: evil(),
            inviter: Some(evil()),
            inviter_mail: Some(evil()),
            verified_domain: Some(evil()),
            destination: Destination::Host(evil()),
            host: evil(),
            message: Some(evil()),
            link: evil(),
            open_until: Some(evil()),
            recipient: evil(),
            accent: crate::web::accent::Accent::OURS,
            privacy_url: Some(evil()),
            block_url: evil(),
            ..invitation(language)
        };
        assert!(!mail.html().expect("the mail renders").contains("<script>"));
        let mail = PasscodeMail {
            organization: evil(),
            app: Some(evil()),
            code: evil(),
            works_until: evil(),
            recipient: evil(),
            accent: crate::web::accent::Accent::OURS,
            ..passcode(language)
        };
        assert!(!mail.html().expect("the mail renders").contains("<script>"));
    }
}

fn answer(language: Language, answer: ConsentAnswer) -> ConsentAnswerMail {
    ConsentAnswerMail {
        language,
        organization: "Contoso".to_owned(),
        app: "Expenses".to_owned(),
        answer,
        reason: Some("Too much.\nAsk for less.".to_owned()),
        link: "https://invite.contoso.example/myapps/contoso.example".to_owned(),
        recipient: "sam@partner.example".to_owned(),
        accent: crate::web::accent::Accent::OURS,
    }
}

fn digest(language: Language, count: u32) -> ConsentDigestMail {
    let waiting = Waiting {
        person: "Sam Okafor".to_owned(),
        app: "Expenses".to_owned(),
        reason: "For the audit.\nIt is due.".to_owned(),
    };
    ConsentDigestMail {
        language,
        organization: "Contoso".to_owned(),
        count,
        waiting: vec![waiting],
        is_reminder: count > 1,
        link: "https://invite.contoso.example/portal/contoso.example/consent-requests".to_owned(),
        recipient: "rita@contoso.example".to_owned(),
        accent: crate::web::accent::Accent::OURS,
    }
}

#[test]
fn requests_about_apps_say_the_same_in_html_and_text() {
    for language in Language::ALL {
        for said in [ConsentAnswer::Approved, ConsentAnswer::Denied, ConsentAnswer::Lapsed] {
            let mail = answer(language, said);
            for part in [mail.html().expect("HTML"), mail.text().expect("text")] {
                for word in ["Contoso", "Expenses", "Too much.", "Ask for less.", mail.link.as_str()] {
                    assert!(part.contains(word), "{word} in {part}");
                }
                assert!(!part.contains("Unknown localization"), "{part}");
            }
        }
        for count in [1, 2, 11] {
            let mail = digest(language, count);
            for part in [mail.html().expect("HTML"), mail.text().expect("text")] {
                for word in ["Contoso", "Sam Okafor", "Expenses", "For the audit.", "It is due.", mail.link.as_str()] {
                    assert!(part.contains(word), "{word} in {part}");
                }
                assert!(!part.contains("Unknown localization"), "{part}");
            }
        }
    }
}

/// Security check I12: whoever asks or answers cannot take over a mail of the organisation.
#[test]
fn i12_what_people_write_about_apps_is_quoted_and_carries_no_link() {
    let evil = "<a href=\"https://evil.example\">win</a> https://evil.example/now \u{202E}";
    let name = format!("Your parcel\r\nBcc: all@evil.example\u{202E}{}", "x".repeat(300));
    for language in Language::ALL {
        let said = ConsentAnswerMail {
            app: evil.to_owned(),
            reason: Some(evil.to_owned()),
            organization: name.clone(),
            ..answer(language, ConsentAnswer::Denied)
        };
        let waiting = Waiting { person: evil.to_owned(), app: evil.to_owned(), reason: evil.to_owned() };
        let told = ConsentDigestMail { waiting: vec![waiting], organization: name.clone(), ..digest(language, 2) };
        let parts = [said.html(), said.text(), told.html(), told.text()].map(|part| part.expect("the mail renders"));
        for part in parts {
            assert!(!part.contains("https://evil.example") && !part.contains('\u{202E}'), "{part}");
            assert!(!part.contains("<a href=\"https://evil"), "{part}");
        }
        let start = |subject: &str| subject.chars().take(40).collect::<String>();
        for (plain, hostile) in [
            (answer(language, ConsentAnswer::Denied).subject(), said.subject()),
            (digest(language, 2).subject(), told.subject()),
            (digest(language, 1).subject(), ConsentDigestMail { is_reminder: false, ..told.clone() }.subject()),
        ] {
            assert_eq!(start(&plain), start(&hostile));
            assert!(!start(&plain).contains("Con"));
        }
    }
}
