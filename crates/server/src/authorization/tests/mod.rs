//! The provider as its clients see it.

mod discovery;
