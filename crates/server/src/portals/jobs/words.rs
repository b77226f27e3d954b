//! What other pages say of jobs.

use crate::jobs::suspects::Suspects;

/// What became of jobs that may have brought the server down: "2 run apart, 1 was given up". Nothing of none.
pub(in crate::portals) fn of_suspects(suspects: Suspects) -> String {
    let apart = match suspects.apart {
        0 => None,
        1 => Some("1 runs apart".to_owned()),
        many => Some(format!("{} run apart", number(many))),
    };
    let given_up = match suspects.given_up {
        0 => None,
        1 => Some("1 was given up".to_owned()),
        many => Some(format!("{} were given up", number(many))),
    };
    apart.into_iter().chain(given_up).collect::<Vec<_>>().join(", ")
}

/// Counts end at 999, as those of the overview do.
fn number(count: i64) -> String {
    if count > 999 { "999+".to_owned() } else { count.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_said_where_there_is_one() {
        for (apart, given_up, said) in [
            (0, 0, ""),
            (1, 0, "1 runs apart"),
            (0, 1, "1 was given up"),
            (2, 1, "2 run apart, 1 was given up"),
            (1, 2, "1 runs apart, 2 were given up"),
        ] {
            assert_eq!(of_suspects(Suspects { apart, given_up }), said);
        }
    }
}
