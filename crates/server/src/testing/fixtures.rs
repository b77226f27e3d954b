//! Tenants and people to test with.

use super::TestServer;
use crate::directory_roles;
use crate::graph::role::guest_level;
use crate::graph::{Actor, Caller, Permission, Role, caller};
use crate::platform::ids::{ClientId, PrincipalId, ServicePrincipalId, TenantId, UserId};
use crate::service_principals;
use crate::tenants::{self, CollaborationSettings, Domain, Tenant, TenantName};
use crate::users::{self, CreationType, ExternalUserState, Identity, SignInType, User, UserType};
use database::sql;

impl TestServer {
    /// A tenant with its domain.
    pub async fn tenant(&self, name: &str, domain: &str) -> Tenant {
        let mut tx = self.write().await.expect("a transaction");
        let name = TenantName::parse(name).expect("a name");
        let domain = Domain::parse(domain).expect("a domain");
        let tenant = tenants::create(&mut tx, self, name, &domain).await.expect("a tenant");
        service_principals::install_directory_api(&mut tx, self, tenant.id).await.expect("the directory API");
        tx.commit().await.expect("a commit");
        tenant
    }

    /// A member `local@<domain of the tenant>` with directory roles.
    pub async fn member(&self, tenant: &Tenant, local: &str, roles: &[Role]) -> User {
        let mut tx = self.write().await.expect("a transaction");
        let now = self.clock.now();
        let id = UserId(self.entropy.uuid(now));
        let name = format!("{local}@{}", tenant.initial_domain);
        let user = User::member(tenant.id, id, name.clone(), local.to_owned(), now);
        users::store::insert(&mut tx, &user).await.expect("a user");
        let identity = Identity {
            sign_in_type: SignInType::UserPrincipalName,
            issuer: tenant.initial_domain.clone(),
            issuer_assigned_id: Some(name),
        };
        users::store::insert_identity(&mut tx, tenant.id, id, &identity).await.expect("an identity");
        for role in roles {
            let principal = PrincipalId::from(id);
            directory_roles::store::insert(&mut tx, tenant.id, principal, *role, now).await.expect("a role");
        }
        tx.commit().await.expect("a commit");
        user
    }

    /// A guest who was invited at this address and has not accepted yet.
    pub async fn guest(&self, tenant: &Tenant, address: &str) -> User {
        let mut tx = self.write().await.expect("a transaction");
        let now = self.clock.now();
        let id = UserId(self.entropy.uuid(now));
        let name = format!("{}#EXT#@{}", address.replace('@', "_"), tenant.initial_domain);
        let user = User {
            mail: Some(address.to_owned()),
            display_name: address.to_owned(),
            user_type: UserType::Guest,
            creation_type: Some(CreationType::Invitation),
            external_user_state: Some(ExternalUserState::PendingAcceptance),
            external_user_state_changed_at: Some(now),
            ..User::member(tenant.id, id, name.clone(), String::new(), now)
        };
        users::store::insert(&mut tx, &user).await.expect("a guest");
        let identity = Identity {
            sign_in_type: SignInType::UserPrincipalName,
            issuer: tenant.initial_domain.clone(),
            issuer_assigned_id: Some(name),
        };
        users::store::insert_identity(&mut tx, tenant.id, id, &identity).await.expect("an identity");
        tx.query(sql!(
            "INSERT INTO invitation (tenant_id, id, user_id, address, redirect_url, inviter_kind, inviter_id,
                 inviter_name, carbon_copies, created_at, version)
             VALUES ($1, $2, $3, $4, 'https://contoso.example/', 'system', $2, 'Vestibule', '[]', $5, 1)"
        ))
        .bind(tenant.id)
        .bind(self.entropy.uuid(now))
        .bind(id)
        .bind(address.to_owned())
        .bind(now)
        .execute()
        .await
        .expect("an invitation");
        tx.commit().await.expect("a commit");
        user
    }

    /// A Global Administrator in the portal.
    pub async fn administrator(&self, tenant: &Tenant) -> Caller {
        let name = format!("admin{}", u32::from_be_bytes(self.entropy.bytes()));
        let user = self.member(tenant, &name, &[Role::GlobalAdministrator]).await;
        person(&user, vec![Role::GlobalAdministrator])
    }

    /// A program with application permissions, not registered anywhere.
    pub fn application(&self, tenant: TenantId, permissions: &[Permission]) -> Caller {
        let application = caller::Application {
            service_principal: ServicePrincipalId(self.entropy.random_uuid()),
            client: ClientId(self.entropy.random_uuid()),
            display_name: "A program".to_owned(),
            permissions: permissions.to_vec(),
            roles: Vec::new(),
        };
        Caller { tenant, actor: Actor::Application(application) }
    }
}

/// The beginning of a PNG picture of this size.
pub fn png_of(width: u32, height: u32) -> Vec<u8> {
    let begin = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".as_slice();
    [begin, &width.to_be_bytes(), &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat()
}

/// A person acting directly, as in the portal.
pub fn person(user: &User, roles: Vec<Role>) -> Caller {
    let level = if user.is_guest() { guest_level::LIMITED } else { guest_level::MEMBER };
    let person = caller::User {
        id: user.id,
        display_name: user.display_name.clone(),
        principal_name: user.user_principal_name.clone(),
        mail: user.mail.clone(),
        is_guest: user.is_guest(),
        home_tenant: user.home_tenant(),
        level,
        defaults: CollaborationSettings::default().defaults_at(level),
        roles,
        delegated: None,
        session: None,
    };
    Caller { tenant: user.tenant_id, actor: Actor::User(person) }
}
