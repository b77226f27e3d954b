//! Objects that are found by words of their names, for lists that people look at.
//!
//! Whatever somebody types, a page costs what it shows. The word that fewest have leads. Where it leads to few objects, these are
//! put in the order of names. Where it leads to many, they come in the order of the words that begin so, each page from where the last
//! one ended: in the order of names, `team` would go past all groups in front of the first that begins so.

use super::store;
use crate::changes::Kind;
use crate::graph::query::{Condition, beginning, folded, words, write_condition};
use crate::platform::ids::TenantId;
use database::{Query, Result, Transaction, sql};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use uuid::Uuid;

/// No more words are looked for: each is looked up for every object that is met on the way.
const MOST: usize = 8;

/// So many objects are put in order. Tests have fewer.
const FEW: u32 = if cfg!(test) { 3 } else { 2_000 };

/// The property whose words are looked for.
const NAME: &str = "displayName";

/// What somebody typed into the search of a list: words that all begin some word of an object's name.
#[derive(Debug, Clone)]
pub struct Sought {
    /// Folded, each once. The first one leads.
    words: Vec<String>,
}

/// A word by which an object was found, and the object.
pub type Hit = (String, Uuid);

impl Sought {
    /// The words of a text.
    pub fn of(text: &str) -> Self {
        let text = folded(text);
        let each: BTreeSet<&str> = words(&text).map(beginning).collect();
        let mut words: Vec<String> = each.into_iter().map(str::to_owned).collect();
        words.sort_by_key(|word| Reverse(word.chars().count()));
        words.truncate(MOST);
        Self { words }
    }

    /// The same with the word that fewest objects of a kind have in front, and whether these are few.
    pub async fn weighed(&self, tx: &mut Transaction, tenant: TenantId, kind: Kind) -> Result<(Self, bool)> {
        let mut weighed = Vec::with_capacity(self.words.len());
        for word in &self.words {
            let condition = Condition::prefix("t.folded", word);
            let found = store::list(tx, tenant, (kind, NAME), &condition, FEW + 1).await?;
            weighed.push((found.len(), word.clone()));
        }
        // Of several that many have, the longer one has fewer: it stands in front already.
        weighed.sort_by_key(|(found, _)| *found);
        let is_few = weighed.first().is_none_or(|(found, _)| u32::try_from(*found).is_ok_and(|found| found <= FEW));
        Ok((Self { words: weighed.into_iter().map(|(_, word)| word).collect() }, is_few))
    }

    /// The words that the first one leads to: from the one to without the other.
    pub fn range(&self) -> (String, String) {
        let first = self.words.first().cloned().unwrap_or_default();
        let end = format!("{first}{}", char::MAX);
        (first, end)
    }

    /// Whether there was no word in the text, so that nothing is found by it.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Continues a statement that reads words of names by the alias `t`, of one kind of objects, up to its LIMIT: each object at the
    /// first of its words that the leading one leads to, behind a hit or before it, and backwards before it.
    pub fn lead(&self, query: &mut Query<'_>, hit: Option<&Hit>, is_backwards: bool) {
        let (from, to) = self.range();
        // One bound at each end: SQLite looks at one alone, and a page in the middle begins where the last one ended.
        let word = hit.map(|(word, _)| word.as_str());
        let begin = word.filter(|_| !is_backwards).unwrap_or(&from);
        query.push(" AND t.folded >= ").value(begin.to_owned());
        match word.filter(|_| is_backwards) {
            Some(end) => query.push(" AND t.folded <= ").value(end.to_owned()),
            None => query.push(" AND t.folded < ").value(to),
        };
        if let Some((word, id)) = hit {
            query.push(" AND (t.folded, t.object_id) ").push(if is_backwards { "< (" } else { "> (" });
            query.value(word.clone()).push(", ").value(*id).push(")");
        }
        query.push(
            " AND NOT EXISTS (SELECT 1 FROM object_word f WHERE f.tenant_id = $1 AND f.object_id = t.object_id
               AND f.property = 'displayName' AND f.folded < t.folded AND f.folded >= ",
        );
        query.value(from).push(")");
        have(query, self.words.get(1..).unwrap_or_default(), "t.object_id");
        query.push(if is_backwards {
            " ORDER BY t.folded DESC, t.object_id DESC LIMIT "
        } else {
            " ORDER BY t.folded, t.object_id LIMIT "
        });
    }

    /// Continues a statement that reads objects in another way: those with all words. `id` is the column of their ids.
    pub fn meet(&self, query: &mut Query<'_>, id: &'static str) {
        have(query, &self.words, id);
    }

    /// The hit of an object: the first of its words that the leading one leads to; nothing if it has none any more.
    pub async fn hit(&self, tx: &mut Transaction, tenant: TenantId, id: Uuid) -> Result<Option<Hit>> {
        let Some(first) = self.words.first() else { return Ok(None) };
        let mut query = tx
            .query(sql!(
                "SELECT t.folded FROM object_word t
                 WHERE t.tenant_id = $1 AND t.object_id = $2 AND t.property = 'displayName'"
            ))
            .bind(tenant)
            .bind(id);
        write_condition(Some(&Condition::prefix("t.folded", first)), &mut query);
        query.push(" ORDER BY t.folded LIMIT 1");
        let row: Option<(String,)> = query.fetch_optional().await?;
        Ok(row.map(|(word,)| (word, id)))
    }
}

fn have(query: &mut Query<'_>, words: &[String], id: &'static str) {
    for word in words {
        query.push(" AND EXISTS (SELECT 1 FROM object_word o WHERE o.tenant_id = $1 AND o.object_id = ").push(id);
        query.push(" AND o.property = 'displayName'");
        write_condition(Some(&Condition::prefix("o.folded", word)), query);
        query.push(")");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_leads_and_each_is_looked_for_once() {
        assert_eq!(Sought::of("The north-west TEAM the").words, ["north", "team", "west", "the"]);
        assert!(Sought::of(" -. ").is_empty());
        assert_eq!(Sought::of("a b c d e f g h i j").words.len(), MOST);
    }
}
