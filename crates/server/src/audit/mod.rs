//! The directory audit and the sign-in log: who did what to whom, with which result.
//!
//! A change is audited in the transaction that makes it; an interactive sign-in in the transaction of its session. Rows
//! are only ever added. Names of activities are those of Microsoft Entra's audit log, so that queries carry over.

pub mod directory;
pub mod group;
pub mod sign_in;

pub use directory::{Activity, Outcome, Target, record};
