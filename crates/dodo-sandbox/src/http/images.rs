//! A small picture for every product, drawn on the spot.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// `/_sandbox/images/{product id}.svg`: two tones of a hue that belongs to the id.
pub(super) async fn serve(Path(file): Path<String>) -> Response {
    let Some(id) = file.strip_suffix(".svg").filter(|id| id.starts_with("pdt_")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let hue = id.bytes().fold(0_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 360);
    let second = (hue + 40) % 360;
    let picture = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 240" role="img"><defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="hsl({hue} 55% 42%)"/><stop offset="1" stop-color="hsl({second} 60% 62%)"/></linearGradient></defs><rect width="320" height="240" fill="url(#g)"/><circle cx="238" cy="74" r="30" fill="#fff" fill-opacity=".85"/><path d="M0 240V176l74-62 58 50 66-84 122 104v56z" fill="#000" fill-opacity=".22"/><path d="M0 240v-38l96-44 76 40 62-36 86 44v34z" fill="#000" fill-opacity=".3"/></svg>"##
    );
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "max-age=3600"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, picture).into_response()
}
