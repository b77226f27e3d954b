//! The form that takes a file or a pasted list.

use super::{may_not, refusal, sentence, shown};
use crate::Server;
use crate::bulk_invitations::bulk_invitation::BulkInvitation;
use crate::bulk_invitations::error::BulkError;
use crate::bulk_invitations::operations::{self, Defaults, Upload};
use crate::invitations::operations::require_inviter;
use crate::invitations::{self, MESSAGE_LIMIT};
use crate::web::complaint::{Complaint, Feedback};
use crate::web::language::Language;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use crate::web::{answer, dates};
use askama::Template;
use axum::extract::State as Shared;
use axum::extract::multipart::{Field, Multipart, MultipartRejection};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use std::sync::Arc;

/// Bytes of a field that is no file.
const FIELD: usize = 16 * 1024;
/// Fields of the form at most.
const FIELDS: usize = 12;
/// Bytes of a pasted list that are kept for the page that says what is wrong; more is better sent as a file.
const KEPT: usize = 256 * 1024;
/// Earlier runs that are shown.
const SHOWN: i64 = 20;

#[derive(Template)]
#[template(path = "bulk_invitations/pages/send.html")]
struct SendPage {
    inside: Inside,
    csrf: String,
    feedback: Feedback,
    given: Defaults,
    /// The list that was pasted into a form that did nothing.
    pasted: String,
    /// What is said where it stood, if it is not kept.
    lost: &'static str,
    apps: Vec<invitations::App>,
    languages: Vec<(&'static str, &'static str)>,
    limit: String,
    runs: Vec<Run>,
}

/// A list that was pasted, as long as it can be shown again. A part of one is not shown: it would be sent as the whole.
#[derive(Default)]
struct Pasted {
    bytes: Vec<u8>,
    is_too_long: bool,
}

impl Pasted {
    fn keep(&mut self, piece: &[u8]) {
        self.is_too_long |= self.bytes.len() + piece.len() > KEPT;
        if self.is_too_long {
            self.bytes = Vec::new();
        } else {
            self.bytes.extend_from_slice(piece);
        }
    }
}

struct Run {
    href: String,
    name: String,
    inviter: String,
    kind: &'static str,
    word: &'static str,
    rows: i64,
    day: String,
}

pub(super) async fn page(Shared(server): Shared<Arc<Server>>, visitor: Visitor) -> Response {
    let outcome = match require_inviter(&server, &visitor.caller).await {
        Ok(()) => {
            let given = Defaults { send_mail: true, ..Defaults::default() };
            fill(&server, &visitor, given, &Pasted::default(), Feedback::default()).await
        }
        Err(error) => Err(may_not(error)),
    };
    visitor.respond(&server, outcome)
}

pub(super) async fn receive(
    Shared(server): Shared<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let Ok(form) = form else { return visitor.refuse(&server, Problem::BadRequest.into()) };
    match take(&server, &visitor, &headers, form).await {
        Ok(response) => response,
        Err(refusal) => visitor.refuse(&server, refusal),
    }
}

async fn take(server: &Server, visitor: &Visitor, headers: &HeaderMap, form: Multipart) -> Result<Response, Refusal> {
    let mut sent = SendForm::default();
    let complaint = match sent.read(server, visitor, headers, form).await {
        Ok(Some(upload)) => match upload.finish(server, &visitor.caller).await {
            Ok(bulk) => return Ok(answer::see_other(&format!("{}/invitations/bulk/{}", visitor.base(), bulk.id))),
            Err(error) => complaint(error)?,
        },
        Ok(None) => Complaint::at("file", "Choose a file or paste a list."),
        Err(Stop::Refusal(refusal)) => return Err(refusal),
        Err(Stop::Bulk(error)) => complaint(error)?,
    };
    let page = fill(server, visitor, sent.defaults, &sent.pasted, complaint.into()).await?;
    Ok(answer::page(StatusCode::BAD_REQUEST, &page))
}

/// What is said at a field of the form; what the form cannot mend is a page of its own.
fn complaint(error: BulkError) -> Result<Complaint, Refusal> {
    match error {
        BulkError::File(_) | BulkError::Empty | BulkError::Both | BulkError::BrokenOff => {
            Ok(Complaint::at("file", sentence(&error.to_string())))
        }
        BulkError::Invite(error) => match error.property() {
            Some("inviteRedirectUrl") => Ok(Complaint::at("redirect_url", invitations::reason(&error))),
            Some("customizedMessageBody") => Ok(Complaint::at("message", invitations::reason(&error))),
            Some("messageLanguage") => Ok(Complaint::at("language", invitations::reason(&error))),
            _ => Err(refusal(error.into())),
        },
        other => Err(refusal(other)),
    }
}

/// Why reading the form ended.
enum Stop {
    Refusal(Refusal),
    Bulk(BulkError),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

impl From<BulkError> for Stop {
    fn from(error: BulkError) -> Self {
        Self::Bulk(error)
    }
}

/// The form, read in its order: its value first, then what holds for all rows, then the rows.
#[derive(Default)]
struct SendForm {
    is_ours: bool,
    defaults: Defaults,
    pasted: Pasted,
}

impl SendForm {
    /// The file or list that is arriving, once all fields are read.
    async fn read(
        &mut self,
        server: &Server,
        visitor: &Visitor,
        headers: &HeaderMap,
        form: Multipart,
    ) -> Result<Option<Upload>, Stop> {
        let mut upload = None;
        let outcome = self.fields((server, visitor, headers), form, &mut upload).await;
        match (outcome, upload) {
            (Ok(()), upload) => Ok(upload),
            (Err(stop), upload) => {
                if let Some(upload) = upload {
                    upload.abandon(server).await.map_err(BulkError::from)?;
                }
                Err(stop)
            }
        }
    }

    async fn fields(
        &mut self,
        (server, visitor, headers): (&Server, &Visitor, &HeaderMap),
        mut form: Multipart,
        upload: &mut Option<Upload>,
    ) -> Result<(), Stop> {
        for _ in 0..FIELDS {
            let Some(mut field) = form.next_field().await.map_err(|_| broken())? else { break };
            let name = field.name().unwrap_or_default().to_owned();
            if name == "csrf" {
                let value = text(&mut field).await?;
                let page = format!("{}/invitations/bulk", visitor.base());
                visitor.spend_for(server, headers, &value, &page).await?;
                self.is_ours = true;
            } else if !self.is_ours {
                break;
            } else if matches!(name.as_str(), "list" | "file") {
                self.rows((server, visitor), field, name == "list", upload).await?;
            } else {
                let value = text(&mut field).await?;
                self.set(&name, &value);
            }
        }
        if self.is_ours { Ok(()) } else { Err(Refusal::from(Problem::StaleForm).into()) }
    }

    fn set(&mut self, name: &str, value: &str) {
        let filled = Some(value.trim().replace("\r\n", "\n")).filter(|value| !value.is_empty());
        match name {
            "app" => self.defaults.redirect_url = filled,
            // It stands behind the app in the form, and wins.
            "redirect_url" => self.defaults.redirect_url = filled.or_else(|| self.defaults.redirect_url.take()),
            "message" => self.defaults.message = filled,
            "language" => self.defaults.language = filled,
            "send" => self.defaults.send_mail = filled.is_some(),
            _ => {}
        }
    }

    /// Takes the rows of a field, if anything stands in it; refused where another field has brought rows already. A list that
    /// is refused is read to its end, to be shown again; a file cannot be.
    async fn rows(
        &mut self,
        (server, visitor): (&Server, &Visitor),
        mut field: Field<'_>,
        is_list: bool,
        upload: &mut Option<Upload>,
    ) -> Result<(), Stop> {
        let is_second = upload.is_some();
        let name = field.file_name().map(str::to_owned).filter(|name| !name.is_empty());
        let mut outcome: Result<(), Stop> = Ok(());
        while let Some(piece) = field.chunk().await.map_err(|_| broken())? {
            if is_list {
                self.pasted.keep(&piece);
            }
            let is_blank = (is_second || upload.is_none()) && piece.trim_ascii().is_empty();
            if outcome.is_ok() && !is_blank {
                outcome = if is_second {
                    Err(BulkError::Both.into())
                } else {
                    self.feed((server, visitor), name.as_deref(), &piece, upload).await
                };
            }
            if outcome.is_err() && (!is_list || self.pasted.is_too_long) {
                break;
            }
        }
        outcome
    }

    async fn feed(
        &mut self,
        (server, visitor): (&Server, &Visitor),
        name: Option<&str>,
        piece: &[u8],
        upload: &mut Option<Upload>,
    ) -> Result<(), Stop> {
        let arriving = if let Some(arriving) = upload {
            arriving
        } else {
            self.defaults.name = name.map(str::to_owned);
            upload.insert(Upload::begin(server, &visitor.caller, self.defaults.clone()).await?)
        };
        Ok(arriving.feed(server, piece).await?)
    }
}

/// Said where a list stood that is too long to be shown again.
const LOST: &str = "The list was too long to be kept here. Paste it again, or send it as a file.";

fn broken() -> Stop {
    BulkError::BrokenOff.into()
}

/// A field that is no file, cut where it is longer than anything that could stand there: that is then said at the field, and
/// what stands behind it is not lost.
async fn text(field: &mut Field<'_>) -> Result<String, Stop> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|_| broken())? {
        let room = FIELD.saturating_sub(bytes.len());
        bytes.extend_from_slice(&piece[..piece.len().min(room)]);
    }
    // Neither engine keeps U+0000 in texts.
    Ok(String::from_utf8_lossy(&bytes).replace('\0', "\u{fffd}"))
}

async fn fill(
    server: &Server,
    visitor: &Visitor,
    given: Defaults,
    pasted: &Pasted,
    feedback: Feedback,
) -> Result<SendPage, Refusal> {
    let runs = operations::list(server, &visitor.caller, None, SHOWN).await.map_err(refusal)?;
    Ok(SendPage {
        inside: visitor.inside(server, Section::Invitations),
        csrf: visitor.form_value(server),
        feedback,
        given,
        pasted: String::from_utf8_lossy(&pasted.bytes).into_owned(),
        lost: if pasted.is_too_long { LOST } else { "" },
        apps: invitations::apps(server, visitor).await?,
        languages: Language::ALL.into_iter().map(|language| (language.tag(), language.own_name())).collect(),
        limit: format!("Up to {MESSAGE_LIMIT} characters, for rows without a message of their own."),
        runs: runs.iter().map(|bulk| run(&visitor.base(), bulk)).collect(),
    })
}

fn run(base: &str, bulk: &BulkInvitation) -> Run {
    let (kind, word) = shown(bulk.state);
    Run {
        href: format!("{base}/invitations/bulk/{}", bulk.id),
        name: bulk.name.clone(),
        inviter: crate::web::names::plain_name(&bulk.inviter_name),
        kind,
        word,
        rows: bulk.row_count,
        day: dates::day(bulk.created_at),
    }
}

impl SendPage {
    /// The address that was typed, unless it is the one of an app in the list.
    fn typed_address(&self) -> &str {
        self.given
            .redirect_url
            .as_deref()
            .filter(|url| self.apps.iter().all(|app| app.address != *url))
            .unwrap_or_default()
    }

    fn title(&self) -> &'static str {
        if self.feedback.is_any() { "Error: Invite many" } else { "Invite many" }
    }
}
