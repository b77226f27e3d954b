//! What can be said about a group, and which values are taken (Graph: create group, update group).

use super::GroupError;
use super::group::{Group, GroupType, RuleState, Visibility};
use crate::extensions::ValueChange;
use crate::web::names;
use membership_rule::Rule;
use serde_json::{Value, json};
use uuid::Uuid;

/// The greatest length of `displayName` in characters (Graph: group).
const DISPLAY_NAME: usize = 256;

/// The greatest length of `description` in characters (Graph: group).
const DESCRIPTION: usize = 1024;

/// The greatest length of `mailNickname` in characters (Graph: group).
const MAIL_NICKNAME: usize = 64;

/// The greatest length of `uniqueName` in characters (Graph: group).
const UNIQUE_NAME: usize = 128;

/// The properties that let a rule decide who belongs to a group.
pub const RULE: [&str; 3] = ["groupTypes", "membershipRule", "membershipRuleProcessingState"];

/// A group to be made.
#[derive(Debug, Clone)]
pub struct NewGroup {
    /// What it is like.
    pub properties: Changes,
    /// `isAssignableToRole`
    pub is_assignable_to_role: bool,
    /// `uniqueName`
    pub unique_name: Option<String>,
    /// Who belongs to it from the start.
    pub members: Vec<Named>,
    /// Who answers for it from the start.
    pub owners: Vec<Named>,
}

/// An object as a request names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// The set it was named in, such as `users`; `directoryObjects` for any.
    pub set: &'static str,
    /// The object.
    pub id: Uuid,
}

/// New values, already checked; `None` leaves a property as it is.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// `displayName`
    pub display_name: Option<String>,
    /// `description`
    pub description: Option<Option<String>>,
    /// `mailNickname`
    pub mail_nickname: Option<String>,
    /// `visibility`
    pub visibility: Option<Option<Visibility>>,
    /// The one word of `groupTypes`.
    pub group_type: Option<Option<GroupType>>,
    /// `membershipRule`
    pub membership_rule: Option<Option<String>>,
    /// `membershipRuleProcessingState`
    pub membership_rule_state: Option<Option<RuleState>>,
    /// Properties that apps added, which are kept beside the group.
    pub extensions: Vec<ValueChange>,
}

impl Changes {
    /// Changes the group; what differs: the property, its old and its new value.
    pub fn apply(&self, group: &mut Group) -> Vec<(&'static str, Value, Value)> {
        let before = group.clone();
        if let Some(name) = &self.display_name {
            group.display_name.clone_from(name);
        }
        if let Some(text) = &self.description {
            group.description.clone_from(text);
        }
        if let Some(name) = &self.mail_nickname {
            group.mail_nickname.clone_from(name);
        }
        if let Some(visibility) = self.visibility {
            group.visibility = visibility;
        }
        if let Some(group_type) = self.group_type {
            group.group_type = group_type;
            if group_type.is_none() {
                (group.membership_rule, group.membership_rule_state) = (None, None);
            }
        }
        if let Some(rule) = &self.membership_rule {
            group.membership_rule.clone_from(rule);
        }
        if let Some(state) = self.membership_rule_state {
            group.membership_rule_state = state;
        }
        differences(&before, group)
    }
}

/// Checks that what was said of a group fits together. A rule is on unless it is said to be paused.
pub fn check(group: &mut Group) -> Result<(), GroupError> {
    if !group.is_dynamic() {
        let left = [
            ("membershipRule", group.membership_rule.is_some()),
            ("membershipRuleProcessingState", group.membership_rule_state.is_some()),
        ];
        let problem = "it is for groups whose groupTypes hold DynamicMembership";
        return left.iter().find(|(_, given)| *given).map_or(Ok(()), |(name, _)| Err(invalid(name, problem)));
    }
    if group.is_assignable_to_role {
        return Err(invalid("groupTypes", "who belongs to a group that roles can be given to is chosen by hand"));
    }
    if group.membership_rule.is_none() {
        return Err(invalid("membershipRule", "a group with DynamicMembership needs one"));
    }
    group.membership_rule_state.get_or_insert(RuleState::On);
    Ok(())
}

/// What differs between two states of a group: the property, its old and its new value.
pub fn differences(before: &Group, after: &Group) -> Vec<(&'static str, Value, Value)> {
    let values = |group: &Group| {
        [
            ("displayName", json!(group.display_name)),
            ("description", json!(group.description)),
            ("mailNickname", json!(group.mail_nickname)),
            ("visibility", json!(group.visibility)),
            ("groupTypes", group.group_type.iter().map(|word| json!(word)).collect()),
            ("membershipRule", json!(group.membership_rule)),
            ("membershipRuleProcessingState", json!(group.membership_rule_state)),
        ]
    };
    let pairs = values(before).into_iter().zip(values(after));
    pairs.filter(|((_, old), (_, new))| old != new).map(|((name, old), (_, new))| (name, old, new)).collect()
}

fn invalid(property: &'static str, problem: impl Into<String>) -> GroupError {
    GroupError::Invalid { property, problem: problem.into() }
}

/// Checks `displayName`.
pub fn display_name(text: &str) -> Result<String, GroupError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(invalid("displayName", "it may not be empty"));
    }
    check_text("displayName", text, DISPLAY_NAME)?;
    Ok(text.to_owned())
}

/// Checks `description`; an empty one is none.
pub fn description(text: Option<String>) -> Result<Option<String>, GroupError> {
    if let Some(text) = &text {
        let plain = text.replace(['\n', '\r', '\t'], " ");
        check_text("description", &plain, DESCRIPTION)?;
    }
    Ok(text.filter(|text| !text.is_empty()))
}

/// Checks `mailNickname`: ASCII without the characters that end or quote the name in front of an `@` (Graph: group).
pub fn mail_nickname(text: String) -> Result<String, GroupError> {
    let is_refused = |c: char| !c.is_ascii() || c.is_ascii_control() || "@()\\[]\";:<>, ".contains(c);
    match text.chars().count() {
        0 => Err(invalid("mailNickname", "it may not be empty")),
        length if length > MAIL_NICKNAME => {
            Err(invalid("mailNickname", format!("it may have at most {MAIL_NICKNAME} characters")))
        }
        _ if text.contains(is_refused) => Err(invalid(
            "mailNickname",
            "it may hold ASCII characters only, without spaces and @ ( ) \\ [ ] \" ; : < > ,",
        )),
        _ => Ok(text),
    }
}

/// Checks `uniqueName`.
pub fn unique_name(text: String) -> Result<String, GroupError> {
    if text.is_empty() || text.contains('\'') {
        return Err(invalid("uniqueName", "it may neither be empty nor hold an apostrophe"));
    }
    check_text("uniqueName", &text, UNIQUE_NAME)?;
    Ok(text)
}

/// Checks `visibility`.
pub fn visibility(text: Option<&str>) -> Result<Option<Visibility>, GroupError> {
    let Some(text) = text else { return Ok(None) };
    let known = Visibility::ALL.iter().find(|known| known.as_str().eq_ignore_ascii_case(text));
    known.copied().map(Some).ok_or_else(|| {
        let problem = "it is Private or Public; HiddenMembership is for groups with a mailbox, which are not served";
        invalid("visibility", problem)
    })
}

/// Checks `groupTypes`.
pub fn group_types(words: &[String]) -> Result<Option<GroupType>, GroupError> {
    match words {
        [] => Ok(None),
        words if words.iter().any(|word| word.eq_ignore_ascii_case("Unified")) => Err(invalid(
            "groupTypes",
            "groups with a mailbox (Unified) are not served; leave it empty for a security group",
        )),
        [word] if word.eq_ignore_ascii_case(GroupType::DynamicMembership.as_str()) => {
            Ok(Some(GroupType::DynamicMembership))
        }
        _ => Err(invalid("groupTypes", "it is empty, or holds DynamicMembership")),
    }
}

/// Checks `membershipRule`; an empty one is none.
pub fn membership_rule(text: Option<String>) -> Result<Option<String>, GroupError> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    match text.parse::<Rule>() {
        Ok(_) => Ok(Some(text)),
        Err(error) => Err(invalid("membershipRule", error.to_string())),
    }
}

/// Checks `membershipRuleProcessingState`.
pub fn rule_state(text: Option<&str>) -> Result<Option<RuleState>, GroupError> {
    let Some(text) = text else { return Ok(None) };
    let known = RuleState::ALL.iter().find(|known| known.as_str().eq_ignore_ascii_case(text));
    known.copied().map(Some).ok_or_else(|| invalid("membershipRuleProcessingState", "it is On or Paused"))
}

/// Checks `mailEnabled` and `securityEnabled`, of which a security group has one value each.
pub fn enabled(property: &'static str, value: bool) -> Result<(), GroupError> {
    match (property, value) {
        ("mailEnabled", true) => Err(invalid(property, "groups with a mailbox are not served; it must be false")),
        ("securityEnabled", false) => Err(invalid(property, "only security groups are served; it must be true")),
        _ => Ok(()),
    }
}

fn check_text(property: &'static str, text: &str, limit: usize) -> Result<(), GroupError> {
    names::check(text, limit).map_err(|problem| invalid(property, problem))
}
