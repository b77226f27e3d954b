//! What may be asked of users (Graph: user).

use super::user::{CreationType, ExternalUserState, SignInType, UserType, fold};
use crate::graph::query::{Column, Property, Related, Resource};

/// Mail addresses fold as [`super::Address::folded`] does.
pub(super) const MAIL: Column =
    Column::Text { sql: "u.mail_folded", fold: str::to_ascii_lowercase, reversed: Some("u.mail_reversed") };
pub(super) const DISPLAY_NAME: Column = Column::Text { sql: "u.display_name_folded", fold, reversed: None };
pub(super) const PRINCIPAL_NAME: Column = Column::Text { sql: "u.user_principal_name_folded", fold, reversed: None };
const USER_TYPE: Column =
    Column::Word { sql: "u.user_type", words: &[UserType::Member.as_str(), UserType::Guest.as_str()] };
const CREATION_TYPE: Column = Column::Word { sql: "u.creation_type", words: &[CreationType::Invitation.as_str()] };
const EXTERNAL_USER_STATE: Column = Column::Word {
    sql: "u.external_user_state",
    words: &[ExternalUserState::PendingAcceptance.as_str(), ExternalUserState::Accepted.as_str()],
};

/// The table of users, by the alias `u`.
pub static USER: Resource = Resource {
    type_name: "user",
    id: "u.id",
    properties: &[
        Property::new("accountEnabled").filtered(Column::Boolean("u.account_enabled")),
        Property::new("businessPhones").by_default(),
        Property::new("companyName"),
        Property::new("createdDateTime").filtered(Column::Instant("u.created_at")),
        Property::new("creationType").filtered_advanced(CREATION_TYPE),
        Property::new("department"),
        Property::new("displayName").by_default().filtered(DISPLAY_NAME).sortable().searchable(),
        Property::new("externalUserState").filtered_advanced(EXTERNAL_USER_STATE),
        Property::new("externalUserStateChangeDateTime")
            .filtered_advanced(Column::Instant("u.external_user_state_changed_at")),
        Property::new("givenName").by_default(),
        Property::new("id").by_default().filtered(Column::Id("u.id")),
        Property::new("identities").filtered(Column::Related(&IDENTITY)),
        Property::new("jobTitle").by_default(),
        Property::new("lastPasswordChangeDateTime"),
        Property::new("mail").by_default().filtered(MAIL).searchable(),
        Property::new("mailNickname"),
        Property::new("mobilePhone").by_default(),
        Property::new("officeLocation").by_default(),
        Property::new("otherMails"),
        Property::new("preferredLanguage").by_default(),
        Property::new("proxyAddresses"),
        Property::new("signInActivity").by_name(),
        Property::new("signInSessionsValidFromDateTime"),
        Property::new("surname").by_default(),
        Property::new("usageLocation"),
        Property::new("userPrincipalName").by_default().filtered(PRINCIPAL_NAME).sortable().searchable(),
        Property::new("userType").filtered(USER_TYPE),
    ],
};

/// The identities of a user (Graph: objectIdentity).
static IDENTITY: Related = Related {
    type_name: "objectIdentity",
    subquery: "u.id IN (SELECT i.user_id FROM user_identity i WHERE i.tenant_id = $1 AND ",
    properties: &[
        Property::new("issuer").filtered(Column::Text { sql: "i.issuer", fold: str::to_owned, reversed: None }),
        Property::new("issuerAssignedId").filtered(Column::Text {
            sql: "i.issuer_assigned_id_folded",
            fold: str::to_ascii_lowercase,
            reversed: None,
        }),
        Property::new("signInType").filtered(Column::Word {
            sql: "i.sign_in_type",
            words: &[SignInType::UserPrincipalName.as_str(), SignInType::Federated.as_str()],
        }),
    ],
};
