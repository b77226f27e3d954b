//! `vestibule user role`

use super::find_tenant;
use crate::Server;
use crate::command::{Configured, Error};
use crate::directory_roles::{RoleError, operations};
use crate::graph::{Caller, Role};
use crate::tenants::Tenant;
use crate::users;
use clap::Args;

/// Options of `user role`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    configured: Configured,
    /// The organisation: its id or one of its domains.
    #[arg(long)]
    tenant: String,
    /// A directory role to give, such as "Global Administrator"; may be given several times.
    #[arg(long, value_name = "ROLE", value_parser = parse, required_unless_present = "remove")]
    add: Vec<Role>,
    /// A directory role to take; may be given several times.
    #[arg(long, value_name = "ROLE", value_parser = parse)]
    remove: Vec<Role>,
    /// The name the user signs in with.
    #[arg(value_name = "UPN")]
    upn: String,
}

pub(super) async fn run(options: &Options) -> Result<(), Error> {
    let server = options.configured.open().await?;
    let tenant = find_tenant(&server, &options.tenant).await?;
    change(&server, &tenant, &options.upn, &options.add, &options.remove).await?;
    for role in &options.add {
        say!("{} is {} of {}", options.upn, role.name(), tenant.name);
    }
    for role in &options.remove {
        say!("{} is no longer {} of {}", options.upn, role.name(), tenant.name);
    }
    Ok(())
}

/// Gives and takes roles, in this order, so that an administrator can hand over to another.
async fn change(server: &Server, tenant: &Tenant, upn: &str, add: &[Role], remove: &[Role]) -> Result<(), Error> {
    let mut tx = server.read().await?;
    let user = users::store::find_by_principal_name(&mut tx, tenant.id, upn).await?;
    drop(tx);
    let user = user.ok_or_else(|| Error::refused(format!("{} has no user {upn}", tenant.name)))?;
    let caller = Caller::system(tenant.id);
    for role in add {
        operations::give(server, &caller, *role, user.id).await.map_err(|error| refused(upn, *role, error))?;
    }
    for role in remove {
        operations::take(server, &caller, *role, user.id).await.map_err(|error| refused(upn, *role, error))?;
    }
    Ok(())
}

/// The refusal in words.
pub(super) fn refused(upn: &str, role: Role, error: RoleError) -> Error {
    let name = role.name();
    match error {
        RoleError::Storage(error) => error.into(),
        RoleError::Held => Error::refused(format!("{upn} holds the role {name} already")),
        RoleError::NotFound(_) => Error::refused(format!("{upn} does not hold the role {name}")),
        RoleError::Denied | RoleError::Guest(_) | RoleError::LastAdministrator | RoleError::Changed => {
            Error::refused(format!("{upn}: {error}"))
        }
    }
}

/// A role by its name, however it is cased and joined: `Global Administrator`, `global-administrator`.
pub(super) fn parse(text: &str) -> Result<Role, String> {
    let plain = |name: &str| name.replace([' ', '-'], "").to_lowercase();
    let names = || Role::ALL.iter().map(|role| role.name()).collect::<Vec<_>>().join(", ");
    let role = Role::ALL.iter().copied().find(|role| plain(role.name()) == plain(text));
    role.ok_or_else(|| format!("no such role; there are {}", names()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory_roles;
    use crate::testing::on_both_engines;

    #[test]
    fn roles_are_named_as_people_write_them() {
        for name in ["Global Administrator", "global-administrator", "globalAdministrator"] {
            assert_eq!(parse(name), Ok(Role::GlobalAdministrator), "{name}");
        }
        assert!(parse("root").expect_err("no role").contains("Guest Inviter"));
    }

    #[tokio::test]
    async fn an_administrator_hands_over_by_command() {
        on_both_engines(async |server| {
            let tenant = server.tenant("Contoso", "contoso.example").await;
            server.member(&tenant, "ada", &[Role::GlobalAdministrator]).await;
            let bob = server.member(&tenant, "bob", &[]).await;
            let global = [Role::GlobalAdministrator];
            for (upn, add, remove, reason) in [
                ("ada@contoso.example", &[][..], &global[..], "last Global Administrator"),
                ("ada@contoso.example", &global, &[], "already"),
                ("bob@contoso.example", &[], &global, "does not hold"),
                ("eve@contoso.example", &global, &[], "has no user"),
            ] {
                let error = change(&server, &tenant, upn, add, remove).await.expect_err(upn);
                assert!(error.to_string().contains(reason), "{error}");
            }
            change(&server, &tenant, "Bob@contoso.example", &global, &[]).await.expect("given");
            change(&server, &tenant, "ada@contoso.example", &[], &global).await.expect("taken");
            let mut tx = server.read().await.expect("a connection");
            let held = directory_roles::store::list(&mut tx, tenant.id, bob.id.into()).await.expect("roles");
            assert_eq!(held, global);
        })
        .await;
    }
}
