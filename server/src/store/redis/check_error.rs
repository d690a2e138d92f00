//! Why a node does not begin on a Redis as it is: for each fault its own message, which says what to change. Knows nothing of
//! how it is found out: see `checks`.

/// Why Redis cannot be used as it is. `Display` is a message for operators that says what to change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RedisCheckError {
    /// Nobody answers.
    #[error(
        "redis_url: Redis at {address} cannot be reached ({reason}). Check that it runs, that the address is right, \
         and that no firewall lies between"
    )]
    Unreachable {
        /// Where.
        address: String,
        /// What was seen.
        reason: String,
    },
    /// A file for encrypted connections cannot be used.
    #[error("{setting}: {path} cannot be used: {reason}")]
    TlsFile {
        /// The setting.
        setting: &'static str,
        /// Its value.
        path: String,
        /// What is the matter with it.
        reason: String,
    },
    /// Nobody who is trusted here vouches for the server.
    #[error(
        "redis_ca_file: the certificate of Redis at {address} is not from an authority that is trusted here ({reason}). \
         Set redis_ca_file to the certificate of the authority that issued it; without redis_ca_file the system's count"
    )]
    UntrustedAuthority {
        /// Where.
        address: String,
        /// What was seen.
        reason: String,
    },
    /// The server's certificate is out of its time.
    #[error(
        "The certificate of Redis at {address} has expired or is not valid yet ({reason}). Renew it and restart Redis, \
         or put this machine's clock right"
    )]
    CertificateExpired {
        /// Where.
        address: String,
        /// What was seen.
        reason: String,
    },
    /// The server's certificate is somebody else's.
    #[error(
        "redis_url: the certificate of Redis at {address} is for another host ({reason}). Write the name that stands in the \
         certificate, or have one issued for this name (subjectAltName; for a numeric address as IP)"
    )]
    WrongHost {
        /// Where.
        address: String,
        /// What was seen.
        reason: String,
    },
    /// What answers there does not encrypt.
    #[error(
        "redis_url: Redis at {address} does not speak TLS at this port ({reason}). Give the port of its `tls-port`, or \
         write redis:// instead of rediss:// where the network is trusted"
    )]
    NotEncrypted {
        /// Where.
        address: String,
        /// What was seen.
        reason: String,
    },
    /// The server asks for a certificate of ours, or refuses the one it got.
    #[error(
        "redis_client_cert_file: Redis at {address} ends the handshake ({reason}): it asks its clients for a certificate. Set \
         redis_client_cert_file and redis_client_key_file to one that its tls-ca-cert-file vouches for, or set \
         `tls-auth-clients no` in redis.conf"
    )]
    ClientCertificate {
        /// Where.
        address: String,
        /// What was seen.
        reason: String,
    },
    /// Name or password is wrong, or missing.
    #[error(
        "redis_url: Redis at {address} refuses the login ({reason}). Write redis://USER:PASSWORD@HOST:PORT with the \
         user and password of an ACL user, or redis://:PASSWORD@HOST:PORT for `requirepass`; special characters \
         as %XX"
    )]
    Login {
        /// Where.
        address: String,
        /// What Redis said.
        reason: String,
    },
    /// The ACL user may not do what the store does.
    #[error(
        "redis_url: the user may not do what is needed ({reason}). Grant it with: ACL SETUSER NAME on >PASSWORD \
         ~{prefix}:* &{prefix}:* +@read +@write +@scripting +@pubsub +@connection +time +info +role +wait \
         +config|get +cluster"
    )]
    Permission {
        /// What Redis said.
        reason: String,
        /// The prefix of keys and channels.
        prefix: String,
    },
    /// The server lacks commands that are needed.
    #[error("Redis {found} is too old: version 7.0 or newer is needed (or any Valkey). Upgrade the server")]
    TooOld {
        /// Its version.
        found: String,
    },
    /// Keys may be thrown away when memory runs out.
    #[error(
        "Redis may throw meetings away when its memory is full (maxmemory-policy {policy}). Set `maxmemory-policy \
         noeviction` in redis.conf, or run: redis-cli CONFIG SET maxmemory-policy noeviction. For trying things out: \
         --allow-volatile-redis"
    )]
    Evicts {
        /// The policy.
        policy: String,
    },
    /// Nothing is kept on disk as it is written.
    #[error(
        "Redis does not keep what is written on disk (appendonly no): a restart loses meetings. Set `appendonly yes` \
         and `appendfsync always` in redis.conf, or run: redis-cli CONFIG SET appendonly yes. For trying things out: \
         --allow-volatile-redis"
    )]
    Forgets,
    /// The address leads to a replica.
    #[error(
        "redis_url: the server is a replica, which takes no writes. Give the primary's address, or the sentinels': \
         redis+sentinel://HOST:PORT,HOST:PORT/NAME"
    )]
    Replica,
    /// Fewer replicas than every write is to wait for.
    #[error(
        "redis_wait_replicas is {wanted}, but {connected} replicas are connected: no write could ever succeed. \
         Connect replicas, or lower redis_wait_replicas"
    )]
    TooFewReplicas {
        /// The setting.
        wanted: u32,
        /// What the primary has.
        connected: u32,
    },
    /// One node of a cluster was given as if it were alone.
    #[error("redis_url: the server is part of a cluster. Write redis+cluster://HOST:PORT,HOST:PORT")]
    ClusterNode,
    /// The server does not say what it is.
    #[error("Redis does not say what it is (INFO has no {field})")]
    Silent {
        /// What is missing.
        field: &'static str,
    },
}
