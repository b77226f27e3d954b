//! What apps are found by: the words of their names, and their identifiers, addresses and tags, each of which is a row beside the
//! words.

use super::{Application, PrincipalKept, store::columns};
use crate::changes::Kind;
use crate::platform::ids::{ClientId, TenantId};
use crate::words::{self, Backlog};
use database::{Result, Transaction, sql};
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// Keeps what a registration is found by in place of what it was found by.
pub(super) async fn keep(tx: &mut Transaction, application: &Application) -> Result<()> {
    let identifiers = application.identifier_uris.iter().map(|uri| ("identifierUris", uri.as_str()));
    let tags = application.kept.details.tags.iter().map(|tag| ("tags", tag.as_str()));
    let values: Vec<_> = identifiers.chain(tags).collect();
    let texts = [("displayName", application.display_name.as_str())];
    words::keep_with(tx, application.tenant_id, (Kind::Application, application.id.0), &texts, &values).await
}

/// Whether a registration, which stands in the version it was read in, was found by the same before, and its service principals too:
/// then nobody's rows are looked at. Where it has no rows yet, or fewer, it was not.
pub(super) async fn are_kept(tx: &mut Transaction, application: &Application) -> Result<bool> {
    let before: Option<Application> = tx
        .query(sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM application a WHERE a.tenant_id = $1 AND a.id = $2 AND a.version = $3 AND a.words_kept"
        )))
        .bind(application.tenant_id)
        .bind(application.id)
        .bind(application.version)
        .fetch_optional()
        .await?;
    Ok(before.is_some_and(|before| is_found_as(&before, application)))
}

/// Everything that the rows of a registration and of its service principals come from is the same.
fn is_found_as(before: &Application, after: &Application) -> bool {
    before.display_name == after.display_name && lists(before) == lists(after)
}

const fn lists(of: &Application) -> [&Vec<String>; 5] {
    let [web, spa, public] = [&of.web_redirect_uris.0, &of.spa_redirect_uris.0, &of.public_redirect_uris.0];
    [&of.identifier_uris.0, web, spa, public, &of.kept.0.details.tags]
}

/// What a service principal is found by.
#[derive(Debug)]
pub struct PrincipalTerms<'a> {
    /// Its name.
    pub display_name: &'a str,
    /// `servicePrincipalNames`
    pub names: Vec<String>,
    /// `replyUrls`
    pub reply_urls: Vec<&'a str>,
    /// `tags`
    pub tags: Vec<&'a str>,
    /// `alternativeNames`
    pub alternative_names: &'a [String],
}

impl<'a> PrincipalTerms<'a> {
    /// Those of an app as it is registered, and as the organisation that uses it speaks of it.
    pub(super) fn of(application: &'a Application, kept: &'a PrincipalKept) -> Self {
        let lists = [&application.web_redirect_uris, &application.spa_redirect_uris, &application.public_redirect_uris];
        Self {
            display_name: &application.display_name,
            names: principal_names(application.app_id, &application.identifier_uris),
            reply_urls: lists.into_iter().flat_map(|uris| uris.iter()).map(String::as_str).collect(),
            tags: principal_tags(&application.kept.details.tags, &kept.tags),
            alternative_names: &kept.alternative_names,
        }
    }

    /// Keeps them in place of what it was found by.
    pub async fn keep(&self, tx: &mut Transaction, tenant: TenantId, id: Uuid) -> Result<()> {
        let names = self.names.iter().map(|name| ("servicePrincipalNames", name.as_str()));
        let reply_urls = self.reply_urls.iter().map(|address| ("replyUrls", *address));
        let tags = self.tags.iter().map(|tag| ("tags", *tag));
        let others = self.alternative_names.iter().map(|name| ("alternativeNames", name.as_str()));
        let values: Vec<_> = names.chain(reply_urls).chain(tags).chain(others).collect();
        let texts = [("displayName", self.display_name)];
        words::keep_with(tx, tenant, (Kind::ServicePrincipal, id), &texts, &values).await
    }
}

/// `servicePrincipalNames`: the client id, and the identifiers of the registration.
pub fn principal_names(client: ClientId, identifier_uris: &[String]) -> Vec<String> {
    std::iter::once(client.to_string()).chain(identifier_uris.iter().cloned()).collect()
}

/// `tags` of a service principal: those of the registration, and those that its organisation adds, each once.
pub fn principal_tags<'a>(registered: &'a [String], own: &'a [String]) -> Vec<&'a str> {
    let own = own.iter().filter(|tag| !registered.contains(tag));
    registered.iter().chain(own).map(String::as_str).collect()
}

inventory::submit! {
    Backlog {
        list: sql!("SELECT id FROM application WHERE tenant_id = $1 AND NOT words_kept ORDER BY id LIMIT $2"),
        settle: settle_one,
    }
}

fn settle_one(tx: &mut Transaction, tenant: TenantId, id: Uuid) -> BoxFuture<'_, Result<()>> {
    Box::pin(settle(tx, tenant, id))
}

/// The deleted have words too: they are searched where they can be brought back.
async fn settle(tx: &mut Transaction, tenant: TenantId, id: Uuid) -> Result<()> {
    let marked = tx
        .query(sql!("UPDATE application SET words_kept = TRUE WHERE tenant_id = $1 AND id = $2 AND NOT words_kept"))
        .bind(tenant)
        .bind(id)
        .execute()
        .await?;
    if marked == 0 {
        return Ok(());
    }
    let found: Option<Application> = tx
        .query(sql!(concat!("SELECT ", columns!(), " FROM application a WHERE a.tenant_id = $1 AND a.id = $2")))
        .bind(tenant)
        .bind(id)
        .fetch_optional()
        .await?;
    match found {
        Some(application) => keep(tx, &application).await,
        None => Ok(()),
    }
}
