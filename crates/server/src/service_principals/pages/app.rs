//! One app with everything about it.

use super::claims;
use super::grants::{self, Choice};
use super::standing::{AppStanding, Wanted};
use super::{lifetime, require_manager, seen};
use crate::Server;
use crate::applications::{
    self, Application, ApplicationKey, ApplicationSecret, GroupClaim, Key, Owned, SignInAudience, SigningAlgorithm,
    group_claims,
};
use crate::platform::Timestamp;
use crate::platform::ids::ApplicationId;
use crate::service_principals::{delegated_scope, permissions_of, store};
use crate::token_lifetimes::in_words;
use crate::web::dates;
use crate::web::failed_form::FailedForm;
use crate::web::numbers::Counted;
use crate::web::pages::Problem;
use crate::web::path::Path;
use crate::web::portal::Refusal;
use crate::web::query::Query;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde_json::json;
use std::sync::Arc;

/// What the page shows. After a form it also says what went wrong, or shows a new secret, once.
#[derive(Template)]
#[template(path = "service_principals/pages/app.html")]
pub struct AppPage {
    inside: Inside,
    here: String,
    app: Application,
    standing: AppStanding,
    secrets: Vec<SecretRow>,
    certificates: Vec<SecretRow>,
    permissions: Vec<Choice>,
    scopes: Vec<Choice>,
    id_claims: Vec<claims::Choice>,
    access_claims: Vec<claims::Choice>,
    /// How long tokens for the app are good, in words.
    lifetime: String,
    seen: Seen,
    /// The form that did nothing, with what was written.
    pub sent: FailedForm,
    /// The text of a secret that was just made.
    pub new_secret: Option<String>,
}

/// The marks of the forms that overwrite.
struct Seen {
    addresses: String,
    claims: String,
    permissions: String,
    delegated: String,
}

struct SecretRow {
    id: String,
    name: String,
    hint: String,
    begins: String,
    ends: String,
    has_ended: bool,
}

/// `GET /portal/{tenant}/apps/{app}`
pub async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((_, app)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let outcome = match (page(&server, &visitor, &app, &wanted).await, wanted.ask.as_str()) {
        (Ok(page), "remove") => asking_to_remove(&server, page).await,
        (outcome, _) => outcome,
    };
    visitor.respond(&server, outcome)
}

/// The question before the app is removed, with the invitations it concerns.
async fn asking_to_remove(server: &Server, mut page: AppPage) -> Result<AppPage, Refusal> {
    /// No more are counted.
    const MOST: i64 = 1000;
    let mut tx = server.read().await?;
    let (tenant, app) = (page.app.tenant_id, page.app.id);
    let count = store::count_open_invitations(&mut tx, tenant, app, server.clock.now(), MOST + 1).await?;
    let those = match count {
        0 => String::new(),
        1 => "1 open invitation leads".to_owned(),
        count if count > MOST => format!("More than {MOST} open invitations lead"),
        count => format!("{count} open invitations lead"),
    };
    let leading = format!(
        "{those} to it. Whoever accepts one lands on My Apps instead, or at the same address where it lies below a domain of \
         yours."
    );
    let end = page.end();
    page.standing.ask_to_remove(&page.here, &end, Some(leading).filter(|_| count > 0));
    Ok(page)
}

/// Reads everything the page shows.
pub async fn page(server: &Server, visitor: &Visitor, app: &str, wanted: &Wanted) -> Result<AppPage, Refusal> {
    let tenant = visitor.caller.tenant;
    let id: ApplicationId = app.parse().map_err(|_| Problem::NotFound)?;
    let mut tx = server.read().await?;
    let app = require_manager(&mut tx, &visitor.caller, id).await?;
    let found = store::find_with_lifetimes(&mut tx, tenant, app.app_id).await?;
    let (principal, lifetimes) = found.ok_or(Problem::NotFound)?;
    let mut secrets = applications::store::list_secrets(&mut tx, tenant, id).await?;
    secrets.retain(|secret| secret.service_principal_id.is_none_or(|owner| owner == principal.id));
    let certificates = applications::key_store::list(&mut tx, tenant, id).await?;
    let permissions = permissions_of(&mut tx, tenant, principal.id).await?;
    let scopes = delegated_scope(&mut tx, tenant, principal.id).await?;
    let here = format!("{}/apps/{id}", visitor.base());
    let owned = [Owned::from(app.id), Owned::from(principal.id)];
    let standing = AppStanding::read(&mut tx, visitor, (&here, wanted), principal, &owned).await?;
    drop(tx);
    let now = server.clock.now();
    Ok(AppPage {
        inside: visitor.inside(server, Section::Apps),
        here,
        secrets: secrets.iter().map(|secret| secret_row(secret, now)).collect(),
        certificates: certificates.iter().map(|certificate| certificate_row(certificate, now)).collect(),
        permissions: grants::permission_choices(&permissions),
        scopes: grants::scope_choices(&scopes),
        id_claims: claims::choices(&app.optional_claims.id_token),
        access_claims: claims::choices(&app.optional_claims.access_token),
        lifetime: in_words(lifetimes.of_app()),
        seen: Seen {
            addresses: seen::addresses(&app),
            claims: seen::further_claims(&app),
            permissions: seen::permissions(&permissions),
            delegated: seen::permissions(&scopes),
        },
        app,
        standing,
        sent: FailedForm::default(),
        new_secret: None,
    })
}

impl AppPage {
    fn is_es256(&self) -> bool {
        let kept = self.app.signing_algorithm;
        let written = self.sent.written("addresses");
        let written = written.and_then(|fields| SigningAlgorithm::parse(fields.get("algorithm")));
        written.unwrap_or(kept) == SigningAlgorithm::Es256
    }

    fn is_for_several(&self) -> bool {
        let written = self.sent.written("addresses").and_then(|fields| SignInAudience::parse(fields.get("audience")));
        written.unwrap_or(self.app.sign_in_audience) == SignInAudience::SeveralOrganizations
    }

    /// What tokens may tell of groups, and whether it is so. What only programs can set is shown as long as it is kept.
    fn group_choices(&self) -> Vec<(String, &'static str, bool)> {
        const NONE: &str = "None";
        let kept = group_claims::text(&self.app.group_membership_claims).unwrap_or_else(|| NONE.to_owned());
        let chosen = self.sent.text("addresses", "groups", &kept);
        let mut choices = vec![
            (NONE.to_owned(), "None"),
            (GroupClaim::ApplicationGroup.to_string(), "Those that are assigned to the app"),
            (GroupClaim::SecurityGroup.to_string(), "All that the person belongs to"),
            (GroupClaim::DirectoryRole.to_string(), "Directory roles alone"),
            (GroupClaim::All.to_string(), "All groups, and directory roles"),
        ];
        if !choices.iter().any(|(value, _)| *value == kept) {
            choices.push((kept, "As a program has set it"));
        }
        let marked = choices.into_iter().map(|(value, word)| {
            let is_chosen = value == chosen;
            (value, word, is_chosen)
        });
        marked.collect()
    }

    /// How long a new secret may live, and which choice is made.
    fn lifetimes(&self) -> Vec<(&'static str, &'static str, bool)> {
        lifetime::choices(&self.sent.text("add-secret", "lifetime", ""))
    }
    /// What removing the app does.
    fn end(&self) -> String {
        let number = self.standing.number;
        let people = if number == Counted::exactly(0) {
            "nobody can sign in to it any more".to_owned()
        } else if number == Counted::exactly(1) {
            "neither the one who is assigned nor anybody else can sign in to it any more".to_owned()
        } else {
            format!("neither the {number} who are assigned nor anybody else can sign in to it any more")
        };
        let secrets = match self.secrets.len() {
            0 => String::new(),
            1 => ", and its secret stops working".to_owned(),
            count => format!(", and its {count} secrets stop working"),
        };
        format!("Once it is removed, {people}{secrets}.")
    }

    /// The call that keeps the further claims, with those that are kept.
    fn claims_call(&self) -> String {
        format!("{}\n{}", self.call(), json!({ "optionalClaims": self.app.optional_claims }))
    }

    /// The mark of the form of the logo.
    fn logo_seen(&self) -> &str {
        self.app.kept.details.logo.as_deref().unwrap_or_default()
    }

    /// The calls that set and remove the logo.
    fn logo_call(&self) -> String {
        format!("{0}/logo\nDELETE {0}/logo", self.call())
    }

    /// The call that reads what the page shows.
    fn call(&self) -> String {
        format!("/v1.0/applications/{}", Key::Id(self.app.id))
    }
}

fn certificate_row(certificate: &ApplicationKey, now: Timestamp) -> SecretRow {
    SecretRow {
        id: certificate.id.to_string(),
        name: certificate.display_name.clone().unwrap_or_else(|| "Certificate".to_owned()),
        hint: certificate.shown_thumbprint(),
        begins: dates::day(certificate.starts_at),
        ends: dates::day(certificate.ends_at),
        has_ended: certificate.ends_at <= now,
    }
}

fn secret_row(secret: &ApplicationSecret, now: Timestamp) -> SecretRow {
    let name = secret.display_name.as_deref().unwrap_or("Secret");
    SecretRow {
        id: secret.id.to_string(),
        name: match secret.service_principal_id {
            Some(_) => format!("{name} (of the service principal)"),
            None => name.to_owned(),
        },
        hint: secret.hint.clone(),
        begins: dates::day(secret.starts_at),
        ends: dates::day(secret.ends_at),
        has_ended: secret.ends_at <= now,
    }
}
