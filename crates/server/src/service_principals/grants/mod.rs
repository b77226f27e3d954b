//! What apps may do for people: granted for everybody by an administrator, or by one person for themselves.

mod change;
mod consent;
mod grant;
mod held;
mod read;
pub mod store;

pub use change::{
    NewGrant, change, create, delete, exists, grant_delegated, may_manage, may_manage_by_role, take_back_own,
};
pub use consent::{For, SIGN_IN, admitted, consent, may_consent};
pub use grant::{ConsentType, DelegatedGrant, GrantError};
pub use held::{Granted, GrantedScope, delegated_scope, granted, permissions_for};
pub use read::{GrantSide, Page, count, find, get, list, may_read};
