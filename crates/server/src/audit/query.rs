//! `$filter` of the logs: the properties that each of them is asked by.

use super::condition::{Condition, Operator, Property, alternatives};
use super::filter::{ChangeFilter, Name, ReadFilter, Requests, SignInFilter};
use super::reads::Answered;
use crate::graph::Error;
use crate::platform::ids::{ClientId, CorrelationId, UserId};
use odata::ComparisonOperator::{GreaterThan, NotEqual};
use odata::Expression;

/// What every row says of risk, which nobody assesses here.
pub(super) const NO_RISK: &str = "none";
/// What Graph says of a level and a detail of risk that are not assessed.
pub(super) const HIDDEN: &str = "hidden";

/// The members of Graph's `riskState`.
const RISK_STATES: [&str; 6] = ["none", "confirmedSafe", "remediated", "dismissed", "atRisk", "confirmedCompromised"];
/// The members of Graph's `riskLevel`.
const RISK_LEVELS: [&str; 5] = ["low", "medium", "high", "hidden", "none"];
/// The members of Graph's `operationResult`.
const RESULTS: [&str; 4] = [SUCCESS, FAILURE, "timeout", "unknownFutureValue"];
const SUCCESS: &str = "success";
const FAILURE: &str = "failure";

const TIMES: &str = "eq, in, ge, gt, le and lt";
const EQUAL: &str = "eq and in";
const TEXTS: &str = "eq, in and startsWith";

/// What the sign-in log is asked by.
const SIGN_INS: &[Property] = &[
    Property::new("createdDateTime", TIMES),
    Property::new("userId", EQUAL),
    Property::list("userPrincipalName", TEXTS),
    Property::new("appId", EQUAL),
    Property::list("appDisplayName", EQUAL),
    Property::list("ipAddress", EQUAL),
    Property::new("correlationId", EQUAL),
    Property::new("isInteractive", EQUAL),
    Property::list("status/errorCode", "eq, in, ne 0 and gt 0"),
    Property::new("conditionalAccessStatus", EQUAL),
    Property::new("location/city", TEXTS),
    Property::new("location/state", TEXTS),
    Property::new("location/countryOrRegion", TEXTS),
    Property::new("riskState", EQUAL),
    Property::new("riskDetail", EQUAL),
    Property::new("riskLevelAggregated", EQUAL),
    Property::new("riskLevelDuringSignIn", EQUAL),
];

/// What the directory audit is asked by.
const CHANGES: &[Property] = &[
    Property::new("activityDateTime", TIMES),
    Property::new("activityDisplayName", EQUAL),
    Property::list("category", EQUAL),
    Property::list("loggedByService", EQUAL),
    Property::new("result", EQUAL),
    Property::new("initiatedBy/user/id", EQUAL),
    Property::new("initiatedBy/user/userPrincipalName", EQUAL),
    Property::new("targetResources/id", EQUAL),
    Property::new("correlationId", EQUAL),
];

/// What the log of reads by guests is asked by.
const READS: &[Property] = &[
    Property::new("lastDateTime", TIMES),
    Property::new("userId", EQUAL),
    Property::new("appId", EQUAL),
    Property::new("kind", EQUAL),
    Property::new("homeDomain", EQUAL),
    Property::new("result", EQUAL),
    Property::new("correlationId", EQUAL),
];

/// The filters of the sign-in log: the rows that any of them gives are asked for.
pub fn sign_ins(filter: Option<&Expression>) -> Result<Vec<SignInFilter>, Error> {
    alternatives(filter, SIGN_INS)?.iter().map(|conditions| sign_in(conditions)).collect()
}

/// The filters of the directory audit.
pub fn changes(filter: Option<&Expression>) -> Result<Vec<ChangeFilter>, Error> {
    alternatives(filter, CHANGES)?.iter().map(|conditions| change(conditions)).collect()
}

/// The filters of what guests read.
pub fn reads(filter: Option<&Expression>) -> Result<Vec<ReadFilter>, Error> {
    alternatives(filter, READS)?.iter().map(|conditions| read(conditions)).collect()
}

fn sign_in(conditions: &[Condition<'_>]) -> Result<SignInFilter, Error> {
    let mut wanted = SignInFilter::default();
    for condition in conditions {
        match (&*condition.property, condition.operator) {
            ("createdDateTime", _) => condition.limit(&mut wanted.since, &mut wanted.until, SIGN_INS)?,
            ("userId", Operator::Is) => wanted.user = Some(UserId(condition.id()?)),
            ("appId", Operator::Is) => wanted.client = Some(ClientId(condition.id()?)),
            ("correlationId", Operator::Is) => {
                wanted.requests = Some(Requests::one(CorrelationId(condition.id()?)));
            }
            ("isInteractive", Operator::Is) => wanted.is_interactive = Some(condition.yes_or_no()?),
            ("status/errorCode", Operator::Is) => wanted.error_codes = condition.numbers()?,
            // No number is below that of success.
            ("status/errorCode", Operator::Other(NotEqual | GreaterThan)) if condition.is_zero() => {
                wanted.is_success = Some(false);
            }
            ("userPrincipalName", Operator::Is) => wanted.name = Some(Name::IsAnyOf(condition.texts()?)),
            ("userPrincipalName", Operator::BeginsWith) => wanted.name = Some(Name::BeginsWith(condition.text()?)),
            ("appDisplayName", Operator::Is) => wanted.app_names = condition.texts()?,
            ("ipAddress", Operator::Is) => wanted.addresses = condition.texts()?,
            // Nobody knows here where an address is, so no row says it.
            ("location/city" | "location/state" | "location/countryOrRegion", Operator::Is | Operator::BeginsWith) => {
                if !condition.is_null() {
                    _ = condition.text()?;
                    wanted.is_never = true;
                }
            }
            // No risk is assessed, so every row says the same.
            ("riskState", Operator::Is) => {
                wanted.is_never |= condition.member(&RISK_STATES)? != NO_RISK;
            }
            ("riskLevelAggregated" | "riskLevelDuringSignIn", Operator::Is) => {
                wanted.is_never |= condition.member(&RISK_LEVELS)? != HIDDEN;
            }
            ("riskDetail", Operator::Is) => {
                wanted.is_never |= condition.text()? != HIDDEN;
            }
            // No policy has a say yet, so every row says the same.
            ("conditionalAccessStatus", Operator::Is) => {
                wanted.is_never |= condition.text()? != "notApplied";
            }
            _ => return Err(condition.refused(SIGN_INS)),
        }
    }
    Ok(wanted)
}

fn change(conditions: &[Condition<'_>]) -> Result<ChangeFilter, Error> {
    let mut wanted = ChangeFilter::default();
    for condition in conditions {
        match (&*condition.property, condition.operator) {
            ("activityDateTime", _) => condition.limit(&mut wanted.since, &mut wanted.until, CHANGES)?,
            ("activityDisplayName", Operator::Is) => wanted.activity = Some(condition.text()?),
            ("category", Operator::Is) => wanted.categories = condition.texts()?,
            ("correlationId", Operator::Is) => {
                wanted.requests = Some(Requests::one(CorrelationId(condition.id()?)));
            }
            ("initiatedBy/user/id", Operator::Is) => wanted.initiator = Some(condition.id()?),
            ("initiatedBy/user/userPrincipalName", Operator::Is) => wanted.initiator_name = Some(condition.text()?),
            ("loggedByService", Operator::Is) => wanted.services = condition.texts()?,
            ("result", Operator::Is) => match condition.member(&RESULTS)? {
                SUCCESS => wanted.is_success = Some(true),
                FAILURE => wanted.is_success = Some(false),
                // Every row tells how it ended, so none says anything else.
                _ => wanted.is_never = true,
            },
            ("targetResources/id", Operator::Is) => wanted.target = Some(condition.id()?),
            _ => return Err(condition.refused(CHANGES)),
        }
    }
    Ok(wanted)
}

fn read(conditions: &[Condition<'_>]) -> Result<ReadFilter, Error> {
    let mut wanted = ReadFilter::default();
    for condition in conditions {
        match (&*condition.property, condition.operator) {
            ("lastDateTime", _) => condition.limit(&mut wanted.since, &mut wanted.until, READS)?,
            ("userId", Operator::Is) => wanted.user = Some(UserId(condition.id()?)),
            ("appId", Operator::Is) => wanted.client = Some(ClientId(condition.id()?)),
            ("kind", Operator::Is) => wanted.kind = Some(condition.text()?),
            ("homeDomain", Operator::Is) => wanted.home = Some(condition.text()?.to_lowercase()),
            ("result", Operator::Is) => {
                let result = Answered::parse(&condition.text()?);
                wanted.answered = Some(result.ok_or_else(|| condition.mistyped("'served', 'refused' or 'notFound'"))?);
            }
            ("correlationId", Operator::Is) => {
                wanted.requests = Some(Requests::one(CorrelationId(condition.id()?)));
            }
            _ => return Err(condition.refused(READS)),
        }
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use odata::QueryOptions;

    const ID: &str = "2c1f7b6e-0f43-4c56-9f0e-5d1a7be3a912";
    const OTHER: &str = "7f3f1c90-5f0e-4d0b-8a53-0d3d5c1e7b11";

    fn parse(filter: &str) -> Option<Expression> {
        QueryOptions::parse(&format!("$filter={filter}")).expect("a query").filter
    }

    fn one(filter: &str) -> SignInFilter {
        let mut filters = sign_ins(parse(filter).as_ref()).expect(filter);
        assert_eq!(filters.len(), 1, "{filter}");
        filters.remove(0)
    }

    #[test]
    fn comparisons_joined_by_and_become_one_filter() {
        let wanted = one(&format!(
            "userId eq '{ID}' and createdDateTime ge 2026-11-01T00:00:00Z and createdDateTime le 2026-11-02T00:00:00Z \
             and status/errorCode eq 50126 and appId eq {ID}"
        ));
        assert_eq!(wanted.user.map(|user| user.to_string()).as_deref(), Some(ID));
        assert_eq!(wanted.client.map(|client| client.to_string()).as_deref(), Some(ID));
        assert_eq!(wanted.error_codes, [50126]);
        let (since, until) = (wanted.since.expect("a start"), wanted.until.expect("an end"));
        assert_eq!(until.microseconds() - since.microseconds(), 86_400_999_999);
        assert_eq!(sign_ins(None).expect("a filter").len(), 1);
    }

    #[test]
    fn what_is_after_an_instant_is_not_up_to_it_and_what_is_before_it_is_not_from_it_on() {
        for (up_to, after) in [("le", "gt"), ("lt", "ge")] {
            let of = |operator: &str| one(&format!("createdDateTime {operator} 2026-11-01T00:00:00Z"));
            let (up_to, after) = (of(up_to).until.expect("an end"), of(after).since.expect("a start"));
            assert_eq!(after.microseconds() - up_to.microseconds(), 1);
        }
        let narrow = one("createdDateTime gt 2026-11-01T00:00:00Z and createdDateTime eq 2026-11-01T00:00:00Z");
        assert!(narrow.since > narrow.until, "both hold, which nothing does");
    }

    #[test]
    fn a_result_that_no_row_has_finds_none_and_what_is_no_result_is_refused() {
        let asked = |result: &str| changes(parse(&format!("result eq '{result}'")).as_ref());
        for (result, outcome) in
            [("success", (Some(true), false)), ("failure", (Some(false), false)), ("timeout", (None, true))]
        {
            let wanted = asked(result).expect(result).remove(0);
            assert_eq!((wanted.is_success, wanted.is_never), outcome, "{result}");
        }
        let refused = asked("failed").expect_err("it is no result");
        assert!(refused.message().contains("one of success, failure"), "{}", refused.message());
    }

    #[test]
    fn a_period_may_end_with_the_last_year() {
        let until = one("createdDateTime le 9999-12-31T23:59:59Z").until.expect("an end");
        assert!(one("createdDateTime ge 2026-11-01T00:00:00Z").since.is_some_and(|since| since < until));
    }

    #[test]
    fn values_of_one_property_are_found_one_by_one_or_are_a_list() {
        for either in [
            format!("userId eq '{ID}' or userId eq '{OTHER}'"),
            format!("userId in ('{ID}','{OTHER}')"),
            format!("(userId eq {ID} or userId in ({OTHER})) and isInteractive eq true"),
        ] {
            let filters = sign_ins(parse(&either).as_ref()).expect(&either);
            let users: Vec<_> = filters.iter().filter_map(|filter| filter.user).map(|user| user.to_string()).collect();
            assert_eq!(users, [ID, OTHER], "{either}");
        }
        let codes = one("(status/errorCode eq 50126 or status/errorCode in (50053, 0)) and ipAddress in ('::1')");
        assert_eq!((codes.error_codes, codes.addresses), (vec![50126, 50053, 0], vec!["::1".to_owned()]));
        for refusals in ["status/errorCode ne 0", "status/errorCode gt 0"] {
            assert_eq!(one(refusals).is_success, Some(false), "{refusals}");
        }
        for targets in [
            format!("targetResources/any(t:t/id eq '{ID}' or t/id eq '{OTHER}')"),
            format!("targetResources/any(t:t/id in ('{ID}','{OTHER}'))"),
            format!("targetResources/any(t:t/id eq '{ID}') or targetResources/any(u:u/id eq '{OTHER}')"),
        ] {
            let filters = changes(parse(&targets).as_ref()).expect(&targets);
            let targets: Vec<_> = filters.iter().filter_map(|filter| filter.target).map(|id| id.to_string()).collect();
            assert_eq!(targets, [ID, OTHER]);
        }
    }

    #[test]
    fn combinations_that_are_found_one_by_one_are_few() {
        let ids = |number: usize| vec![format!("'{ID}'"); number].join(",");
        let asked = |users, apps| format!("userId in ({}) and appId in ({})", ids(users), ids(apps));
        for (users, apps, is_served) in [(15, 1, true), (5, 3, true), (16, 1, false), (4, 4, false)] {
            let filters = sign_ins(parse(&asked(users, apps)).as_ref());
            assert_eq!(filters.as_ref().ok().map(Vec::len), is_served.then_some(users * apps), "{users} {apps}");
            assert!(filters.err().is_none_or(|error| error.message().contains("more than 15")));
        }
        assert_eq!(one(&format!("ipAddress in ({})", ids(60))).addresses.len(), 60);
    }

    #[test]
    fn what_is_not_served_is_named_with_what_is() {
        let neither = format!("appId eq '{ID}' or userId eq '{ID}'");
        let mixed = format!("userId eq '{ID}' or not (userId eq '{ID}')");
        let twice = format!("userId in ('{ID}','{OTHER}') and isInteractive eq true and userId eq '{OTHER}'");
        for (filter, named, served) in [
            ("riskState eq 'risky'", "riskState", "atRisk"),
            ("riskLevelAggregated ne 'none'", "riskLevelAggregated", "eq and in"),
            ("deviceDetail/browser eq 'Firefox'", "deviceDetail/browser", "createdDateTime, userId"),
            ("userId ne '2c1f7b6e-0f43-4c56-9f0e-5d1a7be3a912'", "userId", "eq and in"),
            ("userId eq 'sam'", "userId", "a GUID"),
            ("createdDateTime ne 2026-11-01T00:00:00Z", "createdDateTime", "ge, gt, le and lt"),
            ("createdDateTime gt 'yesterday'", "createdDateTime", "an instant"),
            ("status/errorCode ne 50126", "status/errorCode", "ne 0 and gt 0"),
            ("status/errorCode lt 0", "status/errorCode", "ne 0 and gt 0"),
            (neither.as_str(), neither.as_str(), "'or' stands between values of one property"),
            (mixed.as_str(), mixed.as_str(), "'or' stands between values of one property"),
            ("not (isInteractive eq true)", "not (isInteractive eq true)", "joined by 'and'"),
            ("ipAddress in ('::1','::2') and ipAddress eq '::3'", "ipAddress", "named twice"),
            (twice.as_str(), "userId", "named twice"),
            (
                "userPrincipalName eq 'ann@contoso.example' and startsWith(userPrincipalName,'bob')",
                "userPrincipalName",
                "named twice",
            ),
            (
                "createdDateTime ge 2026-11-01T00:00:00Z or createdDateTime le 2026-10-01T00:00:00Z",
                "createdDateTime ge 2026-11-01T00:00:00Z or createdDateTime le 2026-10-01T00:00:00Z",
                "'eq' or 'in'",
            ),
        ] {
            let error = sign_ins(parse(filter).as_ref()).expect_err(filter);
            assert!(error.message().contains(named), "{filter}: {}", error.message());
            assert!(error.message().contains(served), "{filter}: {}", error.message());
        }
        assert!(changes(parse("activityDisplayName eq 'Add user'").as_ref()).is_ok());
        let to = changes(parse(&format!("targetResources/any(t:t/id eq '{ID}') and result eq 'failure'")).as_ref());
        let to = to.expect("a filter").remove(0);
        assert_eq!((to.target.map(|id| id.to_string()).as_deref(), to.is_success), (Some(ID), Some(false)));
        assert!(changes(parse("targetResources/any(t:t/displayName eq 'x')").as_ref()).is_err());
        let both = format!("targetResources/any(t:t/id eq '{ID}') and targetResources/any(t:t/id eq '{OTHER}')");
        assert!(changes(parse(&both).as_ref()).is_err_and(|error| error.message().contains("named twice")));
        assert!(changes(parse("userId eq 'x'").as_ref()).is_err());
    }

    /// What a refusal names is served: a value that is none is the worst that can be said of it.
    #[test]
    fn every_property_that_is_named_is_served() {
        fn refusals<F>(
            properties: &[Property],
            read: fn(Option<&Expression>) -> Result<Vec<F>, Error>,
        ) -> impl Iterator<Item = String> {
            properties.iter().filter_map(move |property| {
                let refused = read(parse(&format!("{} eq null", property.name)).as_ref()).err()?;
                (!refused.message().starts_with("Invalid filter clause")).then(|| refused.message().to_owned())
            })
        }
        let all = refusals(SIGN_INS, sign_ins).chain(refusals(CHANGES, changes)).chain(refusals(READS, reads));
        assert_eq!(all.collect::<Vec<_>>(), Vec::<String>::new());
    }
}
