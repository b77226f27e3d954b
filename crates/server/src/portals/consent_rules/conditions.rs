//! The form of further conditions: what was typed, and the set it means.

use crate::Server;
use crate::platform::ids::{ClientId, TenantId};
use crate::portals::failure::Failure;
use crate::service_principals::{self, ServicePrincipal};
use crate::tenants::grant_policies::{Classification, ConditionSet, MOST_ENTRIES, PermissionType, Side};
use crate::web::fields::Fields;
use database::Transaction;
use uuid::Uuid;

/// What was typed. Conditions that no app here can meet are not offered: publishers, and permissions of programs.
#[derive(Debug, Clone, Default)]
pub(super) struct ConditionsForm {
    /// `includes` or `excludes`
    pub(super) side: String,
    /// The client id of the app whose permissions are meant, or nothing for any.
    pub(super) resource: String,
    /// Names of permissions, or nothing for any.
    pub(super) permissions: String,
    /// Whether the organisation has to have said that there is little risk in them.
    pub(super) low: bool,
    /// Client ids of the apps that want them, or nothing for any.
    pub(super) clients: String,
    /// Whether any app means those of other organisations, too.
    pub(super) elsewhere: bool,
}

impl ConditionsForm {
    /// The form that was sent.
    pub(super) fn read(fields: &Fields) -> Self {
        let text = |name| fields.get(name).to_owned();
        Self {
            side: text("side"),
            resource: text("resource"),
            permissions: text("permissions"),
            low: fields.is_ticked("low"),
            clients: text("clients"),
            elsewhere: fields.is_ticked("elsewhere"),
        }
    }

    /// The set it means, and its side.
    ///
    /// # Errors
    /// `Mistake` names the first field that names nothing here.
    pub(super) async fn set(
        &self,
        server: &Server,
        tx: &mut Transaction,
        tenant: TenantId,
    ) -> Result<(Side, ConditionSet), Failure> {
        let side = Side::parse(&self.side).ok_or_else(|| mistake("side", "Choose one of the answers."))?;
        let resource = match self.resource.as_str() {
            "" => None,
            text => Some(app(tx, tenant, ("resource", text)).await?),
        };
        let permissions = permissions(resource.as_ref(), &words("permissions", &self.permissions)?)?;
        let mut clients = Vec::new();
        for text in words("clients", &self.clients)? {
            clients.push(app(tx, tenant, ("clients", text)).await?.app_id);
        }
        // Whoever runs another organisation on the server registers what they like, so that none of theirs is let in unless
        // somebody said so. What is barred is barred wherever it was registered.
        let is_of_anybody = side == Side::Excludes || self.elsewhere || !clients.is_empty();
        let set = ConditionSet {
            id: server.entropy.uuid(server.clock.now()),
            permission_type: PermissionType::Delegated,
            resource: resource.map(|app| app.app_id),
            permissions: (!permissions.is_empty()).then_some(permissions),
            classification: self.low.then_some(Classification::Low),
            clients: (!clients.is_empty()).then_some(clients),
            tenants: (!is_of_anybody).then(|| vec![tenant]),
            publishers: None,
            verified_publishers_only: false,
        };
        Ok((side, set))
    }
}

/// What stands between spaces, commas or on lines of its own.
fn words<'t>(field: &'static str, text: &'t str) -> Result<Vec<&'t str>, Failure> {
    let is_between = |c: char| c.is_whitespace() || c == ',';
    let words: Vec<&str> = text.split(is_between).filter(|word| !word.is_empty()).collect();
    if words.len() > MOST_ENTRIES {
        return Err(Failure::Mistake(field, format!("At most {MOST_ENTRIES} are possible.")));
    }
    Ok(words)
}

/// The app with a client id.
async fn app(
    tx: &mut Transaction,
    tenant: TenantId,
    (field, text): (&'static str, &str),
) -> Result<ServicePrincipal, Failure> {
    let missing = || Failure::Mistake(field, format!("No app here has the client id {text}."));
    let client: ClientId = text.parse().map_err(|_| missing())?;
    service_principals::store::find_by_client(tx, tenant, client).await?.ok_or_else(missing)
}

/// The ids of permissions by the names they have where they are exposed.
fn permissions(resource: Option<&ServicePrincipal>, names: &[&str]) -> Result<Vec<Uuid>, Failure> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let resource = resource.ok_or_else(|| mistake("resource", "Say whose permissions these are."))?;
    let exposed = resource.exposed_scopes();
    let id = |name: &&str| {
        let found = exposed.iter().find(|scope| scope.value == *name);
        found.map(|scope| scope.id).ok_or_else(|| {
            Failure::Mistake("permissions", format!("{} has no permission {name}.", resource.display_name))
        })
    };
    names.iter().map(id).collect()
}

fn mistake(field: &'static str, problem: &str) -> Failure {
    Failure::Mistake(field, problem.to_owned())
}
