//! What a group is.

use crate::platform::ids::{GroupId, TenantId};
use database::Timestamp;

database::text_enum! {
    /// A word of `groupTypes`; a group of chosen members has none.
    pub enum GroupType {
        /// Who belongs to it follows from a rule.
        DynamicMembership = "DynamicMembership",
    }
}

database::text_enum! {
    /// `visibility`. It is kept for programs that ask for it; who sees a group is decided by the caller's level.
    pub enum Visibility {
        /// Private.
        Private = "Private",
        /// Public.
        Public = "Public",
    }
}

database::text_enum! {
    /// `membershipRuleProcessingState`
    pub enum RuleState {
        /// The rule decides who belongs to the group.
        On = "On",
        /// Whoever belongs to it stays; nobody comes or goes.
        Paused = "Paused",
    }
}

/// A security group.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Group {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The object id.
    pub id: GroupId,
    /// `displayName`
    pub display_name: String,
    /// `description`
    pub description: Option<String>,
    /// `mailNickname`; it has no mailbox, but programs that create groups set it.
    pub mail_nickname: String,
    /// `mailEnabled`
    pub mail_enabled: bool,
    /// `securityEnabled`
    pub security_enabled: bool,
    /// The one word of `groupTypes`.
    pub group_type: Option<GroupType>,
    /// `visibility`
    pub visibility: Option<Visibility>,
    /// `isAssignableToRole`; set when the group is made and never after.
    pub is_assignable_to_role: bool,
    /// `membershipRule`
    pub membership_rule: Option<String>,
    /// `membershipRuleProcessingState`
    pub membership_rule_state: Option<RuleState>,
    /// `uniqueName`; set once.
    pub unique_name: Option<String>,
    /// `createdDateTime`
    pub created_at: Timestamp,
    /// `deletedDateTime`; set while it can be brought back.
    pub deleted_at: Option<Timestamp>,
    /// Counts the changes; the entity tag.
    pub version: i64,
}

impl Group {
    /// Whether a rule decides who belongs to it.
    pub fn is_dynamic(&self) -> bool {
        self.group_type == Some(GroupType::DynamicMembership)
    }

    /// `securityIdentifier`: the object id as Windows writes it, four numbers of 32 bits behind `S-1-12-1`.
    pub fn security_identifier(&self) -> String {
        let bytes = self.id.0.to_bytes_le();
        let numbers = bytes.chunks_exact(4).map(|part| u32::from_le_bytes([part[0], part[1], part[2], part[3]]));
        numbers.fold("S-1-12-1".to_owned(), |text, number| format!("{text}-{number}"))
    }
}

database::text_enum! {
    /// How an object hangs on a group.
    pub enum Relation {
        /// It belongs to the group.
        Members = "members",
        /// It answers for the group.
        Owners = "owners",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::uuid;

    #[test]
    fn the_security_identifier_is_made_of_the_id() {
        let group = Group {
            tenant_id: TenantId(uuid!("00000000-0000-0000-0000-000000000000")),
            id: GroupId(uuid!("04030201-0605-0807-090a-0b0c0d0e0f10")),
            display_name: String::new(),
            description: None,
            mail_nickname: String::new(),
            mail_enabled: false,
            security_enabled: true,
            group_type: None,
            visibility: None,
            is_assignable_to_role: false,
            membership_rule: None,
            membership_rule_state: None,
            unique_name: None,
            created_at: Timestamp::from_microseconds(0),
            deleted_at: None,
            version: 1,
        };
        assert_eq!(group.security_identifier(), "S-1-12-1-67305985-134678021-202050057-269422093");
    }
}
