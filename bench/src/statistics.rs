//! Quantiles, and whether two distributions differ by more than chance.

/// A small generator (splitmix64): the same seed gives the same numbers on every machine.
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap_or_default()
    }
}

/// The value below which this part of the values lies (nearest rank); zero without values.
pub fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    quantile_of_sorted(&sorted, part)
}

/// As [`quantile`], of values that are in order.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a rank lies between zero and the number of values"
)]
pub fn quantile_of_sorted(sorted: &[f64], part: f64) -> f64 {
    let rank = (part * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.clamp(1, sorted.len().max(1)) - 1).copied().unwrap_or_default()
}

/// The value in the middle.
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// The slope of the line through values at equal distances, for one step: the median of the slopes between any two of them
/// (Theil and Sen). What fewer than three in ten of the values do does not move it; zero for fewer than two.
#[expect(clippy::cast_precision_loss, reason = "a few thousand values")]
pub fn slope(values: &[f64]) -> f64 {
    let mut slopes = Vec::new();
    for (at, first) in values.iter().enumerate() {
        let later = values.iter().skip(at + 1).zip(1_usize..);
        slopes.extend(later.map(|(last, steps)| (last - first) / steps as f64));
    }
    median(&slopes)
}

/// How far the quantiles of two samples lie apart, and how far chance alone puts them.
#[derive(Debug, Clone, Copy)]
pub struct Difference {
    /// The second less the first.
    pub found: f64,
    /// What 999 of 1,000 random divisions of the same values stay below.
    pub noise: f64,
}

impl Difference {
    /// Whether chance explains it.
    pub fn is_noise(&self) -> bool {
        self.found.abs() <= self.noise
    }
}

/// A permutation test on a quantile: it assumes nothing about how the times are distributed.
pub fn difference(first: &[f64], second: &[f64], part: f64) -> Difference {
    const DIVISIONS: usize = 2000;
    let found = quantile(second, part) - quantile(first, part);
    let mut random = Random(17);
    let mut all: Vec<f64> = first.iter().chain(second).copied().collect();
    let mut by_chance = Vec::with_capacity(DIVISIONS);
    for _ in 0..DIVISIONS {
        for at in (1..all.len()).rev() {
            all.swap(at, random.below(at + 1));
        }
        let (one, other) = all.split_at(first.len());
        by_chance.push((quantile(other, part) - quantile(one, part)).abs());
    }
    Difference { found, noise: quantile(&by_chance, 0.999) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(seed: u64, shift: f64) -> Vec<f64> {
        let mut random = Random(seed);
        (0..200).map(|_| f64::from(u32::try_from(random.below(1000)).expect("small")) + shift).collect()
    }

    #[test]
    fn quantiles_are_members_of_the_sample() {
        let values = [4.0, 1.0, 3.0, 2.0];
        let found = [0.0, 0.5, 0.99].map(|part| format!("{:.0}", quantile(&values, part)));
        assert_eq!(found, ["1", "2", "4"]);
        assert!(quantile(&[], 0.5).abs() < f64::EPSILON);
    }

    #[test]
    fn a_slope_is_the_gain_of_a_step() {
        assert!((slope(&[1.0, 3.0, 5.0, 7.0]) - 2.0).abs() < 1e-9);
        assert!((slope(&[1.0, 3.0, 500.0, 7.0, 9.0]) - 2.0).abs() < 1e-9, "one value is far off");
        assert!(slope(&[4.0, 4.0]).abs() < 1e-9);
        assert!(slope(&[4.0]).abs() < 1e-9 && slope(&[]).abs() < 1e-9);
    }

    #[test]
    fn a_shift_is_found_and_chance_is_not() {
        assert!(difference(&sample(1, 0.0), &sample(2, 0.0), 0.5).is_noise());
        assert!(!difference(&sample(1, 0.0), &sample(2, 500.0), 0.5).is_noise());
    }
}
