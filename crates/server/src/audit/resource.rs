//! What may be selected of an entry of the logs. How they are filtered stands in [`super::query`].

use crate::graph::query::{Property, Resource};

/// Somebody, or a program, signed in or failed to.
pub(super) static SIGN_IN: Resource = Resource {
    type_name: "signIn",
    id: "id",
    properties: &[
        Property::new("appDisplayName").by_default(),
        Property::new("appId").by_default(),
        Property::new("appliedConditionalAccessPolicies").by_default(),
        Property::new("clientAppUsed").by_default(),
        Property::new("conditionalAccessStatus").by_default(),
        Property::new("correlationId").by_default(),
        Property::new("createdDateTime").by_default(),
        Property::new("deviceDetail").by_default(),
        Property::new("homeTenantId").by_default(),
        Property::new("id").by_default(),
        Property::new("ipAddress").by_default(),
        Property::new("isInteractive").by_default(),
        Property::new("location").by_default(),
        Property::new("resourceDisplayName").by_default(),
        Property::new("resourceId").by_default(),
        Property::new("resourceTenantId").by_default(),
        Property::new("riskDetail").by_default(),
        Property::new("riskEventTypes").by_default(),
        Property::new("riskEventTypes_v2").by_default(),
        Property::new("riskLevelAggregated").by_default(),
        Property::new("riskLevelDuringSignIn").by_default(),
        Property::new("riskState").by_default(),
        Property::new("servicePrincipalId").by_default(),
        Property::new("servicePrincipalName").by_default(),
        Property::new("status").by_default(),
        Property::new("userAgent").by_default(),
        Property::new("userDisplayName").by_default(),
        Property::new("userId").by_default(),
        Property::new("userPrincipalName").by_default(),
    ],
};

/// Something was changed.
pub(super) static CHANGE: Resource = Resource {
    type_name: "directoryAudit",
    id: "id",
    properties: &[
        Property::new("activityDateTime").by_default(),
        Property::new("activityDisplayName").by_default(),
        Property::new("additionalDetails").by_default(),
        Property::new("category").by_default(),
        Property::new("correlationId").by_default(),
        Property::new("id").by_default(),
        Property::new("initiatedBy").by_default(),
        Property::new("loggedByService").by_default(),
        Property::new("operationType").by_default(),
        Property::new("result").by_default(),
        Property::new("resultReason").by_default(),
        Property::new("targetResources").by_default(),
    ],
};

/// A guest read something of the directory.
pub(super) static READ: Resource = Resource {
    type_name: "directoryRead",
    id: "id",
    properties: &[
        Property::new("appId").by_default(),
        Property::new("correlationId").by_default(),
        Property::new("firstDateTime").by_default(),
        Property::new("homeDomain").by_default(),
        Property::new("homeTenantId").by_default(),
        Property::new("hourDateTime").by_default(),
        Property::new("id").by_default(),
        Property::new("ipAddress").by_default(),
        Property::new("kind").by_default(),
        Property::new("lastDateTime").by_default(),
        Property::new("lastObjectId").by_default(),
        Property::new("reads").by_default(),
        Property::new("result").by_default(),
        Property::new("route").by_default(),
        Property::new("userDisplayName").by_default(),
        Property::new("userId").by_default(),
        Property::new("userPrincipalName").by_default(),
    ],
};
