//! Applications.

use crate::random::{Stream, id, id_at};
use crate::{Directory, made_at};
use uuid::Uuid;

/// An application that people can open, and its service principal.
#[derive(Debug, Clone)]
pub struct App {
    /// The object id of the registration.
    pub id: Uuid,
    /// The client id.
    pub client: Uuid,
    /// The object id of the service principal.
    pub service_principal: Uuid,
    /// `displayName`
    pub display_name: String,
    /// The one redirect address.
    pub redirect: String,
    /// When it was made, in microseconds since 1970.
    pub created_at: i64,
}

impl Directory {
    /// The application with this number.
    pub fn app(&self, place: u32) -> App {
        let created_at = made_at(place);
        App {
            id: id_at(self.seed, Stream::App, place, created_at),
            client: id(self.seed, Stream::Client, place),
            service_principal: id_at(self.seed, Stream::ServicePrincipal, place, created_at),
            display_name: format!("App {place:04}"),
            redirect: format!("https://app{place:04}.example/signed-in"),
            created_at,
        }
    }
}
