//! What a municipality files about this host: the facts of the information sheet that are not the same everywhere.

use axum::extract::State;
use engawa_protocol::keeping::Information;

use super::ApiState;
use crate::http::{Described, Json, Table};

pub(super) fn routes() -> Table<ApiState> {
    let described = Described::get("/api/information", "HT41", "What a municipality files about this host")
        .gives_json::<Information>("Host, port, place, contact, version.");
    Table::default().route(described, show)
}

/// `GET /api/information` (HT41). Needs no token: it says what everybody may know before they come in.
pub(super) async fn show(State(state): State<ApiState>) -> Json<Information> {
    let about = &state.about;
    Json(Information {
        host: state.public_url.host().to_owned(),
        port: state.public_url.port(),
        place: about.place.clone(),
        contact: about.contact.clone(),
        keep_days: about.keep_days,
        in_memory: about.in_memory,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}
