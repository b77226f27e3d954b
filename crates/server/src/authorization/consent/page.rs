//! The page on the way to an app.

use super::wanted::{Wanted, administrators};
use super::words::asking;
use crate::consent_requests::{self, LONGEST_REASON, Standing};
use crate::graph::Caller;
use crate::service_principals::foreign;
use crate::sign_in::continuation::Next;
use crate::sign_in::place::Place;
use crate::sign_in::refusal::Refusal;
use crate::sign_in::session::{self, Session};
use crate::users::User;
use crate::web::pages::{Approval, ConsentNeededPage, ConsentPage, Problem, Whom};
use crate::web::{answer, csrf};
use axum::http::StatusCode;
use axum::response::Response;
use database::Transaction;

/// Who is asked on the page, and for what.
pub struct ConsentQuestion {
    /// The session in which it is answered.
    pub session: Session,
    /// Who is asked.
    pub user: User,
    /// The same as a caller.
    pub caller: Caller,
    /// What is asked.
    pub wanted: Wanted,
}

/// `GET /{tenant}/consent/{continuation}`
pub async fn show(place: Place) -> Response {
    let outcome = async {
        let mut tx = place.server.read().await?;
        match question(&mut tx, &place).await? {
            Some(question) => render(&mut tx, &place, question, StatusCode::OK).await,
            None => Ok(answer::see_other(&place.continuation.resume_path())),
        }
    };
    outcome.await.unwrap_or_else(|refusal: Refusal| refusal.page(&place.server, place.outside.clone()))
}

/// What is asked at this place, and of whom; `None` if nobody is signed in who could answer.
pub async fn question(tx: &mut Transaction, place: &Place) -> Result<Option<ConsentQuestion>, Refusal> {
    let Next::Authorize { query } = place.continuation.next() else {
        return Err(Refusal::Problem(Problem::NotFound));
    };
    let server = &place.server;
    let current = session::current(tx, server, place.tenant.id, &place.headers).await?;
    let Some((session, user)) = current.filter(|(_, user)| !user.is_pending()) else { return Ok(None) };
    let caller = session::caller(tx, server, &user, Some(session.id), None).await?;
    let wanted = Wanted::of_query(tx, server, place.tenant.id, query, user.id).await?;
    Ok(Some(ConsentQuestion { session, user, caller, wanted }))
}

/// The question, or the page that says that an administrator has to answer it.
pub async fn render(
    tx: &mut Transaction,
    place: &Place,
    question: ConsentQuestion,
    status: StatusCode,
) -> Result<Response, Refusal> {
    let Some(whom) = question.wanted.whom(tx, &question.caller).await? else {
        let approval = approval(tx, &question, String::new(), String::new()).await?;
        return refuse(tx, place, question, (status, approval)).await;
    };
    let ConsentQuestion { session, user, wanted, .. } = question;
    let (server, words) = (&place.server, place.outside.words);
    let ask = |names: fn(&Wanted) -> &Vec<String>| {
        let of_part = |part| names(part).iter().map(|name| asking(words, &part.resource, name)).collect::<Vec<_>>();
        wanted.parts().flat_map(of_part).collect::<Vec<_>>()
    };
    let (asked, granted) = (ask(|part| &part.missing), ask(|part| &part.granted));
    let csrf = csrf::issue(server, place.tenant.id, &session.form_key);
    let address = user.mail.clone().unwrap_or_else(|| user.user_principal_name.clone());
    let action = place.path("consent", "");
    let app = wanted.client.application.display_name.clone();
    let publisher = foreign::publisher(tx, server, &wanted.client.principal).await?;
    let nothing_new = asked.is_empty() && granted.is_empty();
    let page = ConsentPage {
        outside: place.outside.clone(),
        app,
        logo: wanted.client.principal.logo_path(),
        publisher,
        address,
        asked,
        granted,
        whom: if nothing_new { Whom::Myself } else { whom },
        csrf,
        seen: wanted.mark(),
        action,
        is_stale: status == StatusCode::CONFLICT,
    };
    Ok(answer::page(status, &page))
}

/// Whether the person can ask for it here, with what they typed and what is wrong with it.
pub async fn approval(
    tx: &mut Transaction,
    question: &ConsentQuestion,
    reason: String,
    mistake: String,
) -> Result<Approval, Refusal> {
    let client = &question.wanted.client.principal;
    Ok(match consent_requests::standing(tx, &question.caller, client).await? {
        Standing::Closed => Approval::Closed,
        Standing::Open => Approval::Open { reason, most: LONGEST_REASON, mistake },
        Standing::Asked => Approval::Asked,
        Standing::Blocked => Approval::Blocked,
    })
}

/// The page that says that an administrator has to answer.
pub async fn refuse(
    tx: &mut Transaction,
    place: &Place,
    question: ConsentQuestion,
    (status, approval): (StatusCode, Approval),
) -> Result<Response, Refusal> {
    let ConsentQuestion { session, user, caller, wanted } = question;
    let words = place.outside.words;
    let missing =
        |part: &Wanted| part.missing.iter().map(|name| asking(words, &part.resource, name)).collect::<Vec<_>>();
    let page = ConsentNeededPage {
        outside: place.outside.clone(),
        app: wanted.client.application.display_name.clone(),
        logo: wanted.client.principal.logo_path(),
        publisher: foreign::publisher(tx, &place.server, &wanted.client.principal).await?,
        address: user.mail.clone().unwrap_or_else(|| user.user_principal_name.clone()),
        asked: wanted.parts().flat_map(missing).collect(),
        administrators: administrators(tx, &caller).await?,
        approval,
        csrf: csrf::issue(&place.server, place.tenant.id, &session.form_key),
        action: place.path("consent", ""),
        reference: place.reference(),
    };
    Ok(answer::page(status, &page))
}
