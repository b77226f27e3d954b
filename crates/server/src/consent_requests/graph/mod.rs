//! The policy and the requests on the wire (Graph: adminConsentRequestPolicy, appConsentRequest, userConsentRequest).

mod policy;
mod requests;

use crate::web::Routes;
use axum::routing::get;

/// What somebody is to answer about one app.
const OF_REVIEWER: &str = "/v1.0/identityGovernance/appConsent/appConsentRequests/{principal}/userConsentRequests/filterByCurrentUser/on=reviewer";

/// The calls of this feature. Functions are written as [`crate::graph::alternate_key`] has them:
/// `filterByCurrentUser(on='reviewer')`.
pub fn routes() -> Routes {
    Routes::new()
        .route("/v1.0/policies/adminConsentRequestPolicy", get(policy::show).put(policy::replace))
        .route("/v1.0/identityGovernance/appConsent/appConsentRequests", get(requests::list_apps))
        .route(
            "/v1.0/identityGovernance/appConsent/appConsentRequests/filterByCurrentUser/on=reviewer",
            get(requests::of_reviewer),
        )
        .route("/v1.0/identityGovernance/appConsent/appConsentRequests/{principal}", get(requests::one_app))
        .route(
            "/v1.0/identityGovernance/appConsent/appConsentRequests/{principal}/userConsentRequests",
            get(requests::list),
        )
        .route(OF_REVIEWER, get(requests::of_app_and_reviewer))
        .route(
            "/v1.0/identityGovernance/appConsent/appConsentRequests/{principal}/userConsentRequests/{consent_request}",
            get(requests::one),
        )
}
