//! What was written into a form of a group that is out of date, in words.

use crate::groups::{Group, RuleState, Visibility};
use crate::web::complaint::Answers;
use crate::web::fields::Fields;

/// What is said of such a form.
pub const STALE: &str = "Somebody changed this group after you opened the page. Below stands what is stored now.";

/// What a form says otherwise than it is stored: what is asked, and the answer. What it does not hold says nothing.
pub fn other_than_stored(group: &Group, part: &str, fields: &Fields) -> Answers {
    match part {
        "change" => {
            let description = group.description.as_deref().unwrap_or_default();
            let visibility = group.visibility.map_or("", Visibility::as_str);
            let asked = [
                ("name", "Name", group.display_name.as_str()),
                ("description", "What it is for", description),
                ("nickname", "Short name", group.mail_nickname.as_str()),
                ("visibility", "Visibility", visibility),
            ];
            others(fields, &asked)
        }
        "rule" => {
            let rule = group.membership_rule.as_deref().unwrap_or_default();
            let mut others = others(fields, &[("rule", "Who belongs to it", rule)]);
            let is_ticked = fields.is_ticked("on");
            if is_ticked != is_on(group) {
                others.push(("The rule is on", if is_ticked { "yes" } else { "no" }.to_owned()));
            }
            others
        }
        "add-member" => others(fields, &[("member", "Who shall belong to it", "")]),
        "add-owner" => others(fields, &[("owner", "Who shall answer for it", "")]),
        _ => Answers::new(),
    }
}

/// Whether the rule of a group is on, or would be.
pub fn is_on(group: &Group) -> bool {
    group.membership_rule_state != Some(RuleState::Paused)
}

/// The answers that differ: a field, what it asks, and what is stored.
fn others(fields: &Fields, asked: &[(&str, &'static str, &str)]) -> Answers {
    let mut others = Answers::new();
    for (field, label, stored) in asked {
        let written = plain(fields.get(field));
        if !fields.all(field).is_empty() && written != plain(stored) {
            others.push((*label, written));
        }
    }
    others
}

/// A text as it is kept: browsers end the lines of an area with two characters.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}
