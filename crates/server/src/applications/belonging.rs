//! What belongs to one application and is listed at its address.

use super::resource::{EXTENSION_PROPERTY, FEDERATED_CREDENTIAL};
use super::{FederatedCredential, federated_store, wire};
use crate::extensions::{self, ExtensionProperty};
use crate::graph::query::{Listed, Resource, Selection};
use crate::platform::ids::ApplicationId;
use database::Record;
use serde_json::{Map, Value};
use uuid::Uuid;

/// A kind of what belongs to applications. Whoever may read the application may read it.
pub trait Belonging: Record + Sync {
    /// The collection at the application, as paths and contexts name it.
    const SET: &'static str;
    /// What may be asked of it.
    const RESOURCE: &'static Resource;
    /// What reads those of a tenant (`$1`) and an application (`$2`).
    const LISTED: &'static Listed;

    /// Its id, and the application it belongs to.
    fn ids(&self) -> (Uuid, ApplicationId);

    /// The selected properties.
    fn write(&self, selection: &Selection) -> Map<String, Value>;
}

impl Belonging for ExtensionProperty {
    const SET: &'static str = "extensionProperties";
    const RESOURCE: &'static Resource = &EXTENSION_PROPERTY;
    const LISTED: &'static Listed = &extensions::store::OF_APPLICATION;

    fn ids(&self) -> (Uuid, ApplicationId) {
        (self.id.0, self.application_id)
    }

    fn write(&self, selection: &Selection) -> Map<String, Value> {
        wire::extension(self, selection)
    }
}

impl Belonging for FederatedCredential {
    const SET: &'static str = "federatedIdentityCredentials";
    const RESOURCE: &'static Resource = &FEDERATED_CREDENTIAL;
    const LISTED: &'static Listed = &federated_store::OF_APPLICATION;

    fn ids(&self) -> (Uuid, ApplicationId) {
        (self.id.0, self.application_id)
    }

    fn write(&self, selection: &Selection) -> Map<String, Value> {
        wire::federated(self, selection)
    }
}
