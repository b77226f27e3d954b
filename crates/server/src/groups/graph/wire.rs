//! A group as JSON.

use crate::graph::etag;
use crate::graph::query::Selection;
use crate::groups::Group;
use crate::platform::clock::rfc3339;
use serde_json::{Map, Value, json};

/// The selected properties.
pub fn group(group: &Group, selection: &Selection) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("@odata.etag".to_owned(), etag::of(group.version).into());
    for name in selection.names() {
        object.insert((*name).to_owned(), property(group, name));
    }
    object
}

fn property(group: &Group, name: &str) -> Value {
    match name {
        // A group does not expire, so it was never renewed after it was made.
        "createdDateTime" | "renewedDateTime" => rfc3339(group.created_at).into(),
        "deletedDateTime" => group.deleted_at.map(rfc3339).into(),
        "description" => json!(group.description),
        "displayName" => json!(group.display_name),
        "groupTypes" => group.group_type.iter().map(|word| json!(word)).collect(),
        "id" => json!(group.id),
        "isAssignableToRole" => json!(group.is_assignable_to_role),
        "mailEnabled" => json!(group.mail_enabled),
        "mailNickname" => json!(group.mail_nickname),
        "membershipRule" => json!(group.membership_rule),
        "membershipRuleProcessingState" => json!(group.membership_rule_state),
        // There are no licences, labels, mailboxes and teams here, and nothing comes from a directory elsewhere.
        "assignedLabels"
        | "assignedLicenses"
        | "onPremisesProvisioningErrors"
        | "proxyAddresses"
        | "resourceBehaviorOptions"
        | "resourceProvisioningOptions"
        | "serviceProvisioningErrors" => json!([]),
        "securityEnabled" => json!(group.security_enabled),
        "securityIdentifier" => group.security_identifier().into(),
        "uniqueName" => json!(group.unique_name),
        "visibility" => json!(group.visibility),
        _ => Value::Null,
    }
}
