//! The access log of a running engine: written by itself, over starts and crashes, gone with the user.

use super::*;
use crate::domain::access::{AccessBy, AccessTo};

fn rows(house: &House) -> [usize; 2] {
    [Kind::Access, Kind::AccessBlock].map(|kind| {
        let (from, to) = key::all(kind);
        house.store.scan(&from, &to, Order::Ascending, 1000).unwrap().len()
    })
}

fn count(engine: &Engine, user: UserId) {
    engine.count_access(user, AccessBy::Application, AccessTo::Transactions);
}

async fn counted(engine: &Engine, user: UserId) -> Vec<u32> {
    engine.access_log(user).await.unwrap().0.values().map(|accesses| accesses.count).collect()
}

#[test]
fn what_was_counted_outlives_a_stop_and_what_was_shown_a_crash() {
    run(async {
        let house = House::new();
        let engine = house.start(Limits::default());
        let caller = application(&engine).await;
        let one = user(&engine, caller).await;
        for _ in 0..3 {
            count(&engine, one);
        }
        assert_eq!(rows(&house), [0, 0], "no read waits for a write");
        engine.drain(Duration::from_secs(10)).await;

        let engine = house.start(Limits::default());
        assert_eq!(counted(&engine, one).await, [3]);
        count(&engine, one);
        assert_eq!(counted(&engine, one).await, [4]);
        count(&engine, one);
        house.store.inner.crash(0);
        let engine = house.start(Limits::default());
        assert_eq!(counted(&engine, one).await, [4], "the last was in memory alone");
        assert_eq!(engine.metrics().accesses_lost.get(), 0);
    });
}

#[test]
fn it_is_written_down_by_itself() {
    run(async {
        let house = House::new();
        let engine = house.start(Limits { access_flush: Span(10), ..Limits::default() });
        let caller = application(&engine).await;
        for _ in 0..200 {
            count(&engine, user(&engine, caller).await);
        }
        while rows(&house) != [200, 200] {
            tokio::task::yield_now().await;
        }
        assert_eq!(engine.metrics().accesses.get(), 200);
    });
}

#[test]
fn it_goes_with_its_user_also_where_some_of_it_waits() {
    run(async {
        let house = House::new();
        let engine = house.start(Limits::default());
        let caller = application(&engine).await;
        let (one, other) = (user(&engine, caller).await, user(&engine, caller).await);
        for user in [one, other] {
            count(&engine, user);
            assert_eq!(counted(&engine, user).await, [1]);
        }
        assert_eq!(rows(&house), [2, 2]);
        count(&engine, one);
        engine.ask(one, caller, Command::DeleteUser, Uuid::nil()).await.unwrap();
        assert_eq!(rows(&house), [1, 1]);
        count(&engine, one);
        assert!(counted(&engine, one).await.is_empty());
        assert_eq!((rows(&house), counted(&engine, other).await), ([1, 1], vec![1]));
    });
}

#[test]
fn what_cannot_be_written_waits_until_it_can() {
    run(async {
        let house = House::new();
        let engine = house.start(Limits { access_flush: Span(10), ..Limits::default() });
        let caller = application(&engine).await;
        let one = user(&engine, caller).await;
        let full = |is_full| house.store.inner.set_faults(Faults { is_full, ..Faults::default() });
        full(true);
        // Room is looked for when something is written, at most once a second.
        while engine.is_writable() {
            let _ = engine.settle().await;
        }
        count(&engine, one);
        assert!(counted(&engine, one).await.is_empty(), "nothing is shown that a crash would take back");
        full(false);
        while rows(&house) != [1, 1] {
            tokio::task::yield_now().await;
        }
        assert_eq!(counted(&engine, one).await, [1]);
    });
}
