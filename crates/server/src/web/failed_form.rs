//! The form that did nothing, on a page that has several of them.

use super::complaint::{Answers, Complaint, Feedback};
use super::fields::Fields;
use std::borrow::Borrow;

/// A form that was sent and did nothing; none until there is one.
#[derive(Debug, Default)]
pub struct FailedForm {
    /// Which one; empty for none, and for one that was out of date.
    part: String,
    /// What was written into it.
    fields: Fields,
    /// What is wrong with that.
    pub feedback: Feedback,
}

impl FailedForm {
    /// One that is shown again as it was written.
    pub fn again(part: String, fields: Fields, complaint: Complaint) -> Self {
        Self { part, fields, feedback: complaint.into() }
    }

    /// One that was out of date, with what was written into it in words: no form shows that again over something newer.
    pub fn late(complaint: Complaint, written: Answers) -> Self {
        Self { feedback: Feedback::with_written(complaint, written), ..Self::default() }
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
