//! What is done with runs.

mod read;
mod run;
mod upload;

pub use read::{Pace, get, list, pace, rows, waits_of_last, waits_of_rows};
pub use run::{KEPT_DAYS, purge, resume, start, stop, target};
pub use upload::{Defaults, Upload};
