//! The holders that stand on one page of a role.

use crate::Server;
use crate::directory_roles::{Holder, RoleError, operations};
use crate::graph::{Caller, Role};
use crate::platform::ids::PrincipalId;
use crate::users::fold;
use crate::web::numbers::grouped;

/// Holders of one page.
const PAGE: usize = 25;

/// Holders that are looked at for one page of those who match. Where more hold the role, the next page goes on behind them.
const LOOKED_AT: usize = if cfg!(test) { 30 } else { 1_000 };

/// What was read of the holders.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) holders: Vec<Holder>,
    /// Behind whom the next page begins, if there is one.
    pub(super) next: Option<PrincipalId>,
    /// How many were found, where something was looked for.
    pub(super) summary: String,
}

impl Shown {
    /// The page behind somebody, of those whose name, or what tells them from others of the same name, holds this text.
    pub(super) async fn read(
        server: &Server,
        caller: &Caller,
        role: Role,
        (behind, text): (Option<&Holder>, &str),
    ) -> Result<Self, RoleError> {
        let limit = if text.is_empty() { PAGE } else { LOOKED_AT };
        let window = (None, behind.map(|holder| (holder.kind(), holder.id().0)));
        let one_more = u32::try_from(limit + 1).unwrap_or(u32::MAX);
        let found = operations::holders(server, caller, role, window, one_more).await?;
        Ok(Self::of(found, limit, behind.is_none(), text))
    }

    /// Of so many who were looked at, and one more if there is one.
    fn of(mut found: Vec<Holder>, limit: usize, is_first: bool, text: &str) -> Self {
        let has_more = found.len() > limit;
        found.truncate(limit);
        let (looked_at, end) = (found.len(), found.last().filter(|_| has_more).map(Holder::id));
        if text.is_empty() {
            return Self { holders: found, next: end, summary: String::new() };
        }
        let text = fold(text);
        found.retain(|holder| matches(holder, &text));
        let matching = found.len();
        found.truncate(PAGE);
        let next = if matching > PAGE { found.last().map(Holder::id) } else { end };
        let summary = if is_first && !has_more {
            format!("{matching} of {looked_at} match.")
        } else if matching > PAGE {
            "More match on the next page.".to_owned()
        } else if has_more {
            let number = i64::try_from(looked_at).unwrap_or(i64::MAX);
            format!("{} were looked at; the next page goes on.", grouped(number))
        } else {
            "No more match.".to_owned()
        };
        Self { holders: found, next, summary }
    }
}

/// Whether the name, or what tells somebody from others of the same name, holds a folded text.
fn matches(holder: &Holder, text: &str) -> bool {
    fold(holder.name()).contains(text) || fold(&holder.detail()).contains(text)
}
