//! Secrets that the journeys came across: no log may tell one (security check X3).

use std::sync::{Mutex, PoisonError};

static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Remembers a ticket or a code that was read in a mail, the secret of an app, an authorization code, a token.
pub fn see(secret: String) {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).push(secret);
}

/// Everything seen by this process.
pub fn seen() -> Vec<String> {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
