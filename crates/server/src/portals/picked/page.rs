//! The pages: the question, and what was done.

use super::carry_out::{Outcome, Person, Undone, carry_out, weigh};
use super::deed::Deed;
use crate::Server;
use crate::platform::ids::UserId;
use crate::users::operations::may_create;
use crate::web::answer;
use crate::web::form::RawForm;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Users that are picked at most: those of one page of the list, several times over.
const MOST: usize = 100;

/// Bytes of the filter that leads back to the list.
const LONGEST_FILTER: usize = 500;

pub(in crate::portals) fn routes() -> Router<Arc<Server>> {
    Router::new().route("/portal/{tenant}/users/picked", post(picked))
}

#[derive(Template)]
#[template(path = "portals/picked/question.html")]
struct QuestionPage {
    inside: Inside,
    here: String,
    back: String,
    filter: String,
    deed: Deed,
    people: Vec<Person>,
    consequences: String,
    method: &'static str,
    call: String,
}

#[derive(Template)]
#[template(path = "portals/picked/done.html")]
struct DonePage {
    inside: Inside,
    here: String,
    back: String,
    filter: String,
    deed: Deed,
    done: Vec<UserId>,
    undone: Vec<Undone>,
    method: &'static str,
    call: String,
}

#[derive(Template)]
#[template(path = "portals/picked/nobody.html")]
struct NobodyPage {
    inside: Inside,
    back: String,
}

/// What was sent.
struct Sent {
    csrf: String,
    filter: String,
    deed: Option<Deed>,
    picked: Vec<UserId>,
    is_sure: bool,
}

impl Sent {
    /// Reads the form; an id that is none, or too many of them, is nothing a page of ours sends.
    fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let fields: Vec<(String, String)> = url::form_urlencoded::parse(bytes).into_owned().collect();
        let first = |name: &str| fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
        let ids = fields.iter().filter(|(key, _)| key == "user").map(|(_, id)| id.parse::<UserId>());
        let picked: BTreeSet<UserId> = ids.collect::<Result<_, _>>().map_err(|_| Problem::BadRequest)?;
        if picked.len() > MOST || first("list").len() > LONGEST_FILTER {
            return Err(Problem::BadRequest.into());
        }
        Ok(Self {
            csrf: first("csrf").to_owned(),
            filter: first("list").to_owned(),
            deed: Deed::parse(first("do")),
            picked: picked.into_iter().collect(),
            is_sure: first("sure") == "1",
        })
    }

    /// The list they were picked in.
    fn back(&self, visitor: &Visitor) -> String {
        let mark = if self.filter.is_empty() { "" } else { "?" };
        format!("{}/users{mark}{}", visitor.base(), self.filter)
    }
}

async fn picked(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    RawForm(bytes): RawForm,
) -> Response {
    match answer(&server, &visitor, &headers, &bytes).await {
        Ok(response) => response,
        Err(refusal) => visitor.refuse(&server, refusal),
    }
}

async fn answer(server: &Server, visitor: &Visitor, headers: &HeaderMap, bytes: &[u8]) -> Result<Response, Refusal> {
    if !may_create(&visitor.caller) {
        return Err(Problem::NotAllowed.into());
    }
    let sent = Sent::read(bytes)?;
    let deed = sent.deed.ok_or(Problem::BadRequest)?;
    let back = sent.back(visitor);
    visitor.spend(server, headers, &sent.csrf).await.map_err(|refusal| refusal.leading_to(back))?;
    if sent.is_sure && !sent.picked.is_empty() {
        let outcome = carry_out(server, visitor, deed, &sent.picked).await;
        return Ok(answer::page(StatusCode::OK, &done(server, visitor, deed, &sent, outcome)));
    }
    question(server, visitor, deed, sent).await
}

async fn question(server: &Server, visitor: &Visitor, deed: Deed, sent: Sent) -> Result<Response, Refusal> {
    let (people, sum) = weigh(server, visitor, &sent.picked).await?;
    let (inside, back) = (visitor.inside(server, Section::Users), sent.back(visitor));
    if people.is_empty() {
        return Ok(answer::page(StatusCode::UNPROCESSABLE_ENTITY, &NobodyPage { inside, back }));
    }
    let (method, call) = deed.call();
    let page = QuestionPage {
        inside,
        method,
        call,
        here: here(visitor),
        back,
        filter: sent.filter,
        deed,
        consequences: deed.consequences(sum),
        people,
    };
    Ok(answer::page(StatusCode::OK, &page))
}

fn done(server: &Server, visitor: &Visitor, deed: Deed, sent: &Sent, outcome: Outcome) -> DonePage {
    let (method, call) = deed.call();
    DonePage {
        method,
        call,
        inside: visitor.inside(server, Section::Users),
        here: here(visitor),
        back: sent.back(visitor),
        filter: sent.filter.clone(),
        deed,
        done: outcome.done,
        undone: outcome.undone,
    }
}

fn here(visitor: &Visitor) -> String {
    format!("{}/users/picked", visitor.base())
}
