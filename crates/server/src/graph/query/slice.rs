//! Some objects of a collection, in an order.

use super::{Condition, Order, Place, Resource};
use database::{Query, Statement};
use uuid::Uuid;

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
    /// The objects of a table with these ids, at least one.
    pub fn of_ids(resource: &'static Resource, ids: &[Uuid]) -> Self {
        let size = u32::try_from(ids.len()).unwrap_or(u32::MAX - 1);
        let condition = Some(Condition::one_of(resource.id, ids.iter().copied()));
        Self { condition, order: Order::by_id(resource), after: None, size }
    }

    /// Continues a statement whose text ends in a condition. It yields one object more than the slice holds, which tells
    /// that more follow.
    pub fn write(&self, query: &mut Query<'_>) {
        write_condition(self.condition.as_ref(), query);
        self.order.write(query, self.after.as_ref(), self.size + 1);
    }

    /// The slices that are read one after the other for this one. By a property that not every object has there are two: the
    /// objects without it come first, and last where the order goes backwards. No index of both engines holds them in one order.
    pub fn parts(&self) -> Vec<Self> {
        let Some(column) = self.order.gaps() else { return vec![self.clone()] };
        let without = Self { order: self.order.without_key(), ..self.within(Condition::Null(column)) };
        let with = self.within(Condition::prefix(column, ""));
        let (first, second) = if self.order.is_descending() { (with, without) } else { (without, with) };
        let is_behind_first =
            self.after.as_ref().is_some_and(|place| place.key.is_some() != self.order.is_descending());
        if is_behind_first { vec![second] } else { vec![first, Self { after: None, ..second }] }
    }

    /// The slice of what is missing when so many objects have been found; nothing when there are enough, and one that tells that
    /// more follow.
    #[must_use]
    pub fn rest(self, found: usize) -> Option<Self> {
        let found = u32::try_from(found).ok()?;
        self.size.checked_sub(found).map(|size| Self { size, ..self })
    }

    /// What [`Slice::write`] found as a page: without the surplus object, and where the next page begins if there was one.
    pub fn page<T>(&self, mut found: Vec<T>, place: impl FnOnce(&T) -> Place) -> (Vec<T>, Option<Place>) {
        let more = self.cut(&mut found);
        let next = found.last().filter(|_| more).map(place);
        (found, next)
    }

    /// The same of objects that were read in no order and may repeat: those behind the place, in order, each once. Without an
    /// order only the ids of places count. The condition is not looked at.
    pub fn arrange<T>(&self, objects: Vec<T>, place: impl Fn(&T) -> Place) -> (Vec<T>, Option<Place>) {
        let order = &self.order;
        let by_key = order.property().is_some();
        let after = self.after.clone().map(|after| Place { key: after.key.filter(|_| by_key), ..after });
        let mut found: Vec<(Place, T)> = objects.into_iter().map(|object| (place(&object), object)).collect();
        found.retain(|(place, _)| after.as_ref().is_none_or(|after| order.compare(place, after).is_gt()));
        found.sort_by(|(one, _), (other, _)| order.compare(one, other));
        found.dedup_by_key(|(place, _)| place.id);
        let (found, next) = self.page(found, |(place, _)| place.clone());
        (found.into_iter().map(|(_, object)| object).collect(), next)
    }

    /// The same objects in the order of [`Order::led_by`].
    #[must_use]
    pub fn led_by(&self, name: &str) -> Self {
        Self { order: self.order.led_by(name, self.condition.as_ref()), ..self.clone() }
    }

    /// The part of it that meets a further condition.
    #[must_use]
    pub fn within(&self, further: Condition) -> Self {
        let conditions = self.condition.iter().cloned().chain([further]).collect();
        Self { condition: Some(Condition::And(conditions)), ..self.clone() }
    }

    /// Takes the surplus object off what [`Slice::write`] found; whether there was one.
    pub fn cut<T>(&self, found: &mut Vec<T>) -> bool {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let more = found.len() > size;
        found.truncate(size);
        more
    }
}

/// What reads a collection: texts that end in a condition, and are continued by what is asked for.
#[derive(Debug)]
pub struct Listed {
    /// The columns of its objects, for [`Slice::write`].
    pub list: &'static Statement,
    /// Their number, for [`count_meeting`].
    pub count: &'static Statement,
}

/// Runs a statement that counts and whose text ends in a condition, with a further one.
pub async fn count_meeting(condition: Option<&Condition>, mut query: Query<'_>) -> database::Result<i64> {
    write_condition(condition, &mut query);
    query.fetch_value().await
}

/// Continues a statement whose text ends in a condition with a further one.
pub fn write_condition(condition: Option<&Condition>, query: &mut Query<'_>) {
    if let Some(condition) = condition {
        query.push(" AND ");
        condition.clone().write(query);
    }
}
