//! How many rows of a run have each result.

use super::bulk_invitation::RowResult;

/// How many rows of a run have each result, or how many more they have become.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    unchecked: i64,
    ready: i64,
    invited: i64,
    already_invited: i64,
    repeated: i64,
    failed: i64,
}

impl Counts {
    /// How many have this result.
    pub const fn of(self, result: RowResult) -> i64 {
        match result {
            RowResult::Unchecked => self.unchecked,
            RowResult::Ready => self.ready,
            RowResult::Invited => self.invited,
            RowResult::AlreadyInvited => self.already_invited,
            RowResult::Repeated => self.repeated,
            RowResult::Failed => self.failed,
        }
    }

    /// Adds rows with this result, or takes them away where their number is negative.
    pub fn add(&mut self, result: RowResult, rows: i64) {
        let number = match result {
            RowResult::Unchecked => &mut self.unchecked,
            RowResult::Ready => &mut self.ready,
            RowResult::Invited => &mut self.invited,
            RowResult::AlreadyInvited => &mut self.already_invited,
            RowResult::Repeated => &mut self.repeated,
            RowResult::Failed => &mut self.failed,
        };
        *number += rows;
    }

    /// Each result with its number, in the order of [`RowResult::ALL`].
    pub fn each(self) -> impl Iterator<Item = (RowResult, i64)> {
        RowResult::ALL.iter().map(move |result| (*result, self.of(*result)))
    }
}
