//! The hello of a line over plain HTTP: the body of the request that opens it, within the bounds of somebody unknown.

use std::time::Duration;

use axum::body::{self, Body};
use axum::http::header::{CACHE_CONTROL, HeaderName};
use engawa_protocol::limits::{HELLO_BYTES_MAX, HELLO_TIMEOUT_MS};

use crate::http::{ApiError, ApiErrorKind};
use crate::hub::FrameText;

/// Headers of everything that comes over a line (TR8): nothing on the way may keep, change or gather it.
pub(super) const LINE_HEADERS: [(HeaderName, &str); 2] =
    [(CACHE_CONTROL, "no-store, no-transform"), (HeaderName::from_static("x-accel-buffering"), "no")];

/// Reads the body; what it says is for the handshake to judge (TR3).
pub(super) async fn read_hello(body: Body) -> Result<FrameText, ApiError> {
    let reading = body::to_bytes(body, HELLO_BYTES_MAX as usize);
    let limit = Duration::from_millis(HELLO_TIMEOUT_MS);
    let bytes = tokio::time::timeout(limit, reading)
        .await
        .map_err(|_elapsed| ApiErrorKind::RequestTimeout)?
        .map_err(|error| ApiError::new(kind_of(&error)).caused_by(error))?;
    FrameText::try_from(bytes).map_err(|_| ApiErrorKind::BadRequest.into())
}

fn kind_of(error: &axum::Error) -> ApiErrorKind {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if cause.is::<http_body_util::LengthLimitError>() {
            return ApiErrorKind::TooLarge;
        }
        source = cause.source();
    }
    ApiErrorKind::BadRequest
}
