//! Why a form did nothing, what its page says of it, and how a form is answered.

use super::settings::sentence;
use crate::Server;
use crate::tenants::SettingsError;
use crate::web::answer;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::visitor::Visitor;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

/// Why nothing was changed.
pub(super) enum Failure {
    /// A field, or nothing for the form as a whole, and what is wrong as a sentence.
    Mistake(&'static str, String),
    /// The form shows what is not stored any more.
    Stale,
    /// A page of its own.
    Refusal(Refusal),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Refusal(problem.into())
    }
}

impl From<database::Error> for Failure {
    fn from(error: database::Error) -> Self {
        Self::Refusal(error.into())
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::Invalid(property, problem) => Self::Mistake(property, sentence(&problem)),
            SettingsError::Changed => Self::Stale,
            SettingsError::NotAllowed => Problem::NotAllowed.into(),
            SettingsError::Database(error) => error.into(),
        }
    }
}

/// Why the page of a form is shown again.
pub(super) enum Unchanged {
    /// A field, or nothing for the form as a whole, and what is wrong as a sentence. What was written stays in the form.
    Mistake(&'static str, String),
    /// The form shows what is not stored any more. The page shows what is, and beside it what was written.
    Stale,
}

/// Answers a form: leads to the address that `outcome` has, or shows the page that `again` makes, or the page that says why not.
pub(super) async fn respond<P: Template>(
    server: &Server,
    visitor: &Visitor,
    outcome: Result<String, Failure>,
    again: impl AsyncFnOnce(Unchanged) -> Result<P, Refusal>,
) -> Response {
    let (status, why) = match outcome {
        Ok(address) => return answer::see_other(&address),
        Err(Failure::Refusal(refusal)) => return visitor.refuse(server, refusal),
        Err(Failure::Mistake(field, problem)) => (StatusCode::UNPROCESSABLE_ENTITY, Unchanged::Mistake(field, problem)),
        Err(Failure::Stale) => (StatusCode::CONFLICT, Unchanged::Stale),
    };
    match again(why).await {
        Ok(page) => answer::page(status, &page),
        Err(refusal) => visitor.refuse(server, refusal),
    }
}

/// What a page says of a form that did nothing.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Why, if it is about no field.
    pub(super) problem: Option<String>,
    /// Fields, and what is wrong with each.
    pub(super) mistakes: Vec<(&'static str, String)>,
    /// What a form said that came too late: what is asked, and the answer.
    pub(super) written: Vec<(&'static str, String)>,
}

impl Said {
    /// Of a form with a mistake: its field, or nothing for the form as a whole, and a sentence.
    pub(super) fn mistake(field: &'static str, sentence: String) -> Self {
        if field.is_empty() {
            Self { problem: Some(sentence), ..Self::default() }
        } else {
            Self { mistakes: vec![(field, sentence)], ..Self::default() }
        }
    }

    /// Of a form that came too late, with what it said otherwise than what is stored.
    pub(super) fn stale(written: Vec<(&'static str, String)>) -> Self {
        let problem = "Somebody changed it after you opened the page. Below stands what is stored now.";
        Self { problem: Some(problem.to_owned()), written, ..Self::default() }
    }

    /// Whether a form did nothing.
    pub(super) const fn is_any(&self) -> bool {
        self.problem.is_some() || !self.mistakes.is_empty()
    }

    /// What is wrong with a field, or nothing.
    pub(super) fn at(&self, field: &str) -> &str {
        self.mistakes.iter().find(|(name, _)| *name == field).map_or("", |(_, sentence)| sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_said_at_its_field_or_above_the_form() {
        assert!(!Said::default().is_any());
        let at_a_field = Said::mistake("name", "Too long.".to_owned());
        assert_eq!((at_a_field.at("name"), at_a_field.at("id"), at_a_field.is_any()), ("Too long.", "", true));
        let of_all = Said::mistake("", "Not now.".to_owned());
        assert_eq!((of_all.problem.as_deref(), of_all.at(""), of_all.is_any()), (Some("Not now."), "", true));
        let stale = Said::stale(vec![("Name", "Mine".to_owned())]);
        assert!(stale.is_any() && stale.mistakes.is_empty() && stale.written.len() == 1);
    }
}
