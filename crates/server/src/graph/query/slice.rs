//! Some objects of a collection, in an order.

use super::{Condition, Order, Place};
use database::Query;

/// Which objects, in which order, behind which one, and how many.
#[derive(Debug, Clone)]
pub struct Slice {
    /// Which objects; every one without a condition.
    pub condition: Option<Condition>,
    /// In which order.
    pub order: Order,
    /// Behind which object it begins.
    pub after: Option<Place>,
    /// How many at most.
    pub size: u32,
}

impl Slice {
    /// Continues a statement whose text ends in a condition. It yields one object more than the slice holds, which tells
    /// that more follow.
    pub fn write(&self, query: &mut Query<'_>) {
        write_condition(self.condition.as_ref(), query);
        self.order.write(query, self.after.as_ref(), self.size + 1);
    }

    /// Takes the surplus object off what [`Slice::write`] found; whether there was one.
    pub fn cut<T>(&self, found: &mut Vec<T>) -> bool {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let more = found.len() > size;
        found.truncate(size);
        more
    }
}

/// Continues a statement whose text ends in a condition with a further one.
pub fn write_condition(condition: Option<&Condition>, query: &mut Query<'_>) {
    if let Some(condition) = condition {
        query.push(" AND ");
        condition.clone().write(query);
    }
}
