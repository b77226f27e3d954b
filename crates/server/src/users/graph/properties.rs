//! The properties of a user as a body sends them.

use crate::graph::Error;
use crate::graph::body::Object;
use crate::users::operations::PasswordChange;
use crate::users::{Change, MEMBERS, Members, TEXTS, UserError, UserType};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

/// Reads every property that can be changed; what is left over is for the caller to refuse.
pub fn read(body: &mut Object) -> Result<Vec<Change>, Error> {
    let mut changes = Vec::new();
    changes.extend(take(body, "accountEnabled")?.map(Change::account_enabled));
    changes.extend(take::<UserType>(body, "userType")?.map(Change::user_type));
    changes.extend(checked(take::<String>(body, "displayName")?, |name| Change::display_name(&name))?);
    changes.extend(checked(take::<String>(body, "userPrincipalName")?, |name| Change::principal_name(&name))?);
    changes.extend(checked(take::<String>(body, "mailNickname")?, |name| Change::mail_nickname(&name))?);
    changes.extend(checked(body.take_change::<String>("mail")?, |address| Change::mail(address.as_deref()))?);
    changes.extend(checked(take::<Vec<String>>(body, "otherMails")?, |mails| Change::other_mails(&mails))?);
    changes.extend(checked(take(body, "businessPhones")?, Change::business_phones)?);
    let hired = body.take_change::<String>("employeeHireDate")?;
    changes.extend(checked(hired, |at| Change::employee_hire_date(at.as_deref()))?);
    changes.extend(body.take_change("showInAddressList")?.map(Change::show_in_address_list));
    for property in TEXTS {
        changes.extend(checked(body.take_change(property.name)?, |text| Change::text(property, text))?);
    }
    for property in MEMBERS {
        changes.extend(read_members(body, property)?);
    }
    Ok(changes)
}

fn checked<T>(
    sent: Option<T>,
    check: impl FnOnce(T) -> Result<Change, UserError>,
) -> Result<Option<Change>, UserError> {
    sent.map(check).transpose()
}

/// A complex value is changed member by member.
fn read_members(body: &mut Object, property: &'static Members) -> Result<Option<Change>, Error> {
    Ok(checked(body.take_change(property.name)?, |members| Change::members(property, members))?)
}

/// Takes a property that cannot be cleared.
pub fn take<T: DeserializeOwned>(body: &mut Object, name: &'static str) -> Result<Option<T>, Error> {
    if body.0.get(name).is_some_and(Value::is_null) {
        return Err(Error::invalid_property(name, "it may not be null"));
    }
    body.take(name)
}

/// Reads `passwordProfile`, which is changed member by member as every complex value is. A change at the next sign-in is asked for
/// by password alone, so the member that asks for a second factor is refused.
pub fn password(body: &mut Object) -> Result<Option<PasswordChange>, Error> {
    const NAME: &str = "passwordProfile";
    let Some(profile) = take::<Map<String, Value>>(body, NAME)? else { return Ok(None) };
    let mut profile = Object(profile);
    let password: Option<String> = take(&mut profile, "password")?;
    let must_change = profile.take("forceChangePasswordNextSignIn")?;
    if profile.take::<bool>("forceChangePasswordNextSignInWithMfa")?.unwrap_or(false) {
        let problem = "forceChangePasswordNextSignInWithMfa is not served: there is no second factor";
        return Err(Error::invalid_property(NAME, problem));
    }
    profile.finish()?;
    Ok(Some(PasswordChange { password: password.map(Zeroizing::new), must_change }))
}
