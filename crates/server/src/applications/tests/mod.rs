//! Tests of applications.

mod deleted;
mod graph;
mod keys;
mod owners;
mod registration;
mod secrets;
