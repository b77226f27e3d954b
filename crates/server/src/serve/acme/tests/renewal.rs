//! An ACME server that says when it wants an exchange (RFC 9773).

use super::{Keeper, keeper};
use crate::platform::acme::Certificate;
use crate::platform::certificate::Validity;
use crate::platform::clock::rfc3339;
use crate::platform::{Timestamp, tls};
use crate::serve::acme::renewal::ask;
use crate::serve::{Listener, Stop};
use crate::testing::{TestServer, on_both_engines};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use axum_server::tls_rustls::RustlsConfig;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use zeroize::Zeroizing;

/// The certificate of RFC 9773 appendix A, and its name there.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----
MIIBQzCB66ADAgECAgUAh2VDITAKBggqhkjOPQQDAjAVMRMwEQYDVQQDEwpFeGFt
cGxlIENBMCIYDzAwMDEwMTAxMDAwMDAwWhgPMDAwMTAxMDEwMDAwMDBaMBYxFDAS
BgNVBAMTC2V4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeBZu
7cbpAYNXZLbbh8rNIzuOoqOOtmxA1v7cRm//AwyMwWxyHz4zfwmBhcSrf47NUAFf
qzLQ2PPQxdTXREYEnKMjMCEwHwYDVR0jBBgwFoAUaYhba4dGQEHhs3uEe6CuLN4B
yNQwCgYIKoZIzj0EAwIDRwAwRAIge09+S5TZAlw5tgtiVvuERV6cT4mfutXIlwTb
+FYN/8oCIClDsqBklhB9KAelFiYt9+6FDj3z4KGVelYM5MdsO3pK
-----END CERTIFICATE-----
";
const NAME: &str = "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE";

/// What the ACME server says, and how often it was asked.
#[derive(Default)]
struct Said {
    /// Within which an exchange is wanted; without it the answer is 503.
    window: Mutex<Option<Value>>,
    asked: Mutex<usize>,
}

impl Said {
    fn answer(&self, name: &str) -> Result<impl IntoResponse + use<>, StatusCode> {
        assert_eq!(name, NAME);
        *self.asked.lock().expect("a count") += 1;
        let window = self.window.lock().expect("a window").clone().ok_or(StatusCode::SERVICE_UNAVAILABLE)?;
        Ok(([("retry-after", "21600")], Json(json!({ "suggestedWindow": window }))))
    }
}

/// An ACME server that does nothing but give this advice; serves until its `Stop` is told.
struct Adviser {
    said: Arc<Said>,
    address: SocketAddr,
    stop: Stop,
    folder: TempDir,
}

impl Adviser {
    async fn start(knows_renewals: bool) -> Self {
        tls::install_provider();
        let listener = Listener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
        let (address, stop, said) = (listener.address(), Stop::never(), Arc::<Said>::default());
        let renewals = format!("https://localhost:{}/renewals", address.port());
        let directory = if knows_renewals { json!({ "renewalInfo": renewals }) } else { json!({}) };
        let advising = Arc::clone(&said);
        let router = Router::new()
            .route("/directory", get(move || async move { Json(directory) }))
            .route("/renewals/{name}", get(move |Path(name): Path<String>| async move { advising.answer(&name) }));
        let pair = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let (pem, key) = (pair.cert.pem(), pair.signing_key.serialize_pem());
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("authority.pem"), &pem).expect("a file");
        let config = RustlsConfig::from_pem(pem.into_bytes(), key.into_bytes()).await.expect("a certificate");
        tokio::spawn(listener.with_tls(config).serve(router, stop.clone()));
        Self { said, address, stop, folder }
    }

    fn says(&self, from: Timestamp, until: Timestamp) {
        let window = json!({ "start": rfc3339(from), "end": rfc3339(until) });
        *self.said.window.lock().expect("a window") = Some(window);
    }

    fn asked(&self) -> usize {
        *self.said.asked.lock().expect("a count")
    }

    /// Looks after a certificate of this ACME server.
    fn keeper(&self, server: &TestServer) -> Keeper {
        let mut keeper = keeper(server);
        keeper.settings.certificate_authority_file = Some(self.folder.path().join("authority.pem"));
        let subject = Arc::make_mut(&mut keeper.subject);
        subject.directory = format!("https://localhost:{}/directory", self.address.port());
        keeper
    }
}

/// A certificate that is good for ninety days, so that its last third begins after sixty.
fn kept(begins: Timestamp) -> Certificate {
    let validity = Validity { begins, ends: begins.plus(days(90)) };
    Certificate { chain: CERTIFICATE.to_owned(), key: Zeroizing::new("a key".to_owned()), validity }
}

fn days(count: u32) -> Duration {
    count * Duration::from_hours(24)
}

#[tokio::test]
async fn the_acme_server_says_when_a_certificate_is_exchanged() {
    on_both_engines(async |server| {
        let adviser = Adviser::start(true).await;
        let keeper = adviser.keeper(&server);
        let start = server.clock.now();
        let kept = kept(start);
        // It is away: the last third counts, and it is not asked again at once.
        ask(&keeper, &kept).await;
        assert_eq!(keeper.renewal(&kept), start.plus(days(60)));
        ask(&keeper, &kept).await;
        assert_eq!(adviser.asked(), 1);

        // It wants an exchange on the fortieth day, at an instant that stays the same.
        adviser.says(start.plus(days(40)), start.plus(days(41)));
        server.clock.advance(Duration::from_hours(6));
        ask(&keeper, &kept).await;
        let drawn = keeper.renewal(&kept);
        assert!(drawn >= start.plus(days(40)) && drawn < start.plus(days(41)), "{drawn:?}");
        server.clock.advance(Duration::from_hours(5));
        ask(&keeper, &kept).await;
        assert_eq!(adviser.asked(), 2, "it wanted six hours");
        server.clock.advance(Duration::from_hours(1));
        ask(&keeper, &kept).await;
        assert_eq!((adviser.asked(), keeper.renewal(&kept)), (3, drawn));
        let replaced = keeper.advice().and_then(|advice| advice.replaced());
        assert_eq!(replaced.map(|name| name.to_string()).as_deref(), Some(NAME));

        // Many are to be revoked: at once.
        adviser.says(start.minus(days(2)), start.minus(days(1)));
        server.clock.advance(days(1));
        ask(&keeper, &kept).await;
        assert!(keeper.renewal(&kept) < server.clock.now());

        // Later than the last third, but not so late that a failure could not be mended.
        adviser.says(start.plus(days(70)), start.plus(days(71)));
        server.clock.advance(Duration::from_hours(6));
        ask(&keeper, &kept).await;
        assert!(keeper.renewal(&kept) >= start.plus(days(70)));
        adviser.says(start.plus(days(89)), start.plus(days(90)));
        server.clock.advance(Duration::from_hours(6));
        ask(&keeper, &kept).await;
        assert_eq!(keeper.renewal(&kept), start.plus(days(75)));

        // A window that ends before it begins is none; what was known stays.
        adviser.says(start.plus(days(41)), start.plus(days(40)));
        server.clock.advance(Duration::from_hours(6));
        ask(&keeper, &kept).await;
        assert_eq!(keeper.renewal(&kept), start.plus(days(75)));

        // Another certificate has another time.
        let next = Certificate { chain: String::new(), ..self::kept(start) };
        assert_eq!(keeper.renewal(&next), start.plus(days(60)));
        adviser.stop.now();
    })
    .await;
}

#[tokio::test]
async fn an_acme_server_that_always_wants_an_exchange_gets_one_a_day() {
    on_both_engines(async |server| {
        let adviser = Adviser::start(true).await;
        let keeper = adviser.keeper(&server);
        let start = server.clock.now();
        adviser.says(start.minus(days(2)), start.minus(days(1)));
        let fresh = kept(start);
        ask(&keeper, &fresh).await;
        assert_eq!(adviser.asked(), 1);
        assert_eq!(keeper.renewal(&fresh), start.plus(days(1)));
        // One that ends soon is exchanged as it is without advice.
        let validity = Validity { begins: start, ends: start.plus(Duration::from_hours(6)) };
        let short = Certificate { validity, ..fresh };
        assert_eq!(keeper.renewal(&short), start.plus(Duration::from_hours(4)));
        adviser.stop.now();
    })
    .await;
}

#[tokio::test]
async fn an_acme_server_without_an_opinion_changes_nothing() {
    on_both_engines(async |server| {
        let adviser = Adviser::start(false).await;
        let keeper = adviser.keeper(&server);
        let kept = kept(server.clock.now());
        ask(&keeper, &kept).await;
        assert_eq!(keeper.renewal(&kept), kept.validity.renewal());
        assert!(keeper.advice().is_some_and(|advice| advice.replaced().is_none()), "no replacement is spoken of");
        assert_eq!(adviser.asked(), 0);
        adviser.stop.now();
    })
    .await;
}
