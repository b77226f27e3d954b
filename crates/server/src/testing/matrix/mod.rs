//! Every route, every kind of caller, every other tenant (security checks A5, I4, I5, I14, T1, T3, X8, X10).
//!
//! The table says who may use a route. It is compared with the routes in the source, so that a new route cannot be
//! forgotten; then every caller tries every route, and an administrator of another tenant tries every id of this one: in the
//! path, in every option of a query, in batches, links and bodies.

mod foreign;
mod forms;
mod levels;
mod links;
mod pages;
mod roles;
mod routes;
mod table;
mod tenants;
mod world;
mod writes;

use std::collections::BTreeSet;
use table::{JOURNEY, PORTAL, api};

#[test]
fn every_route_stands_in_the_table() {
    let source = routes::in_source();
    let mut table: BTreeSet<String> = api().chain(PORTAL).map(|row| row.route.to_owned()).collect();
    table.extend(JOURNEY.iter().map(|(route, _)| (*route).to_owned()));
    let missing: Vec<_> = source.difference(&table).collect();
    let gone: Vec<_> = table.difference(&source).collect();
    assert!(missing.is_empty(), "routes that nobody decided about: {missing:#?}");
    assert!(gone.is_empty(), "routes that are no more: {gone:#?}");
}
