//! Tests of applications.

mod graph;
mod registration;
mod secrets;
