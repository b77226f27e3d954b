//! Asking before something is done that nobody can take back.

use super::Error;
use std::io::{self, BufRead as _};

/// Whether whoever runs the command types this word; the end of the input is a no.
pub(super) fn is_typed(word: &str) -> Result<bool, Error> {
    say!("Type {word} to go on:");
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(Error::file("the answer"))?;
    Ok(answer.trim() == word)
}
