//! A DNS server for tests, on a port of its own: it answers questions for texts from what tests have published.

use hickory_resolver::proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_resolver::proto::rr::rdata::TXT;
use hickory_resolver::proto::rr::{RData, Record, RecordType};
use std::collections::HashMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::{LazyLock, Mutex, PoisonError};

static TEXTS: LazyLock<Mutex<HashMap<String, Vec<String>>>> = LazyLock::new(Mutex::default);

static ADDRESS: LazyLock<SocketAddr> = LazyLock::new(|| {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let address = socket.local_addr().expect("an address");
    std::thread::spawn(move || serve(&socket));
    address
});

/// Where it listens; it runs from the first time somebody asks until the tests end.
pub fn address() -> SocketAddr {
    *ADDRESS
}

/// Adds a text (TXT) to a name.
pub fn publish(name: &str, text: &str) {
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    texts.entry(name.to_owned()).or_default().push(text.to_owned());
}

fn serve(socket: &UdpSocket) {
    let mut buffer = [0; 4096];
    loop {
        let (length, from) = socket.recv_from(&mut buffer).expect("a question");
        let question = Message::from_vec(&buffer[..length]).expect("a message");
        let answer = answer(&question).to_vec().expect("bytes");
        socket.send_to(&answer, from).expect("an answer");
    }
}

fn answer(asked: &Message) -> Message {
    let mut answer = Message::new(asked.metadata.id, MessageType::Response, OpCode::Query);
    let texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    for query in &asked.queries {
        answer.add_query(query.clone());
        let name = query.name().to_string().trim_end_matches('.').to_lowercase();
        match texts.get(&name) {
            None => answer.metadata.response_code = ResponseCode::NXDomain,
            Some(texts) if query.query_type() == RecordType::TXT => {
                for text in texts {
                    let data = RData::TXT(TXT::new(vec![text.clone()]));
                    answer.add_answer(Record::from_rdata(query.name().clone(), 60, data));
                }
            }
            Some(_) => {}
        }
    }
    answer
}
