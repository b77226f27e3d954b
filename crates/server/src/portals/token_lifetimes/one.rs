//! The page of one policy.

use super::form::PolicyForm;
use super::{CALL, list_of, require_manager};
use crate::Server;
use crate::platform::ids::TokenLifetimePolicyId;
use crate::portals::failure::Failure;
use crate::portals::policy_page::{self, CHANGE, Frame, PolicyPage, REMOVE, SubmittedForm};
use crate::token_lifetimes::{in_words, operations, store};
use crate::web::complaint::{Answers, Feedback};
use crate::web::fields::Fields;
use crate::web::form::RawForm;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "portals/token_lifetimes/one.html")]
struct LifetimePage {
    inside: Inside,
    frame: Frame,
    feedback: Feedback,
    /// How long tokens are good by it, in words.
    lifetime: String,
    is_default: bool,
    /// How much has it, in words.
    has_it: String,
    form: PolicyForm,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    done: Option<String>,
}

/// `GET /portal/{tenant}/settings/token-lifetimes/{lifetime_policy}`
pub(super) async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, policy)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let done = match wanted.done.as_deref() {
        Some("made") => Some("The policy was made. Apps are given it on their own pages."),
        Some("change") => Some("It was saved. Tokens that are given from now on obey it."),
        _ => None,
    };
    let page = page(&server, &visitor, &policy).await.map(|mut page| {
        page.frame.done = done;
        page
    });
    visitor.respond(&server, page)
}

/// `POST /portal/{tenant}/settings/token-lifetimes/{lifetime_policy}/{part}`
pub(super) async fn submit(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((_, policy, part)): Path<(String, String, String)>,
    RawForm(body): RawForm,
) -> Response {
    let (fields, list) = (Fields::parse(&body), list_of(&visitor));
    let sent = SubmittedForm { list: &list, policy: &policy, part: &part, fields: &fields };
    let outcome = change(&server, &visitor, &headers, sent).await;
    policy_page::respond(&server, &visitor, sent, outcome, page(&server, &visitor, &policy)).await
}

async fn change(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    sent: SubmittedForm<'_>,
) -> Result<(), Failure> {
    require_manager(visitor)?;
    visitor.spend_for(server, headers, sent.fields.get("csrf"), sent.list).await?;
    let caller = &visitor.caller;
    let stored = operations::get_to_write(server, caller, sent.policy).await?;
    match sent.part {
        CHANGE => {
            let change = PolicyForm::read(sent.fields).change(&stored, sent.seen());
            Ok(operations::change(server, caller, sent.policy, change).await?)
        }
        REMOVE => Ok(operations::delete(server, caller, sent.policy, Some(sent.seen())).await?),
        _ => Err(Problem::NotFound.into()),
    }
}

/// The page as the policy is stored.
async fn page(server: &Server, visitor: &Visitor, id: &str) -> Result<LifetimePage, Refusal> {
    require_manager(visitor)?;
    let tenant = visitor.caller.tenant;
    let id: TokenLifetimePolicyId = id.parse().map_err(|_| Problem::NotFound)?;
    let mut tx = server.read().await?;
    let policy = store::find(&mut tx, tenant, id).await?.ok_or(Problem::NotFound)?;
    let count = store::count_holders(&mut tx, tenant, id).await?;
    drop(tx);
    let list = list_of(visitor);
    Ok(LifetimePage {
        inside: visitor.inside(server, Section::Settings),
        frame: Frame {
            name: policy.display_name.clone(),
            list_name: "Token lifetimes",
            path: format!("{list}/{id}"),
            list,
            seen: policy.version.to_string(),
            done: None,
            call: format!("{CALL}/{id}\nGET {CALL}/{id}/appliesTo\nPATCH {CALL}/{id}\nDELETE {CALL}/{id}"),
        },
        feedback: Feedback::default(),
        lifetime: in_words(policy.lifetime()),
        is_default: policy.is_default,
        has_it: has_it(count),
        form: PolicyForm::of(&policy),
    })
}

/// How many registrations and service principals have a policy.
fn has_it(count: i64) -> String {
    match count {
        0 => "No app was given it".to_owned(),
        1 => "One app was given it, as a registration or a service principal".to_owned(),
        count => format!("{count} registrations and service principals were given it"),
    }
}

impl PolicyPage for LifetimePage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn feedback(&mut self) -> &mut Feedback {
        &mut self.feedback
    }

    fn other_than_stored(&self, fields: &Fields) -> Answers {
        PolicyForm::read(fields).other_than(&self.form)
    }

    fn show_again(&mut self, part: &str, fields: &Fields) {
        if part == CHANGE {
            self.form = PolicyForm::read(fields);
        }
    }
}
