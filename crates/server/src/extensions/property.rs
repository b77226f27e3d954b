//! A property that an app adds to objects (Graph: extensionProperty).

use super::ExtensionError;
use crate::graph::query::PREFIX;
use crate::platform::ids::{ApplicationId, ClientId, ExtensionPropertyId, TenantId};
use sqlx::types::Json;

/// Most values of extensions on one object, and most properties that one app defines (Graph: directory extensions, limits of an
/// object).
pub const MOST: usize = 100;

/// Longest name that an app gives, in characters: with what stands before it, it can be named in a query, where no name is longer
/// than 128 (`OData` 4.01 ABNF, odataIdentifier).
const NAME: usize = 85;

database::text_enum! {
    /// What the values are (Graph: extensionProperty, dataType).
    pub enum DataType {
        /// Bytes, at most 256 of them.
        Binary = "Binary",
        /// True or false.
        Boolean = "Boolean",
        /// An instant, kept by whole seconds.
        DateTime = "DateTime",
        /// A number of 32 bits.
        Integer = "Integer",
        /// A number of 64 bits.
        LargeInteger = "LargeInteger",
        /// A text of at most 256 characters.
        String = "String",
    }
}

database::text_enum! {
    /// What kind of object has it (Graph: extensionProperty, targetObjects). There are no devices here, and the organisation has no
    /// properties of its own.
    pub enum TargetObject {
        /// Members and guests.
        User = "User",
        /// Groups.
        Group = "Group",
        /// Application registrations.
        Application = "Application",
    }
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ExtensionProperty {
    /// The tenant.
    pub tenant_id: TenantId,
    /// `id`
    pub id: ExtensionPropertyId,
    /// The app that defines it.
    pub application_id: ApplicationId,
    /// `appDisplayName`: what that app is called.
    pub app_display_name: String,
    /// `name`: as objects have it, with the client id of the app in front.
    pub name: String,
    /// `dataType`
    pub data_type: DataType,
    /// `isMultiValued`
    pub is_multi_valued: bool,
    /// `targetObjects`
    pub target_objects: Json<Vec<TargetObject>>,
}

/// One that is to be defined. It is never changed afterwards.
#[derive(Debug, Clone)]
pub struct NewExtensionProperty {
    /// `name`: the part that the app chooses.
    pub name: String,
    /// `dataType`
    pub data_type: DataType,
    /// `isMultiValued`
    pub is_multi_valued: bool,
    /// `targetObjects`
    pub target_objects: Vec<TargetObject>,
}

impl ExtensionProperty {
    /// Whether objects of this kind have it.
    pub fn applies_to(&self, target: TargetObject) -> bool {
        self.target_objects.contains(&target)
    }

    /// Whether users have it as one text, which the rules of groups look at (Entra: dynamic membership rules).
    pub fn is_text_of_users(&self) -> bool {
        self.applies_to(TargetObject::User) && self.data_type == DataType::String && !self.is_multi_valued
    }
}

impl NewExtensionProperty {
    /// Refuses a name that no query could say, and a list of objects that says nothing.
    pub fn check(&self) -> Result<(), ExtensionError> {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let begins_well = self.name.starts_with(|c: char| c.is_ascii_alphabetic());
        if !begins_well || self.name.len() > NAME || !self.name.chars().all(is_word) {
            let problem = format!("it has up to {NAME} letters, digits and underscores, and begins with a letter");
            return Err(ExtensionError::Invalid { property: "name", problem });
        }
        let targets = &self.target_objects;
        let stands_twice = targets.iter().enumerate().any(|(at, target)| targets[..at].contains(target));
        if targets.is_empty() || stands_twice {
            let problem = "it names at least one kind of object, and each once".to_owned();
            return Err(ExtensionError::Invalid { property: "targetObjects", problem });
        }
        Ok(())
    }

    /// The name as objects have it.
    pub fn full_name(&self, client: ClientId) -> String {
        format!("{PREFIX}{}_{}", client.0.simple(), self.name)
    }
}

/// The part of a full name that the app chose; `None` for what is no such name.
pub fn chosen_part(name: &str) -> Option<&str> {
    let (client, chosen) = name.strip_prefix(PREFIX)?.split_once('_')?;
    let is_client = client.len() == 32 && client.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_client && !chosen.is_empty()).then_some(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(name: &str, target_objects: &[TargetObject]) -> NewExtensionProperty {
        let (name, target_objects) = (name.to_owned(), target_objects.to_vec());
        NewExtensionProperty { name, data_type: DataType::String, is_multi_valued: false, target_objects }
    }

    #[test]
    fn names_can_be_said_in_a_query() {
        let longest = "a".repeat(NAME);
        for name in ["costCenter", "a", "cost_center2", longest.as_str()] {
            let property = new(name, &[TargetObject::User]);
            assert!(property.check().is_ok(), "{name}");
            let full = property.full_name(ClientId(uuid::Uuid::nil()));
            assert!(full.len() <= 128 && full.starts_with("extension_00000000000000000000000000000000_"), "{full}");
            assert_eq!(chosen_part(&full), Some(name));
            let filter: Result<odata::Expression, _> = format!("{full} eq 'x'").parse();
            assert!(filter.is_ok(), "{full}");
        }
        let too_long = "a".repeat(NAME + 1);
        for name in ["", "2a", "_a", "a-b", "a b", "ä", too_long.as_str()] {
            assert!(new(name, &[TargetObject::User]).check().is_err(), "{name}");
        }
    }

    #[test]
    fn only_full_names_have_a_chosen_part() {
        for name in ["costCenter", "extension_a_b", "extension_00000000000000000000000000000000_", "extn.a"] {
            assert_eq!(chosen_part(name), None, "{name}");
        }
    }

    #[test]
    fn some_kind_of_object_has_it() {
        assert!(new("a", TargetObject::ALL).check().is_ok());
        for wrong in [&[][..], &[TargetObject::User, TargetObject::User]] {
            assert!(new("a", wrong).check().is_err());
        }
    }
}
