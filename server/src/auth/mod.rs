//! Who may come in: signed links, the keys that sign them, the operator's key and the codes read out loud.
//!
//! This module proves that a link was made by this server and says what it grants. It must not know whether the
//! grant is still good (the meeting's state holds the generation) nor what a role may do (the domain's table).

mod admin_key;
mod grant;
mod keys;
mod secret_file;
mod short_code;
mod token;

pub use admin_key::{ADMIN_KEY_MIN_CHARS, AdminKey, AdminKeyError, AdminKeySource};
pub use grant::LinkGrant;
pub use keys::{KEY_BYTES, KeyError, KeyRing, KeySource, TokenKey};
pub use short_code::{SHORT_CODE_CHARS, ShortCode, ShortCodeError};
pub use token::{TOKEN_CHARS_MAX, TOKEN_CHARS_MIN, Token, TokenError};
