//! What may be asked of branding.

use crate::graph::query::{Property, Resource};

/// What may be selected of branding, and what it is found by: for everybody and for one language alike.
pub(super) static BRANDING: Resource = Resource {
    type_name: "organizationalBrandingProperties",
    id: "id",
    properties: &[
        Property::new("backgroundColor").by_default(),
        Property::new("backgroundImageRelativeUrl").by_default(),
        Property::new("bannerLogoRelativeUrl").by_default(),
        Property::new("cdnList").by_default(),
        Property::new("contentCustomization").by_default(),
        Property::new("customAccountResetCredentialsUrl").by_default(),
        Property::new("customCSSRelativeUrl").by_default(),
        Property::new("customCannotAccessYourAccountText").by_default(),
        Property::new("customCannotAccessYourAccountUrl").by_default(),
        Property::new("customForgotMyPasswordText").by_default(),
        Property::new("customPrivacyAndCookiesText").by_default(),
        Property::new("customPrivacyAndCookiesUrl").by_default(),
        Property::new("customResetItNowText").by_default(),
        Property::new("customTermsOfUseText").by_default(),
        Property::new("customTermsOfUseUrl").by_default(),
        Property::new("faviconRelativeUrl").by_default(),
        Property::new("headerBackgroundColor").by_default(),
        Property::new("headerLogoRelativeUrl").by_default(),
        Property::new("id").by_default(),
        Property::new("loginPageLayoutConfiguration").by_default(),
        Property::new("loginPageTextVisibilitySettings").by_default(),
        Property::new("signInPageText").by_default(),
        Property::new("squareLogoDarkRelativeUrl").by_default(),
        Property::new("squareLogoRelativeUrl").by_default(),
        Property::new("usernameHintText").by_default(),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenants::branding::{ImageKind, properties};

    #[test]
    fn whatever_is_written_may_be_selected() {
        let pictures = ImageKind::ALL.iter().map(|kind| format!("{kind}RelativeUrl"));
        let texts = properties::names().chain(properties::UNSERVED).map(str::to_owned);
        for name in texts.chain(pictures) {
            assert!(BRANDING.property(&name).is_ok(), "{name}");
        }
    }
}
