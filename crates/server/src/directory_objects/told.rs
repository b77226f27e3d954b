//! What is told of whoever holds a role to whoever may read roles, whatever else they may read.

use crate::changes::Kind;
use crate::directory_roles::{Holder, Member, Program, RoleGroup};
use crate::graph::query::{Resource, Selection};
use crate::groups::GROUP;
use crate::service_principals::SERVICE_PRINCIPAL;
use crate::users::USER;
use serde_json::{Map, Value, json};

/// A property, and what is told of it.
type Told<T> = (&'static str, fn(&T) -> Value);

const OF_USERS: &[Told<Member>] = &[
    ("businessPhones", |user| json!(user.business_phones)),
    ("displayName", |user| json!(user.display_name)),
    ("givenName", |user| json!(user.given_name)),
    ("id", |user| json!(user.id)),
    ("jobTitle", |user| json!(user.job_title)),
    ("mail", |user| json!(user.mail)),
    ("mobilePhone", |user| json!(user.mobile_phone)),
    ("officeLocation", |user| json!(user.office_location)),
    ("preferredLanguage", |user| json!(user.preferred_language)),
    ("surname", |user| json!(user.surname)),
    ("userPrincipalName", |user| json!(user.user_principal_name)),
    ("userType", |user| json!(user.user_type)),
];

const OF_PROGRAMS: &[Told<Program>] = &[
    ("accountEnabled", |program| json!(program.account_enabled)),
    ("appDisplayName", |program| json!(program.display_name)),
    ("appId", |program| json!(program.app_id)),
    ("appRoleAssignmentRequired", |program| json!(program.app_role_assignment_required)),
    ("displayName", |program| json!(program.display_name)),
    ("id", |program| json!(program.id)),
    ("servicePrincipalType", |_| json!("Application")),
];

const OF_GROUPS: &[Told<RoleGroup>] = &[
    ("description", |group| json!(group.description)),
    ("displayName", |group| json!(group.display_name)),
    ("id", |group| json!(group.id)),
];

/// What is told of a holder, as far as it was selected, and what kind of object they are.
pub fn told(holder: &Holder, selection: &Selection) -> Map<String, Value> {
    let (kind, resource): (_, &'static Resource) = match holder {
        Holder::User(_) => ("#microsoft.graph.user", &USER),
        Holder::Program(_) => ("#microsoft.graph.servicePrincipal", &SERVICE_PRINCIPAL),
        Holder::Group(_) => ("#microsoft.graph.group", &GROUP),
    };
    let selection = selection.within(resource);
    let mut written = match holder {
        Holder::User(user) => selected(OF_USERS, user, &selection),
        Holder::Program(program) => selected(OF_PROGRAMS, program, &selection),
        Holder::Group(group) => selected(OF_GROUPS, group, &selection),
    };
    written.insert("@odata.type".to_owned(), json!(kind));
    written
}

fn selected<T>(table: &[Told<T>], holder: &T, selection: &Selection) -> Map<String, Value> {
    let names = table.iter().filter(|(name, _)| selection.has(name));
    names.map(|(name, value)| ((*name).to_owned(), value(holder))).collect()
}

/// Whether a property is told of every holder who may have it: of one kind, or of any.
pub fn is_told(kind: Option<Kind>, name: &str) -> bool {
    let of_users = OF_USERS.iter().any(|(known, _)| *known == name);
    let of_programs = OF_PROGRAMS.iter().any(|(known, _)| *known == name);
    let of_groups = OF_GROUPS.iter().any(|(known, _)| *known == name);
    match kind {
        Some(Kind::User) => of_users,
        Some(Kind::ServicePrincipal) => of_programs,
        Some(Kind::Group) => of_groups,
        Some(Kind::Application | Kind::DirectoryRole | Kind::Grant) => false,
        // Users have nearly everything that the others have.
        None => of_users || (USER.property(name).is_err() && (of_programs || of_groups)),
    }
}
