use std::cmp::Ordering;

/// Compares ids as people do: runs of ASCII digits by their number, so `2` comes before `10`, all
/// else by code point.
///
/// A total order: ids whose numbers only differ by leading zeros compare as plain strings.
pub fn natural_order(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let ((left_digits, left_rest), (right_digits, right_rest)) = (split_digits(left), split_digits(right));
        if !left_digits.is_empty() && !right_digits.is_empty() {
            match by_number(left_digits, right_digits) {
                Ordering::Equal => (left, right) = (left_rest, right_rest),
                unequal => return unequal,
            }
            continue;
        }
        let (mut left_chars, mut right_chars) = (left.chars(), right.chars());
        match (left_chars.next(), right_chars.next()) {
            (None, None) => return a.cmp(b),
            (x, y) if x != y => return x.cmp(&y),
            _ => (left, right) = (left_chars.as_str(), right_chars.as_str()),
        }
    }
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// Numbers of any length: without leading zeros the longer one is greater.
fn by_number(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sorted(mut ids: Vec<&str>) -> Vec<&str> {
        ids.sort_by(|a, b| natural_order(a, b));
        ids
    }

    #[test]
    fn numbers_sort_by_value_not_by_digit() {
        assert_eq!(sorted(vec!["10", "9", "1", "2"]), ["1", "2", "9", "10"]);
        assert_eq!(sorted(vec!["v10.b", "v2.c", "v2.a10", "v2.a9"]), ["v2.a9", "v2.a10", "v2.c", "v10.b"]);
    }

    #[test]
    fn numbers_longer_than_any_integer_type_compare() {
        let long = "1".repeat(60);
        assert_eq!(natural_order(&format!("{long}0"), &format!("{long}1")), Ordering::Less);
    }

    #[test]
    fn leading_zeros_only_break_ties() {
        assert_eq!(sorted(vec!["1", "002", "01", "001"]), ["001", "01", "1", "002"]);
    }

    fn id() -> impl Strategy<Value = String> {
        "[0-9a-bäß.]{0,8}"
    }

    proptest! {
        #[test]
        fn is_a_total_order(a in id(), b in id(), c in id()) {
            prop_assert_eq!(natural_order(&a, &b), natural_order(&b, &a).reverse());
            prop_assert_eq!(natural_order(&a, &b) == Ordering::Equal, a == b);
            if natural_order(&a, &b).is_le() && natural_order(&b, &c).is_le() {
                prop_assert!(natural_order(&a, &c).is_le());
            }
        }

        #[test]
        fn agrees_with_integers(a: u32, b: u32) {
            prop_assert_eq!(natural_order(&a.to_string(), &b.to_string()), a.cmp(&b));
        }
    }
}
