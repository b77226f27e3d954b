//! What each mail says: plain text in; subject, HTML and plain text out.

mod consent;
mod invitation;
mod passcode;
#[cfg(test)]
mod tests;

pub use consent::{ConsentAnswer, ConsentAnswerMail, ConsentDigestMail, Waiting};
pub use invitation::InvitationMail;
pub use passcode::PasscodeMail;

/// Left or right, for mail programs that know no logical properties.
const fn start(language: super::language::Language) -> &'static str {
    match language {
        super::language::Language::English | super::language::Language::German => "left",
        super::language::Language::Arabic => "right",
    }
}
