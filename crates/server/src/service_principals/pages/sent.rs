//! The form that did nothing, on a page of an app that has several of them.

use super::seen;
use super::trouble::{Complaint, Feedback};
use crate::web::fields::Fields;
use std::borrow::Borrow;

/// What was written into a form, in words.
pub type Written = Vec<(&'static str, String)>;

/// A form that was sent and did nothing; none until there is one.
#[derive(Default)]
pub struct Sent {
    /// Which one; empty for none, and for one that was out of date.
    part: String,
    /// What was written into it.
    fields: Fields,
    /// What is wrong with that.
    pub feedback: Feedback,
}

impl Sent {
    /// One that is shown again as it was written.
    pub fn again(part: String, fields: Fields, complaint: Complaint) -> Self {
        Self { part, fields, feedback: complaint.into() }
    }

    /// One that was out of date: no form shows again what was written over something newer.
    pub fn stale(complaint: Complaint) -> Self {
        Self { feedback: complaint.into(), ..Self::default() }
    }

    /// Either of them, and in words what was written into one that was out of date.
    pub fn of(part: String, fields: Fields, complaint: Complaint, is_stale: bool) -> (Self, Written) {
        if is_stale {
            (Self::stale(complaint), seen::written(&part, &fields))
        } else {
            (Self::again(part, fields, complaint), Written::new())
        }
    }

    /// What was written into a form, if it is the one that did nothing.
    pub fn written(&self, part: &str) -> Option<&Fields> {
        (self.part == part).then_some(&self.fields)
    }

    /// What stands in a field: what was written, otherwise what is kept.
    pub fn text(&self, part: &str, field: &str, kept: impl AsRef<str>) -> String {
        self.written(part).map_or(kept.as_ref(), |fields| fields.get(field)).to_owned()
    }

    /// Whether a box is ticked: as it was sent, otherwise as it is kept.
    pub fn is_ticked(&self, part: &str, field: &str, value: &str, kept: impl Borrow<bool>) -> bool {
        self.written(part).map_or(*kept.borrow(), |fields| fields.all(field).contains(&value))
    }
}
