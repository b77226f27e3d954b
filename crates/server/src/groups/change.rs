//! What can be said about a group, and which values are taken (Graph: create group, update group).

use super::GroupError;
use super::group::{Group, GroupType, Visibility};
use crate::web::names;
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

/// Objects that one request may name (Graph: create group; add members).
pub const AT_ONCE: usize = 20;

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
        differences(&before, group)
    }
}

fn differences(before: &Group, after: &Group) -> Vec<(&'static str, Value, Value)> {
    let values = |group: &Group| {
        [
            ("displayName", json!(group.display_name)),
            ("description", json!(group.description)),
            ("mailNickname", json!(group.mail_nickname)),
            ("visibility", json!(group.visibility)),
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
        _ => Err(invalid("groupTypes", "it is empty for a security group")),
    }
}

/// Checks `mailEnabled` and `securityEnabled`, of which a security group has one value each.
pub fn enabled(property: &'static str, value: bool) -> Result<(), GroupError> {
    match (property, value) {
        ("mailEnabled", true) => Err(invalid(property, "groups with a mailbox are not served; it must be false")),
        ("securityEnabled", false) => Err(invalid(property, "only security groups are served; it must be true")),
        _ => Ok(()),
    }
}

/// Texts stand on pages and in logs: nothing in them is hidden, starts a line or turns the direction of what follows.
fn check_text(property: &'static str, text: &str, limit: usize) -> Result<(), GroupError> {
    if names::holds_hidden(text) {
        return Err(invalid(property, "it may not hold control or hidden characters"));
    }
    if text.chars().count() > limit {
        return Err(invalid(property, format!("it may have at most {limit} characters")));
    }
    Ok(())
}
