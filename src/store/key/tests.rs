//! Proofs that keys keep their order and are read as they were written.

use super::*;
use proptest::prelude::*;

#[test]
fn a_webhook_is_read_from_its_key_alone() {
    let (application, id) = (ApplicationId(Uuid::from_u128(1)), WebhookId(Uuid::from_u128(2)));
    let row = webhook(application, id);
    assert_eq!(read_webhook(&row), Some((application, id)));
    assert_eq!(read_webhook(&row[1..]), None);
    assert_eq!(read_webhook(&policy(application, 1)), None);
}

proptest! {
    #[test]
    fn deadlines_sort_by_clock_time_user_and_kind(
        one in (0_u64..3, any::<i64>(), any::<u128>(), any::<u8>()),
        other in (0_u64..3, any::<i64>(), any::<u128>(), any::<u8>()),
    ) {
        let make = |(clock, due, user, kind): (u64, i64, u128, u8)| {
            deadline(clock, UnixMillis(due), UserId(Uuid::from_u128(user)), kind)
        };
        prop_assert_eq!(make(one).cmp(&make(other)), one.cmp(&other));
        let (clock, due, user, kind) = one;
        let read = read_deadline(&make(one));
        prop_assert_eq!(read, Some((clock, UnixMillis(due), UserId(Uuid::from_u128(user)), kind)));
    }

    #[test]
    fn a_range_of_one_id_holds_that_id_alone(id: u128, other: u128, sequence: u64) {
        let (id, other) = (ApplicationId(Uuid::from_u128(id)), ApplicationId(Uuid::from_u128(other)));
        let (from, to) = all_of(Kind::Event, id.bytes());
        let inside = event(id, sequence);
        prop_assert!(from <= inside && inside < to);
        let outside = event(other, sequence);
        prop_assert_eq!(from <= outside && outside < to, id == other);
    }
}

#[test]
fn connections_and_jobs_are_read_back() {
    let (user, id) = (UserId(Uuid::from_u128(7)), Uuid::from_u128(8));
    let (job, connection) = (JobId(id), ConnectionId(id));
    assert_eq!(read_connection(&super::connection(user, connection)), Some((user, connection)));
    assert_eq!(read_job(&super::job(user, job)), Some((user, job)));
    assert_eq!(read_job_route(&job_route(job)), Some(job));
    assert!(read_job(&super::connection(user, connection)).is_none());
}

#[test]
fn a_clock_has_its_own_deadlines_and_members() {
    let (one, other) = (ClockId::new(6).unwrap(), ClockId::new(7).unwrap());
    let user = UserId(Uuid::from_u128(u128::MAX));
    assert_eq!(read_clock(&clock(one)), Some(one));
    assert_eq!(read_clock(&closing_clock(one)), Some(one));
    assert_eq!(read_clock_member(&clock_member(one, user)), Some((one, user)));
    assert_eq!(read_clock(&clock_member(one, user)), None);
    let (from, to) = clock_members(one);
    let holds = |row: &[u8]| from.as_slice() <= row && row < to.as_slice();
    assert!(holds(&clock_member(one, user)) && !holds(&clock_member(other, UserId(Uuid::nil()))));
}

#[test]
fn the_range_of_due_deadlines_ends_with_the_instant() {
    let user = UserId(Uuid::from_u128(u128::MAX));
    let (from, to) = deadlines(0, UnixMillis(1000));
    let at = |due| deadline(0, UnixMillis(due), user, 255);
    assert!(from <= at(-5) && at(1000) < to && at(1001) >= to);
    assert!(deadline(1, UnixMillis(0), user, 0) >= to);
}
