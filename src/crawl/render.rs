//! Pages as a browser shows them, for those that are empty until their scripts have run.
//!
//! The browser asks the network for nothing: whatever a page wants is answered from the pack, or by the crawl in its own
//! way. So guards, pace, robots.txt, bounds and the pack hold for it as for everything else.

#[cfg(feature = "browser")]
mod browser;
#[cfg(feature = "browser")]
mod cdp;
#[cfg(feature = "browser")]
mod document;
#[cfg(feature = "browser")]
mod page;
#[cfg(feature = "browser")]
mod program;
#[cfg(feature = "browser")]
mod supply;
#[cfg(feature = "browser")]
mod trackers;

use std::collections::BTreeSet;
use std::io;

use probes::capture::{Failure, Request, Store};

use super::fetch::{Crawl, failed};
use super::{CrawlError, Crawler, Previous, Progress};
use crate::pack::Exchange;

impl Crawler {
    /// Hands `sink` an exchange for every one of `requests`, which ask for pages as a browser shows them, and one for all
    /// that the pages themselves ask for and `held` does not have. `sink` is to keep them where `held` finds them.
    ///
    /// One page after another: a browser takes as much memory as all the rest.
    pub fn render(
        &self,
        requests: &BTreeSet<Request>,
        held: &dyn Store,
        previous: &dyn Previous,
        sink: &mut dyn FnMut(Exchange) -> io::Result<()>,
        progress: &dyn Progress,
    ) -> Result<(), CrawlError> {
        let crawl = Crawl::new(self, previous, sink, progress);
        self.runtime.block_on(async {
            for request in requests {
                progress.started(request);
                let exchange = self.rendered(&crawl, request, held).await?;
                crawl.hand_on(exchange)?;
            }
            Ok(())
        })
    }

    #[cfg(feature = "browser")]
    async fn rendered(&self, crawl: &Crawl<'_>, request: &Request, held: &dyn Store) -> Result<Exchange, CrawlError> {
        match program::find(&self.config.browser) {
            Ok(program) => page::render(self, crawl, request, held, &program).await,
            Err(cause) => Ok(failed(request, Failure::NoBrowser { cause })),
        }
    }

    #[cfg(not(feature = "browser"))]
    async fn rendered(&self, _: &Crawl<'_>, request: &Request, _: &dyn Store) -> Result<Exchange, CrawlError> {
        let cause = "this program was built without one".to_owned();
        Ok(failed(request, Failure::NoBrowser { cause }))
    }
}
