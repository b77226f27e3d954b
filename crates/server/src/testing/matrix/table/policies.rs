//! What the organisation allows, and what its people asked to be allowed.

use super::enough::{
    CHANGE_CONSENT_POLICY, CHANGE_DOMAIN_LIST, CHANGE_EXTERNAL_IDENTITIES, CHANGE_GRANT_POLICIES, CHANGE_LIFETIMES,
    CHANGE_METHODS, CHANGE_POLICY, READ_ANYTHING, READ_CONSENT_POLICY, READ_CONSENT_REQUESTS, READ_DOMAIN_LIST,
    READ_EXTERNAL_IDENTITIES, READ_GRANT_POLICIES, READ_LIFETIMES, READ_METHODS, READ_POLICY,
};
use super::{ANY_ROLE, APPS, GLOBAL, GRANTS, METHODS, ROLES, Row, own, person_only, row};
use crate::graph::Permission::{ApplicationReadAll, PolicyReadAll};

/// Who may call what.
pub const API: &[Row] = &[
    row("GET /v1.0/policies/authorizationPolicy", ANY_ROLE, READ_POLICY),
    row("PATCH /v1.0/policies/authorizationPolicy", ROLES, CHANGE_POLICY),
    row("GET /v1.0/policies/authenticationMethodsPolicy", ANY_ROLE, READ_METHODS),
    row("PATCH /v1.0/policies/authenticationMethodsPolicy", METHODS, CHANGE_METHODS),
    row("GET /v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations", ANY_ROLE, READ_METHODS),
    row(
        "GET /v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{method}",
        ANY_ROLE,
        READ_METHODS,
    ),
    row(
        "PATCH /v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{method}",
        METHODS,
        CHANGE_METHODS,
    ),
    row(
        "DELETE /v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{method}",
        METHODS,
        CHANGE_METHODS,
    ),
    row("GET /v1.0/policies/permissionGrantPolicies", ANY_ROLE, READ_GRANT_POLICIES),
    row("POST /v1.0/policies/permissionGrantPolicies", ROLES, CHANGE_GRANT_POLICIES),
    row("GET /v1.0/policies/permissionGrantPolicies/{grant_policy}", ANY_ROLE, READ_GRANT_POLICIES),
    row("PATCH /v1.0/policies/permissionGrantPolicies/{grant_policy}", ROLES, CHANGE_GRANT_POLICIES),
    row("DELETE /v1.0/policies/permissionGrantPolicies/{grant_policy}", ROLES, CHANGE_GRANT_POLICIES),
    row("GET /v1.0/policies/permissionGrantPolicies/{grant_policy}/includes", ANY_ROLE, READ_GRANT_POLICIES),
    row("POST /v1.0/policies/permissionGrantPolicies/{grant_policy}/includes", ROLES, CHANGE_GRANT_POLICIES),
    row(
        "DELETE /v1.0/policies/permissionGrantPolicies/{grant_policy}/includes/{condition}",
        ROLES,
        CHANGE_GRANT_POLICIES,
    ),
    row("GET /v1.0/policies/permissionGrantPolicies/{grant_policy}/excludes", ANY_ROLE, READ_GRANT_POLICIES),
    row("POST /v1.0/policies/permissionGrantPolicies/{grant_policy}/excludes", ROLES, CHANGE_GRANT_POLICIES),
    row(
        "DELETE /v1.0/policies/permissionGrantPolicies/{grant_policy}/excludes/{condition}",
        ROLES,
        CHANGE_GRANT_POLICIES,
    ),
    row("GET /v1.0/policies/tokenLifetimePolicies", ANY_ROLE, READ_LIFETIMES),
    row("POST /v1.0/policies/tokenLifetimePolicies", APPS, CHANGE_LIFETIMES),
    row("GET /v1.0/policies/tokenLifetimePolicies/{lifetime_policy}", ANY_ROLE, READ_LIFETIMES),
    row("PATCH /v1.0/policies/tokenLifetimePolicies/{lifetime_policy}", APPS, CHANGE_LIFETIMES),
    row("DELETE /v1.0/policies/tokenLifetimePolicies/{lifetime_policy}", APPS, CHANGE_LIFETIMES),
    // It takes the right to read policies and that to read apps.
    Row {
        together: &[PolicyReadAll, ApplicationReadAll],
        ..row("GET /v1.0/policies/tokenLifetimePolicies/{lifetime_policy}/appliesTo", ANY_ROLE, READ_ANYTHING)
    },
    row("GET /v1.0/policies/adminConsentRequestPolicy", ANY_ROLE, READ_CONSENT_POLICY),
    row("PUT /v1.0/policies/adminConsentRequestPolicy", APPS, CHANGE_CONSENT_POLICY),
    row("GET /v1.0/identityGovernance/appConsent/appConsentRequests", GRANTS, READ_CONSENT_REQUESTS),
    own(
        "GET /v1.0/identityGovernance/appConsent/appConsentRequests/filterByCurrentUser/on=reviewer",
        READ_CONSENT_REQUESTS,
    ),
    row("GET /v1.0/identityGovernance/appConsent/appConsentRequests/{principal}", GRANTS, READ_CONSENT_REQUESTS),
    row(
        "GET /v1.0/identityGovernance/appConsent/appConsentRequests/{principal}/userConsentRequests",
        GRANTS,
        READ_CONSENT_REQUESTS,
    ),
    person_only(
        "GET /v1.0/identityGovernance/appConsent/appConsentRequests/{principal}/userConsentRequests/filterByCurrentUser/on=reviewer",
        GRANTS,
        READ_CONSENT_REQUESTS,
    ),
    row(
        "GET /v1.0/identityGovernance/appConsent/appConsentRequests/{principal}/userConsentRequests/{consent_request}",
        GRANTS,
        READ_CONSENT_REQUESTS,
    ),
    row("GET /beta/policies/b2bManagementPolicies", ANY_ROLE, READ_DOMAIN_LIST),
    row("POST /beta/policies/b2bManagementPolicies", GLOBAL, CHANGE_DOMAIN_LIST),
    row("GET /beta/policies/b2bManagementPolicies/{policy}", ANY_ROLE, READ_DOMAIN_LIST),
    row("PATCH /beta/policies/b2bManagementPolicies/{policy}", GLOBAL, CHANGE_DOMAIN_LIST),
    row("DELETE /beta/policies/b2bManagementPolicies/{policy}", GLOBAL, CHANGE_DOMAIN_LIST),
    row("GET /beta/policies/externalIdentitiesPolicy", ANY_ROLE, READ_EXTERNAL_IDENTITIES),
    row("PATCH /beta/policies/externalIdentitiesPolicy", GLOBAL, CHANGE_EXTERNAL_IDENTITIES),
    row("GET /vestibule/v1/collaborationSettings", ANY_ROLE, READ_POLICY),
    row("PATCH /vestibule/v1/collaborationSettings", GLOBAL, CHANGE_POLICY),
];
