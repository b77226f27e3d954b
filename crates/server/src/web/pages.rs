//! What each guest page shows: plain text in, HTML out. A handler fills one of these and calls `render`.
//!
//! The templates lie in the features they belong to; the types are here, so that no feature needs another one's page.

mod block;
mod consent;
mod error;
mod form_post;
mod invitation;
mod passcode;
mod redemption;
mod sign_in;
mod sign_out;
#[cfg(test)]
mod tests;

pub use block::{BlockPage, BlockStage};
pub use consent::{Approval, Asking, ConsentNeededPage, ConsentPage, Publisher, Whom};
pub use error::{ErrorPage, Problem, Reference, Way};
pub use form_post::FormPostPage;
pub use invitation::{Destination, InvitationPage};
pub use passcode::{PasscodeError, PasscodePage, Resend};
pub use redemption::{
    AcceptedPage, CancelledPage, DeadLinkPage, FreshLinkPage, LeavingPage, OtherAddressPage, WrongAccountPage,
};
pub use sign_in::{AccountChoice, ChooseAccountPage, Opened, PasswordError, PasswordPage, SignInPage};
pub use sign_out::{SignOutPage, SignedOutPage};
