//! The policies there are, and a new one.

use super::form::PolicyForm;
use super::{CALL, before, list_of, require_manager};
use crate::Server;
use crate::portals::failure::{Failure, ShownAgain, respond};
use crate::token_lifetimes::{TokenLifetimePolicy, in_words, operations, store};
use crate::web::complaint::{Complaint, Feedback};
use crate::web::fields::Fields;
use crate::web::form::RawForm;
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
#[template(path = "portals/token_lifetimes/list.html")]
struct PoliciesPage {
    inside: Inside,
    /// The page before this one: where it is, and what it is called.
    back: (String, &'static str),
    is_removed: bool,
    rows: Vec<Row>,
    path: String,
    form: PolicyForm,
    feedback: Feedback,
    call: String,
}

struct Row {
    name: String,
    description: Option<String>,
    href: String,
    lifetime: String,
    is_default: bool,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    done: Option<String>,
}

/// `GET /portal/{tenant}/settings/token-lifetimes`
pub(super) async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Response {
    let is_removed = wanted.done.as_deref() == Some("removed");
    let page = page(&server, &visitor, PolicyForm::empty()).await.map(|page| PoliciesPage { is_removed, ..page });
    visitor.respond(&server, page)
}

async fn page(server: &Server, visitor: &Visitor, form: PolicyForm) -> Result<PoliciesPage, Refusal> {
    require_manager(visitor)?;
    let policies = store::list(&mut server.read().await?, visitor.caller.tenant).await?;
    let (inside, path) = (visitor.inside(server, Section::Settings), list_of(visitor));
    Ok(PoliciesPage {
        back: before(&inside),
        inside,
        is_removed: false,
        rows: policies.into_iter().map(|policy| row(&path, policy)).collect(),
        path,
        form,
        feedback: Feedback::default(),
        call: format!("{CALL}\nPOST {CALL}"),
    })
}

fn row(path: &str, policy: TokenLifetimePolicy) -> Row {
    Row {
        href: format!("{path}/{}", policy.id),
        lifetime: in_words(policy.lifetime()),
        is_default: policy.is_default,
        name: policy.display_name,
        description: policy.description,
    }
}

/// `POST /portal/{tenant}/settings/token-lifetimes`
pub(super) async fn create(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    let form = PolicyForm::read(&fields);
    let outcome = make(&server, &visitor, (&headers, &fields), &form).await;
    respond(&server, &visitor, outcome, async |why: ShownAgain| {
        let complaint = match why {
            ShownAgain::Mistake(complaint) => complaint,
            // Does not happen: what is made cannot have been changed before.
            ShownAgain::Stale => Complaint::at("", "Send it again."),
        };
        page(&server, &visitor, form).await.map(|page| PoliciesPage { feedback: complaint.into(), ..page })
    })
    .await
}

/// Makes the policy; where its page is.
async fn make(
    server: &Server,
    visitor: &Visitor,
    (headers, fields): (&HeaderMap, &Fields),
    form: &PolicyForm,
) -> Result<String, Failure> {
    require_manager(visitor)?;
    let list = list_of(visitor);
    visitor.spend_for(server, headers, fields.get("csrf"), &list).await?;
    let made = operations::create(server, &visitor.caller, form.new_policy()).await?;
    Ok(format!("{list}/{}?done=made", made.id))
}
