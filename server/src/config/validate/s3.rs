//! The settings of a bucket: all that is needed of it, or none.

use std::path::PathBuf;

use super::{Problems, quote};
use crate::config::raw::{RawConfig, SecretText};
use crate::http::Origin;
use crate::poster_files::s3::S3Options;

/// The bucket, if one is named.
pub(super) fn options(problems: &mut Problems, raw: &RawConfig) -> Option<S3Options> {
    let given = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let Some(bucket) = given(&raw.s3_bucket) else {
        if given(&raw.s3_endpoint).is_some() || given(&raw.s3_access_key_id).is_some() {
            problems.add("s3_bucket", "must be set where other settings of the bucket are");
        }
        return None;
    };
    // The rules of names that every such server takes; what breaks them would change the address.
    let named = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(named) {
        problems.add("s3_bucket", quote(&bucket, "must be 3 to 63 of a-z, 0-9, `-` and `.`"));
    }
    let endpoint = given(&raw.s3_endpoint)
        .and_then(|text| endpoint(problems, &text, raw.s3_allow_http.unwrap_or(false)));
    let region = problems.required("s3_region", given(&raw.s3_region));
    let key = problems.required("s3_access_key_id", given(&raw.s3_access_key_id));
    let secret =
        raw.s3_secret_access_key.as_ref().map(SecretText::expose).filter(|secret| !secret.is_empty());
    let secret = problems.required("s3_secret_access_key", secret.map(str::to_owned));
    let authorities = given(&raw.s3_ca_file).map(PathBuf::from);
    Some(S3Options { endpoint, authorities, ..S3Options::new(bucket, region?, key?, secret?) })
}

fn endpoint(problems: &mut Problems, text: &str, allow_http: bool) -> Option<String> {
    let origin = problems.keep("s3_endpoint", Origin::parse(text).map_err(|error| quote(text, error)))?;
    if !origin.is_https() && !allow_http {
        problems
            .add("s3_endpoint", format!("`{text}` must begin with https:// unless `s3_allow_http` is set"));
    }
    Some(origin.to_string())
}
