//! How an app stands here, whoever registered it: who may use it, what was granted to it, who answers for it. The pages of the
//! organisation's own apps and of those of others show this alike, and have the forms that change it.

use super::list::ASSIGNMENTS;
use super::owners::{self, Answered, OwnerRow};
use super::trouble::Trouble;
use super::{grants, seen};
use crate::Server;
use crate::applications::{AppRole, MemberType, Owned};
use crate::graph::{Caller, Level};
use crate::groups;
use crate::platform::ids::{AssignmentId, PrincipalId};
use crate::service_principals::grants::{DelegatedGrant, may_manage, store as granted};
use crate::service_principals::operations as principals;
use crate::service_principals::{
    AppRoleAssignment, NewAssignment, PrincipalType, ServicePrincipal, ServicePrincipalChanges, assign,
    assignment_store, unassign,
};
use crate::users;
use crate::users::operations::NotOne;
use crate::web::address::PageAddress;
use crate::web::dates;
use crate::web::fields::Fields;
use crate::web::numbers::Counted;
use crate::web::pages::Problem;
use crate::web::paging::Edge;
use crate::web::picks::Picking;
use crate::web::question::{ButtonForm, Question};
use crate::web::visitor::Visitor;
use database::Transaction;
use serde::Deserialize;

/// Grants that are shown at most.
const SHOWN: usize = 100;

/// Those who are assigned on one page.
const PAGE: usize = 25;

/// What the address of the page asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// The question that is asked.
    pub ask: String,
    pick: String,
    /// The assignment behind which those who are assigned go on.
    after: Option<AssignmentId>,
}

/// What is shown of it.
pub struct AppStanding {
    /// The app.
    pub principal: ServicePrincipal,
    /// The roles that people can be given.
    pub people_roles: Vec<AppRole>,
    /// Who was given one, a page of them.
    pub assigned: Vec<AssignedRow>,
    /// How many assignments there are.
    pub number: Counted,
    /// The first page of them, unless it is this one.
    pub first: Option<String>,
    /// The next one, if there is one.
    pub next: Option<String>,
    /// The boxes before them.
    pub picks: Picking,
    /// What was granted, for everybody first.
    pub grants: Vec<GrantRow>,
    /// Whether there is more than is shown.
    pub has_more_grants: bool,
    /// Who answers for it.
    pub owners: Vec<OwnerRow>,
    /// Whether others stand there by their ids, because the visitor may not read what they are called.
    pub hides_names: bool,
    /// Whether the visitor decides what the app may do, and not only what it is.
    pub may_grant: bool,
    /// The mark of the form that says who may use it.
    pub seen_access: String,
    /// What is asked before the app is removed, if the page asks.
    pub question: Option<Question>,
}

/// Somebody who was given a role.
pub struct AssignedRow {
    /// The assignment.
    pub id: String,
    /// Who has which role: what the box before the row stands for.
    pub pick: String,
    /// Their name, or their id where the visitor may not read that.
    pub name: String,
    /// Their page, unless they are a program.
    pub href: Option<String>,
    /// The role.
    pub role: String,
    /// The day it was given.
    pub since: String,
}

/// Something that was granted.
pub struct GrantRow {
    /// The grant.
    pub id: String,
    /// The person, unless it is for everybody.
    pub href: Option<String>,
    /// Where the app may.
    pub resource: String,
    /// What it may.
    pub scope: String,
    /// The day it was granted.
    pub since: String,
}

impl AppStanding {
    /// Reads all of it for the page at `here`.
    pub async fn read(
        tx: &mut Transaction,
        visitor: &Visitor,
        (here, wanted): (&str, &Wanted),
        principal: ServicePrincipal,
        answered: &[Owned],
    ) -> database::Result<Self> {
        let (tenant, base) = (principal.tenant_id, visitor.base());
        let roles = principal.app_roles();
        let list = PageAddress::new(here);
        let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
        let mut assigned = assignment_store::list_by_resource(tx, tenant, principal.id, wanted.after, limit).await?;
        let has_more = assigned.len() > PAGE;
        assigned.truncate(PAGE);
        let number = if has_more || wanted.after.is_some() {
            assignment_store::count_by_resource(tx, tenant, principal.id, ASSIGNMENTS + 1).await?
        } else {
            i64::try_from(assigned.len()).unwrap_or(i64::MAX)
        };
        let most = i64::try_from(SHOWN + 1).unwrap_or(i64::MAX);
        let mut granted = granted::list_by_client(tx, tenant, principal.id, most).await?;
        let has_more_grants = granted.len() > SHOWN;
        granted.truncate(SHOWN);
        Ok(Self {
            number: Counted::up_to(ASSIGNMENTS, number),
            first: wanted.after.map(|_| list.to_string()),
            next: assigned.last().filter(|_| has_more).map(|last| list.at(Edge::After(last.id))),
            assigned: assigned.into_iter().map(|assignment| assigned_row(assignment, &roles, visitor)).collect(),
            people_roles: roles.into_iter().filter(|role| role.is_usable_by(MemberType::User)).collect(),
            picks: Picking::of(&list, Some(wanted.pick.as_str()), |page| {
                page.beginning_at(wanted.after.map(Edge::After))
            }),
            grants: granted.iter().map(|grant| grant_row(grant, &base)).collect(),
            has_more_grants,
            owners: owners::rows(tx, visitor, answered).await?,
            hides_names: visitor.caller.level() == Level::Restricted,
            may_grant: may_manage(&visitor.caller),
            seen_access: seen::access(&principal),
            question: None,
            principal,
        })
    }

    /// Has the page at `here` ask before the app is removed. `end` says what that does, and `further` what else follows, if anything
    /// does.
    pub fn ask_to_remove(&mut self, here: &str, end: &str, further: Option<String>) {
        let kept = format!("{end} It can be brought back for 30 days.");
        self.question = Some(Question {
            text: format!("Remove {}?", self.principal.display_name),
            consequences: [Some(kept), further].into_iter().flatten().collect(),
            yes: ButtonForm { action: format!("{here}/remove"), fields: Vec::new(), verb: "Remove the app".to_owned() },
            is_severe: true,
        });
    }
}

fn grant_row(grant: &DelegatedGrant, base: &str) -> GrantRow {
    GrantRow {
        id: grant.wire_id(),
        href: grant.principal_id.map(|user| format!("{base}/users/{user}")),
        resource: grant.resource_display_name.clone(),
        scope: grant.scope.clone(),
        since: dates::day(grant.created_at),
    }
}

fn assigned_row(assignment: AppRoleAssignment, roles: &[AppRole], visitor: &Visitor) -> AssignedRow {
    let section = match assignment.principal_type {
        PrincipalType::User => Some("users"),
        PrincipalType::Group => Some("groups"),
        PrincipalType::ServicePrincipal => None,
    };
    AssignedRow {
        id: assignment.wire_id(),
        pick: format!("{}.{}", assignment.principal_id, assignment.app_role_id),
        href: section.map(|section| format!("{}/{section}/{}", visitor.base(), assignment.principal_id)),
        role: AppRole::name_of(roles, assignment.app_role_id),
        since: dates::day(assignment.created_at),
        name: groups::shown_name(&visitor.caller, assignment.principal(), assignment.principal_display_name),
    }
}

/// Carries out a form that the pages of all apps have, in the transaction in which the app was read; `false` if it is none of them.
pub async fn carry_out(
    tx: &mut Transaction,
    server: &Server,
    visitor: &Visitor,
    (principal, answered): (&ServicePrincipal, &[Answered<'_>]),
    (part, fields): (&str, &Fields),
) -> Result<bool, Trouble> {
    match part {
        "access" => set_access(tx, server, visitor, principal, fields).await?,
        "assign" => assign_principal(tx, server, visitor, principal, fields).await?,
        "unassign" => unassign_principal(tx, server, visitor, principal, fields).await?,
        "add-owner" => owners::add(tx, server, visitor, answered, fields).await?,
        "remove-owner" => owners::remove(tx, server, visitor, answered, fields).await?,
        "take-grant" => grants::take_back(tx, server, visitor, principal, fields).await?,
        _ => return Ok(false),
    }
    Ok(true)
}

async fn set_access(
    tx: &mut Transaction,
    server: &Server,
    visitor: &Visitor,
    principal: &ServicePrincipal,
    fields: &Fields,
) -> Result<(), Trouble> {
    if fields.get("seen") != seen::access(principal) {
        return Err(Trouble::Stale);
    }
    let changes = ServicePrincipalChanges {
        account_enabled: Some(fields.is_ticked("enabled")),
        app_role_assignment_required: Some(fields.is_ticked("required")),
        ..ServicePrincipalChanges::default()
    };
    let key = principals::Key::Id(principal.id);
    let after = principals::update(tx, server, &visitor.caller, key, changes).await?;
    require_next(principal.version, after.version)
}

/// Refuses a change of something that another one changed after it was read here.
pub const fn require_next(read: i64, written: i64) -> Result<(), Trouble> {
    if written == read + 1 { Ok(()) } else { Err(Trouble::Stale) }
}

async fn assign_principal(
    tx: &mut Transaction,
    server: &Server,
    visitor: &Visitor,
    principal: &ServicePrincipal,
    fields: &Fields,
) -> Result<(), Trouble> {
    let who = find(tx, &visitor.caller, fields.get("address")).await?;
    let role = fields.filled("role").map_or(Ok(AppRole::DEFAULT), |role| role.parse());
    let role = role.map_err(|_| Problem::BadRequest)?;
    let new = NewAssignment { principal: who, resource: principal.id, role };
    assign(tx, server, &visitor.caller, new).await?;
    Ok(())
}

/// Who is meant: a person by address or name here, a group by its whole name, or either by their id. Whoever may not know of
/// others learns neither by an address nor by a name who or what is here.
async fn find(tx: &mut Transaction, caller: &Caller, text: &str) -> Result<PrincipalId, Trouble> {
    if let Ok(id) = text.parse() {
        return Ok(PrincipalId(id));
    }
    let nobody = match users::operations::find_known_by_address(tx, caller, text).await {
        Ok(user) => return Ok(user.id.into()),
        Err(error @ (NotOne::Storage(_) | NotOne::Several)) => return Err(error.into()),
        Err(error) => error,
    };
    match groups::operations::known_with_name(tx, caller, text).await?.as_slice() {
        [only] => Ok(only.id.into()),
        [] => Err(Trouble::nobody(caller, nobody)),
        _ => Err(Trouble::at("address", "Several groups have this name. Use the id of the one you mean.")),
    }
}

async fn unassign_principal(
    tx: &mut Transaction,
    server: &Server,
    visitor: &Visitor,
    principal: &ServicePrincipal,
    fields: &Fields,
) -> Result<(), Trouble> {
    let id = AppRoleAssignment::parse_wire_id(fields.get("assignment")).ok_or(Problem::BadRequest)?;
    let assignment = assignment_store::find(tx, visitor.caller.tenant, id).await?;
    let assignment = assignment.filter(|found| found.resource_id == principal.id).ok_or(Problem::NotFound)?;
    Ok(unassign(tx, server, &visitor.caller, &assignment).await?)
}
