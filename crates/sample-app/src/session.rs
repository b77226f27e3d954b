//! What the application remembers between two requests: random names in cookies, contents in memory.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, header};
use openidconnect::CsrfToken;

/// How long a sign-in may take from the first redirect to the provider's answer.
pub(crate) const SIGN_IN_LIFE: Duration = Duration::from_mins(15);
/// How long a session lasts, counted from the sign-in.
pub(crate) const SESSION_LIFE: Duration = Duration::from_hours(1);
/// How many entries a store holds before it drops the oldest.
pub(crate) const CAPACITY: usize = 10_000;

/// Bytes of randomness in a name that stands for its holder.
const RANDOM_BYTES: u32 = 32;

/// A fresh name of 256 random bits, in base64url.
pub(crate) fn random_name() -> String {
    CsrfToken::new_random_len(RANDOM_BYTES).into_secret()
}

/// Entries of limited number and life. Every entry lives equally long, so the oldest is always the
/// first to expire.
pub(crate) struct Store<T> {
    life: Duration,
    capacity: usize,
    entries: Mutex<Entries<T>>,
}

struct Entries<T> {
    by_name: HashMap<String, Entry<T>>,
    names_by_age: BTreeMap<u64, String>,
    next_number: u64,
}

struct Entry<T> {
    number: u64,
    since: Instant,
    value: T,
}

impl<T> Store<T> {
    pub(crate) fn new(life: Duration, capacity: usize) -> Self {
        let entries = Entries { by_name: HashMap::new(), names_by_age: BTreeMap::new(), next_number: 0 };
        Self { life, capacity, entries: Mutex::new(entries) }
    }

    /// Keeps `value` under `name`, a random name nobody has used before.
    pub(crate) fn insert(&self, name: String, value: T, now: Instant) {
        let mut entries = self.lock();
        entries.remove(&name);
        entries.drop_expired(now, self.life);
        entries.drop_down_to(self.capacity.saturating_sub(1));
        let number = entries.next_number;
        entries.next_number += 1;
        entries.names_by_age.insert(number, name.clone());
        entries.by_name.insert(name, Entry { number, since: now, value });
    }

    /// Removes and gives the value, unless its life is over.
    pub(crate) fn take(&self, name: &str, now: Instant) -> Option<T> {
        let entry = self.lock().remove(name)?;
        entry.is_alive(now, self.life).then_some(entry.value)
    }

    fn lock(&self) -> MutexGuard<'_, Entries<T>> {
        // No code panics half way through a change, so a poisoned lock holds whole entries.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone> Store<T> {
    /// A copy of the value, unless its life is over.
    pub(crate) fn get(&self, name: &str, now: Instant) -> Option<T> {
        let entries = self.lock();
        let entry = entries.by_name.get(name)?;
        entry.is_alive(now, self.life).then(|| entry.value.clone())
    }
}

impl<T> Entries<T> {
    fn remove(&mut self, name: &str) -> Option<Entry<T>> {
        let entry = self.by_name.remove(name)?;
        self.names_by_age.remove(&entry.number);
        Some(entry)
    }

    fn drop_expired(&mut self, now: Instant, life: Duration) {
        while let Some((_, name)) = self.names_by_age.first_key_value()
            && self.by_name.get(name).is_none_or(|oldest| !oldest.is_alive(now, life))
        {
            self.drop_oldest();
        }
    }

    fn drop_down_to(&mut self, count: usize) {
        while self.names_by_age.len() > count {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some((_, name)) = self.names_by_age.pop_first() {
            self.by_name.remove(&name);
        }
    }
}

impl<T> Entry<T> {
    fn is_alive(&self, now: Instant, life: Duration) -> bool {
        now.saturating_duration_since(self.since) < life
    }
}

/// A cookie only this application and only the server's side of it can read.
pub(crate) struct Cookie {
    name: String,
    secure: bool,
    life: Duration,
}

impl Cookie {
    pub(crate) fn new(purpose: &str, port: u16, secure: bool, life: Duration) -> Self {
        Self { name: format!("sample-app-{port}-{purpose}"), secure, life }
    }

    /// The value the browser sent, if it has the form of one we gave out.
    pub(crate) fn read<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, value)| *name == self.name && is_random_name(value))
            .map(|(_, value)| value)
    }

    /// A Set-Cookie value that makes the browser keep `value`.
    pub(crate) fn set(&self, value: &str) -> String {
        self.set_cookie(value, self.life.as_secs())
    }

    /// A Set-Cookie value that makes the browser forget the cookie.
    pub(crate) fn clear(&self) -> String {
        self.set_cookie("", 0)
    }

    fn set_cookie(&self, value: &str, seconds: u64) -> String {
        let name = &self.name;
        // Lax, because the provider's answer is a navigation from another site.
        let secure = if self.secure { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
    }
}

fn is_random_name(value: &str) -> bool {
    value.len() == 43 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookies: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(header::COOKIE, cookie.parse().expect("cookie header"));
        }
        headers
    }

    #[test]
    fn a_full_store_drops_the_oldest() {
        let store = Store::new(SESSION_LIFE, 3);
        let now = Instant::now();
        for number in 0..5 {
            store.insert(format!("name {number}"), number, now);
        }
        let kept: Vec<_> = (0..5).filter_map(|number| store.get(&format!("name {number}"), now)).collect();
        assert_eq!(kept, [2, 3, 4]);
    }

    #[test]
    fn a_taken_entry_makes_room_and_is_gone() {
        let store = Store::new(SESSION_LIFE, 2);
        let now = Instant::now();
        store.insert("a".into(), 1, now);
        store.insert("b".into(), 2, now);
        assert_eq!(store.take("b", now), Some(2));
        assert_eq!(store.take("b", now), None);
        store.insert("c".into(), 3, now);
        assert_eq!((store.get("a", now), store.get("c", now)), (Some(1), Some(3)));
    }

    #[test]
    fn an_entry_ends_with_its_life() {
        let store = Store::new(Duration::from_secs(10), 5);
        let start = Instant::now();
        store.insert("a".into(), 1, start);
        store.insert("b".into(), 2, start);
        assert_eq!(store.get("a", start + Duration::from_secs(9)), Some(1));
        let late = start + Duration::from_secs(10);
        assert_eq!((store.get("a", late), store.take("a", late)), (None, None));
        store.insert("c".into(), 3, late);
        assert_eq!(store.lock().by_name.len(), 1, "expired entries leave with the next insertion");
    }

    #[test]
    fn only_a_value_we_could_have_given_is_read() {
        let cookie = Cookie::new("session", 5001, false, SESSION_LIFE);
        let value = random_name();
        let mine = format!("sample-app-5001-session={value}");
        assert_eq!(cookie.read(&headers(&["theme=dark", &format!("a=b; {mine}; c=d")])), Some(&*value));
        let other_port = mine.replace("5001", "5002");
        for bad in [&*other_port, "sample-app-5001-session=short", "sample-app-5001-session", ""] {
            assert_eq!(cookie.read(&headers(&[bad])), None, "{bad}");
        }
    }

    #[test]
    fn cookies_are_closed_to_scripts_and_foreign_posts() {
        let plain = Cookie::new("session", 5001, false, Duration::from_mins(1)).set("v");
        assert_eq!(plain, "sample-app-5001-session=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
        assert!(Cookie::new("session", 443, true, SESSION_LIFE).clear().ends_with("; Secure"));
    }

    #[test]
    fn names_are_long_and_never_alike() {
        let (one, other) = (random_name(), random_name());
        assert!(is_random_name(&one) && is_random_name(&other));
        assert_ne!(one, other);
    }
}
