//! What the pages of apps say after a form that did nothing; the same on all of them.

use super::seen;
use super::trouble::{Complaint, links, said_at, title};
use crate::web::fields::Fields;
use std::borrow::Borrow;

/// What was written into a form, in words.
pub type Written = Vec<(&'static str, String)>;

/// A form that was sent and did nothing.
pub struct Sent {
    /// Which one; empty for one that was out of date.
    part: String,
    /// What was written into it.
    fields: Fields,
    /// What is wrong with that.
    complaint: Complaint,
}

impl Sent {
    /// A form that was sent, and what was written into it in words if it was out of date: no form shows again what was written over
    /// something newer.
    pub fn of(part: String, fields: Fields, complaint: Complaint, is_stale: bool) -> (Self, Written) {
        let written = if is_stale { seen::written(&part, &fields) } else { Vec::new() };
        let part = if is_stale { String::new() } else { part };
        (Self { part, fields, complaint }, written)
    }
}

/// A page with forms, of which one may have done nothing.
pub trait Forms {
    /// That one.
    fn sent(&self) -> Option<&Sent>;

    /// What is wrong with it.
    fn complaint(&self) -> Option<&Complaint> {
        self.sent().map(|sent| &sent.complaint)
    }

    /// What is said at a field; empty for nothing.
    fn error(&self, field: &str) -> &str {
        said_at(self.complaint(), field)
    }

    /// What the banner lists.
    fn links(&self) -> Vec<(&'static str, &str)> {
        links(self.complaint())
    }

    /// What the banner says.
    fn banner(&self) -> String {
        title("Nothing was changed.", self.complaint())
    }

    /// What was written into a form, if it is the one that did nothing.
    fn written(&self, part: &str) -> Option<&Fields> {
        self.sent().filter(|sent| sent.part == part).map(|sent| &sent.fields)
    }

    /// What stands in a field: what was written, otherwise what is kept.
    fn text(&self, part: &str, field: &str, kept: impl AsRef<str>) -> String {
        self.written(part).map_or(kept.as_ref(), |fields| fields.get(field)).to_owned()
    }

    /// Whether a box is ticked: as it was sent, otherwise as it is kept.
    fn is_ticked(&self, part: &str, field: &str, value: &str, kept: impl Borrow<bool>) -> bool {
        self.written(part).map_or(*kept.borrow(), |fields| fields.all(field).contains(&value))
    }
}
