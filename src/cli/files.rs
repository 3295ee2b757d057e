//! Small files with secrets in them: readable by their owner alone, and whole or not there.

use super::failure::Failure;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Writes a file beside its place and moves it there.
pub(super) fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let beside = path.with_extension("new");
    let written = File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path))
        .and_then(|()| settle(path));
    written.map_err(|error| Failure::new(format!("{} cannot be written: {error}", path.display())))
}

/// The new name must outlive a power cut too.
fn settle(path: &Path) -> std::io::Result<()> {
    path.parent().filter(|parent| parent.is_dir()).map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}

/// Reads a file; `None` when it is not there.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::new(format!("{} cannot be read: {error}", path.display()))),
    }
}

/// Makes a folder, readable by its owner alone when it is new.
pub(super) fn make_folder(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt;
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| Failure::new(format!("the folder {} cannot be made: {error}", path.display())))
}

/// Shuts a folder of ours to all but its owner, also one that an older version made.
pub(super) fn shut_folder(path: &Path) -> Result<(), Failure> {
    let shut = fs::set_permissions(path, fs::Permissions::from_mode(0o700));
    shut.map_err(|error| Failure::new(format!("the folder {} cannot be shut: {error}", path.display())))
}

/// Whether others than a file's owner, and those whom its owner lets read along as a group, get at it.
pub(super) fn is_open_to_others(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o027 != 0)
}
