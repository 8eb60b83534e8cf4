//! What a program sends: an object, by name.

use axum::extract::{FromRequest, Json, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A body that is an object with these members: what is sent in order, as a list, would be taken for one as well.
pub(super) struct Sent<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let sent = Json::<Map<String, Value>>::from_request(request, state).await;
        let Json(members) = sent.map_err(axum::response::IntoResponse::into_response)?;
        let read = serde_json::from_value(Value::Object(members));
        read.map(Self).map_err(|problem| (StatusCode::UNPROCESSABLE_ENTITY, problem.to_string()).into_response())
    }
}
