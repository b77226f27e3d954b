//! What the logs of what people did have in common: they are narrowed to a person, an app, an organisation and a kind.

use super::list::{Narrowed, Own, equals, named};
use super::search::Search;
use crate::platform::ids::{ClientId, UserId};
use crate::web::address::{Chip, PageAddress};
use serde::Deserialize;

/// What the address of such a log can say.
#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(flatten)]
    pub(super) narrowed: Narrowed,
    pub(super) user: Option<String>,
    pub(super) app: Option<String>,
    home: Option<String>,
    pub(super) kind: Option<String>,
}

impl Wanted {
    /// What stands in the address of the page besides what every log can be narrowed to.
    pub(super) fn own(&self) -> Own<'_> {
        let Self { user, app, home, kind, .. } = self;
        [("user", user.as_deref()), ("app", app.as_deref()), ("home", home.as_deref()), ("kind", kind.as_deref())]
    }

    /// The domain that people are at home in, by the filter or the search.
    pub(super) fn home(&self, found: &Search) -> Option<String> {
        self.home.as_deref().map(str::to_lowercase).or_else(|| found.home())
    }

    /// The chips of person, app and organisation; `person` is what the log calls somebody, `names` are those that its rows give
    /// the person and the app.
    pub(super) fn chips(
        &self,
        address: &PageAddress,
        person: &'static str,
        [name, app]: [Option<String>; 2],
    ) -> Vec<Chip> {
        let mut chips = Vec::new();
        chips.extend(named(address, (person, "user"), self.user.as_deref(), name));
        chips.extend(named(address, ("App", "app"), self.app.as_deref(), app));
        chips.extend(self.home.as_ref().map(|home| Chip::set(address, "Home organisation", "home", home)));
        chips
    }
}

/// The conditions of a call for what a person did, and by which app.
pub(super) fn conditions(user: Option<UserId>, client: Option<ClientId>) -> Vec<String> {
    let user = user.map(|user| equals("userId", &user));
    user.into_iter().chain(client.map(|client| equals("appId", &client))).collect()
}
