//! The form: what stands in its fields, and the changes it asks for. Fields have the names of the properties in the API, so
//! that an error finds its field.

use crate::platform::clock::rfc3339;
use crate::users::{Change, MEMBERS, TEXTS, User, UserError, UserType};
use crate::web::fields::Fields;
use database::Timestamp;
use std::collections::BTreeMap;

/// A field of one line.
#[derive(Debug)]
pub(super) struct Line {
    /// The property it fills.
    pub(super) property: &'static str,
    /// What stands above it.
    pub(super) label: &'static str,
    /// What is said below it.
    pub(super) hint: &'static str,
}

const fn line(property: &'static str, label: &'static str, hint: &'static str) -> Line {
    Line { property, label, hint }
}

/// Who the person is.
pub(super) const WHO: &[Line] = &[
    line("displayName", "Name", "As others see it."),
    line("givenName", "First name", ""),
    line("surname", "Last name", ""),
];

/// What they do.
pub(super) const WORK: &[Line] = &[
    line("jobTitle", "Job title", ""),
    line("department", "Department", ""),
    line("companyName", "Company", ""),
    line("officeLocation", "Office", ""),
    line("employeeId", "Employee id", "At most 16 characters."),
    line("employeeType", "Kind of employment", "Such as Employee or Contractor."),
    line("employeeHireDate", "Hired on", "A day such as 2026-11-22."),
    line("costCenter", "Cost centre", ""),
    line("division", "Division", ""),
];

/// Where they are reached, and where they work.
pub(super) const REACHED: &[Line] = &[
    line("businessPhones", "Telephone at work", "One number."),
    line("mobilePhone", "Mobile telephone", ""),
    line("faxNumber", "Fax", ""),
    line("streetAddress", "Street", ""),
    line("postalCode", "Postal code", ""),
    line("city", "City", ""),
    line("state", "State or region", ""),
    line("country", "Country", ""),
];

/// What the organisation and its apps go by.
pub(super) const PLACE: &[Line] = &[
    line("usageLocation", "Usage location", "The country by its two letters, such as PT."),
    line("preferredLanguage", "Preferred language", "A tag such as de or de-AT. Mails and pages follow it."),
];

/// The fields that are no lines, with what they are called.
const OTHERS: [(&str, &str); 5] = [
    ("userPrincipalName", "Sign-in name"),
    ("mail", "Address"),
    ("otherMails", "Further addresses"),
    ("userType", "Kind"),
    ("accountEnabled", "Signing in"),
];

/// `employeeOrgData`, whose members have a field each.
const ORG_DATA: &str = "employeeOrgData";

/// The members of [`ORG_DATA`] that the form shows.
const ORG_FIELDS: [&str; 2] = ["costCenter", "division"];

/// What stands in the fields.
#[derive(Debug, Default)]
pub(super) struct EditForm {
    /// The version of the user that the page showed.
    pub(super) seen: String,
    values: BTreeMap<&'static str, String>,
}

/// A field and what is wrong with it.
pub(super) type Mistake = (&'static str, String);

/// Every field: its property and what it is called.
fn fields() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = [WHO, WORK, REACHED, PLACE].into_iter().flatten().map(|line| (line.property, line.label));
    lines.chain(OTHERS)
}

/// The field in which a property stands; the name for those that have none.
pub(super) fn field_of(property: &'static str) -> &'static str {
    if property == ORG_DATA {
        return ORG_FIELDS[0];
    }
    fields().find(|(known, _)| *known == property).map_or("displayName", |(known, _)| known)
}

impl EditForm {
    /// The form as it shows this user.
    pub(super) fn of(user: &User) -> Self {
        let values = fields().map(|(property, _)| (property, stored(user, property))).collect();
        Self { seen: user.version.to_string(), values }
    }

    /// The form as it was sent for this user. What was not sent says nothing, and stays.
    pub(super) fn sent(fields_sent: &Fields, user: &User) -> Self {
        let value = |property: &'static str| {
            if fields_sent.all(property).is_empty() {
                return stored(user, property);
            }
            match property {
                "otherMails" => fields_sent.lines(property).join("\n"),
                "usageLocation" => fields_sent.get(property).to_ascii_uppercase(),
                _ => fields_sent.get(property).to_owned(),
            }
        };
        let values = fields().map(|(property, _)| (property, value(property))).collect();
        Self { seen: fields_sent.get("seen").to_owned(), values }
    }

    /// What stands in a field.
    pub(super) fn value(&self, property: &str) -> &str {
        self.values.get(property).map_or("", String::as_str)
    }

    /// The answers that differ from another form's: what is asked, and what stands here.
    pub(super) fn other_than(&self, other: &Self) -> Vec<(&'static str, String)> {
        let differs = |(property, _): &(&'static str, &'static str)| self.value(property) != other.value(property);
        fields().filter(differs).map(|(property, label)| (label, self.value(property).to_owned())).collect()
    }

    /// The changes it asks for: what differs from what is stored, and nothing else.
    ///
    /// # Errors
    /// Every field that holds what its property cannot be.
    pub(super) fn changes(&self, user: &User) -> Result<Vec<Change>, Vec<Mistake>> {
        let mut changes = Vec::new();
        let mut mistakes = Vec::new();
        let differs = |property: &&'static str| self.value(property) != stored(user, property).trim();
        let simple = fields().map(|(property, _)| property).filter(|property| !ORG_FIELDS.contains(property));
        for property in simple.filter(differs) {
            match self.change(property) {
                Ok(change) => changes.push(change),
                Err(error) => mistakes.push(mistake(property, &error)),
            }
        }
        let members: BTreeMap<_, _> = ORG_FIELDS.into_iter().filter(differs).map(|name| self.member(name)).collect();
        let org_data = MEMBERS.iter().find(|known| known.name == ORG_DATA).filter(|_| !members.is_empty());
        match org_data.map(|known| Change::members(known, Some(members))).transpose() {
            Ok(change) => changes.extend(change),
            Err(error) => mistakes.push(mistake(ORG_FIELDS[0], &error)),
        }
        if mistakes.is_empty() { Ok(changes) } else { Err(mistakes) }
    }

    fn member(&self, name: &'static str) -> (String, Option<String>) {
        (name.to_owned(), Some(self.value(name).to_owned()).filter(|text| !text.is_empty()))
    }

    /// The change that one field asks for.
    fn change(&self, property: &'static str) -> Result<Change, UserError> {
        let text = self.value(property);
        let filled = Some(text).filter(|text| !text.is_empty());
        let lines = || text.lines().map(str::to_owned).collect::<Vec<_>>();
        match property {
            "displayName" => Change::display_name(text),
            "userPrincipalName" => Change::principal_name(text),
            "mail" => Change::mail(filled),
            "otherMails" => Change::other_mails(&lines()),
            "businessPhones" => Change::business_phones(lines()),
            "employeeHireDate" => Change::employee_hire_date(filled.map(midnight).as_deref()),
            "userType" => UserType::parse(text).map(Change::user_type).ok_or_else(|| choose(property)),
            "accountEnabled" => text.parse().map(Change::account_enabled).map_err(|_| choose(property)),
            _ => {
                let known = TEXTS.iter().find(|known| known.name == property).ok_or_else(|| choose(property))?;
                Change::text(known, filled.map(str::to_owned))
            }
        }
    }
}

/// What a user has in a property, as a field shows it: a list has a line for each of its entries.
fn stored(user: &User, property: &str) -> String {
    let organization = &user.profile.0.employee_org_data;
    match property {
        "displayName" => user.display_name.clone(),
        "userPrincipalName" => user.user_principal_name.clone(),
        "mail" => user.mail.clone().unwrap_or_default(),
        "otherMails" => user.other_mails.join("\n"),
        "businessPhones" => user.business_phones.join("\n"),
        "employeeHireDate" => user.profile.0.employee_hire_date.map(day).unwrap_or_default(),
        "costCenter" | "division" => organization.get(property).cloned().unwrap_or_default(),
        "userType" => user.user_type.to_string(),
        "accountEnabled" => user.account_enabled.to_string(),
        _ => {
            let known = TEXTS.iter().find(|known| known.name == property);
            known.and_then(|known| known.value_in(user).as_str().map(str::to_owned)).unwrap_or_default()
        }
    }
}

/// The day of an instant in UTC, as it is typed.
fn day(microseconds: i64) -> String {
    rfc3339(Timestamp::from_microseconds(microseconds)).chars().take("2026-11-22".len()).collect()
}

/// The instant at which a day begins; whoever types an instant means that one.
fn midnight(text: &str) -> String {
    if text.contains('T') { text.to_owned() } else { format!("{text}T00:00:00Z") }
}

fn choose(property: &'static str) -> UserError {
    UserError::Invalid { property, problem: "choose one of the answers".to_owned() }
}

fn mistake(field: &'static str, error: &UserError) -> Mistake {
    let problem = match error {
        UserError::Invalid { problem, .. } => problem.clone(),
        other => other.to_string(),
    };
    (field, super::sentence(&problem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::ids::{TenantId, UserId};
    use bytes::Bytes;
    use uuid::Uuid;

    fn user() -> User {
        let now = Timestamp::from_microseconds(0);
        let (tenant, id) = (TenantId(Uuid::nil()), UserId(Uuid::nil()));
        let mut user = User::member(tenant, id, "sam@contoso.example".to_owned(), "Sam".to_owned(), now);
        user.job_title = Some("Buyer".to_owned());
        user.other_mails.0 = vec!["a@b.example".to_owned(), "c@d.example".to_owned()];
        user.profile.0.employee_hire_date = Some(1_767_225_600_000_000);
        user.profile.0.employee_org_data.insert("costCenter".to_owned(), "7".to_owned());
        user
    }

    fn asked(body: &'static str) -> Result<Vec<&'static str>, Vec<Mistake>> {
        let form = EditForm::sent(&Fields::parse(&Bytes::from_static(body.as_bytes())), &user());
        form.changes(&user()).map(|changes| changes.iter().map(Change::property).collect())
    }

    #[test]
    fn the_form_as_it_is_shown_changes_nothing() {
        let form = EditForm::of(&user());
        assert!(form.changes(&user()).is_ok_and(|changes| changes.is_empty()));
        assert_eq!(form.value("employeeHireDate"), "2026-01-01");
        assert_eq!(form.value("otherMails"), "a@b.example\nc@d.example");
        assert!(form.other_than(&EditForm::of(&user())).is_empty());
    }

    #[test]
    fn what_differs_is_changed_and_what_was_not_sent_stays() {
        assert_eq!(asked("jobTitle=Buyer&otherMails=a%40b.example%0D%0Ac%40d.example").expect("no mistake"), [""; 0]);
        assert_eq!(asked("jobTitle=&department=Sales").expect("no mistake"), ["jobTitle", "department"]);
        assert_eq!(asked("costCenter=&division=North").expect("no mistake"), ["employeeOrgData"]);
        assert_eq!(asked("usageLocation=pt&accountEnabled=false").expect("no mistake").len(), 2);
    }

    #[test]
    fn every_mistake_is_told_at_its_field() {
        let told = asked("displayName=+&mail=nobody&employeeHireDate=soon&userType=Other&accountEnabled=perhaps");
        let fields: Vec<_> = told.expect_err("five mistakes").into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["displayName", "employeeHireDate", "mail", "userType", "accountEnabled"]);
        for (property, field) in [("employeeOrgData", "costCenter"), ("mail", "mail"), ("id", "displayName")] {
            assert_eq!(field_of(property), field);
        }
    }
}
