//! What may be asked of users (Graph: user).

use super::terms::fold_long;
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

/// Only sign-ins that were let in are noted with the user: it is the later of both kinds.
const LAST_SUCCESSFUL: Column = Column::Instant(
    "(CASE WHEN u.last_sign_in_at IS NULL OR u.last_app_sign_in_at > u.last_sign_in_at
      THEN u.last_app_sign_in_at ELSE u.last_sign_in_at END)",
);

/// It is asked seldom and has no index: it is read out of each user who is gone through.
const HIRE_DATE: Column = Column::Instant("CAST(u.profile ->> 'employeeHireDate' AS BIGINT)");

/// The table of users, by the alias `u`.
pub static USER: Resource = Resource {
    type_name: "user",
    id: "u.id",
    properties: &[
        Property::new("accountEnabled").filtered(Column::Boolean("u.account_enabled")),
        Property::new("ageGroup").filtered(Column::Elsewhere(&AGE_GROUP)),
        Property::new("assignedLicenses").filtered(Column::Related(&ASSIGNED_LICENSES)),
        Property::new("assignedPlans"),
        Property::new("businessPhones").by_default().filtered_advanced(Column::Related(&BUSINESS_PHONES)),
        Property::new("city").filtered(Column::Elsewhere(&CITY)),
        Property::new("companyName").filtered_advanced(Column::Elsewhere(&COMPANY_NAME)),
        Property::new("consentProvidedForMinor").filtered(Column::Elsewhere(&CONSENT)),
        Property::new("country").filtered(Column::Elsewhere(&COUNTRY)),
        Property::new("createdDateTime").filtered(Column::Instant("u.created_at")).sortable_by_id(),
        Property::new("creationType").filtered_advanced(CREATION_TYPE),
        Property::new("deletedDateTime").sortable_when_deleted("u.deleted_at"),
        Property::new("department").filtered(Column::Elsewhere(&DEPARTMENT)),
        Property::new("displayName")
            .by_default()
            .filtered(DISPLAY_NAME)
            .sortable()
            .searchable_by(&NAME_WORDS)
            .with_parts(&NAME_PARTS),
        Property::new("employeeHireDate").filtered_advanced(HIRE_DATE),
        Property::new("employeeId").filtered(Column::Elsewhere(&EMPLOYEE_ID)),
        Property::new("employeeOrgData"),
        Property::new("employeeType").filtered_advanced(Column::Elsewhere(&EMPLOYEE_TYPE)),
        Property::new("externalUserState").filtered_advanced(EXTERNAL_USER_STATE),
        Property::new("externalUserStateChangeDateTime")
            .filtered_advanced(Column::Instant("u.external_user_state_changed_at")),
        Property::new("faxNumber").filtered_advanced(Column::Elsewhere(&FAX_NUMBER)),
        Property::new("givenName").by_default().filtered(Column::Elsewhere(&GIVEN_NAME)),
        Property::new("id").by_default().filtered(Column::Id("u.id")),
        Property::new("identities").filtered(Column::Related(&IDENTITY)),
        Property::new("imAddresses").filtered(Column::Related(&IM_ADDRESSES)),
        Property::new("isManagementRestricted"),
        Property::new("isResourceAccount"),
        Property::new("jobTitle").by_default().filtered(Column::Elsewhere(&JOB_TITLE)),
        Property::new("lastPasswordChangeDateTime"),
        Property::new("legalAgeGroupClassification"),
        Property::new("licenseAssignmentStates"),
        Property::new("mail").by_default().filtered(MAIL).sortable_with_gaps().searchable_by(&ADDRESS_WORDS),
        Property::new("mailNickname").filtered(Column::Elsewhere(&MAIL_NICKNAME)),
        Property::new("mobilePhone").by_default().filtered_advanced(Column::Elsewhere(&MOBILE_PHONE)),
        Property::new("officeLocation").by_default().filtered_advanced(Column::Elsewhere(&OFFICE_LOCATION)),
        Property::new("onPremisesDistinguishedName"),
        Property::new("onPremisesDomainName"),
        Property::new("onPremisesExtensionAttributes"),
        Property::new("onPremisesExtensionAttributes/extensionAttribute1")
            .never()
            .filtered(Column::Elsewhere(&EXTENSION_ATTRIBUTE_1)),
        Property::new("onPremisesExtensionAttributes/extensionAttribute2")
            .never()
            .filtered(Column::Elsewhere(&EXTENSION_ATTRIBUTE_2)),
        Property::new("onPremisesExtensionAttributes/extensionAttribute3")
            .never()
            .filtered(Column::Elsewhere(&EXTENSION_ATTRIBUTE_3)),
        Property::new("onPremisesExtensionAttributes/extensionAttribute4")
            .never()
            .filtered(Column::Elsewhere(&EXTENSION_ATTRIBUTE_4)),
        Property::new("onPremisesExtensionAttributes/extensionAttribute5")
            .never()
            .filtered(Column::Elsewhere(&EXTENSION_ATTRIBUTE_5)),
        Property::new("onPremisesExtensionAttributes/extensionAttribute6")
            .never()
            .filtered(Column::Elsewhere(&EXTENSION_ATTRIBUTE_6)),
        Property::new("onPremisesExtensionAttributes/extensionAttribute7")
            .never()
            .filtered(Column::Elsewhere(&EXTENSION_ATTRIBUTE_7)),
        Property::new("onPremisesExtensionAttributes/extensionAttribute8")
            .never()
            .filtered(Column::Elsewhere(&EXTENSION_ATTRIBUTE_8)),
        Property::new("onPremisesExtensionAttributes/extensionAttribute9")
            .never()
            .filtered(Column::Elsewhere(&EXTENSION_ATTRIBUTE_9)),
        Property::new("onPremisesExtensionAttributes/extensionAttribute10")
            .never()
            .filtered(Column::Elsewhere(&EXTENSION_ATTRIBUTE_10)),
        Property::new("onPremisesExtensionAttributes/extensionAttribute11")
            .never()
            .filtered(Column::Elsewhere(&EXTENSION_ATTRIBUTE_11)),
        Property::new("onPremisesExtensionAttributes/extensionAttribute12")
            .never()
            .filtered(Column::Elsewhere(&EXTENSION_ATTRIBUTE_12)),
        Property::new("onPremisesExtensionAttributes/extensionAttribute13")
            .never()
            .filtered(Column::Elsewhere(&EXTENSION_ATTRIBUTE_13)),
        Property::new("onPremisesExtensionAttributes/extensionAttribute14")
            .never()
            .filtered(Column::Elsewhere(&EXTENSION_ATTRIBUTE_14)),
        Property::new("onPremisesExtensionAttributes/extensionAttribute15")
            .never()
            .filtered(Column::Elsewhere(&EXTENSION_ATTRIBUTE_15)),
        Property::new("onPremisesImmutableId").filtered(Column::NULL_TEXT),
        Property::new("onPremisesLastSyncDateTime").filtered(Column::NULL_INSTANT),
        Property::new("onPremisesProvisioningErrors").filtered(Column::Related(&PROVISIONING_ERRORS)),
        Property::new("onPremisesSamAccountName").filtered_advanced(Column::NULL_TEXT),
        Property::new("onPremisesSecurityIdentifier").filtered(Column::NULL_TEXT),
        Property::new("onPremisesSyncEnabled").filtered(Column::NULL_BOOLEAN),
        Property::new("onPremisesUserPrincipalName").filtered(Column::NULL_TEXT),
        Property::new("otherMails").filtered(Column::Related(&OTHER_MAILS)),
        Property::new("passwordPolicies").filtered_advanced(Column::NULL_TEXT),
        Property::new("passwordProfile"),
        Property::new("postalCode").filtered_advanced(Column::Elsewhere(&POSTAL_CODE)),
        Property::new("preferredDataLocation"),
        Property::new("preferredLanguage").by_default().filtered_advanced(Column::Elsewhere(&PREFERRED_LANGUAGE)),
        Property::new("provisionedPlans"),
        Property::new("proxyAddresses").filtered(Column::Related(&PROXY_ADDRESSES)),
        Property::new("securityIdentifier"),
        Property::new("serviceProvisioningErrors"),
        Property::new("showInAddressList"),
        Property::new("signInActivity").by_name(),
        Property::new("signInActivity/lastNonInteractiveSignInDateTime")
            .never()
            .filtered(Column::Instant("u.last_app_sign_in_at")),
        Property::new("signInActivity/lastSignInDateTime").never().filtered(Column::Instant("u.last_sign_in_at")),
        Property::new("signInActivity/lastSuccessfulSignInDateTime").never().filtered(LAST_SUCCESSFUL),
        Property::new("signInSessionsValidFromDateTime"),
        Property::new("state").filtered(Column::Elsewhere(&STATE)),
        Property::new("streetAddress").filtered_advanced(Column::Elsewhere(&STREET_ADDRESS)),
        Property::new("surname").by_default().filtered(Column::Elsewhere(&SURNAME)),
        Property::new("usageLocation").filtered(Column::Elsewhere(&USAGE_LOCATION)),
        Property::new("userPrincipalName")
            .by_default()
            .filtered(PRINCIPAL_NAME)
            .sortable()
            .searchable_by(&ADDRESS_WORDS),
        Property::new("userType").filtered(USER_TYPE),
    ],
};

/// Texts that are kept as terms, folded by `$fold`; `$item` is the name of an item, empty in a collection.
macro_rules! terms {
    ($fold:ident: $($table:ident = $property:literal, $item:literal;)+) => {
        $(pub(super) static $table: Related = Related::texts(
            concat!(
                "u.id IN (SELECT t.user_id FROM user_term t WHERE t.tenant_id = $1 AND t.property = '",
                $property,
                "' AND "
            ),
            &[Property::new($item).filtered(Column::Text { sql: "t.folded", fold: $fold, reversed: None })],
        );)+
    };
}

terms! { fold:
    AGE_GROUP = "ageGroup", "ageGroup";
    CITY = "city", "city";
    COMPANY_NAME = "companyName", "companyName";
    CONSENT = "consentProvidedForMinor", "consentProvidedForMinor";
    COUNTRY = "country", "country";
    DEPARTMENT = "department", "department";
    EMPLOYEE_ID = "employeeId", "employeeId";
    EMPLOYEE_TYPE = "employeeType", "employeeType";
    FAX_NUMBER = "faxNumber", "faxNumber";
    GIVEN_NAME = "givenName", "givenName";
    JOB_TITLE = "jobTitle", "jobTitle";
    MAIL_NICKNAME = "mailNickname", "mailNickname";
    MOBILE_PHONE = "mobilePhone", "mobilePhone";
    OFFICE_LOCATION = "officeLocation", "officeLocation";
    POSTAL_CODE = "postalCode", "postalCode";
    PREFERRED_LANGUAGE = "preferredLanguage", "preferredLanguage";
    STATE = "state", "state";
    SURNAME = "surname", "surname";
    USAGE_LOCATION = "usageLocation", "usageLocation";
    BUSINESS_PHONES = "businessPhones", "";
    OTHER_MAILS = "otherMails", "";
    PROXY_ADDRESSES = "proxyAddresses", "";
    NAME_WORDS = "nameWord", "";
    NAME_PARTS = "namePart", "";
    ADDRESS_WORDS = "addressWord", "";
}

terms! { fold_long:
    STREET_ADDRESS = "streetAddress", "streetAddress";
    EXTENSION_ATTRIBUTE_1 = "extensionAttribute1", "onPremisesExtensionAttributes/extensionAttribute1";
    EXTENSION_ATTRIBUTE_2 = "extensionAttribute2", "onPremisesExtensionAttributes/extensionAttribute2";
    EXTENSION_ATTRIBUTE_3 = "extensionAttribute3", "onPremisesExtensionAttributes/extensionAttribute3";
    EXTENSION_ATTRIBUTE_4 = "extensionAttribute4", "onPremisesExtensionAttributes/extensionAttribute4";
    EXTENSION_ATTRIBUTE_5 = "extensionAttribute5", "onPremisesExtensionAttributes/extensionAttribute5";
    EXTENSION_ATTRIBUTE_6 = "extensionAttribute6", "onPremisesExtensionAttributes/extensionAttribute6";
    EXTENSION_ATTRIBUTE_7 = "extensionAttribute7", "onPremisesExtensionAttributes/extensionAttribute7";
    EXTENSION_ATTRIBUTE_8 = "extensionAttribute8", "onPremisesExtensionAttributes/extensionAttribute8";
    EXTENSION_ATTRIBUTE_9 = "extensionAttribute9", "onPremisesExtensionAttributes/extensionAttribute9";
    EXTENSION_ATTRIBUTE_10 = "extensionAttribute10", "onPremisesExtensionAttributes/extensionAttribute10";
    EXTENSION_ATTRIBUTE_11 = "extensionAttribute11", "onPremisesExtensionAttributes/extensionAttribute11";
    EXTENSION_ATTRIBUTE_12 = "extensionAttribute12", "onPremisesExtensionAttributes/extensionAttribute12";
    EXTENSION_ATTRIBUTE_13 = "extensionAttribute13", "onPremisesExtensionAttributes/extensionAttribute13";
    EXTENSION_ATTRIBUTE_14 = "extensionAttribute14", "onPremisesExtensionAttributes/extensionAttribute14";
    EXTENSION_ATTRIBUTE_15 = "extensionAttribute15", "onPremisesExtensionAttributes/extensionAttribute15";
}

/// Nobody has a license here: whoever asks for those without one finds everybody.
static ASSIGNED_LICENSES: Related = Related {
    type_name: "assignedLicense",
    subquery: "(1 = 0 AND ",
    properties: &[Property::new("skuId").filtered(Column::Id("u.id"))],
};

/// Nobody has an address for messages here, and nothing that comes from a directory elsewhere is refused: whoever asks for those
/// without finds everybody.
static IM_ADDRESSES: Related = Related::texts("(1 = 0 AND ", &[Property::new("").filtered(Column::NULL_TEXT)]);
static PROVISIONING_ERRORS: Related = Related {
    type_name: "onPremisesProvisioningError",
    subquery: "(1 = 0 AND ",
    properties: &[
        Property::new("category").filtered(Column::NULL_TEXT),
        Property::new("propertyCausingError").filtered(Column::NULL_TEXT),
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
