//! What the DNS says, asked anew each time: nothing is kept, so that whoever has just published a record is believed at once.

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, RecordType};
use std::net::SocketAddr;

/// What is published under a name as text.
pub enum Published {
    /// The texts, in no order.
    Texts(Vec<String>),
    /// The name exists, or names below it do, without a text of its own.
    NoText,
    /// Neither the name nor anything below it exists (RFC 8020).
    NoName,
}

/// The DNS as one server tells it, or those that the machine is set up with.
pub struct Dns(TokioResolver);

impl Dns {
    /// Asks `nameserver`, or whom `/etc/resolv.conf` names.
    ///
    /// # Errors
    /// When the machine names nobody to ask.
    pub fn new(nameserver: Option<SocketAddr>) -> Result<Self, NetError> {
        let Some(address) = nameserver else { return TokioResolver::builder_tokio()?.build().map(Self) };
        let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
            connection.port = address.port();
            connection
        });
        let server = NameServerConfig::new(address.ip(), true, connections.into());
        let config = ResolverConfig::from_name_servers(vec![server]);
        TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()).build().map(Self)
    }

    /// The texts of a name (TXT).
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn texts(&self, name: &str) -> Result<Published, NetError> {
        // The dot at the end keeps the search list of the machine out of it.
        match self.0.lookup(format!("{name}."), RecordType::TXT).await {
            Ok(found) => {
                let texts = found.answers().iter().filter_map(|record| match &record.data {
                    RData::TXT(text) => Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned()),
                    _ => None,
                });
                Ok(Published::Texts(texts.collect()))
            }
            Err(error) if error.is_nx_domain() => Ok(Published::NoName),
            Err(error) if error.is_no_records_found() => Ok(Published::NoText),
            Err(error) => Err(error),
        }
    }
}
