use std::collections::HashMap;

use crate::ledger_entry::LedgerEntry;
use crate::natural_order::natural_order;
use crate::sorted::sort_by;
use crate::topological_order::topological_order;

/// Applied migrations in the order that their set gives them, as far as the database has recorded it: which may not be the
/// order in which they were applied.
pub fn in_set_order(mut entries: Vec<LedgerEntry>) -> Vec<LedgerEntry> {
    sort_by(&mut entries, |one, other| natural_order(&one.id, &other.id));
    let places: HashMap<&str, usize> = entries.iter().enumerate().map(|(place, entry)| (&*entry.id, place)).collect();
    let place = |id: &String| places.get(&**id).copied();
    let requires: Vec<Vec<usize>> =
        entries.iter().map(|entry| entry.depends.iter().filter_map(place).collect()).collect();
    // Nobody but other tools records a circle.
    let Ok(order) = topological_order(&requires) else { return entries };
    let mut entries: Vec<Option<LedgerEntry>> = entries.into_iter().map(Some).collect();
    order.into_iter().filter_map(|index| entries[index].take()).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::digest::Digest;

    fn ordered(entries: &[(&str, &[&str])]) -> Vec<String> {
        let entry = |(id, depends): &(&str, &[&str])| LedgerEntry {
            id: (*id).to_owned(),
            up: None,
            down: None,
            checksum: Digest::of_code("1"),
            depends: depends.iter().map(|&id| id.to_owned()).collect(),
            compatible: false,
            applied_at: String::new(),
            duration: Duration::ZERO,
        };
        in_set_order(entries.iter().map(entry).collect()).into_iter().map(|entry| entry.id).collect()
    }

    #[test]
    fn what_was_applied_late_comes_where_its_name_says() {
        assert_eq!(ordered(&[("2.a", &[]), ("10.b", &[]), ("3.late", &[])]), ["2.a", "3.late", "10.b"]);
    }

    #[test]
    fn what_another_one_depends_on_comes_before_it_and_what_is_not_applied_nowhere() {
        assert_eq!(ordered(&[("1", &["2"]), ("2", &["absent"]), ("3", &[])]), ["2", "1", "3"]);
    }

    #[test]
    fn a_circle_which_no_set_has_leaves_the_order_of_names() {
        assert_eq!(ordered(&[("2", &["1"]), ("1", &["2"])]), ["1", "2"]);
    }
}
