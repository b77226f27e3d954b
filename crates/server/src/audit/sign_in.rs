//! The sign-in log.
//!
//! What a person did at a page is written in the transaction it belongs to ([`record`]). What programs do by themselves,
//! many times a second, is written in groups ([`super::group`]).

use super::repeats::Repeats;
use crate::Server;
use crate::platform::ids::{ClientId, EventId, ServicePrincipalId, TenantId, UserId};
use crate::platform::request::Request;
use database::{Query, Result, Timestamp, Transaction, sql};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Longest name that is written, in characters: more than any sign-in name has, less than anybody can type.
const LONGEST_NAME: usize = 512;

/// One sign-in, let in or turned away.
#[derive(Debug, Clone, Default)]
pub struct SignIn {
    /// The user, if the name was one of ours.
    pub user: Option<UserId>,
    /// Their name.
    pub user_display_name: Option<String>,
    /// What they sign in as: the name of a user, or what somebody typed, cut where no name is that long.
    pub user_principal_name: Option<String>,
    /// The tenant they are at home in, when it is on this server: that of a member or program itself; none for a guest who
    /// proves a mailbox, and none for a name that is not ours.
    pub home_tenant: Option<TenantId>,
    /// The app they are on the way to.
    pub client: Option<ClientId>,
    /// Its name.
    pub client_display_name: Option<String>,
    /// The resource of the token.
    pub resource: Option<String>,
    /// Its name.
    pub resource_display_name: Option<String>,
    /// The service principal, for a program that signs in by itself.
    pub service_principal: Option<ServicePrincipalId>,
    /// Whether a person did something for it.
    pub is_interactive: bool,
    /// The number behind `AADSTS`; 0 for success.
    pub error_code: i64,
    /// Why not.
    pub failure_reason: Option<String>,
    /// `password`, `passcode`, `session`, `secret`.
    pub method: Option<&'static str>,
}

impl SignIn {
    /// Where whoever it was is at home.
    fn home_domain(&self) -> Option<String> {
        self.user_principal_name.as_deref().and_then(home_domain).map(str::to_ascii_lowercase)
    }

    /// The same without who it was.
    fn of_nobody(self) -> Self {
        Self {
            user: None,
            user_display_name: None,
            user_principal_name: None,
            home_tenant: None,
            service_principal: None,
            ..self
        }
    }
}

/// A sign-in with its instant and its request.
#[derive(Debug, Clone)]
pub struct Row {
    tenant: TenantId,
    pub(super) id: EventId,
    at: Timestamp,
    request: Request,
    sign_in: SignIn,
    /// How many sign-ins it tells of.
    attempts: i64,
}

impl Row {
    /// A sign-in that happens now, for the request at hand.
    pub fn new(server: &Server, tenant: TenantId, mut sign_in: SignIn) -> Self {
        if let Some(name) = &mut sign_in.user_principal_name
            && let Some((end, _)) = name.char_indices().nth(LONGEST_NAME)
        {
            name.truncate(end);
        }
        let at = server.clock.now();
        let kind = if sign_in.is_interactive { "person" } else { "program" };
        server.measures.signed_in(kind, sign_in.error_code);
        let id = EventId(server.entropy.uuid(at));
        Self { tenant, id, at, request: Request::current(), sign_in, attempts: 1 }
    }

    /// With the id of the row that counts it, if it is one of many.
    #[must_use]
    pub(super) fn counted(mut self, repeats: &mut Repeats) -> Self {
        if let Some(place) = repeats.place(self.tenant, self.at, self.request.client_address, &self.sign_in) {
            self.id = place.id;
            if !place.is_of_one {
                self.sign_in = self.sign_in.of_nobody();
            }
        }
        self
    }

    /// Continues a statement that writes rows of its tenant with this one.
    fn add(self, query: &mut Query<'_>) {
        let Self { id, at, request, sign_in, attempts, .. } = self;
        let home = sign_in.home_domain();
        query.push(", ($1, ").value(id).push(", ").value(at).push(", ").value(sign_in.user);
        query.push(", ").value(sign_in.user_display_name).push(", ").value(sign_in.user_principal_name);
        query.push(", ").value(sign_in.home_tenant).push(", ").value(sign_in.client);
        query.push(", ").value(sign_in.client_display_name).push(", ").value(sign_in.resource);
        query.push(", ").value(sign_in.resource_display_name).push(", ").value(sign_in.service_principal);
        query.push(", ").value(sign_in.is_interactive);
        query.push(", ").value(request.client_address.map(|address| address.to_string()));
        query.push(", ").value(request.user_agent).push(", ").value(request.correlation);
        query.push(", ").value(sign_in.error_code).push(", ").value(sign_in.failure_reason);
        query.push(", ").value(sign_in.method).push(", ").value(home).push(", ").value(attempts).push(")");
    }
}

/// The network a client is limited by: itself, or the /64 of its IPv6 address.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
    }
}

/// Writes one sign-in that happens now.
pub async fn record(tx: &mut Transaction, server: &Server, tenant: TenantId, sign_in: SignIn) -> Result<()> {
    record_known(tx, server, tenant, sign_in).await.map(|_| ())
}

/// The same; the id of the row.
pub async fn record_known(tx: &mut Transaction, server: &Server, tenant: TenantId, sign_in: SignIn) -> Result<EventId> {
    let row = Row::new(server, tenant, sign_in);
    let id = row.id;
    insert_some(tx, tenant, vec![row]).await?;
    Ok(id)
}

/// How many rows one statement writes: few numbers, because an engine plans and keeps a statement for each.
const TOGETHER: [usize; 3] = [64, 8, 1];

/// Writes rows, with as few statements as may be; where there is a row with the id of one, its attempts are added to that.
pub(super) async fn insert_all(tx: &mut Transaction, rows: Vec<Row>) -> Result<()> {
    // What one statement writes has to be of one tenant, and each row once.
    let mut of_tenants: BTreeMap<TenantId, BTreeMap<EventId, Row>> = BTreeMap::new();
    for row in rows {
        let attempts = row.attempts;
        let known = of_tenants.entry(row.tenant).or_default().entry(row.id);
        known.and_modify(|known| known.attempts += attempts).or_insert(row);
    }
    for (tenant, rows) in of_tenants {
        let mut rest: Vec<Row> = rows.into_values().collect();
        for size in TOGETHER {
            while rest.len() >= size {
                let these = rest.split_off(rest.len() - size);
                insert_some(tx, tenant, these).await?;
            }
        }
    }
    Ok(())
}

/// Writes rows of one tenant with ids of their own.
async fn insert_some(tx: &mut Transaction, tenant: TenantId, rows: Vec<Row>) -> Result<()> {
    let mut rows = rows.into_iter();
    let Some(Row { id, at, request, sign_in, attempts, .. }) = rows.next() else { return Ok(()) };
    let home = sign_in.home_domain();
    let mut query = tx
        .query(sql!(
            "INSERT INTO sign_in (tenant_id, id, at, user_id, user_display_name, user_principal_name, home_tenant_id,
                                  app_id, app_display_name, resource_id, resource_display_name, service_principal_id,
                                  is_interactive, client_address, user_agent, correlation_id, error_code,
                                  failure_reason, method, home_domain, attempts)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)"
        ))
        .bind(tenant)
        .bind(id)
        .bind(at)
        .bind(sign_in.user)
        .bind(sign_in.user_display_name)
        .bind(sign_in.user_principal_name)
        .bind(sign_in.home_tenant)
        .bind(sign_in.client)
        .bind(sign_in.client_display_name)
        .bind(sign_in.resource)
        .bind(sign_in.resource_display_name)
        .bind(sign_in.service_principal)
        .bind(sign_in.is_interactive)
        .bind(request.client_address.map(|address| address.to_string()))
        .bind(request.user_agent)
        .bind(request.correlation)
        .bind(sign_in.error_code)
        .bind(sign_in.failure_reason)
        .bind(sign_in.method)
        .bind(home)
        .bind(attempts);
    for row in rows {
        row.add(&mut query);
    }
    query.push(" ON CONFLICT (tenant_id, id) DO UPDATE SET attempts = sign_in.attempts + excluded.attempts");
    query.execute().await?;
    Ok(())
}

/// Where the person of a sign-in name is at home. A guest's name holds the address they were invited by, with an
/// underscore in place of the `@` (Entra: `sam_fabrikam.example#EXT#@contoso.example`); no domain has one.
pub(super) fn home_domain(principal_name: &str) -> Option<&str> {
    match principal_name.split_once("#EXT#") {
        Some((address, _)) => Some(address.rsplit_once('_')?.1),
        None => Some(principal_name.rsplit_once('@')?.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_is_at_home_where_they_were_invited() {
        assert_eq!(home_domain("sam_r_fabrikam.example#EXT#@contoso.example"), Some("fabrikam.example"));
        assert_eq!(home_domain("ines@contoso.example"), Some("contoso.example"));
        assert_eq!(home_domain("nobody"), None);
    }
}
