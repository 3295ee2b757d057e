//! The sandbox's gateway: texts stay here, where the operator reads them in the inbox. Must not know: where
//! the inbox is kept.

use super::magic::{BUSY_TRIES, SmsFault, fault_of};
use super::{Arrival, Message, SmsError, SmsGateway};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

/// How many texts are known to have met a busy gateway; the smallest key is forgotten for one more.
const BUSY_MAX: usize = 1024;

/// The sandbox's gateway.
pub struct Inbox {
    terminal: Option<Mutex<Box<dyn Write + Send>>>,
    /// How often a text was told to come again, by its key.
    busy: Mutex<BTreeMap<String, u32>>,
}

impl Inbox {
    /// Texts go to the inbox alone.
    pub const fn silent() -> Self {
        Self { terminal: None, busy: Mutex::new(BTreeMap::new()) }
    }

    /// Texts are written to `terminal` as well: for the demo, never for a log.
    pub fn on(terminal: Box<dyn Write + Send>) -> Self {
        Self { terminal: Some(Mutex::new(terminal)), ..Self::silent() }
    }

    /// Whether this text is told to come again.
    fn is_busy_for(&self, key: String) -> bool {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let tries = busy.get(&key).copied().unwrap_or(0);
        if tries >= BUSY_TRIES {
            busy.remove(&key);
            return false;
        }
        if busy.len() >= BUSY_MAX {
            busy.pop_first();
        }
        busy.insert(key, tries + 1);
        true
    }

    fn print(&self, message: &Message<'_>, arrival: Arrival) {
        let Some(terminal) = &self.terminal else { return };
        let text = match arrival {
            Arrival::AtOnce | Arrival::Twice => message.body.replace('\n', "\n    "),
            Arrival::After(_) | Arrival::BehindTheNext => {
                "(held up: a magic number. It comes to /admin/sms later.)".to_owned()
            }
            Arrival::Never => "(lost: a magic number.)".to_owned(),
        };
        let times = if arrival == Arrival::Twice { 2 } else { 1 };
        let mut terminal = terminal.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..times {
            // A terminal that went away keeps nobody from reading the inbox.
            let _ = writeln!(terminal, "\n  Text message to {}:\n    {text}\n", message.to)
                .and_then(|()| terminal.flush());
        }
    }
}

#[async_trait]
impl SmsGateway for Inbox {
    async fn send(&self, message: Message<'_>) -> Result<Arrival, SmsError> {
        let arrival = match fault_of(message.to) {
            Some(SmsFault::Arrives(arrival)) => arrival,
            Some(SmsFault::Refused) => return Err(SmsError::Refused),
            Some(SmsFault::Busy) if self.is_busy_for(message.idempotency_key.clone()) => {
                return Err(SmsError::Later);
            }
            None | Some(SmsFault::Busy) => Arrival::AtOnce,
        };
        self.print(&message, arrival);
        Ok(arrival)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::sms::magic::NUMBERS;
    use std::sync::Arc;

    /// What is written can be read by the test.
    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    async fn send(inbox: &Inbox, key: &str, to: &str) -> Result<Arrival, SmsError> {
        inbox.send(Message { idempotency_key: key.into(), to, body: "123456 is your code" }).await
    }

    #[tokio::test]
    async fn a_busy_gateway_takes_each_text_in_the_end() {
        let (busy, _) = NUMBERS[5];
        let inbox = Inbox::silent();
        for key in ["one", "other"] {
            for _ in 0..BUSY_TRIES {
                assert_eq!(send(&inbox, key, busy).await, Err(SmsError::Later));
            }
            assert_eq!(send(&inbox, key, busy).await, Ok(Arrival::AtOnce));
        }
        assert!(inbox.busy.lock().unwrap().is_empty());
        for number in 0..2 * BUSY_MAX {
            let _ = send(&inbox, &number.to_string(), busy).await;
        }
        assert_eq!(inbox.busy.lock().unwrap().len(), BUSY_MAX);
    }

    #[tokio::test]
    async fn the_terminal_shows_what_arrives_and_no_code_that_does_not() {
        for (number, fault) in
            NUMBERS.into_iter().chain([("+61491570156", SmsFault::Arrives(Arrival::AtOnce))])
        {
            let paper = Paper::default();
            let inbox = Inbox::on(Box::new(paper.clone()));
            while send(&inbox, "key", number).await == Err(SmsError::Later) {}
            let shown = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
            let times = match fault {
                SmsFault::Busy | SmsFault::Arrives(Arrival::AtOnce) => 1,
                SmsFault::Arrives(Arrival::Twice) => 2,
                SmsFault::Refused | SmsFault::Arrives(_) => 0,
            };
            assert_eq!(shown.matches("123456").count(), times, "{number}: {shown}");
        }
    }
}
