//! What may be asked of applications, of the identities they trust, and of the properties they add to objects (Graph: application,
//! federatedIdentityCredential, extensionProperty).

use super::SignInAudience;
use crate::changes::Kind;
use crate::graph::query::{Column, Property, Related, Resource};
use crate::groups::resource::owners;
use crate::users::fold;
use crate::words::{self, Searched};

/// What registrations are searched by.
pub static SEARCHED: Searched =
    Searched { kind: Kind::Application, resource: &APPLICATION, words: &[(&NAME_WORDS, "displayName")] };

static NAME_WORDS: Related = Related::texts(
    words::subquery!("a.id", "Application", "displayName"),
    &[Property::new("").filtered(Column::Text { sql: "t.folded", fold, reversed: None })],
);
static NAME_PARTS: Related = Related::texts(
    words::subquery!("a.id", "Application", "displayName/part"),
    &[Property::new("").filtered(Column::Text { sql: "t.folded", fold, reversed: None })],
);

/// A value that is kept as a row.
const VALUE: Column = Column::Text { sql: "t.folded", fold, reversed: None };
static IDENTIFIERS: Related =
    Related::texts(words::subquery!("a.id", "Application", "identifierUris"), &[Property::new("").filtered(VALUE)]);
static TAGS: Related =
    Related::texts(words::subquery!("a.id", "Application", "tags"), &[Property::new("").filtered(VALUE)]);

const AUDIENCE: Column = Column::Word { sql: "a.sign_in_audience", words: AUDIENCES };
/// The words of `signInAudience`.
pub const AUDIENCES: &[&str] =
    &[SignInAudience::MyOrganization.as_str(), SignInAudience::SeveralOrganizations.as_str()];

const OWNERS: Column = Column::Counted(owners!("app_owner", "o.owned_kind = 'Application' AND o.owned_id = a.id"));

/// The table of applications, by the alias `a`.
pub static APPLICATION: Resource = Resource {
    type_name: "application",
    id: "a.id",
    properties: &[
        Property::new("addIns").by_default(),
        Property::new("api").by_default(),
        Property::new("appId").by_default().filtered(Column::Id("a.app_id")),
        Property::new("appRoles").by_default(),
        Property::new("applicationTemplateId").by_default(),
        Property::new("certification").by_default(),
        Property::new("createdDateTime").by_default().filtered(Column::Instant("a.created_at")).sortable_by_id(),
        Property::new("defaultRedirectUri").by_default(),
        Property::new("deletedDateTime").by_default().sortable_when_deleted("a.deleted_at"),
        Property::new("description").by_default(),
        Property::new("disabledByMicrosoftStatus").by_default(),
        Property::new("displayName")
            .by_default()
            .filtered(Column::Text { sql: "a.display_name_folded", fold, reversed: None })
            .sortable()
            .searchable_by(&NAME_WORDS)
            .with_parts(&NAME_PARTS),
        Property::new("groupMembershipClaims").by_default(),
        Property::new("id").by_default().filtered(Column::Id("a.id")),
        Property::new("identifierUris").by_default().filtered(Column::Related(&IDENTIFIERS)),
        Property::new("info").by_default(),
        Property::new("isDeviceOnlyAuthSupported").by_default(),
        Property::new("isDisabled").by_default(),
        Property::new("isFallbackPublicClient").by_default(),
        Property::new("keyCredentials").by_default(),
        Property::new("nativeAuthenticationApisEnabled").by_default(),
        Property::new("notes").by_default(),
        Property::new("oauth2RequirePostResponse").by_default(),
        Property::new("optionalClaims").by_default(),
        Property::new("owners/$count").never().filtered_advanced(OWNERS),
        Property::new("parentalControlSettings").by_default(),
        Property::new("passwordCredentials").by_default(),
        Property::new("publicClient").by_default(),
        Property::new("publisherDomain").by_default(),
        Property::new("requestSignatureVerification").by_default(),
        Property::new("requiredResourceAccess").by_default(),
        Property::new("samlMetadataUrl").by_default(),
        Property::new("serviceManagementReference").by_default(),
        Property::new("servicePrincipalLockConfiguration").by_default(),
        Property::new("signInAudience").by_default().filtered(AUDIENCE),
        Property::new("spa").by_default(),
        Property::new("tags").by_default().filtered(Column::Related(&TAGS)),
        Property::new("tokenEncryptionKeyId").by_default(),
        Property::new("uniqueName").by_default().filtered(Column::Text {
            sql: "a.unique_name_folded",
            fold,
            reversed: None,
        }),
        Property::new("verifiedPublisher").by_default(),
        Property::new("web").by_default(),
    ],
};

/// A column that is compared as it stands.
const fn exact(sql: &'static str) -> Column {
    Column::Text { sql, fold: str::to_owned, reversed: None }
}

/// The table of identities elsewhere, by the alias `f`.
pub static FEDERATED_CREDENTIAL: Resource = Resource {
    type_name: "federatedIdentityCredential",
    id: "f.id",
    properties: &[
        Property::new("audiences").by_default(),
        Property::new("description").by_default(),
        Property::new("id").by_default().filtered(Column::Id("f.id")),
        Property::new("issuer").by_default().filtered(exact("f.issuer")),
        Property::new("name").by_default().filtered(exact("f.name")),
        Property::new("subject").by_default().filtered(exact("f.subject")),
    ],
};

/// The table of properties that applications add to objects, by the alias `e`.
pub static EXTENSION_PROPERTY: Resource = Resource {
    type_name: "extensionProperty",
    id: "e.id",
    properties: &[
        Property::new("appDisplayName").by_default(),
        Property::new("dataType").by_default(),
        Property::new("deletedDateTime").by_default(),
        Property::new("id").by_default().filtered(Column::Id("e.id")),
        Property::new("isMultiValued").by_default(),
        Property::new("isSyncedFromOnPremises").by_default(),
        Property::new("name").by_default().filtered(exact("e.name")),
        Property::new("targetObjects").by_default(),
    ],
};
