//! The pages that show several features.

mod branding;
mod consent_policy;
mod consent_rules;
mod contacts;
mod domains;
mod editing;
mod guest;
mod health;
mod jobs;
mod leaving;
mod mail;
mod my_apps;
mod organization;
mod organizations;
mod overview;
mod people;
mod picked;
mod picked_lists;
mod reach;
mod removed_principals;
mod roles;
mod secrets;
mod settings;
mod token_lifetimes;
mod users;

use crate::platform::ids::UserId;
use crate::tenants::Tenant;
use crate::testing::TestServer;
use crate::users::{ExternalUserState, Identity, SignInType, User, UserType, store};

const HOSTILE: &str = "\"><script>alert(1)</script>";

/// A guest who has accepted, unless `state` says otherwise.
async fn guest(server: &TestServer, tenant: &Tenant, name: &str, mail: &str, state: ExternalUserState) -> User {
    let now = server.clock.now();
    let principal_name = format!("{}#EXT#@{}", mail.replace('@', "_"), tenant.initial_domain);
    let id = UserId(server.entropy.uuid(now));
    let guest = User {
        mail: Some(mail.to_owned()),
        user_type: UserType::Guest,
        external_user_state: Some(state),
        ..User::member(tenant.id, id, principal_name, name.to_owned(), now)
    };
    let mut tx = server.write().await.expect("a transaction");
    store::insert(&mut tx, &guest).await.expect("a guest");
    let identity = Identity {
        sign_in_type: SignInType::Federated,
        issuer: Identity::MAIL_ISSUER.to_owned(),
        issuer_assigned_id: Some(mail.to_owned()),
    };
    store::insert_identity(&mut tx, tenant.id, id, &identity).await.expect("an identity");
    tx.commit().await.expect("a commit");
    guest
}
