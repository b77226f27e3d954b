//! Tests of applications.

mod graph;
mod keys;
mod owners;
mod registration;
mod secrets;
