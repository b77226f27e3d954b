//! The other side: proving an address, and telling it something (Graph: webhook delivery).

use super::subscription::Subscription;
use crate::Server;
use crate::platform::Timestamp;
use crate::platform::fetch::FetchError;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Method, Request};
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// How long a receiver may take to prove its address.
const PROOF: Duration = Duration::from_secs(10);

/// How long it may take to accept a notification (Graph: webhook delivery). Who needs longer accepts first and works then.
const ANSWER: Duration = Duration::from_secs(3);

/// `t=<seconds since 1970>,v1=<hexadecimal HMAC-SHA256 of "<seconds>.<body>">`. Whoever checks it refuses what is older than
/// five minutes, so that nothing that was overheard can be sent again.
const SIGNATURE: HeaderName = HeaderName::from_static("vestibule-signature");

/// Sends a random text that the receiver has to send back: POST `{address}?validationToken=..`, to be answered within ten
/// seconds with 200 and the decoded text.
///
/// # Errors
/// What came back instead, in words.
pub async fn prove(server: &Server, address: &Url) -> Result<(), String> {
    let token = URL_SAFE_NO_PAD.encode(server.entropy.bytes::<32>());
    let mut asked = address.clone();
    asked.query_pairs_mut().append_pair("validationToken", &token);
    let mut request = Request::new(Method::POST, asked);
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    *request.timeout_mut() = Some(PROOF);
    let answer = server.fetch.send(request).await.map_err(|error| error.to_string())?;
    if answer.status != 200 {
        return Err(format!("the answer was {} instead of 200", answer.status.as_u16()));
    }
    let text = String::from_utf8_lossy(&answer.body);
    if text.trim() == token { Ok(()) } else { Err("the answer was not the validation token".to_owned()) }
}

/// Tells the receiver something at one of its addresses; any answer of success accepts it.
pub async fn tell(server: &Server, subscription: &Subscription, address: &str, body: &Value) -> Result<(), String> {
    let address = Url::parse(address).map_err(|error| error.to_string())?;
    let body = body.to_string();
    let mut request = Request::new(Method::POST, address);
    let signature = HeaderValue::try_from(sign(server, subscription, server.clock.now(), &body));
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.insert(SIGNATURE, signature.map_err(|error| error.to_string())?);
    *request.timeout_mut() = Some(ANSWER);
    *request.body_mut() = Some(body.into());
    let answer = server.fetch.send(request).await;
    match answer {
        Ok(answer) if answer.status.is_success() => Ok(()),
        Ok(answer) => Err(format!("the receiver answered {}", answer.status.as_u16())),
        // It was delivered; what came back is nobody's business.
        Err(FetchError::TooLarge) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

/// What signs the notifications of a subscription: derived, so that nothing has to be kept.
pub fn secret(server: &Server, subscription: &Subscription) -> String {
    let key = server.master_key.derive("change notifications");
    let place = [subscription.tenant_id.0.as_bytes().as_slice(), subscription.id.0.as_bytes()].concat();
    format!("vst_sub_{}", URL_SAFE_NO_PAD.encode(hmac::sign(&key, &place)))
}

fn sign(server: &Server, subscription: &Subscription, at: Timestamp, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret(server, subscription).as_bytes());
    let tag = hmac::sign(&key, format!("{}.{body}", at.seconds()).as_bytes());
    let hexadecimal: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={},v1={hexadecimal}", at.seconds())
}
