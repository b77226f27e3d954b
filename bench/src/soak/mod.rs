//! Mixed load for an hour: whether memory, latency, files and queues stay where they are.

mod figures;
mod load;
mod log;
mod verdict;

use crate::process::processor_time;
use crate::report;
use crate::scenario::Bench;
use crate::statistics::median;
use crate::{Engine, Options, Outcome};
use figures::{Figures, Growth};
use log::Log;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Between two lines of figures.
const MINUTE: Duration = Duration::from_mins(1);

/// Between two looks at the memory. A password that is being checked holds 19 MiB for some milliseconds: one look in a minute
/// would see one of them now and then, and take it for growth.
const SECOND: Duration = Duration::from_secs(1);

/// What is said when the server is not there any more.
const GONE: &str = "the server has ended";

/// How many minutes, unless the options say.
const MINUTES: u64 = 60;

/// The lines of the page between which the figures of an engine stand: each run leaves those of the other one as they are.
pub const fn place(engine: Engine) -> (&'static str, &'static str) {
    match engine {
        Engine::Sqlite => (
            "<!-- soak on SQLite: written by `cargo xtask bench soak --write` -->",
            "<!-- end of the soak on SQLite -->",
        ),
        Engine::Postgres => (
            "<!-- soak on PostgreSQL: written by `cargo xtask bench soak --engine postgres --write` -->",
            "<!-- end of the soak on PostgreSQL -->",
        ),
    }
}

/// Runs as long as the options say, on SQLite unless they name PostgreSQL, and says what came of it; fails if any of that is not
/// good.
pub async fn run(options: &Options) -> Outcome {
    let engine = options.engine.unwrap_or(Engine::Sqlite);
    let mut bench = Bench::for_soak(options, engine).await?;
    let before = Growth::rows(&bench.site)?;
    let log = Rc::new(Log::default());
    let minutes = options.minutes.unwrap_or(MINUTES).max(1);
    let length = MINUTE * u32::try_from(minutes)?;
    println!("{}, {minutes} minutes, {}\n", engine.name(), load::description(options));
    let end = Instant::now() + length;
    let running = load::start(&bench, options, &log, end).await?;
    let figures = watch(&bench, &log, end).await?;
    for task in running {
        task.await?;
    }
    let growth = Growth::between(before, Growth::rows(&bench.site)?);
    let text = verdict::text(engine, &figures, &growth, &log);
    println!("\n{text}");
    if let Some(file) = &options.write {
        let head = format!("{}, {minutes} minutes, {}.", engine.name(), load::description(options));
        let page = format!("{}  \n{head}\n\n{text}", report::machine().join("  \n"));
        report::write_between(file, place(engine), &page)?;
        println!("written: {}", file.display());
    }
    bench.site.stop()?;
    verdict::conclude(&text)
}

/// A line each minute.
async fn watch(bench: &Bench, log: &Log, end: Instant) -> Outcome<Vec<Figures>> {
    let mut all = Vec::new();
    let mut used = processor_time().ok_or(GONE)?;
    while Instant::now() < end {
        let begin = Instant::now();
        let memory = memory_until(bench, end.min(begin + MINUTE)).await?;
        let now = processor_time().ok_or(GONE)?;
        let busy = now.saturating_sub(used).as_secs_f64() / begin.elapsed().as_secs_f64();
        used = now;
        let figures = Figures::take(bench, log, (busy, memory)).await?;
        println!("{}", figures.line(all.len() + 1));
        all.push(figures);
    }
    Ok(all)
}

/// MiB in memory, as in most of the seconds until then.
async fn memory_until(bench: &Bench, end: Instant) -> Outcome<f64> {
    let mut seen = Vec::new();
    loop {
        tokio::time::sleep(SECOND.min(end.saturating_duration_since(Instant::now()))).await;
        seen.push(bench.site.memory()?.0);
        if Instant::now() >= end {
            return Ok(median(&seen));
        }
    }
}
