//! Objects of every kind on the wire (Graph: directoryObject).

mod applied;
mod ask;
mod asked;
mod collections;
mod expanded;
mod holders;
mod objects;
mod owners;
mod references;
mod single;
mod wire;

use crate::web::Routes;
use axum::routing::{get, post};
use collections::read;

/// The calls. `{cast}` is a type, `microsoft.graph.user`, or `$count`.
pub fn routes() -> Routes {
    of_groups()
        .merge(of_users())
        .merge(of_programs())
        .merge(of_applications())
        .merge(of_roles())
        .merge(of_the_signed_in())
        .route("/v1.0/domains/{domain}/domainNameReferences", get(references::of_domain))
        .route("/v1.0/policies/tokenLifetimePolicies/{lifetime_policy}/appliesTo", get(applied::list))
        .route("/v1.0/directoryObjects/getByIds", post(objects::by_ids))
        .route("/v1.0/directoryObjects/{object}", get(objects::one).delete(objects::delete))
        .route("/v1.0/directoryObjects/{object}/getMemberGroups", post(ask::member_groups))
        .route("/v1.0/directoryObjects/{object}/getMemberObjects", post(ask::member_objects))
        .route("/v1.0/directoryObjects/{object}/checkMemberGroups", post(ask::check_groups))
        .route("/v1.0/directoryObjects/{object}/checkMemberObjects", post(ask::check_objects))
}

fn of_groups() -> Routes {
    Routes::new()
        .route("/v1.0/groups/{group}/members", get(read))
        .route("/v1.0/groups/{group}/members/$ref", get(read))
        .route("/v1.0/groups/{group}/members/$count", get(read))
        .route("/v1.0/groups/{group}/members/{cast}", get(read))
        .route("/v1.0/groups/{group}/members/{cast}/$count", get(read))
        .route("/v1.0/groups/{group}/members/{member}/{cast}", get(single::member))
        .route("/v1.0/groups/{group}/transitiveMembers", get(read))
        .route("/v1.0/groups/{group}/transitiveMembers/$count", get(read))
        .route("/v1.0/groups/{group}/transitiveMembers/{cast}", get(read))
        .route("/v1.0/groups/{group}/transitiveMembers/{cast}/$count", get(read))
        .route("/v1.0/groups/{group}/owners", get(read))
        .route("/v1.0/groups/{group}/owners/$ref", get(read))
        .route("/v1.0/groups/{group}/owners/{cast}", get(read))
        .route("/v1.0/groups/{group}/owners/{cast}/$count", get(read))
        .route("/v1.0/groups/{group}/owners/{member}/{cast}", get(single::owner))
        .route("/v1.0/groups/{group}/memberOf", get(read))
        .route("/v1.0/groups/{group}/memberOf/{cast}", get(read))
        .route("/v1.0/groups/{group}/memberOf/{cast}/$count", get(read))
        .route("/v1.0/groups/{group}/transitiveMemberOf", get(read))
        .route("/v1.0/groups/{group}/transitiveMemberOf/{cast}", get(read))
        .route("/v1.0/groups/{group}/transitiveMemberOf/{cast}/$count", get(read))
        .route("/v1.0/groups/{group}/getMemberGroups", post(ask::member_groups))
        .route("/v1.0/groups/{group}/getMemberObjects", post(ask::member_objects))
        .route("/v1.0/groups/{group}/checkMemberGroups", post(ask::check_groups))
        .route("/v1.0/groups/{group}/checkMemberObjects", post(ask::check_objects))
}

fn of_users() -> Routes {
    Routes::new()
        .route("/v1.0/users/{user}/memberOf", get(read))
        .route("/v1.0/users/{user}/memberOf/$count", get(read))
        .route("/v1.0/users/{user}/memberOf/{cast}", get(read))
        .route("/v1.0/users/{user}/memberOf/{cast}/$count", get(read))
        .route("/v1.0/users/{user}/transitiveMemberOf", get(read))
        .route("/v1.0/users/{user}/transitiveMemberOf/$count", get(read))
        .route("/v1.0/users/{user}/transitiveMemberOf/{cast}", get(read))
        .route("/v1.0/users/{user}/transitiveMemberOf/{cast}/$count", get(read))
        .route("/v1.0/users/{user}/ownedObjects", get(read))
        .route("/v1.0/users/{user}/ownedObjects/{cast}", get(read))
        .route("/v1.0/users/{user}/ownedObjects/{cast}/$count", get(read))
        .route("/v1.0/users/{user}/getMemberGroups", post(ask::member_groups))
        .route("/v1.0/users/{user}/getMemberObjects", post(ask::member_objects))
        .route("/v1.0/users/{user}/checkMemberGroups", post(ask::check_groups))
        .route("/v1.0/users/{user}/checkMemberObjects", post(ask::check_objects))
}

fn of_programs() -> Routes {
    Routes::new()
        .route("/v1.0/servicePrincipals/{principal}/owners", get(read))
        .route("/v1.0/servicePrincipals/{principal}/owners/$ref", get(read))
        .route("/v1.0/servicePrincipals/{principal}/owners/{cast}", get(read))
        .route("/v1.0/servicePrincipals/{principal}/owners/{cast}/$count", get(read))
        .route("/v1.0/servicePrincipals/{principal}/ownedObjects", get(read))
        .route("/v1.0/servicePrincipals/{principal}/ownedObjects/{cast}", get(read))
        .route("/v1.0/servicePrincipals/{principal}/ownedObjects/{cast}/$count", get(read))
        .route("/v1.0/servicePrincipals/{principal}/memberOf", get(read))
        .route("/v1.0/servicePrincipals/{principal}/memberOf/{cast}", get(read))
        .route("/v1.0/servicePrincipals/{principal}/memberOf/{cast}/$count", get(read))
        .route("/v1.0/servicePrincipals/{principal}/transitiveMemberOf", get(read))
        .route("/v1.0/servicePrincipals/{principal}/transitiveMemberOf/{cast}", get(read))
        .route("/v1.0/servicePrincipals/{principal}/transitiveMemberOf/{cast}/$count", get(read))
        .route("/v1.0/servicePrincipals/{principal}/getMemberGroups", post(ask::member_groups))
        .route("/v1.0/servicePrincipals/{principal}/getMemberObjects", post(ask::member_objects))
        .route("/v1.0/servicePrincipals/{principal}/checkMemberGroups", post(ask::check_groups))
        .route("/v1.0/servicePrincipals/{principal}/checkMemberObjects", post(ask::check_objects))
}

fn of_applications() -> Routes {
    Routes::new()
        .route("/v1.0/applications/{application}/owners", get(read))
        .route("/v1.0/applications/{application}/owners/$ref", get(read))
        .route("/v1.0/applications/{application}/owners/{cast}", get(read))
        .route("/v1.0/applications/{application}/owners/{cast}/$count", get(read))
}

/// `{role}` as with the calls on roles.
fn of_roles() -> Routes {
    Routes::new()
        .route("/v1.0/directoryRoles/{role}/members", get(holders::all))
        .route("/v1.0/directoryRoles/{role}/members/$ref", get(holders::references))
        .route("/v1.0/directoryRoles/{role}/members/microsoft.graph.user", get(holders::users))
        .route("/v1.0/directoryRoles/{role}/members/microsoft.graph.servicePrincipal", get(holders::programs))
}

fn of_the_signed_in() -> Routes {
    Routes::new()
        .route("/v1.0/me/memberOf", get(read))
        .route("/v1.0/me/memberOf/{cast}", get(read))
        .route("/v1.0/me/memberOf/{cast}/$count", get(read))
        .route("/v1.0/me/transitiveMemberOf", get(read))
        .route("/v1.0/me/transitiveMemberOf/{cast}", get(read))
        .route("/v1.0/me/transitiveMemberOf/{cast}/$count", get(read))
        .route("/v1.0/me/ownedObjects", get(read))
        .route("/v1.0/me/ownedObjects/{cast}", get(read))
        .route("/v1.0/me/ownedObjects/{cast}/$count", get(read))
        .route("/v1.0/me/getMemberGroups", post(ask::member_groups))
        .route("/v1.0/me/getMemberObjects", post(ask::member_objects))
        .route("/v1.0/me/checkMemberGroups", post(ask::check_groups))
        .route("/v1.0/me/checkMemberObjects", post(ask::check_objects))
}
