//! Tests of applications.

mod graph;
mod keys;
mod registration;
mod secrets;
