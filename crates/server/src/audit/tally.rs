//! Sign-ins of people by day. An hour is counted once, when it is over, and kept as two numbers; what was not counted yet is
//! counted when somebody looks, which is little more than an hour.
//!
//! Programs are left out: one of them signs in as often as all people together.

use crate::Server;
use crate::platform::ids::TenantId;
use database::{Result, Timestamp, Transaction, sql};
use std::time::Duration;

/// Days that are shown, today among them, in UTC.
pub const DAYS: i64 = 30;

/// How long after its end an hour is counted: by then whatever began in it is written, on the slowest clock too.
const SETTLING: Duration = Duration::from_mins(10);
const HOUR: i64 = 3_600_000_000;
const HOURS_OF_DAY: i64 = 24;

/// The sign-ins of one day in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// When it began.
    pub begins: Timestamp,
    /// How many were let in.
    pub let_in: i64,
    /// How many were turned away, wrong passwords and codes among them.
    pub turned_away: i64,
}

/// The sign-ins of one hour since 1970.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
struct Hour {
    since_1970: i64,
    let_in: i64,
    turned_away: i64,
}

/// The last [`DAYS`] days, the oldest first.
pub async fn days(tx: &mut Transaction, tenant: TenantId, now: Timestamp) -> Result<Vec<Day>> {
    let (oldest, today) = (oldest(now), hour_of(now) / HOURS_OF_DAY);
    let mut hours = list(tx, tenant, oldest, settled(now)).await?;
    let uncounted = begin(behind(&hours, oldest));
    hours.extend(count(tx, tenant, uncounted, begin((today + 1) * HOURS_OF_DAY)).await?);
    let day = |day: i64| {
        let of_day = || hours.iter().filter(move |hour| hour.since_1970 / HOURS_OF_DAY == day);
        Day {
            begins: begin(day * HOURS_OF_DAY),
            let_in: of_day().map(|hour| hour.let_in).sum(),
            turned_away: of_day().map(|hour| hour.turned_away).sum(),
        }
    };
    Ok((today - DAYS + 1..=today).map(day).collect())
}

/// Counts the hours of a tenant that are over and were not counted, in their order, and forgets those that are shown no
/// more; how many were counted. Hours without a sign-in are passed over.
pub async fn settle(server: &Server, tenant: TenantId) -> Result<u64> {
    let now = server.clock.now();
    let (oldest, end) = (oldest(now), settled(now));
    let mut tx = server.read().await?;
    let mut next = behind(&list(&mut tx, tenant, oldest, end).await?, oldest);
    let mut hours = Vec::new();
    while let Some(at) = first_in(&mut tx, tenant, begin(next), begin(end)).await? {
        let hour = hour_of(at);
        hours.extend(count(&mut tx, tenant, begin(hour), begin(hour + 1)).await?);
        next = hour + 1;
    }
    drop(tx);
    if hours.is_empty() {
        return Ok(0);
    }
    let mut tx = server.write().await?;
    forget(&mut tx, tenant, oldest, end).await?;
    let mut counted = 0;
    for hour in hours {
        counted += insert(&mut tx, tenant, hour).await?;
    }
    tx.commit().await?;
    Ok(counted)
}

/// The first hour that is shown.
const fn oldest(now: Timestamp) -> i64 {
    (hour_of(now) / HOURS_OF_DAY - DAYS + 1) * HOURS_OF_DAY
}

/// The first hour that is not to be counted yet.
fn settled(now: Timestamp) -> i64 {
    hour_of(now.minus(SETTLING))
}

/// The hour behind the last one that was counted.
fn behind(counted: &[Hour], oldest: i64) -> i64 {
    counted.iter().map(|hour| hour.since_1970 + 1).max().unwrap_or(oldest)
}

const fn hour_of(at: Timestamp) -> i64 {
    at.microseconds().div_euclid(HOUR)
}

const fn begin(hour: i64) -> Timestamp {
    Timestamp::from_microseconds(hour * HOUR)
}

/// The hours that were counted.
async fn list(tx: &mut Transaction, tenant: TenantId, from: i64, to: i64) -> Result<Vec<Hour>> {
    tx.query(sql!(
        "SELECT hour AS since_1970, let_in, turned_away FROM sign_in_hour WHERE tenant_id = $1 AND hour >= $2 AND hour < $3"
    ))
    .bind(tenant)
    .bind(from)
    .bind(to)
    .fetch_all()
    .await
}

/// When the first sign-in of a person in this time was.
async fn first_in(tx: &mut Transaction, tenant: TenantId, from: Timestamp, to: Timestamp) -> Result<Option<Timestamp>> {
    let row: Option<(Timestamp,)> = tx
        .query(sql!(
            "SELECT at FROM sign_in WHERE tenant_id = $1 AND is_interactive AND at >= $2 AND at < $3
             ORDER BY at, id LIMIT 1"
        ))
        .bind(tenant)
        .bind(from)
        .bind(to)
        .fetch_optional()
        .await?;
    Ok(row.map(|(at,)| at))
}

/// Sign-ins of people in this time, by hours.
async fn count(tx: &mut Transaction, tenant: TenantId, from: Timestamp, to: Timestamp) -> Result<Vec<Hour>> {
    tx.query(sql!(
        "SELECT at / 3600000000 AS since_1970, SUM(CASE WHEN error_code = 0 THEN 1 ELSE 0 END) AS let_in,
                SUM(CASE WHEN error_code = 0 THEN 0 ELSE 1 END) AS turned_away
         FROM sign_in WHERE tenant_id = $1 AND is_interactive AND at >= $2 AND at < $3 GROUP BY at / 3600000000"
    ))
    .bind(tenant)
    .bind(from)
    .bind(to)
    .fetch_all()
    .await
}

/// Keeps an hour; another process may have been first.
async fn insert(tx: &mut Transaction, tenant: TenantId, hour: Hour) -> Result<u64> {
    tx.query(sql!(
        "INSERT INTO sign_in_hour (tenant_id, hour, let_in, turned_away) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
    ))
    .bind(tenant)
    .bind(hour.since_1970)
    .bind(hour.let_in)
    .bind(hour.turned_away)
    .execute()
    .await
}

/// Forgets what is too old, and hours still to come that were counted before the clock was set back.
async fn forget(tx: &mut Transaction, tenant: TenantId, oldest: i64, end: i64) -> Result<u64> {
    tx.query(sql!("DELETE FROM sign_in_hour WHERE tenant_id = $1 AND (hour < $2 OR hour >= $3)"))
        .bind(tenant)
        .bind(oldest)
        .bind(end)
        .execute()
        .await
}
