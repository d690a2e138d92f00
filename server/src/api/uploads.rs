//! Bodies that are files: read up to a bound, refused before they are read where the sender says how long they are.

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_LENGTH;
use futures_util::StreamExt as _;

use crate::http::{ApiError, ApiErrorKind};

/// A body that has not been read yet.
pub(super) struct Upload {
    body: Body,
    /// What the sender says; nothing is relied on but its being too much.
    declared: Option<u64>,
}

impl<S: Sync> FromRequest<S> for Upload {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let declared = request
            .headers()
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.parse().ok());
        Ok(Self { body: request.into_body(), declared })
    }
}

/// A body as it comes, within its bound.
pub(super) struct Parts {
    stream: BodyDataStream,
    left: u64,
}

impl Upload {
    /// Begins to read.
    ///
    /// # Errors
    /// `too_large` if the sender says that it is longer than `max` bytes: then nothing of it is read.
    pub(super) fn begin(self, max: u64) -> Result<Parts, ApiError> {
        if self.declared.is_some_and(|bytes| bytes > max) {
            return Err(ApiErrorKind::TooLarge.into());
        }
        Ok(Parts { stream: self.body.into_data_stream(), left: max })
    }

    /// The whole of it.
    ///
    /// # Errors
    /// `too_large` beyond `max` bytes, `request_timeout` if it broke off.
    pub(super) async fn read(self, max: u64) -> Result<Vec<u8>, ApiError> {
        let mut parts = self.begin(max)?;
        let mut bytes = Vec::new();
        while let Some(part) = parts.next().await? {
            bytes.extend_from_slice(&part);
        }
        Ok(bytes)
    }
}

impl Parts {
    /// The next piece; none at the end.
    ///
    /// # Errors
    /// As [`Upload::read`].
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, ApiError> {
        let Some(part) = self.stream.next().await else { return Ok(None) };
        let part = part.map_err(|_| ApiErrorKind::RequestTimeout)?;
        self.left = self.left.checked_sub(part.len() as u64).ok_or(ApiErrorKind::TooLarge)?;
        Ok(Some(part))
    }
}

#[cfg(test)]
mod tests {
    use engawa_protocol::limits::POSTER_ZIP_BYTES_MAX;

    use super::*;

    async fn declaring(bytes: u64) -> Upload {
        let request = Request::builder().header(CONTENT_LENGTH, bytes).body(Body::from("PK")).unwrap();
        Upload::from_request(request, &()).await.unwrap()
    }

    /// By what is declared: half a gigabyte does not have to be sent to be refused. What comes undeclared is counted.
    #[tokio::test]
    async fn an_archive_is_begun_at_its_size_and_refused_one_byte_above() {
        let mut parts = declaring(POSTER_ZIP_BYTES_MAX).await.begin(POSTER_ZIP_BYTES_MAX).unwrap();
        assert_eq!(parts.next().await.unwrap().unwrap(), "PK");
        let refused = declaring(POSTER_ZIP_BYTES_MAX + 1).await.begin(POSTER_ZIP_BYTES_MAX);
        assert!(refused.is_err_and(|error| error.kind() == ApiErrorKind::TooLarge));
        for (left, fits) in [(2, true), (1, false)] {
            let undeclared = Upload { body: Body::from("PK"), declared: None };
            assert_eq!(undeclared.read(left).await.is_ok(), fits, "{left}");
        }
    }
}
