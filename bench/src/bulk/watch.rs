//! Memory while something is done.

use crate::Outcome;
use crate::process::Memory;
use std::pin::pin;
use std::time::{Duration, Instant};

/// Between two looks.
const SECOND: Duration = Duration::from_secs(1);

/// What came of some work, and what it took.
#[derive(Debug)]
pub struct Watched<T> {
    /// What came of it.
    pub value: T,
    /// Seconds from its beginning to its end.
    pub seconds: f64,
    /// The look that saw most, of one at the beginning, one in each second and one at the end.
    pub memory: Memory,
}

/// Does some work and looks meanwhile at the memory of a process.
pub async fn watched<T>(process: u32, work: impl Future<Output = Outcome<T>>) -> Outcome<Watched<T>> {
    let mut memory = Memory::of(process)?;
    let begin = Instant::now();
    let mut work = pin!(work);
    loop {
        tokio::select! {
            done = &mut work => {
                let (value, seconds) = (done?, begin.elapsed().as_secs_f64());
                return Ok(Watched { value, seconds, memory: memory.larger(Memory::of(process)?) });
            }
            () = tokio::time::sleep(SECOND) => memory = memory.larger(Memory::of(process)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_watched_to_its_end() {
        let work = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Outcome::Ok(7)
        };
        let watched = watched(std::process::id(), work).await.expect("it is done");
        assert_eq!(watched.value, 7);
        assert!(watched.seconds >= 0.02 && watched.memory.all > 0.0);
    }

    #[tokio::test]
    async fn what_fails_says_so() {
        let failed = watched(std::process::id(), async { Outcome::<()>::Err("it is refused".into()) }).await;
        assert_eq!(failed.expect_err("it fails").to_string(), "it is refused");
    }
}
