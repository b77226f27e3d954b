//! Refusing further invitations from one organisation.

use askama::Template;

use crate::web::shell::Outside;

/// How far the refusal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockStage {
    /// Nothing happened yet; the button refuses.
    Asking,
    /// Refused; the button takes it back.
    Blocked,
    /// Taken back.
    Undone,
}

/// The page behind "No more invitations from".
#[derive(Debug, Clone, Template)]
#[template(path = "invitations/pages/block.html")]
pub struct BlockPage {
    /// The organisation's door.
    pub outside: Outside,
    /// How far the refusal is.
    pub stage: BlockStage,
    /// Whose mailbox it is about.
    pub address: String,
    /// The anti-forgery token.
    pub csrf: String,
    /// Where the button of this stage posts to.
    pub action: String,
}

impl BlockPage {
    fn heading_key(&self) -> &'static str {
        match self.stage {
            BlockStage::Asking => "block-heading",
            BlockStage::Blocked => "blocked-heading",
            BlockStage::Undone => "unblocked-heading",
        }
    }

    fn title(&self) -> String {
        self.outside.words.t1(self.heading_key(), "organization", self.outside.name())
    }
}
