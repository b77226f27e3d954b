//! `$orderby`, and where the next page begins.

use super::condition::{Condition, Value};
use super::property::{Column, Property, Resource};
use crate::graph::Error;
use database::Query;
use odata::{Direction, OrderBy};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use uuid::Uuid;

/// The order of a collection: by one property, then by id; by id alone without a property.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    resource: &'static Resource,
    key: Option<(&'static str, &'static str)>,
    descending: bool,
}

/// Where a page ended: the next one begins behind it, whatever was added or removed in the meantime.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Place {
    /// The sort key of the last object in the form of its column; absent when the order is by id.
    #[serde(rename = "k", skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The id of the last object.
    #[serde(rename = "i")]
    pub id: Uuid,
}

impl Order {
    /// By id.
    pub const fn by_id(resource: &'static Resource) -> Self {
        Self { resource, key: None, descending: false }
    }

    /// By this property, ascending; by id if there is none of this name that can be sorted by.
    pub fn by(resource: &'static Resource, name: &str) -> Self {
        let key = resource.properties.iter().find(|property| property.name == name).and_then(sort_key);
        Self { key, ..Self::by_id(resource) }
    }

    pub(super) fn read(resource: &'static Resource, order: &OrderBy) -> Result<Self, Error> {
        let [item] = order.items.as_slice() else {
            return Err(
                Error::unsupported_query("Unsupported Query. $orderby takes one property.").with_target("$orderby")
            );
        };
        let property = resource.property(item.path.property())?;
        let key = sort_key(property).ok_or_else(|| {
            let message = format!("Unsupported Query. Property '{}' does not support $orderby.", property.name);
            Error::unsupported_query(message).with_target(property.name)
        })?;
        Ok(Self { resource, key: Some(key), descending: item.direction == Direction::Descending })
    }

    /// Where no order is asked for and the condition is about the beginning of this property, its order: that of the index which
    /// leads to the objects, so that a page costs by what it shows and not by how many are found.
    #[must_use]
    pub fn led_by(self, name: &str, condition: Option<&Condition>) -> Self {
        let led = Self::by(self.resource, name);
        let leads = |column: &str| condition.is_some_and(|condition| condition.leads_by(column));
        if self.key.is_none() && led.key.is_some_and(|(_, column)| leads(column)) { led } else { self }
    }

    /// The property that is sorted by.
    pub fn property(&self) -> Option<&'static str> {
        self.key.map(|(name, _)| name)
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
            query.value(key.clone()).push(", ");
            Value::Id(place.id).bind(query);
            query.push(")");
        } else {
            query.push(" AND ").push(self.resource.id).push(behind);
            Value::Id(place.id).bind(query);
        }
    }
}

fn sort_key(property: &'static Property) -> Option<(&'static str, &'static str)> {
    match property.column {
        Some(Column::Text { sql, .. }) if property.is_sortable => Some((property.name, sql)),
        _ => None,
    }
}
