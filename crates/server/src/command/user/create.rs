//! `vestibule user create`

use super::{find_tenant, role};
use crate::Server;
use crate::audit::{self, Activity, Outcome, Target};
use crate::command::{Configured, Error};
use crate::directory_roles::operations;
use crate::graph::{Caller, Role};
use crate::platform::ids::UserId;
use crate::sign_in::password;
use crate::tenants::{self, Tenant};
use crate::users::{self, Address, Identity, SignInType, User};
use clap::Args;
use database::Transaction;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Options of `user create`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    configured: Configured,
    /// The organisation: its id or one of its domains.
    #[arg(long)]
    tenant: String,
    /// The name to sign in with, such as ada@contoso.example. Its domain is one of the organisation's.
    #[arg(long)]
    upn: String,
    /// The name people see.
    #[arg(long)]
    name: String,
    /// A directory role, such as "Global Administrator"; may be given several times.
    #[arg(long, value_parser = role::parse)]
    role: Vec<Role>,
    /// A file that holds the password. Without it, the password is read from standard input.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

/// A member to be made.
pub struct NewMember<'n> {
    /// `userPrincipalName`
    pub principal_name: &'n str,
    /// `displayName`
    pub display_name: &'n str,
    /// Directory roles.
    pub roles: &'n [Role],
    /// The password.
    pub password: &'n str,
}

pub(super) async fn run(options: &Options) -> Result<(), Error> {
    let server = options.configured.open().await?;
    let tenant = find_tenant(&server, &options.tenant).await?;
    let password = read_password(options.password_file.as_deref())?;
    let member = NewMember {
        principal_name: &options.upn,
        display_name: &options.name,
        roles: &options.role,
        password: &password,
    };
    let user = create(&server, &tenant, &member).await?;
    say!("{} can sign in at {}/portal/{}", user.user_principal_name, server.settings.public_address(), tenant.id);
    Ok(())
}

/// Makes a member with a password and directory roles.
pub async fn create(server: &Server, tenant: &Tenant, member: &NewMember<'_>) -> Result<User, Error> {
    let name =
        Address::parse(member.principal_name, false).map_err(|error| Error::refused(format!("--upn: {error}")))?;
    let display_name = member.display_name.trim();
    if display_name.is_empty() || display_name.chars().count() > 256 || display_name.contains(char::is_control) {
        return Err(Error::refused("--name must be 1 to 256 characters without control characters"));
    }
    let hash = password::hash(server, member.password).await.map_err(|error| Error::refused(error.to_string()))?;
    let now = server.clock.now();
    let id = UserId(server.entropy.uuid(now));
    let mut user = User::member(tenant.id, id, name.as_str().to_owned(), display_name.to_owned(), now);
    user.password_hash = Some(hash);
    user.password_changed_at = Some(now);
    let mut tx = server.write().await?;
    if !tenants::store::list_domains(&mut tx, tenant.id).await?.iter().any(|domain| domain == name.domain()) {
        return Err(Error::refused(format!("--upn: {} is not a domain of {}", name.domain(), tenant.name)));
    }
    if users::store::find_by_principal_name(&mut tx, tenant.id, name.as_str()).await?.is_some() {
        return Err(Error::refused(format!("--upn: {} exists already", name.as_str())));
    }
    users::operations::follow_mail(&mut tx, None, &mut user).await?;
    insert(&mut tx, server, tenant, &user, member.roles).await?;
    tx.commit().await?;
    Ok(user)
}

async fn insert(
    tx: &mut Transaction,
    server: &Server,
    tenant: &Tenant,
    user: &User,
    roles: &[Role],
) -> Result<(), Error> {
    let caller = Caller::system(tenant.id);
    let target = Target::new("User", user.id.0, user.display_name.clone()).named(user.user_principal_name.clone());
    users::store::insert(tx, user).await?;
    let identity = Identity {
        sign_in_type: SignInType::UserPrincipalName,
        issuer: tenant.initial_domain.clone(),
        issuer_assigned_id: Some(user.user_principal_name.clone()),
    };
    users::store::insert_identity(tx, tenant.id, user.id, &identity).await?;
    audit::record(tx, server, &caller, Activity::AddUser, &Outcome::Success, &target, &[]).await?;
    for one in roles {
        let given = operations::give_within(tx, server, &caller, *one, user.id).await;
        given.map_err(|error| role::refused(&user.user_principal_name, *one, error))?;
    }
    Ok(())
}

/// The last line break does not belong to the password; everything else does.
fn read_password(file: Option<&Path>) -> Result<Zeroizing<String>, Error> {
    let mut text = Zeroizing::new(String::new());
    match file {
        Some(file) => {
            std::fs::File::open(file).and_then(|mut open| open.read_to_string(&mut text)).map_err(Error::file(file))?;
        }
        None => {
            std::io::stdin().read_to_string(&mut text).map_err(Error::file("standard input"))?;
        }
    }
    let password = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Zeroizing::new(password.strip_suffix('\r').unwrap_or(password).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory_roles;
    use crate::testing::on_both_engines;

    #[tokio::test]
    async fn a_member_is_made_once_and_in_a_domain_of_the_organisation() {
        on_both_engines(async |server| {
            let tenant = crate::command::tenant::create(&server, "Contoso", "contoso.example").await.expect("a tenant");
            let again = crate::command::tenant::create(&server, "Other", "CONTOSO.example").await.expect_err("taken");
            assert!(again.to_string().contains("contoso.example belongs to"), "{again}");
            let member = |principal_name, password| NewMember {
                principal_name,
                display_name: "Ada Lovelace",
                roles: &[Role::GlobalAdministrator],
                password,
            };
            let good = "correct horse battery";
            let ada = create(&server, &tenant, &member("ada@contoso.example", good)).await.expect("a member");
            assert!(password::verify(ada.password_hash.as_deref(), good).await);
            assert_eq!(ada.proxy_addresses.0, ["SMTP:ada@contoso.example"]);
            let mut tx = server.read().await.expect("a connection");
            let roles = directory_roles::store::list(&mut tx, tenant.id, ada.id.into()).await.expect("roles");
            assert_eq!(roles, [Role::GlobalAdministrator]);
            drop(tx);
            for (name, password, reason) in [
                ("Ada@contoso.example", good, "exists already"),
                ("bob@fabrikam.example", good, "is not a domain of Contoso"),
                ("bob", good, "--upn"),
                ("bob@contoso.example", "short", "at least 12"),
            ] {
                let error = create(&server, &tenant, &member(name, password)).await.expect_err(name);
                assert!(error.to_string().contains(reason), "{error}");
            }
        })
        .await;
    }
}
