//! Which banks fit what somebody typed. Must not know: pages, where the list comes from.

use crate::domain::institution::Institution;

/// The institutions in whose names every typed word begins a word, in the order of the list. Nothing
/// typed fits all.
pub fn find<'a>(query: &str, list: &'a [Institution]) -> Vec<&'a Institution> {
    let wanted = words(query);
    let fits = |one: &&Institution| {
        let known = [words(one.name), words(one.short_name), words(one.id.as_str())].concat();
        wanted.iter().all(|word| known.iter().any(|name| name.starts_with(word.as_str())))
    };
    list.iter().filter(fits).collect()
}

/// The words of a text as they are compared: without case, marks do not count.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '\'' && letter != '’');
    let bare = |word: &str| word.to_lowercase().replace(['\'', '’'], "");
    words.map(bare).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::institution::SANDBOX;

    #[test]
    fn a_bank_is_found_by_the_beginnings_of_its_words() {
        let found = |query| find(query, SANDBOX).iter().map(|one| one.id.as_str()).collect::<Vec<_>>();
        assert_eq!(found("").len(), SANDBOX.len());
        assert_eq!(found(" \t-").len(), SANDBOX.len());
        assert_eq!(found("care"), ["AU00002"]);
        assert_eq!(found("SANDBOX  care"), ["AU00002"]);
        assert_eq!(found("care bank sand"), ["AU00002"], "in any order");
        assert_eq!(found("au00004"), ["AU00004"]);
        assert!(found("areful").is_empty(), "not in the middle of a word");
        assert!(found("care savings").is_empty(), "all words must fit");
    }

    #[test]
    fn marks_and_case_do_not_count() {
        assert_eq!(words("St.George’s  Bank-Co"), ["st", "georges", "bank", "co"]);
        assert_eq!(words("ÉCU"), ["écu"]);
    }
}
