//! Leaving an organisation: a page says what ends and what stays, and its form does it.
//!
//! It is left where one is signed in: what leads here from elsewhere asks for the sign-in first.

use super::{counted, hall, number_of, opened};
use crate::Server;
use crate::groups::store::{Above, count_above};
use crate::sign_in::session;
use crate::tenants;
use crate::users::UserError;
use crate::users::operations::{self, LeaveError};
use crate::users::sponsors::{self, Sponsor};
use crate::web::answer;
use crate::web::form::{Form, PlainForm};
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::reader::Reader;
use crate::web::shell::{Hall, Outside};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use database::Transaction;
use std::sync::Arc;

/// Whose browser it is: the language, and the other organisations it is signed in to.
type Whose<'a> = (&'a Reader, &'a HeaderMap);

#[derive(Template)]
#[template(path = "portals/my_apps/leave.html")]
struct LeavePage {
    hall: Hall,
    organization: String,
    /// Where the form is sent.
    action: String,
    /// Back to the list of organisations.
    back: String,
    /// What stands against it; nothing where the reader may leave.
    bar: Option<Bar>,
    /// What ends, in numbers.
    apps: String,
    groups: Option<String>,
    /// Who answers for the reader.
    contacts: Vec<Contact>,
    privacy_mail: Option<String>,
    help_url: Option<String>,
}

/// The last page, which the reader sees from outside.
#[derive(Template)]
#[template(path = "portals/my_apps/left.html")]
struct LeftPage {
    outside: Outside,
    /// The other organisations this browser is signed in to: their names and My Apps.
    elsewhere: Vec<(String, String)>,
}

/// A person, with where they read mail, or a group.
struct Contact {
    name: String,
    address: Option<String>,
}

/// What stands against leaving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bar {
    NotGuest,
    Organization,
    LastAdministrator,
}

impl Bar {
    /// What the page says, or that it says nothing about this.
    fn of(error: LeaveError) -> Result<Self, Refusal> {
        match error {
            LeaveError::NotGuest => Ok(Self::NotGuest),
            LeaveError::Barred => Ok(Self::Organization),
            LeaveError::User(UserError::LastAdministrator) => Ok(Self::LastAdministrator),
            LeaveError::User(UserError::Storage(error)) => Err(error.into()),
            // Somebody changed the account at this moment.
            LeaveError::User(UserError::Changed) => Err(Problem::Unavailable.into()),
            LeaveError::User(_) => Err(Problem::NotAllowed.into()),
        }
    }

    /// The key of its sentence.
    const fn key(self) -> &'static str {
        match self {
            Self::NotGuest => "leave-member",
            Self::Organization => "leave-barred",
            Self::LastAdministrator => "leave-last",
        }
    }

    /// Whether somebody of the organisation can do it instead.
    const fn has_way(self) -> bool {
        !matches!(self, Self::LastAdministrator)
    }
}

/// `GET /myapps/{tenant}/leave`
pub async fn show(State(server): State<Arc<Server>>, visitor: Visitor, reader: Reader, headers: HeaderMap) -> Response {
    let outcome = ask(&server, &visitor, (&reader, &headers)).await;
    let is_barred = outcome.as_ref().is_ok_and(|page| page.bar.is_some());
    visitor.respond_as(&server, if is_barred { StatusCode::FORBIDDEN } else { StatusCode::OK }, outcome)
}

async fn ask(server: &Server, visitor: &Visitor, whose: Whose<'_>) -> Result<LeavePage, Refusal> {
    let mut tx = server.read().await?;
    let bar = match operations::guest_who_may_leave(&mut tx, &visitor.caller).await {
        Ok(_) => None,
        Err(error) => Some(Bar::of(error)?),
    };
    page(&mut tx, server, visitor, whose, bar).await
}

/// `POST /myapps/{tenant}/leave`: the reader leaves.
pub async fn take(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    reader: Reader,
    headers: HeaderMap,
    Form(form): Form<PlainForm>,
) -> Response {
    if let Err(refusal) = visitor.spend(&server, &headers, &form.csrf).await {
        return visitor.refuse(&server, refusal.leading_to(here(&visitor)));
    }
    visitor.respond_with(&server, leave(&server, &visitor, (&reader, &headers)).await)
}

async fn leave(server: &Server, visitor: &Visitor, whose: Whose<'_>) -> Result<Response, Refusal> {
    // Read before: what was done is told even if nothing can be read after it.
    let left = left(server, visitor, whose).await?;
    match operations::leave(server, &visitor.caller).await {
        Ok(()) => {
            let cookie = session::clear_cookie(server, visitor.caller.tenant);
            Ok(answer::with_cookies(answer::page(StatusCode::OK, &left), [cookie]))
        }
        Err(error) => {
            let bar = Bar::of(error)?;
            let mut tx = server.read().await?;
            let page = page(&mut tx, server, visitor, whose, Some(bar)).await?;
            Ok(answer::page(StatusCode::FORBIDDEN, &page))
        }
    }
}

async fn page(
    tx: &mut Transaction,
    server: &Server,
    visitor: &Visitor,
    (reader, headers): Whose<'_>,
    bar: Option<Bar>,
) -> Result<LeavePage, Refusal> {
    let (user, tenant) = (visitor.caller.user().ok_or(Problem::NotAllowed)?, visitor.caller.tenant);
    let hall = hall(tx, server, visitor, reader, headers).await?;
    let organization = tenants::find(tx, server, tenant).await?.ok_or(Problem::NotFound)?;
    let opened = opened(tx, tenant, user.id, None).await?;
    let groups = count_above(tx, tenant, (Above::Direct, user.id.into()), None).await?;
    let sponsors = match bar {
        Some(_) => sponsors::list(tx, tenant, user.id).await?,
        None => Vec::new(),
    };
    Ok(LeavePage {
        organization: organization.name.clone(),
        action: reader.keep_language(&here(visitor)),
        back: reader.keep_language(&format!("/myapps/{}/organizations", visitor.tenant_domain)),
        bar,
        apps: number_of(hall.words, &opened, ("leave-apps", "leave-more-apps")),
        groups: (groups > 0).then(|| hall.words.counted("leave-groups", "count", counted(groups))),
        contacts: sponsors.iter().map(contact).collect(),
        privacy_mail: organization.contact_email.clone(),
        help_url: organization.help_url.clone(),
        hall,
    })
}

fn contact(sponsor: &Sponsor) -> Contact {
    let address = match sponsor {
        Sponsor::Person(user) => user.mail.clone(),
        Sponsor::Group(_) => None,
    };
    Contact { name: sponsor.display_name().to_owned(), address }
}

/// What is shown to somebody who has left.
async fn left(server: &Server, visitor: &Visitor, (reader, headers): Whose<'_>) -> Result<LeftPage, Refusal> {
    let here = visitor.caller.tenant;
    let mut tx = server.read().await?;
    let tenant = tenants::find(&mut tx, server, here).await?.ok_or(Problem::NotFound)?;
    let outside = tenants::door(&mut tx, server, &tenant, reader, None).await?;
    let mut elsewhere = Vec::new();
    for (session, _) in session::all(&mut tx, server, headers).await? {
        let other = tenants::find(&mut tx, server, session.tenant).await?.filter(|other| other.id != here);
        elsewhere.extend(other.map(|other| (other.name.clone(), format!("/myapps/{}", other.initial_domain))));
    }
    Ok(LeftPage { outside, elsewhere })
}

fn here(visitor: &Visitor) -> String {
    format!("/myapps/{}/leave", visitor.tenant_domain)
}
