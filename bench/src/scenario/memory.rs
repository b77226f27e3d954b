//! The memory of the process that has carried all the load before.

use super::Bench;
use crate::Outcome;
use crate::report::Row;

#[expect(clippy::unused_async, reason = "every scenario has the same form")]
pub async fn run(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let (now, peak) = bench.site.memory()?;
    let row = Row::plain("memory after load", bench.engine, "<= 64", (now, "MiB"), vec![now]);
    Ok(vec![row.noting(format!("at most {peak:.0} MiB"))])
}
