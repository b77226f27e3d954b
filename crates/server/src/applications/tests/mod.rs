//! Tests of applications.

mod deleted;
mod details;
mod federated;
mod graph;
mod keys;
mod logo;
mod manifest;
mod owners;
mod owners_asked;
mod registration;
mod secrets;
