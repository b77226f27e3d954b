//! The SQL of words.

use crate::changes::Kind;
use crate::graph::query::{Condition, Value, beginning, folded, parts, words, write_condition};
use crate::platform::ids::TenantId;
use database::{Result, Transaction, sql};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Behind the name of a property whose words begin inside of others.
const PART: &str = "/part";

/// The longest value that is a row, in bytes: an index takes no longer ones. No identifier, address or tag of an app is longer.
const LONGEST: usize = 2048;

/// So many rows are written by one statement at most.
const TOGETHER: usize = 256;

/// The name that a word or value is kept under, and itself, folded.
type Row = (String, String);

/// Keeps the words of an object in place of those it had. Texts are as they are shown, each with its property.
pub async fn keep(
    tx: &mut Transaction,
    tenant: TenantId,
    object: (Kind, Uuid),
    texts: &[(&'static str, &str)],
) -> Result<()> {
    keep_with(tx, tenant, object, texts, &[]).await
}

/// The same with values, each of which is found as a whole: those of properties that have several. An object that is written anew
/// changes only the rows that differ: an app may have more than a thousand in each tenant that uses it.
///
/// Whoever calls this has written the row of the object before, so that others who change its words wait.
pub async fn keep_with(
    tx: &mut Transaction,
    tenant: TenantId,
    (kind, id): (Kind, Uuid),
    texts: &[(&'static str, &str)],
    values: &[(&'static str, &str)],
) -> Result<()> {
    let words = texts.iter().flat_map(|(property, text)| rows(property, text));
    let values = values.iter().map(|(property, value)| ((*property).to_owned(), folded(value)));
    let values = values.filter(|(_, value)| value.len() <= LONGEST);
    let wanted: BTreeSet<Row> = words.chain(values).collect();
    let kept = list_kept(tx, tenant, id).await?;
    let mut gone: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (property, word) in kept.difference(&wanted) {
        gone.entry(property.as_str()).or_default().push(Value::Text(word.clone()));
    }
    for (property, words) in gone {
        remove(tx, tenant, id, property, words).await?;
    }
    let new: Vec<&Row> = wanted.difference(&kept).collect();
    for some in new.chunks(TOGETHER) {
        add(tx, tenant, (kind, id), some).await?;
    }
    Ok(())
}

async fn list_kept(tx: &mut Transaction, tenant: TenantId, id: Uuid) -> Result<BTreeSet<Row>> {
    let rows: Vec<Row> = tx
        .query(sql!("SELECT property, folded FROM object_word WHERE tenant_id = $1 AND object_id = $2"))
        .bind(tenant)
        .bind(id)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().collect())
}

/// Removes words of one property, of which there is one at least.
async fn remove(tx: &mut Transaction, tenant: TenantId, id: Uuid, property: &str, words: Vec<Value>) -> Result<()> {
    let mut query = tx
        .query(sql!("DELETE FROM object_word WHERE tenant_id = $1 AND object_id = $2 AND property = $3"))
        .bind(tenant)
        .bind(id)
        .bind(property.to_owned());
    write_condition(Some(&Condition::Among { column: "folded", values: words }), &mut query);
    query.execute().await?;
    Ok(())
}

/// Adds rows that are not there. The last one is written again until there are as many as a power of two, which changes nothing: an
/// engine plans and keeps a statement for each number of rows.
async fn add(tx: &mut Transaction, tenant: TenantId, (kind, id): (Kind, Uuid), rows: &[&Row]) -> Result<()> {
    let Some((first, rest)) = rows.split_first() else { return Ok(()) };
    let last = rest.last().unwrap_or(first);
    let again = std::iter::repeat_n(last, rows.len().next_power_of_two() - rows.len());
    let mut query = tx
        .query(sql!(
            "INSERT INTO object_word (tenant_id, object_kind, property, folded, object_id) VALUES ($1, $2, $3, $4, $5)"
        ))
        .bind(tenant)
        .bind(kind)
        .bind(first.0.clone())
        .bind(first.1.clone())
        .bind(id);
    for (property, word) in rest.iter().chain(again) {
        query.push(", ($1, $2, ").value(property.clone()).push(", ").value(word.clone()).push(", $5)");
    }
    query.push(" ON CONFLICT DO NOTHING");
    query.execute().await?;
    Ok(())
}

/// The words of a text, folded, each with the name it is kept under. Those inside of others are there twice: among all, which
/// lead to objects, and by themselves, which prove what no folded text shows.
fn rows(property: &str, text: &str) -> Vec<Row> {
    let whole = folded(text);
    let row = |name: String, word: &str| (name, beginning(word).to_owned());
    let mut rows: Vec<_> = words(&whole).map(|word| row(property.to_owned(), word)).collect();
    for part in parts(text) {
        let part = folded(part);
        rows.push(row(property.to_owned(), &part));
        rows.push(row(format!("{property}{PART}"), &part));
    }
    rows
}

/// Removes all words of an object.
pub async fn forget(tx: &mut Transaction, tenant: TenantId, id: Uuid) -> Result<()> {
    tx.query(sql!("DELETE FROM object_word WHERE tenant_id = $1 AND object_id = $2"))
        .bind(tenant)
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

/// The objects with a word of a property that meets a condition on `t.folded`, at most `limit`. One with several such words
/// comes with each.
pub(super) async fn list(
    tx: &mut Transaction,
    tenant: TenantId,
    (kind, property): (Kind, &'static str),
    word: &Condition,
    limit: u32,
) -> Result<Vec<Uuid>> {
    let mut query = tx
        .query(sql!(
            "SELECT t.object_id FROM object_word t WHERE t.tenant_id = $1 AND t.object_kind = $2 AND t.property = $3"
        ))
        .bind(tenant)
        .bind(kind)
        .bind(property.to_owned());
    write_condition(Some(word), &mut query);
    query.push(" LIMIT ").value(i64::from(limit));
    query.fetch_values().await
}
