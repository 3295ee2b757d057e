//! Compares printed tables with committed files, so that a review sees each cell that changed.
//! Tests only. Must not know: what is printed.

use std::path::Path;

/// Compares `printed` with `tests/golden/NAME`. With `UPDATE_GOLDEN=1` the file is written and the test
/// fails once all the same: a golden file never changes silently.
#[track_caller]
pub fn compare(name: &str, printed: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some_and(|set| set == "1") {
        std::fs::write(&file, printed).unwrap();
        panic!("tests/golden/{name} was written: read what changed, then run again without UPDATE_GOLDEN");
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    if let Some((line, (kept, printed))) =
        kept.lines().zip(printed.lines()).enumerate().find(|(_, (kept, printed))| kept != printed)
    {
        panic!("tests/golden/{name}:{}\n  kept    {kept}\n  printed {printed}", line + 1);
    }
    assert_eq!(kept.lines().count(), printed.lines().count(), "tests/golden/{name} has another length");
    assert_eq!(kept, printed, "tests/golden/{name} differs in its line ends");
}
