//! Several pieces of work at a time. Each writes into a file of its own, which is printed whole when it ends: nobody
//! can read two of them line by line. Meanwhile it is said that they still run, because silence looks like a standstill.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::output::{self, Log};

/// The most at a time: two browsers and two servers are enough for two cores.
const MOST: usize = 2;

/// How long nothing is said while nothing begins or ends.
const SILENCE: Duration = Duration::from_secs(30);

/// What is told while the work goes on; pieces are named by their place in the list.
#[derive(Debug)]
pub enum News<'t, T> {
    /// One has begun.
    Began(usize),
    /// One has ended, and how long it took. What it said was printed.
    Ended(usize, &'t T, Duration),
}

/// The same between the threads.
enum Event<T> {
    Began(usize),
    Ended(usize, T, Duration, Option<Log>),
}

/// How many at a time: one on a machine with one processor.
pub fn lanes() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(MOST)
}

/// Lanes that share a list of pieces.
#[derive(Debug)]
pub struct Lanes {
    /// How many there are.
    pub count: usize,
    /// What they take, in this order: the places of the names.
    pub pieces: Vec<usize>,
}

/// Does every piece of work, so many at a time: each lane takes the next in the list when it has done one. One that
/// fails keeps no other from running. What came of them, in the order of the list, and how long each took.
///
/// One at a time has the terminal for itself and runs on the thread that asks.
pub fn run<T: Send>(
    names: &[&str],
    lanes: usize,
    work: impl Fn(usize) -> T + Sync,
    tell: impl FnMut(News<'_, T>),
) -> Vec<(T, Duration)> {
    run_in(&[Lanes { count: lanes, pieces: (0..names.len()).collect() }], names, work, tell)
}

/// The same in lanes that do not all take the same pieces. Each piece belongs to some of them.
pub fn run_in<T: Send>(
    lanes: &[Lanes],
    names: &[&str],
    work: impl Fn(usize) -> T + Sync,
    mut tell: impl FnMut(News<'_, T>),
) -> Vec<(T, Duration)> {
    let at_a_time: usize = lanes.iter().map(|some| some.count.min(some.pieces.len())).sum();
    if at_a_time < 2 {
        let alone = (0..names.len()).map(|index| {
            tell(News::Began(index));
            let begun = Instant::now();
            let outcome = work(index);
            let took = begun.elapsed();
            tell(News::Ended(index, &outcome, took));
            (outcome, took)
        });
        return alone.collect();
    }
    let next: Vec<AtomicUsize> = lanes.iter().map(|_| AtomicUsize::new(0)).collect();
    let (sender, events) = mpsc::channel();
    std::thread::scope(|scope| {
        for (lanes, next) in lanes.iter().zip(&next) {
            for _ in 0..lanes.count.min(lanes.pieces.len()) {
                let (sender, work) = (sender.clone(), &work);
                scope.spawn(move || lane(names, &lanes.pieces, next, work, &sender));
            }
        }
        drop(sender);
        follow(names, &events, &mut tell)
    })
}

/// Says how a piece ended that has no line of its own in a table.
pub fn say_end<T>(names: &[&str], news: &News<'_, Outcome<T>>) {
    if let News::Ended(index, outcome, took) = news {
        let word = if outcome.is_ok() { "passed" } else { "FAILED" };
        output::say(&format!("    {}: {word} in {:.1} s", names[*index], took.as_secs_f64()));
    }
}

/// Does one piece after the other until none is left.
fn lane<T>(
    names: &[&str],
    pieces: &[usize],
    next: &AtomicUsize,
    work: &impl Fn(usize) -> T,
    sender: &Sender<Event<T>>,
) {
    loop {
        let Some(&index) = pieces.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
        let name = names[index];
        // Sending fails only when whoever follows has panicked, which ends everything.
        drop(sender.send(Event::Began(index)));
        let begun = Instant::now();
        // Without a file it shares the terminal.
        let log = Log::create(name).ok();
        let outcome = match &log {
            Some(log) => log.during(|| work(index)),
            None => work(index),
        };
        drop(sender.send(Event::Ended(index, outcome, begun.elapsed(), log)));
    }
}

/// Tells what happens until every lane has ended.
fn follow<T>(names: &[&str], events: &Receiver<Event<T>>, tell: &mut impl FnMut(News<'_, T>)) -> Vec<(T, Duration)> {
    let mut running: Vec<(usize, Instant)> = Vec::new();
    let mut ended: Vec<(usize, T, Duration)> = Vec::new();
    loop {
        match events.recv_timeout(SILENCE) {
            Ok(Event::Began(index)) => {
                running.push((index, Instant::now()));
                tell(News::Began(index));
            }
            Ok(Event::Ended(index, outcome, took, log)) => {
                running.retain(|(other, _)| *other != index);
                if let Some(log) = log {
                    log.print();
                }
                tell(News::Ended(index, &outcome, took));
                ended.push((index, outcome, took));
            }
            Err(RecvTimeoutError::Timeout) => println!("    still running: {}", shown(names, &running)),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    ended.sort_by_key(|(index, ..)| *index);
    ended.into_iter().map(|(_, outcome, took)| (outcome, took)).collect()
}

fn shown(names: &[&str], running: &[(usize, Instant)]) -> String {
    let each = running.iter().map(|(index, begun)| format!("{} ({} s)", names[*index], begun.elapsed().as_secs()));
    each.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;

    const NAMES: [&str; 3] = ["beside-first", "beside-second", "beside-third"];

    fn outcomes<T>(ended: Vec<(T, Duration)>) -> Vec<T> {
        ended.into_iter().map(|(outcome, _)| outcome).collect()
    }

    #[test]
    fn every_piece_runs_and_answers_in_the_order_of_the_list() {
        for lanes in [1, 2, 5] {
            let work = |index| if index == 0 { Err("the first one fails") } else { Ok(index) };
            let mut told = Vec::new();
            let ended = run(&NAMES, lanes, work, |news| {
                told.push(match news {
                    News::Began(index) => format!("{index} began"),
                    News::Ended(index, outcome, _) => format!("{index} {}", outcome.is_ok()),
                });
            });
            assert_eq!(outcomes(ended), [Err("the first one fails"), Ok(1), Ok(2)]);
            for line in ["0 began", "0 false", "1 began", "1 true", "2 began", "2 true"] {
                assert_eq!(told.iter().filter(|told| *told == line).count(), 1, "{line}: {told:?}");
            }
        }
    }

    #[test]
    fn two_lanes_work_at_the_same_time_and_aside() {
        let both = Barrier::new(2);
        let here = std::thread::current().id();
        let ended = run(
            &NAMES[..2],
            2,
            |index| {
                both.wait();
                output::say(NAMES[index]);
                std::thread::current().id()
            },
            |_| (),
        );
        let threads = outcomes(ended);
        assert!(threads[0] != threads[1] && !threads.contains(&here));
    }

    #[test]
    fn lanes_of_their_own_do_not_wait_for_the_others() {
        let both = Barrier::new(2);
        let lanes = [Lanes { count: 1, pieces: vec![0, 2] }, Lanes { count: 1, pieces: vec![1] }];
        let ended = run_in(
            &lanes,
            &NAMES,
            |index| {
                // The first of either list: neither ends before both have begun.
                if index < 2 {
                    both.wait();
                }
                index
            },
            |_| (),
        );
        assert_eq!(outcomes(ended), [0, 1, 2]);
    }

    #[test]
    fn one_piece_and_one_lane_have_the_terminal() {
        let here = std::thread::current().id();
        let thread = |_| std::thread::current().id();
        assert_eq!(outcomes(run(&NAMES[..1], 2, thread, |_| ())), [here]);
        assert_eq!(outcomes(run(&NAMES, 1, thread, |_| ())), [here; 3]);
        assert!(run(&[], 2, thread, |_| ()).is_empty());
    }

    #[test]
    fn what_runs_is_named_with_its_seconds() {
        let running = [(2, Instant::now()), (0, Instant::now())];
        assert_eq!(shown(&NAMES, &running), "beside-third (0 s), beside-first (0 s)");
    }
}
