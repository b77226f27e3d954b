//! What guests read of the directory, by the API and in the portal.
//!
//! One row for each guest, app, route, answer and hour, with how often. Reads are counted in this process as they are
//! answered, and written within about [`INTERVAL`]; a crash loses at most what was counted since. Members and programs are not
//! counted and pay nothing: the caller says who asks before anything is looked at.

use super::repeats::{HOUR, id};
use super::sign_in::home_domain;
use crate::Server;
use crate::graph::Caller;
use crate::platform::ids::{ClientId, CorrelationId, EventId, TenantId, UserId};
use crate::platform::request::Request;
use axum::extract::MatchedPath;
use axum::http::{Extensions, Method, StatusCode, Uri};
use database::{Result, Timestamp, Transaction, sql};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// How long what was counted waits for more.
pub const INTERVAL: Duration = Duration::from_millis(500);

/// Rows in one transaction.
const TOGETHER: usize = 200;

/// Rows that may wait while the database is away; reads that need a further one are dropped, which the log of the process says.
const MOST: usize = 20_000;

/// How the actions end that take a body and only read.
const ASKING: [&str; 7] = [
    "/getMemberGroups",
    "/getMemberObjects",
    "/checkMemberGroups",
    "/checkMemberObjects",
    "/getByIds",
    "/getAvailableExtensionProperties",
    "/validateProperties",
];

/// Where the API and the pages begin; what is read stands behind it.
const ROOTS: [&str; 5] = ["/v1.0/", "/beta/", "/vestibule/v1/", "/portal/{tenant}", "/myapps/{tenant}"];

database::text_enum! {
    /// How a read was answered.
    pub enum Answered {
        /// Something was told, if only that nothing is new.
        Served = "served",
        /// The guest may not read this.
        Refused = "refused",
        /// What was named is not there, or not for this guest.
        NotFound = "notFound",
    }
}

impl Answered {
    /// By the status of the answer; `None` for one that tells nothing: a redirection, a request that makes no sense, a failure.
    fn of(status: StatusCode) -> Option<Self> {
        match status {
            StatusCode::NOT_MODIFIED => Some(Self::Served),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Some(Self::Refused),
            StatusCode::NOT_FOUND | StatusCode::GONE => Some(Self::NotFound),
            status => status.is_success().then_some(Self::Served),
        }
    }
}

/// A read that a guest has asked for and that is being answered.
#[derive(Debug)]
pub struct Reading {
    tenant: TenantId,
    user: UserId,
    display_name: String,
    principal_name: String,
    home_tenant: Option<TenantId>,
    client: Option<ClientId>,
    kind: String,
    route: String,
    object: Option<Uuid>,
}

impl Reading {
    /// The read that a request is; `None` unless a guest asks, and for what changes something or is served nowhere.
    pub fn of(caller: &Caller, method: &Method, uri: &Uri, extensions: &Extensions) -> Option<Self> {
        let user = caller.user().filter(|user| user.is_guest)?;
        let route = extensions.get::<MatchedPath>()?.as_str();
        let kind = kind_of(method, route)?;
        Some(Self {
            tenant: caller.tenant,
            user: user.id,
            display_name: user.display_name.clone(),
            principal_name: user.principal_name.clone(),
            home_tenant: user.home_tenant,
            client: user.delegated.as_ref().map(|delegated| delegated.client),
            kind,
            route: route.to_owned(),
            object: object(route, uri.path()),
        })
    }

    /// Counts the read when it is answered; it is written soon.
    pub fn answered(self, server: &Arc<Server>, status: StatusCode) {
        let Some(answered) = Answered::of(status) else { return };
        let now = server.clock.now();
        let hour = now.microseconds().div_euclid(HOUR);
        let Self { tenant, user, client, route, .. } = &self;
        let id = id(hour, &format!("read {tenant} {user} {client:?} {route} {answered}"));
        let request = Request::current();
        let read = Read {
            id,
            at: Timestamp::from_microseconds(hour * HOUR),
            answered,
            reads: 1,
            first_at: now,
            last_at: now,
            client_address: request.client_address.map(|address| address.to_string()),
            correlation: request.correlation,
            reading: self,
        };
        push(server, read);
    }
}

/// What requests of a route read: the first word of the path behind its root. `None` for a route that changes something, and for
/// what is behind no root.
pub fn kind_of(method: &Method, route: &str) -> Option<String> {
    let is_read = matches!(*method, Method::GET | Method::HEAD) || ASKING.iter().any(|end| route.ends_with(end));
    let rest = ROOTS.iter().find_map(|root| route.strip_prefix(root)).filter(|_| is_read)?;
    let word = rest.trim_start_matches('/').split('/').next().unwrap_or_default();
    Some(match word {
        "" if route.starts_with("/myapps/") => "myApps".to_owned(),
        "" => "overview".to_owned(),
        word => word.to_owned(),
    })
}

/// The first object that the path names, besides the organisation.
fn object(route: &str, path: &str) -> Option<Uuid> {
    let named = route.split('/').zip(path.split('/')).find(|(word, _)| word.starts_with('{') && *word != "{tenant}");
    named.and_then(|(_, id)| id.parse().ok())
}

/// A row, as far as this process has counted it.
#[derive(Debug)]
struct Read {
    id: EventId,
    at: Timestamp,
    reading: Reading,
    answered: Answered,
    reads: i64,
    first_at: Timestamp,
    last_at: Timestamp,
    client_address: Option<String>,
    correlation: CorrelationId,
}

impl Read {
    /// Both together, the later one last.
    fn and(self, later: Self) -> Self {
        let object = later.reading.object.or(self.reading.object);
        Self {
            reads: self.reads.saturating_add(later.reads),
            first_at: self.first_at.min(later.first_at),
            last_at: self.last_at.max(later.last_at),
            reading: Reading { object, ..later.reading },
            ..later
        }
    }
}

/// What was counted in this process and is not written yet.
#[derive(Debug, Default)]
pub struct UnwrittenReads {
    waiting: Mutex<HashMap<EventId, Read>>,
    /// Held while they are written, so that whoever wants all of them written waits for those that are on their way.
    writing: tokio::sync::Mutex<()>,
}

fn push(server: &Arc<Server>, read: Read) {
    let mut waiting = server.reads.waiting.lock().unwrap_or_else(PoisonError::into_inner);
    let is_first = waiting.is_empty();
    if waiting.len() >= MOST && !waiting.contains_key(&read.id) {
        tracing::error!("a read by a guest was not counted, because too many wait for the database");
        return;
    }
    let earlier = waiting.remove(&read.id);
    let read = match earlier {
        Some(earlier) => earlier.and(read),
        None => read,
    };
    waiting.insert(read.id, read);
    drop(waiting);
    if is_first {
        let server = Arc::clone(server);
        tokio::spawn(async move { write_until_done(&server).await });
    }
}

async fn write_until_done(server: &Server) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        match flush(server).await {
            Ok(()) => return,
            Err(failure) => tracing::error!(%failure, "reads by guests could not be written and are tried again"),
        }
    }
}

/// Writes what was counted; also called before the process ends.
pub async fn flush(server: &Server) -> Result<()> {
    let _writing = server.reads.writing.lock().await;
    let taken = std::mem::take(&mut *server.reads.waiting.lock().unwrap_or_else(PoisonError::into_inner));
    let mut reads: Vec<Read> = taken.into_values().collect();
    // Always in the same order, so that two processes that count on the same rows do not wait for each other in a circle.
    reads.sort_unstable_by_key(|read| (read.reading.tenant.0, read.id.0));
    let mut written = 0;
    for together in reads.chunks(TOGETHER) {
        if let Err(failure) = write(server, together).await {
            put_back(server, reads.drain(written..));
            return Err(failure);
        }
        written += together.len();
    }
    Ok(())
}

/// What could not be written counts on with what came since.
fn put_back(server: &Server, reads: impl Iterator<Item = Read>) {
    let mut waiting = server.reads.waiting.lock().unwrap_or_else(PoisonError::into_inner);
    for read in reads {
        let read = match waiting.remove(&read.id) {
            Some(later) => read.and(later),
            None => read,
        };
        waiting.insert(read.id, read);
    }
}

async fn write(server: &Server, reads: &[Read]) -> Result<()> {
    let mut tx = server.write().await?;
    for read in reads {
        insert(&mut tx, read).await?;
    }
    tx.commit().await
}

/// Writes one row, or adds to the one with its id.
async fn insert(tx: &mut Transaction, read: &Read) -> Result<()> {
    let reading = &read.reading;
    tx.query(sql!(
        "INSERT INTO directory_read (tenant_id, id, at, user_id, user_display_name, user_principal_name, home_tenant_id,
                                     home_domain, app_id, kind, route, answered, reads, first_at, last_at, object_id,
                                     client_address, correlation_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
         ON CONFLICT (tenant_id, id) DO UPDATE SET
             reads = directory_read.reads + excluded.reads,
             first_at = CASE WHEN excluded.first_at < directory_read.first_at THEN excluded.first_at
                             ELSE directory_read.first_at END,
             last_at = CASE WHEN excluded.last_at > directory_read.last_at THEN excluded.last_at
                            ELSE directory_read.last_at END,
             object_id = COALESCE(excluded.object_id, directory_read.object_id),
             client_address = excluded.client_address, correlation_id = excluded.correlation_id"
    ))
    .bind(reading.tenant)
    .bind(read.id)
    .bind(read.at)
    .bind(reading.user)
    .bind(reading.display_name.clone())
    .bind(reading.principal_name.clone())
    .bind(reading.home_tenant)
    .bind(home_domain(&reading.principal_name).map(str::to_ascii_lowercase))
    .bind(reading.client)
    .bind(reading.kind.clone())
    .bind(reading.route.clone())
    .bind(read.answered)
    .bind(read.reads)
    .bind(read.first_at)
    .bind(read.last_at)
    .bind(reading.object)
    .bind(read.client_address.clone())
    .bind(read.correlation)
    .execute()
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_known_by_the_route_alone() {
        for (route, told) in [
            ("/v1.0/users", "users"),
            ("/v1.0/users/{user}/memberOf", "users"),
            ("/vestibule/v1/invitations/{id}", "invitations"),
            ("/portal/{tenant}/users/{id}", "users"),
            ("/portal/{tenant}", "overview"),
            ("/myapps/{tenant}/", "myApps"),
            ("/myapps/{tenant}/permissions", "permissions"),
        ] {
            assert_eq!(kind_of(&Method::GET, route).as_deref(), Some(told), "{route}");
        }
        assert_eq!(kind_of(&Method::POST, "/v1.0/me/getMemberGroups").as_deref(), Some("me"), "it only asks");
        for (method, route) in [(Method::POST, "/v1.0/users"), (Method::GET, "/{tenant}/sign-out")] {
            assert_eq!(kind_of(&method, route), None, "{method} {route}");
        }
    }

    #[test]
    fn the_object_is_the_first_that_the_path_names() {
        let id = "2c1f7b6e-0f43-4c56-9f0e-5d1a7be3a912";
        let named = |route: &str, path: String| object(route, &path).map(|id| id.to_string());
        assert_eq!(named("/v1.0/users/{user}", format!("/v1.0/users/{id}")).as_deref(), Some(id));
        let page = format!("/portal/contoso.example/users/{id}");
        assert_eq!(named("/portal/{tenant}/users/{id}", page).as_deref(), Some(id));
        assert_eq!(named("/v1.0/users/{user}", "/v1.0/users/sam@fabrikam.example".to_owned()), None);
        assert_eq!(named("/v1.0/users", "/v1.0/users".to_owned()), None);
    }

    #[test]
    fn what_could_not_be_written_counts_on_with_what_came_since() {
        let reading = |object| Reading {
            tenant: TenantId(Uuid::nil()),
            user: UserId(Uuid::nil()),
            display_name: "Sam".to_owned(),
            principal_name: "sam@fabrikam.example".to_owned(),
            home_tenant: None,
            client: None,
            kind: "users".to_owned(),
            route: "/v1.0/users".to_owned(),
            object,
        };
        let read = |at: i64, reads: i64, object: Option<Uuid>| Read {
            id: EventId(Uuid::nil()),
            at: Timestamp::from_microseconds(0),
            reading: reading(object),
            answered: Answered::Served,
            reads,
            first_at: Timestamp::from_microseconds(at),
            last_at: Timestamp::from_microseconds(at),
            client_address: None,
            correlation: CorrelationId(Uuid::from_u128(u128::from(at.unsigned_abs()))),
        };
        let named = Some(Uuid::from_u128(7));
        let both = read(1, 3, named).and(read(2, 4, None));
        assert_eq!((both.reads, both.first_at.microseconds(), both.last_at.microseconds()), (7, 1, 2));
        assert_eq!((both.correlation.0, both.reading.object), (Uuid::from_u128(2), named));
    }

    #[test]
    fn an_answer_that_tells_nothing_is_no_read() {
        let by = |status: u16| Answered::of(StatusCode::from_u16(status).expect("a status"));
        assert_eq!((by(200), by(304)), (Some(Answered::Served), Some(Answered::Served)));
        assert_eq!((by(403), by(404)), (Some(Answered::Refused), Some(Answered::NotFound)));
        assert_eq!((by(303), by(400), by(503)), (None, None, None));
    }
}
