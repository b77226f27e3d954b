//! Where the guests of an organisation are at home: the domains of their addresses, the largest first.
//!
//! Up to [`AT_ONCE`] guests are counted when somebody looks. More than that are counted once an hour by a process that has
//! nothing to answer, and what it found is kept.

use crate::Server;
use crate::platform::ids::{TenantId, UserId};
use database::{Result, Timestamp, Transaction, sql};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use std::time::Duration;

/// Guests that are counted while somebody waits; also what is read at a time.
pub const AT_ONCE: usize = 5_000;

/// Domains that are told apart.
const LARGEST: usize = 6;

/// How long a count of many is good for.
const GOOD_FOR: Duration = Duration::from_hours(1);

/// A domain and how many guests are at home there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// The domain, folded.
    pub domain: String,
    /// How many.
    pub guests: i64,
}

/// The guests of an organisation by their homes.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Census {
    /// When they were counted.
    pub counted_at: Timestamp,
    /// All guests, also those without an address.
    pub guests: i64,
    /// All domains.
    pub homes: i64,
    /// The six domains with the most guests, those with the most first.
    pub largest: Json<Vec<Home>>,
}

/// A guest's place in the order of addresses read backwards, in which those of one domain stand together.
type Place = (String, UserId);

/// Counts addresses in their order.
#[derive(Debug, Default)]
struct Counter {
    guests: i64,
    homes: i64,
    largest: Vec<Home>,
    current: Option<(String, i64)>,
}

impl Counter {
    /// Takes the next address, read backwards.
    fn add(&mut self, reversed: &str) {
        self.guests += 1;
        let domain = reversed.split('@').next().unwrap_or_default();
        match &mut self.current {
            Some((current, guests)) if current == domain => *guests += 1,
            _ => {
                self.close();
                self.current = Some((domain.to_owned(), 1));
            }
        }
    }

    /// The domain at hand has no more guests.
    fn close(&mut self) {
        let Some((reversed, guests)) = self.current.take() else { return };
        self.homes += 1;
        let behind = self.largest.partition_point(|home| home.guests >= guests);
        self.largest.insert(behind, Home { domain: reversed.chars().rev().collect(), guests });
        self.largest.truncate(LARGEST);
    }

    fn finish(mut self, without_address: i64, counted_at: Timestamp) -> Census {
        self.close();
        let guests = self.guests + without_address;
        Census { counted_at, guests, homes: self.homes, largest: Json(self.largest) }
    }
}

/// The guests by their homes: as of now, or for many guests as they were counted last.
pub async fn look(tx: &mut Transaction, tenant: TenantId, now: Timestamp) -> Result<Census> {
    let first = list(tx, tenant, None).await?;
    if first.len() == AT_ONCE
        && let Some(kept) = find(tx, tenant).await?
    {
        return Ok(kept);
    }
    count(tx, tenant, first, now).await
}

/// Counts the guests of a tenant that has many, if the last count is too old; whether it did.
pub async fn settle(server: &Server, tenant: TenantId) -> Result<bool> {
    let now = server.clock.now();
    let mut tx = server.read().await?;
    if find(&mut tx, tenant).await?.is_some_and(|kept| kept.is_good_at(now)) {
        return Ok(false);
    }
    let first = list(&mut tx, tenant, None).await?;
    if first.len() < AT_ONCE {
        return Ok(false);
    }
    let census = count(&mut tx, tenant, first, now).await?;
    drop(tx);
    let mut tx = server.write().await?;
    keep(&mut tx, tenant, census).await?;
    tx.commit().await?;
    Ok(true)
}

impl Census {
    /// A count from the future was made by a clock that was set back since.
    fn is_good_at(&self, now: Timestamp) -> bool {
        self.counted_at <= now && now < self.counted_at.plus(GOOD_FOR)
    }
}

/// Counts from the first part on.
async fn count(tx: &mut Transaction, tenant: TenantId, first: Vec<Place>, now: Timestamp) -> Result<Census> {
    let mut counter = Counter::default();
    let mut part = first;
    loop {
        for (address, _) in &part {
            counter.add(address);
        }
        match part.pop() {
            Some(last) if part.len() + 1 == AT_ONCE => part = list(tx, tenant, Some(last)).await?,
            _ => break,
        }
    }
    let without_address = count_without_address(tx, tenant).await?;
    Ok(counter.finish(without_address, now))
}

/// The next addresses of guests in their order, read backwards.
async fn list(tx: &mut Transaction, tenant: TenantId, after: Option<Place>) -> Result<Vec<Place>> {
    let mut query = tx
        .query(sql!(
            "SELECT mail_reversed, id FROM user_account
             WHERE tenant_id = $1 AND deleted_at IS NULL AND user_type = 'Guest' AND mail_reversed IS NOT NULL"
        ))
        .bind(tenant);
    if let Some((address, id)) = after {
        query.push(" AND (mail_reversed, id) > (").value(address).push(", ").value(id).push(")");
    }
    query.push(" ORDER BY mail_reversed, id LIMIT ").value(i64::try_from(AT_ONCE).unwrap_or(i64::MAX));
    query.fetch_all().await
}

async fn count_without_address(tx: &mut Transaction, tenant: TenantId) -> Result<i64> {
    tx.query(sql!(
        "SELECT COUNT(*) FROM user_account
         WHERE tenant_id = $1 AND deleted_at IS NULL AND user_type = 'Guest' AND mail_reversed IS NULL"
    ))
    .bind(tenant)
    .fetch_value()
    .await
}

async fn find(tx: &mut Transaction, tenant: TenantId) -> Result<Option<Census>> {
    tx.query(sql!("SELECT counted_at, guests, homes, largest FROM guest_census WHERE tenant_id = $1"))
        .bind(tenant)
        .fetch_optional()
        .await
}

async fn keep(tx: &mut Transaction, tenant: TenantId, census: Census) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO guest_census (tenant_id, counted_at, guests, homes, largest) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id) DO UPDATE
         SET counted_at = excluded.counted_at, guests = excluded.guests, homes = excluded.homes,
             largest = excluded.largest"
    ))
    .bind(tenant)
    .bind(census.counted_at)
    .bind(census.guests)
    .bind(census.homes)
    .bind(census.largest)
    .execute()
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn homes_are_told_apart_and_the_largest_come_first() {
        let mut addresses: Vec<String> = Vec::new();
        for (domain, guests) in [("b.example", 3), ("a.example", 1), ("a.b.example", 5), ("c.example", 3)] {
            addresses.extend((0..guests).map(|guest| format!("{guest}@{domain}").chars().rev().collect::<String>()));
        }
        addresses.extend((0..9).map(|at| format!("x@small{at}.example").chars().rev().collect::<String>()));
        addresses.sort_unstable();
        let mut counter = Counter::default();
        for address in &addresses {
            counter.add(address);
        }
        let census = counter.finish(2, Timestamp::from_microseconds(0));
        assert_eq!((census.guests, census.homes), (23, 13));
        let largest: Vec<_> = census.largest.0.iter().map(|home| (home.domain.as_str(), home.guests)).collect();
        assert_eq!(largest[0], ("a.b.example", 5));
        assert_eq!(largest[1..3].iter().map(|(_, guests)| *guests).collect::<Vec<_>>(), [3, 3]);
        assert_eq!(largest.len(), LARGEST);
    }
}
