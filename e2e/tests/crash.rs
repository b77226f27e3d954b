//! Nothing that was acknowledged is lost when the server is killed, whenever that is.
//!
//! `cargo xtask crash` sets the length, the seed and the engine.

use std::time::Duration;

use e2e::Outcome;
use e2e::crash::{Run, run};
use e2e::operator::Engine;

const SECONDS: u64 = 20;

/// A number from the environment, for longer or repeated runs.
fn number(variable: &str) -> Outcome<Option<u64>> {
    Ok(std::env::var(variable).ok().map(|text| text.parse()).transpose()?)
}

async fn crash(engine: Engine, processes: usize) -> Outcome {
    let only = std::env::var("VESTIBULE_CRASH_ENGINE").unwrap_or_default();
    let name = format!("{engine:?}").to_lowercase();
    if !Engine::all().contains(&engine) || !(only.is_empty() || only == name) {
        return Ok(());
    }
    let seed = number("VESTIBULE_CRASH_SEED")?.unwrap_or_else(|| fastrand::u64(..100_000));
    let length = Duration::from_secs(number("VESTIBULE_CRASH_SECONDS")?.unwrap_or(SECONDS));
    println!("{name}, {processes} processes, {} s, seed {seed}", length.as_secs());
    let figures = run(Run { engine, processes, length, seed }).await?;
    println!("crash totals on {name}, {processes} processes, {} s, seed {seed}: {figures}", length.as_secs());
    let too_few = figures.too_few(length);
    assert!(too_few.is_empty(), "the run tests too little: {}", too_few.join(", "));
    Ok(())
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_when_the_process_is_killed_on_sqlite() -> Outcome {
    crash(Engine::Sqlite, 1).await
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_when_either_of_two_processes_is_killed_on_postgresql() -> Outcome {
    crash(Engine::Postgres, 2).await
}
