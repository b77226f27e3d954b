//! Mail addresses as an invitation server must read them: one mailbox has one form, and what looks like two people is two.
//!
//! ```
//! use mail_address::Address;
//!
//! let address = Address::parse("Sam.Rivera@Fabrikam.Example.", false)?;
//! assert_eq!(address.as_str(), "Sam.Rivera@fabrikam.example");
//! assert_eq!(address.folded(), "sam.rivera@fabrikam.example");
//! # Ok::<(), mail_address::AddressError>(())
//! ```
//!
//! The input is hostile by assumption: nothing here panics, and an address that was accepted is accepted again as it
//! prints.

mod address;
mod domain;

pub use address::{Address, AddressError};
pub use domain::normalise_domain;
