//! Objects of one feature inside an answer of another one that does not know it: a group among the sponsors of a user.
//!
//! The feature that owns a type says how its objects are written; who shows some of them need not know it.

use super::{Resource, Selection};
use crate::Server;
use crate::graph::{Caller, Error};
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use std::collections::HashMap;
use uuid::Uuid;

/// Objects as they are written, each under its id.
pub type WrittenById = HashMap<Uuid, Map<String, Value>>;

/// Writes those of some objects that are there and that the caller may read, by their ids, of which there is at least one.
pub type Write =
    for<'a> fn(&'a Server, &'a Caller, &'a [Uuid], &'a Selection) -> BoxFuture<'a, Result<WrittenById, Error>>;

/// How the objects of a type are written. Registered with `inventory::submit!`.
#[derive(Debug)]
pub struct Writer {
    /// Its properties, and its name.
    pub resource: &'static Resource,
    /// Writes them.
    pub write: Write,
}

inventory::collect!(Writer);

impl Writer {
    /// The writer of a type, by its name without the namespace.
    pub fn of(type_name: &str) -> Option<&'static Self> {
        inventory::iter::<Writer>.into_iter().find(|writer| writer.resource.type_name == type_name)
    }

    /// Every object with one of these ids, with its type: of one that the caller may not read, or that is not found there any
    /// more, the properties stand there without their values.
    pub async fn every(
        &self,
        server: &Server,
        caller: &Caller,
        ids: &[Uuid],
        selection: &Selection,
    ) -> Result<WrittenById, Error> {
        if ids.is_empty() {
            return Ok(WrittenById::new());
        }
        let mut written = (self.write)(server, caller, ids, selection).await?;
        let selection = selection.within(self.resource);
        for id in ids {
            let object = written.entry(*id).or_insert_with(|| selection.hidden(*id));
            let type_name = format!("#microsoft.graph.{}", self.resource.type_name);
            object.insert("@odata.type".to_owned(), type_name.into());
        }
        Ok(written)
    }
}
