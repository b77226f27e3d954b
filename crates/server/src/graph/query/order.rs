//! `$orderby`, and where the next page begins.

use super::condition::{Condition, Value};
use super::property::{Column, Property, Resource};
use crate::graph::Error;
use database::{Query, Timestamp};
use odata::{Direction, OrderBy, OrderItem};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use uuid::Uuid;

/// The order of a collection: by one property, then by id; by id alone without a property. Ids are made in the order of time, so
/// that the order of ids is also that of a property which tells when an object was made.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    resource: &'static Resource,
    key: Option<(&'static str, &'static str)>,
    /// Whether the property is no text, but tells when a deleted object was deleted.
    is_by_deletion: bool,
    /// Whether not every object has the property; those without it stand before the others.
    has_gaps: bool,
    /// The property that is asked for and answered by the order of ids.
    made: Option<&'static str>,
    descending: bool,
}

/// Where a page ended: the next one begins behind it, whatever was added or removed in the meantime.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Place {
    /// The sort key of the last object in the form of its column, or [`Order::instant_key`]; absent when the order is by id, and of an
    /// object without one.
    #[serde(rename = "k", skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The id of the last object.
    #[serde(rename = "i")]
    pub id: Uuid,
}

impl Order {
    /// By id.
    pub const fn by_id(resource: &'static Resource) -> Self {
        Self { resource, key: None, is_by_deletion: false, has_gaps: false, made: None, descending: false }
    }

    /// By this property, ascending; by id if there is none of this name that can be sorted by.
    pub fn by(resource: &'static Resource, name: &str) -> Self {
        let property = resource.properties.iter().find(|property| property.name == name);
        let has_gaps = property.is_some_and(|property| property.has_gaps);
        Self { key: property.and_then(sort_key), has_gaps, ..Self::by_id(resource) }
    }

    /// Reads `$orderby`; `advanced` tells whether the caller has asked for an advanced query.
    ///
    /// # Errors
    /// 400 that names the property which no index sorts by, or which takes an advanced query.
    pub fn read(resource: &'static Resource, order: &OrderBy, advanced: bool) -> Result<Self, Error> {
        Self::read_of(resource, order, advanced, false)
    }

    /// The same of deleted objects, which are also sorted by when they were deleted.
    ///
    /// # Errors
    /// As [`Order::read`].
    pub fn read_of_deleted(resource: &'static Resource, order: &OrderBy, advanced: bool) -> Result<Self, Error> {
        Self::read_of(resource, order, advanced, true)
    }

    fn read_of(resource: &'static Resource, order: &OrderBy, advanced: bool, are_deleted: bool) -> Result<Self, Error> {
        let (first, behind) = match order.items.as_slice() {
            [first] => (first, None),
            [first, second] => (first, Some(second)),
            _ => return Err(refused("$orderby takes at most two properties.")),
        };
        let property = resource.property(first.path.property())?;
        let mut read = Self { descending: first.direction == Direction::Descending, ..Self::by_id(resource) };
        let deletion = property.deleted_at.filter(|_| are_deleted).map(|column| (property.name, column));
        match (sort_key(property), deletion) {
            (Some(key), _) => (read.key, read.has_gaps) = (Some(key), property.has_gaps),
            (None, Some(key)) => (read.key, read.is_by_deletion) = (Some(key), true),
            (None, None) if property.is_sortable_by_id => read.made = Some(property.name),
            (None, None) => {
                let message = format!("Unsupported Query. Property '{}' does not support $orderby.", property.name);
                return Err(Error::unsupported_query(message).with_target(property.name));
            }
        }
        if let Some(second) = behind {
            read.made = Some(read.tie_break(first, second)?);
        }
        if (read.made.is_some() || read.has_gaps || read.is_by_deletion) && !advanced {
            return Err(refused(
                "$orderby by more than a name needs the header 'ConsistencyLevel: eventual' and '$count=true'.",
            ));
        }
        Ok(read)
    }

    /// The second property of an order, in which objects with the same name stand in an index already.
    fn tie_break(&self, first: &OrderItem, second: &OrderItem) -> Result<&'static str, Error> {
        let property = self.resource.property(second.path.property())?;
        if self.key.is_some() && property.is_sortable_by_id && first.direction == second.direction {
            return Ok(property.name);
        }
        let message = format!(
            "Unsupported Query. Behind another property, $orderby takes 'createdDateTime' in the same direction, \
             not '{}'.",
            property.name
        );
        Err(Error::unsupported_query(message).with_target(property.name))
    }

    /// Where no order is asked for and the condition is about the beginning of this property, its order: that of the index which
    /// leads to the objects, so that a page costs by what it shows and not by how many are found.
    #[must_use]
    pub fn led_by(self, name: &str, condition: Option<&Condition>) -> Self {
        let led = Self::by(self.resource, name);
        let leads = |column: &str| condition.is_some_and(|condition| condition.leads_by(column));
        if !self.is_asked() && led.key.is_some_and(|(_, column)| leads(column)) { led } else { self }
    }

    /// The property that is sorted by before ids are.
    pub fn property(&self) -> Option<&'static str> {
        self.key.map(|(name, _)| name)
    }

    /// Every property that an order was asked by.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.property().into_iter().chain(self.made)
    }

    /// Whether an order was asked for, be it that of ids.
    pub fn is_asked(&self) -> bool {
        self.key.is_some() || self.made.is_some()
    }

    /// The column of a property that not every object has.
    pub(super) fn gaps(&self) -> Option<&'static str> {
        self.key.filter(|_| self.has_gaps).map(|(_, column)| column)
    }

    /// The same order among the objects without the property: that of their ids.
    pub(super) const fn without_key(&self) -> Self {
        Self { key: None, has_gaps: false, made: None, ..*self }
    }

    /// Whether it goes backwards.
    pub(super) const fn is_descending(&self) -> bool {
        self.descending
    }

    /// Where an object stands in this order. It is of a kind that is sorted by one name, here in the form of its column, and by when it
    /// was deleted.
    pub fn place(&self, name: impl FnOnce() -> String, deleted_at: Option<Timestamp>, id: Uuid) -> Place {
        let key = match self.key {
            None => None,
            Some(_) if self.is_by_deletion => deleted_at.map(Self::instant_key),
            Some(_) => Some(name()),
        };
        Place { key, id }
    }

    /// What a place holds of an object that was deleted at an instant, in the order of deletion: as many digits for each, so that
    /// texts compare as instants do.
    pub fn instant_key(at: Timestamp) -> String {
        format!("{:020}", at.microseconds())
    }

    /// How two places follow each other.
    pub fn compare(&self, one: &Place, other: &Place) -> Ordering {
        let ordering = (&one.key, one.id).cmp(&(&other.key, other.id));
        if self.descending { ordering.reverse() } else { ordering }
    }

    /// Continues a statement whose text ends in a condition: behind `after`, in this order, at most `limit` rows.
    pub fn write(&self, query: &mut Query<'_>, after: Option<&Place>, limit: u32) {
        if let Some(place) = after {
            self.write_place(query, place);
        }
        let direction = if self.descending { " DESC" } else { "" };
        query.push(" ORDER BY ");
        if let Some((_, column)) = self.key {
            query.push(column).push(direction).push(", ");
        }
        query.push(self.resource.id).push(direction).push(" LIMIT ").value(i64::from(limit));
    }

    fn write_place(&self, query: &mut Query<'_>, place: &Place) {
        let behind = if self.descending { " < " } else { " > " };
        if let (Some((_, column)), Some(key)) = (self.key, &place.key) {
            query.push(" AND (").push(column).push(", ").push(self.resource.id).push(")").push(behind).push("(");
            if self.is_by_deletion {
                // Of [`Order::instant_key`], in a token that was signed.
                query.value(Timestamp::from_microseconds(key.parse().unwrap_or_default())).push(", ");
            } else {
                query.value(key.clone()).push(", ");
            }
            Value::Id(place.id).bind(query);
            query.push(")");
        } else {
            query.push(" AND ").push(self.resource.id).push(behind);
            Value::Id(place.id).bind(query);
        }
    }
}

fn refused(problem: &str) -> Error {
    Error::unsupported_query(format!("Unsupported Query. {problem}")).with_target("$orderby")
}

fn sort_key(property: &'static Property) -> Option<(&'static str, &'static str)> {
    match property.column {
        Some(Column::Text { sql, .. }) if property.is_sortable => Some((property.name, sql)),
        _ => None,
    }
}
