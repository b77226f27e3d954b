//! What is made once, and may be asked for by two at a time: the tier that needs it, and the preparation.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use crate::output;

/// Lets one at a time look whether something is there, and make it.
#[derive(Debug)]
pub struct Turn {
    what: &'static str,
    mutex: Mutex<()>,
}

impl Turn {
    /// `what` is said to who has to wait.
    pub const fn new(what: &'static str) -> Self {
        Self { what, mutex: Mutex::new(()) }
    }

    /// Waits for the turn. Whoever had it before may have failed, so the next one looks for themselves.
    pub fn take(&self) -> MutexGuard<'_, ()> {
        match self.mutex.try_lock() {
            Ok(turn) => turn,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {
                output::say(&format!("    waiting: {} is being made ready", self.what));
                self.mutex.lock().unwrap_or_else(PoisonError::into_inner)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn who_comes_second_finds_what_the_first_has_made() {
        static TURN: Turn = Turn::new("it");
        static MADE: AtomicU32 = AtomicU32::new(0);
        let ask = || {
            let _turn = TURN.take();
            if MADE.load(Ordering::SeqCst) == 0 {
                std::thread::yield_now();
                MADE.fetch_add(1, Ordering::SeqCst);
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(ask);
            }
        });
        assert_eq!(MADE.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn one_who_panicked_keeps_nobody_waiting() {
        static TURN: Turn = Turn::new("it");
        let panicked = std::thread::spawn(|| {
            let _turn = TURN.take();
            panic!("as a test");
        });
        assert!(panicked.join().is_err());
        drop(TURN.take());
    }
}
