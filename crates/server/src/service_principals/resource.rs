//! What may be asked of service principals, assignments and grants (Graph: servicePrincipal,
//! appRoleAssignment, oAuth2PermissionGrant).

use super::assignment::PrincipalType;
use super::grants::ConsentType;
use crate::changes::Kind;
use crate::graph::query::{Column, Property, Related, Resource};
use crate::groups::resource::owners;
use crate::users::fold;
use crate::words::{self, Searched};

/// The name of a service principal is kept as that of its registration, where there is one.
const DISPLAY_NAME: Column = Column::Text { sql: "s.display_name_folded", fold, reversed: None };
const PRINCIPAL_NAME: Column = Column::Text {
    sql: "COALESCE(u.display_name_folded, pg.display_name_folded, pa.display_name_folded, p.display_name_folded)",
    fold,
    reversed: None,
};
const PRINCIPAL_TYPE: Column = Column::Word {
    sql: "r.principal_type",
    words: &[PrincipalType::User.as_str(), PrincipalType::Group.as_str(), PrincipalType::ServicePrincipal.as_str()],
};

/// What service principals are searched by.
pub static SEARCHED: Searched =
    Searched { kind: Kind::ServicePrincipal, resource: &SERVICE_PRINCIPAL, words: &[(&NAME_WORDS, "displayName")] };

static NAME_WORDS: Related = Related::texts(
    words::subquery!("s.id", "ServicePrincipal", "displayName"),
    &[Property::new("").filtered(Column::Text { sql: "t.folded", fold, reversed: None })],
);
static NAME_PARTS: Related = Related::texts(
    words::subquery!("s.id", "ServicePrincipal", "displayName/part"),
    &[Property::new("").filtered(Column::Text { sql: "t.folded", fold, reversed: None })],
);

const OWNERS: Column = Column::Counted(owners!("app_owner", "o.owned_kind = 'ServicePrincipal' AND o.owned_id = s.id"));

/// The table of service principals, by the alias `s`, joined to their registrations as `a`.
pub static SERVICE_PRINCIPAL: Resource = Resource {
    type_name: "servicePrincipal",
    id: "s.id",
    properties: &[
        Property::new("accountEnabled").by_default().filtered(Column::Boolean("s.account_enabled")),
        Property::new("appDisplayName").by_default(),
        Property::new("appId").by_default().filtered(Column::Id("s.app_id")),
        Property::new("appOwnerOrganizationId").by_default(),
        Property::new("appRoleAssignmentRequired").by_default(),
        Property::new("appRoles").by_default(),
        Property::new("deletedDateTime").by_default(),
        Property::new("displayName")
            .by_default()
            .filtered(DISPLAY_NAME)
            .sortable()
            .searchable_by(&NAME_WORDS)
            .with_parts(&NAME_PARTS),
        Property::new("homepage").by_default(),
        Property::new("id").by_default().filtered(Column::Id("s.id")),
        Property::new("keyCredentials").by_default(),
        Property::new("oauth2PermissionScopes").by_default(),
        Property::new("owners/$count").never().filtered_advanced(OWNERS),
        Property::new("passwordCredentials").by_default(),
        Property::new("replyUrls").by_default(),
        Property::new("servicePrincipalNames").by_default(),
        Property::new("servicePrincipalType").by_default(),
    ],
};

/// The table of assignments, by the alias `r`, joined to whoever was assigned.
pub static ASSIGNMENT: Resource = Resource {
    type_name: "appRoleAssignment",
    id: "r.id",
    properties: &[
        Property::new("appRoleId").by_default().filtered(Column::Id("r.app_role_id")),
        Property::new("createdDateTime").by_default().filtered(Column::Instant("r.created_at")),
        Property::new("deletedDateTime").by_default(),
        Property::new("id").by_default(),
        Property::new("principalDisplayName").by_default().filtered(PRINCIPAL_NAME),
        Property::new("principalId").by_default().filtered(Column::Id("r.principal_id")),
        Property::new("principalType").by_default().filtered(PRINCIPAL_TYPE),
        Property::new("resourceDisplayName").by_default(),
        Property::new("resourceId").by_default().filtered(Column::Id("r.resource_id")),
    ],
};

const CONSENT_TYPE: Column =
    Column::Word { sql: "g.consent_type", words: &[ConsentType::Everybody.as_str(), ConsentType::Person.as_str()] };

/// The grants, by the alias `g`.
pub static GRANT: Resource = Resource {
    type_name: "oAuth2PermissionGrant",
    id: "g.id",
    properties: &[
        Property::new("clientId").by_default().filtered(Column::Id("g.client_id")),
        Property::new("consentType").by_default().filtered(CONSENT_TYPE),
        Property::new("id").by_default(),
        Property::new("principalId").by_default().filtered(Column::Id("g.principal_id")),
        Property::new("resourceId").by_default().filtered(Column::Id("g.resource_id")),
        Property::new("scope").by_default(),
    ],
};
