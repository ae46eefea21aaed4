//! Planning is pure: every case of (set, applied, target) can be written down and checked.

use proptest::prelude::*;
use wheatear_core::{ErrorCode, HistoryError, MigrationSet, SourceFile, Target, plan};

fn set(ids: &[&str]) -> MigrationSet {
    let files = ids.iter().map(|id| SourceFile { path: format!("{id}.sql"), text: String::new() });
    MigrationSet::from_files(files).expect("a valid set")
}

fn up_to(id: &str) -> Target {
    Target::UpTo(id.to_owned())
}

#[test]
fn an_empty_database_gets_everything_in_order() {
    let set = set(&["1", "2", "10"]);
    let plan = plan(&set, &[], &Target::Latest).expect("a plan");
    assert_eq!(plan.to_string(), "from an empty database to 10:\n  apply 1\n  apply 2\n  apply 10");
}

#[test]
fn a_current_database_gets_nothing() {
    let set = set(&["1", "2"]);
    let plan = plan(&set, &["1", "2"], &Target::Latest).expect("a plan");
    assert!(plan.is_empty());
    assert_eq!(plan.to_string(), "nothing to do at 2");
}

#[test]
fn an_old_database_gets_what_it_lacks() {
    let set = set(&["1", "2", "3"]);
    let plan = plan(&set, &["1"], &Target::Latest).expect("a plan");
    assert_eq!(plan.to_string(), "from 1 to 3:\n  apply 2\n  apply 3");
}

#[test]
fn a_late_migration_is_applied_and_does_not_change_the_version() {
    let set = set(&["1", "2", "3"]);
    let plan = plan(&set, &["1", "3"], &Target::Latest).expect("a plan");
    assert_eq!(plan.to_string(), "from 3 to 3:\n  apply 2");
}

#[test]
fn a_target_ends_the_plan_and_never_goes_back() {
    let set = set(&["1", "2", "3"]);
    assert_eq!(
        plan(&set, &[], &up_to("2")).expect("a plan").to_string(),
        "from an empty database to 2:\n  apply 1\n  apply 2"
    );
    assert!(plan(&set, &["1", "2", "3"], &up_to("1")).expect("a plan").is_empty());
}

#[test]
fn a_target_that_does_not_exist_is_refused() {
    let error = plan(&set(&["1", "2"]), &[], &up_to("3")).expect_err("no such target");
    assert_eq!(error.code(), ErrorCode::UnknownTarget);
    assert_eq!(error.to_string(), "there is no migration \"3\" to stop at; the latest is \"2\"");
}

#[test]
fn a_database_ahead_of_the_build_is_refused_with_the_unknown_ids() {
    let error = plan(&set(&["1"]), &["1", "2", "3"], &Target::Latest).expect_err("ahead");
    assert_eq!(error, HistoryError::DatabaseAhead { unknown: vec!["2".into(), "3".into()] });
}

#[test]
fn a_hole_in_the_middle_is_not_taken_for_a_newer_database() {
    let error = plan(&set(&["1", "3"]), &["1", "2", "3"], &Target::Latest).expect_err("a hole");
    assert_eq!(error, HistoryError::Missing { id: "2".into() });
}

proptest! {
    #[test]
    fn carrying_a_plan_out_leaves_nothing_to_plan(
        applied in proptest::sample::subsequence((1..=8).collect::<Vec<u32>>(), 0..=8),
        target in proptest::option::of(1..=8u32),
    ) {
        let ids: Vec<String> = (1..=8).map(|n| n.to_string()).collect();
        let set = set(&ids.iter().map(String::as_str).collect::<Vec<_>>());
        let target = target.map_or(Target::Latest, |id| up_to(&id.to_string()));
        let applied: Vec<String> = applied.iter().map(u32::to_string).collect();
        let mut history: Vec<&str> = applied.iter().map(String::as_str).collect();

        let first = plan(&set, &history, &target).expect("a plan");
        history.extend(first.steps.iter().map(|migration| migration.id()));
        let second = plan(&set, &history, &target).expect("a plan");

        prop_assert!(second.is_empty());
        prop_assert_eq!(second.from, first.to);
        prop_assert_eq!(first.is_empty(), first.from == first.to && first.steps.is_empty());
    }
}
