//! One kept-alive HTTP/1.1 connection. It sends bytes made beforehand and reads only what a measurement needs, so that
//! the load takes less of its processor than the server takes of the other.

use crate::Outcome;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Header fields of an answer that are understood.
const FIELDS: usize = 64;

/// A connection; a server that closes it between two requests is connected to again.
pub struct Connection {
    address: SocketAddr,
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, as long as nothing else is sent.
pub struct Answer<'c> {
    /// The status code.
    pub status: u16,
    head: &'c [u8],
    /// The content.
    pub body: &'c [u8],
}

/// Where the parts of an answer end.
struct Extent {
    status: u16,
    head: usize,
    length: usize,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Outcome<Self> {
        Ok(Self { address, stream: connect(address).await?, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// Sends one request and reads its whole answer.
    pub async fn send(&mut self, request: &[u8]) -> Outcome<Answer<'_>> {
        let extent = if let Some(extent) = self.exchange(request).await? {
            extent
        } else {
            self.stream = connect(self.address).await?;
            self.exchange(request).await?.ok_or("the server closes every connection")?
        };
        let (head, rest) = self.buffer.split_at(extent.head);
        Ok(Answer { status: extent.status, head, body: &rest[..extent.length] })
    }

    /// `None` when the connection had been closed before anything of the answer came.
    async fn exchange(&mut self, request: &[u8]) -> Outcome<Option<Extent>> {
        self.buffer.clear();
        if self.stream.write_all(request).await.is_err() {
            return Ok(None);
        }
        let mut known: Option<Extent> = None;
        loop {
            match self.stream.read_buf(&mut self.buffer).await {
                Ok(0) | Err(_) if self.buffer.is_empty() => return Ok(None),
                Ok(0) => return Err("the server closed the connection within an answer".into()),
                Ok(_) => {}
                Err(error) => return Err(error.into()),
            }
            if known.is_none() {
                known = extent(&self.buffer)?;
            }
            if let Some(extent) = known.take_if(|extent| self.buffer.len() - extent.head >= extent.length) {
                return Ok(Some(extent));
            }
        }
    }
}

impl Answer<'_> {
    /// The first header field of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).next()
    }

    /// Every header field of this name.
    pub fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        let lines = std::str::from_utf8(self.head).unwrap_or_default().split("\r\n").skip(1);
        lines
            .filter_map(|line| line.split_once(':'))
            .filter(move |(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    /// The content as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(self.body).unwrap_or_default()
    }

    /// Fails with what the server said when the status is another one.
    pub fn expect(&self, status: u16) -> Outcome {
        if self.status == status {
            return Ok(());
        }
        let said: String = self.text().chars().take(600).collect();
        Err(format!("{} instead of {status}: {said}", self.status).into())
    }
}

async fn connect(address: SocketAddr) -> Outcome<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Where an answer ends; `None` while its head is incomplete.
fn extent(bytes: &[u8]) -> Outcome<Option<Extent>> {
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    let mut response = httparse::Response::new(&mut fields);
    let httparse::Status::Complete(head) = response.parse(bytes)? else { return Ok(None) };
    let status = response.code.unwrap_or_default();
    let field = response.headers.iter().find(|field| field.name.eq_ignore_ascii_case("content-length"));
    let length = match field {
        Some(field) => std::str::from_utf8(field.value)?.trim().parse()?,
        None if matches!(status, 204 | 304) => 0,
        None => return Err("an answer without Content-Length".into()),
    };
    Ok(Some(Extent { status, head, length }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_ends_where_its_length_says() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        let extent = extent(text).expect("an answer").expect("a whole head");
        assert_eq!((extent.status, extent.head, extent.length), (200, text.len() - 2, 2));
        assert!(super::extent(&text[..20]).expect("the beginning of one").is_none());
        assert!(super::extent(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").is_err());
    }
}
