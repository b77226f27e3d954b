//! The SQL of words.

use crate::changes::Kind;
use crate::graph::query::{Condition, beginning, folded, parts, words, write_condition};
use crate::platform::ids::TenantId;
use database::{Result, Transaction, sql};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Behind the name of a property whose words begin inside of others.
const PART: &str = "/part";

/// The longest value that is a row, in bytes: an index takes no longer ones. No identifier, address or tag of an app is longer.
const LONGEST: usize = 2048;

/// Keeps the words of an object in place of those it had. Texts are as they are shown, each with its property.
pub async fn keep(
    tx: &mut Transaction,
    tenant: TenantId,
    object: (Kind, Uuid),
    texts: &[(&'static str, &str)],
) -> Result<()> {
    keep_with(tx, tenant, object, texts, &[]).await
}

/// The same with values, each of which is found as a whole: those of properties that have several.
pub async fn keep_with(
    tx: &mut Transaction,
    tenant: TenantId,
    (kind, id): (Kind, Uuid),
    texts: &[(&'static str, &str)],
    values: &[(&'static str, &str)],
) -> Result<()> {
    forget(tx, tenant, id).await?;
    let words = texts.iter().flat_map(|(property, text)| rows(property, text));
    let values = values.iter().map(|(property, value)| ((*property).to_owned(), folded(value)));
    let values = values.filter(|(_, value)| value.len() <= LONGEST);
    let mut each = words.chain(values).collect::<BTreeSet<_>>().into_iter();
    let Some((property, word)) = each.next() else { return Ok(()) };
    let mut query = tx
        .query(sql!(
            "INSERT INTO object_word (tenant_id, object_kind, property, folded, object_id) VALUES ($1, $2, $3, $4, $5)"
        ))
        .bind(tenant)
        .bind(kind)
        .bind(property)
        .bind(word)
        .bind(id);
    for (property, word) in each {
        query.push(", ($1, $2, ").value(property).push(", ").value(word).push(", $5)");
    }
    query.execute().await?;
    Ok(())
}

/// The words of a text, folded, each with the name it is kept under. Those inside of others are there twice: among all, which
/// lead to objects, and by themselves, which prove what no folded text shows.
fn rows(property: &str, text: &str) -> Vec<(String, String)> {
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
    let rows: Vec<(Uuid,)> = query.fetch_all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
