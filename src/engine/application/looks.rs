//! What is written of an application's look. Must not know: what a look is good for.

use crate::domain::id::ApplicationId;
use crate::domain::look::Look;
use crate::engine::committer::Write;
use crate::engine::records::RecordError;
use crate::engine::records::look::{FlowV2, LogoPartV1, LookV1};
use crate::store::{codec, key};

/// What changes in the rows of an application's look. A logo that becomes smaller leaves no part behind.
pub(super) fn writes(
    application: ApplicationId,
    before: &Look,
    after: &Look,
) -> Result<Vec<Write>, RecordError> {
    let mut writes = Vec::new();
    if before == after {
        return Ok(writes);
    }
    let value = codec::encode(0, &LookV1::from(after))?;
    writes.push(Write { key: key::look(application), value: Some(value) });
    if before.flow != after.flow {
        let value = codec::encode(0, &FlowV2::from(&after.flow))?;
        writes.push(Write { key: key::flow(application), value: Some(value) });
    }
    if before.logo == after.logo {
        return Ok(writes);
    }
    let parts = |look: &Look| look.logo.as_deref().map(LogoPartV1::of).unwrap_or_default();
    let (old, new) = (parts(before), parts(after));
    for (place, part) in (0_u8..).zip(&new) {
        let value = codec::encode(0, part)?;
        writes.push(Write { key: key::logo_part(application, place), value: Some(value) });
    }
    let surplus = (0_u8..).zip(&old).skip(new.len());
    writes.extend(surplus.map(|(place, _)| Write { key: key::logo_part(application, place), value: None }));
    Ok(writes)
}
