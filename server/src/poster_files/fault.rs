//! What a store of files says when it fails, in words that may stand in a log: without the names of files, which open them.

use std::error::Error;

use object_store::client::{HttpError, HttpErrorKind};

/// Why a call failed, without the object's name.
#[must_use]
pub(crate) fn cause_of(error: &object_store::Error) -> String {
    let mut innermost: &(dyn Error + 'static) = error;
    let mut kind = None;
    while let Some(source) = innermost.source() {
        innermost = source;
        kind = kind.or_else(|| innermost.downcast_ref::<HttpError>().map(HttpError::kind));
    }
    let text = innermost.to_string();
    if let Some(told) = answer_of(&text) {
        return told;
    }
    match (error, kind) {
        (object_store::Error::NotFound { .. }, None) => "not found".to_owned(),
        (_, Some(HttpErrorKind::Timeout)) => "no answer in time".to_owned(),
        (_, Some(HttpErrorKind::Connect)) => format!("no connection: {text}"),
        (_, Some(_)) | (_, None) => text,
    }
}

/// Status and code of an answer that refuses, such as `403 Forbidden, AccessDenied`; the rest of it may name the object.
fn answer_of(text: &str) -> Option<String> {
    const STATUS: &str = "status code: ";
    let status = text.split_once(STATUS).map(|(_, rest)| rest.split(':').next().unwrap_or_default().trim());
    let code = text.split_once("<Code>").and_then(|(_, rest)| Some(rest.split_once("</Code>")?.0));
    let code = code.filter(|code| code.len() < 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    match (status, code) {
        (Some(status), Some(code)) => Some(format!("{status}, {code}")),
        (Some(told), None) | (None, Some(told)) => Some(told.to_owned()),
        (None, None) => text.contains("error response").then(|| "an answer that cannot be read".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_by_status_and_code_alone() {
        let text = "Server returned non-2xx status code: 403 Forbidden: <?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>\
                    <Resource>/bucket/0b1c/secret.jpg</Resource></Error>";
        assert_eq!(answer_of(text).as_deref(), Some("403 Forbidden, AccessDenied"));
        assert_eq!(
            answer_of("Server returned non-2xx status code: 502 Bad Gateway: ").as_deref(),
            Some("502 Bad Gateway")
        );
        assert_eq!(
            answer_of("Server returned error response: <Code>SlowDown</Code>").as_deref(),
            Some("SlowDown")
        );
        assert_eq!(
            answer_of("Server returned error response: secret.jpg").as_deref(),
            Some("an answer that cannot be read")
        );
        assert_eq!(answer_of("connection refused"), None);
    }
}
