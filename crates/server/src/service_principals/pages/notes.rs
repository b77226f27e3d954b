//! `/portal/{tenant}/apps/{app}/notes`: the tags of an app, and what those who look after it note about it (Graph: application, tags
//! and notes). Of an app of another organisation there is what is said of it here (Graph: servicePrincipal).

use super::standing::require_next;
use super::trouble::{Complaint, Feedback, Trouble, respond};
use super::which::Which;
use super::{foreign, require_manager};
use crate::Server;
use crate::applications::{self, Changes, DetailsChange, PrincipalKeptChange};
use crate::platform::ids::{ApplicationId, ServicePrincipalId};
use crate::service_principals::operations::{self as principals, ServicePrincipalChanges};
use crate::web::complaint::Answers;
use crate::web::fields::Fields;
use crate::web::form::RawForm;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::seen::mark;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use database::Transaction;
use serde::Deserialize;
use std::sync::Arc;

/// The fields of the form.
const TAGS: &str = "tags";
const NOTES: &str = "notes";

/// Characters of all tags together that stand in a form, so that its page stays light: a hundred of 256 are possible.
const ROOM: usize = 3000;

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    done: String,
}

#[derive(Template)]
#[template(path = "service_principals/pages/notes.html")]
struct NotesPage {
    inside: Inside,
    /// The page of the app.
    app: String,
    here: String,
    subject: Subject,
    seen: String,
    is_done: bool,
    /// What was written into a form that did nothing.
    sent: Option<Fields>,
    feedback: Feedback,
}

/// Whose tags and notes are shown.
#[derive(Clone, Copy)]
enum Object {
    Registration(ApplicationId),
    Principal(ServicePrincipalId),
}

/// An app of which the visitor may change them.
struct Subject {
    object: Object,
    /// Counts the changes of the object.
    version: i64,
    name: String,
    tags: Vec<String>,
    notes: Option<String>,
}

/// `GET /portal/{tenant}/apps/{app}/notes` and `GET /portal/{tenant}/apps/foreign/{foreign}/notes`
pub async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    which: Which,
    Query(wanted): Query<Wanted>,
) -> Response {
    let is_done = !wanted.done.is_empty();
    let outcome = page(&server, &visitor, &which).await;
    visitor.respond(&server, outcome.map(|page| NotesPage { is_done, ..page }))
}

/// `POST /portal/{tenant}/apps/{app}/notes` and `POST /portal/{tenant}/apps/foreign/{foreign}/notes`
pub async fn submit(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    which: Which,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    let outcome = change(&server, &visitor, &headers, &which, &fields).await;
    respond(&server, &visitor, outcome, async |status: StatusCode, complaint: Complaint| {
        let shown = page(&server, &visitor, &which).await;
        shown.map(|page| {
            if status == StatusCode::CONFLICT {
                let written = page.subject.written(&fields);
                NotesPage { feedback: Feedback::with_written(complaint, written), ..page }
            } else {
                NotesPage { feedback: complaint.into(), sent: Some(fields), ..page }
            }
        })
    })
    .await
}

/// Changes what the form says otherwise than it is stored; the address of the page that says so.
async fn change(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    which: &Which,
    fields: &Fields,
) -> Result<String, Trouble> {
    let here = find(&mut server.read().await?, visitor, which).await?.here(visitor);
    visitor.spend_for(server, headers, fields.get("csrf"), &here).await?;
    let mut tx = server.write().await?;
    let subject = find(&mut tx, visitor, which).await?;
    if fields.get("seen") != subject.mark() {
        return Err(Trouble::Stale);
    }
    let (tags, notes) = (subject.other_tags(fields), subject.other_notes(fields));
    if tags.is_some() || notes.is_some() {
        subject.store(&mut tx, server, visitor, (tags, notes)).await?;
        tx.commit().await?;
    }
    Ok(format!("{here}?done=saved"))
}

async fn page(server: &Server, visitor: &Visitor, which: &Which) -> Result<NotesPage, Refusal> {
    let subject = find(&mut server.read().await?, visitor, which).await?;
    Ok(NotesPage {
        inside: visitor.inside(server, Section::Apps),
        app: subject.page(visitor),
        here: subject.here(visitor),
        seen: subject.mark(),
        subject,
        is_done: false,
        sent: None,
        feedback: Feedback::default(),
    })
}

/// A text as a form sends it back: browsers end the lines of an area with two characters, and space around it is not kept.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

/// The entries of an area that holds these tags.
fn entries(tags: &[String]) -> Vec<&str> {
    tags.iter().map(|tag| tag.trim()).collect()
}

/// The app, if the visitor may change it.
async fn find(tx: &mut Transaction, visitor: &Visitor, which: &Which) -> Result<Subject, Refusal> {
    match which {
        Which::Own(app) => {
            let id: ApplicationId = app.parse().map_err(|_| Problem::NotFound)?;
            let app = require_manager(tx, &visitor.caller, id).await?;
            let details = app.kept.0.details;
            Ok(Subject {
                object: Object::Registration(id),
                version: app.version,
                name: app.display_name,
                tags: details.tags,
                notes: details.notes,
            })
        }
        Which::Foreign(app) => {
            let principal = foreign::require_manager(tx, &visitor.caller, app).await?;
            let kept = principal.kept.0;
            Ok(Subject {
                object: Object::Principal(principal.id),
                version: principal.version,
                name: principal.display_name,
                tags: kept.tags,
                notes: kept.notes,
            })
        }
    }
}

impl Subject {
    /// The page of the app.
    fn page(&self, visitor: &Visitor) -> String {
        match self.object {
            Object::Registration(id) => format!("{}/apps/{id}", visitor.base()),
            Object::Principal(id) => format!("{}/apps/foreign/{id}", visitor.base()),
        }
    }

    /// The page of its tags and notes.
    fn here(&self, visitor: &Visitor) -> String {
        format!("{}/notes", self.page(visitor))
    }

    /// The mark of the form.
    fn mark(&self) -> String {
        let notes = self.notes.as_deref().unwrap_or_default();
        mark(self.tags.iter().map(String::as_str).chain([notes]))
    }

    /// Whether they belong to the app itself, wherever it is used.
    const fn is_own(&self) -> bool {
        matches!(self.object, Object::Registration(_))
    }

    /// Whether the tags have room in a form.
    fn has_room(&self) -> bool {
        self.tags.join("\n").chars().count() <= ROOM
    }

    /// The tags that a form asks for, if they are others. A form without the field leaves them.
    fn other_tags(&self, fields: &Fields) -> Option<Vec<String>> {
        let is_sent = !fields.all(TAGS).is_empty();
        Some(fields.lines(TAGS)).filter(|tags| is_sent && entries(&self.tags) != *tags)
    }

    /// The same of the notes; empty for none.
    fn other_notes(&self, fields: &Fields) -> Option<String> {
        let is_sent = !fields.all(NOTES).is_empty();
        let kept = plain(self.notes.as_deref().unwrap_or_default());
        Some(plain(fields.get(NOTES))).filter(|notes| is_sent && *notes != kept)
    }

    /// What a form says otherwise than it is stored, in words.
    fn written(&self, fields: &Fields) -> Answers {
        let tags = self.other_tags(fields).map(|tags| ("Tags", tags.join("\n")));
        let notes = self.other_notes(fields).map(|notes| ("Notes", notes));
        tags.into_iter().chain(notes).collect()
    }

    /// Stores them, unless the object was changed after it was read here.
    async fn store(
        &self,
        tx: &mut Transaction,
        server: &Server,
        visitor: &Visitor,
        (tags, notes): (Option<Vec<String>>, Option<String>),
    ) -> Result<(), Trouble> {
        let caller = &visitor.caller;
        let notes = notes.map(|notes| Some(notes).filter(|notes| !notes.is_empty()));
        let written = match self.object {
            Object::Registration(id) => {
                let details = DetailsChange { tags, notes, ..DetailsChange::default() };
                let changes = Changes { details, ..Changes::default() };
                let key = applications::Key::Id(id);
                applications::operations::update(tx, server, caller, key, changes).await?.version
            }
            Object::Principal(id) => {
                let kept = PrincipalKeptChange { tags, notes, ..PrincipalKeptChange::default() };
                let changes = ServicePrincipalChanges { kept, ..ServicePrincipalChanges::default() };
                principals::update(tx, server, caller, principals::Key::Id(id), changes).await?.version
            }
        };
        require_next(self.version, written)
    }
}

impl NotesPage {
    /// What stands in a field: what was written, otherwise what is kept.
    fn text(&self, field: &str, kept: impl AsRef<str>) -> String {
        self.sent.as_ref().map_or(kept.as_ref(), |fields| fields.get(field)).to_owned()
    }

    /// The call that keeps what the page shows.
    fn call(&self) -> String {
        let path = match self.subject.object {
            Object::Registration(id) => format!("/v1.0/applications/{id}"),
            Object::Principal(id) => format!("/v1.0/servicePrincipals/{id}"),
        };
        format!("{path}\n{}", r#"{ "tags": ["…"], "notes": "…" }"#)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn subject(tags: &[&str], notes: &str) -> Subject {
        Subject {
            object: Object::Registration(ApplicationId(Uuid::from_u128(1))),
            version: 1,
            name: "Expenses".to_owned(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            notes: Some(notes.to_owned()),
        }
    }

    #[test]
    fn what_a_program_wrote_with_space_around_it_is_no_change_of_a_form() {
        let subject = subject(&[" finance", "HideApp"], "Ask Anna.\r\nOr Bert. ");
        let same = Fields::filled_in(&[(TAGS, "finance\r\nHideApp\r\n"), (NOTES, "Ask Anna.\r\nOr Bert.")]);
        assert_eq!((subject.other_tags(&same), subject.other_notes(&same)), (None, None));
        assert!(subject.written(&same).is_empty());
        let without = Fields::filled_in(&[]);
        assert_eq!((subject.other_tags(&without), subject.other_notes(&without)), (None, None));
        let other = Fields::filled_in(&[(TAGS, "finance"), (NOTES, " ")]);
        assert_eq!(subject.other_tags(&other), Some(vec!["finance".to_owned()]));
        assert_eq!(subject.other_notes(&other).as_deref(), Some(""));
        assert_eq!(subject.written(&other), [("Tags", "finance".to_owned()), ("Notes", String::new())]);
    }

    #[test]
    fn more_tags_than_a_form_takes_have_no_room() {
        let tag = "x".repeat(99);
        assert!(subject(&[tag.as_str(); 30], "").has_room());
        assert!(!subject(&[tag.as_str(); 31], "").has_room());
    }
}
