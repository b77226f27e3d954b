//! The names by which tokens for an application are asked for (Graph: application, identifierUris). Each can lead to one application
//! only: it holds the client id, or begins with what belongs to the organisation of the application alone, a domain that it proved or
//! its tenant id (Microsoft identity platform: restrictions on identifier URIs).

use super::error::{ApplicationError, Invalid};
use super::{Application, identifier_store};
use crate::Server;
use crate::platform::ids::{ClientId, TenantId};
use crate::tenants;
use database::{Result, Transaction};

/// Longest identifier, in characters.
const LONGEST: usize = 255;

const PROPERTY: &str = "identifierUris";

/// Whether an identifier is `api://` and this client id, alone or with something behind a slash.
fn holds(uri: &str, client: ClientId) -> bool {
    let rest = uri.strip_prefix("api://").and_then(|rest| rest.strip_prefix(client.to_string().as_str()));
    rest.is_some_and(|rest| rest.is_empty() || (rest.starts_with('/') && rest.bytes().all(|b| b.is_ascii_graphic())))
}

/// What an identifier of an organisation begins with, a domain or a tenant id: `https://{domain}/..`, `api://{domain}/..` or
/// `api://{tenant}/..`. Behind it is a path without a query, and without a slash at its end, which the name of a scope follows.
fn organization(uri: &str) -> Option<&str> {
    let of_api = uri.strip_prefix("api://");
    let (name, path) = of_api.or_else(|| uri.strip_prefix("https://"))?.split_once('/')?;
    let is_path = |path: &str| {
        path.split('/').all(|segment| !segment.is_empty() && !matches!(segment, "." | ".."))
            && path.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'?' | b'#' | b'*' | b'"' | b'\\'))
    };
    let may_be = of_api.is_some() || name.parse::<TenantId>().is_err();
    (may_be && is_path(path)).then_some(name)
}

/// Whether an identifier begins with this domain, and means nothing where the domain is nobody's.
pub fn is_at(uri: &str, domain: &str) -> bool {
    organization(uri) == Some(domain)
}

/// Refuses what no application can be called, whosever it is.
pub(super) fn check_form(after: &Application, before: &Application) -> std::result::Result<(), Invalid> {
    let refuse = |problem: String| Err(Invalid { property: PROPERTY, problem });
    for uri in after.identifier_uris.iter().filter(|uri| !before.identifier_uris.contains(uri)) {
        if uri.chars().count() > LONGEST {
            return refuse(format!("an identifier has at most {LONGEST} characters"));
        }
        if !holds(uri, after.app_id) && organization(uri).is_none() {
            let own = format!("api://{}", after.app_id);
            return refuse(format!(
                "'{uri}' begins neither with '{own}' nor with a proved domain or the tenant id and a path behind it"
            ));
        }
    }
    Ok(())
}

/// Refuses a new identifier that begins with what is not the tenant's, or that another application of the tenant has; of one that is
/// deleted too, because it can come back.
pub(super) async fn check(
    tx: &mut Transaction,
    after: &Application,
    before: &Application,
) -> std::result::Result<(), ApplicationError> {
    let is_new = |uri: &&String| !before.identifier_uris.contains(uri) && !holds(uri, after.app_id);
    let new: Vec<&String> = after.identifier_uris.iter().filter(is_new).collect();
    if new.is_empty() {
        return Ok(());
    }
    // Whoever takes the domain from the tenant, or the same identifier for another application, comes before or after.
    tenants::store::lock(tx, after.tenant_id).await?;
    let domains = tenants::store::list_domains(tx, after.tenant_id).await?;
    let taken = identifier_store::list(tx, after.tenant_id).await?;
    let refusal = |problem: String| Invalid { property: PROPERTY, problem };
    for uri in new {
        let name = organization(uri).unwrap_or_default();
        if name != after.tenant_id.to_string() && !domains.iter().any(|domain| domain == name) {
            let problem = format!("'{uri}' begins with '{name}', which is no proved domain of the organization");
            return Err(refusal(problem).into());
        }
        if taken.iter().any(|other| other.id != after.id && other.identifier_uris.contains(uri)) {
            let holder = "another application of the organization, or a deleted one that can be brought back,";
            return Err(refusal(format!("{holder} has '{uri}'")).into());
        }
    }
    Ok(())
}

/// The application that an identifier of an organisation means. It is looked for in the organisation to which the domain belongs now:
/// with the domain an identifier leaves those that had it before. `None` also for identifiers that hold a client id.
pub async fn find(tx: &mut Transaction, server: &Server, identifier: &str) -> Result<Option<ClientId>> {
    let Some(name) = organization(identifier) else { return Ok(None) };
    let Some(home) = tenants::resolve(tx, server, name).await? else { return Ok(None) };
    let cache = &server.caches.identifiers;
    let known = match cache.get(server.database.changes(), &home.id) {
        Ok(kept) => kept,
        Err(vacancy) => {
            let listed = identifier_store::list(tx, home.id).await?.into_iter().filter(|named| !named.is_deleted());
            let read = listed.flat_map(|named| named.identifier_uris.0.into_iter().map(move |uri| (uri, named.app_id)));
            let read = read.collect();
            cache.keep(vacancy, tx, home.id, read)
        }
    };
    Ok(known.get(identifier).copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn an_identifier_belongs_to_an_organisation_or_holds_a_client_id() {
        let id = Uuid::from_u128(7);
        let text = id.to_string();
        let (of_tenant, of_nobody) = (format!("api://{id}/expenses"), format!("https://{id}/expenses"));
        for (uri, name) in [
            ("https://contoso.example/expenses", Some("contoso.example")),
            ("https://contoso.example/a/b", Some("contoso.example")),
            ("api://contoso.example/expenses", Some("contoso.example")),
            (of_tenant.as_str(), Some(text.as_str())),
            (of_nobody.as_str(), None),
            ("https://contoso.example", None),
            ("https://contoso.example/", None),
            ("https://contoso.example/expenses/", None),
            ("https://contoso.example//expenses", None),
            ("https://contoso.example/../expenses", None),
            ("https://contoso.example/expenses?x=1", None),
            ("https://contoso.example/expenses#x", None),
            ("https://contoso.example/two words", None),
            ("http://contoso.example/expenses", None),
            ("urn:contoso:expenses", None),
            ("contoso.example/expenses", None),
            ("api://expenses", None),
        ] {
            assert_eq!(organization(uri), name, "{uri}");
            assert_eq!(is_at(uri, "contoso.example"), name == Some("contoso.example"), "{uri}");
        }
        for (uri, is_own) in [
            (format!("api://{id}"), true),
            (format!("api://{id}/expenses"), true),
            (format!("api://{id}expenses"), false),
            (format!("https://{id}"), false),
        ] {
            assert_eq!(holds(&uri, ClientId(id)), is_own, "{uri}");
        }
    }
}
