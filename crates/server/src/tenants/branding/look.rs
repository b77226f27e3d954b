//! What pages take from branding.

use super::store::{self, Branding};
use super::{ImageKind, Locale};
use crate::Server;
use crate::platform::ids::TenantId;
use crate::tenants::Tenant;
use crate::translations::Language;
use crate::web::accent::Accent;
use crate::web::shell::{Brand, Picture};
use database::{Result, Transaction};
use std::sync::Arc;

/// Branding for one locale, with its pictures.
#[derive(Debug, Clone)]
pub struct Look {
    /// For whom.
    pub locale: Locale,
    /// The texts.
    branding: Branding,
    /// Pictures with what changes with their content.
    images: Vec<(ImageKind, String)>,
}

impl Look {
    /// The text of a property.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.branding.properties.0.get(name).map(String::as_str)
    }

    /// What changes with the content of a picture, if there is one.
    pub fn digest(&self, kind: ImageKind) -> Option<&str> {
        self.images.iter().find(|(of, _)| *of == kind).map(|(_, digest)| digest.as_str())
    }

    /// Counts the changes.
    pub fn version(&self) -> i64 {
        self.branding.version
    }

    /// Where a picture is fetched, without the server's address and a slash in front.
    pub fn path(&self, domain: &str, kind: ImageKind) -> Option<String> {
        let digest = self.digest(kind)?;
        Some(format!("{domain}/branding/{}/{kind}?v={digest}", self.locale.as_str()))
    }

    /// The accent, if a colour was chosen.
    pub fn accent(&self) -> Option<Accent> {
        self.text("backgroundColor").and_then(Accent::parse)
    }
}

/// All branding of a tenant, the one for every reader first.
pub async fn all(tx: &mut Transaction, server: &Server, tenant: TenantId) -> Result<Arc<Vec<Look>>> {
    let cache = &server.caches.branding;
    let vacancy = match cache.get(server.database.changes(), &tenant) {
        Ok(kept) => return Ok(kept),
        Err(vacancy) => vacancy,
    };
    let images = store::list_images(tx, tenant).await?;
    let look = |branding: Branding| {
        let own = images.iter().filter(|image| image.locale == branding.locale);
        let images = own.map(|image| (image.kind, image.digest.clone())).collect();
        Some(Look { locale: Locale::parse(&branding.locale)?, branding, images })
    };
    let found: Vec<Look> = store::list(tx, tenant).await?.into_iter().filter_map(look).collect();
    Ok(cache.keep(vacancy, tx, tenant, found))
}

/// What a page in this language shows; nothing without branding.
pub async fn brand(
    tx: &mut Transaction,
    server: &Server,
    tenant: &Tenant,
    language: Language,
) -> Result<Option<Brand>> {
    let looks = all(tx, server, tenant.id).await?;
    Ok(compose(&looks, &tenant.initial_domain, language))
}

/// The accent of mails in this language.
pub async fn accent(tx: &mut Transaction, server: &Server, tenant: &Tenant, language: Language) -> Result<Accent> {
    Ok(brand(tx, server, tenant, language).await?.map_or(Accent::OURS, |brand| brand.accent))
}

/// Each part from the branding of the language, and where that says nothing, from the one for every reader.
fn compose(looks: &[Look], domain: &str, language: Language) -> Option<Brand> {
    let own = looks.iter().find(|look| look.locale.language() == Some(language));
    let order: Vec<&Look> = own.into_iter().chain(looks.iter().find(|look| look.locale.is_default())).collect();
    if order.is_empty() {
        return None;
    }
    let text = |name: &str| order.iter().find_map(|look| look.text(name)).map(str::to_owned);
    let picture = |kind| order.iter().find_map(|look| look.path(domain, kind)).map(|path| format!("/{path}"));
    let link = |words: &str, address: &str| Some((text(words)?, text(address)?));
    let accent = order.iter().find_map(|look| look.accent());
    let square = picture(ImageKind::SquareLogo).map(|href| Picture {
        href,
        dark_href: picture(ImageKind::SquareLogoDark),
        is_wide: false,
    });
    let wide = || picture(ImageKind::BannerLogo).map(|href| Picture { href, dark_href: None, is_wide: true });
    let of_accent = order.iter().find(|look| look.accent().is_some());
    Some(Brand {
        style: of_accent.map(|look| format!("/{domain}/branding/{}/style?v={}", look.locale.as_str(), look.version())),
        accent: accent.unwrap_or(Accent::OURS),
        logo: square.or_else(wide),
        icon: picture(ImageKind::Favicon),
        text: text("signInPageText"),
        hint: text("usernameHintText"),
        privacy: link("customPrivacyAndCookiesText", "customPrivacyAndCookiesUrl"),
        terms: link("customTermsOfUseText", "customTermsOfUseUrl"),
        trouble: link("customCannotAccessYourAccountText", "customCannotAccessYourAccountUrl"),
    })
}
