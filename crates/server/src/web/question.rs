//! What is asked before something is done, and what undoes it afterwards. The macros `question`, `question_part`, `button_form` and
//! `done` of the components write them.

/// A form of which a person sees the button alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ButtonForm {
    /// Where it goes.
    pub action: String,
    /// What it says besides the token of the session.
    pub fields: Vec<(&'static str, String)>,
    /// What stands on the button.
    pub verb: String,
}

/// A question, in the page that it is about or as a page of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The question.
    pub text: String,
    /// What follows, a paragraph each.
    pub consequences: Vec<String>,
    /// What does it.
    pub yes: ButtonForm,
    /// Whether its button warns.
    pub is_severe: bool,
}

/// What was done, in the page that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// What is said.
    pub text: &'static str,
    /// What undoes it, if anything does.
    pub undo: Option<ButtonForm>,
}

impl Question {
    /// How the button looks that does it; `mild` unless it warns.
    pub const fn kind(&self, mild: &'static str) -> &'static str {
        if self.is_severe { "danger firm" } else { mild }
    }
}
