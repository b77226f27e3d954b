//! From the words of a search to the objects.
//!
//! Where words lead to few objects, these are read and put in order. Where they lead to many, the objects are gone through in
//! the order that is asked for and every text is compared: many are met soon.

use super::store;
use crate::changes::Kind;
use crate::graph::query::{Condition, Order, Related, Resource, Slice};
use crate::platform::ids::TenantId;
use database::{Result, Transaction};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use uuid::Uuid;

/// So many objects are read by their ids; among a million, one of every 500 is met where there are more. Tests have fewer.
const FEW: u32 = if cfg!(test) { 3 } else { 2_000 };

/// The most words that are looked up for one search.
const WORDS: usize = 8;

/// A kind of objects that is searched by words.
pub struct Searched {
    /// Which kind.
    pub kind: Kind,
    /// Its table of properties.
    pub resource: &'static Resource,
    /// What its properties are searched by.
    pub words: &'static [(&'static Related, &'static str)],
}

/// A word that is looked for: the property, and the condition on the word.
type Lead<'c> = (&'static str, &'c Condition);

/// The slice to be read in place of this one, and whether what it holds is to be arranged by this one: it was found by its
/// words, in no order.
pub async fn narrow(
    tx: &mut Transaction,
    tenant: TenantId,
    searched: &Searched,
    slice: &Slice,
) -> Result<(Slice, bool)> {
    let Some(condition) = &slice.condition else { return Ok((slice.clone(), false)) };
    let Some(leads) = searched.leads(condition).filter(|leads| (1..=WORDS).contains(&leads.len())) else {
        return Ok((slice.clone(), false));
    };
    let exact = searched.without_words(condition);
    let mut ids = BTreeSet::new();
    for (property, word) in leads {
        let found = store::list(tx, tenant, (searched.kind, property), word, FEW + 1).await?;
        let is_cut = u32::try_from(found.len()).unwrap_or(u32::MAX) > FEW;
        ids.extend(found);
        if is_cut || u32::try_from(ids.len()).unwrap_or(u32::MAX) > FEW {
            return Ok((Slice { condition: exact, ..slice.clone() }, false));
        }
    }
    let conditions = [searched.among(ids)].into_iter().chain(exact).collect();
    let order = Order::by_id(searched.resource);
    Ok((Slice { condition: Some(Condition::And(conditions)), order, after: None, size: FEW }, true))
}

impl Searched {
    fn among(&self, ids: BTreeSet<Uuid>) -> Condition {
        if ids.is_empty() {
            return Condition::Never;
        }
        Condition::one_of(self.resource.id, ids)
    }

    /// The property whose words a condition looks for.
    fn property(&self, condition: &Condition) -> Option<&'static str> {
        let Condition::Exists { related, .. } = condition else { return None };
        self.words.iter().find(|(words, _)| std::ptr::eq(*words, *related)).map(|(_, property)| *property)
    }

    /// Words that lead to everything which meets a condition; of several that must all be there, the longest, which few have.
    fn leads<'c>(&self, condition: &'c Condition) -> Option<Vec<Lead<'c>>> {
        match condition {
            Condition::And(parts) => {
                let shortest = |leads: &Vec<Lead<'c>>| leads.iter().map(|(_, word)| length(word)).min();
                parts.iter().filter_map(|part| self.leads(part)).min_by_key(|leads| Reverse(shortest(leads)))
            }
            Condition::Or(parts) => {
                let each: Option<Vec<_>> = parts.iter().map(|part| self.leads(part)).collect();
                Some(each?.concat())
            }
            Condition::Exists { condition: word, .. } => {
                self.property(condition).map(|property| vec![(property, word.as_ref())])
            }
            _ => None,
        }
    }

    /// The condition without words, beside which always stands what is exact.
    fn without_words(&self, condition: &Condition) -> Option<Condition> {
        let exact = |parts: &[Condition]| parts.iter().filter_map(|part| self.without_words(part)).collect::<Vec<_>>();
        match condition {
            Condition::And(parts) => Some(exact(parts)).filter(|parts| !parts.is_empty()).map(Condition::And),
            Condition::Or(parts) => Some(exact(parts)).filter(|parts| !parts.is_empty()).map(Condition::Or),
            condition if self.property(condition).is_some() => None,
            condition => Some(condition.clone()),
        }
    }
}

fn length(word: &Condition) -> usize {
    word.range().map_or(0, |(_, from, _)| from.len())
}
