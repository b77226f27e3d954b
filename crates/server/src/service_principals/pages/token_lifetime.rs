//! `/portal/{tenant}/apps/{app}/token-lifetime`: how long tokens for an app are good, and the policies that say so. The app of another
//! organisation has such a page too; of it there is only what stands here.

use super::trouble::{Complaint, Feedback, Trouble, respond};
use super::which::Which;
use super::{foreign, require_manager};
use crate::Server;
use crate::applications::operations::{may_write_owned, target as target_of_registration};
use crate::applications::{Application, Owned};
use crate::audit::Target;
use crate::changes::Kind;
use crate::platform::ids::{ApplicationId, TokenLifetimePolicyId};
use crate::service_principals::operations::target as target_of_principal;
use crate::service_principals::{ServicePrincipal, store};
use crate::token_lifetimes::operations::{check_may_write, choose};
use crate::token_lifetimes::store as policies;
use crate::token_lifetimes::{LifetimeError, Object, TokenLifetimePolicy, in_words};
use crate::web::fields::Fields;
use crate::web::form::RawForm;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::seen::mark;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use database::Transaction;
use serde::Deserialize;
use std::sync::Arc;

/// The fields of the form.
const REGISTRATION: &str = "registration";
const PRINCIPAL: &str = "principal";

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    done: String,
}

#[derive(Template)]
#[template(path = "service_principals/pages/token_lifetime.html")]
struct LifetimePage {
    inside: Inside,
    /// The page of the app, and its name.
    app: String,
    name: String,
    here: String,
    /// How long tokens are good now, and by what.
    holds: String,
    reason: String,
    /// What can be chosen.
    policies: Vec<TokenLifetimePolicy>,
    /// The policy of the registration; empty for none, and absent where the visitor does not choose it.
    registration: Option<String>,
    /// The same of the service principal.
    principal: Option<String>,
    seen: String,
    /// Where policies are made, for those who may.
    making: Option<String>,
    is_done: bool,
    feedback: Feedback,
    call: String,
}

/// An app of which the visitor may change something.
struct Subject {
    /// The registration, if it is here.
    registration: Option<Application>,
    principal: ServicePrincipal,
    /// Whether the visitor may change how it stands here, too: owners of the registration alone may not.
    has_principal: bool,
}

/// The policies of an app itself.
struct Held {
    registration: Option<TokenLifetimePolicy>,
    principal: Option<TokenLifetimePolicy>,
}

/// `GET /portal/{tenant}/apps/{app}/token-lifetime` and `GET /portal/{tenant}/apps/foreign/{foreign}/token-lifetime`
pub async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    which: Which,
    Query(wanted): Query<Wanted>,
) -> Response {
    let is_done = !wanted.done.is_empty();
    let outcome = page(&server, &visitor, &which).await;
    visitor.respond(&server, outcome.map(|page| LifetimePage { is_done, ..page }))
}

/// `POST /portal/{tenant}/apps/{app}/token-lifetime` and `POST /portal/{tenant}/apps/foreign/{foreign}/token-lifetime`
pub async fn submit(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    which: Which,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::parse(&body);
    let outcome = change(&server, &visitor, &headers, &which, &fields).await;
    respond(&server, &visitor, outcome, async |_: StatusCode, complaint: Complaint| {
        // What was chosen is not there any more, or something else is stored: the page shows what is.
        let shown = page(&server, &visitor, &which).await;
        shown.map(|page| LifetimePage { feedback: complaint.into(), ..page })
    })
    .await
}

/// Lets the app have the policies that were chosen; the address of the page that says so.
async fn change(
    server: &Server,
    visitor: &Visitor,
    headers: &HeaderMap,
    which: &Which,
    fields: &Fields,
) -> Result<String, Trouble> {
    let here = find(&mut server.read().await?, visitor, which).await?.here(visitor);
    visitor.spend_for(server, headers, fields.get("csrf"), &here).await?;
    let mut tx = server.write().await?;
    let subject = find(&mut tx, visitor, which).await?;
    if fields.get("seen") != subject.held(&mut tx).await?.mark() {
        return Err(Trouble::Stale);
    }
    if let Some(registration) = &subject.registration {
        let about = ((Kind::Application, registration.id.0), target_of_registration(registration));
        pick(&mut tx, server, visitor, about, (REGISTRATION, fields)).await?;
    }
    if subject.has_principal {
        let about = ((Kind::ServicePrincipal, subject.principal.id.0), target_of_principal(&subject.principal));
        pick(&mut tx, server, visitor, about, (PRINCIPAL, fields)).await?;
    }
    tx.commit().await?;
    Ok(format!("{here}?done=saved"))
}

/// What one field chooses.
async fn pick(
    tx: &mut Transaction,
    server: &Server,
    visitor: &Visitor,
    about: (Object, Target),
    (field, fields): (&'static str, &Fields),
) -> Result<(), Trouble> {
    let gone = || Trouble::at(field, "This policy is not there any more. Choose another one.");
    let wanted = fields.filled(field).map(|id| id.parse::<TokenLifetimePolicyId>()).transpose();
    let wanted = wanted.map_err(|_| gone())?;
    match choose(tx, server, &visitor.caller, about, wanted).await {
        Err(LifetimeError::NotFound(_)) => Err(gone()),
        done => Ok(done?),
    }
}

async fn page(server: &Server, visitor: &Visitor, which: &Which) -> Result<LifetimePage, Refusal> {
    let tenant = visitor.caller.tenant;
    let mut tx = server.read().await?;
    let subject = find(&mut tx, visitor, which).await?;
    let held = subject.held(&mut tx).await?;
    let all = policies::list(&mut tx, tenant).await?;
    let found = store::find_with_lifetimes(&mut tx, tenant, subject.principal.app_id).await?;
    let (_, lifetimes) = found.ok_or(Problem::NotFound)?;
    drop(tx);
    Ok(LifetimePage {
        inside: visitor.inside(server, Section::Apps),
        app: subject.page(visitor),
        name: subject.principal.display_name.clone(),
        here: subject.here(visitor),
        holds: in_words(lifetimes.of_app()),
        reason: held.reason(&all),
        registration: subject.registration.as_ref().map(|_| id_of(held.registration.as_ref())),
        principal: subject.has_principal.then(|| id_of(held.principal.as_ref())),
        seen: held.mark(),
        making: check_may_write(&visitor.caller).ok().map(|()| format!("{}/settings/token-lifetimes", visitor.base())),
        policies: all,
        is_done: false,
        feedback: Feedback::default(),
        call: subject.call(),
    })
}

/// As the form names it: nothing for no policy.
fn id_of(policy: Option<&TokenLifetimePolicy>) -> String {
    policy.map_or_else(String::new, |policy| policy.id.to_string())
}

/// The app, if the visitor may change it.
async fn find(tx: &mut Transaction, visitor: &Visitor, which: &Which) -> Result<Subject, Refusal> {
    let caller = &visitor.caller;
    match which {
        Which::Own(app) => {
            let id: ApplicationId = app.parse().map_err(|_| Problem::NotFound)?;
            let registration = require_manager(tx, caller, id).await?;
            let found = store::find_by_client(tx, caller.tenant, registration.app_id).await?;
            let principal = found.ok_or(Problem::NotFound)?;
            let has_principal = may_write_owned(tx, caller, Owned::from(principal.id)).await?;
            Ok(Subject { registration: Some(registration), principal, has_principal })
        }
        Which::Foreign(app) => {
            let principal = foreign::require_manager(tx, caller, app).await?;
            Ok(Subject { registration: None, principal, has_principal: true })
        }
    }
}

impl Subject {
    /// The page of the app.
    fn page(&self, visitor: &Visitor) -> String {
        match &self.registration {
            Some(registration) => format!("{}/apps/{}", visitor.base(), registration.id),
            None => format!("{}/apps/foreign/{}", visitor.base(), self.principal.id),
        }
    }

    /// The page of its lifetimes.
    fn here(&self, visitor: &Visitor) -> String {
        format!("{}/token-lifetime", self.page(visitor))
    }

    async fn held(&self, tx: &mut Transaction) -> database::Result<Held> {
        let tenant = self.principal.tenant_id;
        let registration = match &self.registration {
            Some(registration) => policies::find_held(tx, tenant, (Kind::Application, registration.id.0)).await?,
            None => None,
        };
        let principal = policies::find_held(tx, tenant, (Kind::ServicePrincipal, self.principal.id.0)).await?;
        Ok(Held { registration, principal })
    }

    /// The calls that read and change what the page shows.
    fn call(&self) -> String {
        let path = match &self.registration {
            Some(registration) => format!("/v1.0/applications/{}/tokenLifetimePolicies", registration.id),
            None => format!("/v1.0/servicePrincipals/{}/tokenLifetimePolicies", self.principal.id),
        };
        let body = r#"{ "@odata.id": "/v1.0/policies/tokenLifetimePolicies/…" }"#;
        format!("{path}\nPOST {path}/$ref\n{body}\nDELETE {path}/{{id}}/$ref")
    }
}

impl Held {
    /// The mark of the form.
    fn mark(&self) -> String {
        let ids = [&self.registration, &self.principal].map(|policy| id_of(policy.as_ref()));
        mark(ids.iter().map(String::as_str))
    }

    /// By what tokens are good as long as they are.
    fn reason(&self, all: &[TokenLifetimePolicy]) -> String {
        let default = all.iter().find(|policy| policy.is_default);
        match (&self.principal, &self.registration, default) {
            (Some(policy), ..) => format!("by {}, the policy of the service principal", policy.display_name),
            (None, Some(policy), _) => format!("by {}, the policy of the registration", policy.display_name),
            (None, None, Some(policy)) => format!("by {}, the default of the organisation", policy.display_name),
            (None, None, None) => "because no policy says otherwise".to_owned(),
        }
    }
}

impl LifetimePage {
    /// What a field offers: the id of a policy, its name with its time, and whether the object has it.
    fn choices(&self, held: &str) -> Vec<(String, String, bool)> {
        let choice = |policy: &TokenLifetimePolicy| {
            let id = policy.id.to_string();
            let is_held = id == held;
            (id, format!("{}: {}", policy.display_name, in_words(policy.lifetime())), is_held)
        };
        self.policies.iter().map(choice).collect()
    }
}
