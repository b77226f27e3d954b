//! How long tokens are good that are about an app.

use std::time::Duration;

/// How long access and ID tokens are good for where no policy says otherwise (Microsoft identity platform: configurable token
/// lifetimes, the default).
pub const USUAL: Duration = Duration::from_hours(1);

/// The shortest that a policy may say (Graph: tokenLifetimePolicy, `AccessTokenLifetime`).
pub const SHORTEST: Duration = Duration::from_mins(10);

/// The longest that a policy may say. Signing keys stay published for longer than that after their last signature.
pub const LONGEST: Duration = Duration::from_hours(24);

/// What the policies of a tenant say about the tokens of one of its apps, in seconds; nothing where none is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Lifetimes {
    /// The policy of the service principal, otherwise that of its registration.
    own_lifetime: Option<i64>,
    /// The organisation's default.
    default_lifetime: Option<i64>,
}

impl Lifetimes {
    /// How long ID tokens for the app are good, and access tokens that it reads.
    pub fn of_app(self) -> Duration {
        self.own_lifetime.or(self.default_lifetime).map_or(USUAL, kept)
    }

    /// The same of tokens that are for no app of the organisation: those for the directory API.
    pub fn of_directory_api(self) -> Duration {
        self.default_lifetime.map_or(USUAL, kept)
    }
}

/// Never longer than keys are published, whatever stands in the row.
fn kept(seconds: i64) -> Duration {
    Duration::from_secs(u64::try_from(seconds).unwrap_or_default()).clamp(SHORTEST, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::signing_keys::AFTERWARDS;

    #[test]
    fn what_is_nearer_to_the_app_wins() {
        let (ten, day) = (Some(600), Some(86_400));
        for (own, default, app, directory) in [
            (None, None, USUAL, USUAL),
            (ten, None, SHORTEST, USUAL),
            (None, day, LONGEST, LONGEST),
            (ten, day, SHORTEST, LONGEST),
        ] {
            let lifetimes = Lifetimes { own_lifetime: own, default_lifetime: default };
            assert_eq!((lifetimes.of_app(), lifetimes.of_directory_api()), (app, directory), "{lifetimes:?}");
        }
    }

    #[test]
    fn keys_outlive_the_longest_token() {
        assert!(AFTERWARDS > LONGEST);
        for odd in [-1, 0, 599, 86_401, i64::MAX] {
            assert!((SHORTEST..=LONGEST).contains(&kept(odd)), "{odd}");
        }
    }
}
