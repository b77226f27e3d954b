//! A tenant with one of everything that a path can name.

mod compared;
mod foreign;
mod made;
mod maker;

use super::table::Kind;
use crate::graph::{Caller, Permission, Role};
use crate::tenants::Tenant;
use crate::testing::TestServer;
use crate::users::User;
use foreign::{Foreign, program_at};

/// The definition of a role, which is the same in every tenant.
const GUEST_INVITER: &str = "95e79109-95c0-4d8e-aee3-d01accf2d47b";

/// A tenant, people of every kind, and the ids that paths need.
#[derive(Clone)]
pub struct World {
    pub tenant: Tenant,
    pub administrator: Caller,
    pub guest: User,
    organization: String,
    user: String,
    application: String,
    credential: String,
    property: String,
    principal: String,
    classification: String,
    assignment: String,
    grant: String,
    invitation: String,
    bulk: String,
    mail: String,
    job: String,
    role: String,
    holder: String,
    assigned: String,
    policy: String,
    grant_policy: String,
    condition: String,
    lifetime_policy: String,
    consent_request: String,
    domain: String,
    group: String,
    sign_in: String,
    change: String,
    request: String,
    subscription: String,
    deleted: String,
    retired: String,
    gone: String,
    foreign: Foreign,
}

impl World {
    /// The path with the ids of this tenant.
    pub fn path(&self, template: &str) -> String {
        let id = match template {
            path if path.contains("/mail") => &self.mail,
            path if path.contains("/sign-ins/") || path.contains("/signIns/") => &self.sign_in,
            path if path.contains("/changes/") || path.contains("/directoryAudits/") => &self.change,
            path if path.contains("/requests/") => &self.request,
            path if path.contains("/jobs") => &self.job,
            path if path.contains("/bulk") => &self.bulk,
            path if path.contains("/users/") => &self.user,
            _ => &self.invitation,
        };
        [
            ("{organization}", self.organization.as_str()),
            ("{user}", self.user.as_str()),
            ("{role}", &self.role),
            ("{member}", &self.holder),
            ("{assigned}", &self.assigned),
            ("{policy}", &self.policy),
            ("{domain}", &self.domain),
            ("{template}", GUEST_INVITER),
            ("{definition}", GUEST_INVITER),
            ("{method}", "email"),
            ("{grant_policy}", &self.grant_policy),
            ("{condition}", &self.condition),
            ("{lifetime_policy}", &self.lifetime_policy),
            ("{consent_request}", &self.consent_request),
            ("{decision}", "deny"),
            ("{locale}", "0"),
            ("{image}", "squareLogo"),
            ("{slug}", "guest-inviter"),
            ("{sponsor}", &self.holder),
            ("{group}", &self.group),
            ("{object}", &self.user),
            ("{cast}", "microsoft.graph.group"),
            ("{application}", &self.application),
            ("{credential}", &self.credential),
            ("{property}", &self.property),
            ("{principal}", &self.principal),
            ("{classification}", &self.classification),
            ("{foreign}", &self.foreign.principal),
            ("{assignment}", &self.assignment),
            ("{subscription}", &self.subscription),
            ("{grant}", &self.grant),
            ("{app}", &self.application),
            ("{deleted}", &self.deleted),
            ("{removed}", &self.deleted),
            ("{retired}", &self.retired),
            ("{gone}", &self.gone),
            ("{id}", id),
            ("{tenant}", &self.tenant.initial_domain),
            ("{action}", "block"),
            ("{part}", "secrets"),
            ("{format}", "csv"),
            ("{*rest}", "nowhere"),
        ]
        .iter()
        .fold(template.to_owned(), |path, (name, value)| path.replace(name, value))
    }

    /// Every id that must not appear in an answer to another tenant.
    pub fn ids(&self) -> [&str; 31] {
        [
            &self.user,
            &self.application,
            &self.principal,
            &self.assignment,
            &self.grant,
            &self.invitation,
            &self.bulk,
            &self.mail,
            &self.job,
            &self.role,
            &self.holder,
            &self.assigned,
            &self.policy,
            &self.grant_policy,
            &self.condition,
            &self.lifetime_policy,
            &self.consent_request,
            &self.domain,
            &self.group,
            &self.sign_in,
            &self.change,
            &self.request,
            &self.subscription,
            &self.deleted,
            &self.retired,
            &self.gone,
            &self.credential,
            &self.classification,
            &self.foreign.principal,
            &self.foreign.assignment,
            &self.foreign.grant,
        ]
    }

    /// People of the tenant whom a guest is not to find: the invited guest, and the member who holds a role.
    pub fn people_known(&self) -> [&str; 2] {
        [&self.user, &self.holder]
    }

    /// One person of each kind.
    pub async fn people(&self, server: &TestServer) -> Vec<(Kind, User, Vec<Role>)> {
        let mut people = vec![(Kind::Guest, self.guest.clone(), Vec::new())];
        people.push((Kind::Member, server.member(&self.tenant, "member", &[]).await, Vec::new()));
        for role in Role::ALL {
            let name = role.name().to_lowercase().replace(' ', ".");
            people.push((Kind::Holder(*role), server.member(&self.tenant, &name, &[*role]).await, vec![*role]));
        }
        people
    }

    /// The same tenant, with the app of another one where paths name an app, who may use one and what one was granted.
    pub fn about_foreign(&self) -> Self {
        Self {
            principal: self.foreign.principal.clone(),
            assignment: self.foreign.assignment.clone(),
            grant: self.foreign.grant.clone(),
            ..self.clone()
        }
    }

    /// The same tenant, with what that app is in its own one where paths name an app.
    pub fn about_registration(&self) -> Self {
        Self { application: self.foreign.registration.clone(), principal: self.foreign.at_home.clone(), ..self.clone() }
    }

    /// Whoever may do everything where that app is registered.
    pub fn registrar(&self, server: &TestServer) -> Caller {
        program_at(server, self.foreign.home)
    }

    /// A program of this tenant with every permission.
    pub fn program(&self, server: &TestServer) -> Caller {
        server.application(self.tenant.id, Permission::ALL)
    }
}
