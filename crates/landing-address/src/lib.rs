//! Where an invitation may lead (`inviteRedirectUrl`). A pure rule, used when the invitation is made and again when it is
//! accepted: what was allowed then may be forbidden now.
//!
//! ```
//! use landing_address::{Ground, Landing, LandingError, check};
//!
//! let ground: Ground<u8> = Ground {
//!     admits_foreign: false,
//!     domains: vec!["contoso.example".to_owned()],
//!     apps: Vec::new(),
//!     portal: "https://id.contoso.example".to_owned(),
//!     tenant: "6f1c1b52-5f0e-4f7d-9d43-0d5f8a6b7c11".to_owned(),
//!     my_apps: "https://id.contoso.example/myapps/contoso.example".to_owned(),
//!     extra: Vec::new(),
//! };
//! assert!(matches!(check("https://www.contoso.example/start", &ground), Ok(Landing::Own(_))));
//! assert_eq!(check("https://contoso.example@evil.example/", &ground), Err(LandingError::Form));
//! ```
//!
//! The input is hostile by assumption: nothing here panics, and an address that was accepted leads to the host that any
//! reader sees in it.

mod landing;
mod reading;

pub use landing::{AppAddresses, Ground, Landing, LandingError, check};
