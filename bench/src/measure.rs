//! Work done again and again by several workers at once: how often in a second, and how long each time.

use crate::Outcome;
use crate::counts::Counted;
use crate::process::processor_time;
use crate::statistics::{median, quantile_of_sorted};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// How a scenario is run.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Before anything counts.
    pub warm_up: Duration,
    /// Of one run.
    pub length: Duration,
    /// How many runs count.
    pub runs: usize,
}

/// Whether there was something to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It was done.
    Done,
    /// Nothing is left of what was prepared.
    Exhausted,
}

/// Somebody who does the same thing over and over, on a connection of their own.
pub trait Worker {
    /// Prepares what the next run uses up; not measured.
    async fn prepare(&mut self, _length: Duration) -> Outcome {
        Ok(())
    }

    /// Does it once, from the first byte sent to the last byte received.
    async fn work(&mut self) -> Outcome<Step>;

    /// Waits for what the work set off and did not wait for itself, as mails are. Load goes on without it; where instructions are
    /// counted, it follows each piece of work.
    async fn settle(&mut self) -> Outcome {
        Ok(())
    }
}

/// What several runs came to.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Median over the runs, in a second.
    pub throughput: f64,
    /// Median over the runs, in milliseconds.
    pub p50: f64,
    /// Median over the runs, in milliseconds.
    pub p99: f64,
    /// Median over the runs: microseconds of processor time that the server spent on a piece of work.
    pub processor: f64,
    /// Throughput of each run.
    pub runs: Vec<f64>,
    /// Instructions instead of all that, if these were counted.
    pub counted: Option<Counted>,
}

/// Times in milliseconds, but the processor's in microseconds.
struct Run {
    throughput: f64,
    p50: f64,
    p99: f64,
    processor: f64,
}

/// Warms up, then runs as planned.
pub async fn measure<W: Worker + 'static>(plan: &Plan, workers: Vec<W>) -> Outcome<Figures> {
    let (_, mut workers) = run(workers, plan.warm_up).await?;
    let mut runs = Vec::with_capacity(plan.runs);
    for _ in 0..plan.runs {
        let (figures, back) = run(workers, plan.length).await?;
        runs.push(figures);
        workers = back;
    }
    let of = |value: fn(&Run) -> f64| runs.iter().map(value).collect::<Vec<f64>>();
    let throughputs = of(|run| run.throughput);
    Ok(Figures {
        throughput: median(&throughputs),
        p50: median(&of(|run| run.p50)),
        p99: median(&of(|run| run.p99)),
        processor: median(&of(|run| run.processor)),
        runs: throughputs,
        counted: None,
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts of a few seconds")]
async fn run<W: Worker + 'static>(workers: Vec<W>, length: Duration) -> Outcome<(Run, Vec<W>)> {
    let workers = prepared(workers, length).await?;
    let count = workers.len();
    let start = Instant::now();
    let spent = processor_time().unwrap_or_default();
    let mut running = JoinSet::new();
    for worker in workers {
        running.spawn_local(async move { drive(worker, start + length).await.map_err(|error| error.to_string()) });
    }
    let (mut workers, mut times, mut end) = (Vec::with_capacity(count), Vec::new(), start);
    while let Some(joined) = running.join_next().await {
        let (worker, own, ended) = joined??;
        workers.push(worker);
        times.extend(own);
        end = end.max(ended);
    }
    times.sort_unstable_by(f64::total_cmp);
    let seconds = end.duration_since(start).as_secs_f64().max(f64::MIN_POSITIVE);
    let spent = processor_time().unwrap_or_default().saturating_sub(spent);
    let figures = Run {
        throughput: times.len() as f64 / seconds,
        p50: quantile_of_sorted(&times, 0.5),
        p99: quantile_of_sorted(&times, 0.99),
        processor: spent.as_secs_f64() * 1e6 / times.len().max(1) as f64,
    };
    Ok((figures, workers))
}

async fn prepared<W: Worker + 'static>(workers: Vec<W>, length: Duration) -> Outcome<Vec<W>> {
    let mut preparing = JoinSet::new();
    for mut worker in workers {
        preparing.spawn_local(async move {
            let done = worker.prepare(length).await;
            done.map(|()| worker).map_err(|error| error.to_string())
        });
    }
    let mut workers = Vec::new();
    while let Some(joined) = preparing.join_next().await {
        workers.push(joined??);
    }
    Ok(workers)
}

async fn drive<W: Worker>(mut worker: W, deadline: Instant) -> Outcome<(W, Vec<f64>, Instant)> {
    let mut times = Vec::with_capacity(1024);
    let mut before = Instant::now();
    while before < deadline && worker.work().await? == Step::Done {
        let after = Instant::now();
        times.push(after.duration_since(before).as_secs_f64() * 1000.0);
        before = after;
    }
    Ok((worker, times, before))
}
