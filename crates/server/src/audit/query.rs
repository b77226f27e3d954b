//! `$filter` of the logs: comparisons joined by `and`, on the properties that the logs are indexed and asked by.

use super::filter::{ChangeFilter, Name, ReadFilter, Requests, SignInFilter};
use super::reads::Answered;
use crate::graph::Error;
use crate::platform::Timestamp;
use crate::platform::clock::parse_rfc3339;
use crate::platform::ids::{ClientId, CorrelationId, UserId};
use odata::{ComparisonOperator, Expression, Lambda, Literal, StringFunction};
use std::borrow::Cow;
use uuid::Uuid;

/// What every row says of risk, which nobody assesses here.
pub(super) const NO_RISK: &str = "none";
/// What Graph says of a level and a detail of risk that are not assessed.
pub(super) const HIDDEN: &str = "hidden";

/// The members of Graph's `riskState`.
const RISK_STATES: [&str; 6] = ["none", "confirmedSafe", "remediated", "dismissed", "atRisk", "confirmedCompromised"];
/// The members of Graph's `riskLevel`.
const RISK_LEVELS: [&str; 5] = ["low", "medium", "high", "hidden", "none"];

/// The filter of the sign-in log.
pub fn sign_ins(filter: Option<&Expression>) -> Result<SignInFilter, Error> {
    let mut wanted = SignInFilter::default();
    for condition in conditions(filter)? {
        match (&*condition.property, condition.operator) {
            ("createdDateTime", _) => condition.limit(&mut wanted.since, &mut wanted.until)?,
            ("userId", Operator::Is) => wanted.user = Some(UserId(condition.id()?)),
            ("appId", Operator::Is) => wanted.client = Some(ClientId(condition.id()?)),
            ("correlationId", Operator::Is) => {
                wanted.requests = Some(Requests::one(CorrelationId(condition.id()?)));
            }
            ("isInteractive", Operator::Is) => wanted.is_interactive = Some(condition.yes_or_no()?),
            ("status/errorCode", Operator::Is) => wanted.error_code = Some(condition.number()?),
            ("userPrincipalName", Operator::Is) => wanted.name = Some(Name::Is(condition.text()?)),
            ("userPrincipalName", Operator::BeginsWith) => wanted.name = Some(Name::BeginsWith(condition.text()?)),
            ("appDisplayName", Operator::Is) => wanted.app_name = Some(condition.text()?),
            ("ipAddress", Operator::Is) => wanted.address = Some(condition.text()?),
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
            _ => return Err(condition.refused()),
        }
    }
    Ok(wanted)
}

/// The filter of the directory audit.
pub fn changes(filter: Option<&Expression>) -> Result<ChangeFilter, Error> {
    let mut wanted = ChangeFilter::default();
    for condition in conditions(filter)? {
        match (&*condition.property, condition.operator) {
            ("activityDateTime", _) => condition.limit(&mut wanted.since, &mut wanted.until)?,
            ("activityDisplayName", Operator::Is) => wanted.activity = Some(condition.text()?),
            ("category", Operator::Is) => wanted.category = Some(condition.text()?),
            ("correlationId", Operator::Is) => {
                wanted.requests = Some(Requests::one(CorrelationId(condition.id()?)));
            }
            ("initiatedBy/user/id", Operator::Is) => wanted.initiator = Some(condition.id()?),
            ("initiatedBy/user/userPrincipalName", Operator::Is) => wanted.initiator_name = Some(condition.text()?),
            ("loggedByService", Operator::Is) => wanted.service = Some(condition.text()?),
            ("result", Operator::Is) => wanted.is_success = Some(condition.text()? == "success"),
            ("targetResources/id", Operator::Is) => wanted.target = Some(condition.id()?),
            _ => return Err(condition.refused()),
        }
    }
    Ok(wanted)
}

/// The filter of what guests read.
pub fn reads(filter: Option<&Expression>) -> Result<ReadFilter, Error> {
    let mut wanted = ReadFilter::default();
    for condition in conditions(filter)? {
        match (&*condition.property, condition.operator) {
            ("lastDateTime", _) => condition.limit(&mut wanted.since, &mut wanted.until)?,
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
            _ => return Err(condition.refused()),
        }
    }
    Ok(wanted)
}

/// How a property is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Is,
    BeginsWith,
    Other(ComparisonOperator),
}

/// One comparison.
struct Condition<'f> {
    property: Cow<'f, str>,
    operator: Operator,
    value: Cow<'f, Literal>,
}

/// The comparisons of a filter, all of which must hold.
fn conditions(filter: Option<&Expression>) -> Result<Vec<Condition<'_>>, Error> {
    match filter {
        None => Ok(Vec::new()),
        Some(Expression::And(parts)) => {
            let parts: Result<Vec<Vec<_>>, Error> = parts.iter().map(|part| conditions(Some(part))).collect();
            Ok(parts?.into_iter().flatten().collect())
        }
        Some(Expression::Compare { path, operator, value }) if path.variable().is_none() => {
            let operator = match operator {
                ComparisonOperator::Equal => Operator::Is,
                other => Operator::Other(*other),
            };
            Ok(vec![Condition { property: path.property().into(), operator, value: Cow::Borrowed(value) }])
        }
        Some(Expression::Function { function: StringFunction::StartsWith, path, value })
            if path.variable().is_none() =>
        {
            let value = Cow::Owned(Literal::String(value.clone()));
            Ok(vec![Condition { property: path.property().into(), operator: Operator::BeginsWith, value }])
        }
        Some(Expression::Any { collection, lambda: Some(lambda) }) if collection.variable().is_none() => {
            Ok(vec![item(collection.property(), lambda)?])
        }
        Some(other) => {
            Err(Error::unsupported_query(format!("Unsupported Query. The logs cannot be filtered by '{other}'."))
                .with_target("$filter"))
        }
    }
}

/// `targetResources/any(t:t/id eq '..')` as one comparison of `targetResources/id`.
fn item<'f>(collection: &str, lambda: &'f Lambda) -> Result<Condition<'f>, Error> {
    match &*lambda.predicate {
        Expression::Compare { path, operator: ComparisonOperator::Equal, value }
            if path.variable() == Some(lambda.variable.as_str()) =>
        {
            let property = format!("{collection}/{}", path.property()).into();
            Ok(Condition { property, operator: Operator::Is, value: Cow::Borrowed(value) })
        }
        other => {
            let message = format!("Unsupported Query. Items of '{collection}' cannot be filtered by '{other}'.");
            Err(Error::unsupported_query(message).with_target("$filter"))
        }
    }
}

impl Condition<'_> {
    fn refused(&self) -> Error {
        let operator = match self.operator {
            Operator::Is => "eq",
            Operator::BeginsWith => "startsWith",
            Operator::Other(operator) => operator.as_str(),
        };
        let message =
            format!("Unsupported Query. The property '{}' cannot be filtered with '{operator}'.", self.property);
        Error::unsupported_query(message).with_target(self.property.to_string())
    }

    fn mistyped(&self, expected: &str) -> Error {
        let message = format!("Invalid filter clause. The property '{}' is compared with {expected}.", self.property);
        Error::bad_request(message).with_target(self.property.to_string())
    }

    /// A GUID, bare or in quotes, as clients write both.
    fn id(&self) -> Result<Uuid, Error> {
        let id = match &*self.value {
            Literal::Guid(guid) => Some(Uuid::from_u128(guid.as_u128())),
            Literal::String(text) => text.parse().ok(),
            _ => None,
        };
        id.ok_or_else(|| self.mistyped("a GUID"))
    }

    fn is_null(&self) -> bool {
        *self.value == Literal::Null
    }

    fn text(&self) -> Result<String, Error> {
        match &*self.value {
            Literal::String(text) => Ok(text.clone()),
            _ => Err(self.mistyped("a text in single quotes")),
        }
    }

    /// A member of an enumeration, in single quotes.
    fn member(&self, members: &[&'static str]) -> Result<&'static str, Error> {
        let text = self.text()?;
        let member = members.iter().copied().find(|member| *member == text);
        member.ok_or_else(|| self.mistyped(&format!("one of {}", members.join(", "))))
    }

    fn yes_or_no(&self) -> Result<bool, Error> {
        match &*self.value {
            Literal::Boolean(value) => Ok(*value),
            _ => Err(self.mistyped("true or false")),
        }
    }

    fn number(&self) -> Result<i64, Error> {
        match &*self.value {
            Literal::Integer(number) => Ok(*number),
            _ => Err(self.mistyped("a whole number")),
        }
    }

    /// Narrows a period. Instants are shown in whole seconds, so `le` and `eq` reach to the end of their second.
    fn limit(&self, since: &mut Option<Timestamp>, until: &mut Option<Timestamp>) -> Result<(), Error> {
        let Literal::DateTimeOffset(instant) = &*self.value else { return Err(self.mistyped("an instant")) };
        let at = parse_rfc3339(instant.as_str()).ok_or_else(|| self.mistyped("an instant"))?;
        let end = Timestamp::from_microseconds(at.seconds().saturating_mul(1_000_000).saturating_add(999_999));
        match self.operator {
            Operator::Other(ComparisonOperator::GreaterOrEqual) => *since = (*since).max(Some(at)),
            Operator::Other(ComparisonOperator::LessOrEqual) => {
                *until = Some(until.map_or(end, |until| until.min(end)))
            }
            Operator::Is => (*since, *until) = (Some(at), Some(end)),
            _ => return Err(self.refused()),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use odata::QueryOptions;

    fn parse(filter: &str) -> Option<Expression> {
        QueryOptions::parse(&format!("$filter={filter}")).expect("a query").filter
    }

    #[test]
    fn comparisons_joined_by_and_become_one_filter() {
        let id = "2c1f7b6e-0f43-4c56-9f0e-5d1a7be3a912";
        let filter = parse(&format!(
            "userId eq '{id}' and createdDateTime ge 2026-11-01T00:00:00Z and createdDateTime le 2026-11-02T00:00:00Z \
             and status/errorCode eq 50126 and appId eq {id}"
        ));
        let wanted = sign_ins(filter.as_ref()).expect("a filter");
        assert_eq!(wanted.user.map(|user| user.to_string()).as_deref(), Some(id));
        assert_eq!(wanted.client.map(|client| client.to_string()).as_deref(), Some(id));
        assert_eq!(wanted.error_code, Some(50126));
        let (since, until) = (wanted.since.expect("a start"), wanted.until.expect("an end"));
        assert_eq!(until.microseconds() - since.microseconds(), 86_400_999_999);
    }

    #[test]
    fn what_is_not_served_is_named() {
        for (filter, named) in [
            ("riskState eq 'risky'", "riskState"),
            ("riskLevelAggregated ne 'none'", "riskLevelAggregated"),
            ("deviceDetail/browser eq 'Firefox'", "deviceDetail/browser"),
            ("userId ne '2c1f7b6e-0f43-4c56-9f0e-5d1a7be3a912'", "userId"),
            ("userId eq 'sam'", "userId"),
            ("createdDateTime gt 2026-11-01T00:00:00Z", "createdDateTime"),
            ("appId eq 'x' or userId eq 'y'", "appId eq 'x' or userId eq 'y'"),
        ] {
            let error = sign_ins(parse(filter).as_ref()).expect_err(filter);
            assert!(error.message().contains(named), "{filter}: {}", error.message());
        }
        assert!(changes(parse("activityDisplayName eq 'Add user'").as_ref()).is_ok());
        let id = "2c1f7b6e-0f43-4c56-9f0e-5d1a7be3a912";
        let to = changes(parse(&format!("targetResources/any(t:t/id eq '{id}') and result eq 'failure'")).as_ref());
        let to = to.expect("a filter");
        assert_eq!((to.target.map(|id| id.to_string()).as_deref(), to.is_success), (Some(id), Some(false)));
        assert!(changes(parse("targetResources/any(t:t/displayName eq 'x')").as_ref()).is_err());
        assert!(changes(parse("userId eq 'x'").as_ref()).is_err());
    }
}
