//! What may be asked of service principals, assignments and grants (Graph: servicePrincipal,
//! appRoleAssignment, oAuth2PermissionGrant).

use super::ServicePrincipalKind;
use super::assignment::PrincipalType;
use super::grants::ConsentType;
use crate::applications::resource::AUDIENCES;
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

/// A value that is kept as a row.
const VALUE: Column = Column::Text { sql: "t.folded", fold, reversed: None };

macro_rules! values {
    ($($table:ident = $property:literal;)+) => {
        $(static $table: Related = Related::texts(
            words::subquery!("s.id", "ServicePrincipal", $property),
            &[Property::new("").filtered(VALUE)],
        );)+
    };
}

values! {
    ALTERNATIVE_NAMES = "alternativeNames";
    REPLY_URLS = "replyUrls";
    NAMES = "servicePrincipalNames";
    TAGS = "tags";
}

/// The organisation of the registration. The directory API has none, and no registration.
const OWNER: Column = Column::Id("COALESCE(s.home_tenant_id, a.tenant_id)");
const AUDIENCE: Column = Column::Word { sql: "COALESCE(a.sign_in_audience, s.sign_in_audience)", words: AUDIENCES };
const KIND: Column = Column::Word { sql: "s.kind", words: &[ServicePrincipalKind::Application.as_str()] };

const OWNERS: Column = Column::Counted(owners!("app_owner", "o.owned_kind = 'ServicePrincipal' AND o.owned_id = s.id"));

/// The table of service principals, by the alias `s`, joined to their registrations as `a`.
pub static SERVICE_PRINCIPAL: Resource = Resource {
    type_name: "servicePrincipal",
    id: "s.id",
    properties: &[
        Property::new("accountEnabled").by_default().filtered(Column::Boolean("s.account_enabled")),
        Property::new("addIns").by_default(),
        Property::new("alternativeNames").by_default().filtered(Column::Related(&ALTERNATIVE_NAMES)),
        Property::new("appDescription").by_default(),
        Property::new("appDisplayName").by_default(),
        Property::new("appId").by_default().filtered(Column::Id("s.app_id")),
        Property::new("appOwnerOrganizationId").by_default().filtered(OWNER),
        Property::new("appRoleAssignmentRequired").by_default(),
        Property::new("appRoles").by_default(),
        Property::new("applicationTemplateId").by_default(),
        Property::new("deletedDateTime").by_default().sortable_when_deleted("s.deleted_at"),
        Property::new("description").by_default(),
        Property::new("disabledByMicrosoftStatus").by_default(),
        Property::new("displayName")
            .by_default()
            .filtered(DISPLAY_NAME)
            .sortable()
            .searchable_by(&NAME_WORDS)
            .with_parts(&NAME_PARTS),
        Property::new("homepage").by_default(),
        Property::new("id").by_default().filtered(Column::Id("s.id")),
        Property::new("info").by_default(),
        Property::new("isDisabled").by_default(),
        Property::new("keyCredentials").by_default(),
        Property::new("loginUrl").by_default(),
        Property::new("logoutUrl").by_default(),
        Property::new("notes").by_default(),
        Property::new("notificationEmailAddresses").by_default(),
        Property::new("oauth2PermissionScopes").by_default(),
        Property::new("owners/$count").never().filtered_advanced(OWNERS),
        Property::new("passwordCredentials").by_default(),
        Property::new("preferredSingleSignOnMode").by_default(),
        Property::new("preferredTokenSigningKeyThumbprint").by_default(),
        Property::new("replyUrls").by_default().filtered(Column::Related(&REPLY_URLS)),
        Property::new("resourceSpecificApplicationPermissions").by_default(),
        Property::new("samlSingleSignOnSettings").by_default(),
        Property::new("servicePrincipalNames").by_default().filtered(Column::Related(&NAMES)),
        Property::new("servicePrincipalType").by_default().filtered(KIND),
        Property::new("signInAudience").by_default().filtered(AUDIENCE),
        Property::new("tags").by_default().filtered(Column::Related(&TAGS)),
        Property::new("tokenEncryptionKeyId").by_default(),
        Property::new("verifiedPublisher").by_default(),
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
