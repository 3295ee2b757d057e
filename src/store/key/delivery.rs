//! The keys of webhook deliveries: how far each webhook was told, its messages, their attempts, and what
//! is tried again when. Must not know: what a delivery is.

use super::{Kind, eight_at, following, id_at, key, sortable, unsortable};
use crate::domain::id::WebhookId;
use crate::domain::time::UnixMillis;

/// How far a webhook was told.
pub fn webhook_cursor(webhook: WebhookId) -> Vec<u8> {
    key(Kind::WebhookCursor, &[webhook.bytes()])
}

/// A message of a webhook: the event's number, and the run.
pub fn message(webhook: WebhookId, sequence: u64, run: u32) -> Vec<u8> {
    key(Kind::Message, &[webhook.bytes(), &sequence.to_be_bytes(), &run.to_be_bytes()])
}

/// One attempt of a message.
pub fn attempt(webhook: WebhookId, sequence: u64, run: u32, number: u32) -> Vec<u8> {
    let parts = [&webhook.bytes()[..], &sequence.to_be_bytes(), &run.to_be_bytes(), &number.to_be_bytes()];
    key(Kind::Attempt, &parts)
}

/// All attempts of a message: the ends of a range.
pub fn attempts(webhook: WebhookId, sequence: u64, run: u32) -> (Vec<u8>, Vec<u8>) {
    let from = key(Kind::Attempt, &[webhook.bytes(), &sequence.to_be_bytes(), &run.to_be_bytes()]);
    let to = following(&from);
    (from, to)
}

/// A message that is tried again then.
pub fn retry(webhook: WebhookId, at: UnixMillis, sequence: u64, run: u32) -> Vec<u8> {
    key(Kind::Retry, &[webhook.bytes(), &sortable(at), &sequence.to_be_bytes(), &run.to_be_bytes()])
}

fn four_at(key: &[u8], at: usize) -> Option<u32> {
    key.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

/// The webhook of a cursor.
pub fn read_webhook_cursor(key: &[u8]) -> Option<WebhookId> {
    (key.len() == 17 && key[0] == Kind::WebhookCursor as u8).then(|| id_at(key, 1).map(WebhookId))?
}

/// A message's webhook, number and run.
pub fn read_message(key: &[u8]) -> Option<(WebhookId, u64, u32)> {
    let (webhook, sequence, run) = (id_at(key, 1)?, eight_at(key, 17)?, four_at(key, 25)?);
    let fits = key.len() == 29 && key[0] == Kind::Message as u8;
    fits.then(|| (WebhookId(webhook), u64::from_be_bytes(sequence), run))
}

/// Which attempt it is.
pub fn read_attempt(key: &[u8]) -> Option<u32> {
    (key.len() == 33 && key[0] == Kind::Attempt as u8).then(|| four_at(key, 29))?
}

/// When a message is tried again: the time, its number and its run.
pub fn read_retry(key: &[u8]) -> Option<(UnixMillis, u64, u32)> {
    let (at, sequence, run) = (eight_at(key, 17)?, eight_at(key, 25)?, four_at(key, 33)?);
    let fits = key.len() == 37 && key[0] == Kind::Retry as u8;
    fits.then(|| (unsortable(at), u64::from_be_bytes(sequence), run))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    proptest! {
        #[test]
        fn messages_sort_by_number_and_retries_by_time(
            one in (any::<i64>(), any::<u64>(), any::<u32>()),
            other in (any::<i64>(), any::<u64>(), any::<u32>()),
        ) {
            let webhook = WebhookId(Uuid::from_u128(7));
            let message = |(_, sequence, run): (i64, u64, u32)| message(webhook, sequence, run);
            let retry = |(at, sequence, run): (i64, u64, u32)| retry(webhook, UnixMillis(at), sequence, run);
            prop_assert_eq!(retry(one).cmp(&retry(other)), one.cmp(&other));
            prop_assert_eq!(message(one).cmp(&message(other)), (one.1, one.2).cmp(&(other.1, other.2)));
            prop_assert_eq!(read_message(&message(one)), Some((webhook, one.1, one.2)));
            prop_assert_eq!(read_retry(&retry(one)), Some((UnixMillis(one.0), one.1, one.2)));
            prop_assert_eq!(read_retry(&message(one)), None);
        }

        #[test]
        fn a_messages_attempts_are_its_own(sequence: u64, run: u32, number: u32, next: bool) {
            let webhook = WebhookId(Uuid::from_u128(7));
            let (from, to) = attempts(webhook, sequence, run);
            let own = attempt(webhook, sequence, run, number);
            prop_assert!(from <= own && own < to);
            prop_assert_eq!(read_attempt(&own), Some(number));
            let (other_sequence, other_run) =
                if next { (sequence.wrapping_add(1), run) } else { (sequence, run.wrapping_add(1)) };
            let others = attempt(webhook, other_sequence, other_run, number);
            prop_assert!(others < from || to <= others);
        }
    }

    #[test]
    fn a_cursor_is_read_back() {
        let webhook = WebhookId(Uuid::from_u128(7));
        assert_eq!(read_webhook_cursor(&webhook_cursor(webhook)), Some(webhook));
        assert_eq!(read_webhook_cursor(&message(webhook, 1, 1)), None);
    }
}
