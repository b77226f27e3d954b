//! Every route, every kind of caller, every other tenant (security checks A5, I4, I5, I14, T1, T3, X8, X10).
//!
//! The table says who may use a route. It is compared with the routes in the source, so that a new route cannot be
//! forgotten; then every caller tries every route, and an administrator of another tenant tries every id of this one: in the
//! path, in every option of a query, in batches, links and bodies.

mod calls;
mod foreign;
mod forms;
mod hidden;
mod levels;
mod links;
mod options;
mod own_ids;
mod pages;
mod roles;
mod routes;
mod spreadsheets;
pub(super) mod table;
mod tenants;
mod tokens;
mod world;
mod writes;

use crate::audit::{reads, words};
use axum::http::Method;
use std::collections::BTreeSet;
use table::{JOURNEY, PORTAL, PROVIDER, api};

#[test]
fn x10_no_route_changes_or_removes_a_row_of_a_log() {
    let is_of_log = |route: &&str| {
        let parts = ["/auditLogs", "/sign-ins", "/changes", "/reads", "/requests"];
        let path = route.split_once(' ').map_or("", |(_, path)| path);
        parts.iter().any(|part| path.split_once(part).is_some_and(|(_, rest)| rest.is_empty() || rest.starts_with('/')))
    };
    let routes: Vec<_> = api().chain(PORTAL).map(|row| row.route).filter(is_of_log).collect();
    assert!(routes.len() >= 16, "{routes:#?}");
    let writing: Vec<_> = routes.iter().filter(|route| !route.starts_with("GET ")).collect();
    assert!(writing.is_empty(), "{writing:#?}");
}

#[test]
fn every_route_stands_in_the_table() {
    let source = routes::in_source();
    let mut table: BTreeSet<String> = api().chain(PORTAL).map(|row| row.route.to_owned()).collect();
    table.extend(JOURNEY.iter().chain(PROVIDER).map(|(route, _)| (*route).to_owned()));
    let missing: Vec<_> = source.difference(&table).collect();
    let gone: Vec<_> = table.difference(&source).collect();
    assert!(missing.is_empty(), "routes that nobody decided about: {missing:#?}");
    assert!(gone.is_empty(), "routes that are no more: {gone:#?}");
}

#[test]
fn whatever_a_guest_can_read_has_a_word_of_its_own_in_the_portal() {
    let kind = |route: &str| {
        let (method, path) = route.split_once(' ').expect("method and path");
        reads::kind_of(&method.parse::<Method>().expect("a method"), path)
    };
    let kinds: BTreeSet<String> = api().chain(PORTAL).filter_map(|row| kind(row.route)).collect();
    assert!(kinds.len() >= 30, "{kinds:#?}");
    let plain: BTreeSet<&str> = kinds.iter().map(|kind| words::kind_of_read(kind)).collect();
    let without: Vec<_> = kinds.iter().filter(|kind| plain.contains(kind.as_str())).collect();
    assert!(without.is_empty(), "kinds of reads without a word: {without:#?}");
    assert_eq!(plain.len(), kinds.len(), "two kinds have the same word: {plain:#?}");
}
