//! Callgrind around the server: switched on while a scenario works, and asked after each run how much that was.

use super::record::Record;
use super::{Counted, HEAVIEST, RECORD};
use crate::measure::{Figures, Step, Worker};
use crate::scenario::redemptions;
use crate::site::Site;
use crate::statistics::median;
use crate::{Options, Outcome};
use std::cell::Cell;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Pieces of work before anything counts.
const WARM_UP: u32 = 20;

/// Before and behind a run. Rows of the sign-in log are written within a second, by a program that callgrind slows down.
const QUIET: Duration = Duration::from_secs(3);

/// How long the server is watched while nobody asks it for anything.
const IDLE: Duration = Duration::from_secs(20);

/// Words of callgrind's that turn counting on.
const ON: [&str; 2] = ["instrumentation", "on"];

/// Words of callgrind's that turn counting off, and let the server run much faster.
const OFF: [&str; 2] = ["instrumentation", "off"];

/// Callgrind around a running server.
pub struct Counter {
    process: u32,
    record: String,
    /// Files that callgrind has written.
    written: Cell<u32>,
    pieces: u32,
    runs: usize,
    /// Instructions in a second without any request.
    idle: f64,
}

impl Counter {
    /// For a server that was started under callgrind. Counts first what it does by itself.
    pub async fn start(options: &Options, site: &Site) -> Outcome<Self> {
        let mut counter = Self {
            process: site.process()?,
            record: site.path(RECORD),
            written: Cell::new(0),
            pieces: options.pieces,
            runs: options.runs.max(1),
            idle: 0.0,
        };
        counter.tell(&ON)?;
        let (record, seconds) = counter.stretch(nothing()).await?;
        counter.tell(&OFF)?;
        counter.idle = number(record.total) / seconds;
        println!("by itself {:.0} instructions in a second", counter.idle);
        Ok(counter)
    }

    /// Has the first of the workers do so many pieces of work, as often as there are runs, and counts. It works alone: what several
    /// do at once is now written together and now by itself, and the counts would differ.
    pub async fn count<W: Worker>(&self, workers: Vec<W>) -> Outcome<Figures> {
        let mut worker = workers.into_iter().next().ok_or("nobody works")?;
        let length = prepared_in(self.pieces.max(WARM_UP));
        worker.prepare(length).await?;
        self.tell(&ON)?;
        // Under callgrind already: it translates a piece of the program when that runs for the first time, which takes long.
        work(&mut worker, WARM_UP).await?;
        let (mut runs, mut idle, mut heaviest) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..self.runs {
            worker.prepare(length).await?;
            let (record, seconds) = self.stretch(work(&mut worker, self.pieces)).await?;
            let pieces = f64::from(self.pieces);
            let by_itself = self.idle * seconds;
            runs.push((number(record.total) - by_itself) / pieces);
            idle.push(by_itself / pieces);
            heaviest = record.heaviest(HEAVIEST, pieces);
        }
        self.tell(&OFF)?;
        let counted = Counted { each: median(&runs), runs, idle: median(&idle), heaviest };
        Ok(Figures { counted: Some(counted), ..Figures::default() })
    }

    /// Counts while something is done, and until it has no consequences any more; how many seconds that took.
    async fn stretch(&self, work: impl Future<Output = Outcome>) -> Outcome<(Record, f64)> {
        tokio::time::sleep(QUIET).await;
        self.tell(&["zero"])?;
        let begin = Instant::now();
        work.await?;
        tokio::time::sleep(QUIET).await;
        let seconds = begin.elapsed().as_secs_f64();
        self.tell(&["dump"])?;
        Ok((self.written()?, seconds))
    }

    /// Has callgrind carry something out, and waits until it has.
    fn tell(&self, words: &[&str]) -> Outcome {
        let mut vgdb = Command::new("vgdb");
        vgdb.args(["--cmd-time-out=60", &format!("--pid={}", self.process)]).args(words).stdin(Stdio::null());
        let output = vgdb.output().map_err(|error| format!("cannot start vgdb: {error}"))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!("vgdb {}: {}", words.join(" "), said.trim()).into())
    }

    /// Takes what callgrind has written last.
    fn written(&self) -> Outcome<Record> {
        let part = self.written.get() + 1;
        self.written.set(part);
        let file = format!("{}.{part}", self.record);
        let text = std::fs::read(&file).map_err(|error| format!("{file}: {error}"))?;
        std::fs::remove_file(&file).map_err(|error| format!("{file}: {error}"))?;
        Record::read(&String::from_utf8_lossy(&text))
    }
}

/// For how long a run must be prepared that has so many pieces of work: redemptions alone use up what was prepared, which is so
/// much for each second.
fn prepared_in(pieces: u32) -> Duration {
    Duration::from_secs(u64::from(pieces).div_ceil(redemptions::EACH_SECOND))
}

/// Does so many pieces of work, one after the other, each with what it sets off.
async fn work<W: Worker>(worker: &mut W, pieces: u32) -> Outcome {
    for _ in 0..pieces {
        if worker.work().await? == Step::Exhausted {
            return Err("less was prepared than is counted".into());
        }
        worker.settle().await?;
    }
    Ok(())
}

/// Asks the server for nothing.
async fn nothing() -> Outcome {
    tokio::time::sleep(IDLE).await;
    Ok(())
}

/// Instructions as a number to divide.
#[expect(clippy::cast_precision_loss, reason = "instructions of some minutes")]
pub fn number(instructions: u64) -> f64 {
    instructions as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Has so much to do.
    struct Hand {
        left: u32,
        settled: u32,
    }

    impl Worker for Hand {
        async fn work(&mut self) -> Outcome<Step> {
            let is_left = self.left > 0;
            self.left = self.left.saturating_sub(1);
            Ok(if is_left { Step::Done } else { Step::Exhausted })
        }

        async fn settle(&mut self) -> Outcome {
            self.settled += 1;
            Ok(())
        }
    }

    #[test]
    fn each_piece_is_followed_by_what_it_sets_off() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let mut hand = Hand { left: 5, settled: 0 };
        runtime.block_on(work(&mut hand, 3)).expect("three of five");
        assert_eq!((hand.left, hand.settled), (2, 3));
        assert!(runtime.block_on(work(&mut hand, 3)).is_err(), "two are left");
    }

    #[test]
    fn as_much_is_prepared_as_is_counted() {
        for (pieces, seconds) in [(1, 1), (200, 1), (201, 2)] {
            assert_eq!(prepared_in(pieces), Duration::from_secs(seconds));
        }
    }
}
