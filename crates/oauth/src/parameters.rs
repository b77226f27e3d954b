//! The parameters of a request, from a query or a form, bounded and without repetitions (RFC 6749 section 3.1).

use std::collections::{BTreeMap, BTreeSet};

use crate::Secret;
use crate::error::{Error, aadsts};

/// More pairs than this are refused; clients send about twenty, telemetry included.
const MAX_PAIRS: usize = 128;
/// Names and values together, in bytes.
const MAX_BYTES: usize = 48 * 1024;

/// The known parameters of one request. Unknown ones are dropped, as RFC 6749 section 3.1 demands.
#[derive(Debug)]
pub(crate) struct Parameters {
    values: BTreeMap<&'static str, String>,
    repeated: BTreeSet<&'static str>,
}

impl Parameters {
    /// Keeps the parameters named in `known`. Repetition is noted here and refused by [`Parameters::take`], because an
    /// authorization request learns where to send the refusal only while it is read.
    pub(crate) fn collect<N, V>(pairs: impl IntoIterator<Item = (N, V)>, known: &[&'static str]) -> Result<Self, Error>
    where
        N: AsRef<str>,
        V: Into<String> + AsRef<str>,
    {
        let mut parameters = Self { values: BTreeMap::new(), repeated: BTreeSet::new() };
        let mut bytes = 0;
        for (index, (name, value)) in pairs.into_iter().enumerate() {
            bytes += name.as_ref().len() + value.as_ref().len();
            if index >= MAX_PAIRS || bytes > MAX_BYTES {
                return Err(aadsts::REQUEST_TOO_LONG.error());
            }
            if let Some(name) = known.iter().copied().find(|known| *known == name.as_ref()) {
                parameters.insert(name, value.into());
            }
        }
        Ok(parameters)
    }

    fn insert(&mut self, name: &'static str, value: String) {
        if self.values.insert(name, value).is_some() {
            self.repeated.insert(name);
        }
    }

    /// Removes a parameter of at most `max_bytes`. A parameter without a value counts as omitted (RFC 6749 section 3.1).
    pub(crate) fn take(&mut self, name: &'static str, max_bytes: usize) -> Result<Option<String>, Error> {
        let Some(value) = self.values.remove(name).filter(|value| !value.is_empty()) else {
            return if self.repeated.contains(name) { Err(repeated(name)) } else { Ok(None) };
        };
        if self.repeated.contains(name) {
            return Err(repeated(name));
        }
        if value.len() > max_bytes {
            return Err(aadsts::INVALID_VALUE.error().naming(format!("{name} is longer than {max_bytes} bytes")));
        }
        // Control characters have no use in any OAuth parameter and much abuse in headers and logs.
        if value.chars().any(char::is_control) {
            return Err(aadsts::INVALID_VALUE.error().naming(format!("{name} contains a control character")));
        }
        Ok(Some(value))
    }

    /// As [`Parameters::take`]; absence is an error that names the parameter.
    pub(crate) fn require(&mut self, name: &'static str, max_bytes: usize) -> Result<String, Error> {
        self.take(name, max_bytes)?.ok_or_else(|| aadsts::MISSING_PARAMETER.error().naming(name))
    }

    /// As [`Parameters::take`], for a credential.
    pub(crate) fn take_secret(&mut self, name: &'static str, max_bytes: usize) -> Result<Option<Secret>, Error> {
        Ok(self.take(name, max_bytes)?.map(Secret::new))
    }

    /// Refuses the request if any known parameter was repeated, even one that nothing reads.
    pub(crate) fn refuse_repetition(&self) -> Result<(), Error> {
        self.repeated.first().map_or(Ok(()), |name| Err(repeated(name)))
    }
}

fn repeated(name: &str) -> Error {
    aadsts::INVALID_VALUE.error().naming(format!("{name} appears more than once"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KNOWN: &[&str] = &["scope", "state"];

    #[test]
    fn unknown_ones_are_dropped_and_empty_ones_are_absent() {
        let pairs = [("x-client-SKU", "a"), ("x-client-SKU", "b"), ("scope", "openid"), ("state", "")];
        let mut parameters = Parameters::collect(pairs, KNOWN).unwrap();
        assert!(parameters.refuse_repetition().is_ok());
        assert_eq!(parameters.take("scope", 10).unwrap().as_deref(), Some("openid"));
        assert_eq!(parameters.take("state", 10).unwrap(), None);
        assert_eq!(parameters.require("state", 10).unwrap_err().aadsts().number, 900_144);
    }

    #[test]
    fn a_repeated_known_parameter_is_refused_even_if_empty() {
        for second in ["b", ""] {
            let mut parameters = Parameters::collect([("state", "a"), ("state", second)], KNOWN).unwrap();
            assert!(parameters.refuse_repetition().is_err());
            assert!(parameters.take("state", 10).is_err());
        }
    }

    #[test]
    fn limits_hold() {
        let mut parameters = Parameters::collect([("state", "12345"), ("scope", "a\nb")], KNOWN).unwrap();
        assert!(parameters.take("state", 4).is_err());
        assert!(parameters.take("scope", 4).is_err());
        assert!(Parameters::collect(vec![("x", "y"); MAX_PAIRS + 1], KNOWN).is_err());
        assert!(Parameters::collect([("x", "y".repeat(MAX_BYTES))], KNOWN).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(pairs: Vec<(String, String)>) {
            if let Ok(mut parameters) = Parameters::collect(pairs, KNOWN) {
                let _ = parameters.take("scope", 8);
            }
        }
    }
}
