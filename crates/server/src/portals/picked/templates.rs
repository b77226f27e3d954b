//! What the pages are filled with.

use super::carry_out::Undone;
use super::pick::Pick;
use super::weigh::Item;
use crate::web::picks::BulkAction;
use crate::web::question::{ButtonForm, Question};
use crate::web::shell::Inside;
use askama::Template;

/// Asks whether it is meant, and says what follows.
#[derive(Template)]
#[template(path = "portals/picked/question.html")]
pub(super) struct QuestionPage {
    pub(super) inside: Inside,
    pub(super) frame: Frame,
    pub(super) asked: Question,
    pub(super) items: Vec<Item>,
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
    pub(super) undone: Vec<Undone>,
    pub(super) undo: Option<ButtonForm>,
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
    /// Whether the list is that of what was removed.
    pub(super) is_removed: bool,
}

impl Frame {
    /// The form that does this to those who were picked, without another question.
    pub(super) fn form(&self, action: BulkAction, picked: &[Pick], verb: String) -> ButtonForm {
        let mut fields = vec![("list", self.filter.clone())];
        if self.is_removed {
            fields.push(("from", "removed".to_owned()));
        }
        fields.push(("do", action.name().to_owned()));
        fields.push(("sure", "1".to_owned()));
        fields.extend(picked.iter().map(|pick| ("pick", pick.to_string())));
        ButtonForm { action: self.here.clone(), fields, verb }
    }
}
