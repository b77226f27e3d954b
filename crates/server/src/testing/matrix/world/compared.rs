//! What is the same in the answers of two tenants, and what a tenant looks like from inside.

use super::World;
use crate::service_principals::classifications::Classified;
use crate::tenants::grant_policies::Classification;
use crate::testing::{Answer, TestServer};
use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

impl World {
    /// The same organisation with ids that name nothing anywhere.
    pub fn with_unknown_ids(&self, server: &TestServer) -> Self {
        let fresh = || server.entropy.random_uuid();
        Self {
            organization: fresh().to_string(),
            user: fresh().to_string(),
            application: fresh().to_string(),
            credential: fresh().to_string(),
            property: fresh().to_string(),
            principal: fresh().to_string(),
            classification: Classified { permission_id: fresh(), classification: Classification::Low }.wire_id(),
            assignment: URL_SAFE_NO_PAD.encode(fresh().as_bytes()),
            grant: URL_SAFE_NO_PAD.encode(fresh().as_bytes()),
            invitation: fresh().to_string(),
            bulk: fresh().to_string(),
            mail: fresh().to_string(),
            job: fresh().to_string(),
            role: fresh().to_string(),
            holder: fresh().to_string(),
            assigned: URL_SAFE_NO_PAD.encode([fresh().into_bytes(), fresh().into_bytes()].concat()),
            policy: fresh().to_string(),
            // No UUID either: a filter by an id tells the two forms apart.
            grant_policy: format!("policy-of-{}", fresh()),
            condition: fresh().to_string(),
            lifetime_policy: fresh().to_string(),
            consent_request: fresh().to_string(),
            domain: format!("{}.example", fresh()),
            group: fresh().to_string(),
            sign_in: fresh().to_string(),
            change: fresh().to_string(),
            request: fresh().to_string(),
            subscription: fresh().to_string(),
            deleted: fresh().to_string(),
            retired: fresh().to_string(),
            gone: fresh().to_string(),
            foreign: self.foreign.with_unknown_ids(server),
            tenant: self.tenant.clone(),
            administrator: self.administrator.clone(),
            guest: self.guest.clone(),
        }
    }

    /// An answer without what may differ between two requests: the ids of this world, and the ids and instants of the
    /// request itself.
    pub fn without_ids(&self, answer: &Answer) -> (u16, String) {
        let text = self.ids().iter().fold(answer.text.clone(), |text, id| text.replace(id, "{id}"));
        let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '-').map(|word| {
            let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            if bare.parse::<uuid::Uuid>().is_ok() { word.replace(bare, "{uuid}") } else { word.to_owned() }
        });
        let text: String = words.collect();
        let text = without(&text, "<p class=\"ref\">", "</p>");
        let text = without(&text, "name=\"csrf\" value=\"", "\"");
        let date = text.split_once("\"date\":\"").and_then(|(_, rest)| rest.split('"').next()).map(str::to_owned);
        (answer.status.as_u16(), date.map_or_else(|| text.clone(), |date| text.replace(&date, "{date}")))
    }

    /// An id or a name of this tenant that a text shows.
    pub fn shown_in(&self, text: &str) -> Option<String> {
        let names = [
            format!("App of {}", self.tenant.name),
            format!("Group of {}", self.tenant.name),
            self.tenant.initial_domain.clone(),
            self.guest.id.to_string(),
        ];
        let ids = self.ids().map(str::to_owned);
        names.into_iter().chain(ids).find(|known| text.contains(known.as_str()))
    }

    /// Everything of the tenant that the API shows, to see whether it changed.
    pub async fn picture(&self, server: &TestServer) -> Vec<Value> {
        let mut picture = Vec::new();
        for path in [
            "/v1.0/users?$select=id,displayName,accountEnabled,userType,mail,externalUserState",
            "/v1.0/roleManagement/directory/roleAssignments",
            "/v1.0/directory/deletedItems/microsoft.graph.user",
            "/v1.0/directory/deletedItems/microsoft.graph.application",
            "/v1.0/directory/deletedItems/microsoft.graph.servicePrincipal",
            "/v1.0/directory/deletedItems/microsoft.graph.group",
            "/v1.0/groups",
            "/v1.0/applications",
            "/v1.0/servicePrincipals",
            "/v1.0/oauth2PermissionGrants",
            "/v1.0/policies/authorizationPolicy",
            "/vestibule/v1/collaborationSettings",
            "/v1.0/policies/authenticationMethodsPolicy",
            "/v1.0/policies/permissionGrantPolicies",
            "/v1.0/policies/tokenLifetimePolicies",
            "/v1.0/policies/adminConsentRequestPolicy",
            "/v1.0/identityGovernance/appConsent/appConsentRequests",
            "/beta/policies/b2bManagementPolicies",
            "/beta/policies/externalIdentitiesPolicy",
            "/v1.0/domains",
            "/v1.0/organization",
            "/vestibule/v1/organization",
            "/vestibule/v1/invitations",
        ] {
            picture.push(server.api_as(&self.administrator, Method::GET, path, &Value::Null).await.json());
        }
        let branding = self.path("/v1.0/organization/{organization}/branding/localizations");
        picture.push(server.api_as(&self.administrator, Method::GET, &branding, &Value::Null).await.json());
        for path in [
            "/v1.0/servicePrincipals/{principal}/appRoleAssignedTo",
            "/v1.0/servicePrincipals/{principal}/delegatedPermissionClassifications",
            "/v1.0/applications/{application}/federatedIdentityCredentials",
            "/v1.0/applications/{application}/extensionProperties",
            "/v1.0/applications/{application}/tokenLifetimePolicies",
            "/v1.0/servicePrincipals/{principal}/tokenLifetimePolicies",
            "/v1.0/groups/{group}/members",
            "/v1.0/groups/{group}/owners",
        ] {
            let path = self.path(path);
            picture.push(server.api_as(&self.administrator, Method::GET, &path, &Value::Null).await.json());
        }
        picture
    }
}

/// The text without what stands between two marks.
fn without(text: &str, from: &str, to: &str) -> String {
    let cut = text.split_once(from).and_then(|(before, rest)| Some((before, rest.split_once(to)?.1)));
    cut.map_or_else(|| text.to_owned(), |(before, after)| format!("{before}{after}"))
}
