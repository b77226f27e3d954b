//! The organisations of the demo, their people and their programs, made once.

use super::contract::{App, Person, Program, Tenant};
use super::directory::Directory;
use crate::Server;
use crate::applications::operations::{Key, add_secret};
use crate::applications::{NewApplication, NewSecret};
use crate::command::{Error, tenant, user};
use crate::graph::{Caller, Permission, Role};
use crate::service_principals::{self, ServicePrincipal};
use crate::tenants;
use database::Transaction;

/// What one organisation is to have.
struct Plan {
    name: &'static str,
    domain: &'static str,
    /// Display name and the part before the `@`.
    administrator: (&'static str, &'static str),
    member: (&'static str, &'static str),
    app: &'static str,
}

const PLANS: [Plan; 2] = [
    Plan {
        name: "Contoso",
        domain: "contoso.example",
        administrator: ("Priya Raman", "priya"),
        member: ("Jonas Weber", "jonas"),
        app: "Contoso Expenses",
    },
    Plan {
        name: "Fabrikam",
        domain: "fabrikam.example",
        administrator: ("Mei Tanaka", "mei"),
        member: ("Sam Rivera", "sam"),
        app: "Fabrikam Orders",
    },
];

/// The names of the sample apps, in the order of the tenants.
pub(super) fn app_names() -> impl Iterator<Item = &'static str> {
    PLANS.iter().map(|plan| plan.app)
}

/// What an earlier start made, or what this one makes. The sample apps have no addresses yet; those depend on the ports
/// that are free.
pub(super) async fn tenants(server: &Server, directory: &Directory) -> Result<Vec<Tenant>, Error> {
    if let Some(tenants) = directory.tenants()? {
        return Ok(tenants);
    }
    let mut tenants = Vec::with_capacity(PLANS.len());
    for plan in &PLANS {
        tenants.push(make(server, plan).await?);
    }
    directory.keep_tenants(&tenants)?;
    Ok(tenants)
}

async fn make(server: &Server, plan: &Plan) -> Result<Tenant, Error> {
    let tenant = tenant::create(server, plan.name, plan.domain).await?;
    let administrator = person(server, &tenant, plan.administrator, &[Role::GlobalAdministrator]).await?;
    let member = person(server, &tenant, plan.member, &[]).await?;
    let caller = Caller::system(tenant.id);
    let mut tx = server.write().await?;
    let everything: Vec<Permission> = Permission::ALL.to_vec();
    let daemon =
        program(&mut tx, server, &caller, &format!("{} Inviter", plan.name), &[Permission::UserInviteAll]).await?;
    let automation = program(&mut tx, server, &caller, &format!("{} Automation", plan.name), &everything).await?;
    let (app, _) = register(&mut tx, server, &caller, plan.app).await?;
    tx.commit().await?;
    Ok(Tenant {
        id: tenant.id,
        name: tenant.name,
        domain: tenant.initial_domain,
        administrator,
        member,
        daemon,
        automation,
        app: App {
            client_id: app.client_id,
            client_secret: app.client_secret,
            url: String::new(),
            redirect_uri: String::new(),
        },
    })
}

async fn person(
    server: &Server,
    tenant: &tenants::Tenant,
    (display_name, local): (&str, &str),
    roles: &[Role],
) -> Result<Person, Error> {
    let upn = format!("{local}@{}", tenant.initial_domain);
    let password = password(server);
    let member = user::NewMember { principal_name: &upn, display_name, roles, password: &password };
    user::create(server, tenant, &member).await?;
    Ok(Person { upn, password })
}

async fn program(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    name: &str,
    permissions: &[Permission],
) -> Result<Program, Error> {
    let (program, principal) = register(tx, server, caller, name).await?;
    service_principals::grant_permissions(tx, server, caller, &principal, permissions).await.map_err(refused)?;
    Ok(program)
}

async fn register(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    name: &str,
) -> Result<(Program, ServicePrincipal), Error> {
    let new = NewApplication { display_name: name.to_owned(), ..NewApplication::default() };
    let registered = service_principals::register(tx, server, caller, new).await.map_err(refused)?;
    let key = Key::Id(registered.application.id);
    let new = NewSecret { display_name: Some("Demo".to_owned()), ..NewSecret::default() };
    let secret = add_secret(tx, server, caller, key, new).await.map_err(refused)?;
    let program = Program { client_id: registered.application.app_id, client_secret: secret.text.to_string() };
    Ok((program, registered.service_principal))
}

/// Nothing of this can be refused unless the demo itself is wrong; then it says what.
pub(super) fn refused(error: impl std::fmt::Display) -> Error {
    Error::refused(format!("the demo could not be set up: {error}"))
}

/// A password that can be typed: sixteen letters and digits in groups, none of them mistaken for another; 80 bits.
fn password(server: &Server) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let random: [u8; 16] = server.entropy.bytes();
    let letters: Vec<char> = random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}
