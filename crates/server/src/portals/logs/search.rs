//! What a log is searched for: a reference, an organisation, people, apps.

use super::store;
use crate::Server;
use crate::applications;
use crate::audit::{Requests, Subject};
use crate::platform::ids::{ClientId, UserId};
use crate::service_principals;
use crate::users::{Address, fold};
use crate::web::visitor::Visitor;
use database::Result;
use uuid::Uuid;

/// People and apps that a search takes; of more than these the first ones.
const MOST: usize = 20;

/// What the text stands for.
#[derive(Debug)]
pub(super) enum Search {
    /// Nothing was written.
    Nothing,
    /// The rows of a reference or correlation id.
    Requests(Requests),
    /// Everybody of an organisation: `@fabrikam.example`.
    Home(String),
    /// People and apps with such a name.
    Named(Named),
}

/// Who and what goes by a name.
#[derive(Debug, Default)]
pub(super) struct Named {
    people: Vec<UserId>,
    apps: Vec<ClientId>,
    /// A whole address, as rows of nobody known here hold it.
    addresses: Vec<String>,
    /// The objects of the apps.
    objects: Vec<Uuid>,
    is_cut: bool,
}

impl Search {
    /// Reads the text and looks up whom it names.
    pub(super) async fn of(server: &Server, visitor: &Visitor, text: Option<&str>) -> Result<Self> {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(Self::Nothing) };
        if let Some(requests) = Requests::of_reference(text) {
            return Ok(Self::Requests(requests));
        }
        match text.strip_prefix('@') {
            Some(domain) => Ok(Self::Home(domain.to_lowercase())),
            None => {
                let mut named = named(server, visitor, &fold(text)).await?;
                named.addresses = addresses(text);
                Ok(Self::Named(named))
            }
        }
    }

    pub(super) const fn requests(&self) -> Option<Requests> {
        match self {
            Self::Requests(requests) => Some(*requests),
            _ => None,
        }
    }

    pub(super) fn home(&self) -> Option<String> {
        match self {
            Self::Home(domain) => Some(domain.clone()),
            _ => None,
        }
    }

    /// What the sign-in log is looked through for.
    pub(super) fn subjects(&self) -> Option<Vec<Subject>> {
        let Self::Named(named) = self else { return None };
        let people = named.people.iter().copied().map(Subject::User);
        let others = named.addresses.iter().cloned().map(Subject::Nobody);
        Some(people.chain(named.apps.iter().copied().map(Subject::App)).chain(others).collect())
    }

    /// What the directory audit is looked through for.
    pub(super) fn objects(&self) -> Option<Vec<Uuid>> {
        let Self::Named(named) = self else { return None };
        Some(named.people.iter().map(|user| user.0).chain(named.objects.iter().copied()).collect())
    }

    /// What is to be said about the search itself.
    pub(super) fn remark(&self) -> Option<&'static str> {
        match self {
            Self::Named(named) if named.is_cut => {
                Some("More people go by this than are looked for at once. Write more of the name.")
            }
            Self::Named(named) if named.people.is_empty() && named.apps.is_empty() && !named.addresses.is_empty() => {
                Some("Nobody here goes by that. The sign-ins that were tried with it are in the sign-in log.")
            }
            Self::Named(named) if named.people.is_empty() && named.apps.is_empty() => Some(
                "No person and no app here goes by that. Write the beginning of a name or address, @ and a domain for \
                 everybody from there, or a reference such as B21D-04E7.",
            ),
            _ => None,
        }
    }
}

/// A whole address as it was written, and in small letters; nothing if the text is only a part of one.
fn addresses(text: &str) -> Vec<String> {
    if Address::parse(text, true).is_err() {
        return Vec::new();
    }
    let mut addresses = vec![text.to_owned(), text.to_lowercase()];
    addresses.dedup();
    addresses
}

async fn named(server: &Server, visitor: &Visitor, text: &str) -> Result<Named> {
    let tenant = visitor.caller.tenant;
    let mut tx = server.read().await?;
    let limit = i64::try_from(MOST + 1).unwrap_or(i64::MAX);
    let mut people = store::find_people(&mut tx, tenant, text, limit).await?;
    let mut named = Named { is_cut: people.len() > MOST, ..Named::default() };
    people.truncate(MOST);
    named.people = people;
    let is_meant = |name: &str| fold(name).contains(text);
    for app in applications::store::list(&mut tx, tenant).await?.into_iter().filter(|app| is_meant(&app.display_name)) {
        named.apps.push(app.app_id);
        named.objects.push(app.id.0);
    }
    let principals = service_principals::store::list(&mut tx, tenant).await?;
    for app in principals.into_iter().filter(|app| is_meant(&app.display_name)) {
        named.apps.push(app.app_id);
        named.objects.push(app.id.0);
    }
    named.apps.sort_unstable_by_key(|app| app.0);
    named.apps.dedup();
    named.is_cut |= named.apps.len() > MOST;
    named.apps.truncate(MOST);
    named.objects.truncate(2 * MOST);
    Ok(named)
}
