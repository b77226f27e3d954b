//! What the pages are filled with.

use super::carry_out::Undone;
use super::pick::Pick;
use super::weigh::Item;
use crate::web::shell::Inside;
use askama::Template;

/// Asks whether it is meant, and says what follows.
#[derive(Template)]
#[template(path = "portals/picked/question.html")]
pub(super) struct QuestionPage {
    pub(super) inside: Inside,
    pub(super) frame: Frame,
    pub(super) verb: String,
    pub(super) is_severe: bool,
    pub(super) items: Vec<Item>,
    pub(super) consequences: String,
    pub(super) method: &'static str,
    pub(super) call: String,
}

/// Says what was done, and what was not.
#[derive(Template)]
#[template(path = "portals/picked/done.html")]
pub(super) struct DonePage {
    pub(super) inside: Inside,
    pub(super) frame: Frame,
    pub(super) title: String,
    pub(super) failed: String,
    pub(super) done: Vec<Pick>,
    pub(super) undone: Vec<Undone>,
    /// The name of what undoes it, and its button.
    pub(super) undo: Option<(&'static str, String)>,
    pub(super) method: &'static str,
    pub(super) call: String,
}

/// Says that nothing was picked that is there.
#[derive(Template)]
#[template(path = "portals/picked/nobody.html")]
pub(super) struct NobodyPage {
    pub(super) inside: Inside,
    pub(super) frame: Frame,
}

/// What every one of the pages says of the list.
pub(super) struct Frame {
    pub(super) here: String,
    pub(super) back: String,
    /// What the way back is called.
    pub(super) list: &'static str,
    pub(super) filter: String,
    /// `removed` if the list is that of what was removed.
    pub(super) from: String,
    pub(super) deed: &'static str,
}
