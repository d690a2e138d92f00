//! A certificate and its key, from files in PEM form: what is wrong with them, in words for an operator.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::observe::metrics;

/// A file larger than this, in bytes, is no certificate and no key.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// Somebody should know before a certificate ends: half of the shortest time for which one is renewed by itself.
const ENDS_SOON: Duration = Duration::from_secs(14 * 24 * 3600);

/// Where certificate and key lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The certificate, followed by those between it and the authority.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// Why a certificate cannot be used. Names the setting and the file.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read.
    #[error("{setting}: {path}: {source}")]
    File {
        /// The setting that names the file.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file that is something else.
    #[error("{setting}: {path}: {what}")]
    Content {
        /// The setting that names the file.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Two files that do not belong together.
    #[error("tls_key_file: {key}: is not the key of the certificate in {certificate}")]
    Mismatch {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// The library refuses to work as it is told.
    #[error("TLS cannot be set up: {0}")]
    Cryptography(rustls::Error),
}

const CERTIFICATE: &str = "tls_certificate_file";
const KEY: &str = "tls_key_file";

/// A certificate that goes with its key.
#[derive(Debug, Clone)]
pub struct Certificate {
    key: Arc<CertifiedKey>,
    begins_at: SystemTime,
    ends_at: SystemTime,
}

impl Certificate {
    /// Reads both files.
    ///
    /// # Errors
    /// A [`CertificateError`].
    pub fn read(files: &CertificateFiles) -> Result<Self, CertificateError> {
        let content =
            |setting, path: &Path, what| CertificateError::Content { setting, path: path.into(), what };
        let wrong = |what| content(CERTIFICATE, &files.certificate, what);
        let chain = read(CERTIFICATE, &files.certificate)?;
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&chain)
            .collect::<Result<_, _>>()
            .map_err(|_broken| wrong("is not in PEM form, or broken"))?;
        let first = chain.first().ok_or_else(|| wrong("holds no `BEGIN CERTIFICATE`"))?;
        let (_, parsed) =
            X509Certificate::from_der(first).map_err(|_broken| wrong("holds no X.509 certificate"))?;
        let validity = parsed.validity();
        let (begins_at, ends_at) =
            (time(validity.not_before.timestamp()), time(validity.not_after.timestamp()));

        let wrong = |what| content(KEY, &files.key, what);
        let key = read(KEY, &files.key)?;
        let key = PrivateKeyDer::from_pem_slice(&key).map_err(|error| {
            let protected = String::from_utf8_lossy(&key).contains("ENCRYPTED");
            wrong(match error {
                _ if protected => "is protected by a passphrase; nobody is there to type it",
                pem::Error::NoItemsFound => "holds no `BEGIN PRIVATE KEY`",
                _ => "is not in PEM form, or broken",
            })
        })?;
        let key =
            CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|error| match error {
                rustls::Error::InconsistentKeys(_) => CertificateError::Mismatch {
                    certificate: files.certificate.clone(),
                    key: files.key.clone(),
                },
                _ => wrong(
                    "is a key of a kind that is not supported; use RSA, ECDSA (P-256, P-384) or Ed25519",
                ),
            })?;
        Ok(Self { key: Arc::new(key), begins_at, ends_at })
    }

    /// What works and will probably not be trusted by browsers, in plain sentences.
    #[must_use]
    pub fn warnings(&self, host: &str, now: SystemTime) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.ends_at <= now {
            warnings.push(format!("{CERTIFICATE}: the certificate has expired; browsers refuse it"));
        } else if self.ends_at <= now + ENDS_SOON {
            let days = self.ends_at.duration_since(now).unwrap_or_default().as_secs() / (24 * 3600);
            warnings.push(format!("{CERTIFICATE}: the certificate ends in {days} days"));
        }
        if self.begins_at > now {
            warnings.push(format!("{CERTIFICATE}: the certificate is not valid yet; is the clock right?"));
        }
        if !self.is_for(host) {
            warnings.push(format!(
                "{CERTIFICATE}: the certificate is not for `{host}`, the host of `public_url`"
            ));
        }
        warnings
    }

    fn is_for(&self, host: &str) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host.to_owned());
        let certificate = self.key.cert.first().map(ParsedCertificate::try_from);
        match (name, certificate) {
            (Ok(name), Some(Ok(certificate))) => {
                rustls::client::verify_server_name(&certificate, &name).is_ok()
            }
            (Ok(_) | Err(_), Some(_) | None) => false,
        }
    }

    /// Tells the metrics when it ends.
    pub(super) fn note(&self) {
        let ends = self.ends_at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        metrics::certificate_ends(ends.as_secs());
    }

    pub(super) fn into_key(self) -> Arc<CertifiedKey> {
        self.key
    }
}

/// Seconds since 1970 as a time; what lies before is as good as expired.
fn time(seconds: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
}

fn read(setting: &'static str, path: &Path) -> Result<Vec<u8>, CertificateError> {
    let file = |source| CertificateError::File { setting, path: path.into(), source };
    if fs::metadata(path).map_err(file)?.len() > FILE_BYTES_MAX {
        return Err(CertificateError::Content { setting, path: path.into(), what: "is too large to be one" });
    }
    fs::read(path).map_err(file)
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    struct Written {
        folder: tempfile::TempDir,
        files: CertificateFiles,
    }

    fn written(certificate: &str, key: &str) -> Written {
        let folder = tempfile::tempdir().unwrap();
        let at = |name| folder.path().join(name);
        let files = CertificateFiles { certificate: at("chain.pem"), key: at("key.pem") };
        fs::write(&files.certificate, certificate).unwrap();
        fs::write(&files.key, key).unwrap();
        Written { folder, files }
    }

    fn made(change: impl FnOnce(&mut CertificateParams)) -> (String, String) {
        let mut params =
            CertificateParams::new(vec!["engawa.example.jp".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
    }

    fn refused(certificate: &str, key: &str) -> String {
        let written = written(certificate, key);
        let text = Certificate::read(&written.files).unwrap_err().to_string();
        assert!(text.contains(written.folder.path().to_str().unwrap()), "the file is named: {text}");
        text
    }

    #[test]
    fn what_is_wrong_names_setting_and_file() {
        let (certificate, key) = made(|_| {});
        let (_, other_key) = made(|_| {});
        let broken = certificate.replacen("MII", "M!I", 1);
        let short = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let bad_key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        let protected = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
        for (certificate, key, setting, says) in [
            ("", &*key, CERTIFICATE, "BEGIN CERTIFICATE"),
            (&key, &key, CERTIFICATE, "BEGIN CERTIFICATE"),
            (&broken, &key, CERTIFICATE, "PEM"),
            (short, &key, CERTIFICATE, "X.509"),
            (&certificate, "", KEY, "BEGIN PRIVATE KEY"),
            (&certificate, &certificate, KEY, "BEGIN PRIVATE KEY"),
            (&certificate, protected, KEY, "passphrase"),
            (&certificate, bad_key, KEY, "kind"),
            (&certificate, &other_key, KEY, "is not the key"),
        ] {
            let text = refused(certificate, key);
            assert!(text.starts_with(setting) && text.contains(says), "{text}");
        }
        let written = written(&certificate, &key);
        let missing = CertificateFiles { key: written.folder.path().join("no.pem"), ..written.files.clone() };
        let text = Certificate::read(&missing).unwrap_err().to_string();
        assert!(text.starts_with(KEY) && text.contains("no.pem"), "{text}");
        fs::write(&written.files.key, vec![b'x'; FILE_BYTES_MAX as usize + 1]).unwrap();
        let text = Certificate::read(&written.files).unwrap_err().to_string();
        assert!(text.contains("too large"), "{text}");
    }

    #[test]
    fn what_browsers_will_not_trust_is_said() {
        let read = |(certificate, key): (String, String)| {
            Certificate::read(&written(&certificate, &key).files).unwrap()
        };
        let day = |days: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(days * 24 * 3600);
        let certificate = read(made(|params| {
            params.not_before = date_time_ymd(2026, 1, 1);
            params.not_after = date_time_ymd(2026, 4, 1);
        }));
        // 2026-01-01 is day 20,454 since 1970, 2026-04-01 day 20,544.
        assert_eq!(certificate.warnings("engawa.example.jp", day(20_500)), Vec::<String>::new());
        assert_eq!(certificate.warnings("127.0.0.1", day(20_500)), Vec::<String>::new());
        for (host, at, says) in [
            ("engawa.example.jp", day(20_544), "has expired"),
            ("engawa.example.jp", day(20_532), "ends in 12 days"),
            ("engawa.example.jp", day(20_400), "not valid yet"),
            ("other.example.jp", day(20_500), "not for `other.example.jp`"),
            ("[::1]", day(20_500), "not for `[::1]`"),
        ] {
            let warnings = certificate.warnings(host, at);
            assert!(warnings.len() == 1 && warnings[0].contains(says), "{warnings:?}");
        }
        let wide = read(made(|params| {
            params.subject_alt_names = vec![rcgen::SanType::DnsName("*.example.jp".try_into().unwrap())];
            params.not_before = date_time_ymd(2026, 1, 1);
            params.not_after = date_time_ymd(2026, 4, 1);
        }));
        assert_eq!(wide.warnings("engawa.example.jp", day(20_500)), Vec::<String>::new());
    }
}
