//! Request bodies: read with a limit, and never more than that. What is past it is thrown away for a
//! while, so that the caller gets to read why. Must not know: routes, what a body means.

use super::error::{ApiError, Source};
use crate::domain::secret::Secret;
use bytes::Buf;
use futures_util::{Stream, StreamExt};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::pin::Pin;
use std::time::Duration;
use warp::Filter;
use warp::filters::BoxedFilter;
use zeroize::{Zeroize as _, Zeroizing};

/// The longest JSON body, in bytes.
pub const JSON_BYTES_MAX: usize = 256 * 1024;

/// The longest form, in bytes.
pub const FORM_BYTES_MAX: usize = 16 * 1024;

/// How much of a body that is too long is read and thrown away, in bytes.
pub const DISCARD_BYTES_MAX: usize = 64 * 1024 * 1024;

/// How long a body that is too long is read and thrown away.
pub const DISCARD_TIME_MAX: Duration = Duration::from_secs(5);

/// A chunk of a body; how the connection broke does not matter.
type Chunk = Result<Zeroizing<Vec<u8>>, ()>;

/// A body that has not been read yet.
pub struct Body {
    chunks: Pin<Box<dyn Stream<Item = Chunk> + Send + Sync>>,
    content_type: Option<String>,
    digest: Option<[u8; 32]>,
    /// What was read for the digest alone.
    held: Option<Zeroizing<Vec<u8>>>,
}

/// Takes the body of a request, unread. Never rejects.
pub fn take() -> BoxedFilter<(Body,)> {
    warp::header::headers_cloned()
        .and(warp::body::stream())
        .map(|headers: HeaderMap, stream| Body::new(&headers, stream))
        .boxed()
}

impl Body {
    fn new<S, B, E>(headers: &HeaderMap, stream: S) -> Self
    where
        S: Stream<Item = Result<B, E>> + Send + Sync + 'static,
        B: Buf,
    {
        let content_type = headers
            .get(CONTENT_TYPE)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_ascii_lowercase());
        let chunks = stream.map(|chunk| match chunk {
            Ok(mut chunk) => {
                let mut copy = Zeroizing::new(vec![0; chunk.remaining()]);
                chunk.copy_to_slice(&mut copy);
                Ok(copy)
            }
            Err(_) => Err(()),
        });
        Self { chunks: Box::pin(chunks), content_type, digest: None, held: None }
    }

    /// The whole body, at most `limit` bytes of it.
    ///
    /// # Errors
    /// 413 when it is longer, 400 when it breaks off.
    pub async fn bytes(&mut self, limit: usize) -> Result<Zeroizing<Vec<u8>>, ApiError> {
        if let Some(held) = self.held.take() {
            return if held.len() > limit { Err(ApiError::too_long()) } else { Ok(held) };
        }
        let mut read = Zeroizing::new(Vec::new());
        while let Some(chunk) = self.chunks.next().await {
            let chunk = chunk.map_err(|()| ApiError::unreadable("The body broke off."))?;
            if chunk.len() > limit - read.len() {
                self.discard().await;
                return Err(ApiError::too_long());
            }
            append(&mut read, &chunk);
        }
        self.digest.get_or_insert_with(|| Sha256::digest(&*read).into());
        Ok(read)
    }

    /// What tells this body from others. One that nobody read yet is read, and held for whoever does.
    ///
    /// # Errors
    /// 413 when it is too long, 400 when it breaks off.
    pub async fn digest(&mut self) -> Result<[u8; 32], ApiError> {
        if self.digest.is_none() {
            self.held = Some(self.bytes(JSON_BYTES_MAX).await?);
        }
        Ok(self.digest.unwrap_or_default())
    }

    /// Reads what is left and throws it away, within limits: a caller that is still writing would not
    /// get to read its answer.
    pub async fn discard(&mut self) {
        let all = async {
            let mut thrown = 0_usize;
            while let Some(Ok(chunk)) = self.chunks.next().await {
                thrown += chunk.len();
                if thrown > DISCARD_BYTES_MAX {
                    return;
                }
            }
        };
        // Late is as good as done: the connection is closed with the answer.
        let _ = tokio::time::timeout(DISCARD_TIME_MAX, all).await;
    }

    /// The body as one JSON object; `None` when it is empty. Members that are not known are ignored.
    /// `unreadable` is what the caller reads when it is something else.
    ///
    /// # Errors
    /// 400, 413 or 415.
    pub async fn json<T: DeserializeOwned>(
        &mut self,
        unreadable: &'static str,
    ) -> Result<Option<T>, ApiError> {
        // What was read may be a password.
        let read = self.bytes(JSON_BYTES_MAX).await?;
        if read.trim_ascii().is_empty() {
            return Ok(None);
        }
        if let Some(given) = self.content_type.as_deref()
            && !is_json(given)
        {
            return Err(ApiError::content_type(given));
        }
        object(&read, unreadable).map(Some)
    }

    /// The same whatever type the body is said to be: a browser that is told none calls it plain text.
    ///
    /// # Errors
    /// 400 or 413.
    pub async fn json_of_any_type<T: DeserializeOwned>(
        &mut self,
        unreadable: &'static str,
    ) -> Result<Option<T>, ApiError> {
        self.content_type = None;
        self.json(unreadable).await
    }

    /// The body as a form. Without a content type it is one all the same (contract section 1.1).
    ///
    /// # Errors
    /// 400, 413 or 415.
    pub async fn form(&mut self) -> Result<Form, ApiError> {
        let read = self.bytes(FORM_BYTES_MAX).await?;
        match self.content_type.as_deref() {
            Some(given) if !read.is_empty() && essence(given) != "application/x-www-form-urlencoded" => {
                Err(ApiError::content_type(given))
            }
            _ => Ok(Form::parse(&read)),
        }
    }
}

/// A vector that grows by itself leaves what it held in memory: it grows here, and what was is wiped.
fn append(read: &mut Zeroizing<Vec<u8>>, chunk: &[u8]) {
    let wanted = read.len() + chunk.len();
    if wanted > read.capacity() {
        let mut more = Zeroizing::new(Vec::with_capacity(wanted.max(read.len() * 2)));
        more.extend_from_slice(read);
        *read = more;
    }
    read.extend_from_slice(chunk);
}

/// Through a map first: it takes objects alone, and nothing that is nested too deep, also in members that
/// nobody reads. What the parser says may repeat what was sent: it stays here.
fn object<T: DeserializeOwned>(read: &[u8], unreadable: &'static str) -> Result<T, ApiError> {
    let members = || serde_json::from_slice::<Members>(read);
    let refused = || ApiError::unreadable(unreadable);
    let given = members().map_err(|_| refused())?;
    if let Ok(object) = T::deserialize(Value::Object(given)) {
        return Ok(object);
    }
    let wrong = members().ok().and_then(wrong_member::<T>);
    Err(wrong.map_or_else(refused, |name| refused().from_source(Source::member(name))))
}

type Members = serde_json::Map<String, Value>;

/// The member that cannot be read even alone. Its name is one of ours: others are ignored.
fn wrong_member<T: DeserializeOwned>(members: Members) -> Option<String> {
    let reads = |members: Members| T::deserialize(Value::Object(members)).is_ok();
    if !reads(Members::new()) {
        return None;
    }
    let wrong = |(name, value): (String, Value)| {
        (!reads(Members::from_iter([(name.clone(), value)]))).then_some(name)
    };
    members.into_iter().find_map(wrong)
}

/// A member that must not be seen.
pub struct SecretText(pub Secret);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Secret::new(text)))
    }
}

fn essence(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

fn is_json(content_type: &str) -> bool {
    let essence = essence(content_type);
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// The fields of a form, or of a query, in order. Its `Debug` shows nothing of them, and they are wiped with it:
/// one may be a password.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads `name=value&…`; whatever it is, it is a form.
    pub fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// All fields of that name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The one field of that name, without the blanks around it; an empty one counts as absent.
    ///
    /// # Errors
    /// 400 when there is more than one: whichever we took, the caller may have meant another.
    pub fn one(&self, name: &'static str) -> Result<Option<&str>, ApiError> {
        let mut all = self.all(name);
        let first = all.next();
        if all.next().is_some() {
            return Err(ApiError::not_valid("It is given more than once.", name));
        }
        Ok(first.map(str::trim).filter(|text| !text.is_empty()))
    }

    /// The first field of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Drop for Form {
    fn drop(&mut self) {
        for (name, value) in &mut self.0 {
            name.zeroize();
            value.zeroize();
        }
    }
}

impl std::fmt::Debug for Form {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Form(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::StatusCode;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Person {
        email: Option<String>,
    }

    fn body(content_type: Option<&'static str>, chunks: Vec<Vec<u8>>) -> Body {
        let mut headers = HeaderMap::new();
        if let Some(value) = content_type {
            headers.insert(CONTENT_TYPE, http::HeaderValue::from_static(value));
        }
        let chunks = chunks.into_iter().map(|chunk| Ok::<_, ()>(bytes::Bytes::from(chunk)));
        Body::new(&headers, futures_util::stream::iter(chunks))
    }

    fn refused(result: Result<Option<Person>, ApiError>) -> StatusCode {
        result.unwrap_err().status()
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit_and_not_a_byte_further() {
        for (len, fits) in [(JSON_BYTES_MAX, true), (JSON_BYTES_MAX + 1, false)] {
            let chunks = vec![b' '; len].chunks(1000).map(<[u8]>::to_vec).collect();
            let read = body(None, chunks).bytes(JSON_BYTES_MAX).await;
            assert_eq!(read.is_ok(), fits, "{len}");
        }
    }

    #[test]
    fn what_was_read_grows_without_leaving_what_it_held() {
        let mut read = Zeroizing::new(Vec::with_capacity(4));
        append(&mut read, b"abcd");
        let held = read.as_ptr();
        append(&mut read, b"efghi");
        assert_eq!((&read[..], read.capacity()), (&b"abcdefghi"[..], 9));
        assert_ne!(read.as_ptr(), held, "it moved by our hand, and was wiped where it was");
        let held = read.as_ptr();
        append(&mut read, b"");
        assert_eq!(read.as_ptr(), held);
    }

    #[tokio::test]
    async fn what_is_past_the_limit_is_read_to_its_end() {
        let mut long = body(None, vec![vec![b'x'; 1024]; 2048]);
        assert_eq!(long.bytes(10).await.unwrap_err().status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert!(long.chunks.next().await.is_none(), "nothing is left on the wire");
    }

    #[tokio::test]
    async fn an_object_is_read_and_everything_else_refused() {
        let read = |text: &str| {
            let mut body = body(Some("application/json; charset=utf-8"), vec![text.as_bytes().to_vec()]);
            async move { body.json::<Person>("no").await }
        };
        assert_eq!(read("").await, Ok(None));
        assert_eq!(read(" \n").await, Ok(None));
        let person = Person { email: Some("a@example.test".into()) };
        assert_eq!(read(r#" {"email":"a@example.test","other":[{}]}"#).await, Ok(Some(person)));
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let deeper = format!(r#"{{"email":null,"x":{deep}}}"#);
        for bad in ["{", "[]", r#"["a@example.test"]"#, "null", "1", r#"{"email":1}"#, "{}x", &deep, &deeper]
        {
            assert_eq!(refused(read(bad).await), StatusCode::BAD_REQUEST, "{bad:.40}");
        }
        let wrong = read(r#"{"other":1,"email":["a secret"]}"#).await.unwrap_err();
        assert_eq!(wrong, ApiError::unreadable("no").at("email"));
    }

    #[tokio::test]
    async fn the_content_type_must_fit_when_there_is_one() {
        let text = || vec![b"{}".to_vec()];
        for good in [
            None,
            Some("application/json"),
            Some("Application/JSON;charset=utf-8"),
            Some("application/x+json"),
        ] {
            assert!(body(good, text()).json::<Person>("no").await.is_ok(), "{good:?}");
        }
        for bad in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
            let answer = body(Some(bad), text()).json::<Person>("no").await;
            assert_eq!(refused(answer), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{bad}");
            assert!(body(Some(bad), text()).json_of_any_type::<Person>("no").await.is_ok(), "{bad}");
        }
    }

    #[test]
    fn a_field_that_is_given_twice_is_refused() {
        let form = Form::parse(b"limit=1&filter=+a&next=&limit=1");
        assert_eq!((form.one("filter"), form.one("next")), (Ok(Some("a")), Ok(None)));
        assert_eq!(form.one("other"), Ok(None));
        assert_eq!(form.one("limit"), Err(ApiError::not_valid("It is given more than once.", "limit")));
    }

    #[tokio::test]
    async fn a_form_is_read_with_and_without_its_content_type() {
        for content_type in [None, Some("application/x-www-form-urlencoded")] {
            let form = body(content_type, vec![b"scope=SERVER_ACCESS&userId=a%20b".to_vec()]).form().await;
            let form = form.unwrap();
            assert_eq!((form.get("scope"), form.get("userId")), (Some("SERVER_ACCESS"), Some("a b")));
            assert_eq!(form.get("other"), None);
        }
        assert!(body(Some("application/json"), vec![b"{}".to_vec()]).form().await.is_err());
        let long = body(None, vec![vec![b'a'; FORM_BYTES_MAX + 1]]).form().await;
        assert_eq!(long.unwrap_err().status(), StatusCode::PAYLOAD_TOO_LARGE);
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_not_read_as_what_came() {
        let chunks = [Ok(bytes::Bytes::from_static(b"{}")), Err(())];
        let mut broken = Body::new(&HeaderMap::new(), futures_util::stream::iter(chunks));
        assert_eq!(refused(broken.json("no").await), StatusCode::BAD_REQUEST);
    }
}
