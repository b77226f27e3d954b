//! `/portal/{tenant}/settings/contacts`: where the organisation is, and whom to ask about what (Graph: organization, city and the
//! like). Programs read it; no page shows it to guests.

use super::page::require_administrator;
use crate::Server;
use crate::portals::failure::{self, Failure, ShownAgain, respond};
use crate::tenants::organization::{OrganizationChange, change_organization, get_organization};
use crate::tenants::profile::{Entry, ProfileProperty};
use crate::tenants::{SettingsError, Tenant};
use crate::web::complaint::{Answers, Feedback};
use crate::web::fields::Fields;
use crate::web::form::RawForm;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new().route("/portal/{tenant}/settings/contacts", get(show).post(save))
}

/// A field of the page, or an area. They have the names of the properties in the API, so that an error finds its field.
struct ContactsField {
    property: &'static str,
    label: &'static str,
    hint: &'static str,
}

const fn field(property: &'static str, label: &'static str, hint: &'static str) -> ContactsField {
    ContactsField { property, label, hint }
}

/// Where it is: a field of one line for each.
const PLACE: &[ContactsField] = &[
    field("street", "Street", ""),
    field("postalCode", "Postal code", ""),
    field("city", "City", ""),
    field("state", "State or region", ""),
    field("country", "Country", ""),
    field("countryLetterCode", "Country code", "Two letters, such as PT."),
    field("defaultUsageLocation", "Usual usage location", "A country by two letters, such as PT. No user is given it."),
];

/// Whom to ask: an area for each, with one entry on each line.
const CONTACTS: &[ContactsField] = &[
    field("businessPhones", "Telephones", "One on each line, as for the others below. At most 20 of each."),
    field(TECHNICAL, "Mail addresses for technical matters", ""),
    field("securityComplianceNotificationMails", "Mail addresses for security", ""),
    field("securityComplianceNotificationPhones", "Telephones for security", ""),
    field("marketingNotificationEmails", "Mail addresses for news", ""),
];

/// The one property that is no part of the profile.
const TECHNICAL: &str = "technicalNotificationMails";

fn all_fields() -> impl Iterator<Item = &'static ContactsField> {
    PLACE.iter().chain(CONTACTS)
}

#[derive(Deserialize)]
struct Wanted {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "portals/settings/contacts.html")]
struct ContactsPage {
    inside: Inside,
    is_saved: bool,
    feedback: Feedback,
    place: &'static [ContactsField],
    contacts: &'static [ContactsField],
    form: ContactsForm,
    id: String,
}

/// What stands in the fields.
struct ContactsForm {
    /// The version of the organisation that the page showed.
    seen: String,
    /// By the property. Of several entries each has a line.
    answers: BTreeMap<&'static str, String>,
}

async fn show(State(server): State<Arc<Server>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Response {
    let is_saved = wanted.done.is_some();
    let stored = stored(&server, &visitor).await;
    let page = stored.map(|form| ContactsPage { is_saved, ..page(&server, &visitor, form, Feedback::default()) });
    visitor.respond(&server, page)
}

async fn save(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    let form = ContactsForm::read(&fields);
    let outcome = change(&server, &visitor, (&headers, fields.get("csrf")), &form).await;
    let outcome = outcome.map(|()| format!("{}?done=saved", address(&visitor)));
    respond(&server, &visitor, outcome, async |why: ShownAgain| match why {
        ShownAgain::Mistake(complaint) => Ok(page(&server, &visitor, form, complaint.into())),
        ShownAgain::Stale => stored(&server, &visitor).await.map(|stored| {
            let feedback = failure::stale(form.other_than(&stored));
            page(&server, &visitor, stored, feedback)
        }),
    })
    .await
}

fn address(visitor: &Visitor) -> String {
    format!("{}/settings/contacts", visitor.base())
}

async fn stored(server: &Server, visitor: &Visitor) -> Result<ContactsForm, Refusal> {
    require_administrator(visitor)?;
    match get_organization(server, &visitor.caller).await {
        Ok(tenant) => Ok(ContactsForm::of(&tenant)),
        Err(SettingsError::Database(error)) => Err(error.into()),
        Err(_) => Err(Problem::NotAllowed.into()),
    }
}

async fn change(
    server: &Server,
    visitor: &Visitor,
    (headers, csrf): (&HeaderMap, &str),
    form: &ContactsForm,
) -> Result<(), Failure> {
    require_administrator(visitor)?;
    visitor.spend_for(server, headers, csrf, &address(visitor)).await?;
    Ok(change_organization(server, &visitor.caller, form.change()).await?)
}

fn page(server: &Server, visitor: &Visitor, form: ContactsForm, feedback: Feedback) -> ContactsPage {
    ContactsPage {
        inside: visitor.inside(server, Section::Settings),
        is_saved: false,
        feedback,
        place: PLACE,
        contacts: CONTACTS,
        form,
        id: visitor.caller.tenant.to_string(),
    }
}

impl ContactsForm {
    /// The form as it shows this organisation.
    fn of(tenant: &Tenant) -> Self {
        let answer = |property| match ProfileProperty::named(property) {
            Some(known) => tenant.profile.entries(known).join("\n"),
            None => tenant.technical_notification_mails.join("\n"),
        };
        let answers = all_fields().map(|field| (field.property, answer(field.property))).collect();
        Self { seen: tenant.version.to_string(), answers }
    }

    /// The form as it was sent. What was not sent says nothing, and stays.
    fn read(fields: &Fields) -> Self {
        let sent = all_fields().filter(|field| !fields.all(field.property).is_empty());
        let answers = sent.map(|field| (field.property, fields.lines(field.property).join("\n"))).collect();
        Self { seen: fields.get("seen").to_owned(), answers }
    }

    /// The change it asks for.
    fn change(&self) -> OrganizationChange {
        let mut change = OrganizationChange {
            // No organisation has the version 0.
            of_version: Some(self.seen.parse().unwrap_or(0)),
            ..OrganizationChange::default()
        };
        for (property, answer) in &self.answers {
            let entries = || answer.lines().map(str::to_owned).collect();
            match ProfileProperty::named(property) {
                Some(known) if known.is_list() => change.profile.push((known, Entry::List(entries()))),
                Some(known) => change.profile.push((known, Entry::Text(Some(answer.clone())))),
                None => change.technical_mails = Some(entries()),
            }
        }
        change
    }

    /// The answers that differ from another form's: what is asked, and what stands here.
    fn other_than(&self, other: &Self) -> Answers {
        let differs = |field: &&ContactsField| {
            self.answers.get(field.property).is_some_and(|own| other.answers.get(field.property) != Some(own))
        };
        all_fields().filter(differs).map(|field| (field.label, self.answer(field.property).to_owned())).collect()
    }

    /// What stands in a field.
    fn answer(&self, property: &str) -> &str {
        self.answers.get(property).map_or("", String::as_str)
    }
}
