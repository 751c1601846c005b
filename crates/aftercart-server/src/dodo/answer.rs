//! Reading an HTTP answer of Dodo, and its error documents.

use super::DodoError;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The longest answer that is read, bytes: a page of 100 payments is about 300 kB.
const MAX_ANSWER: usize = 8 * 1024 * 1024;

#[derive(Deserialize)]
struct ErrorDocument {
    code: Option<String>,
}

/// The document of a 2xx answer, or the error that another status means.
pub(super) async fn document<T: DeserializeOwned>(response: reqwest::Response) -> Result<T, DodoError> {
    let status = response.status();
    let body = limited(response).await?;
    if status.is_success() {
        return serde_json::from_slice(&body).map_err(|error| unreadable(&error));
    }
    let code = serde_json::from_slice::<ErrorDocument>(&body).ok().and_then(|document| document.code);
    let code = code.filter(|code| code.len() <= 80).unwrap_or_default();
    Err(DodoError::Refused { status: status.as_u16(), code })
}

/// Where reading stopped. Not serde's own text: it repeats values, and values may be personal.
fn unreadable(error: &serde_json::Error) -> DodoError {
    let (kind, line, column) = (error.classify(), error.line(), error.column());
    DodoError::Unreadable(format!("{kind:?} error at line {line} column {column}"))
}

async fn limited(mut response: reqwest::Response) -> Result<Vec<u8>, DodoError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(DodoError::transport)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(DodoError::Unreadable("the answer is longer than 8 MiB".to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
