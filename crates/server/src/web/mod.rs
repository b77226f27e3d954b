//! What all HTML of the program shares: the shells around a page, the parts a page is built from, the languages,
//! and the files that a browser fetches beside a page. Knows no feature.

pub mod accent;
pub mod address;
pub mod answer;
pub mod api_call;
pub mod assets;
pub mod complaint;
pub mod csrf;
pub mod dates;
pub mod download;
pub mod export;
pub mod failed_form;
pub mod fields;
pub mod file_form;
pub mod form;
pub mod icons;
pub mod language;
pub mod mails;
pub mod misread;
pub mod names;
pub mod numbers;
pub mod openapi;
pub mod pages;
pub mod paging;
pub mod path;
pub mod picks;
pub mod portal;
pub mod query;
pub mod question;
pub mod reader;
pub mod request;
pub mod seen;
pub mod shell;
pub mod style_page;
pub mod unread;
pub mod versioned;
pub mod visitor;

/// What every feature's `routes()` returns.
pub type Routes = axum::Router<std::sync::Arc<crate::Server>>;
