//! Everything on its way into the database.

mod apps;
mod cell;
mod groups;
mod guests;

use crate::{Directory, Guest, Member};
use cell::Cell;
use database::{Database, Result, Statement, Transaction, sql};
use uuid::Uuid;

/// Objects, or memberships, that are written together.
const BATCH: u32 = 500;

/// Rows in one statement, as many as are left: few enough for what both engines bind, and few different texts to be prepared.
const ROWS: [usize; 4] = [500, 50, 5, 1];

/// Objects in one transaction. Pages that many rows change are written once for all of them, so it is worth a lot of log.
const OBJECTS: u32 = 250_000;

/// Memberships in one transaction.
const MEMBERSHIPS: usize = 1_000_000;

/// Writes the whole directory into a tenant that exists. Nobody else may write meanwhile.
pub async fn write(database: &Database, directory: &Directory) -> Result<()> {
    let size = directory.size;
    for numbers in chunks(size.guests, OBJECTS) {
        let mut tx = database.alone().await?;
        for batch in chunks_of(numbers, BATCH) {
            let guests: Vec<Guest> = batch.map(|number| directory.guest(number)).collect();
            guests::insert(&mut tx, directory.tenant, &directory.domain, &guests).await?;
        }
        tx.commit().await?;
    }
    let mut tx = database.alone().await?;
    for batch in chunks(size.groups, BATCH) {
        let groups: Vec<_> = batch.map(|number| directory.group(number)).collect();
        groups::insert(&mut tx, directory.tenant, &groups).await?;
    }
    for batch in chunks(size.apps, BATCH) {
        let apps: Vec<_> = batch.map(|number| directory.app(number)).collect();
        apps::insert(&mut tx, directory.tenant, &apps).await?;
    }
    tx.commit().await?;
    let edges = write_edges(database, directory).await?;
    let mut tx = database.alone().await?;
    let objects = i64::from(size.guests) + i64::from(size.groups) + 2 * i64::from(size.apps);
    forget_changes(&mut tx, directory.tenant, objects + edges).await?;
    tx.commit().await
}

/// Writes guests of one's own into a tenant.
pub async fn write_guests(database: &Database, tenant: Uuid, domain: &str, guests: &[Guest]) -> Result<()> {
    let mut tx = database.alone().await?;
    for batch in guests.chunks(BATCH as usize) {
        guests::insert(&mut tx, tenant, domain, batch).await?;
    }
    forget_changes(&mut tx, tenant, i64::try_from(guests.len()).unwrap_or(i64::MAX)).await?;
    tx.commit().await
}

/// All memberships, group by group; how many there were.
async fn write_edges(database: &Database, directory: &Directory) -> Result<i64> {
    let (mut all, mut open) = (0, 0);
    let mut tx = database.alone().await?;
    let mut rows = Vec::with_capacity(BATCH as usize);
    for number in 0..directory.size.groups {
        let group = directory.group(number);
        for member in directory.members(number) {
            rows.push(match member {
                Member::Guest(guest) => groups::edge(&group, "User", directory.guest_id(guest)),
                Member::Group(below) => groups::edge(&group, "Group", directory.group(below).id),
            });
            if rows.len() == BATCH as usize {
                open += rows.len();
                groups::insert_edges(&mut tx, directory.tenant, std::mem::take(&mut rows)).await?;
            }
        }
        if open >= MEMBERSHIPS {
            tx.commit().await?;
            all += open;
            open = 0;
            tx = database.alone().await?;
        }
    }
    open += rows.len();
    groups::insert_edges(&mut tx, directory.tenant, rows).await?;
    tx.commit().await?;
    Ok(i64::try_from(all + open).unwrap_or(i64::MAX))
}

/// Counts these changes and lets the log of changes begin behind them, as it does when they are older than they are kept.
async fn forget_changes(tx: &mut Transaction, tenant: Uuid, count: i64) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO change_turn (tenant_id, number, from_number) VALUES ($1, $2, $2)
         ON CONFLICT (tenant_id) DO UPDATE SET number = change_turn.number + excluded.number,
             from_number = change_turn.number + excluded.number"
    ))
    .bind(tenant)
    .bind(count)
    .execute()
    .await?;
    Ok(())
}

/// Rows of one table. The registered text has the first of each statement.
async fn insert_rows(
    tx: &mut Transaction,
    statement: &'static Statement,
    tenant: Uuid,
    rows: Vec<Vec<Cell>>,
) -> Result<()> {
    let mut left = rows.len();
    let mut rows = rows.into_iter();
    for size in ROWS {
        while left >= size {
            insert_some(tx, statement, tenant, rows.by_ref().take(size)).await?;
            left -= size;
        }
    }
    Ok(())
}

async fn insert_some(
    tx: &mut Transaction,
    statement: &'static Statement,
    tenant: Uuid,
    mut rows: impl Iterator<Item = Vec<Cell>>,
) -> Result<()> {
    let Some(first) = rows.next() else { return Ok(()) };
    let mut query = tx.query(statement).bind(tenant);
    for cell in first {
        query = cell.bind(query);
    }
    for row in rows {
        query.push(", ($1");
        for cell in row {
            query.push(", ");
            cell.value(&mut query);
        }
        query.push(")");
    }
    query.execute().await?;
    Ok(())
}

fn chunks(end: u32, size: u32) -> impl Iterator<Item = std::ops::Range<u32>> {
    chunks_of(0..end, size)
}

fn chunks_of(numbers: std::ops::Range<u32>, size: u32) -> impl Iterator<Item = std::ops::Range<u32>> {
    numbers.clone().step_by(size as usize).map(move |first| first..numbers.end.min(first.saturating_add(size)))
}

#[cfg(test)]
mod tests {
    use super::chunks;

    #[test]
    fn chunks_hold_every_number_once() {
        let found: Vec<_> = chunks(5, 2).collect();
        assert_eq!(found, [0..2, 2..4, 4..5]);
        assert_eq!(chunks(0, 2).count(), 0);
    }
}
