//! What the settings do to invitations that wait, in numbers.

use super::store;
use crate::Server;
use crate::graph::Caller;
use crate::redemption::domain;
use crate::tenants::{CollaborationSettings, DomainListKind};

/// Unanswered invitations that are looked at, so that the page costs the same in a small and in a large organisation.
const LOOKED_AT: i64 = 1000;

/// The invitations that wait, and where they go.
#[derive(Debug, Default)]
pub(super) struct Effect {
    domains: Vec<String>,
    /// Whether there are more than were looked at.
    is_part: bool,
}

impl Effect {
    /// Reads where waiting invitations go.
    pub(super) async fn read(server: &Server, caller: &Caller) -> database::Result<Self> {
        let now = server.clock.now();
        let mut tx = server.read().await?;
        let rows = store::waiting_addresses(&mut tx, caller.tenant, now, LOOKED_AT).await?;
        let is_part = i64::try_from(rows.len()).is_ok_and(|read| read >= LOOKED_AT);
        let waiting = rows.into_iter().filter(|(_, waits)| *waits);
        Ok(Self { domains: waiting.map(|(address, _)| domain(&address)).collect(), is_part })
    }

    /// How many invitations this kind of list would keep from being accepted, as a sentence.
    pub(super) fn of_list(&self, kind: DomainListKind, listed: &[String]) -> String {
        let mut settings = CollaborationSettings { domain_list_kind: kind, ..CollaborationSettings::default() };
        settings.listed_domains.0 = listed.to_vec();
        let barred = self.domains.iter().filter(|domain| !settings.admits_domain(domain)).count();
        let waiting = self.waiting();
        match (self.domains.len(), barred) {
            (0, _) => format!("{waiting}."),
            (_, 0) => format!("{waiting}, and none of them is barred by this."),
            (_, barred) => format!("{waiting}; {barred} of them cannot be accepted under this."),
        }
    }

    /// What another lifetime does to them.
    pub(super) fn of_lifetime(&self) -> String {
        let waiting = self.waiting();
        match self.domains.len() {
            0 => format!("{waiting}."),
            _ => format!("{waiting}; each keeps its own end until it is sent again."),
        }
    }

    fn waiting(&self) -> String {
        let beginning =
            if self.is_part { format!("Of {LOOKED_AT} unanswered invitations looked at, ") } else { String::new() };
        let text = match self.domains.len() {
            0 => "no invitation waits".to_owned(),
            1 => "1 invitation waits".to_owned(),
            count => format!("{count} invitations wait"),
        };
        if self.is_part { beginning + &text } else { super::page::capital(&text) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_says_how_many_waiting_invitations_it_bars() {
        let effect = |domains: &[&str], is_part| Effect {
            domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
            is_part,
        };
        let listed = ["b.example".to_owned()];
        let two = effect(&["a.example", "b.example", "a.example"], false);
        assert_eq!(
            two.of_list(DomainListKind::Any, &listed),
            "3 invitations wait, and none of them is barred by this."
        );
        let barred = |count: usize| format!("3 invitations wait; {count} of them cannot be accepted under this.");
        assert_eq!(two.of_list(DomainListKind::Allow, &listed), barred(2));
        assert_eq!(two.of_list(DomainListKind::Deny, &listed), barred(1));
        assert_eq!(effect(&[], false).of_list(DomainListKind::Allow, &listed), "No invitation waits.");
        let part = effect(&["a.example"], true).of_lifetime();
        assert!(part.starts_with("Of 1000 unanswered invitations looked at, 1 invitation waits;"), "{part}");
    }
}
