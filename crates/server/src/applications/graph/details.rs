//! What a registration says of its app, as it is sent and as it is written.

use super::write::{Complex, present, take_complex};
use crate::applications::{AddIn, Details, DetailsChange};
use crate::graph::Error;
use crate::graph::body::Object;
use serde::Deserialize;
use serde_json::{Value, json};

/// `info` as it is sent. Where the logo stands is read, and may come back.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[expect(clippy::option_option, reason = "absent, null and a value mean three things in a PATCH")]
struct Info {
    logo_url: Option<String>,
    #[serde(deserialize_with = "present")]
    marketing_url: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    privacy_statement_url: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    support_url: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    terms_of_service_url: Option<Option<String>>,
}

impl Complex for Info {
    fn cleared() -> Self {
        let nothing = || Some(None);
        Self {
            logo_url: None,
            marketing_url: nothing(),
            privacy_statement_url: nothing(),
            support_url: nothing(),
            terms_of_service_url: nothing(),
        }
    }
}

/// Takes the details out of a body.
pub fn take(body: &mut Object) -> Result<DetailsChange, Error> {
    let info: Info = take_complex(body, "info")?;
    Ok(DetailsChange {
        tags: body.take_or_default("tags")?,
        notes: body.take_change("notes")?,
        marketing_url: info.marketing_url,
        privacy_statement_url: info.privacy_statement_url,
        support_url: info.support_url,
        terms_of_service_url: info.terms_of_service_url,
        service_management_reference: body.take_change("serviceManagementReference")?,
        add_ins: body.take_or_default::<Vec<AddIn>>("addIns")?,
        is_device_only_auth_supported: body.take_change("isDeviceOnlyAuthSupported")?,
        oauth2_require_post_response: body.take_or_default("oauth2RequirePostResponse")?,
        logo_url: info.logo_url,
    })
}

/// `info` as it is written, with where pages fetch the logo: its path below the public address.
pub fn info(base: &str, logo: Option<String>, details: &Details) -> Value {
    json!({
        "logoUrl": logo.map(|path| format!("{base}{path}")),
        "marketingUrl": details.info.marketing_url,
        "privacyStatementUrl": details.info.privacy_statement_url,
        "supportUrl": details.info.support_url,
        "termsOfServiceUrl": details.info.terms_of_service_url,
    })
}

/// Nobody proves who publishes an app, beyond the domains of its organisation (Graph: verifiedPublisher).
pub fn verified_publisher() -> Value {
    json!({ "addedDateTime": null, "displayName": null, "verifiedPublisherId": null })
}
