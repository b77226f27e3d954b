//! What the forms of an app show, and whether it is still so. Each form has a mark of its own: a role that somebody adds
//! does not hold up who writes an address.

use super::claims;
use super::trouble::{Complaint, Trouble};
use crate::applications::{Application, group_claims};
use crate::graph::Permission;
use crate::platform::ids::TenantId;
use crate::service_principals::{ServicePrincipal, delegated_scope, permissions_of};
use crate::web::complaint::Answers;
use crate::web::failed_form::FailedForm;
use crate::web::fields::Fields;
use crate::web::seen::mark;
use database::Transaction;

/// The fields of the form of addresses that are shown again when it was out of date.
const WRITTEN: [(&str, &str); 9] = [
    ("name", "Name"),
    ("web", "Redirect addresses of a server"),
    ("spa", "Redirect addresses of a page in the browser"),
    ("public", "Redirect addresses of a program on a device"),
    ("home", "Home page"),
    ("logout", "Sign-out address"),
    ("algorithm", "Tokens are signed with"),
    ("groups", "Groups in tokens"),
    ("audience", "Who can sign in"),
];

/// The mark of the form of addresses.
pub fn addresses(app: &Application) -> String {
    let lists = [&app.web_redirect_uris, &app.spa_redirect_uris, &app.public_redirect_uris].map(|list| list.join("\n"));
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let algorithm = format!("{:?}", app.signing_algorithm);
    let groups = group_claims::text(&app.group_membership_claims).unwrap_or_default();
    let audience = app.sign_in_audience.as_str().to_owned();
    let others =
        [app.display_name.clone(), text(&app.home_page_url), text(&app.logout_url), algorithm, groups, audience];
    mark(lists.iter().chain(&others).map(String::as_str))
}

/// The mark of the form of further claims.
pub fn further_claims(app: &Application) -> String {
    let (id_token, access_token) = (&app.optional_claims.id_token, &app.optional_claims.access_token);
    mark(["id"].into_iter().chain(claims::given(id_token)).chain(["access"]).chain(claims::given(access_token)))
}

/// The mark of the form that says who may use the app.
pub fn access(principal: &ServicePrincipal) -> String {
    let word = |yes: bool| if yes { "yes" } else { "no" };
    mark([word(principal.account_enabled), word(principal.app_role_assignment_required)])
}

/// The mark of a form of permissions.
pub fn permissions(held: &[Permission]) -> String {
    mark(Permission::ALL.iter().filter(|permission| held.contains(permission)).map(|permission| permission.name()))
}

/// Refuses a form about the registration or about permissions that overwrites what it did not show.
pub async fn require(
    tx: &mut Transaction,
    (tenant, part): (TenantId, &str),
    (app, principal): (&Application, &ServicePrincipal),
    fields: &Fields,
) -> Result<(), Trouble> {
    let now = match part {
        "addresses" => addresses(app),
        "claims" => further_claims(app),
        "permissions" => permissions(&permissions_of(tx, tenant, principal.id).await?),
        "delegated" => permissions(&delegated_scope(tx, tenant, principal.id).await?),
        _ => return Ok(()),
    };
    if fields.get("seen") == now { Ok(()) } else { Err(Trouble::Stale) }
}

/// A form that did nothing: shown again as it was written, or in words what was written into it if it was out of date.
pub fn failed(part: String, fields: Fields, complaint: Complaint, is_stale: bool) -> FailedForm {
    if is_stale {
        FailedForm::late(complaint, written(&part, &fields))
    } else {
        FailedForm::again(part, fields, complaint)
    }
}

/// What was written into a form, in words.
fn written(part: &str, fields: &Fields) -> Answers {
    let ticked = |name| if fields.is_ticked(name) { "yes" } else { "no" }.to_owned();
    match part {
        "addresses" => WRITTEN.iter().map(|(name, label)| (*label, fields.get(name).to_owned())).collect(),
        "access" => {
            vec![("The app is on", ticked("enabled")), ("Only for those who are assigned", ticked("required"))]
        }
        "claims" => [("ID tokens", claims::ID_TOKEN), ("Access tokens", claims::ACCESS_TOKEN)]
            .into_iter()
            .map(|(label, field)| (label, fields.all(field).join(", ")))
            .collect(),
        "permissions" | "delegated" => vec![("Ticked", fields.all("permission").join(", "))],
        _ => Vec::new(),
    }
}
