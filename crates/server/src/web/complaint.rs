//! What is wrong with a form that did nothing, said at its field or above it.

/// A sentence about what was sent.
#[derive(Debug, Clone)]
pub struct Complaint {
    /// The field it is about; empty for the form as a whole.
    pub field: &'static str,
    /// What is wrong with it.
    pub sentence: String,
}

/// What is said at a field; empty for nothing.
pub fn said_at<'c>(complaint: Option<&'c Complaint>, field: &str) -> &'c str {
    complaint.filter(|complaint| complaint.field == field).map_or("", |complaint| &complaint.sentence)
}

/// What the banner above a form lists, with the field each sentence leads to.
pub fn links(complaint: Option<&Complaint>) -> Vec<(&'static str, &str)> {
    let at_a_field = complaint.filter(|complaint| !complaint.field.is_empty());
    at_a_field.into_iter().map(|complaint| (complaint.field, complaint.sentence.as_str())).collect()
}

/// What the banner says: what did not happen, and why if that belongs to no field.
pub fn title(what: &str, complaint: Option<&Complaint>) -> String {
    match complaint {
        Some(complaint) if complaint.field.is_empty() => format!("{what} {}", complaint.sentence),
        _ => what.to_owned(),
    }
}
