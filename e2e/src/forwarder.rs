//! A wire to a server that can be cut and mended.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::Outcome;

/// Hands connections on to `target` while it is mended; the address stays the same.
#[derive(Debug)]
pub struct Forwarder {
    /// Where it listens.
    pub address: SocketAddr,
    target: SocketAddr,
    running: Option<JoinHandle<()>>,
}

impl Forwarder {
    /// A wire to `target` on a free port of the loopback interface.
    pub async fn start(target: SocketAddr) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        Ok(Self { address, target, running: Some(tokio::spawn(forward(listener, target))) })
    }

    /// Breaks every connection; new ones are refused.
    pub async fn cut(&mut self) {
        if let Some(running) = self.running.take() {
            running.abort();
            // Ends with the cancellation that was just asked for.
            drop(running.await);
        }
    }

    /// Accepts connections again.
    pub async fn mend(&mut self) -> Outcome {
        let listener = TcpListener::bind(self.address).await?;
        self.running = Some(tokio::spawn(forward(listener, self.target)));
        Ok(())
    }
}

async fn forward(listener: TcpListener, target: SocketAddr) {
    // Dropped with this task, and every connection with it.
    let mut connections = JoinSet::new();
    while let Ok((mut near, _)) = listener.accept().await {
        connections.spawn(async move {
            let Ok(mut far) = TcpStream::connect(target).await else { return };
            // Either side may break off; the other one then sees the end.
            drop(tokio::io::copy_bidirectional(&mut near, &mut far).await);
        });
    }
}
