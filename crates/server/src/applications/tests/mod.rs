//! Tests of applications.

mod registration;
mod secrets;
