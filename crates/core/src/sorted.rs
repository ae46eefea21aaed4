use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Sorts, and keeps the order of what is equal. The library's own sort is compiled anew for each type, to five kilobytes of
/// a page's download; here that happens once, for the places of what is sorted.
pub fn sort_by<T>(items: &mut Vec<T>, compare: impl Fn(&T, &T) -> Ordering) {
    let order = order(items.len(), &|one, other| compare(&items[one], &items[other]));
    let mut left: Vec<Option<T>> = std::mem::take(items).into_iter().map(Some).collect();
    items.extend(order.into_iter().filter_map(|place| left[place].take()));
}

fn order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|one, other| compare(*one, *other));
    order
}

/// A set of these. What `collect` makes of them is the same, but it sorts them first.
pub fn set_of(names: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    let mut set = BTreeSet::new();
    set.extend(names);
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_equal_stays_in_its_order() {
        let mut words = vec!["bb", "a", "cc", "c", "aa"];
        sort_by(&mut words, |one, other| one.len().cmp(&other.len()));
        assert_eq!(words, ["a", "c", "bb", "cc", "aa"]);
    }
}
