//! The form as it was sent.

use crate::Server;
use crate::graph::Caller;
use crate::portals::failure::Failure;
use crate::tenants::branding::{self, Absent, Changes, ImageKind, Locale};
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::visitor::Visitor;
use axum::extract::multipart::Multipart;
use axum::http::HeaderMap;
use std::collections::BTreeMap;

/// Fields of the form at most.
const FIELDS: usize = 24;

/// The form as it was sent.
#[derive(Default)]
pub(super) struct BrandingForm {
    /// The version that the page showed; `0` where there was no branding yet.
    pub(super) seen: String,
    /// Texts by the name of their property.
    pub(super) texts: BTreeMap<String, String>,
    pictures: Vec<(ImageKind, String, Vec<u8>)>,
    without: Vec<ImageKind>,
}

impl BrandingForm {
    /// Reads the form; its value comes first and is spent before anything else is looked at. A form that was sent already led
    /// to `address`.
    pub(super) async fn read(
        &mut self,
        server: &Server,
        visitor: &Visitor,
        headers: &HeaderMap,
        mut form: Multipart,
        address: &str,
    ) -> Result<(), Refusal> {
        let mut is_ours = false;
        for _ in 0..FIELDS {
            let Some(field) = form.next_field().await.map_err(|_| Problem::BadRequest)? else { break };
            let name = field.name().unwrap_or_default().to_owned();
            let kind = field.content_type().unwrap_or_default().to_owned();
            let content = field.bytes().await.map_err(|_| Problem::BadRequest)?;
            // No text of PostgreSQL holds U+0000.
            let text = || String::from_utf8_lossy(&content).replace('\0', "\u{fffd}");
            if name == "csrf" {
                visitor.spend_for(server, headers, &text(), address).await?;
                is_ours = true;
            } else if !is_ours {
                break;
            } else if name == "seen" {
                self.seen = text();
            } else if name == "without" {
                self.without.extend(ImageKind::parse(&text()));
            } else if let Some(picture) = ImageKind::parse(&name) {
                // A field of a file that was left empty is sent without content.
                if !content.is_empty() {
                    self.pictures.push((picture, kind, content.to_vec()));
                }
            } else {
                // Browsers end the lines of an area with two characters.
                self.texts.insert(name, text().replace("\r\n", "\n"));
            }
        }
        if is_ours { Ok(()) } else { Err(Problem::StaleForm.into()) }
    }

    /// Stores all of it or nothing, unless somebody stored something else after the page was opened.
    pub(super) async fn keep(&mut self, server: &Server, caller: &Caller, locale: &Locale) -> Result<(), Failure> {
        let (absent, expected) = match self.seen.parse::<i64>() {
            Ok(version) if version > 0 => (Absent::Refused, Some(version)),
            _ => (Absent::New, None),
        };
        let changes = Changes {
            texts: branding::names().map(|name| (name, self.texts.get(name).cloned())).collect(),
            without: std::mem::take(&mut self.without),
            pictures: std::mem::take(&mut self.pictures),
        };
        Ok(branding::change(server, caller, locale, changes, absent, expected).await?)
    }
}
