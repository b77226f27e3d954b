//! Registering, changing and deleting applications.

use super::{Key, audit, expect_version, get_to_write, may_register, own, target};
use crate::Server;
use crate::applications::{
    Application, ApplicationError, Changes, Invalid, NewApplication, deleted_store, group_claims, identifiers, store,
};
use crate::audit::{Activity, Target};
use crate::changes::{self, Change, Kind, What};
use crate::extensions;
use crate::graph::Caller;
use crate::platform::ids::{ApplicationId, ClientId};
use database::Transaction;
use serde_json::json;

/// Adds a registration (Graph: POST /applications), in the caller's transaction. It has no service principal yet, so
/// nobody can sign in to it. Whoever could not change it otherwise becomes its owner.
pub async fn register(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    new: NewApplication,
) -> Result<Application, ApplicationError> {
    if !may_register(caller) {
        return Err(ApplicationError::Denied);
    }
    let now = server.clock.now();
    let id = ApplicationId(server.entropy.uuid(now));
    let client = ClientId(server.entropy.random_uuid());
    let bare = Application::new(caller.tenant, id, client, new.display_name, now);
    let mut properties = new.properties;
    check_logo_url(server, &bare, properties.details.logo_url.as_deref())?;
    let added = std::mem::take(&mut properties.extensions);
    let application = properties.apply(&bare)?;
    identifiers::check(tx, &application, &bare).await?;
    if !store::insert(tx, &application).await? {
        let problem = "another application has it, or a deleted one that can be brought back".to_owned();
        return Err(Invalid { property: "uniqueName", problem }.into());
    }
    let mut target = target(&application);
    target.changes.extend(extensions::put(tx, caller.tenant, (Kind::Application, id.0), &added).await?);
    audit(tx, server, caller, Activity::AddApplication, target).await?;
    own(tx, server, caller, (application.id.into(), &application.display_name)).await?;
    Ok(application)
}

/// Changes a registration (Graph: PATCH /applications/{id}).
pub async fn update(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    key: Key,
    mut changes: Changes,
) -> Result<Application, ApplicationError> {
    let before = get_to_write(tx, caller, key).await?;
    check_logo_url(server, &before, changes.details.logo_url.as_deref())?;
    let added = std::mem::take(&mut changes.extensions);
    let after = changes.apply(&before)?;
    identifiers::check(tx, &after, &before).await?;
    let added = extensions::put(tx, caller.tenant, (Kind::Application, before.id.0), &added).await?;
    if !store::update(tx, &after, server.clock.now()).await? {
        return Err(ApplicationError::Changed);
    }
    let mut target = differences(&before, &after);
    target.changes.extend(added);
    audit(tx, server, caller, Activity::UpdateApplication, target).await?;
    Ok(Application { version: before.version + 1, ..after })
}

/// Notes with a registration that it has this logo from now on, or none, in the transaction that stores it. Whoever follows the app is
/// told, and so are the organisations that use it.
pub(in crate::applications) async fn set_logo(
    tx: &mut Transaction,
    server: &Server,
    caller: &Caller,
    before: &Application,
    digest: Option<String>,
) -> Result<(), ApplicationError> {
    let mut after = before.clone();
    after.kept.details.logo = digest;
    if !store::update(tx, &after, server.clock.now()).await? {
        return Err(ApplicationError::Changed);
    }
    Ok(audit(tx, server, caller, Activity::UpdateApplication, differences(before, &after)).await?)
}

/// Refuses another address of the logo than the one that is read (Graph: informationalUrl).
fn check_logo_url(server: &Server, application: &Application, sent: Option<&str>) -> Result<(), Invalid> {
    let Some(sent) = sent else { return Ok(()) };
    let base = server.settings.public_address();
    let is_own = application.logo_path().is_some_and(|path| sent.strip_prefix(base) == Some(path.as_str()));
    if is_own {
        return Ok(());
    }
    let problem = "logoUrl is where the logo stands that was sent to 'logo', and null without one".to_owned();
    Err(Invalid { property: "info", problem })
}

/// Deletes a registration so that it can be brought back (Graph: DELETE /applications/{id}). Its service principal and
/// everything granted to it stand still as long.
pub async fn delete(tx: &mut Transaction, server: &Server, caller: &Caller, key: Key) -> Result<(), ApplicationError> {
    let mut application = get_to_write(tx, caller, key).await?;
    let now = server.clock.now();
    application.deleted_at = Some(now);
    if !store::update(tx, &application, now).await? {
        return Err(ApplicationError::Changed);
    }
    for principal in deleted_store::list_principals(tx, caller.tenant, application.app_id).await? {
        changes::note(tx, caller.tenant, now, Change::deleted(Kind::ServicePrincipal, principal.0)).await?;
        changes::note_grants_of_app(tx, server, caller.tenant, principal, What::Deleted).await?;
    }
    Ok(audit(tx, server, caller, Activity::DeleteApplication, target(&application)).await?)
}

/// [`delete`] in a transaction of its own, if the registration is still of the version that the caller has read; of whatever version
/// without one.
///
/// # Errors
/// As those of [`delete`], and `Changed` if it is of another version.
pub async fn delete_as_read(
    server: &Server,
    caller: &Caller,
    key: Key,
    expected: Option<i64>,
) -> Result<(), ApplicationError> {
    let mut tx = server.write().await?;
    expect_version(&mut tx, caller, key, expected).await?;
    delete(&mut tx, server, caller, key).await?;
    Ok(tx.commit().await?)
}

/// The changed application with the properties that differ.
fn differences(before: &Application, after: &Application) -> Target {
    let properties = |application: &Application| {
        let said = &application.kept.details;
        [
            ("DisplayName", json!(application.display_name)),
            ("Description", json!(application.description)),
            ("AvailableToOtherTenants", json!(application.is_for_several())),
            ("AppIdentifierUri", json!(application.identifier_uris)),
            ("AppAddress", json!(application.redirects())),
            ("AppAddressIndex", json!(application.kept.redirect_indexes)),
            ("HomePage", json!(application.home_page_url)),
            ("LogoutUrl", json!(application.logout_url)),
            ("AppRoles", json!(application.app_roles)),
            ("EntitlementsScopes", json!(application.exposed_scopes)),
            ("RequiredResourceAccess", json!(application.required_resource_access)),
            ("GroupMembershipClaims", json!(group_claims::text(&application.group_membership_claims))),
            ("OptionalClaims", json!(application.optional_claims)),
            ("PreAuthorizedApplications", json!(application.pre_authorized)),
            ("KnownClientApplications", json!(application.kept.known_client_applications)),
            ("AcceptMappedClaims", json!(application.kept.accept_mapped_claims)),
            ("PublicClient", json!(application.kept.is_fallback_public_client)),
            ("SigningAlgorithm", json!(application.signing_algorithm)),
            ("Tags", json!(said.tags)),
            ("Notes", json!(said.notes)),
            ("InformationalUrls", json!(said.info)),
            ("ServiceManagementReference", json!(said.service_management_reference)),
            ("AddIns", json!(said.add_ins)),
            ("DeviceOnlyAuthSupported", json!(said.is_device_only_auth_supported)),
            ("Oauth2RequirePostResponse", json!(said.oauth2_require_post_response)),
            ("Logo", json!(said.logo)),
        ]
    };
    let pairs = properties(before).into_iter().zip(properties(after));
    pairs
        .filter(|(old, new)| old != new)
        .fold(target(after), |target, ((name, old), (_, new))| target.change(name, old, new))
}
