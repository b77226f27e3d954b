//! The rule of a dynamic group: no panic, in bounded time, and a rule and its negation part everybody.
#![no_main]

use libfuzzer_sys::fuzz_target;
use membership_rule::{Property, Rule, Subject, Value};
use std::sync::LazyLock;

const LONG: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";

/// Somebody with texts of every kind, or with none.
struct Person(bool);

static TEXTS: LazyLock<Vec<String>> =
    LazyLock::new(|| ["sam@partner.example", "", "SMTP:x@y", "a\u{301}\u{1f600}"].map(str::to_owned).into());

impl Subject for Person {
    fn value(&self, property: Property) -> Value<'_> {
        match property {
            Property::AccountEnabled => Value::Boolean(self.0),
            Property::OtherMails | Property::ProxyAddresses => Value::Texts(if self.0 { &TEXTS } else { &[] }),
            _ => Value::Text(self.0.then_some(LONG)),
        }
    }

    fn extension(&self, _: &str) -> Option<&str> {
        self.0.then_some(LONG)
    }
}

fuzz_target!(|text: &str| {
    let Ok(rule) = text.parse::<Rule>() else { return };
    let people = [Person(true), Person(false)];
    let held = people.each_ref().map(|person| rule.holds(person));
    // The longest and the deepest rules have no room for a negation.
    let Ok(opposite) = format!("-not ({text})").parse::<Rule>() else { return };
    assert_eq!(people.each_ref().map(|person| !opposite.holds(person)), held, "{text:?}");
});
