//! `/portal/{tenant}/apps/{app}/extensions`: which properties the app adds to users, groups and registrations.

use super::trouble::{Complaint, Feedback, Trouble, respond};
use super::{begin, require_manager};
use crate::Server;
use crate::applications::operations::{add_extension, remove_extension};
use crate::applications::{Application, Key};
use crate::extensions::{DataType, ExtensionProperty, NewExtensionProperty, TargetObject, chosen_part, store};
use crate::platform::ids::{ApplicationId, ExtensionPropertyId};
use crate::web::fields::Fields;
use crate::web::form::{Form, PlainForm, RawForm};
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::question::{ButtonForm, Question};
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use database::Transaction;
use serde::Deserialize;
use std::sync::Arc;

/// The name of the page in its address.
const PAGE: &str = "extensions";

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    ask: Option<ExtensionPropertyId>,
}

#[derive(Template)]
#[template(path = "service_principals/pages/extensions.html")]
struct ExtensionsPage {
    inside: Inside,
    here: String,
    app: Application,
    rows: Vec<Row>,
    /// The one that is to be removed, if the page asks.
    question: Option<Question>,
    /// What stands in the form.
    fields: Fields,
    feedback: Feedback,
}

struct Row {
    id: ExtensionPropertyId,
    /// What the app calls it.
    name: String,
    /// What objects call it.
    full_name: String,
    data_type: String,
    targets: String,
    /// Whether only its values are left, which are removed in the background.
    is_removed: bool,
}

/// `GET /portal/{tenant}/apps/{app}/extensions`
pub async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, app)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let outcome = page(&server, &visitor, &app, wanted.ask).await;
    visitor.respond(&server, outcome)
}

/// `POST /portal/{tenant}/apps/{app}/extensions`
pub async fn add(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((_, app)): Path<(String, String)>,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    let outcome = define(&server, &visitor, &headers, &app, &fields).await;
    respond(&server, &visitor, outcome, async |_: StatusCode, complaint: Complaint| {
        let shown = page(&server, &visitor, &app, None).await;
        shown.map(|page| ExtensionsPage { fields, feedback: complaint.into(), ..page })
    })
    .await
}

/// `POST /portal/{tenant}/apps/{app}/extensions/{property}/remove`
pub async fn remove(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((_, app, property)): Path<(String, String, String)>,
    Form(form): Form<PlainForm>,
) -> Response {
    let outcome = take_away(&server, &visitor, &headers, (&app, &property), &form.csrf).await;
    // All that is said of a property that is removed is that it is not there.
    let gone = async |_: StatusCode, _: Complaint| Err::<ExtensionsPage, Refusal>(Problem::NotFound.into());
    respond(&server, &visitor, outcome, gone).await
}

/// Adds the property that was written; the address of the page.
async fn define(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    app: &str,
    fields: &Fields,
) -> Result<String, Trouble> {
    let (id, here) = begin(server, visitor, headers, (app, PAGE, fields.get("csrf"))).await?;
    let new = read(fields)?;
    let mut tx = server.write().await?;
    add_extension(&mut tx, server, &visitor.caller, Key::Id(id), new).await?;
    tx.commit().await?;
    Ok(here)
}

/// Refused at a field where the page offers no such choice.
fn read(fields: &Fields) -> Result<NewExtensionProperty, Trouble> {
    let unknown = |field| Trouble::at(field, "There is no such choice. Take one of these.");
    let targets: Option<Vec<TargetObject>> = fields.all("target").into_iter().map(TargetObject::parse).collect();
    Ok(NewExtensionProperty {
        name: fields.get("name").to_owned(),
        data_type: DataType::parse(fields.get("type")).ok_or_else(|| unknown("type"))?,
        is_multi_valued: fields.is_ticked("several"),
        target_objects: targets.ok_or_else(|| unknown("target"))?,
    })
}

/// Removes the property that the address names; the address of the page.
async fn take_away(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    (app, property): (&str, &str),
    csrf: &str,
) -> Result<String, Trouble> {
    let (id, here) = begin(server, visitor, headers, (app, PAGE, csrf)).await?;
    let property: ExtensionPropertyId = property.parse().map_err(|_| Problem::NotFound)?;
    let mut tx = server.write().await?;
    remove_extension(&mut tx, server, &visitor.caller, (Key::Id(id), property)).await?;
    tx.commit().await?;
    Ok(here)
}

async fn page(
    server: &Server,
    visitor: &Visitor,
    app: &str,
    ask: Option<ExtensionPropertyId>,
) -> Result<ExtensionsPage, Refusal> {
    let id: ApplicationId = app.parse().map_err(|_| Problem::NotFound)?;
    let mut tx = server.read().await?;
    let app = require_manager(&mut tx, &visitor.caller, id).await?;
    let here = format!("{}/apps/{id}/{PAGE}", visitor.base());
    let defined = store::list_of(&mut tx, app.tenant_id, id).await?;
    let removed = store::list_hidden_of(&mut tx, app.tenant_id, id).await?;
    let question = match defined.iter().find(|property| Some(property.id) == ask) {
        Some(property) => Some(question(&mut tx, &here, property).await?),
        None => None,
    };
    drop(tx);
    let defined = defined.iter().map(|property| row(property, false));
    Ok(ExtensionsPage {
        inside: visitor.inside(server, Section::Apps),
        here,
        app,
        rows: defined.chain(removed.iter().map(|property| row(property, true))).collect(),
        question,
        fields: Fields::filled_in(&[("type", DataType::String.as_str()), ("target", TargetObject::User.as_str())]),
        feedback: Feedback::default(),
    })
}

fn row(property: &ExtensionProperty, is_removed: bool) -> Row {
    let data_type = property.data_type.as_str();
    let targets: Vec<&str> = property.target_objects.iter().map(|target| target_words(*target)).collect();
    Row {
        id: property.id,
        name: chosen_part(&property.name).unwrap_or(&property.name).to_owned(),
        full_name: property.name.clone(),
        data_type: if property.is_multi_valued { format!("{data_type}, several") } else { data_type.to_owned() },
        targets: targets.join(", "),
        is_removed,
    }
}

/// What the page calls a kind of object.
const fn target_words(target: TargetObject) -> &'static str {
    match target {
        TargetObject::User => "Users",
        TargetObject::Group => "Groups",
        TargetObject::Application => "Registrations",
    }
}

/// The question before a property is removed, with the values it concerns.
async fn question(tx: &mut Transaction, here: &str, property: &ExtensionProperty) -> database::Result<Question> {
    /// No more are counted.
    const MOST: usize = 1000;
    let limit = i64::try_from(MOST + 1).unwrap_or(i64::MAX);
    let values = match store::list_holders(tx, property.tenant_id, property.id, limit).await?.len() {
        0 => "No object has a value of it.".to_owned(),
        1 => "The 1 value that an object has of it goes with it.".to_owned(),
        count if count > MOST => format!("The more than {MOST} values that objects have of it go with it."),
        count => format!("The {count} values that objects have of it go with it."),
    };
    let name = chosen_part(&property.name).unwrap_or(&property.name);
    Ok(Question {
        text: format!("Remove {name}?"),
        consequences: vec![
            format!(
                "{values} Nobody can bring this back: a property of the same name that is added later begins without values."
            ),
            "Calls that name it are refused from then on, and tokens do not carry it any more.".to_owned(),
        ],
        yes: ButtonForm {
            action: format!("{here}/{}/remove", property.id),
            fields: Vec::new(),
            verb: "Remove it with its values".to_owned(),
        },
        is_severe: true,
    })
}

impl ExtensionsPage {
    fn value(&self, field: &str) -> &str {
        self.fields.get(field)
    }

    fn is_ticked(&self, field: &str, value: &str) -> bool {
        self.fields.all(field).contains(&value)
    }

    /// The types of values, and which one is chosen.
    fn types(&self) -> Vec<(&'static str, bool)> {
        let chosen = self.fields.get("type");
        DataType::ALL.iter().map(|kind| (kind.as_str(), kind.as_str() == chosen)).collect()
    }

    /// The kinds of objects, what the page calls them, and whether they are ticked.
    fn targets(&self) -> Vec<(&'static str, &'static str, bool)> {
        let choice =
            |target: &TargetObject| (target.as_str(), target_words(*target), self.is_ticked("target", target.as_str()));
        TargetObject::ALL.iter().map(choice).collect()
    }

    /// The calls that read, add and remove what the page shows.
    fn call(&self) -> String {
        let path = format!("/v1.0/applications/{}/extensionProperties", self.app.id);
        let body = r#"{ "name": "…", "dataType": "…", "isMultiValued": false, "targetObjects": ["…"] }"#;
        format!("{path}\nPOST {path}\n{body}\nDELETE {path}/{{id}}")
    }
}
