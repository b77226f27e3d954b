//! Why a form did nothing: said on its page, or on a page of its own.

pub use crate::web::complaint::{Complaint, Feedback};

use crate::groups::GroupError;
use crate::users::operations::NotOne;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;

/// Why a form did nothing.
pub enum Trouble {
    /// Something the person can put right on the page they look at.
    Said(Complaint),
    /// Somebody stored something else after the page was opened.
    Stale,
    /// The page itself is refused.
    Refused(Refusal),
}

impl Trouble {
    /// A sentence about one field.
    pub fn at(field: &'static str, sentence: impl Into<String>) -> Self {
        Self::Said(Complaint::at(field, sentence))
    }

    /// The same about the field of a form that stands for an object.
    pub fn about(self, field: &'static str) -> Self {
        match self {
            Self::Said(complaint) => Self::at(field, complaint.sentence),
            other => other,
        }
    }

    /// The same about one line of a field that has several.
    pub fn about_line(self, field: &'static str, line: &str) -> Self {
        match self {
            Self::Said(complaint) => Self::at(field, format!("{line}: {}", complaint.sentence)),
            other => other,
        }
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem.into())
    }
}

impl From<database::Error> for Trouble {
    fn from(error: database::Error) -> Self {
        Self::Refused(error.into())
    }
}

impl From<GroupError> for Trouble {
    fn from(error: GroupError) -> Self {
        match error {
            GroupError::Denied => Problem::NotAllowed.into(),
            GroupError::NotFound(_) => Problem::NotFound.into(),
            GroupError::Invalid { property, problem } => {
                let (field, label) = field(property);
                Self::at(field, format!("{label}: {problem}."))
            }
            GroupError::NoObject(_) => Self::at("", "It does not belong here any more."),
            GroupError::Linked(_) => Self::at("", "It is there already."),
            GroupError::Cycle => Self::at("", "The group would belong to itself."),
            GroupError::Dynamic => Self::at("", "Who belongs to this group follows from its rule."),
            GroupError::Changed => Self::Stale,
            GroupError::Storage(error) => error.into(),
        }
    }
}

impl From<NotOne> for Trouble {
    fn from(error: NotOne) -> Self {
        match error {
            NotOne::Storage(error) => error.into(),
            NotOne::Several => Self::at("", "Several people have this address. Use the name they have here."),
            NotOne::Form(_) | NotOne::Nobody => Self::at("", "Nobody and no group here has this address or name."),
        }
    }
}

/// Where a property stands in the forms, and what it is called there.
fn field(property: &str) -> (&'static str, &'static str) {
    match property {
        "displayName" => ("name", "Name"),
        "description" => ("description", "What it is for"),
        "mailNickname" => ("nickname", "Short name"),
        "uniqueName" => ("unique", "Unique name"),
        "visibility" => ("visibility", "Visibility"),
        "owners" => ("owners", "Owners"),
        "members" => ("members", "Members"),
        "membershipRule" | "membershipRuleProcessingState" | "groupTypes" => ("rule", "Rule"),
        _ => ("", "The group"),
    }
}
