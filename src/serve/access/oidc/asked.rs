//! Requests to the provider: few, small, and never led elsewhere.

use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most bytes of an answer.
const MOST: usize = 1024 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreached {
    /// It cannot be reached, or breaks off.
    #[error(transparent)]
    Client(#[from] reqwest::Error),
    /// It sends too much.
    #[error("its answer has more than {MOST} bytes")]
    TooLarge,
    /// Its answer is none.
    #[error(transparent)]
    Odd(#[from] http::Error),
}

/// Asks the provider.
#[derive(Clone)]
pub(super) struct Client(reqwest::Client);

impl Client {
    /// Over a safe connection, unless the provider is on this machine.
    pub(super) fn new(in_the_clear: bool) -> Result<Self, reqwest::Error> {
        let builder = reqwest::Client::builder()
            // What it says of itself must not have others on this network asked.
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .https_only(!in_the_clear);
        Ok(Self(builder.build()?))
    }

    /// The answer to a request.
    pub(super) fn ask(&self, request: HttpRequest) -> impl Future<Output = Result<HttpResponse, Unreached>> + use<> {
        let client = self.0.clone();
        async move {
            let mut sent = client.execute(request.try_into()?).await?;
            let mut answer = http::Response::builder().status(sent.status());
            if let Some(fields) = answer.headers_mut() {
                fields.clone_from(sent.headers());
            }
            let mut body = Vec::new();
            while let Some(more) = sent.chunk().await? {
                if body.len() + more.len() > MOST {
                    return Err(Unreached::TooLarge);
                }
                body.extend_from_slice(&more);
            }
            Ok(answer.body(body)?)
        }
    }
}
