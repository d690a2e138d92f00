//! A route together with what the API's document says about it: who may ask, what goes in, what comes out, how it can be
//! refused. A [`Table`] is the only way to add a route, so none is left out of the document. Must not know any route.

use axum::Router;
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::routing::{MethodFilter, any, on};
use engawa_protocol::Role;

use super::ApiErrorKind;

/// A type whose form the document can tell.
#[cfg(feature = "test-support")]
pub trait Shape: schemars::JsonSchema {}
#[cfg(feature = "test-support")]
impl<T: schemars::JsonSchema> Shape for T {}
/// A type whose form the document can tell. Only what writes the document looks at it.
#[cfg(not(feature = "test-support"))]
pub trait Shape {}
#[cfg(not(feature = "test-support"))]
impl<T> Shape for T {}

/// The form of a value.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// Gives its JSON Schema.
    #[cfg(feature = "test-support")]
    pub schema: fn(&mut schemars::SchemaGenerator) -> schemars::Schema,
}

impl Form {
    /// The form of a type.
    #[must_use]
    pub fn of<T: Shape>() -> Self {
        Self {
            #[cfg(feature = "test-support")]
            schema: schemars::SchemaGenerator::subschema_for::<T>,
        }
    }
}

/// What a route is about: the document is in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Making, deleting, backing up.
    Meetings,
    /// Links, codes, joining.
    WaysIn,
    /// Commands and frames.
    Commands,
    /// Lines that carry frames.
    Lines,
    /// Files in.
    Preparation,
    /// Files out.
    Record,
    /// What is no meeting's.
    Host,
}

impl Group {
    /// Every group, in order.
    pub const ALL: [Self; 7] = [
        Self::Meetings,
        Self::WaysIn,
        Self::Commands,
        Self::Lines,
        Self::Preparation,
        Self::Record,
        Self::Host,
    ];

    /// Its name in Japanese and in English.
    #[must_use]
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Meetings => ("ミーティング", "Meetings"),
            Self::WaysIn => ("参加の入口", "Ways in"),
            Self::Commands => ("コマンド", "Commands"),
            Self::Lines => ("接続", "Lines"),
            Self::Preparation => ("準備のファイル", "Files in"),
            Self::Record => ("記録のファイル", "Files out"),
            Self::Host => ("サーバー", "The server"),
        }
    }
}

/// How one asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
    /// `DELETE`.
    Delete,
    /// `GET` that opens a WebSocket; over HTTP/2 it is `CONNECT`.
    Socket,
}

/// What opens a route, as `Authorization: Bearer`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// The operator's key.
    Operator,
    /// A personal token, of somebody who has one of these roles now.
    Personal(&'static [Role]),
    /// The token of the link that everyone of one of these roles shares.
    Shared(&'static [Role]),
}

/// A part of the address.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Whether it stands in the path; otherwise behind the `?`, and may be left out.
    pub in_path: bool,
    /// What it is.
    pub says: &'static str,
    /// Its form.
    pub form: Form,
}

/// The body of a request.
#[derive(Debug, Clone)]
pub enum Asked {
    /// JSON.
    Json(Form),
    /// JSON that is read in whatever type of content it comes.
    Frame(Form),
    /// The bytes of a file.
    File {
        /// Its types of content; what it is, is found out from the bytes.
        media_types: &'static [&'static str],
        /// It may not be larger.
        bytes_max: u64,
    },
}

/// The body of an answer.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The status.
    pub status: StatusCode,
    /// Its type of content; empty for none.
    pub media_type: &'static str,
    /// Its form, where it has one that JSON Schema can tell. Of JSON lines it is the form of a line.
    pub form: Option<Form>,
    /// What it is.
    pub says: &'static str,
}

/// What the document says about a route.
#[derive(Debug, Clone)]
pub struct Described {
    /// What it is about.
    pub group: Group,
    /// How one asks.
    pub verb: Verb,
    /// The address, with `{name}` where a parameter stands.
    pub path: &'static str,
    /// The rule of `protocol/SPEC.md`.
    pub rule: &'static str,
    /// What it is for, in a line.
    pub title: &'static str,
    /// What else there is to know.
    pub says: &'static str,
    /// What opens it, one of them; nothing where anybody may ask.
    pub keys: &'static [Key],
    /// Whether it may be asked without a key as well.
    pub open: bool,
    /// The parts of the address.
    pub parameters: Vec<Parameter>,
    /// The body of the request.
    pub asked: Option<Asked>,
    /// The bodies of good answers, and of refusals that are not an `ErrorBody` of a fixed kind.
    pub answered: Vec<Answered>,
    /// How it can be refused.
    pub refused: Vec<ApiErrorKind>,
}

impl Described {
    fn new(verb: Verb, path: &'static str, rule: &'static str, title: &'static str) -> Self {
        Self {
            group: Group::Host,
            verb,
            path,
            rule,
            title,
            says: "",
            keys: &[],
            open: true,
            parameters: Vec::new(),
            asked: None,
            answered: Vec::new(),
            refused: vec![ApiErrorKind::Internal],
        }
    }

    /// A route that only tells.
    #[must_use]
    pub fn get(path: &'static str, rule: &'static str, title: &'static str) -> Self {
        Self::new(Verb::Get, path, rule, title)
    }

    /// A route that takes something.
    #[must_use]
    pub fn post(path: &'static str, rule: &'static str, title: &'static str) -> Self {
        Self::new(Verb::Post, path, rule, title).refused(&[ApiErrorKind::OriginRefused])
    }

    /// A route that removes something.
    #[must_use]
    pub fn delete(path: &'static str, rule: &'static str, title: &'static str) -> Self {
        Self::new(Verb::Delete, path, rule, title).refused(&[ApiErrorKind::OriginRefused])
    }

    /// A route that opens a WebSocket.
    #[must_use]
    pub fn socket(path: &'static str, rule: &'static str, title: &'static str) -> Self {
        Self::new(Verb::Socket, path, rule, title)
            .refused(&[ApiErrorKind::OriginRefused, ApiErrorKind::BadRequest])
            .gives(StatusCode::SWITCHING_PROTOCOLS, "", "The connection is a WebSocket from here on.")
    }

    /// What else there is to know.
    #[must_use]
    pub fn says(mut self, says: &'static str) -> Self {
        self.says = says;
        self
    }

    /// Needs one of these keys.
    #[must_use]
    pub fn for_keys(mut self, keys: &'static [Key]) -> Self {
        (self.keys, self.open) = (keys, false);
        let by_role = keys.iter().any(|key| !matches!(key, Key::Operator));
        let kinds: &[_] = if by_role {
            &[ApiErrorKind::Unauthorised, ApiErrorKind::Forbidden]
        } else {
            &[ApiErrorKind::Unauthorised]
        };
        self.refused(kinds)
    }

    /// May be asked without a key as well.
    #[must_use]
    pub fn or_without(mut self) -> Self {
        self.open = true;
        self
    }

    /// Looks into a meeting, or at what the store has of one.
    #[must_use]
    pub fn of_a_meeting(self) -> Self {
        self.refused(&[
            ApiErrorKind::Gone,
            ApiErrorKind::TooManyRequests,
            ApiErrorKind::StoreUnavailable,
            ApiErrorKind::Unavailable,
        ])
    }

    /// Has a part of the path.
    #[must_use]
    pub fn in_path<T: Shape>(mut self, name: &'static str, says: &'static str) -> Self {
        self.parameters.push(Parameter { name, in_path: true, says, form: Form::of::<T>() });
        self.refused(&[ApiErrorKind::BadRequest])
    }

    /// Has a part behind the `?`, which may be left out.
    #[must_use]
    pub fn in_query<T: Shape>(mut self, name: &'static str, says: &'static str) -> Self {
        self.parameters.push(Parameter { name, in_path: false, says, form: Form::of::<T>() });
        self.refused(&[ApiErrorKind::BadRequest])
    }

    /// Takes JSON.
    #[must_use]
    pub fn takes_json<T: Shape>(mut self) -> Self {
        self.asked = Some(Asked::Json(Form::of::<T>()));
        self.refused(&[
            ApiErrorKind::BadRequest,
            ApiErrorKind::UnsupportedType,
            ApiErrorKind::Invalid,
            ApiErrorKind::TooLarge,
            ApiErrorKind::RequestTimeout,
        ])
    }

    /// Takes a frame of the protocol.
    #[must_use]
    pub fn takes_frame<T: Shape>(mut self) -> Self {
        self.asked = Some(Asked::Frame(Form::of::<T>()));
        self.refused(&[ApiErrorKind::BadRequest, ApiErrorKind::TooLarge, ApiErrorKind::RequestTimeout])
    }

    /// Takes a file.
    #[must_use]
    pub fn takes_file(mut self, media_types: &'static [&'static str], bytes_max: u64) -> Self {
        self.asked = Some(Asked::File { media_types, bytes_max });
        self.refused(&[ApiErrorKind::TooLarge, ApiErrorKind::RequestTimeout])
    }

    /// Answers with something that JSON Schema cannot tell.
    #[must_use]
    pub fn gives(mut self, status: StatusCode, media_type: &'static str, says: &'static str) -> Self {
        self.answered.push(Answered { status, media_type, form: None, says });
        self
    }

    /// Answers with a file.
    #[must_use]
    pub fn gives_file(self, media_type: &'static str, says: &'static str) -> Self {
        self.gives(StatusCode::OK, media_type, says)
    }

    /// Answers with JSON.
    #[must_use]
    pub fn gives_json<T: Shape>(self, says: &'static str) -> Self {
        self.gives_form::<T>(StatusCode::OK, "application/json", says)
    }

    /// Answers with JSON lines, each of this form.
    #[must_use]
    pub fn gives_lines<T: Shape>(self, says: &'static str) -> Self {
        self.gives_form::<T>(StatusCode::OK, "application/jsonl", says)
    }

    /// Answers with something of a form.
    #[must_use]
    pub fn gives_form<T: Shape>(
        mut self,
        status: StatusCode,
        media_type: &'static str,
        says: &'static str,
    ) -> Self {
        self.answered.push(Answered { status, media_type, form: Some(Form::of::<T>()), says });
        self
    }

    /// Can be refused like this as well.
    #[must_use]
    pub fn refused(mut self, kinds: &[ApiErrorKind]) -> Self {
        self.refused.extend_from_slice(kinds);
        self
    }
}

/// Routes, and what the document says about each.
#[derive(Debug)]
pub struct Table<S = ()> {
    router: Router<S>,
    described: Vec<Described>,
}

impl<S: Clone + Send + Sync + 'static> Default for Table<S> {
    fn default() -> Self {
        Self { router: Router::new(), described: Vec::new() }
    }
}

impl<S: Clone + Send + Sync + 'static> Table<S> {
    /// Adds a route.
    #[must_use]
    pub fn route<H, T>(mut self, described: Described, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        let method = match described.verb {
            Verb::Get => on(MethodFilter::GET, handler),
            Verb::Post => on(MethodFilter::POST, handler),
            Verb::Delete => on(MethodFilter::DELETE, handler),
            Verb::Socket => any(handler),
        };
        self.router = self.router.route(described.path, method);
        self.described.push(described);
        self
    }

    /// Says what all of them are about.
    #[must_use]
    pub fn of(mut self, group: Group) -> Self {
        for described in &mut self.described {
            described.group = group;
        }
        self
    }

    /// With what its handlers need.
    #[must_use]
    pub fn with_state(self, state: S) -> Table {
        Table { router: self.router.with_state(state), described: self.described }
    }

    /// Both tables as one.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.described.extend(other.described);
        self
    }

    /// Changes what serves the routes: a layer around them.
    #[must_use]
    pub fn map_router(mut self, change: impl FnOnce(Router<S>) -> Router<S>) -> Self {
        self.router = change(self.router);
        self
    }

    /// What serves them, and what is said about them.
    pub fn into_parts(self) -> (Router<S>, Vec<Described>) {
        (self.router, self.described)
    }
}
