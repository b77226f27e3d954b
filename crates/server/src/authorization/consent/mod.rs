//! A person, or an administrator for everybody, answers what an app asks for.
//!
//! On the way to an app the authorization endpoint leads here when nobody has answered yet, and is led back to with the
//! request as it came: it finds the answer in what is granted, or in the mark of a refusal.

mod admin;
mod answer;
mod page;
mod wanted;
mod words;

pub use words::asking;

use crate::web::Routes;
use axum::routing::get;
use oauth::error::{Aadsts, aadsts};

/// The parameter by which a request comes back that was not granted.
pub const ANSWER: &str = "vestibule_consent";

/// The pages.
pub fn routes() -> Routes {
    Routes::new()
        .route("/{tenant}/consent/{continuation}", get(page::show).post(answer::take))
        .route("/{tenant}/v2.0/adminconsent", get(admin::show).post(admin::take))
        .route("/{tenant}/adminconsent", get(admin::show).post(admin::take))
}

/// The refusal with which the app is told of the answer; whoever forges it refuses an app in their own browser.
pub fn refused(pairs: &[(String, String)]) -> Option<Aadsts> {
    match pairs.iter().find(|(name, _)| name == ANSWER)?.1.as_str() {
        "declined" => Some(aadsts::SIGN_IN_CANCELLED),
        "unavailable" => Some(aadsts::ADMIN_CONSENT_NEEDED),
        _ => None,
    }
}
