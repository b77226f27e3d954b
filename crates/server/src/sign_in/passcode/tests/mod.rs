//! What codes promise, on both engines. Tests are named by the check they show.

mod abuse;
mod asking;
mod checking;
mod desk;
mod digits;
mod returning;
