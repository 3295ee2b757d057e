//! Applications, their policy versions and the hashes of their keys. Not personal, so not sealed; a
//! key itself is never stored.

use super::RecordError;
use super::consent::{permission_from, permission_number};
use crate::domain::application::{ApiKey, Application, Mode, Policy};
use crate::domain::id::{ApiKeyId, ApplicationId, WebhookId};
use crate::domain::look::Look;
use crate::domain::time::UnixMillis;
use crate::domain::webhook::Webhook;
use crate::store::codec::{self, CodecError, Record};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// An application without its policies, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationV1 {
    name: String,
    live: bool,
    created: i64,
    redirect_url: Option<String>,
    requires_link: bool,
}

impl Record for ApplicationV1 {
    const KIND: u8 = b'A';
    const SCHEMA: u8 = 1;
}

impl From<&Application> for ApplicationV1 {
    fn from(application: &Application) -> Self {
        Self {
            name: application.name.clone(),
            live: application.mode == Mode::Live,
            created: application.created.0,
            redirect_url: application.redirect_url.clone(),
            requires_link: application.requires_link,
        }
    }
}

impl ApplicationV1 {
    /// The application, with its keys, look, policies and webhooks read beside it.
    pub fn into_application(
        self,
        id: ApplicationId,
        keys: BTreeMap<u64, ApiKey>,
        look: Look,
        policies: BTreeMap<u32, Policy>,
        webhooks: BTreeMap<WebhookId, Webhook>,
    ) -> Application {
        Application {
            id,
            name: self.name,
            mode: if self.live { Mode::Live } else { Mode::Sandbox },
            created: UnixMillis(self.created),
            redirect_url: self.redirect_url,
            requires_link: self.requires_link,
            keys,
            look,
            policies,
            webhooks,
        }
    }
}

/// One policy version, second schema: with who helps the partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyV2 {
    first: PolicyV1,
    supporting_parties: Vec<String>,
}

impl Record for PolicyV2 {
    const KIND: u8 = b'P';
    const SCHEMA: u8 = 2;

    fn read_old(schema: u8, payload: &[u8]) -> Result<Self, CodecError> {
        match schema {
            1 => codec::read_payload::<PolicyV1>(payload)
                .map(|first| Self { first, supporting_parties: Vec::new() }),
            _ => Err(CodecError::Schema { kind: Self::KIND, schema }),
        }
    }
}

impl From<&Policy> for PolicyV2 {
    fn from(policy: &Policy) -> Self {
        Self { first: policy.into(), supporting_parties: policy.supporting_parties.clone() }
    }
}

impl TryFrom<PolicyV2> for Policy {
    type Error = RecordError;

    fn try_from(record: PolicyV2) -> Result<Self, RecordError> {
        let supporting_parties = record.supporting_parties;
        Ok(Self { supporting_parties, ..record.first.try_into()? })
    }
}

/// One policy version, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyV1 {
    version: u32,
    purpose_title: String,
    purpose_description: String,
    duration_days: u32,
    retrieval_days: u32,
    retain_data: bool,
    permissions: Vec<u8>,
}

impl Record for PolicyV1 {
    const KIND: u8 = b'P';
    const SCHEMA: u8 = 1;
}

impl From<&Policy> for PolicyV1 {
    fn from(policy: &Policy) -> Self {
        Self {
            version: policy.version,
            purpose_title: policy.purpose_title.clone(),
            purpose_description: policy.purpose_description.clone(),
            duration_days: policy.duration_days,
            retrieval_days: policy.retrieval_days,
            retain_data: policy.retain_data,
            permissions: policy.permissions.iter().map(|permission| permission_number(*permission)).collect(),
        }
    }
}

impl TryFrom<PolicyV1> for Policy {
    type Error = RecordError;

    fn try_from(record: PolicyV1) -> Result<Self, RecordError> {
        Ok(Self {
            version: record.version,
            purpose_title: record.purpose_title,
            purpose_description: record.purpose_description,
            duration_days: record.duration_days,
            retrieval_days: record.retrieval_days,
            retain_data: record.retain_data,
            permissions: record.permissions.into_iter().map(permission_from).collect::<Result<_, _>>()?,
            supporting_parties: Vec::new(),
        })
    }
}

/// Whose key a hash is, first schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyV1 {
    application: [u8; 16],
    id: [u8; 16],
    created: i64,
}

impl Record for ApiKeyV1 {
    const KIND: u8 = b'K';
    const SCHEMA: u8 = 1;
}

impl ApiKeyV1 {
    /// A key of `application`.
    pub fn new(application: ApplicationId, id: ApiKeyId, created: UnixMillis) -> Self {
        Self { application: *application.bytes(), id: *id.bytes(), created: created.0 }
    }

    /// When it was made.
    pub const fn created(&self) -> UnixMillis {
        UnixMillis(self.created)
    }

    /// Whose key it is.
    pub fn application(&self) -> ApplicationId {
        ApplicationId(Uuid::from_bytes(self.application))
    }
}
