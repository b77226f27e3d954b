//! Counting what would follow, and doing it to one after the other.

use super::deed::{Deed, Sum};
use crate::Server;
use crate::platform::ids::UserId;
use crate::portals::guest::{Failure, Known, known, perform};
use crate::users::deleted::{self, Wish};
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::visitor::Visitor;
use std::collections::HashSet;

/// Somebody who was picked.
pub(super) struct Person {
    pub(super) id: UserId,
    pub(super) name: String,
    pub(super) address: String,
}

/// Somebody to whom it was not done, and why.
pub(super) struct Undone {
    pub(super) name: String,
    pub(super) reason: String,
}

/// What came of it.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) done: Vec<UserId>,
    pub(super) undone: Vec<Undone>,
}

/// Who was picked, and what it would mean. Whoever is not there any more is left out.
pub(super) async fn weigh(
    server: &Server,
    visitor: &Visitor,
    picked: &[UserId],
) -> Result<(Vec<Person>, Sum), Refusal> {
    let (mut people, mut sum, mut apps) = (Vec::new(), Sum::default(), HashSet::new());
    for id in picked {
        let known = match known(server, &visitor.caller, &id.to_string()).await {
            Ok(known) => known,
            Err(refusal) if refusal.problem() == Problem::NotFound => continue,
            Err(refusal) => return Err(refusal),
        };
        sum.people += 1;
        sum.invited += usize::from(known.user.is_pending());
        sum.sessions += known.sessions;
        sum.roles += known.roles.len();
        people.push(person(&known));
        apps.extend(known.reached.into_iter().map(|app| app.name));
    }
    sum.apps = apps.len();
    Ok((people, sum))
}

fn person(known: &Known) -> Person {
    let user = &known.user;
    Person {
        id: user.id,
        name: user.display_name.clone(),
        address: user.mail.clone().unwrap_or_else(|| user.user_principal_name.clone()),
    }
}

/// Does it to each of them.
pub(super) async fn carry_out(server: &Server, visitor: &Visitor, deed: Deed, picked: &[UserId]) -> Outcome {
    let mut outcome = Outcome::default();
    for id in picked {
        match one(server, visitor, deed, *id).await {
            Ok(()) => outcome.done.push(*id),
            Err((name, failure)) => outcome.undone.push(Undone { name, reason: reason(failure) }),
        }
    }
    outcome
}

async fn one(server: &Server, visitor: &Visitor, deed: Deed, id: UserId) -> Result<(), (String, Failure)> {
    const UNKNOWN: &str = "One of them";
    let caller = &visitor.caller;
    let Some(action) = deed.action() else {
        let restored = deleted::restore(server, caller, id, Wish::default()).await;
        let gone = || Failure::Refusal(Problem::NotFound.into());
        let restored = restored.map_err(Failure::from).and_then(|user| user.ok_or_else(gone));
        return restored.map(drop).map_err(|failure| (UNKNOWN.to_owned(), failure));
    };
    let known = known(server, caller, &id.to_string()).await;
    let known = known.map_err(|refusal| (UNKNOWN.to_owned(), Failure::Refusal(refusal)))?;
    perform(server, caller, action, &known).await.map_err(|failure| (known.user.display_name, failure))
}

fn reason(failure: Failure) -> String {
    let refusal = match failure {
        Failure::Sentence(sentence) => return sentence,
        Failure::Refusal(refusal) => refusal,
    };
    refusal.log();
    match refusal.problem() {
        Problem::NotAllowed => "You may not do this to them.",
        Problem::NotFound => "They are not here any more.",
        _ => "The server could not do it now. Try again in a minute.",
    }
    .to_owned()
}
