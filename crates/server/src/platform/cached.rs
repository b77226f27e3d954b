//! What hardly ever changes, kept in the process until one of the tables it was read from changes.
//!
//! Only what exists is kept: whoever makes up names fills nothing. What is decided by it binds as if it were read each
//! time: a change in this process before it is acknowledged, a change in another one within [`database::LEASE`].

use database::{Changes, Stamp, Tables, Transaction};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};

/// Values by their keys, each as good as its tables.
pub struct Cached<K, V> {
    tables: Tables,
    most: usize,
    kept: RwLock<HashMap<K, Kept<V>>>,
}

struct Kept<V> {
    /// Absent when changes were not known.
    stamp: Option<Stamp>,
    value: Arc<V>,
}

/// The place of a value that is not there. To be had before the value is read, so that what changes meanwhile is not
/// missed.
#[derive(Debug, Clone, Copy)]
pub struct Vacancy(Option<Stamp>);

impl<K: Eq + Hash, V> Cached<K, V> {
    /// For values that are read from these tables; `most` bounds how many are kept.
    pub fn new(tables: Tables, most: usize) -> Self {
        Self { tables, most, kept: RwLock::default() }
    }

    /// The place of any value that is read from now on.
    pub fn vacancy(&self, changes: &Changes) -> Vacancy {
        Vacancy(changes.stamp(self.tables))
    }

    /// The value, if it is kept and still good.
    pub fn get(&self, changes: &Changes, key: &K) -> Result<Arc<V>, Vacancy> {
        let Some(stamp) = changes.stamp(self.tables) else { return Err(Vacancy(None)) };
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        match kept.get(key) {
            Some(kept) if kept.stamp == Some(stamp) => Ok(Arc::clone(&kept.value)),
            _ => Err(Vacancy(Some(stamp))),
        }
    }

    /// Keeps what was read with `tx` for a vacancy. A transaction that writes has seen what may yet be rolled back, so
    /// that what it read is only handed on.
    pub fn keep(&self, vacancy: Vacancy, tx: &Transaction, key: K, value: V) -> Arc<V> {
        let value = Arc::new(value);
        if tx.is_read() {
            let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
            if kept.len() >= self.most && !kept.contains_key(&key) {
                // Far beyond what is in use at a time: starting anew costs one read for each that still is.
                kept.clear();
            }
            kept.insert(key, Kept { stamp: vacancy.0, value: Arc::clone(&value) });
        }
        value
    }

    /// What was kept last, good or not: for what it took long to make of it.
    pub fn last(&self, key: &K) -> Option<Arc<V>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).map(|kept| Arc::clone(&kept.value))
    }

    /// How many are kept, outdated ones included.
    #[cfg(test)]
    pub fn count(&self) -> usize {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}
