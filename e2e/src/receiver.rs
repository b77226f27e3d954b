//! A receiver of change notifications on the loopback interface. The server must be allowed to reach it
//! (`outbound.allow_networks`).

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::Outcome;

/// What came, and how it is answered.
#[derive(Debug, Default)]
struct Heard {
    items: Mutex<Vec<Value>>,
    is_silent: AtomicBool,
}

/// A running receiver; dropping it ends it.
#[derive(Debug)]
pub struct Receiver {
    /// The address for subscriptions.
    pub address: String,
    heard: Arc<Heard>,
    running: JoinHandle<std::io::Result<()>>,
}

impl Receiver {
    /// Listens on a port of its own.
    pub async fn listen() -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}/hook", listener.local_addr()?);
        let heard = Arc::<Heard>::default();
        let router = Router::new().route("/hook", post(hear)).with_state(Arc::clone(&heard));
        let running = tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, heard, running })
    }

    /// Every item of every message that came, in their order; one that came twice stands there twice.
    pub fn items(&self) -> Vec<Value> {
        self.heard.items.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether messages that come from now on are taken and never answered.
    pub fn keep_silent(&self, is_silent: bool) {
        self.heard.is_silent.store(is_silent, Ordering::Relaxed);
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn hear(State(heard): State<Arc<Heard>>, RawQuery(query): RawQuery, body: Bytes) -> Response {
    let query = query.unwrap_or_default();
    let proof = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "validationToken");
    if let Some((_, token)) = proof {
        return token.into_owned().into_response();
    }
    let Ok(mut message) = serde_json::from_slice::<Value>(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let items = message.get_mut("value").and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default();
    heard.items.lock().unwrap_or_else(PoisonError::into_inner).extend(items);
    if heard.is_silent.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
    StatusCode::ACCEPTED.into_response()
}
