//! What may be asked of groups, and of what hangs on them (Graph: group).

use super::group::{GroupType, RuleState, Visibility};
use crate::changes::Kind;
use crate::graph::query::{Column, Property, Related, Resource};
use crate::users::fold;
use crate::words::{self, Searched};

pub(super) const DISPLAY_NAME: Column = Column::Text { sql: "g.display_name_folded", fold, reversed: None };
const DESCRIPTION: Column = Column::Text { sql: "g.description_folded", fold, reversed: None };
const MAIL_NICKNAME: Column = Column::Text { sql: "g.mail_nickname_folded", fold, reversed: None };
const UNIQUE_NAME: Column = Column::Text { sql: "g.unique_name_folded", fold, reversed: None };
const VISIBILITY: Column =
    Column::Word { sql: "g.visibility", words: &[Visibility::Private.as_str(), Visibility::Public.as_str()] };
const RULE_STATE: Column =
    Column::Word { sql: "g.membership_rule_state", words: &[RuleState::On.as_str(), RuleState::Paused.as_str()] };

/// How many owners an object has who are not deleted: the table of its owners and which of them are its own, by the alias `o`.
macro_rules! owners {
    ($table:literal, $own:literal) => {
        concat!(
            "(SELECT COUNT(*) FROM ",
            $table,
            " o LEFT JOIN user_account ou
                  ON ou.tenant_id = o.tenant_id AND ou.id = o.object_id AND ou.deleted_at IS NULL
              LEFT JOIN service_principal os
                  ON os.tenant_id = o.tenant_id AND os.id = o.object_id AND os.deleted_at IS NULL
              LEFT JOIN application oa ON oa.tenant_id = os.tenant_id AND oa.app_id = os.app_id
              WHERE o.tenant_id = $1 AND ",
            $own,
            " AND oa.deleted_at IS NULL AND (ou.id IS NOT NULL OR os.id IS NOT NULL))"
        )
    };
}
pub(crate) use owners;

const OWNERS: Column = Column::Counted(owners!("group_owner", "o.group_id = g.id"));

/// The table of groups, by the alias `g`.
pub static GROUP: Resource = Resource {
    type_name: "group",
    id: "g.id",
    properties: &[
        Property::new("accessType"),
        Property::new("assignedLabels"),
        Property::new("assignedLicenses").filtered(Column::Related(&ASSIGNED_LICENSES)),
        Property::new("classification").by_default(),
        Property::new("createdDateTime").by_default().filtered(Column::Instant("g.created_at")).sortable_by_id(),
        Property::new("deletedDateTime").by_default().sortable_when_deleted("g.deleted_at"),
        Property::new("description")
            .by_default()
            .filtered_advanced(DESCRIPTION)
            .searchable_by(&DESCRIPTION_WORDS)
            .with_parts(&DESCRIPTION_PARTS),
        Property::new("displayName")
            .by_default()
            .filtered(DISPLAY_NAME)
            .sortable()
            .searchable_by(&NAME_WORDS)
            .with_parts(&NAME_PARTS),
        Property::new("expirationDateTime").by_default(),
        Property::new("groupTypes").by_default().filtered(Column::Related(&GROUP_TYPE)),
        Property::new("hasMembersWithLicenseErrors"),
        Property::new("id").by_default().filtered(Column::Id("g.id")),
        Property::new("isAssignableToRole").by_default().filtered(Column::Boolean("g.is_assignable_to_role")),
        Property::new("isManagementRestricted"),
        Property::new("licenseProcessingState"),
        Property::new("mail").by_default(),
        Property::new("mailEnabled").by_default().filtered(Column::Boolean("g.mail_enabled")),
        Property::new("mailNickname").by_default().filtered(MAIL_NICKNAME),
        Property::new("membershipRule").by_default(),
        Property::new("membershipRuleProcessingState").by_default().filtered_advanced(RULE_STATE),
        Property::new("onPremisesDomainName").by_default(),
        Property::new("onPremisesExtensionAttributes"),
        Property::new("onPremisesLastSyncDateTime").by_default(),
        Property::new("onPremisesNetBiosName").by_default(),
        Property::new("onPremisesProvisioningErrors").by_default(),
        Property::new("onPremisesSamAccountName").by_default(),
        Property::new("onPremisesSecurityIdentifier").by_default(),
        Property::new("onPremisesSyncEnabled").by_default().filtered(Column::NULL_BOOLEAN),
        Property::new("owners/$count").never().filtered_advanced(OWNERS),
        Property::new("preferredDataLocation").by_default(),
        Property::new("preferredLanguage").by_default(),
        Property::new("proxyAddresses").by_default().filtered(Column::Related(&PROXY_ADDRESSES)),
        Property::new("renewedDateTime").by_default(),
        Property::new("resourceBehaviorOptions").by_default(),
        Property::new("resourceProvisioningOptions").by_default().filtered(Column::Related(&PROVISIONING_OPTIONS)),
        Property::new("securityEnabled").by_default().filtered(Column::Boolean("g.security_enabled")),
        Property::new("securityIdentifier").by_default(),
        Property::new("serviceProvisioningErrors").by_default(),
        Property::new("theme").by_default(),
        Property::new("uniqueName").by_default().filtered(UNIQUE_NAME),
        Property::new("visibility").by_default().filtered_advanced(VISIBILITY),
    ],
};

/// What groups are searched by.
pub static SEARCHED: Searched = Searched {
    kind: Kind::Group,
    resource: &GROUP,
    words: &[(&NAME_WORDS, "displayName"), (&DESCRIPTION_WORDS, "description")],
};

const WORD: Column = Column::Text { sql: "t.folded", fold, reversed: None };
static NAME_WORDS: Related =
    Related::texts(words::subquery!("g.id", "Group", "displayName"), &[Property::new("").filtered(WORD)]);
static NAME_PARTS: Related =
    Related::texts(words::subquery!("g.id", "Group", "displayName/part"), &[Property::new("").filtered(WORD)]);
static DESCRIPTION_WORDS: Related =
    Related::texts(words::subquery!("g.id", "Group", "description"), &[Property::new("").filtered(WORD)]);
static DESCRIPTION_PARTS: Related =
    Related::texts(words::subquery!("g.id", "Group", "description/part"), &[Property::new("").filtered(WORD)]);

/// The words of `groupTypes`. Each group has at most one, so that the item stands in the row of the group and is found by its
/// index.
static GROUP_TYPE: Related = Related {
    type_name: "group",
    subquery: "(g.group_type IS NOT NULL AND ",
    properties: &[Property::new("")
        .filtered(Column::Word { sql: "g.group_type", words: &[GroupType::DynamicMembership.as_str()] })],
};

/// Groups of security have no addresses, and no team or site that came with them: whoever asks for those without finds all.
static PROXY_ADDRESSES: Related = Related::texts("(1 = 0 AND ", &[Property::new("").filtered(DISPLAY_NAME)]);
static PROVISIONING_OPTIONS: Related = Related::texts("(1 = 0 AND ", &[Property::new("").filtered(DISPLAY_NAME)]);

/// Nobody has a license here, neither by a group.
static ASSIGNED_LICENSES: Related = Related {
    type_name: "assignedLicense",
    subquery: "(1 = 0 AND ",
    properties: &[Property::new("skuId").filtered(Column::Id("g.id"))],
};

const LINKED_NAME: Column = Column::Text {
    sql: "COALESCE(u.display_name_folded, g.display_name_folded, a.display_name_folded, s.display_name_folded)",
    fold,
    reversed: None,
};

/// What hangs on a group, whatever kind it is of. The columns are those of `store::linked`.
pub static LINKED: Resource = Resource {
    type_name: "directoryObject",
    id: "m.object_id",
    properties: &[
        Property::new("deletedDateTime").by_default(),
        Property::new("displayName").by_default().filtered(LINKED_NAME).sortable().searchable(),
        Property::new("id").by_default().filtered(Column::Id("m.object_id")),
    ],
};

/// They are looked at one by one, for objects that are met on another way.
macro_rules! among {
    ($($(#[$meta:meta])* $name:ident = $column:literal in $table:literal;)+) => {
        $($(#[$meta])* pub static $name: Related = Related {
            type_name: "directoryObject",
            subquery: concat!(
                "EXISTS (SELECT 1 FROM ",
                $table,
                " m WHERE m.tenant_id = $1 AND m.object_id = ",
                $column,
                " AND "
            ),
            properties: &[],
        };)+
    };
}

among! {
    /// Users who belong to groups, by `m.group_id`.
    MEMBER_USERS = "u.id" in "group_member";
    /// Groups that belong to groups, by `m.group_id`.
    MEMBER_GROUPS = "g.id" in "group_member";
    /// Service principals that belong to groups, by `m.group_id`.
    MEMBER_PROGRAMS = "s.id" in "group_member";
    /// Users who answer for groups, by `m.group_id`.
    OWNER_USERS = "u.id" in "group_owner";
    /// Service principals that answer for groups, by `m.group_id`.
    OWNER_PROGRAMS = "s.id" in "group_owner";
}
