use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Orders `0..requires.len()` so that each node comes after all it requires; among those that could
/// come next, the lowest number comes first.
///
/// `requires[n]` lists the nodes that `n` requires.
///
/// # Errors
/// The nodes along one circle, each requiring the next, the first again at the end.
pub(crate) fn topological_order(requires: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut waits_for: Vec<usize> = requires.iter().map(Vec::len).collect();
    let mut required_by = vec![Vec::new(); requires.len()];
    for (node, required) in requires.iter().enumerate() {
        for &other in required {
            required_by[other].push(node);
        }
    }

    let mut ready: BinaryHeap<_> = (0..requires.len()).filter(|&node| waits_for[node] == 0).map(Reverse).collect();
    let mut order = Vec::with_capacity(requires.len());
    while let Some(Reverse(node)) = ready.pop() {
        order.push(node);
        for &next in &required_by[node] {
            waits_for[next] -= 1;
            if waits_for[next] == 0 {
                ready.push(Reverse(next));
            }
        }
    }

    match waits_for.iter().position(|&count| count > 0) {
        None => Ok(order),
        Some(stuck) => Err(circle_from(stuck, requires, &waits_for)),
    }
}

/// Every stuck node requires a stuck one, so following them must come back to a node seen before.
fn circle_from(start: usize, requires: &[Vec<usize>], waits_for: &[usize]) -> Vec<usize> {
    let mut path = vec![start];
    loop {
        let here = path[path.len() - 1];
        let Some(&next) = requires[here].iter().find(|&&node| waits_for[node] > 0) else { return path };
        let seen = path.iter().position(|&node| node == next);
        path.push(next);
        if let Some(seen) = seen {
            return path.split_off(seen);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn without_requirements_the_order_is_by_number() {
        assert_eq!(topological_order(&[vec![], vec![], vec![]]), Ok(vec![0, 1, 2]));
    }

    #[test]
    fn what_is_required_comes_first_and_nothing_else_moves() {
        assert_eq!(topological_order(&[vec![2], vec![], vec![], vec![]]), Ok(vec![1, 2, 0, 3]));
    }

    #[test]
    fn a_circle_is_named_without_the_path_that_leads_to_it() {
        assert_eq!(topological_order(&[vec![1], vec![2], vec![1], vec![]]), Err(vec![1, 2, 1]));
        assert_eq!(topological_order(&[vec![0]]), Err(vec![0, 0]));
    }

    proptest! {
        #[test]
        fn every_node_comes_once_and_after_what_it_requires(
            edges in proptest::collection::vec((0usize..12, 0usize..12), 0..40)
        ) {
            let mut requires = vec![Vec::new(); 12];
            for (a, b) in edges {
                requires[a].push(b);
            }
            match topological_order(&requires) {
                Ok(order) => {
                    let mut sorted = order.clone();
                    sorted.sort_unstable();
                    prop_assert_eq!(sorted, (0..12).collect::<Vec<_>>());
                    let place = |node| order.iter().position(|&other| other == node);
                    for (node, required) in requires.iter().enumerate() {
                        for &other in required {
                            prop_assert!(place(other) < place(node));
                        }
                    }
                }
                Err(circle) => {
                    prop_assert!(circle.len() >= 2);
                    prop_assert_eq!(circle.first(), circle.last());
                    for pair in circle.windows(2) {
                        prop_assert!(requires[pair[0]].contains(&pair[1]));
                    }
                }
            }
        }
    }
}
