//! What the load did since somebody last looked.

use std::cell::RefCell;
use std::collections::BTreeMap;

/// Times in milliseconds by kind of work, and what went wrong.
#[derive(Default)]
pub struct Log {
    times: RefCell<BTreeMap<&'static str, Vec<f64>>>,
    failures: RefCell<Vec<String>>,
}

impl Log {
    /// One piece of work was done.
    pub fn done(&self, kind: &'static str, milliseconds: f64) {
        self.times.borrow_mut().entry(kind).or_default().push(milliseconds);
    }

    /// One piece of work failed. Each is shown at once: an hour is long.
    pub fn failed(&self, kind: &'static str, error: &dyn std::fmt::Display) {
        let said: String = format!("{kind}: {error}").chars().take(300).collect();
        eprintln!("failed: {said}");
        self.failures.borrow_mut().push(said);
    }

    /// The times so far, which are forgotten here.
    pub fn take(&self) -> BTreeMap<&'static str, Vec<f64>> {
        self.times.take()
    }

    /// How many failures there were since the beginning, and the first of them.
    pub fn failures(&self) -> (usize, Option<String>) {
        let failures = self.failures.borrow();
        (failures.len(), failures.first().cloned())
    }
}
