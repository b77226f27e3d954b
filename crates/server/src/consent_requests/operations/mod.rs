//! What people do: ask, look at what was asked, answer it, and decide who may.

mod ask;
mod decide;
mod policy;
mod read;

pub use ask::{Asked, MOST_OPEN, Standing, Wish, ask, standing};
pub use decide::{Answer, Decision, decide, mark};
pub use policy::{PolicyChange, change_policy, check_may_change_policy, count_waiting, get_policy};
pub use read::{
    AppPage, Overview, Pending, RequestPage, Scopes, get, get_app, list, list_apps, list_for_reviewer,
    list_of_app_for_reviewer, overview, pending,
};
