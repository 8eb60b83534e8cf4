//! Turns at hosts that other processes ask too.

use std::time::Duration;

use futures_util::future::BoxFuture;

/// Why a host's turn was not to be had: nothing is asked without one.
#[derive(Debug, thiserror::Error)]
#[error("whose turn it is at {host} is not to be learnt: {cause}")]
pub struct NoTurn {
    /// The host.
    pub host: String,
    /// What went wrong.
    pub cause: String,
}

/// Turns at hosts, shared with whoever else asks them: one request at a time, and a pause after each.
pub trait Turns: Send + Sync {
    /// Waits until nobody asks the host, and it has had its pause, which is at least `pause`; it is held from then on.
    fn take<'a>(&'a self, host: &'a str, pause: Duration) -> BoxFuture<'a, Result<(), NoTurn>>;

    /// Lets go of a host, and gives it a pause of at least so long from now.
    ///
    /// Where that does not come through, the host stays held as long as this process lives, and is not asked by others.
    fn leave<'a>(&'a self, host: &'a str, pause: Duration) -> BoxFuture<'a, ()>;

    /// The host wants so long a pause between two requests from now on.
    fn slow_down<'a>(&'a self, host: &'a str, pause: Duration) -> BoxFuture<'a, Result<(), NoTurn>>;
}
