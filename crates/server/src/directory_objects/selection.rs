//! What may be asked of a collection of objects of several kinds.

use super::directory_object::Cast;
use crate::applications::resource::APPLICATION;
use crate::changes::Kind;
use crate::graph::query::{Property, Resource, Written};
use crate::groups::{GROUP, resource::LINKED};
use crate::service_principals::SERVICE_PRINCIPAL;
use crate::users::USER;
use std::sync::LazyLock;

/// The table of what hangs on a group: it can be filtered, sorted and searched by what every kind has, and every property of a kind
/// can be selected.
static ANY: LazyLock<Resource> = LazyLock::new(|| {
    let kinds = [&USER, &GROUP, &SERVICE_PRINCIPAL].into_iter().flat_map(|resource| resource.properties);
    let mut properties: Vec<Property> = LINKED.properties.to_vec();
    for Property { name, written, .. } in kinds.filter(|property| property.written != Written::ByName) {
        if properties.iter().all(|known| known.name != *name) {
            properties.push(Property { written: *written, ..Property::new(name) });
        }
    }
    // Made once, for as long as the program runs.
    Resource { properties: Vec::leak(properties), type_name: LINKED.type_name, id: LINKED.id }
});

/// The table of what somebody answers for: it can be filtered and sorted as groups can, and every property of a kind can be
/// selected.
static OWNED: LazyLock<Resource> = LazyLock::new(|| {
    let mut properties: Vec<Property> = GROUP.properties.to_vec();
    for Property { name, written, .. } in [&APPLICATION, &SERVICE_PRINCIPAL].into_iter().flat_map(|of| of.properties) {
        if properties.iter().all(|known| known.name != *name) {
            properties.push(Property { written: *written, ..Property::new(name) });
        }
    }
    // Made once, for as long as the program runs.
    Resource { properties: Vec::leak(properties), type_name: LINKED.type_name, id: GROUP.id }
});

/// The table of what a policy is given to: every property of a kind can be selected, and nothing is asked by.
static APPLIED: LazyLock<Resource> = LazyLock::new(|| {
    let mut properties: Vec<Property> = Vec::new();
    for Property { name, written, .. } in [&APPLICATION, &SERVICE_PRINCIPAL].into_iter().flat_map(|of| of.properties) {
        if properties.iter().all(|known| known.name != *name) {
            properties.push(Property { written: *written, ..Property::new(name) });
        }
    }
    // Made once, for as long as the program runs.
    Resource { properties: Vec::leak(properties), type_name: LINKED.type_name, id: LINKED.id }
});

/// The table of what a policy is given to.
pub fn applied() -> &'static Resource {
    &APPLIED
}

/// The table of what somebody answers for, of one kind or of all.
pub fn owned(cast: Option<Cast>) -> &'static Resource {
    match cast {
        Some(Cast::Kind(Kind::Application)) => &APPLICATION,
        Some(Cast::Kind(Kind::ServicePrincipal)) => &SERVICE_PRINCIPAL,
        Some(Cast::Kind(Kind::Group)) => &GROUP,
        Some(Cast::Kind(Kind::User | Kind::DirectoryRole | Kind::Grant) | Cast::Role) | None => &OWNED,
    }
}

/// The table of what hangs on a group, of one kind or of all.
pub fn linked(cast: Option<Cast>) -> &'static Resource {
    match cast {
        Some(Cast::Kind(Kind::User)) => &USER,
        Some(Cast::Kind(Kind::Group)) => &GROUP,
        Some(Cast::Kind(Kind::ServicePrincipal)) => &SERVICE_PRINCIPAL,
        Some(Cast::Kind(Kind::Application | Kind::DirectoryRole | Kind::Grant) | Cast::Role) | None => &ANY,
    }
}
