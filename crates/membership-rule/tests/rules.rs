//! Rules and whom they let in; the fuzz target starts from the same files.

use membership_rule::{Error, LONGEST, Property, Rule, Subject, Value, extensions};
use proptest::prelude::*;
use std::fs;
use std::path::Path;

/// A property that an app added.
const COLOUR: &str = "extension_b7d8e648520f41d3b9c0fdeb91768a0a_colour";

/// A guest of a partner.
struct Sam;

/// A member without a department.
struct Ada;

impl Subject for Sam {
    fn value(&self, property: Property) -> Value<'_> {
        static OTHERS: std::sync::LazyLock<Vec<String>> =
            std::sync::LazyLock::new(|| vec!["sam@partner.com".to_owned(), "s@other.example".to_owned()]);
        match property {
            Property::AccountEnabled => Value::Boolean(true),
            Property::OtherMails => Value::Texts(&OTHERS),
            Property::ProxyAddresses => Value::Texts(&[]),
            Property::UserType => Value::Text(Some("Guest")),
            Property::Mail => Value::Text(Some("Sam@Partner.com")),
            Property::DisplayName => Value::Text(Some("Sam \"the\" Ärger")),
            Property::Department => Value::Text(Some("Sales")),
            Property::ObjectId => Value::Text(Some("1")),
            _ => Value::Text(None),
        }
    }

    fn extension(&self, name: &str) -> Option<&str> {
        (name == COLOUR).then_some("Blue")
    }
}

impl Subject for Ada {
    fn value(&self, property: Property) -> Value<'_> {
        match property {
            Property::AccountEnabled => Value::Boolean(false),
            Property::OtherMails | Property::ProxyAddresses => Value::Texts(&[]),
            Property::UserType => Value::Text(Some("Member")),
            Property::ObjectId => Value::Text(Some("2")),
            _ => Value::Text(None),
        }
    }

    fn extension(&self, _: &str) -> Option<&str> {
        None
    }
}

fn holds(rule: &str) -> (bool, bool) {
    let rule: Rule = rule.parse().unwrap_or_else(|error| panic!("{rule}: {error}"));
    (rule.holds(&Sam), rule.holds(&Ada))
}

#[test]
fn a_rule_holds_a_few_patterns_and_no_more() {
    let one = r#"user.mail -match "a""#;
    assert!([one; 8].join(" -or ").parse::<Rule>().is_ok());
    let refused = [one; 9].join(" or ").parse::<Rule>().expect_err("nine patterns");
    assert!(matches!(refused, Error::Pattern { .. }), "{refused}");
}

#[test]
fn a_rule_lets_in_whom_it_says() {
    for (rule, sam, ada) in [
        (r#"user.userType -eq "Guest""#, true, false),
        (r#"(user.userType -eq "guest")"#, true, false),
        (r#"user.userType -ne "Guest""#, false, true),
        (r"user.objectId -ne null", true, true),
        (r"user.department -eq null", false, true),
        (r#"user.department -ne "Sales""#, false, true),
        (r#"(user.mail -match "@partner\.com$")"#, true, false),
        (r#"user.mail -notMatch "^sam@""#, false, true),
        (r#"user.mail -startsWith "SAM""#, true, false),
        (r#"user.mail -notStartsWith "x""#, true, true),
        (r#"user.mail -contains "partner""#, true, false),
        (r#"user.mail -notContains "partner""#, false, true),
        (r#"user.department -in ["sales", "audit"]"#, true, false),
        (r#"user.department -notIn ["sales"]"#, false, true),
        (r#"user.otherMails -any (_ -contains "partner.com")"#, true, false),
        (r#"user.otherMails -all (_ -contains "partner.com")"#, false, true),
        (r#"user.otherMails -any (_ -startsWith "s@" -and -not (_ -contains "partner"))"#, true, false),
        (r"user.accountEnabled -eq true", true, false),
        (r"user.accountEnabled -ne true", false, true),
        (r"user.accountEnabled -eq false", false, true),
        (r#"user.userType eq "Guest" and not user.department eq "Audit""#, true, false),
        (r#"!(user.userType -eq "Guest")"#, false, true),
        (r#"USER.USERTYPE -EQ 'guest'"#, true, false),
        // -not before -and before -or.
        (r#"user.userType -eq "Member" -or user.userType -eq "Guest" -and user.department -eq "x""#, false, true),
        (r#"-not user.userType -eq "Member" -and user.department -eq "Sales""#, true, false),
        (r#"user.displayName -contains "`"the`"""#, true, false),
        (r#"user.displayName -contains "ärger""#, true, false),
    ] {
        assert_eq!(holds(rule), (sam, ada), "{rule}");
    }
}

#[test]
fn what_apps_added_is_part_of_the_language() {
    for (test, sam, ada) in [
        (r#"-eq "BLUE""#, true, false),
        (r#"-ne "blue""#, false, true),
        (r#"-in ["red", "blue"]"#, true, false),
        (r#"-startsWith "bl""#, true, false),
        (r#"-notContains "lu""#, false, true),
        (r#"-match "^b.*e$""#, true, false),
        ("-ne null", true, false),
        ("-eq null", false, true),
    ] {
        assert_eq!(holds(&format!("USER.{COLOUR} {test}")), (sam, ada), "{test}");
        assert_eq!(holds(&format!("-not (user.{COLOUR} {test})")), (!sam, !ada), "{test}");
        // One by a name that differs by case alone is another property.
        assert_eq!(holds(&format!("user.{} -eq null", COLOUR.replace("colour", "Colour"))), (true, true));
    }
    let rule = format!(r#"user.mail -eq "user.{COLOUR}x" or user.{COLOUR} eq "x" -or user.{COLOUR}2 -match "(""#);
    let named = [COLOUR.to_owned(), format!("{COLOUR}2")];
    assert_eq!(extensions(&rule).into_iter().collect::<Vec<_>>(), named, "the pattern is not looked at");
    assert!(extensions(r#"user.extension_1_colour -eq "x""#).is_empty());
    for (rule, at) in [
        (r#"user.extension_1_colour -eq "x""#.to_owned(), 1),
        (format!(r#"user.{COLOUR}.more -eq "x""#), 1),
        (format!(r#"device.{COLOUR} -eq "x""#), 1),
        (r#"user.extension_b7d8e648520f41d3b9c0fdeb91768a0a_ -eq "x""#.to_owned(), 1),
    ] {
        let error = rule.parse::<Rule>().expect_err(&rule);
        assert!(matches!(&error, Error::Property { at: place, .. } if *place == at), "{rule}: {error}");
    }
    for rule in [format!("user.{COLOUR} -eq true"), format!(r#"user.{COLOUR} -any (_ -eq "x")"#)] {
        rule.parse::<Rule>().expect_err("it is a text");
    }
}

#[test]
fn what_is_no_rule_is_refused_with_its_place() {
    for (rule, at) in [
        ("", 1),
        ("user.mail", 10),
        (r#"user.shoeSize -eq "4""#, 1),
        (r#"device.mail -eq "4""#, 1),
        (r#"user.mail -like "4""#, 11),
        (r#"user.mail -eq 4"#, 15),
        (r#"user.mail -eq true"#, 11),
        (r#"user.accountEnabled -eq "true""#, 21),
        (r#"user.otherMails -contains "x""#, 17),
        (r#"user.mail -any (_ -eq "x")"#, 11),
        (r#"user.otherMails -any (user.mail -eq "x")"#, 23),
        (r#"user.mail -eq "x" user.mail -eq "y""#, 19),
        (r#"(user.mail -eq "x""#, 19),
        (r#"user.mail -in "x""#, 15),
        (r#"user.mail -in ["x" "y"]"#, 20),
        (r#"user.mail -eq "x"#, 15),
        (r#"user.mail -match "(""#, 18),
        (r#"user.mail -match "(\w{200}){200}""#, 18),
        ("user.mail - eq", 11),
        ("ä", 1),
    ] {
        let error = rule.parse::<Rule>().expect_err(rule);
        let place = match &error {
            Error::Expected { at, .. }
            | Error::Open { at }
            | Error::Property { at, .. }
            | Error::Unfit { at, .. }
            | Error::Pattern { at, .. } => *at,
            Error::TooLong | Error::TooDeep => 0,
        };
        assert_eq!(place, at, "{rule}: {error}");
    }
}

#[test]
fn length_and_depth_have_limits() {
    let long = format!("user.mail -eq \"{}\"", "x".repeat(LONGEST));
    assert_eq!(long.parse::<Rule>().expect_err("long"), Error::TooLong);
    let deep = format!("{}user.mail -eq \"x\"{}", "(".repeat(100), ")".repeat(100));
    assert_eq!(deep.parse::<Rule>().expect_err("deep"), Error::TooDeep);
    assert_eq!("-not ".repeat(500).parse::<Rule>().expect_err("deep"), Error::TooDeep);
}

#[test]
fn the_files_the_fuzzer_starts_from_are_what_they_say() {
    for (folder, is_rule) in [("accepted", true), ("refused", false)] {
        let files = fs::read_dir(Path::new("tests/corpus").join(folder)).expect("the corpus folder");
        let mut count = 0;
        for file in files {
            let file = file.expect("a corpus file").path();
            let text = fs::read_to_string(&file).expect("readable text");
            assert_eq!(text.parse::<Rule>().is_ok(), is_rule, "{}", file.display());
            count += 1;
        }
        assert!(count > 5, "the corpus is there");
    }
}

proptest! {
    #[test]
    fn nothing_panics(text in "[a-z0-9 ().,_\\-\"\\[\\]`!*+?{}|^$\\\\]{0,80}") {
        if let Ok(rule) = text.parse::<Rule>() {
            rule.holds(&Sam);
        }
    }

    #[test]
    fn a_rule_and_its_negation_part_everybody(
        property in "(mail|department|displayName|userType|objectId)",
        operator in "-(not)?(eq|startsWith|contains|in)",
        text in "[a-zA-Z@.]{0,6}",
    ) {
        let operator = operator.replace("-noteq", "-ne");
        let value = if operator.ends_with("-in") || operator.ends_with("-notin") {
            format!("[\"{text}\"]")
        } else {
            format!("\"{text}\"")
        };
        let rule = format!("user.{property} {operator} {value}");
        let opposite = format!("-not ({rule})");
        let (rule, opposite): (Rule, Rule) = (rule.parse().expect("a rule"), opposite.parse().expect("a rule"));
        prop_assert_ne!(rule.holds(&Sam), opposite.holds(&Sam));
        prop_assert_ne!(rule.holds(&Ada), opposite.holds(&Ada));
    }
}
