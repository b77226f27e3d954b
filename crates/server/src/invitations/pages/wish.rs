//! What was filled in, read as an invitation. Whatever is wrong is said at its field, everything at once.

use super::choices::{self, App};
use super::complaint;
use crate::Server;
use crate::graph::Reference;
use crate::groups::operations::sponsor_named;
use crate::invitations::error::InviteError;
use crate::invitations::new_invitation::NewInvitation;
use crate::invitations::operations;
use crate::platform::ids::GroupId;
use crate::users::operations::NotOne;
use crate::users::{Change, Sight, UserError, UserType};
use crate::web::fields::Fields;
use crate::web::language::Language;
use crate::web::portal::Refusal;
use crate::web::visitor::Visitor;

/// A field and what is wrong with it.
pub(super) type Mistake = (String, String);

/// A field of the form about the person: its name in the form, the property it fills, its label.
pub(super) struct Detail {
    pub(super) id: &'static str,
    property: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
}

macro_rules! details {
    ($($name:ident: $($id:literal $property:literal $label:literal $hint:literal;)+)+) => {
        $(pub(super) const $name: &[Detail] =
            &[$(Detail { id: $id, property: $property, label: $label, hint: $hint }),+];)+
    };
}

details! {
    NAME:
        "given_name" "givenName" "First name" "";
        "surname" "surname" "Last name" "";
    JOB:
        "job_title" "jobTitle" "Job title" "";
        "company_name" "companyName" "Company" "";
        "department" "department" "Department" "";
        "office_location" "officeLocation" "Office" "";
    CONTACT:
        "business_phone" "businessPhones" "Telephone at work" "";
        "mobile_phone" "mobilePhone" "Mobile telephone" "";
        "usage_location" "usageLocation" "Country of use" "Two letters, such as PT.";
}

/// Every detail of the person.
pub(super) fn details() -> impl Iterator<Item = &'static Detail> {
    NAME.iter().chain(JOB).chain(CONTACT)
}

/// The field that fills a property.
pub(super) fn field_of(property: &str) -> Option<&'static str> {
    details().find(|detail| detail.property == property).map(|detail| detail.id)
}

/// Whether the form has room for details about the person: they are for those who may change users.
pub(super) fn takes_details(visitor: &Visitor) -> bool {
    visitor.caller.may_administer_users()
}

/// Whether sponsors can be named. Whether an address is somebody's is told to nobody who may not list people.
pub(super) fn takes_sponsors(visitor: &Visitor) -> bool {
    Sight::of_all(&visitor.caller).is_ok()
}

/// The invitation that was filled in, and what is wrong already without asking for it.
pub(super) async fn read(
    server: &Server,
    visitor: &Visitor,
    fields: &Fields,
    apps: &[App],
) -> Result<(NewInvitation, Vec<Mistake>), Refusal> {
    let mut mistakes = Vec::new();
    let mut wish = basics(server, visitor, fields, apps);
    mistakes.extend(unknown(fields, apps));
    if takes_details(visitor) {
        wish.profile = profile(fields, &mut mistakes);
    }
    if takes_sponsors(visitor) {
        wish.sponsors = sponsors(server, visitor, fields, &mut mistakes).await?;
    }
    wish.groups = groups(server, visitor, fields, &mut mistakes).await?;
    let chosen = fields.all("assignment");
    wish.assignments = chosen.iter().filter_map(|value| choices::parse_role(value)).collect();
    if wish.assignments.len() < chosen.len() {
        mistakes.push(("assignment".to_owned(), "One of these is no role of an app here. Choose again.".to_owned()));
    }
    Ok((wish, mistakes))
}

/// What was chosen and is not there, or not any more: nothing is sent that leads elsewhere, or speaks otherwise, than the
/// form said.
fn unknown(fields: &Fields, apps: &[App]) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    let mistake = |field: &str, sentence: &str| (field.to_owned(), sentence.to_owned());
    if fields.filled("app").is_some_and(|chosen| apps.iter().all(|app| app.client != chosen)) {
        mistakes.push(mistake("app", "This app is not here any more, or has no home page any more. Choose again."));
    }
    if fields.filled("language").is_some_and(|chosen| Language::ALL.iter().all(|language| language.tag() != chosen)) {
        mistakes.push(mistake("language", "No mail is written in this language. Choose one of the list."));
    }
    mistakes
}

fn basics(server: &Server, visitor: &Visitor, fields: &Fields, apps: &[App]) -> NewInvitation {
    let my_apps = || format!("{}/myapps/{}", server.settings.public_address(), visitor.tenant_domain);
    let of_app = || apps.iter().find(|app| app.client == fields.get("app")).map(|app| app.address.clone());
    let address = fields.filled("redirect_url").or_else(of_app).unwrap_or_else(my_apps);
    NewInvitation {
        display_name: fields.filled("display_name").or_else(|| full_name(fields)),
        user_type: UserType::parse(fields.get("user_type")).unwrap_or(UserType::Guest),
        send_mail: fields.is_ticked("send"),
        // Browsers send two characters for each line break, which would count against the limit.
        message: fields.filled("message").map(|text| text.replace("\r\n", "\n")),
        language: fields.filled("language"),
        cc: fields.filled("cc").into_iter().collect(),
        ..NewInvitation::new(fields.get("email"), address)
    }
}

/// First and last name, where no other name was given.
fn full_name(fields: &Fields) -> Option<String> {
    let name = format!("{} {}", fields.get("given_name"), fields.get("surname"));
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

fn profile(fields: &Fields, mistakes: &mut Vec<Mistake>) -> Vec<Change> {
    let mut changes = Vec::new();
    for detail in details() {
        let Some(text) = fields.filled(detail.id) else { continue };
        match change(detail, text) {
            Ok(change) => changes.push(change),
            Err(error) => mistakes.push((detail.id.to_owned(), complaint::of_detail(&error))),
        }
    }
    changes
}

fn change(detail: &Detail, text: String) -> Result<Change, UserError> {
    match detail.property {
        "businessPhones" => Change::business_phones(vec![text]),
        // People write a country as they like; Graph takes capitals only.
        name @ "usageLocation" => Change::text_of(name, &text.to_ascii_uppercase()),
        name => Change::text_of(name, &text),
    }
}

/// The people and groups named as sponsors, one on each line; `None` leaves it to the rule.
async fn sponsors(
    server: &Server,
    visitor: &Visitor,
    fields: &Fields,
    mistakes: &mut Vec<Mistake>,
) -> Result<Option<Vec<Reference>>, Refusal> {
    let lines = fields.lines("sponsors");
    if lines.is_empty() {
        return Ok(None);
    }
    let mut tx = server.read().await?;
    let mut found: Vec<Reference> = Vec::new();
    for line in lines {
        match sponsor_named(&mut tx, visitor.caller.tenant, &line).await {
            Ok(named) if found.contains(&named) => {}
            Ok(named) => found.push(named),
            Err(NotOne::Storage(error)) => return Err(error.into()),
            Err(error) => {
                mistakes.push(("sponsors".to_owned(), format!("{line}: {error}.")));
                break;
            }
        }
    }
    Ok(Some(found))
}

/// The groups that were named, one on each line.
async fn groups(
    server: &Server,
    visitor: &Visitor,
    fields: &Fields,
    mistakes: &mut Vec<Mistake>,
) -> Result<Vec<GroupId>, Refusal> {
    let mut found = Vec::new();
    let mut tx = server.read().await?;
    for line in fields.lines("groups") {
        match operations::group_named(&mut tx, &visitor.caller, &line).await? {
            Ok(id) if found.contains(&id) => {}
            Ok(id) => found.push(id),
            Err(problem) => {
                mistakes.push(("groups".to_owned(), format!("{line}: {problem}.")));
                break;
            }
        }
    }
    Ok(found)
}

/// What the operation refuses, at its field; `None` for what the form cannot help with.
pub(super) fn mistake(error: &InviteError) -> Option<Mistake> {
    Some((complaint::field(error).to_owned(), complaint::sentence(error)?))
}
