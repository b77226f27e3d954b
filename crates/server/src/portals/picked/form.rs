//! The form as it was sent.

use super::asked::Work;
use super::list::List;
use super::pick::Pick;
use super::templates::Frame;
use crate::web::fields::Fields;
use crate::web::pages::Problem;
use crate::web::picks::{BulkAction, MOST};
use crate::web::portal::Refusal;
use std::collections::BTreeSet;

/// Bytes of the filter that leads back to the list.
const LONGEST_FILTER: usize = 500;

/// What was picked and is to be done with it, as it was sent.
pub(super) struct PickedForm {
    pub(super) csrf: String,
    pub(super) filter: String,
    pub(super) is_removed: bool,
    pub(super) action: BulkAction,
    pub(super) picked: Vec<Pick>,
    pub(super) is_sure: bool,
}

impl PickedForm {
    /// Reads the form; an id that is none, too many of them, or an action that is none of this list is nothing a page of ours sends.
    /// A button beside one row says in its own value what to do with which: `purge.{id}`.
    pub(super) fn read(list: List, fields: &Fields) -> Result<Self, Refusal> {
        let only = fields.filled("only");
        let (action, picked) = match only.as_deref() {
            Some(only) => only.split_once('.').map(|(action, pick)| (action, vec![pick])).ok_or(Problem::BadRequest)?,
            None => (fields.get("do"), fields.all("pick")),
        };
        let picked: Result<BTreeSet<Pick>, _> = picked.into_iter().map(str::parse::<Pick>).collect();
        let picked = picked.map_err(|_| Problem::BadRequest)?;
        let action = BulkAction::parse(action).filter(|action| list.takes(*action)).ok_or(Problem::BadRequest)?;
        let filter = fields.get("list");
        if picked.len() > MOST || filter.len() > LONGEST_FILTER {
            return Err(Problem::BadRequest.into());
        }
        Ok(Self {
            csrf: fields.get("csrf").to_owned(),
            filter: filter.to_owned(),
            is_removed: fields.get("from") == "removed" && list.kind().is_some(),
            action,
            picked: picked.into_iter().collect(),
            is_sure: fields.get("sure") == "1",
        })
    }

    /// What the answer says of the list, with the way back to the part of it that was looked at.
    pub(super) fn frame(&self, work: &Work<'_>) -> Frame {
        let mark = if self.filter.is_empty() { "" } else { "?" };
        let part = if self.is_removed { "/removed" } else { "" };
        Frame {
            here: work.here(),
            back: format!("{}{}{part}{mark}{}", work.visitor.base(), work.list.path(), self.filter),
            list: work.list.name(),
            filter: self.filter.clone(),
            is_removed: self.is_removed,
        }
    }
}
