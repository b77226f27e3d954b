//! What is wrong with a form that did nothing, said at its field or above it.

/// A sentence about what was sent.
#[derive(Debug, Clone)]
pub struct Complaint {
    /// The field it is about; empty for the form as a whole.
    pub field: &'static str,
    /// What is wrong with it.
    pub sentence: String,
}

impl Complaint {
    /// A sentence about a field; about the form as a whole if the field is empty.
    pub fn at(field: &'static str, sentence: impl Into<String>) -> Self {
        Self { field, sentence: sentence.into() }
    }
}

/// What was written into a form, in words: what is asked, and the answer.
pub type Answers = Vec<(&'static str, String)>;

/// What a page says of its form: nothing, or why it did nothing.
#[derive(Debug, Default)]
pub struct Feedback {
    complaint: Option<Complaint>,
    /// What was written into it, where its fields show what is stored instead.
    pub written: Answers,
}

impl Feedback {
    /// Why the form did nothing, and what was written into it, which its fields do not show again.
    pub const fn with_written(complaint: Complaint, written: Answers) -> Self {
        Self { complaint: Some(complaint), written }
    }

    /// Whether the form did nothing.
    pub const fn is_any(&self) -> bool {
        self.complaint.is_some()
    }

    /// What is said at a field; empty for nothing.
    pub fn at(&self, field: &str) -> &str {
        self.complaint.as_ref().filter(|complaint| complaint.field == field).map_or("", |complaint| &complaint.sentence)
    }

    /// What is said of the form as a whole, and belongs to no field.
    pub fn of_the_form(&self) -> Option<&str> {
        let complaint = self.complaint.as_ref().filter(|complaint| complaint.field.is_empty())?;
        Some(&complaint.sentence)
    }

    /// What the banner above the form lists, with the field each sentence leads to.
    pub fn links(&self) -> Vec<(&'static str, &str)> {
        let at_a_field = self.complaint.as_ref().filter(|complaint| !complaint.field.is_empty());
        at_a_field.into_iter().map(|complaint| (complaint.field, complaint.sentence.as_str())).collect()
    }

    /// What the banner says: what did not happen, and why if that belongs to no field.
    pub fn banner(&self, what: &str) -> String {
        match self.of_the_form() {
            Some(why) => format!("{what} {why}"),
            None => what.to_owned(),
        }
    }

    /// The same, with what else the banner says where the reason stands at a field.
    pub fn banner_or(&self, what: &str, at_a_field: &str) -> String {
        format!("{what} {}", self.of_the_form().unwrap_or(at_a_field))
    }
}

impl From<Complaint> for Feedback {
    fn from(complaint: Complaint) -> Self {
        Self { complaint: Some(complaint), written: Answers::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_at_its_field_or_above_the_form() {
        let nothing = Feedback::default();
        assert!(!nothing.is_any() && nothing.at("").is_empty() && nothing.links().is_empty());
        assert_eq!(nothing.banner("Nothing was kept."), "Nothing was kept.");
        let of_a_field = Feedback::from(Complaint::at("name", "Too long."));
        assert_eq!((of_a_field.at("name"), of_a_field.at("id"), of_a_field.is_any()), ("Too long.", "", true));
        assert_eq!(of_a_field.links(), [("name", "Too long.")]);
        assert_eq!(of_a_field.banner("Nothing was kept."), "Nothing was kept.");
        assert_eq!(of_a_field.banner_or("Nothing was kept.", "Look below."), "Nothing was kept. Look below.");
        assert_eq!((of_a_field.of_the_form(), nothing.of_the_form()), (None, None));
        let of_all = Feedback::from(Complaint::at("", "Not now."));
        assert!(of_all.is_any() && of_all.at("name").is_empty() && of_all.links().is_empty());
        assert_eq!(of_all.banner("Nothing was kept."), "Nothing was kept. Not now.");
        assert_eq!(of_all.banner_or("Nothing was kept.", "Look below."), "Nothing was kept. Not now.");
        assert_eq!((of_all.of_the_form(), of_all.written.len()), (Some("Not now."), 0));
        let late = Feedback::with_written(Complaint::at("", "Too late."), vec![("Name", "Mine".to_owned())]);
        assert_eq!(late.of_the_form(), Some("Too late."));
        assert_eq!(late.written, [("Name", "Mine".to_owned())]);
    }
}
