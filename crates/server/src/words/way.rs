//! What leads to the objects of a list that people look at, and the order in which they come by it.

use super::sought::{Hit, Sought};
use crate::changes::Kind;
use crate::platform::ids::{TenantId, UserId};
use database::{Query, Result, Statement, Transaction};
use uuid::Uuid;

/// What leads to the objects that are listed.
#[derive(Debug, Clone)]
pub enum Way {
    /// Their names.
    Names,
    /// Whoever answers for them, who does so for few.
    Owner(UserId),
    /// A word that few have; they are put in the order of names.
    Few(Sought),
    /// A word that many have.
    Words(Sought),
}

/// A kind of objects that is listed by name.
#[derive(Debug)]
pub struct Named {
    /// Which kind.
    pub kind: Kind,
    /// The column of their ids in the statements of the list.
    pub id: &'static str,
    /// That of their names, folded.
    pub name: &'static str,
    /// Reads the name by which the one with the id `$2` of the tenant `$1` is sorted; also of a deleted one, so that a page whose
    /// edge was removed still has its place.
    pub place: &'static Statement,
}

impl Way {
    /// The way to a page of the objects that somebody answers for, or with words in their names, or of all of them; and the hit of the
    /// object at the edge of the page, if it begins or ends at one. `None` if nothing can be found, because no word was typed.
    pub async fn of_page(
        tx: &mut Transaction,
        tenant: TenantId,
        named: &Named,
        (owner, sought): (Option<UserId>, Option<&Sought>),
        edge: Option<Uuid>,
    ) -> Result<Option<(Self, Option<Hit>)>> {
        if sought.is_some_and(Sought::is_empty) {
            return Ok(None);
        }
        let way = Self::of(tx, tenant, named, (owner, sought)).await?;
        let hit = match edge {
            Some(edge) => way.hit(tx, tenant, named, edge).await?,
            None => None,
        };
        Ok(Some((way, hit)))
    }

    async fn of(
        tx: &mut Transaction,
        tenant: TenantId,
        named: &Named,
        (owner, sought): (Option<UserId>, Option<&Sought>),
    ) -> Result<Self> {
        match (owner, sought) {
            (Some(owner), _) => Ok(Self::Owner(owner)),
            (None, None) => Ok(Self::Names),
            (None, Some(sought)) => Ok(match sought.weighed(tx, tenant, named.kind).await? {
                (sought, true) => Self::Few(sought),
                (sought, false) => Self::Words(sought),
            }),
        }
    }

    /// The word or the name by which an object stands in the list.
    async fn hit(&self, tx: &mut Transaction, tenant: TenantId, named: &Named, id: Uuid) -> Result<Option<Hit>> {
        if let Self::Words(sought) = self {
            return sought.hit(tx, tenant, id).await;
        }
        let row: Option<(String,)> = tx.query(named.place).bind(tenant).bind(id).fetch_optional().await?;
        Ok(row.map(|(name,)| (name, id)))
    }

    /// Ends a statement that begins with what leads to the objects: those with all words that are sought, at most `limit`, behind a
    /// hit or before it, and backwards before it.
    pub fn follow(
        &self,
        query: &mut Query<'_>,
        named: &Named,
        sought: Option<&Sought>,
        (hit, is_backwards): (Option<&Hit>, bool),
        limit: i64,
    ) {
        if let Self::Words(leading) = self {
            leading.lead(query, hit, is_backwards);
        } else {
            if let Some(sought) = sought {
                sought.meet(query, named.id);
            }
            named.follow(query, hit, is_backwards);
        }
        query.value(limit);
    }
}

impl Named {
    fn follow(&self, query: &mut Query<'_>, place: Option<&Hit>, is_backwards: bool) {
        if let Some((name, id)) = place {
            query.push(" AND (").push(self.name).push(", ").push(self.id).push(if is_backwards {
                ") < ("
            } else {
                ") > ("
            });
            query.value(name.clone()).push(", ").value(*id).push(")");
        }
        let descending = if is_backwards { " DESC" } else { "" };
        query.push(" ORDER BY ").push(self.name).push(descending).push(", ").push(self.id).push(descending);
        query.push(" LIMIT ");
    }
}
