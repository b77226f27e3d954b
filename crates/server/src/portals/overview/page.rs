//! The page itself.

use super::attention::{self, Need};
use super::chart::{self, HOME_WIDTH, Homes, SignIns, Step};
use super::store::{self, Funnel, INVITATIONS, MOST};
use crate::Server;
use crate::applications::operations::may_write;
use crate::audit::tally::{self, Day};
use crate::invitations::operations::SOON;
use crate::platform::Timestamp;
use crate::platform::clock::{calendar, rfc3339};
use crate::users::census;
use crate::web::address::PageAddress;
use crate::web::answer;
use crate::web::dates;
use crate::web::language::Language;
use crate::web::names;
use crate::web::numbers::{self, grouped};
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::Router;
use axum::extract::State as Shared;
use axum::response::Response;
use axum::routing::get;
use jiff::tz::TimeZone;
use std::sync::Arc;
use std::time::Duration;

/// How far back the funnel looks.
const FUNNEL: Duration = Duration::from_hours(30 * 24);

pub(in crate::portals) fn routes() -> Router<Arc<Server>> {
    Router::new().route("/portal/{tenant}", get(begin)).route("/portal/{tenant}/", get(begin))
}

#[derive(Template)]
#[template(path = "portals/overview/overview.html")]
struct OverviewPage {
    inside: Inside,
    today: String,
    figures: Vec<Figure>,
    sign_ins: SignIns,
    let_in: i64,
    turned_away: i64,
    needs: Vec<Need>,
    steps: Vec<Step>,
    funnel_of: Option<String>,
    unsent: Option<String>,
    homes: Homes,
    guests: i64,
    counted_at: Option<String>,
    call: String,
}

/// A large number with what it counts.
struct Figure {
    number: String,
    name: &'static str,
    more: String,
}

/// Whoever administers users begins with the overview, whoever changes every app with the apps, other holders of roles with the
/// users, everybody else with their own apps.
async fn begin(Shared(server): Shared<Arc<Server>>, visitor: Visitor) -> Response {
    if visitor.caller.may_administer_users() {
        let outcome = page(&server, &visitor).await;
        return visitor.respond(&server, outcome);
    }
    let place = match crate::portals::require_role(&visitor.caller) {
        Ok(()) if may_write(&visitor.caller) => format!("{}/apps", visitor.base()),
        Ok(()) => format!("{}/users", visitor.base()),
        Err(_) => format!("/myapps/{}", visitor.tenant_domain),
    };
    answer::see_other(&place)
}

async fn page(server: &Server, visitor: &Visitor) -> Result<OverviewPage, Refusal> {
    let (tenant, now, base) = (visitor.caller.tenant, server.clock.now(), visitor.base());
    let mut tx = server.read().await?;
    let days = tally::days(&mut tx, tenant, now).await?;
    let needs = attention::list(&mut tx, &visitor.caller, &base, now).await?;
    let funnel = store::funnel(&mut tx, tenant, now.minus(FUNNEL)).await?;
    let census = census::look(&mut tx, tenant, now).await?;
    let ahead = now.plus(SOON);
    let endless = store::count_endless(&mut tx, tenant).await?;
    let soon = store::count_ending(&mut tx, tenant, now, ahead).await?;
    let later = store::count_ending(&mut tx, tenant, ahead, Timestamp::from_microseconds(i64::MAX)).await?;
    drop(tx);
    let let_in: i64 = days.iter().map(|day| day.let_in).sum();
    let turned_away: i64 = days.iter().map(|day| day.turned_away).sum();
    let open = Figure {
        number: at_most(endless + soon + later),
        name: "invitations open",
        more: format!("{} lapse within 7 days", at_most(soon)),
    };
    Ok(OverviewPage {
        inside: visitor.inside(server, Section::Overview),
        today: dates::date(Language::English, calendar(now).to_zoned(TimeZone::UTC).date()),
        figures: vec![
            Figure { number: grouped(census.guests), name: "guests", more: homes(census.homes) },
            Figure { number: grouped(let_in), name: "sign-ins let in", more: "by people, in 30 days".to_owned() },
            Figure { number: grouped(turned_away), name: "turned away", more: share(turned_away, let_in) },
            open,
        ],
        sign_ins: SignIns::of(&days),
        let_in,
        turned_away,
        needs,
        steps: chart::steps(funnel),
        funnel_of: funnel_of(funnel),
        unsent: unsent(funnel),
        homes: Homes::of(&census, &PageAddress::new(format!("{base}/users")).set("kind", Some("guest"))),
        guests: census.guests,
        counted_at: (census.counted_at != now).then(|| dates::recent(census.counted_at, now)),
        call: call(&days),
    })
}

fn homes(homes: i64) -> String {
    if homes == 1 { "from 1 organisation".to_owned() } else { format!("from {} organisations", grouped(homes)) }
}

/// Each of the counts that make a number ends at [`MOST`].
fn at_most(number: i64) -> String {
    if number >= MOST { format!("{}+", grouped(MOST - 1)) } else { grouped(number) }
}

/// "6.2 % of all".
fn share(part: i64, rest: i64) -> String {
    let all = part + rest;
    let per_mille = if all == 0 { 0 } else { part * 1000 / all };
    format!("{}.{} % of all", per_mille / 10, per_mille % 10)
}

/// What the funnel was counted from, when that is not all of the time.
fn funnel_of(funnel: Funnel) -> Option<String> {
    (funnel.made >= INVITATIONS).then(|| format!("The newest {}", grouped(INVITATIONS)))
}

/// What is said of those that reached nobody, as far as is known.
fn unsent(funnel: Funnel) -> Option<String> {
    let why = "no mail was asked for, it still waits, or it was refused";
    match funnel.made - funnel.sent {
        0 => None,
        1 => Some(format!("1 further invitation was not mailed: {why}.")),
        many => Some(format!("{} further invitations were not mailed: {why}.", grouped(many))),
    }
}

fn call(days: &[Day]) -> String {
    let since = days.first().map(|day| rfc3339(day.begins)).unwrap_or_default();
    format!("/v1.0/auditLogs/signIns?$filter=createdDateTime ge {since}")
}
