//! A bucket that speaks S3 as the store of files, for several nodes: how it is reached, and whether it can be used before
//! anybody relies on it.

use std::fmt;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{
    BackoffConfig, Certificate, ClientOptions, ObjectStore, ObjectStoreExt as _, RetryConfig,
};
use uuid::Uuid;

use super::fault::cause_of;

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long one request may take in all. A picture is 2 MB at most, a PDF 20 MB.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
/// How often a request is sent again that was not answered or answered by a fault of the bucket's own.
const RETRIES: usize = 2;
/// After how long nothing is sent again: whoever uploads waits for it.
const RETRY_TIMEOUT: Duration = Duration::from_secs(20);
/// Between two attempts, at first.
const RETRY_PAUSE: Duration = Duration::from_millis(200);
/// Where the check writes; meetings' folders are named by ids, so this cannot be one.
const CHECK_FOLDER: &str = "start-checks";

/// A bucket and how it is reached.
#[derive(Clone, PartialEq, Eq)]
pub struct S3Options {
    /// The bucket.
    pub bucket: String,
    /// Where it is, as `https://HOST` or `http://HOST`, with a port where it is another; Amazon's unless given.
    pub endpoint: Option<String>,
    /// Its region.
    pub region: String,
    /// Who we are.
    pub access_key_id: String,
    /// The secret to it. Never shown.
    pub secret_access_key: String,
    /// A file with the authorities that vouch for the endpoint; the system's count as well.
    pub authorities: Option<PathBuf>,
    /// How long one request may take in all.
    pub request_timeout: Duration,
}

impl fmt::Debug for S3Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Options")
            .field("bucket", &self.bucket)
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("access_key_id", &self.access_key_id)
            .field("authorities", &self.authorities)
            .finish_non_exhaustive()
    }
}

impl S3Options {
    /// A bucket with the usual times.
    #[must_use]
    pub fn new(bucket: String, region: String, access_key_id: String, secret_access_key: String) -> Self {
        Self {
            bucket,
            endpoint: None,
            region,
            access_key_id,
            secret_access_key,
            authorities: None,
            request_timeout: REQUEST_TIMEOUT,
        }
    }

    fn place(&self) -> String {
        self.endpoint.clone().unwrap_or_else(|| format!("s3.{}.amazonaws.com", self.region))
    }
}

/// Why a bucket cannot be used as it is. `Display` is a message for operators that says what to change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum S3CheckError {
    /// The file of authorities cannot be used.
    #[error("s3_ca_file: {path} cannot be used: {reason}")]
    Authorities {
        /// The file.
        path: String,
        /// What is the matter with it.
        reason: String,
    },
    /// Nobody answers.
    #[error(
        "s3_endpoint: the bucket's server at {place} cannot be reached ({reason}). Check that it runs, that the address and \
         its port are right, that no firewall lies between, and, with https, that s3_ca_file names the authority of its certificate"
    )]
    Unreachable {
        /// Where.
        place: String,
        /// What was seen.
        reason: String,
    },
    /// There is no such bucket.
    #[error(
        "s3_bucket: there is no bucket `{bucket}` at {place} ({reason}). Make it, or write the name of one that is there"
    )]
    NoBucket {
        /// The bucket.
        bucket: String,
        /// Where.
        place: String,
        /// What was seen.
        reason: String,
    },
    /// The key is not known, or its secret is wrong.
    #[error(
        "s3_access_key_id: {place} does not accept the key ({reason}). Check s3_access_key_id and s3_secret_access_key, and that \
         this machine's clock is right"
    )]
    Key {
        /// Where.
        place: String,
        /// What was seen.
        reason: String,
    },
    /// The bucket is in another region.
    #[error(
        "s3_region: the bucket `{bucket}` is not in the region `{region}` ({reason}). Write the bucket's region"
    )]
    Region {
        /// The bucket.
        bucket: String,
        /// What the settings say.
        region: String,
        /// What was seen.
        reason: String,
    },
    /// The key may not do what is needed.
    #[error(
        "s3_bucket: the bucket `{bucket}` does not let this key {deed} files ({reason}). Its policy must allow s3:PutObject, \
         s3:GetObject, s3:DeleteObject and s3:ListBucket"
    )]
    Forbidden {
        /// The bucket.
        bucket: String,
        /// What is refused.
        deed: &'static str,
        /// What was seen.
        reason: String,
    },
    /// Something else.
    #[error("s3_bucket: the bucket `{bucket}` at {place} cannot be used: to {deed} a file failed ({reason})")]
    Unusable {
        /// The bucket.
        bucket: String,
        /// Where.
        place: String,
        /// What failed.
        deed: &'static str,
        /// What was seen.
        reason: String,
    },
}

/// Opens a bucket, after a small file has been written to it, listed, read and removed again.
///
/// # Errors
/// An [`S3CheckError`].
pub async fn open(options: &S3Options) -> Result<Arc<dyn ObjectStore>, S3CheckError> {
    let store = client(options)?;
    check(options, &store).await?;
    Ok(Arc::new(store))
}

/// The client of a bucket; whether it is there shows when it is used.
///
/// # Errors
/// [`S3CheckError::Authorities`], or [`S3CheckError::Unusable`] if the settings make no client.
pub fn client(options: &S3Options) -> Result<AmazonS3, S3CheckError> {
    // Whatever else in this program brings a provider with it: this one is meant. Set before means set right.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut http = ClientOptions::new()
        // The settings have been asked whether they mean it.
        .with_allow_http(options.endpoint.as_deref().is_some_and(|endpoint| endpoint.starts_with("http://")))
        .with_connect_timeout(CONNECT_TIMEOUT.min(options.request_timeout))
        .with_timeout(options.request_timeout);
    if let Some(path) = &options.authorities {
        for authority in authorities(path)? {
            http = http.with_root_certificate(authority);
        }
    }
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&options.bucket)
        .with_region(&options.region)
        .with_access_key_id(&options.access_key_id)
        .with_secret_access_key(&options.secret_access_key)
        .with_client_options(http)
        .with_retry(RetryConfig {
            backoff: BackoffConfig { init_backoff: RETRY_PAUSE, ..BackoffConfig::default() },
            max_retries: RETRIES,
            retry_timeout: RETRY_TIMEOUT.min(options.request_timeout),
        });
    if let Some(endpoint) = &options.endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    builder.build().map_err(|error| S3CheckError::Unusable {
        bucket: options.bucket.clone(),
        place: options.place(),
        deed: "address",
        reason: cause_of(&error),
    })
}

fn authorities(path: &FilePath) -> Result<Vec<Certificate>, S3CheckError> {
    let unusable = |reason: String| S3CheckError::Authorities { path: path.display().to_string(), reason };
    let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    let found = Certificate::from_pem_bundle(&pem).map_err(|error| unusable(cause_of(&error)))?;
    if found.is_empty() { Err(unusable("it holds no certificate in PEM form".to_owned())) } else { Ok(found) }
}

async fn check(options: &S3Options, store: &AmazonS3) -> Result<(), S3CheckError> {
    let place = Path::from(format!("{CHECK_FOLDER}/{}", Uuid::new_v4()));
    let written = Bytes::from_static(b"written by engawa to see whether it can write; may be removed");
    let failed = |deed| move |error: object_store::Error| fault(options, deed, &error);
    store.put(&place, written.clone().into()).await.map_err(failed("write"))?;
    let listed: Vec<_> =
        store.list(Some(&Path::from(CHECK_FOLDER))).try_collect().await.map_err(failed("list"))?;
    let read = async { store.get(&place).await?.bytes().await };
    let read = read.await.map_err(failed("read"))?;
    store.delete(&place).await.map_err(failed("remove"))?;
    if read == written && listed.iter().any(|object| object.location == place) {
        return Ok(());
    }
    Err(S3CheckError::Unusable {
        bucket: options.bucket.clone(),
        place: options.place(),
        deed: "read back",
        reason: "what was written is not there a moment later".to_owned(),
    })
}

fn fault(options: &S3Options, deed: &'static str, error: &object_store::Error) -> S3CheckError {
    let (bucket, place, reason) = (options.bucket.clone(), options.place(), cause_of(error));
    let has = |words: &[&str]| words.iter().any(|word| reason.contains(word));
    if has(&["InvalidAccessKeyId", "SignatureDoesNotMatch", "RequestTimeTooSkewed", "InvalidToken"]) {
        return S3CheckError::Key { place, reason };
    }
    if has(&["NoSuchBucket"]) {
        return S3CheckError::NoBucket { bucket, place, reason };
    }
    if has(&[
        "PermanentRedirect",
        "AuthorizationHeaderMalformed",
        "configured region",
        "IllegalLocationConstraint",
    ]) {
        return S3CheckError::Region { bucket, region: options.region.clone(), reason };
    }
    match error {
        object_store::Error::PermissionDenied { .. } => S3CheckError::Forbidden { bucket, deed, reason },
        object_store::Error::Unauthenticated { .. } => S3CheckError::Key { place, reason },
        object_store::Error::NotFound { .. } => S3CheckError::NoBucket { bucket, place, reason },
        _ if has(&["no connection", "no answer in time", "certificate"]) => {
            S3CheckError::Unreachable { place, reason }
        }
        _ => S3CheckError::Unusable { bucket, place, deed, reason },
    }
}
