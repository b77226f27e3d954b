//! How an answer reaches the app, or, where no app is known, the person.

use crate::Server;
use crate::authorization::error::{EndpointError, with_occurrence};
use crate::authorization::tokens;
use crate::tenants::{self, Tenant};
use crate::web::answer;
use crate::web::pages::{ErrorPage, FormPostPage, Problem};
use crate::web::reader::Reader;
use crate::web::shell::Outside;
use axum::http::StatusCode;
use axum::response::Response;
use oauth::ErrorCode;
use oauth::authorization_request::ReplyAddress;
use oauth::authorization_response::{self, Delivery, FormPost, Granted};

/// The way back to an app.
pub(super) struct Reply<'a> {
    pub server: &'a Server,
    pub tenant: &'a Tenant,
    pub reader: &'a Reader,
    /// The app's name, for the page that posts.
    pub app: &'a str,
}

impl Reply<'_> {
    /// The code.
    pub async fn grant(&self, reply_to: &ReplyAddress, granted: &Granted<'_>) -> Response {
        let issuer = tokens::issuer(self.server, self.tenant.id);
        self.deliver(authorization_response::success(reply_to, &issuer, granted), true).await
    }

    /// A refusal.
    pub async fn refuse(&self, reply_to: &ReplyAddress, error: oauth::Error) -> Response {
        let issuer = tokens::issuer(self.server, self.tenant.id);
        let delivery =
            with_occurrence(self.server, |when| authorization_response::error(reply_to, &issuer, &error, when));
        self.deliver(delivery, false).await
    }

    async fn deliver(&self, delivery: Delivery, is_granted: bool) -> Response {
        match delivery {
            Delivery::Redirect(address) => answer::see_other(&address),
            Delivery::FormPost(FormPost { action, fields }) => {
                let outside = outside(self.server, Some(self.tenant), self.reader).await;
                let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
                let page = FormPostPage { outside, app: self.app.to_owned(), is_granted, action, fields };
                answer::page(StatusCode::OK, &page)
            }
        }
    }
}

/// `invalid_grant` is a word of the token endpoint; to somebody at the door it means that access was denied.
pub(super) fn for_app(error: oauth::Error) -> oauth::Error {
    if error.code() == ErrorCode::InvalidGrant {
        return oauth::Error::new(ErrorCode::AccessDenied, error.aadsts());
    }
    error
}

/// The page for a request that names no app we know, or no redirect address of it.
pub(super) async fn page(server: &Server, tenant: Option<&Tenant>, reader: &Reader, error: EndpointError) -> Response {
    let error = error.public();
    let outside = outside(server, tenant, reader).await;
    let (status, problem) = match error.code() {
        ErrorCode::TemporarilyUnavailable => (StatusCode::SERVICE_UNAVAILABLE, Problem::Unavailable),
        ErrorCode::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, Problem::Failure),
        _ => (StatusCode::BAD_REQUEST, Problem::BadRequest),
    };
    let reference = answer::reference(&outside, server.clock.now());
    let mut page = ErrorPage::about(outside, problem, reference);
    if problem == Problem::BadRequest {
        // For whoever configured the app; the number can be searched for.
        page.sentence = format!("{} {}", page.sentence, error.message());
    }
    answer::page(status, &page)
}

/// What stands around the page: of nobody, where the database does not answer, because what went wrong before is to be told all the
/// same. The language links are left out: the request would be answered a second time.
pub(super) async fn outside(server: &Server, tenant: Option<&Tenant>, reader: &Reader) -> Outside {
    let named = async {
        let tenant = tenant?;
        let mut tx = server.read().await.ok()?;
        tenants::door(&mut tx, server, tenant, reader, None).await.ok()
    };
    let outside = named.await.unwrap_or_else(|| Outside::nobody(reader.language(None, None)));
    Outside { address: None, ..outside }
}
