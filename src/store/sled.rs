//! The store on disk: one sled tree. The only file that names sled.
//!
//! sled's `flush()` ends in `sync_file_range` on Linux, which does not make a grown file's size durable:
//! after a power cut acknowledged writes are gone. So every sync is a flush and then an fdatasync of
//! sled's own file (`Barrier`). `flush_async` is never used: it deadlocks with a few callers.

use super::space::FreeSpace;
use super::{Batch, Order, Row, Store, StoreError};
use rustix::fs::FlockOperation;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often the lock of a store that is taken is asked for again, `LOCK_PAUSE` apart, before the answer
/// is `Taken`: two seconds in all.
const LOCK_TRIES: usize = 40;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// The second half of a sync.
pub trait Barrier: Send + Sync {
    /// Makes the data and size of sled's file durable.
    ///
    /// # Errors
    /// When the disk says no.
    fn sync_data(&self) -> std::io::Result<()>;
}

impl Barrier for File {
    fn sync_data(&self) -> std::io::Result<()> {
        Self::sync_data(self)
    }
}

/// The store on disk.
pub struct SledStore {
    tree: ::sled::Db,
    barrier: Box<dyn Barrier>,
    folder: PathBuf,
}

impl SledStore {
    /// Opens or makes the store in `folder`. A store whose last holder is just ending is waited for.
    ///
    /// # Errors
    /// One sentence about what to do: another process has it, or it is damaged.
    pub fn open(folder: &Path, cache_bytes: u64) -> Result<Self, StoreError> {
        let is_new = !folder.join("db").exists();
        drop_unfinished_snapshots(folder).map_err(|error| StoreError::Failed(error.to_string()))?;
        let tree = open_tree(folder, cache_bytes)?;
        if is_new {
            settle(folder).map_err(|error| StoreError::Failed(error.to_string()))?;
        }
        let barrier = File::options()
            .read(true)
            .write(true)
            .open(folder.join("db"))
            .map_err(|error| StoreError::Failed(error.to_string()))?;
        Ok(Self { tree, barrier: Box::new(barrier), folder: folder.to_owned() })
    }

    /// The same store with another second half of its syncs.
    #[must_use]
    pub fn with_barrier(mut self, barrier: Box<dyn Barrier>) -> Self {
        self.barrier = barrier;
        self
    }

    /// How many of sled's blob files there are: none, for values stay small.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn blobs(&self) -> std::io::Result<usize> {
        let blobs = self.folder.join("blobs");
        if blobs.exists() { Ok(std::fs::read_dir(blobs)?.count()) } else { Ok(0) }
    }
}

fn failed(error: ::sled::Error) -> StoreError {
    StoreError::Failed(error.to_string())
}

/// sled panics on a damaged page, at the latest when the first keys are read: that is caught here and
/// becomes one sentence.
fn open_tree(folder: &Path, cache_bytes: u64) -> Result<::sled::Db, StoreError> {
    let place = folder.display().to_string();
    let damaged = |what: String| StoreError::Damaged { folder: place.clone(), what };
    let opened = catch_unwind(AssertUnwindSafe(|| {
        let config =
            ::sled::Config::new().path(folder).cache_capacity(cache_bytes).flush_every_ms(None).open()?;
        let (first, last) = super::key::all(super::key::Kind::Meta);
        config.range(first..last).collect::<Result<Vec<_>, _>>()?;
        Ok::<_, ::sled::Error>(config)
    }));
    match opened {
        Ok(Ok(tree)) => Ok(tree),
        Ok(Err(::sled::Error::Io(error))) if error.to_string().contains("lock") => {
            Err(StoreError::Taken(place))
        }
        Ok(Err(::sled::Error::Corruption { .. })) => Err(damaged("a page does not pass its check".into())),
        Ok(Err(error)) => Err(StoreError::Failed(format!("{place} does not open: {error}"))),
        Err(_) => Err(damaged("it cannot be opened".into())),
    }
}

/// sled writes a snapshot beside its place and moves it there when it is whole. But one that a kill or a
/// full disk cut short counts as the newest at the next opening, and the store is refused as damaged from
/// then on. Nothing is lost with it: the snapshot before it and the log hold all that it would have said.
fn drop_unfinished_snapshots(folder: &Path) -> std::io::Result<()> {
    // A store that is not there yet has none, and one that cannot be opened is sled's to refuse.
    let Ok(db) = File::options().read(true).write(true).open(folder.join("db")) else { return Ok(()) };
    // The lock is sled's own: while another process holds it, an unfinished snapshot is at work.
    if !is_locked_in_time(&db) {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// sled gives its lock back a moment after its store was dropped, for its own threads hold the file until
/// they have ended; and a server that is started again may meet the last breath of the one before it.
#[expect(clippy::disallowed_methods, reason = "a store opens before any runtime and any deadline is there")]
fn is_locked_in_time(db: &File) -> bool {
    (0..LOCK_TRIES).any(|tried| {
        if tried > 0 {
            std::thread::sleep(LOCK_PAUSE);
        }
        rustix::fs::flock(db, FlockOperation::NonBlockingLockExclusive).is_ok()
    })
}

/// A new store: sled's own settings file and the folders must outlive a power cut too.
fn settle(folder: &Path) -> std::io::Result<()> {
    File::open(folder.join("conf"))?.sync_all()?;
    File::open(folder)?.sync_all()?;
    folder.parent().filter(|parent| parent.is_dir()).map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}

impl Store for SledStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.tree.get(key).map(|value| value.map(|bytes| bytes.to_vec())).map_err(failed)
    }

    fn scan(&self, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Vec<Row>, StoreError> {
        if from >= to {
            return Ok(Vec::new());
        }
        let rows = self.tree.range(from..to);
        let read = |row: Result<(::sled::IVec, ::sled::IVec), ::sled::Error>| {
            row.map(|(key, value)| (key.to_vec(), value.to_vec())).map_err(failed)
        };
        match order {
            Order::Ascending => rows.take(limit).map(read).collect(),
            Order::Descending => rows.rev().take(limit).map(read).collect(),
        }
    }

    fn apply(&self, batch: &Batch) -> Result<(), StoreError> {
        let mut writes = ::sled::Batch::default();
        for (key, value) in &batch.0 {
            match value {
                Some(value) => writes.insert(key.as_slice(), value.as_slice()),
                None => writes.remove(key.as_slice()),
            }
        }
        self.tree.apply_batch(writes).map_err(failed)
    }

    fn sync(&self) -> Result<(), StoreError> {
        self.tree.flush().map_err(failed)?;
        self.barrier.sync_data().map_err(|error| StoreError::Failed(error.to_string()))
    }

    fn space(&self) -> Result<Option<FreeSpace>, StoreError> {
        FreeSpace::of(&self.folder).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CACHE: u64 = 16 * 1024 * 1024;

    fn put(key: &[u8], value: &[u8]) -> Batch {
        Batch(vec![(key.to_vec(), Some(value.to_vec()))])
    }

    #[test]
    fn what_was_synced_is_there_after_opening_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = SledStore::open(folder.path(), CACHE).unwrap();
        store.apply(&put(b"a", b"1")).unwrap();
        store.apply(&put(b"b", b"2")).unwrap();
        store.apply(&Batch(vec![(b"a".to_vec(), None)])).unwrap();
        store.sync().unwrap();
        assert_eq!(store.blobs().unwrap(), 0);
        drop(store);
        let store = SledStore::open(folder.path(), CACHE).unwrap();
        assert_eq!(store.get(b"a").unwrap(), None);
        assert_eq!(
            store.scan(b"a", b"z", Order::Ascending, 9).unwrap(),
            vec![(b"b".to_vec(), b"2".to_vec())]
        );
    }

    #[test]
    fn a_second_process_is_told_so() {
        let folder = tempfile::tempdir().unwrap();
        let _first = SledStore::open(folder.path(), CACHE).unwrap();
        let second = SledStore::open(folder.path(), CACHE).err().unwrap();
        assert!(matches!(second, StoreError::Taken(_)), "{second}");
    }

    #[test]
    fn a_store_whose_holder_is_just_ending_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let store = SledStore::open(folder.path(), CACHE).unwrap();
        store.apply(&put(b"a", b"1")).unwrap();
        store.sync().unwrap();
        #[expect(clippy::disallowed_methods, reason = "whoever is first, the store opens; this lets it wait")]
        let ending = std::thread::spawn(move || {
            std::thread::sleep(LOCK_PAUSE * 4);
            drop(store);
        });
        let store = SledStore::open(folder.path(), CACHE).unwrap();
        assert_eq!(store.get(b"a").unwrap(), Some(b"1".to_vec()));
        ending.join().unwrap();
    }

    #[test]
    fn a_snapshot_that_was_cut_short_keeps_no_store_from_opening() {
        let folder = tempfile::tempdir().unwrap();
        let cut_short = [("snap.00000000FFFFFFFF.generating", 0), ("snap.00000000EEEEEEEE.generating", 50)];
        for (name, len) in cut_short {
            let store = SledStore::open(folder.path(), CACHE).unwrap();
            store.apply(&put(name.as_bytes(), b"1")).unwrap();
            store.sync().unwrap();
            drop(store);
            std::fs::write(folder.path().join(name), vec![7; len]).unwrap();
            let store = SledStore::open(folder.path(), CACHE).unwrap();
            assert_eq!(store.get(name.as_bytes()).unwrap(), Some(b"1".to_vec()), "{name}");
            assert!(!folder.path().join(name).exists(), "{name}");
        }
    }

    #[test]
    fn a_snapshot_that_another_process_is_writing_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let _first = SledStore::open(folder.path(), CACHE).unwrap();
        let at_work = folder.path().join("snap.00000000FFFFFFFF.generating");
        std::fs::write(&at_work, b"at work").unwrap();
        assert!(matches!(SledStore::open(folder.path(), CACHE).err(), Some(StoreError::Taken(_))));
        assert!(at_work.exists());
    }

    #[test]
    fn a_damaged_store_is_one_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let store = SledStore::open(folder.path(), CACHE).unwrap();
        for number in 0..2000_u32 {
            store.apply(&put(&[b"#".as_slice(), &number.to_be_bytes()].concat(), &[7; 300])).unwrap();
        }
        store.sync().unwrap();
        drop(store);
        let file = folder.path().join("db");
        let mut bytes = std::fs::read(&file).unwrap();
        let (from, to) = (bytes.len() / 4, bytes.len() / 2);
        bytes[from..to].fill(0xA5);
        std::fs::write(&file, bytes).unwrap();
        if let Err(error) = SledStore::open(folder.path(), CACHE) {
            let sentence = error.to_string();
            assert!(!sentence.contains('\n'), "{sentence}");
        }
    }
}
