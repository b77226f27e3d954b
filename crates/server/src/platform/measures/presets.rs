//! What counts from 0 on, before anything has happened.
//!
//! Prometheus sees no rise in a series that begins with what was counted already: a burst between two scrapes would wake nobody
//! and be drawn nowhere. So the labels of which there are few stand on the page from the start.

use super::{Answered, Handover, Measures, Route, SignIn};
use oauth::error::aadsts;

/// What a try to hand over a mail may come to.
const HANDOVERS: [&str; 4] = ["handed_over", "postponed", "refused", "expired"];

/// Who signs in.
const PARTIES: [&str; 2] = ["person", "program"];

/// Results of sign-ins besides the causes that apps are told: let in, a token of ours refused, too many tries, a password that must
/// be changed first, one that is wrong.
const RESULTS: [i64; 5] = [0, 50_013, 50_053, 50_055, 50_126];

/// The answers that are a fault of the server, as far as it gives them by itself.
const FAULTS: [u16; 2] = [500, 503];

impl Measures {
    /// Begins what can be counted of mails and sign-ins.
    pub(super) fn preset(&self) {
        for result in HANDOVERS {
            drop(self.mails.get_or_create(&Handover { result }));
        }
        let causes = aadsts::ALL.iter().map(|cause| i64::from(cause.number));
        for error in RESULTS.into_iter().chain(causes) {
            for by in PARTIES {
                drop(self.sign_ins.get_or_create(&SignIn { by, error }));
            }
        }
    }

    /// Begins the faults of a route when it is answered for the first time. All routes from the start would be thousands of
    /// numbers, most of which nobody ever asks for.
    pub(super) fn preset_faults(&self, method: &'static str, route: &Route) {
        for status in FAULTS {
            drop(self.requests.get_or_create(&Answered { method, route: route.clone(), status }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_alerts_ask_for_counts_from_zero_on() {
        let page = Measures::default().page().expect("a page");
        let wrong = ["0", "50126", "50053", "50034", "50057"].map(|error| format!("by=\"person\",error=\"{error}\""));
        let sign_ins = wrong.map(|labels| format!("vestibule_sign_ins_total{{{labels}}} 0"));
        let mails = HANDOVERS.map(|result| format!("vestibule_mails_total{{result=\"{result}\"}} 0"));
        for line in sign_ins.into_iter().chain(mails) {
            assert_eq!(page.lines().filter(|it| *it == line).count(), 1, "{line}\n{page}");
        }
        assert!(page.contains("vestibule_sign_ins_total{by=\"program\",error=\"7000215\"} 0"), "{page}");
    }

    #[test]
    fn a_route_that_was_answered_has_its_faults_at_zero() {
        let measures = Measures::default();
        assert!(!measures.page().expect("a page").contains("http_requests_total{"));
        for status in [200, 200, 500] {
            measures.answered("GET", Route::new(None), status, Duration::from_millis(3));
        }
        let page = measures.page().expect("a page");
        for (status, count) in [(200, 2), (500, 1), (503, 0)] {
            let line = format!("http_requests_total{{method=\"GET\",route=\"-\",status=\"{status}\"}} {count}");
            assert_eq!(page.lines().filter(|it| *it == line).count(), 1, "{line}\n{page}");
        }
    }
}
