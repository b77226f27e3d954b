//! The page of one policy, with forms that each change one thing: what stands around it, and what its forms lead to. How long
//! tokens are good and what people may let apps do are said in such policies.

use super::failure::{self, Failure, ShownAgain};
use crate::Server;
use crate::web::complaint::{Answers, Feedback};
use crate::web::fields::Fields;
use crate::web::portal::Refusal;
use crate::web::visitor::Visitor;
use askama::Template;
use axum::response::Response;

/// The form that changes what the policy says, and carries the version it shows.
pub(super) const CHANGE: &str = "change";

/// The form that removes the policy.
pub(super) const REMOVE: &str = "remove";

/// What stands around the page.
pub(super) struct Frame {
    /// What the policy is called as it is stored.
    pub(super) name: String,
    /// What the list of policies is called.
    pub(super) list_name: &'static str,
    /// Where that list is.
    pub(super) list: String,
    /// Where the page is; its forms are sent below it.
    pub(super) path: String,
    /// The version of the policy that its forms show.
    pub(super) seen: String,
    /// What was done.
    pub(super) done: Option<&'static str>,
    /// The calls behind the page.
    pub(super) call: String,
}

/// A form of the page that was sent.
#[derive(Clone, Copy)]
pub(super) struct SubmittedForm<'s> {
    /// Where the list of policies is.
    pub(super) list: &'s str,
    /// The id of the policy, as the address has it.
    pub(super) policy: &'s str,
    /// Which form.
    pub(super) part: &'s str,
    /// What was written into it.
    pub(super) fields: &'s Fields,
}

impl SubmittedForm<'_> {
    /// The version of the policy that the form shows. No policy has the version 0.
    pub(super) fn seen(self) -> i64 {
        self.fields.get("seen").parse().unwrap_or(0)
    }
}

/// The page as the policy is stored.
pub(super) trait PolicyPage: Template {
    /// What stands around it.
    fn frame(&mut self) -> &mut Frame;

    /// What it says of a form that did nothing.
    fn feedback(&mut self) -> &mut Feedback;

    /// What the form that changes the policy says otherwise than what is stored.
    fn other_than_stored(&self, fields: &Fields) -> Answers;

    /// Shows again what was written into a form that did nothing.
    fn show_again(&mut self, part: &str, fields: &Fields);
}

/// Answers a form of the page: leads to what it did, or shows the page again with why it did nothing.
pub(super) async fn respond<P: PolicyPage>(
    server: &Server,
    visitor: &Visitor,
    sent: SubmittedForm<'_>,
    outcome: Result<(), Failure>,
    page: impl Future<Output = Result<P, Refusal>>,
) -> Response {
    let SubmittedForm { list, policy, part, fields } = sent;
    let leads_to =
        |()| if part == REMOVE { format!("{list}?done=removed") } else { format!("{list}/{policy}?done={part}") };
    let is_change = part == CHANGE;
    failure::respond(server, visitor, outcome.map(leads_to), async |why: ShownAgain| {
        page.await.map(|mut page| {
            match why {
                ShownAgain::Mistake(complaint) => {
                    if is_change {
                        fields.get("seen").clone_into(&mut page.frame().seen);
                    }
                    page.show_again(part, fields);
                    *page.feedback() = complaint.into();
                }
                ShownAgain::Stale => {
                    let written = if is_change { page.other_than_stored(fields) } else { Answers::new() };
                    *page.feedback() = failure::stale(written);
                }
            }
            page
        })
    })
    .await
}
