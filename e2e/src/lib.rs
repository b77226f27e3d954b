//! Journeys through the finished program, driven from outside: a real browser, a real mail server,
//! clients written by others. Nothing here links the server; all it knows is the demo's contract.
//!
//! `cargo xtask test` installs what is needed and sets the `VESTIBULE_*` variables read here.

pub mod accessibility;
pub mod acme;
pub mod browser;
pub mod crash;
pub mod demo;
pub mod doctor;
pub mod forwarder;
pub mod graph;
pub mod hooks;
pub mod journey;
pub mod mail;
pub mod neighbours;
pub mod operator;
pub mod organisation;
pub mod programs;
pub mod receiver;
pub mod secrets;
pub mod smtp_sink;
pub mod spa;
pub mod visitor;
pub mod waiting;
pub mod weight;

/// What a journey answers: nothing, or why it ended.
pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// A path from an environment variable that `cargo xtask test` sets for its tiers.
pub fn required_path(variable: &str) -> Outcome<std::path::PathBuf> {
    std::env::var_os(variable)
        .map(Into::into)
        .ok_or_else(|| format!("{variable} is not set; run this through `cargo xtask test`").into())
}
