//! What may be asked of requests (Graph: appConsentRequest, userConsentRequest).

use super::consent_request::Status;
use crate::graph::query::{Column, Property, Related, Resource};
use crate::users::fold;

/// Apps that people asked for, by the alias `s` of service principals.
pub static APP_REQUEST: Resource = Resource {
    type_name: "appConsentRequest",
    id: "s.id",
    properties: &[
        Property::new("appDisplayName")
            .by_default()
            .filtered(Column::Text { sql: "s.display_name_folded", fold, reversed: None })
            .sortable(),
        Property::new("appId").by_default().filtered(Column::Id("s.app_id")),
        Property::new("id").by_default().filtered(Column::Id("s.id")),
        Property::new("pendingScopes").by_default(),
        Property::new("userConsentRequests").never().filtered(Column::Related(&REQUESTS)),
    ],
};

/// The requests for an app, by the alias `r`.
pub static REQUESTS: Related = Related {
    type_name: "userConsentRequest",
    subquery: "s.id IN (SELECT r.client_id FROM consent_request r WHERE r.tenant_id = $1 AND ",
    properties: &[Property::new("status").by_default().filtered(STATUS)],
};

/// Requests, by the alias `r`.
pub static USER_REQUEST: Resource = Resource {
    type_name: "userConsentRequest",
    id: "r.id",
    properties: &[
        Property::new("approvalId").by_default(),
        Property::new("completedDateTime").by_default().filtered(Column::Instant("r.completed_at")),
        Property::new("createdBy").by_default(),
        Property::new("createdDateTime").by_default().filtered(Column::Instant("r.created_at")),
        Property::new("customData").by_default(),
        Property::new("id").by_default().filtered(Column::Id("r.id")),
        Property::new("reason").by_default(),
        Property::new("status").by_default().filtered(STATUS),
    ],
};

const STATUS: Column = Column::Word {
    sql: "r.status",
    words: &[Status::InProgress.as_str(), Status::Completed.as_str(), Status::Expired.as_str()],
};
