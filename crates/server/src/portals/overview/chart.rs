//! Numbers to shapes: the geometry of the charts, in the units of their `viewBox`. Colours are classes of the stylesheet.

use super::store::Funnel;
use crate::audit::tally::Day;
use crate::users::census::{Census, Home};
use crate::web::address::PageAddress;
use crate::web::dates;
use crate::web::numbers::grouped;

/// Width of a day and of its bar in the chart of sign-ins.
const PITCH: usize = 24;
const BAR: usize = 16;
/// Where its base line is: four fifths stand above it, one fifth below, on one scale.
const BASE: i64 = 160;

/// Who came in and who did not, by day.
pub(super) struct SignIns {
    pub(super) width: usize,
    pub(super) days: Vec<DayBar>,
    /// What stands at the top, halfway, and at the lower edge.
    pub(super) scale: [String; 3],
    /// Five days along the base line; the last one is today.
    pub(super) along: Vec<String>,
}

/// One day.
pub(super) struct DayBar {
    pub(super) name: String,
    pub(super) let_in: i64,
    pub(super) turned_away: i64,
    /// The bar above the base line, if anybody was let in.
    pub(super) up: Option<String>,
    /// The bar below it, if anybody was turned away.
    pub(super) down: Option<String>,
}

impl SignIns {
    pub(super) fn of(days: &[Day]) -> Self {
        // A quarter of the scale stands below the line.
        let highest = days.iter().map(|day| day.let_in.max(day.turned_away * 4)).max().unwrap_or(0);
        let top = round(highest);
        let steps = days.len().saturating_sub(1);
        let along =
            (0..5).filter_map(|quarter| days.get(steps * quarter / 4)).map(|day| dates::day_of_month(day.begins));
        let mut along: Vec<_> = along.collect();
        if let Some(last) = along.last_mut() {
            "Today".clone_into(last);
        }
        Self {
            width: days.len() * PITCH,
            days: days.iter().enumerate().map(|(at, day)| DayBar::of(at, *day, top)).collect(),
            scale: [top, top / 2, top / 4].map(grouped),
            along,
        }
    }
}

impl DayBar {
    fn of(at: usize, day: Day, top: i64) -> Self {
        let x = at * PITCH + (PITCH - BAR) / 2;
        let bar = |count: i64, sign: &str, back: &str| {
            let height = height(count, top, BASE);
            (count > 0).then(|| format!("M{x} {BASE}v{sign}{height}h{BAR}v{back}{height}z"))
        };
        Self {
            name: dates::day(day.begins),
            let_in: day.let_in,
            turned_away: day.turned_away,
            up: bar(day.let_in, "-", ""),
            down: bar(day.turned_away, "", "-"),
        }
    }
}

/// The length of a count when `top` is `whole` long, with one decimal; what is there can be seen.
fn height(count: i64, top: i64, whole: i64) -> String {
    let tenths = (count * whole * 10 / top.max(1)).max(10);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// The next number that is easy to read off and whose quarter is whole.
fn round(highest: i64) -> i64 {
    let mut unit = 1_i64;
    loop {
        for top in [4, 6, 8, 12, 16, 20, 30].map(|step| step * unit) {
            if top >= highest && top % 4 == 0 {
                return top;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// One step of the way from the invitation to the apps.
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) people: i64,
    /// Of those that were sent.
    pub(super) percent: i64,
    /// How many did not come from the step before to this one.
    pub(super) lost: Option<i64>,
    pub(super) arch: String,
    /// The arch of the step before, behind this one.
    pub(super) before: Option<String>,
}

/// The steps of the funnel; none if nothing was sent.
pub(super) fn steps(funnel: Funnel) -> Vec<Step> {
    let Funnel { sent, opened, accepted, active, .. } = funnel;
    let counts = [("Sent", sent), ("Opened", opened), ("Accepted", accepted), ("Active", active)];
    if sent == 0 {
        return Vec::new();
    }
    let mut before: Option<i64> = None;
    let step = |(name, people): (&'static str, i64)| {
        let earlier = before.replace(people);
        Step {
            name,
            people,
            percent: people * 100 / sent,
            lost: earlier.map(|earlier| earlier - people),
            arch: arch(people, sent),
            before: earlier.map(|earlier| arch(earlier, sent)),
        }
    };
    counts.into_iter().map(step).collect()
}

/// An arch that stands on the line at 168 and is 158 high for the whole.
fn arch(people: i64, whole: i64) -> String {
    const HIGHEST: i64 = 1580;
    const ROUND: i64 = 320;
    let tenths = HIGHEST * people / whole.max(1);
    let round = tenths.min(ROUND);
    let shoulder = 1680 - (tenths - round);
    let text = |tenths: i64| format!("{}.{}", tenths / 10, tenths % 10);
    format!("M18 168V{}a32 {} 0 0 1 64 0V168z", text(shoulder), text(round))
}

/// One row of the guests by home.
pub(super) struct HomeBar {
    pub(super) home: Home,
    /// The users that are counted.
    pub(super) href: String,
    pub(super) width: String,
}

/// The largest homes, and how many guests are at home elsewhere.
pub(super) struct Homes {
    pub(super) bars: Vec<HomeBar>,
    /// Guests of the other homes: how many homes, how many guests, and their bar.
    pub(super) others: Option<(i64, i64, String)>,
}

/// How long the longest bar is.
pub(super) const HOME_WIDTH: i64 = 400;

impl Homes {
    pub(super) fn of(census: &Census, users: &PageAddress) -> Self {
        let largest = &census.largest.0;
        let shown: i64 = largest.iter().map(|home| home.guests).sum();
        let homes = census.homes - i64::try_from(largest.len()).unwrap_or(0);
        let others = census.guests - shown;
        let longest = largest.iter().map(|home| home.guests).chain([others]).max().unwrap_or(1);
        let width = |guests: i64| height(guests, longest, HOME_WIDTH);
        let bar = |home: &Home| HomeBar {
            home: home.clone(),
            href: users.with("domain", &home.domain),
            width: width(home.guests),
        };
        Self { bars: largest.iter().map(bar).collect(), others: (others > 0).then(|| (homes, others, width(others))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Timestamp;
    use sqlx::types::Json;

    #[test]
    fn the_scale_holds_every_day_and_its_quarter_is_whole() {
        assert_eq!([0, 4, 5, 13, 21, 250, 1_999].map(round), [4, 4, 8, 16, 40, 300, 2_000]);
        for highest in 0..5_000 {
            let top = round(highest);
            assert!(top >= highest && top % 4 == 0, "{highest}: {top}");
        }
    }

    #[test]
    fn bars_stand_on_one_scale_and_stay_in_the_picture() {
        let day = |let_in, turned_away| Day { begins: Timestamp::from_microseconds(0), let_in, turned_away };
        let chart = SignIns::of(&[day(100, 0), day(0, 50), day(1, 0)]);
        // Fifty below the line take a fifth of the picture, so the top is two hundred.
        assert_eq!(chart.scale, ["200", "100", "50"]);
        let up = |at: usize| chart.days[at].up.as_deref();
        assert_eq!(up(0), Some("M4 160v-80.0h16v80.0z"));
        assert_eq!((up(1), chart.days[1].down.as_deref()), (None, Some("M28 160v40.0h16v-40.0z")));
        assert_eq!(up(2), Some("M52 160v-1.0h16v1.0z"), "one of two hundred can still be seen");
    }

    #[test]
    fn arches_shrink_to_nothing_without_leaving_the_line() {
        assert_eq!(arch(412, 412), "M18 168V42.0a32 32.0 0 0 1 64 0V168z");
        assert_eq!(arch(0, 412), "M18 168V168.0a32 0.0 0 0 1 64 0V168z");
        let funnel = Funnel { made: 240, sent: 200, opened: 150, accepted: 50, active: 30 };
        let steps = steps(funnel);
        let told: Vec<_> = steps.iter().map(|step| (step.name, step.percent, step.lost)).collect();
        let expected =
            [("Sent", 100, None), ("Opened", 75, Some(50)), ("Accepted", 25, Some(100)), ("Active", 15, Some(20))];
        assert_eq!(told, expected);
        assert!(super::steps(Funnel { sent: 0, opened: 0, accepted: 0, active: 0, ..funnel }).is_empty());
    }

    #[test]
    fn the_other_homes_are_what_the_largest_leave() {
        let home = |domain: &str, guests| Home { domain: domain.to_owned(), guests };
        let largest = Json(vec![home("a.example", 40), home("b.example", 10)]);
        let census = Census { counted_at: Timestamp::from_microseconds(0), guests: 130, homes: 12, largest };
        let homes = Homes::of(&census, &PageAddress::new("/users"));
        assert_eq!(homes.others, Some((10, 80, "400.0".to_owned())));
        assert_eq!((homes.bars[0].width.as_str(), homes.bars[0].href.as_str()), ("200.0", "/users?domain=a.example"));
    }
}
