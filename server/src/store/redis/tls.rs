//! Encrypted connections to Redis: the files that an operator names, and what a handshake that fails means to them. Knows
//! nothing of commands.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use redis::{ClientTlsConfig, RedisError, TlsCertificates};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{AlertDescription, CertificateError};

use super::checks::RedisCheckError;

/// The files for encrypted connections, in PEM form. All of them are read once, when the store is opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsFiles {
    /// The authorities that vouch for Redis; those of the system unless given.
    pub authorities: Option<PathBuf>,
    /// With what this server says who it is, where Redis asks for that (`tls-auth-clients yes`).
    pub identity: Option<TlsIdentity>,
}

/// A certificate and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsIdentity {
    /// The certificate, those of its authorities behind it.
    pub certificate: PathBuf,
    /// The certificate's private key.
    pub key: PathBuf,
}

/// What went wrong between a client and a server that were to talk in secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TlsFault {
    /// No authority that is trusted here vouches for the server.
    UnknownAuthority,
    /// The server's certificate has run out, or does not count yet.
    Expired,
    /// The certificate was made for another name.
    WrongName,
    /// The server does not speak TLS at this port.
    NoTls,
    /// The server wants to know who we are, or does not believe it.
    Unknown,
    /// Something else.
    Other,
}

impl TlsFiles {
    /// Reads what is named, and sees to it that it can be used.
    pub(super) fn read(&self) -> Result<TlsCertificates, RedisCheckError> {
        // Whatever else in this program brings a provider with it: this one is meant. Set before means set right.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let root_cert = self.authorities.as_deref().map(|path| certificates("redis_ca_file", path));
        let client_tls = self.identity.as_ref().map(|TlsIdentity { certificate, key }| {
            let client_cert = certificates("redis_client_cert_file", certificate)?;
            Ok(ClientTlsConfig { client_cert, client_key: private_key("redis_client_key_file", key)? })
        });
        Ok(TlsCertificates { client_tls: client_tls.transpose()?, root_cert: root_cert.transpose()? })
    }
}

fn certificates(setting: &'static str, path: &Path) -> Result<Vec<u8>, RedisCheckError> {
    let bytes = read(setting, path)?;
    let found = CertificateDer::pem_slice_iter(&bytes).collect::<Result<Vec<_>, _>>();
    match found {
        Ok(found) if !found.is_empty() => Ok(bytes),
        Ok(_) | Err(_) => Err(unusable(setting, path, "it holds no certificate in PEM form")),
    }
}

fn private_key(setting: &'static str, path: &Path) -> Result<Vec<u8>, RedisCheckError> {
    let bytes = read(setting, path)?;
    match PrivateKeyDer::from_pem_slice(&bytes) {
        Ok(_) => Ok(bytes),
        Err(_) => Err(unusable(setting, path, "it holds no unencrypted private key in PEM form")),
    }
}

fn read(setting: &'static str, path: &Path) -> Result<Vec<u8>, RedisCheckError> {
    std::fs::read(path).map_err(|error| unusable(setting, path, &error.to_string()))
}

fn unusable(setting: &'static str, path: &Path, reason: &str) -> RedisCheckError {
    RedisCheckError::TlsFile { setting, path: path.display().to_string(), reason: reason.to_owned() }
}

/// What a connection that could not be made says about encryption, if anything.
pub(super) fn fault(error: &RedisError) -> Option<TlsFault> {
    if let Some(found) = rustls_error(error) {
        return Some(judge(found));
    }
    // Cluster and Sentinel clients pass on the words only.
    let said = error.to_string();
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if says(&["UnknownIssuer", "BadSignature"]) {
        Some(TlsFault::UnknownAuthority)
    } else if says(&["certificate expired", "certificate not valid yet"]) {
        Some(TlsFault::Expired)
    } else if says(&["not valid for name"]) {
        Some(TlsFault::WrongName)
    } else if says(&["InvalidContentType"]) {
        Some(TlsFault::NoTls)
    } else if says(&["fatal alert"]) {
        Some(TlsFault::Unknown)
    } else if says(&["invalid peer certificate"]) {
        Some(TlsFault::Other)
    } else {
        None
    }
}

fn judge(error: &rustls::Error) -> TlsFault {
    use rustls::Error as Fault;
    match error {
        Fault::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => {
            TlsFault::UnknownAuthority
        }
        Fault::InvalidCertificate(
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. },
        ) => TlsFault::Expired,
        Fault::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => TlsFault::WrongName,
        Fault::InvalidMessage(_) => TlsFault::NoTls,
        Fault::AlertReceived(
            AlertDescription::CertificateRequired
            | AlertDescription::HandshakeFailure
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied,
        ) => TlsFault::Unknown,
        // Theirs to add to.
        _ => TlsFault::Other,
    }
}

fn rustls_error(error: &RedisError) -> Option<&rustls::Error> {
    let mut next = error.source();
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<rustls::Error>() {
            return Some(found);
        }
        // Such an error leaves itself out of the chain.
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = inner.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source());
    }
    None
}
