//! Cold start to ready on a database that exists, and the memory that takes.

use super::Bench;
use crate::Outcome;
use crate::report::Row;
use crate::statistics::median;

pub async fn run(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let (mut times, mut memories) = (Vec::new(), Vec::new());
    for _ in 0..bench.plan.runs {
        times.push(bench.site.start().await?.as_secs_f64() * 1000.0);
        memories.push(bench.site.memory()?.0);
    }
    let time = (median(&times), "ms");
    let memory = (median(&memories), "MiB");
    Ok(vec![
        Row::plain("cold start to ready", bench.engine, "<= 30", time, times)
            .noting("from the start of the process to 200 at /readyz"),
        Row::plain("memory at start", bench.engine, "<= 25", memory, memories),
    ])
}
