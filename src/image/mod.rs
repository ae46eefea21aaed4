//! A new database need not replay history: it can begin as the bytes of one in which the whole set was applied when the
//! application was built.

#[cfg(feature = "image")]
mod make;
mod start;

#[cfg(feature = "image")]
pub use make::NoImage;
#[cfg(feature = "image")]
pub(crate) use make::make;
pub(crate) use start::start;
