//! Whether something was done since somebody looked, where what it was done to leaves no row that would say so.

use super::directory::Activity;
use super::entry::ChangeEntry;
use super::filter::ChangeFilter;
use super::store;
use crate::platform::ids::TenantId;
use crate::web::seen;
use database::{Result, Transaction};

/// Rows of each activity that are looked at.
const MOST: i64 = 1_000;

/// The changes of these activities among those that meet a filter; the newest of each activity, at most 1,000.
pub async fn deeds(
    tx: &mut Transaction,
    tenant: TenantId,
    activities: &[Activity],
    filter: &ChangeFilter,
) -> Result<Vec<ChangeEntry>> {
    let mut found = Vec::new();
    for activity in activities {
        let of_it = ChangeFilter { activity: Some(activity.name().to_owned()), ..filter.clone() };
        found.extend(store::list_changes(tx, tenant, &of_it, None, MOST).await?);
    }
    Ok(found)
}

/// The mark of some changes: another one as soon as there is one more of them.
pub fn mark<'e>(changes: impl Iterator<Item = &'e ChangeEntry>) -> String {
    let ids: Vec<String> = changes.map(|change| change.id.to_string()).collect();
    seen::mark(ids.iter().map(String::as_str))
}
