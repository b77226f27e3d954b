//! Sending again everything that a restore holds, from the list of it.

use super::refusal;
use crate::Server;
use crate::invitations::invitation::State;
use crate::invitations::operations;
use crate::web::answer;
use crate::web::form::{Form, PlainForm};
use crate::web::portal::Refusal;
use crate::web::question::{ButtonForm, Question};
use crate::web::visitor::Visitor;
use axum::extract::State as Shared;
use axum::http::HeaderMap;
use axum::response::Response;
use std::sync::Arc;

/// The name of the question in the address of the list.
pub(super) const QUESTION: &str = "resend-held";

/// `POST /portal/{tenant}/invitations/resend-held`
pub(super) async fn resend(
    Shared(server): Shared<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<PlainForm>,
) -> Response {
    match carry_out(&server, &visitor, &headers, &form).await {
        Ok(address) => answer::see_other(&address),
        Err(refusal) => visitor.refuse(&server, refusal),
    }
}

async fn carry_out(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    form: &PlainForm,
) -> Result<String, Refusal> {
    let list = format!("{}/invitations?state={}", visitor.base(), State::HeldByRestore);
    visitor.spend_for(server, headers, &form.csrf, &list).await?;
    let resent = operations::resend_held(server, &visitor.caller).await.map_err(refusal)?;
    Ok(format!("{list}&sent={}&kept={}", resent.sent, resent.refused.len()))
}

/// What the list asks before.
pub(super) fn question(base: &str) -> Question {
    let consequence = "Each guest gets a mail with a new link. Withdraw first whom you do not want any more: nobody knows who was \
                       withdrawn after the backup was made.";
    Question {
        text: "Send every invitation again that is held?".to_owned(),
        consequences: vec![consequence.to_owned()],
        yes: ButtonForm {
            action: format!("{base}/invitations/resend-held"),
            fields: Vec::new(),
            verb: "Send them all again".to_owned(),
        },
        is_severe: false,
    }
}

/// What the list says afterwards; those that are left stand beneath it.
pub(super) fn done(sent: usize, kept: usize) -> String {
    let sent = match sent {
        0 => "No invitation was sent again.".to_owned(),
        1 => "1 invitation was sent again.".to_owned(),
        many => format!("{many} invitations were sent again."),
    };
    match kept {
        0 => sent,
        1 => format!("{sent} 1 could not be sent: send it again by itself to read why."),
        many => format!("{sent} {many} could not be sent: send one again by itself to read why."),
    }
}
