//! Numbers that follow from a seed and a place, so that nothing has to be remembered.

use uuid::Uuid;

/// Keeps the numbers of one kind of object apart from those of another.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stream {
    Guest,
    GuestName,
    Group,
    GroupMembers,
    App,
    Client,
    ServicePrincipal,
}

/// The number at a place (two rounds of splitmix64).
pub(crate) fn number(seed: u64, stream: Stream, place: u32) -> u64 {
    mixed(mixed(seed ^ ((stream as u64) << 56)) ^ u64::from(place))
}

/// A UUID version 4, as the product gives those whose time of making is nobody's business.
pub(crate) fn id(seed: u64, stream: Stream, place: u32) -> Uuid {
    uuid::Builder::from_random_bytes(bytes(seed, stream, place)).into_uuid()
}

/// A UUID version 7 of an instant in microseconds since 1970.
pub(crate) fn id_at(seed: u64, stream: Stream, place: u32, at: i64) -> Uuid {
    let mut noise = [0; 10];
    noise.copy_from_slice(&bytes(seed, stream, place)[..10]);
    uuid::Builder::from_unix_timestamp_millis(at.unsigned_abs() / 1000, &noise).into_uuid()
}

fn bytes(seed: u64, stream: Stream, place: u32) -> [u8; 16] {
    let high = number(seed, stream, place);
    ((u128::from(high) << 64) | u128::from(mixed(high))).to_be_bytes()
}

fn mixed(place: u64) -> u64 {
    let mut mixed = place.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
