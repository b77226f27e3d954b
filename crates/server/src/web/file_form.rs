//! A form that puts a file in the place of another or takes that away, as browsers send one (`multipart/form-data`).

use super::pages::Problem;
use super::portal::Refusal;
use super::visitor::Visitor;
use crate::Server;
use axum::extract::multipart::Multipart;
use axum::http::HeaderMap;

/// Bytes of such a form at most: room for a file that is too large, so that it comes back with what is wrong.
pub const LARGEST: usize = 4 * 1024 * 1024;

/// Fields of such a form at most.
const FIELDS: usize = 4;

/// What was sent. A form can bring a file and ask to have none at once. Which of them wins is known to who made its page: a button
/// that asks for none wins over the file, because it was pressed after that was chosen; a box gives way to the file, which takes the
/// place of what the box is about.
#[derive(Debug, Default)]
pub struct FileForm {
    /// The mark of what the page showed in the place of the file.
    pub seen: String,
    /// The file; empty without one.
    pub file: Vec<u8>,
    /// Whether what is there is to be taken away, by the button or the box called `without`.
    pub without: bool,
}

impl FileForm {
    /// Reads the form, with its file in the field of this name; its value comes first and is spent before anything else is looked
    /// at. A form that was sent already leads to `page`.
    ///
    /// # Errors
    /// A form that is none of ours, was sent already, cannot be read or is larger than [`LARGEST`].
    pub async fn read(
        server: &Server,
        visitor: &Visitor,
        headers: &HeaderMap,
        mut form: Multipart,
        (named, page): (&str, &str),
    ) -> Result<Self, Refusal> {
        let (mut sent, mut is_ours) = (Self::default(), false);
        for _ in 0..FIELDS {
            let Some(field) = form.next_field().await.map_err(|_| Problem::BadRequest)? else { break };
            let name = field.name().unwrap_or_default().to_owned();
            let content = field.bytes().await.map_err(|_| Problem::BadRequest)?;
            match name.as_str() {
                "csrf" => {
                    visitor.spend_for(server, headers, &String::from_utf8_lossy(&content), page).await?;
                    is_ours = true;
                }
                _ if !is_ours => break,
                "seen" => sent.seen = String::from_utf8_lossy(&content).into_owned(),
                "without" => sent.without = true,
                name if name == named => sent.file = content.to_vec(),
                _ => {}
            }
        }
        if is_ours { Ok(sent) } else { Err(Problem::StaleForm.into()) }
    }
}
