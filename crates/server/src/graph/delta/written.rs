//! Changes as they are written.

use crate::changes::{Kind, Logged, What};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// What the changes of one object come to.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Whether it is gone for good.
    pub(super) is_purged: bool,
    /// The members that came or went, each with what happened last.
    pub(super) members: Vec<Member>,
}

/// A member that came or went.
#[derive(Debug)]
pub(super) struct Member {
    kind: Kind,
    id: Uuid,
    is_added: bool,
}

impl Seen {
    /// Takes the next change.
    pub(super) fn add(&mut self, row: &Logged) {
        match row.what {
            What::Set | What::Deleted => self.is_purged = false,
            What::Purged => self.is_purged = true,
            What::MemberAdded | What::MemberRemoved => {
                if let (Some(id), Some(kind)) = (row.related_id, row.related_kind) {
                    self.members.retain(|member| member.id != id);
                    self.members.push(Member { kind, id, is_added: row.what == What::MemberAdded });
                }
            }
        }
    }
}

impl Member {
    /// As it is written.
    pub(super) fn write(self) -> Value {
        member(self.kind, self.id, self.is_added)
    }
}

/// A member that is there (`true`), or was removed.
pub(super) fn member(kind: Kind, id: Uuid, is_added: bool) -> Value {
    let type_name = match kind {
        Kind::User => "#microsoft.graph.user",
        Kind::Group => "#microsoft.graph.group",
        Kind::ServicePrincipal => "#microsoft.graph.servicePrincipal",
        Kind::Application => "#microsoft.graph.application",
        Kind::Grant => "#microsoft.graph.oAuth2PermissionGrant",
        Kind::DirectoryRole => "#microsoft.graph.directoryRole",
    };
    let mut value = json!({ "@odata.type": type_name, "id": id });
    if !is_added {
        value["@removed"] = json!({ "reason": "deleted" });
    }
    value
}

/// `changed` for what can be brought back, `deleted` for what is gone for good.
pub(super) fn removed(id: String, is_purged: bool) -> Map<String, Value> {
    let reason = if is_purged { "deleted" } else { "changed" };
    let mut item = Map::new();
    item.insert("id".to_owned(), Value::String(id));
    item.insert("@removed".to_owned(), json!({ "reason": reason }));
    item
}
