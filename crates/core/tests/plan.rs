//! Planning is pure: every case of (set, history, operation, policy) can be written down and checked.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use wheatear_core::{
    AdoptBy, CodeMigration, Digest, Down, ErrorCode, HistoryError, LedgerEntry, OnAhead, OnEdited, OnLate, Operation,
    Plan, Policy, RollbackTarget, SetDefinition, SourceFile, Step, Target, adopt, plan,
};

use Operation::{Apply, Baseline, Mark, MarkOnly, Reapply, Repair, Rollback, Unmark, UnmarkOnly};

fn source_files(files: &[(&str, &str)]) -> Vec<SourceFile> {
    files.iter().map(|(path, text)| SourceFile { path: (*path).to_owned(), text: (*text).to_owned() }).collect()
}

fn folder(files: &[(&str, &str)]) -> SetDefinition {
    SetDefinition::from_files(source_files(files)).expect("a valid set")
}

/// Migrations of these ids, each with a down.
fn set(ids: &[&str]) -> SetDefinition {
    let up = ids.iter().map(|id| (format!("{id}.sql"), format!("CREATE TABLE t{id} (a);")));
    let down = ids.iter().map(|id| (format!("{id}.rollback.sql"), format!("DROP TABLE t{id};")));
    let files = up.chain(down).map(|(path, text)| SourceFile { path, text });
    SetDefinition::from_files(files).expect("a valid set")
}

/// What a database records that applied these of the set, in this order.
fn applied(set: &SetDefinition, ids: &[&str]) -> Vec<LedgerEntry> {
    let entry =
        |id: &&str| LedgerEntry::of(set.iter().find(|migration| migration.id() == *id).expect("an id of the set"));
    ids.iter().map(entry).collect()
}

fn compatible(mut ledger: Vec<LedgerEntry>, ids: &[&str]) -> Vec<LedgerEntry> {
    ledger.iter_mut().filter(|entry| ids.contains(&entry.id.as_str())).for_each(|entry| entry.compatible = true);
    ledger
}

fn backwards() -> Policy {
    Policy { ahead: OnAhead::Rollback, ..Policy::default() }
}

fn never_late() -> Policy {
    Policy { late: OnLate::Error, ..Policy::default() }
}

fn latest() -> Operation {
    Apply(Target::Latest)
}

fn last(count: usize) -> RollbackTarget {
    RollbackTarget::last(count)
}

fn down_to(id: &str) -> RollbackTarget {
    RollbackTarget::down_to(id)
}

/// The plan, which must exist.
fn made<'set>(set: &'set SetDefinition, ledger: &[LedgerEntry], operation: &Operation) -> Plan<'set> {
    plan(set, ledger, operation, &Policy::default()).expect("a plan")
}

fn planned(set: &SetDefinition, ledger: &[LedgerEntry], operation: Operation) -> String {
    made(set, ledger, &operation).to_string()
}

fn planned_with(policy: Policy, set: &SetDefinition, ledger: &[LedgerEntry]) -> String {
    plan(set, ledger, &latest(), &policy).expect("a plan").to_string()
}

fn refused(set: &SetDefinition, ledger: &[LedgerEntry], operation: Operation) -> HistoryError {
    plan(set, ledger, &operation, &Policy::default()).expect_err("a refusal")
}

fn refused_with(policy: Policy, set: &SetDefinition, ledger: &[LedgerEntry]) -> HistoryError {
    plan(set, ledger, &latest(), &policy).expect_err("a refusal")
}

/// Operation and id of each step, without the rest of what a plan prints.
fn steps(plan: &Plan<'_>) -> Vec<String> {
    plan.steps.iter().map(|step| format!("{} {}", step.operation(), step.id())).collect()
}

// Apply.

#[test]
fn an_empty_database_gets_everything_in_order() {
    let set = set(&["1", "2", "10"]);
    assert_eq!(planned(&set, &[], latest()), "from an empty database to 10:\n  apply 1\n  apply 2\n  apply 10");
}

#[test]
fn a_current_database_gets_nothing() {
    let set = set(&["1", "2"]);
    let ledger = applied(&set, &["1", "2"]);
    let plan = made(&set, &ledger, &latest());
    assert!(plan.is_empty());
    assert_eq!(plan.to_string(), "nothing to do at 2");
    assert_eq!(plan.sql(), "");
}

#[test]
fn an_empty_set_leaves_an_empty_database_alone() {
    assert_eq!(planned(&set(&[]), &[], latest()), "nothing to do at an empty database");
}

#[test]
fn an_old_database_gets_what_it_lacks() {
    let set = set(&["1", "2", "3"]);
    assert_eq!(planned(&set, &applied(&set, &["1"]), latest()), "from 1 to 3:\n  apply 2\n  apply 3");
}

#[test]
fn a_target_ends_the_plan_and_never_goes_back() {
    let set = set(&["1", "2", "3"]);
    let up_to = |id: &str| Apply(Target::up_to(id));
    assert_eq!(planned(&set, &[], up_to("2")), "from an empty database to 2:\n  apply 1\n  apply 2");
    assert_eq!(planned(&set, &applied(&set, &["1", "2", "3"]), up_to("1")), "nothing to do at 3");
}

#[test]
fn a_target_brings_what_it_depends_on_whatever_the_numbers_say() {
    let set = folder(&[("1.sql", "-- depends: 3\nSELECT 1"), ("2.sql", "SELECT 2"), ("3.sql", "SELECT 3")]);
    let plan = planned(&set, &[], Apply(Target::up_to("1")));
    assert_eq!(plan, "from an empty database to 1:\n  apply 2\n  apply 3\n  apply 1");
}

#[test]
fn the_next_ones_are_counted_among_those_that_are_pending() {
    let set = set(&["1", "2", "3", "4"]);
    let ledger = applied(&set, &["1", "3"]);
    assert_eq!(planned(&set, &ledger, Apply(Target::next(2))), "from 3 to 4:\n  apply 2 (late)\n  apply 4");
    assert_eq!(planned(&set, &ledger, Apply(Target::next(1))), "from 3 to 3:\n  apply 2 (late)");
    assert_eq!(planned(&set, &ledger, Apply(Target::next(0))), "nothing to do at 3");
    assert_eq!(planned(&set, &ledger, Apply(Target::next(usize::MAX))), planned(&set, &ledger, latest()));
}

#[test]
fn a_target_that_does_not_exist_is_refused_and_the_latest_is_named() {
    for operation in [Apply(Target::up_to("3")), Mark(Target::up_to("3")), Baseline("3".to_owned())] {
        let error = refused(&set(&["1", "2"]), &[], operation);
        assert_eq!(error.code(), ErrorCode::UnknownTarget);
        assert_eq!(error.to_string(), "there is no migration \"3\" to stop at; the latest is \"2\"");
    }
    let error = refused(&set(&[]), &[], Apply(Target::up_to("3")));
    assert_eq!(error.to_string(), "there is no migration \"3\" to stop at");
}

// Late.

#[test]
fn a_late_migration_is_applied_and_named_and_does_not_change_the_version() {
    let set = set(&["1", "2", "3"]);
    assert_eq!(planned(&set, &applied(&set, &["1", "3"]), latest()), "from 3 to 3:\n  apply 2 (late)");
}

#[test]
fn only_what_comes_before_something_applied_is_late() {
    let set = set(&["1", "2", "3", "4"]);
    let plan = planned(&set, &applied(&set, &["3"]), latest());
    assert_eq!(plan, "from 3 to 4:\n  apply 1 (late)\n  apply 2 (late)\n  apply 4");
}

#[test]
fn late_is_told_by_the_order_of_the_set_and_not_by_the_number() {
    let set = folder(&[("1.sql", "-- depends: 2\nSELECT 1"), ("2.sql", "SELECT 2")]);
    assert_eq!(planned(&set, &applied(&set, &["2"]), latest()), "from 2 to 1:\n  apply 1");
}

#[test]
fn by_policy_late_migrations_are_refused_all_at_once() {
    let set = set(&["1", "2", "3", "4"]);
    let error = refused_with(never_late(), &set, &applied(&set, &["3"]));
    assert_eq!(error.code(), ErrorCode::Late);
    assert_eq!(
        error.to_string(),
        "\"1\", \"2\" are pending although later migrations are applied, and the policy refuses that; give them a higher number, or allow late migrations"
    );
    let error = refused_with(never_late(), &set, &applied(&set, &["1", "3"]));
    assert_eq!(
        error.to_string(),
        "\"2\" is pending although later migrations are applied, and the policy refuses that; give it a higher number, or allow late migrations"
    );
}

#[test]
fn the_policy_about_late_ones_lets_new_ones_pass() {
    let set = set(&["1", "2"]);
    assert_eq!(planned_with(never_late(), &set, &[]), "from an empty database to 2:\n  apply 1\n  apply 2");
    assert_eq!(planned_with(never_late(), &set, &applied(&set, &["1"])), "from 1 to 2:\n  apply 2");
}

#[test]
fn the_policy_about_late_ones_looks_at_what_would_be_applied_only() {
    let set = set(&["1", "2", "3"]);
    let ledger = applied(&set, &["1", "3"]);
    let up_to_1 = plan(&set, &ledger, &Apply(Target::up_to("1")), &never_late()).expect("a plan");
    assert!(up_to_1.is_empty());
}

// Edited.

#[test]
fn an_edited_migration_is_refused_with_what_changed_and_the_checksum_to_accept() {
    let old = folder(&[("m/1.sql", "CREATE TABLE a (\n  b INTEGER,\n  c TEXT\n);\n")]);
    let new = folder(&[("m/1.sql", "CREATE TABLE a (\n  b BIGINT,\n  c TEXT\n);\n")]);
    let error = refused(&new, &applied(&old, &["1"]), latest());
    assert_eq!(error.code(), ErrorCode::Edited);
    let checksum = old.latest().expect("a migration").checksum();
    assert_eq!(
        error.to_string(),
        format!(
            "\"1\" was edited after this database applied it: put the text back and write a new migration, or accept it with repair or `-- accepted-checksums:`
--- 1 as applied, checksum {checksum}
+++ m/1.sql
@@ -1,4 +1,4 @@
 CREATE TABLE a (
-  b INTEGER,
+  b BIGINT,
   c TEXT
 );
"
        )
    );
}

#[test]
fn several_edited_migrations_are_refused_at_once() {
    let old = folder(&[("1.sql", "SELECT 1"), ("2.sql", "SELECT 2"), ("3.sql", "SELECT 3")]);
    let new = folder(&[("1.sql", "SELECT 10"), ("2.sql", "SELECT 2"), ("3.sql", "SELECT 30")]);
    let ledger = applied(&old, &["1", "2", "3"]);
    let (first, third) = (ledger[0].checksum, ledger[2].checksum);
    assert_eq!(
        refused(&new, &ledger, latest()).to_string(),
        format!(
            "\"1\", \"3\" were edited after this database applied them: put the text back and write a new migration, or accept it with repair or `-- accepted-checksums:`
--- 1 as applied, checksum {first}
+++ 1.sql
@@ -1 +1 @@
-SELECT 1
+SELECT 10

--- 3 as applied, checksum {third}
+++ 3.sql
@@ -1 +1 @@
-SELECT 3
+SELECT 30
"
        )
    );
}

#[test]
fn comments_headers_and_line_ends_are_no_edit() {
    let old = folder(&[("1.sql", "SELECT 1;\nSELECT 2;\n")]);
    let new = folder(&[("1.sql", "-- compatible: true\r\n-- why\r\nSELECT 1;\r\nSELECT 2")]);
    assert_eq!(planned(&new, &applied(&old, &["1"]), latest()), "nothing to do at 1");
}

#[test]
fn code_with_another_version_is_edited_and_so_is_sql_that_became_code() {
    let code = |version: &'static str| {
        let step = CodeMigration {
            id: "1".into(),
            version: version.into(),
            depends: [].as_slice().into(),
            was: [].as_slice().into(),
            compatible: false,
            has_down: false,
        };
        SetDefinition::build([], [step]).expect("a valid set")
    };
    let sql = folder(&[("1.sql", "SELECT 1")]);
    for (old, new, difference) in [
        (code("a"), code("b"), "+++ code step 1\nits code has version b now\n"),
        (sql.clone(), code("a"), "+++ code step 1\nit was SQL and is code now\n"),
        (code("a"), sql, "+++ 1.sql\nit was code and is SQL now\n"),
    ] {
        assert_eq!(planned(&old, &applied(&old, &["1"]), latest()), "nothing to do at 1");
        let message = refused(&new, &applied(&old, &["1"]), latest()).to_string();
        assert!(message.ends_with(difference), "{message}");
    }
}

#[test]
fn an_edit_that_accepts_the_old_checksum_is_none() {
    let old = folder(&[("1.sql", "SELECT 1"), ("2.sql", "SELECT 2")]);
    let ledger = applied(&old, &["1", "2"]);
    let accepting = format!("-- accepted-checksums: {} {}\nSELECT 10", Digest::of_code("other"), ledger[0].checksum);
    let hook = ("post-apply.sql", "SELECT 0");
    let new = folder(&[("1.sql", &accepting), ("2.sql", "SELECT 2"), hook]);
    assert_eq!(planned(&new, &ledger, latest()), "nothing to do at 2");
    let recorded = || ledger.iter().map(|entry| (entry.id.as_str(), entry.checksum));
    assert_eq!(new.digest_of(recorded()), *new.digest());
    assert_eq!(old.digest_of(recorded()), *old.digest(), "for the build that knows the old text too");

    let newer = folder(&[("1.sql", &accepting), ("2.sql", "SELECT 2"), ("3.sql", "SELECT 3"), hook]);
    assert_eq!(planned(&newer, &ledger, latest()), "from 2 to 3:\n  apply 3\n  hook post-apply");
}

#[test]
fn an_accepted_edit_does_not_excuse_another_one() {
    let old = folder(&[("1.sql", "SELECT 1"), ("2.sql", "SELECT 2")]);
    let ledger = applied(&old, &["1", "2"]);
    let accepting = format!("-- accepted-checksums: {}\nSELECT 10", ledger[0].checksum);
    let error = refused(&folder(&[("1.sql", &accepting), ("2.sql", "SELECT 20")]), &ledger, latest());
    let HistoryError::Edited { migrations } = error else { panic!("{error}") };
    assert_eq!(migrations.iter().map(|edited| edited.id.as_str()).collect::<Vec<_>>(), ["2"]);
}

#[test]
fn statements_that_a_carriage_return_hid_are_shown_as_what_was_edited() {
    let text = "SELECT 1; -- one\rSELECT 2;\n";
    let now = folder(&[("1.sql", text)]);
    let mut ledger = applied(&now, &["1"]);
    // As a release recorded it that left the line ends to SQLite.
    (ledger[0].checksum, ledger[0].up) = (Digest::of_sql(text), Some(text.to_owned()));
    let HistoryError::Edited { migrations } = refused(&now, &ledger, latest()) else { panic!("it is edited") };
    assert_eq!(migrations[0].difference, "@@ -1 +1,2 @@\n-SELECT 1; -- one␍SELECT 2;\n+SELECT 1; -- one\n+SELECT 2;\n");
}

// A database that has what the set lacks.

#[test]
fn a_database_ahead_of_the_build_is_refused_with_the_unknown_ids() {
    let newer = set(&["1", "2", "3"]);
    let error = refused(&set(&["1"]), &applied(&newer, &["1", "2", "3"]), latest());
    assert_eq!(error.code(), ErrorCode::DatabaseAhead);
    assert_eq!(
        error.to_string(),
        "the database is ahead of this build: it has applied 2, 3, which this build does not know; use the newer build that made it, or take it back with the policy `rollback`"
    );
}

#[test]
fn a_set_without_migrations_is_behind_any_database() {
    let error = refused(&set(&[]), &applied(&set(&["1"]), &["1"]), latest());
    assert_eq!(error, HistoryError::DatabaseAhead { unknown: vec!["1".into()] });
}

#[test]
fn a_hole_in_the_middle_is_not_taken_for_a_newer_database() {
    let error = refused(&set(&["1", "3"]), &applied(&set(&["1", "2", "3"]), &["1", "2", "3"]), latest());
    assert_eq!(error.code(), ErrorCode::Missing);
    assert_eq!(
        error.to_string(),
        "the database has applied \"2\", which this build lacks although it has later ones; put the file back"
    );
}

#[test]
fn by_policy_what_a_newer_build_inserted_is_taken_back_from_under_later_ones_that_do_not_depend_on_it() {
    let whole = set(&["1", "2", "3"]);
    let ledger = applied(&whole, &["1", "2", "3"]);
    assert_eq!(planned_with(backwards(), &set(&["1", "3"]), &ledger), "from 3 to 3:\n  rollback 2");
}

#[test]
fn what_was_applied_before_a_late_one_of_this_build_is_ahead_and_no_hole() {
    let whole = set(&["1", "2", "3"]);
    let ledger = applied(&whole, &["1", "3", "2"]);
    assert_eq!(
        refused(&set(&["1", "2"]), &ledger, latest()),
        HistoryError::DatabaseAhead { unknown: vec!["3".into()] }
    );
}

#[test]
fn a_database_that_is_ahead_and_lacks_something_too_is_refused_as_ahead() {
    let other_branch = set(&["1", "2"]);
    let error = refused(&set(&["1", "3"]), &applied(&other_branch, &["1", "2"]), latest());
    assert_eq!(error, HistoryError::DatabaseAhead { unknown: vec!["2".into()] });
}

#[test]
fn a_database_ahead_by_compatible_migrations_only_is_used_as_it_is() {
    let newer = applied(&set(&["1", "2", "3"]), &["1", "2", "3"]);
    let newer = compatible(newer, &["2", "3"]);
    assert_eq!(planned(&set(&["1"]), &newer, latest()), "nothing to do at 3");
    assert_eq!(planned_with(backwards(), &set(&["1"]), &newer), "nothing to do at 3");
    // In the middle too.
    assert_eq!(planned(&set(&["1", "3"]), &newer, latest()), "nothing to do at 3");
}

#[test]
fn pending_migrations_apply_to_a_database_ahead_by_compatible_ones() {
    let ledger = compatible(applied(&set(&["1", "2"]), &["1", "2"]), &["2"]);
    assert_eq!(planned(&set(&["1", "3"]), &ledger, latest()), "from 2 to 3:\n  apply 3");
}

#[test]
fn one_incompatible_migration_is_enough_to_refuse_whether_others_are_compatible_or_not() {
    let ledger = compatible(applied(&set(&["1", "2", "3", "4"]), &["1", "2", "3", "4"]), &["2", "4"]);
    let error = refused(&set(&["1"]), &ledger, latest());
    assert_eq!(error, HistoryError::DatabaseAhead { unknown: vec!["2".into(), "3".into(), "4".into()] });
}

#[test]
fn whether_an_unknown_migration_is_compatible_is_what_the_database_recorded() {
    let newer = folder(&[("1.sql", "SELECT 1"), ("2.sql", "-- compatible: true\nSELECT 2")]);
    assert_eq!(planned(&set(&[]), &applied(&newer, &["2"]), latest()), "nothing to do at 2");
}

// Files that were renamed or renumbered.

const NOTE: &str = "ALTER TABLE cup ADD COLUMN note TEXT;";

/// Release 1 has 1 and 2; release 2 calls the second one 3, as `header` says.
fn renumbered(header: &str) -> (Vec<LedgerEntry>, SetDefinition) {
    let old = folder(&[("1.sql", "CREATE TABLE cup (id);"), ("2.sql", &format!("-- depends: 1\n{NOTE}"))]);
    let new = folder(&[("1.sql", "CREATE TABLE cup (id);"), ("3.sql", &format!("{header}-- depends: 1\n{NOTE}"))]);
    (applied(&old, &["1", "2"]), new)
}

#[test]
fn a_text_that_is_recorded_under_another_id_is_not_run_again_but_asked_about() {
    let (ledger, new) = renumbered("");
    assert_eq!(refused(&new, &ledger, Repair), refused(&new, &ledger, latest()));
    for policy in [Policy::default(), backwards()] {
        let error = refused_with(policy, &new, &ledger);
        assert_eq!(error.code(), ErrorCode::DatabaseAhead);
        assert_eq!(
            error.to_string(),
            "the database is ahead of this build, or migrations were renamed: what \"3\" does is recorded as \"2\" (was it renamed? `-- was: 2` in 3.sql); if so, write that header, and nothing runs twice; else use the build that knows the recorded ids"
        );
    }
    // Even of one that would not be in the way.
    assert!(matches!(refused(&new, &compatible(ledger.clone(), &["2"]), latest()), HistoryError::Renamed { .. }));
    // In the middle, and of several.
    let old = set(&["1", "2", "3", "4"]);
    let new = folder(&[
        ("1.sql", "CREATE TABLE t1 (a);"),
        ("5.sql", "CREATE TABLE t2 (a);"),
        ("4.sql", "CREATE TABLE t4 (a);"),
        ("6.sql", "CREATE TABLE t3(a)"),
    ]);
    let error = refused(&new, &applied(&old, &["1", "2", "3", "4"]), latest());
    let HistoryError::Renamed { migrations } = error else { panic!("{error}") };
    let pairs: Vec<_> = migrations.iter().map(|one| (one.recorded.as_str(), one.id.as_str())).collect();
    assert_eq!(pairs, [("2", "5"), ("3", "6")]);
}

#[test]
fn what_was_renumbered_without_a_way_to_say_so_is_neither_run_again_nor_repaired() {
    let text = |text: &str| text.to_owned();
    let [one, two, three, new] =
        ["CREATE TABLE a (b)", "INSERT INTO a VALUES (7)", "DELETE FROM a", "CREATE TABLE n (x)"].map(text);
    let files = |texts: &[(&str, &String)]| {
        folder(&texts.iter().map(|(name, text)| (*name, text.as_str())).collect::<Vec<_>>())
    };
    let ledger = applied(&files(&[("1.sql", &one), ("2.sql", &two), ("3.sql", &three)]), &["1", "2", "3"]);
    let both = "what is recorded as \"2\" is now \"3.sql\", what is recorded as \"3\" is now \"4.sql\"";
    for (what, set, told) in [
        ("a file in between", files(&[("1.sql", &one), ("2.sql", &new), ("3.sql", &two), ("4.sql", &three)]), both),
        ("a gap", files(&[("1.sql", &one), ("3.sql", &two), ("4.sql", &three)]), both),
        (
            "a swap",
            files(&[("1.sql", &one), ("2.sql", &three), ("3.sql", &two)]),
            "what is recorded as \"2\" is now \"3.sql\", what is recorded as \"3\" is now \"2.sql\"",
        ),
        (
            "before the last",
            files(&[("1.sql", &one), ("2.sql", &two), ("3.sql", &new), ("4.sql", &three)]),
            "what is recorded as \"3\" is now \"4.sql\"",
        ),
        ("one gone", files(&[("1.sql", &one), ("2.sql", &three)]), "what is recorded as \"3\" is now \"2.sql\""),
    ] {
        for operation in [latest(), Repair] {
            assert_eq!(
                refused(&set, &ledger, operation).to_string(),
                format!(
                    "{told}: were files renumbered? Give every file its old name back, and a new one a number behind the last; else what was applied would run again"
                ),
                "{what}"
            );
        }
    }
    // The same text twice is two migrations, of which one was edited.
    let twice = applied(&files(&[("1.sql", &one), ("2.sql", &two), ("3.sql", &two)]), &["1", "2", "3"]);
    let edited = files(&[("1.sql", &one), ("2.sql", &new), ("3.sql", &two)]);
    assert_eq!(refused(&edited, &twice, latest()).code(), ErrorCode::Edited);
    assert_eq!(planned(&edited, &twice, Repair), "from 3 to 3:\n  repair 2");
}

#[test]
fn an_accepted_text_is_recognised_under_another_id_and_equal_versions_of_code_are_not() {
    let (ledger, _) = renumbered("");
    let accepts = format!("-- accepted-checksums: {}\nSELECT 3", Digest::of_sql(NOTE));
    let new = folder(&[("1.sql", "CREATE TABLE cup (id);"), ("3.sql", &accepts)]);
    assert!(matches!(refused(&new, &ledger, latest()), HistoryError::Renamed { .. }));
    let [old, new] = ["1", "2"].map(|id| SetDefinition::build([], [code_step(id, false)]).expect("a valid set"));
    let error = refused(&new, &applied(&old, &["1"]), latest());
    assert_eq!(error, HistoryError::DatabaseAhead { unknown: vec!["1".into()] });
}

#[test]
fn what_says_its_old_id_is_renamed_and_not_run() {
    let (ledger, new) = renumbered("-- was: 2\n");
    for policy in [Policy::default(), backwards()] {
        assert_eq!(planned_with(policy, &new, &ledger), "from 2 to 3:\n  rename 2 -> 3");
    }
    let first = made(&new, &ledger, &latest());
    assert_eq!(first.sql(), "-- rename 2 -> 3 (no SQL)\n");
    let mut after = ledger;
    first.steps.iter().for_each(|step| carry_out(&mut after, step));
    assert_eq!(planned(&new, &after, latest()), "nothing to do at 3");
    assert_eq!(new.digest_of(after.iter().map(|entry| (entry.id.as_str(), entry.checksum))), *new.digest());
    // Where it is not applied, it is as any other.
    assert_eq!(planned(&new, &[], latest()), "from an empty database to 3:\n  apply 1\n  apply 3");
}

#[test]
fn whatever_is_done_to_a_renamed_migration_begins_with_its_new_id() {
    let old = folder(&[
        ("1.sql", "SELECT 1"),
        ("2.sql", "SELECT 2"),
        ("2.down.sql", "SELECT -2"),
        ("3.sql", "-- depends: 2\nSELECT 3"),
        ("3.down.sql", "SELECT -3"),
    ]);
    let new = folder(&[
        ("1.sql", "SELECT 1"),
        ("2b.sql", "-- was: 2 2a\n-- was: 0\nSELECT 2"),
        ("3.sql", "-- depends: 2b\nSELECT 3"),
        ("4.sql", "SELECT 4"),
    ]);
    let ledger = applied(&old, &["1", "2", "3"]);
    for (operation, expected) in [
        (latest(), "from 3 to 4:\n  rename 2 -> 2b\n  apply 4"),
        (Apply(Target::up_to("1")), "from 3 to 3:\n  rename 2 -> 2b"),
        (Rollback(last(2)), "from 3 to 1:\n  rename 2 -> 2b\n  rollback 3\n  rollback 2b"),
        (Rollback(down_to("2b")), "from 3 to 2b:\n  rename 2 -> 2b\n  rollback 3"),
        (Reapply(last(1)), "from 3 to 3:\n  rename 2 -> 2b\n  rollback 3\n  apply 3"),
        (Mark(Target::Latest), "from 3 to 4:\n  rename 2 -> 2b\n  mark 4"),
        (Unmark(last(1)), "from 3 to 2b:\n  rename 2 -> 2b\n  unmark 3"),
    ] {
        assert_eq!(planned(&new, &ledger, operation), expected);
    }
    let back = made(&new, &ledger, &Rollback(last(2)));
    assert_eq!(back.steps[2].script().map(|script| script.sql.as_ref()), Some("SELECT -2"), "the recorded down");
    assert!(matches!(refused(&new, &ledger, Baseline("1".into())), HistoryError::AlreadyManaged { .. }));
}

#[test]
fn a_renamed_migration_may_be_edited_as_any_other() {
    let old = folder(&[("1.sql", "SELECT 1")]);
    let ledger = applied(&old, &["1"]);
    let error = refused(&folder(&[("2.sql", "-- was: 1\nSELECT 2")]), &ledger, latest());
    let HistoryError::Edited { migrations } = error else { panic!("{error}") };
    assert_eq!((migrations[0].id.as_str(), migrations[0].file.as_str()), ("2", "2.sql"));
    let accepts = format!("-- was: 1\n-- accepted-checksums: {}\nSELECT 2", Digest::of_sql("SELECT 1"));
    assert_eq!(planned(&folder(&[("2.sql", &accepts)]), &ledger, latest()), "from 1 to 2:\n  rename 1 -> 2");
    let edited = folder(&[("2.sql", "-- was: 1\nSELECT 2")]);
    assert_eq!(planned(&edited, &ledger, Repair), "from 1 to 2:\n  rename 1 -> 2\n  repair 2");
}

#[test]
fn code_can_be_renamed_too() {
    let old = SetDefinition::build([], [code_step("1", true)]).expect("a valid set");
    let step = CodeMigration { was: vec!["1".into()].into(), ..code_step("2", true) };
    let new = SetDefinition::build([], [step]).expect("a valid set");
    assert_eq!(
        planned(&new, &applied(&old, &["1"]), Rollback(last(1))),
        "from 1 to an empty database:\n  rename 1 -> 2\n  rollback 2"
    );
}

#[test]
fn of_two_recorded_ids_one_is_renamed_and_the_other_stays_unknown() {
    let old = folder(&[("1.sql", "SELECT 1"), ("2.sql", "SELECT 2"), ("3.sql", "SELECT 3")]);
    let both = applied(&old, &["1", "2"]);
    let merged = folder(&[("3.sql", "-- was: 1 2\nSELECT 1")]);
    assert_eq!(refused(&merged, &both, latest()), HistoryError::DatabaseAhead { unknown: vec!["2".into()] });
    // The new id is recorded beside the old one: two migrations.
    let new = folder(&[("3.sql", "-- was: 2\nSELECT 3")]);
    let error = refused(&new, &applied(&old, &["2", "3"]), latest());
    assert_eq!(error.code(), ErrorCode::Missing);
}

// Migrations that are still being written.

fn developing() -> Policy {
    Policy { edited: OnEdited::Reapply, ..Policy::default() }
}

/// The set of these ids, in which 2 was edited.
fn edited(ids: &[&str]) -> SetDefinition {
    let up =
        |id: &&str| (format!("{id}.sql"), format!("CREATE TABLE t{id} (a{});", if *id == "2" { ", b" } else { "" }));
    let down = |id: &&str| (format!("{id}.rollback.sql"), format!("DROP TABLE t{id};"));
    let files = ids.iter().map(up).chain(ids.iter().map(down)).map(|(path, text)| SourceFile { path, text });
    SetDefinition::from_files(files).expect("a valid set")
}

#[test]
fn by_policy_everything_from_the_first_edited_one_on_is_taken_back_and_applied_anew() {
    let (old, new) = (set(&["1", "2", "3"]), edited(&["1", "2", "3", "4"]));
    for (has, is) in [
        (&["1", "2", "3"][..], "from 3 to 4:\n  rollback 3\n  rollback 2\n  apply 2\n  apply 3\n  apply 4"),
        (&["1", "2"], "from 2 to 4:\n  rollback 2\n  apply 2\n  apply 3\n  apply 4"),
        (&["2", "1"], "from 2 to 4:\n  rollback 1\n  rollback 2\n  apply 1\n  apply 2\n  apply 3\n  apply 4"),
        (&["1"], "from 1 to 4:\n  apply 2\n  apply 3\n  apply 4"),
    ] {
        assert_eq!(planned_with(developing(), &new, &applied(&old, has)), is);
    }
    // What was taken back comes again, also beyond a target.
    let to_one = plan(&new, &applied(&old, &["1", "2"]), &Apply(Target::up_to("1")), &developing()).expect("a plan");
    assert_eq!(to_one.to_string(), "from 2 to 2:\n  rollback 2\n  apply 2");
    assert_eq!(refused(&new, &applied(&old, &["1", "2"]), latest()).code(), ErrorCode::Edited);
}

#[test]
fn what_is_taken_back_to_be_applied_anew_is_taken_back_as_recorded_or_not_at_all() {
    let new = edited(&["1", "2", "3"]);
    let mut ledger = applied(&set(&["1", "2", "3"]), &["1", "2", "3"]);
    ledger[1].down = Some("DROP TABLE t2 /* as it was */; SELECT 1".into());
    let recorded = plan(&new, &ledger, &latest(), &developing()).expect("a plan").sql();
    assert!(recorded.contains("recorded rollback of 2"), "{recorded}");
    let without = folder(&[("1.sql", "CREATE TABLE t1 (a);"), ("2.sql", "CREATE TABLE t2 (a, b);")]);
    ledger.truncate(2);
    ledger[1].down = None;
    assert_eq!(refused_with(developing(), &without, &ledger), HistoryError::Irreversible { ids: vec!["2".into()] });
}

#[test]
fn what_the_set_lacks_is_no_edit() {
    let (old, new) = (set(&["1", "2", "3"]), edited(&["1", "2"]));
    let ledger = applied(&old, &["1", "2", "3"]);
    assert_eq!(refused_with(developing(), &new, &ledger).code(), ErrorCode::DatabaseAhead);
    let both = Policy { ahead: OnAhead::Rollback, ..developing() };
    assert_eq!(planned_with(both, &new, &ledger), "from 3 to 2:\n  rollback 3\n  rollback 2\n  apply 2");
}

#[test]
fn while_they_are_written_files_change_names_and_places() {
    let pairs = |files: &[(&str, &str)]| {
        let up = |(id, table): &(&str, &str)| (format!("{id}.sql"), format!("CREATE TABLE {table} (a);"));
        let down = |(id, table): &(&str, &str)| (format!("{id}.rollback.sql"), format!("DROP TABLE {table};"));
        let files = files.iter().map(up).chain(files.iter().map(down)).map(|(path, text)| SourceFile { path, text });
        SetDefinition::from_files(files).expect("a valid set")
    };
    let old = pairs(&[("1", "a"), ("2", "b"), ("3", "c")]);
    let ledger = applied(&old, &["1", "2", "3"]);
    let both = || Policy { ahead: OnAhead::Rollback, ..developing() };
    let swapped = pairs(&[("1", "a"), ("2", "c"), ("3", "b")]);
    let anew = "from 3 to 3:\n  rollback 3\n  rollback 2\n  apply 2\n  apply 3";
    assert_eq!(planned_with(both(), &swapped, &ledger), anew);
    let renamed = pairs(&[("1", "a"), ("2", "b"), ("4", "c")]);
    assert_eq!(planned_with(both(), &renamed, &ledger), "from 3 to 4:\n  rollback 3\n  apply 4");
    for set in [swapped, renamed] {
        assert!(matches!(refused(&set, &ledger, latest()), HistoryError::Renamed { .. }));
    }
}

// One migration instead of several.

/// As released, and with all but the last replaced by one.
fn squashed() -> (SetDefinition, SetDefinition) {
    let new = folder(&[
        ("0.sql", "SELECT 0"),
        ("3.all.sql", "-- was: 1, 2, 3\n-- depends: 0\nCREATE TABLE all_of_them (a);"),
        ("3.all.rollback.sql", "DROP TABLE all_of_them;"),
        ("4.sql", "-- depends: 3.all\nCREATE TABLE t4 (a);"),
    ]);
    (set(&["1", "2", "3", "4"]), new)
}

#[test]
fn a_database_that_has_all_of_the_replaced_ones_has_what_replaces_them() {
    let (old, new) = squashed();
    let zero = applied(&new, &["0"]);
    for (has, operation, is) in [
        (&["1", "2", "3", "4"][..], latest(), "from 4 to 4:\n  rename 1, 2, 3 -> 3.all"),
        (&["2", "1", "3"], latest(), "from 3 to 4:\n  rename 2, 1, 3 -> 3.all\n  apply 4"),
        (&[], latest(), "from 0 to 4:\n  apply 3.all\n  apply 4"),
        (&["1", "2", "3"], Mark(Target::Latest), "from 3 to 4:\n  rename 1, 2, 3 -> 3.all\n  mark 4"),
        (&[], Mark(Target::Latest), "from 0 to 4:\n  mark 3.all\n  mark 4"),
        (&["1", "2", "3"], Rollback(last(1)), "from 3 to 0:\n  rename 1, 2, 3 -> 3.all\n  rollback 3.all"),
        (&["1", "2", "3"], Unmark(last(1)), "from 3 to 0:\n  rename 1, 2, 3 -> 3.all\n  unmark 3.all"),
        (&["1", "2"], Rollback(last(1)), "from 2 to 1:\n  rollback 2"),
    ] {
        let ledger = [zero.clone(), applied(&old, has)].concat();
        assert_eq!(planned(&new, &ledger, operation), is);
    }
}

#[test]
fn a_database_that_has_some_of_the_replaced_ones_is_refused_and_told_which() {
    let (old, new) = squashed();
    for operation in [latest(), Mark(Target::Latest), Reapply(last(1)), MarkOnly(vec!["4".into()]), Repair] {
        let error = refused(&new, &applied(&old, &["1", "3"]), operation);
        let expected = HistoryError::PartlyReplaced {
            id: "3.all".into(),
            applied: vec!["1".into(), "3".into()],
            missing: vec!["2".into()],
        };
        assert_eq!((error.code(), &error), (ErrorCode::PartlyReplaced, &expected));
        assert!(error.to_string().contains("has applied \"1\", \"3\", and not \"2\": upgrade it first"), "{error}");
    }
    // Also by the policy that would take the unknown ones back.
    assert_eq!(refused_with(backwards(), &new, &applied(&old, &["1"])).code(), ErrorCode::PartlyReplaced);
}

#[test]
fn what_was_replaced_once_can_be_replaced_again_from_either_state() {
    let (old, between) = squashed();
    let new = folder(&[("0.sql", "SELECT 0"), ("4.all.sql", "-- was: 3.all, 4\n-- was: 1, 2, 3, 4\nSELECT 4")]);
    let renamed = |ledger: Vec<LedgerEntry>| planned(&new, &[applied(&new, &["0"]), ledger].concat(), latest());
    assert_eq!(renamed(applied(&old, &["1", "2", "3", "4"])), "from 4 to 4.all:\n  rename 1, 2, 3, 4 -> 4.all");
    assert_eq!(renamed(applied(&between, &["3.all", "4"])), "from 4 to 4.all:\n  rename 3.all, 4 -> 4.all");
    let ledger = [applied(&new, &["0"]), applied(&old, &["1", "2", "3"])].concat();
    let error = refused(&new, &ledger, latest()).to_string();
    assert!(error.contains("and not \"4\""), "{error}");
}

#[test]
fn what_replaces_others_comes_behind_what_it_depends_on() {
    let old = set(&["1", "2", "3"]);
    let new = folder(&[
        ("2.sql", "CREATE TABLE t2 (a);"),
        ("4.sql", "-- was: 1, 3\n-- depends: 2\nSELECT 4"),
        ("4.rollback.sql", "SELECT 4"),
    ]);
    let ledger = applied(&old, &["1", "2", "3"]);
    assert_eq!(planned(&new, &ledger, Rollback(last(1))), "from 3 to 2:\n  rename 3, 1 -> 4\n  rollback 4");
}

// The way back of a deploy that was rolled back.

#[test]
fn by_policy_a_database_ahead_is_taken_back_with_the_downs_it_recorded_the_last_first() {
    let newer = set(&["1", "2", "3"]);
    let ledger = applied(&newer, &["1", "2", "3"]);
    let older = set(&["1"]);
    let plan = plan(&older, &ledger, &latest(), &backwards()).expect("a plan");
    assert_eq!(plan.to_string(), "from 3 to 1:\n  rollback 3\n  rollback 2");
    assert_eq!(
        plan.sql(),
        "-- rollback 3 (recorded rollback of 3)\nDROP TABLE t3;\n\n-- rollback 2 (recorded rollback of 2)\nDROP TABLE t2;\n"
    );
}

#[test]
fn by_policy_a_diverged_database_goes_back_and_then_on_with_hooks_at_the_end() {
    let ledger = applied(&set(&["1", "2"]), &["1", "2"]);
    let ours = folder(&[("1.sql", "CREATE TABLE t1 (a);"), ("3.sql", "SELECT 3"), ("post-apply.sql", "SELECT 0")]);
    assert_eq!(planned_with(backwards(), &ours, &ledger), "from 2 to 3:\n  rollback 2\n  apply 3\n  hook post-apply");
}

#[test]
fn hooks_do_not_run_when_a_database_is_only_taken_back() {
    let ledger = applied(&set(&["1", "2"]), &["1", "2"]);
    let ours = folder(&[("1.sql", "CREATE TABLE t1 (a);"), ("post-apply.sql", "SELECT 0")]);
    assert_eq!(planned_with(backwards(), &ours, &ledger), "from 2 to 1:\n  rollback 2");
}

#[test]
fn the_way_back_leaves_compatible_migrations_that_came_before_and_takes_those_that_came_after() {
    let ledger = compatible(applied(&set(&["1", "2", "3", "4"]), &["1", "2", "3", "4"]), &["2", "4"]);
    assert_eq!(planned_with(backwards(), &set(&["1"]), &ledger), "from 4 to 2:\n  rollback 4\n  rollback 3");
}

#[test]
fn the_way_back_is_refused_before_anything_when_one_down_is_missing() {
    let newer = folder(&[
        ("1.sql", "SELECT 1"),
        ("2.sql", "SELECT 2"),
        ("3.sql", "SELECT 3"),
        ("3.down.sql", "SELECT 3"),
        ("4.sql", "SELECT 4"),
    ]);
    let older = folder(&[("1.sql", "SELECT 1")]);
    let error = refused_with(backwards(), &older, &applied(&newer, &["1", "2", "3", "4"]));
    assert_eq!(error.code(), ErrorCode::Irreversible);
    assert_eq!(error, HistoryError::Irreversible { ids: vec!["4".into(), "2".into()] });
}

#[test]
fn the_way_back_goes_around_a_late_migration_that_this_build_knows() {
    // The newer build had 3, then 2 came late; this build lacks 3 only.
    let ledger = applied(&set(&["1", "2", "3"]), &["1", "3", "2"]);
    assert_eq!(planned_with(backwards(), &set(&["1", "2"]), &ledger), "from 2 to 2:\n  rollback 3");
}

#[test]
fn the_way_back_is_refused_when_something_that_stays_depends_on_what_goes() {
    let newer = folder(&[
        ("1.sql", "SELECT 1"),
        ("2.sql", "-- depends: 3\nSELECT 2"),
        ("3.sql", "SELECT 3"),
        ("3.down.sql", "SELECT 3"),
    ]);
    let ours = folder(&[("1.sql", "SELECT 1"), ("2.sql", "SELECT 2")]);
    let error = refused_with(backwards(), &ours, &applied(&newer, &["1", "3", "2"]));
    assert_eq!(error, HistoryError::Missing { id: "3".into() });
}

#[test]
fn an_edited_migration_is_refused_before_a_database_is_taken_back() {
    let newer = folder(&[("1.sql", "SELECT 10"), ("2.sql", "SELECT 2"), ("2.down.sql", "SELECT 2")]);
    let error = refused_with(backwards(), &folder(&[("1.sql", "SELECT 1")]), &applied(&newer, &["1", "2"]));
    assert_eq!(error.code(), ErrorCode::Edited);
}

// Rollback.

#[test]
fn the_last_ones_are_those_that_were_applied_last() {
    let set = set(&["1", "2", "3"]);
    let ledger = applied(&set, &["1", "3", "2"]);
    assert_eq!(planned(&set, &ledger, Rollback(last(1))), "from 3 to 3:\n  rollback 2");
    assert_eq!(planned(&set, &ledger, Rollback(last(2))), "from 3 to 1:\n  rollback 2\n  rollback 3");
    assert_eq!(planned(&set, &ledger, Rollback(last(0))), "nothing to do at 3");
}

#[test]
fn more_than_there_are_is_everything() {
    let set = set(&["1", "2"]);
    let ledger = applied(&set, &["1", "2"]);
    let everything = "from 2 to an empty database:\n  rollback 2\n  rollback 1";
    assert_eq!(planned(&set, &ledger, Rollback(last(usize::MAX))), everything);
    assert_eq!(planned(&set, &ledger, Rollback(RollbackTarget::All)), everything);
    assert_eq!(planned(&set, &[], Rollback(RollbackTarget::All)), "nothing to do at an empty database");
}

#[test]
fn down_to_an_id_takes_back_what_comes_after_it_in_the_set_whenever_it_was_applied() {
    let set = set(&["1", "2", "3", "4"]);
    let ledger = applied(&set, &["1", "3", "4", "2"]);
    assert_eq!(
        planned(&set, &ledger, Rollback(down_to("1"))),
        "from 4 to 1:\n  rollback 2\n  rollback 4\n  rollback 3"
    );
    assert_eq!(planned(&set, &ledger, Rollback(down_to("2"))), "from 4 to 2:\n  rollback 4\n  rollback 3");
    assert_eq!(planned(&set, &ledger, Rollback(down_to("3"))), "from 4 to 3:\n  rollback 4");
    assert_eq!(planned(&set, &ledger, Rollback(down_to("4"))), "nothing to do at 4");
}

#[test]
fn down_to_an_id_goes_by_the_order_of_application_where_the_set_knows_nothing() {
    let ledger = applied(&set(&["1", "2", "3", "4"]), &["1", "2", "3", "4"]);
    let ours = set(&["1", "3"]);
    assert_eq!(
        planned(&ours, &ledger, Rollback(down_to("1"))),
        "from 4 to 1:\n  rollback 4\n  rollback 3\n  rollback 2"
    );
    assert_eq!(planned(&ours, &ledger, Rollback(down_to("2"))), "from 4 to 2:\n  rollback 4\n  rollback 3");
    assert_eq!(planned(&ours, &ledger, Rollback(down_to("3"))), "from 4 to 3:\n  rollback 4");
}

#[test]
fn down_to_an_id_takes_unknown_dependants_of_what_goes_along() {
    let newer = folder(&[
        ("2.sql", "SELECT 2"),
        ("3.sql", "SELECT 3"),
        ("3.down.sql", "SELECT 3"),
        ("4.sql", "-- depends: 3\nSELECT 4"),
        ("4.down.sql", "SELECT 4"),
        ("5.sql", "SELECT 5"),
        ("6.sql", "-- depends: 4\nSELECT 6"),
        ("6.down.sql", "SELECT 6"),
    ]);
    // 2 came late, after what this build does not know; of that, 5 has nothing to do with 3.
    let ledger = applied(&newer, &["3", "4", "5", "6", "2"]);
    let ours = folder(&[("2.sql", "SELECT 2"), ("3.sql", "SELECT 3")]);
    assert_eq!(
        planned(&ours, &ledger, Rollback(down_to("2"))),
        "from 3 to 2:\n  rollback 6\n  rollback 4\n  rollback 3"
    );
}

#[test]
fn down_to_an_id_is_refused_when_something_that_stays_depends_on_an_unknown_one_that_goes() {
    let newer = folder(&[
        ("2.sql", "-- depends: 4\nSELECT 2"),
        ("3.sql", "SELECT 3"),
        ("4.sql", "SELECT 4"),
        ("4.down.sql", "SELECT 4"),
    ]);
    let ledger = applied(&newer, &["3", "4", "2"]);
    let ours = folder(&[("2.sql", "SELECT 2"), ("3.sql", "SELECT 3")]);
    assert_eq!(refused(&ours, &ledger, Rollback(down_to("3"))), HistoryError::Missing { id: "4".into() });
}

#[test]
fn there_is_no_way_back_to_what_is_not_applied() {
    let set = set(&["1", "2", "3"]);
    for operation in [Rollback(down_to("2")), Reapply(down_to("2")), Unmark(down_to("2"))] {
        let error = refused(&set, &applied(&set, &["1", "3"]), operation);
        assert_eq!(error.code(), ErrorCode::UnknownTarget);
        assert_eq!(error.to_string(), "the database has not applied \"2\", so there is no way back to it");
    }
}

#[test]
fn dependants_are_taken_back_before_what_they_depend_on() {
    let set = folder(&[
        ("1.sql", "-- depends: 2\nSELECT 1"),
        ("1.down.sql", "SELECT 1"),
        ("2.sql", "SELECT 2"),
        ("2.down.sql", "SELECT 2"),
    ]);
    let plan = planned(&set, &applied(&set, &["2", "1"]), Rollback(RollbackTarget::All));
    assert_eq!(plan, "from 1 to an empty database:\n  rollback 1\n  rollback 2");
}

#[test]
fn a_rollback_names_everything_that_has_no_down_and_takes_nothing_back() {
    let set =
        folder(&[("1.sql", "SELECT 1"), ("2.sql", "SELECT 2"), ("2.down.sql", "SELECT 2"), ("3.sql", "SELECT 3")]);
    let ledger = applied(&set, &["1", "2", "3"]);
    let error = refused(&set, &ledger, Rollback(RollbackTarget::All));
    assert_eq!(error.code(), ErrorCode::Irreversible);
    assert_eq!(
        error.to_string(),
        "\"3\", \"1\" have no way back, neither in the database nor in this build; use a build that has one: SQL in X.rollback.sql, or the down of a code step"
    );
    assert!(refused(&set, &ledger, Rollback(last(1))).to_string().starts_with("\"3\" has no way back, "));
}

/// How the only step of a plan takes back.
fn only_down(plan: Plan<'_>) -> Down<'_> {
    match plan.steps.into_iter().next() {
        Some(Step::Rollback { down, .. }) => down,
        other => panic!("{other:?}"),
    }
}

/// File, SQL, transactional, foreign keys.
fn script(down: &Down<'_>) -> (String, String, bool, bool) {
    let Down::Sql(script) = down else { panic!("{down:?}") };
    (script.file.to_string(), script.sql.to_string(), script.transactional, script.foreign_keys)
}

#[test]
fn the_down_that_the_database_recorded_counts_and_not_that_of_the_set() {
    let old = folder(&[("1.sql", "SELECT 1"), ("1.down.sql", "SELECT 'old'")]);
    let new = folder(&[("1.sql", "SELECT 1"), ("1.down.sql", "SELECT 'new'")]);
    let plan = made(&new, &applied(&old, &["1"]), &Rollback(last(1)));
    assert_eq!(plan.sql(), "-- rollback 1 (recorded rollback of 1)\nSELECT 'old'\n;\n");
}

#[test]
fn a_recorded_down_that_is_also_in_the_set_is_named_by_its_file() {
    let set = folder(&[("m/1.sql", "SELECT 1"), ("m/1.down.sql", "SELECT 2")]);
    let down = only_down(made(&set, &applied(&set, &["1"]), &Rollback(last(1))));
    assert_eq!(script(&down), ("m/1.down.sql".into(), "SELECT 2".into(), true, false));
}

#[test]
fn the_set_gives_the_down_when_the_database_recorded_none() {
    let old = folder(&[("1.sql", "SELECT 1")]);
    let new = folder(&[("1.sql", "SELECT 1"), ("1.down.sql", "SELECT 2")]);
    let down = only_down(made(&new, &applied(&old, &["1"]), &Rollback(last(1))));
    assert_eq!(script(&down), ("1.down.sql".into(), "SELECT 2".into(), true, false));
}

#[test]
fn a_recorded_down_runs_as_the_headers_of_its_recorded_up_say() {
    let newer = folder(&[
        ("1.sql", "-- transactional: false\nVACUUM"),
        ("1.down.sql", "VACUUM"),
        ("2.sql", "-- foreign_keys: on\nSELECT 2"),
        ("2.down.sql", "SELECT 2"),
    ]);
    let older = set(&[]);
    let ledger = applied(&newer, &["1", "2"]);
    let plan = made(&older, &ledger, &Rollback(RollbackTarget::All));
    let flags: Vec<_> = plan.steps.iter().map(|step| step.script().expect("SQL")).collect();
    assert_eq!(
        flags.iter().map(|script| (script.transactional, script.foreign_keys)).collect::<Vec<_>>(),
        [(true, true), (false, false)]
    );
    assert_eq!(
        plan.to_string(),
        "from 2 to an empty database:\n  rollback 2\n  rollback 1 (outside of the transaction)"
    );
}

fn code_step(id: &'static str, has_down: bool) -> CodeMigration {
    CodeMigration {
        id: id.into(),
        version: "1".into(),
        depends: [].as_slice().into(),
        was: [].as_slice().into(),
        compatible: false,
        has_down,
    }
}

#[test]
fn code_is_applied_and_taken_back_by_code() {
    let set = SetDefinition::build([], [code_step("1", true), code_step("2", false)]).expect("a valid set");
    let forth = made(&set, &[], &latest());
    assert_eq!(forth.to_string(), "from an empty database to 2:\n  apply 1\n  apply 2");
    assert_eq!(forth.sql(), "-- apply 1 (no SQL)\n\n-- apply 2 (no SQL)\n");

    let back = made(&set, &applied(&set, &["1"]), &Rollback(last(1)));
    assert!(back.steps[0].is_transactional());
    assert!(matches!(only_down(back), Down::Code(migration) if migration.id() == "1"));

    let error = refused(&set, &applied(&set, &["1", "2"]), Rollback(RollbackTarget::All));
    assert_eq!(error, HistoryError::Irreversible { ids: vec!["2".into()] });
}

#[test]
fn code_that_the_build_lacks_cannot_be_taken_back() {
    let newer = SetDefinition::build([], [code_step("1", true)]).expect("a valid set");
    let error = refused_with(backwards(), &set(&[]), &applied(&newer, &["1"]));
    assert_eq!(error, HistoryError::Irreversible { ids: vec!["1".into()] });
}

#[test]
fn sql_that_the_database_recorded_takes_back_what_is_code_by_now() {
    let old = folder(&[("1.sql", "SELECT 1"), ("1.down.sql", "SELECT 2")]);
    let new = SetDefinition::build([], [code_step("1", true)]).expect("a valid set");
    let down = only_down(made(&new, &applied(&old, &["1"]), &Rollback(last(1))));
    assert_eq!(script(&down), ("recorded rollback of 1".into(), "SELECT 2".into(), true, false));
}

#[test]
fn a_rollback_asks_neither_whether_migrations_were_edited_nor_whether_they_are_known() {
    let old = set(&["1", "2", "3"]);
    let new = folder(&[("1.sql", "SELECT 'edited'")]);
    let plan = planned(&new, &applied(&old, &["1", "2", "3"]), Rollback(RollbackTarget::All));
    assert_eq!(plan, "from 3 to an empty database:\n  rollback 3\n  rollback 2\n  rollback 1");
}

// Reapply.

#[test]
fn reapplying_takes_back_and_applies_again_with_hooks() {
    let set = folder(&[
        ("1.sql", "SELECT 1"),
        ("2.sql", "SELECT 2"),
        ("2.down.sql", "SELECT 2"),
        ("3.sql", "SELECT 3"),
        ("3.down.sql", "SELECT 3"),
        ("post-apply.sql", "SELECT 0"),
    ]);
    let ledger = applied(&set, &["1", "2", "3"]);
    let both = "from 3 to 3:\n  rollback 3\n  rollback 2\n  apply 2\n  apply 3\n  hook post-apply";
    assert_eq!(planned(&set, &ledger, Reapply(last(2))), both);
    assert_eq!(planned(&set, &ledger, Reapply(down_to("1"))), both);
    assert_eq!(planned(&set, &ledger, Reapply(down_to("3"))), "nothing to do at 3");
    assert_eq!(
        refused(&set, &ledger, Reapply(RollbackTarget::All)),
        HistoryError::Irreversible { ids: vec!["1".into()] }
    );
}

#[test]
fn reapplying_is_for_edited_migrations_too() {
    let old = folder(&[("1.sql", "SELECT 1"), ("1.down.sql", "SELECT 'old'")]);
    let new = folder(&[("1.sql", "SELECT 10"), ("1.down.sql", "SELECT 'new'")]);
    let plan = made(&new, &applied(&old, &["1"]), &Reapply(last(1)));
    assert_eq!(
        plan.sql(),
        "-- rollback 1 (recorded rollback of 1)\nSELECT 'old'\n;\n\n-- apply 1 (1.sql)\nSELECT 10\n;\n"
    );
}

#[test]
fn what_the_build_lacks_cannot_be_reapplied() {
    let ledger = compatible(applied(&set(&["1", "2"]), &["1", "2"]), &["2"]);
    let ours = set(&["1"]);
    let error = refused(&ours, &ledger, Reapply(RollbackTarget::All));
    assert_eq!(error, HistoryError::DatabaseAhead { unknown: vec!["2".into()] });
}

#[test]
fn reapplying_applies_what_came_to_be_depended_on_and_nothing_else_that_is_pending() {
    let old = set(&["1", "4"]);
    let new = folder(&[
        ("1.sql", "CREATE TABLE t1 (a);"),
        ("2.sql", "SELECT 2"),
        ("3.sql", "-- depends: 2\nSELECT 3"),
        ("4.sql", "-- depends: 3\nCREATE TABLE t4 (b);"),
        ("5.sql", "SELECT 5"),
    ]);
    let plan = planned(&new, &applied(&old, &["1", "4"]), Reapply(last(1)));
    assert_eq!(plan, "from 4 to 4:\n  rollback 4\n  apply 2\n  apply 3\n  apply 4");
}

#[test]
fn what_is_reapplied_before_something_that_stays_is_late() {
    let set = set(&["1", "2", "3"]);
    let plan = planned(&set, &applied(&set, &["1", "3", "2"]), Reapply(last(1)));
    assert_eq!(plan, "from 3 to 3:\n  rollback 2\n  apply 2 (late)");
}

// What only changes the record.

#[test]
fn marking_records_what_is_pending_and_runs_nothing() {
    let set =
        folder(&[("1.sql", "SELECT 1"), ("2.sql", "SELECT 2"), ("3.sql", "SELECT 3"), ("post-apply.sql", "SELECT 0")]);
    let ledger = applied(&set, &["2"]);
    assert_eq!(planned(&set, &ledger, Mark(Target::Latest)), "from 2 to 3:\n  mark 1\n  mark 3");
    assert_eq!(planned(&set, &ledger, Mark(Target::up_to("2"))), "from 2 to 2:\n  mark 1");
    assert_eq!(planned(&set, &ledger, Mark(Target::next(1))), "from 2 to 2:\n  mark 1");
    assert_eq!(made(&set, &ledger, &Mark(Target::next(1))).sql(), "-- mark 1 (no SQL)\n");
}

#[test]
fn unmarking_forgets_what_is_applied_and_needs_no_down() {
    let set = folder(&[("1.sql", "SELECT 1"), ("2.sql", "-- transactional: false\nVACUUM"), ("3.sql", "SELECT 3")]);
    let ledger = applied(&set, &["1", "2", "3"]);
    assert_eq!(planned(&set, &ledger, Unmark(last(1))), "from 3 to 2:\n  unmark 3");
    assert_eq!(planned(&set, &ledger, Unmark(down_to("1"))), "from 3 to 1:\n  unmark 3\n  unmark 2");
    let everything = made(&set, &ledger, &Unmark(RollbackTarget::All));
    assert_eq!(everything.to_string(), "from 3 to an empty database:\n  unmark 3\n  unmark 2\n  unmark 1");
    assert!(everything.steps.iter().all(|step| step.script().is_none()));
}

#[test]
fn only_what_is_named_is_marked_or_unmarked() {
    let set = set(&["1", "2", "3"]);
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    let ledger = applied(&set, &["2"]);
    // In the order of the set, whatever the order of the names; what is applied already is left alone.
    assert_eq!(planned(&set, &ledger, MarkOnly(ids(&["3", "2"]))), "from 2 to 3:\n  mark 3");
    assert_eq!(planned(&set, &ledger, MarkOnly(ids(&["3", "1"]))), "from 2 to 3:\n  mark 1\n  mark 3");
    assert_eq!(planned(&set, &ledger, MarkOnly(ids(&[]))), "nothing to do at 2");
    assert_eq!(refused(&set, &ledger, MarkOnly(ids(&["1", "4"]))).code(), ErrorCode::UnknownTarget);

    let ledger = applied(&set, &["1", "3"]);
    assert_eq!(planned(&set, &ledger, UnmarkOnly(ids(&["1"]))), "from 3 to 3:\n  unmark 1");
    assert_eq!(
        planned(&set, &ledger, UnmarkOnly(ids(&["1", "2", "3"]))),
        "from 3 to an empty database:\n  unmark 3\n  unmark 1"
    );
    assert_eq!(refused(&set, &ledger, UnmarkOnly(ids(&["4"]))).code(), ErrorCode::UnknownTarget);
}

#[test]
fn nothing_is_forgotten_that_something_else_needs() {
    let set = folder(&[("1.sql", "SELECT 1"), ("2.sql", "-- depends: 1\nSELECT 2"), ("3.sql", "SELECT 3")]);
    let ledger = applied(&set, &["1", "2", "3"]);
    let only = |ids: &[&str]| UnmarkOnly(ids.iter().map(|id| (*id).to_owned()).collect());
    let refusal = refused(&set, &ledger, only(&["1"]));
    assert_eq!(refusal, HistoryError::HasDependants { ids: vec!["2".to_owned()] });
    assert_eq!(planned(&set, &ledger, only(&["1", "2"])), "from 3 to 3:\n  unmark 2\n  unmark 1");
    assert_eq!(planned(&set, &ledger, only(&["3"])), "from 3 to 2:\n  unmark 3");
}

#[test]
fn only_what_is_named_is_taken_back_unless_what_stays_depends_on_it() {
    let only = |ids: &[&str]| RollbackTarget::only(ids.iter().copied());
    let set = folder(&[
        ("1.sql", "SELECT 1;"),
        ("1.rollback.sql", "SELECT 1;"),
        ("2.sql", "-- depends: 1\nSELECT 1;"),
        ("2.rollback.sql", "SELECT 1;"),
        ("3.sql", "-- depends: 2\nSELECT 1;"),
        ("3.rollback.sql", "SELECT 1;"),
        ("4.sql", "SELECT 1;"),
        ("4.rollback.sql", "SELECT 1;"),
    ]);
    let ledger = applied(&set, &["1", "2", "3", "4"]);
    assert_eq!(planned(&set, &ledger, Rollback(only(&["3"]))), "from 4 to 4:\n  rollback 3");
    assert_eq!(planned(&set, &ledger, Rollback(only(&["2", "3"]))), "from 4 to 4:\n  rollback 3\n  rollback 2");
    assert_eq!(planned(&set, &ledger, Reapply(only(&["3"]))), "from 4 to 4:\n  rollback 3\n  apply 3 (late)");
    let error = refused(&set, &ledger, Rollback(only(&["1"])));
    assert_eq!(error, HistoryError::HasDependants { ids: vec!["2".into(), "3".into()] });
    assert_eq!(
        error.to_string(),
        "\"2\", \"3\" depend on what is to go alone; name them as well, or everything from there on"
    );
    assert_eq!(refused(&set, &ledger, Reapply(only(&["2"]))).code(), ErrorCode::HasDependants);
    assert_eq!(refused(&set, &ledger, Rollback(only(&["5"]))).code(), ErrorCode::UnknownTarget);
    assert_eq!(planned(&set, &applied(&set, &["1"]), Rollback(only(&["4"]))), "nothing to do at 1");
}

#[test]
fn what_the_build_lacks_can_be_unmarked() {
    let ledger = applied(&set(&["1", "2"]), &["1", "2"]);
    assert_eq!(planned(&set(&["1"]), &ledger, Unmark(last(1))), "from 2 to 1:\n  unmark 2");
    assert_eq!(planned(&set(&["1"]), &ledger, UnmarkOnly(vec!["2".to_owned()])), "from 2 to 1:\n  unmark 2");
}

#[test]
fn a_baseline_records_everything_up_to_an_id() {
    let set = set(&["1", "2", "3"]);
    let plan = planned(&set, &[], Baseline("2".to_owned()));
    assert_eq!(plan, "from an empty database to 2:\n  baseline 1\n  baseline 2");
}

#[test]
fn adopting_records_up_to_the_baseline_and_applies_the_rest_up_to_the_target() {
    let set = set(&["1", "2", "3"]);
    let adopted = |id: &str, target| adopt(&set, AdoptBy::Baseline(id), Some(&target)).expect("a plan").to_string();
    assert_eq!(adopted("1", Target::Latest), "from 1 to 3:\n  baseline 1\n  apply 2\n  apply 3");
    assert_eq!(adopted("1", Target::next(1)), "from 1 to 2:\n  baseline 1\n  apply 2");
    assert_eq!(adopted("2", Target::up_to("1")), "from 2 to 2:\n  baseline 1\n  baseline 2");
    let error = adopt(&set, AdoptBy::Baseline("4"), Some(&Target::Latest)).expect_err("an unknown id");
    assert!(matches!(error, HistoryError::UnknownTarget { .. }), "{error}");
}

#[test]
fn adopting_runs_the_hooks_if_it_applies_something() {
    let set = folder(&[("1.sql", "SELECT 1;"), ("2.sql", "SELECT 2;"), ("post-apply.sql", "SELECT 0;")]);
    let adopted = |id: &str| steps(&adopt(&set, AdoptBy::Baseline(id), Some(&Target::Latest)).expect("a plan"));
    assert_eq!(adopted("1"), ["baseline 1", "apply 2", "hook post-apply"]);
    assert_eq!(adopted("2"), ["baseline 1", "baseline 2"]);
}

#[test]
fn a_baseline_is_refused_where_something_is_recorded_already() {
    let set = set(&["1", "2", "3"]);
    let error = refused(&set, &applied(&set, &["2", "1"]), Baseline("3".to_owned()));
    assert_eq!(error.code(), ErrorCode::AlreadyManaged);
    assert_eq!(
        error.to_string(),
        "the database records applied migrations already, the last of them \"1\"; a baseline is for one that records none"
    );
}

#[test]
fn repairing_records_edited_migrations_as_they_are_now_and_leaves_accepted_ones() {
    let old = folder(&[("1.sql", "SELECT 1"), ("2.sql", "SELECT 2"), ("3.sql", "SELECT 3")]);
    let ledger = applied(&old, &["1", "2", "3"]);
    let accepting = format!("-- accepted-checksums: {}\nSELECT 30", ledger[2].checksum);
    let new = folder(&[("1.sql", "SELECT 10"), ("2.sql", "SELECT 2"), ("3.sql", &accepting), ("4.sql", "SELECT 4")]);
    assert_eq!(planned(&new, &ledger, Repair), "from 3 to 3:\n  repair 1");
    assert_eq!(planned(&old, &ledger, Repair), "nothing to do at 3");
}

#[test]
fn repairing_leaves_what_the_build_lacks_alone() {
    let ledger = applied(&set(&["1", "2"]), &["1", "2"]);
    assert_eq!(planned(&set(&["1"]), &ledger, Repair), "nothing to do at 2");
}

// Hooks and print.

#[test]
fn hooks_come_last_in_natural_order_and_only_when_something_applies() {
    let set = folder(&[
        ("1.sql", "SELECT 1"),
        ("1.down.sql", "SELECT 1"),
        ("post-apply10.sql", "SELECT 10"),
        ("post-apply9.sql", "SELECT 9"),
    ]);
    let plan = planned(&set, &[], latest());
    assert_eq!(plan, "from an empty database to 1:\n  apply 1\n  hook post-apply9\n  hook post-apply10");
    let ledger = applied(&set, &["1"]);
    assert_eq!(planned(&set, &ledger, latest()), "nothing to do at 1");
    assert_eq!(planned(&set, &[], Apply(Target::next(0))), "nothing to do at an empty database");
    assert_eq!(planned(&set, &ledger, Rollback(last(1))), "from 1 to an empty database:\n  rollback 1");
    assert_eq!(planned(&set, &[], Mark(Target::Latest)), "from an empty database to 1:\n  mark 1");
    assert_eq!(planned(&set, &[], Baseline("1".to_owned())), "from an empty database to 1:\n  baseline 1");
    assert_eq!(planned(&set, &ledger, Reapply(last(0))), "nothing to do at 1");
}

#[test]
fn what_is_not_transactional_says_so() {
    let set = folder(&[
        ("1.sql", "-- transactional: false\nVACUUM"),
        ("2.sql", "SELECT 2"),
        ("3.sql", "-- transactional: false\nVACUUM"),
        ("post-apply.sql", "-- transactional: false\nPRAGMA wal_checkpoint"),
    ]);
    assert_eq!(
        planned(&set, &applied(&set, &["2"]), latest()),
        "from 2 to 3:\n  apply 1 (late) (outside of the transaction)\n  apply 3 (outside of the transaction)\n  hook post-apply (outside of the transaction)"
    );
}

#[test]
fn the_sql_of_a_plan_can_be_run_as_it_stands() {
    let set = folder(&[
        ("m/1.sql", "-- why\nCREATE TABLE a (b);\n\n"),
        ("m/2.sql", "SELECT ';' -- no semicolon;"),
        ("m/3.sql", "SELECT 3; -- done\n"),
        ("m/post-apply.sql", "ANALYZE"),
    ]);
    assert_eq!(
        made(&set, &[], &latest()).sql(),
        "\
-- apply 1 (m/1.sql)
-- why
CREATE TABLE a (b);

-- apply 2 (m/2.sql)
SELECT ';' -- no semicolon;
;

-- apply 3 (m/3.sql)
SELECT 3; -- done

-- hook post-apply (m/post-apply.sql)
ANALYZE
;
"
    );
}

#[test]
fn every_operation_has_its_word() {
    let operations = [
        latest(),
        Rollback(last(1)),
        Reapply(last(1)),
        Mark(Target::Latest),
        MarkOnly(Vec::new()),
        Unmark(last(1)),
        UnmarkOnly(Vec::new()),
        Baseline("1".to_owned()),
        Operation::Adopt,
        Repair,
    ];
    let words = ["apply", "rollback", "reapply", "mark", "mark", "unmark", "unmark", "baseline", "adopt", "repair"];
    assert_eq!(operations.each_ref().map(Operation::as_str), words);
}

#[test]
fn the_version_is_the_last_of_the_set_unless_something_unknown_was_applied_last() {
    let newer = set(&["1", "2", "3", "4"]);
    let ours = set(&["1", "3"]);
    for (history, version) in [
        (vec![], None),
        (vec!["3"], Some("3")),
        (vec!["3", "1"], Some("3")),
        (vec!["1", "4"], Some("4")),
        (vec!["1", "4", "2"], Some("2")),
        (vec!["4", "3", "1"], Some("3")),
    ] {
        let ledger = applied(&newer, &history);
        let plan = made(&ours, &ledger, &Repair);
        assert_eq!((plan.from.as_deref(), plan.to.as_deref()), (version, version), "{history:?}");
    }
}

#[test]
fn an_entry_records_what_the_migration_was() {
    let set = folder(&[
        ("1.sql", "SELECT 1"),
        ("2.sql", "-- depends: 1\n-- compatible: true\nSELECT 2"),
        ("2.down.sql", "SELECT 3"),
    ]);
    let migration = set.latest().expect("a migration");
    let entry = LedgerEntry::of(migration);
    assert_eq!(
        entry,
        LedgerEntry {
            id: "2".into(),
            checksum: Digest::of_sql("SELECT 2"),
            up: Some("-- depends: 1\n-- compatible: true\nSELECT 2".into()),
            down: Some("SELECT 3".into()),
            depends: vec!["1".into()],
            compatible: true,
            applied_at: String::new(),
            duration: Duration::ZERO,
        }
    );
}

// Any set, any history, any operation.

const COUNT: usize = 6;

/// All migrations that any build of a program ever had.
#[derive(Clone, Debug)]
struct World {
    ids: Vec<String>,
    /// Places of what each depends on, all of them lower than its own; ids are in another order.
    depends: Vec<Vec<usize>>,
    compatible: Vec<bool>,
    reversible: Vec<bool>,
}

/// Which migrations one build has, and which of them in another text.
#[derive(Clone, Debug)]
struct Build {
    has: Vec<bool>,
    edited: Vec<bool>,
    accepts_edits: bool,
    has_hook: bool,
}

#[derive(Clone, Debug)]
struct Visit {
    build: Build,
    operation: Operation,
    policy: Policy,
}

fn world() -> impl Strategy<Value = World> {
    let edges = proptest::collection::vec((0..COUNT, 0..COUNT), 0..14);
    let flags = |share| proptest::collection::vec(proptest::bool::weighted(share), COUNT);
    let names = Just((1..=COUNT).collect::<Vec<_>>()).prop_shuffle();
    (names, edges, flags(0.2), flags(0.95)).prop_map(|(names, edges, compatible, reversible)| World {
        ids: names.iter().map(ToString::to_string).collect(),
        depends: (0..COUNT)
            .map(|node| edges.iter().filter(|(a, b)| *a == node && b < a).map(|(_, b)| *b).collect())
            .collect(),
        compatible,
        reversible,
    })
}

fn operation() -> impl Strategy<Value = Operation> {
    // 7 is an id that never was.
    let id = || (1..=COUNT + 1).prop_map(|id| id.to_string());
    let target = || {
        prop_oneof![
            2 => Just(Target::Latest),
            1 => id().prop_map(Target::UpTo),
            1 => (0..=COUNT).prop_map(Target::Next),
        ]
    };
    let back = || {
        prop_oneof![
            Just(RollbackTarget::All),
            id().prop_map(RollbackTarget::DownTo),
            (0..=COUNT).prop_map(RollbackTarget::Last),
        ]
    };
    prop_oneof![
        4 => target().prop_map(Apply),
        2 => back().prop_map(Rollback),
        2 => back().prop_map(Reapply),
        1 => target().prop_map(Mark),
        1 => back().prop_map(Unmark),
        1 => id().prop_map(Baseline),
        1 => Just(Repair),
    ]
}

fn visit() -> impl Strategy<Value = Visit> {
    let has = proptest::collection::vec(proptest::bool::weighted(0.7), COUNT);
    let edited = proptest::collection::vec(proptest::bool::weighted(0.02), COUNT);
    (has, edited, any::<[bool; 4]>(), operation()).prop_map(|(has, edited, flags, operation)| {
        let late = if flags[0] { OnLate::Error } else { OnLate::Apply };
        let ahead = if flags[1] { OnAhead::Error } else { OnAhead::Rollback };
        let policy = Policy { late, ahead, ..Policy::default() };
        Visit { build: Build { has, edited, accepts_edits: flags[2], has_hook: flags[3] }, operation, policy }
    })
}

impl World {
    /// The set of a build: dependencies that it lacks are not mentioned in it.
    fn set(&self, build: &Build) -> SetDefinition {
        let mut files = Vec::new();
        for node in (0..COUNT).filter(|&node| build.has[node]) {
            let id = &self.ids[node];
            let texts = [format!("SELECT {node}"), format!("edited {node}")];
            let [text, other] = if build.edited[node] { [&texts[1], &texts[0]] } else { [&texts[0], &texts[1]] };
            let mut up = String::new();
            for &on in self.depends[node].iter().filter(|&&on| build.has[on]) {
                up += &format!("-- depends: {}\n", self.ids[on]);
            }
            if self.compatible[node] {
                up += "-- compatible: true\n";
            }
            if build.accepts_edits {
                up += &format!("-- accepted-checksums: {}\n", Digest::of_sql(other));
            }
            files.push(SourceFile { path: format!("{id}.sql"), text: up + text });
            if self.reversible[node] {
                files.push(SourceFile { path: format!("{id}.rollback.sql"), text: format!("DROP TABLE t{id}") });
            }
        }
        if build.has_hook {
            files.push(SourceFile { path: "post-apply.sql".to_owned(), text: "ANALYZE".to_owned() });
        }
        SetDefinition::from_files(files).expect("a valid set")
    }

    /// Lets one build after another do its operation on a database, and looks at every plan there is:
    /// at the build's set, the ledger before, and the plan.
    fn walk(
        &self,
        visits: &[Visit],
        mut look: impl FnMut(&Visit, &SetDefinition, &[LedgerEntry], &Plan<'_>) -> Result<(), TestCaseError>,
    ) -> Result<(), TestCaseError> {
        let mut ledger = Vec::new();
        for visit in visits {
            let set = self.set(&visit.build);
            match plan(&set, &ledger, &visit.operation, &visit.policy) {
                Ok(plan) => {
                    look(visit, &set, &ledger, &plan)?;
                    plan.steps.iter().for_each(|step| carry_out(&mut ledger, step));
                }
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
        }
        Ok(())
    }
}

/// What a step does to the record of a database.
fn carry_out(ledger: &mut Vec<LedgerEntry>, step: &Step<'_>) {
    let place = ledger.iter().position(|entry| entry.id == step.id());
    match step {
        Step::Apply { migration, .. } | Step::Mark(migration) | Step::Baseline(migration) | Step::Adopt(migration) => {
            assert_eq!(place, None, "{} is applied already", migration.id());
            ledger.push(LedgerEntry::of(migration));
        }
        Step::Rollback { .. } | Step::Unmark(_) => {
            ledger.remove(place.expect("what is taken back is applied"));
        }
        Step::Repair(migration) => ledger[place.expect("what is repaired is applied")] = LedgerEntry::of(migration),
        Step::Rename { from, migration } => {
            assert_eq!(place, None, "{} is applied already", migration.id());
            let renamed = ledger.iter_mut().find(|entry| entry.id == from[0]).expect("what is renamed is applied");
            migration.id().clone_into(&mut renamed.id);
            for id in ledger.iter_mut().flat_map(|entry| &mut entry.depends).filter(|id| from.contains(id)) {
                migration.id().clone_into(id);
            }
        }
        Step::Hook(_) => {}
    }
}

fn visits() -> impl Strategy<Value = Vec<Visit>> {
    proptest::collection::vec(visit(), 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn carrying_a_plan_out_leaves_nothing_to_plan(world in world(), visits in visits()) {
        world.walk(&visits, |visit, set, before, first| {
            let mut ledger = before.to_vec();
            first.steps.iter().for_each(|step| carry_out(&mut ledger, step));
            let version = plan(set, &ledger, &Repair, &visit.policy).expect("repair is always possible").from;
            prop_assert_eq!(&version, &first.to);

            // The others count from where the database is, or refuse one that has been dealt with.
            let is_absolute = matches!(
                visit.operation,
                Apply(Target::Latest | Target::UpTo(_))
                    | Mark(Target::Latest | Target::UpTo(_))
                    | Rollback(RollbackTarget::All | RollbackTarget::DownTo(_))
                    | Unmark(RollbackTarget::All | RollbackTarget::DownTo(_))
                    | Repair
            );
            if is_absolute {
                let second = plan(set, &ledger, &visit.operation, &visit.policy).expect("a plan");
                prop_assert!(second.is_empty(), "{}\n{}", first, second);
            }
            Ok(())
        })?;
    }

    #[test]
    fn whatever_is_applied_finds_what_it_depends_on_applied(world in world(), visits in visits()) {
        world.walk(&visits, |_, _, before, plan| {
            let mut ledger = before.to_vec();
            for step in &plan.steps {
                if let Step::Apply { migration, .. } | Step::Mark(migration) | Step::Baseline(migration) = step {
                    for id in migration.depends() {
                        prop_assert!(ledger.iter().any(|entry| entry.id == id), "{}: {}", step.id(), plan);
                    }
                }
                carry_out(&mut ledger, step);
            }
            Ok(())
        })?;
    }

    #[test]
    fn whatever_is_taken_back_has_no_dependants_left(world in world(), visits in visits()) {
        world.walk(&visits, |_, _, before, plan| {
            let mut ledger = before.to_vec();
            for step in &plan.steps {
                if let Step::Rollback { entry, .. } = step {
                    let place = ledger.iter().position(|other| other.id == entry.id).expect("it is applied");
                    // What was there before it, thanks to mark and unmark, did not need it.
                    let mut after = ledger[place..].iter();
                    prop_assert!(after.all(|other| !other.depends.contains(&entry.id)), "{}: {}", entry.id, plan);
                }
                carry_out(&mut ledger, step);
            }
            Ok(())
        })?;
    }

    #[test]
    fn taking_everything_back_and_applying_everything_gives_the_whole_set(world in world(), visits in visits()) {
        let world = World { reversible: vec![true; COUNT], ..world };
        world.walk(&visits, |_, set, before, _| {
            let mut ledger = before.to_vec();
            for operation in [Rollback(RollbackTarget::All), latest()] {
                let plan = made(set, &ledger, &operation);
                plan.steps.iter().for_each(|step| carry_out(&mut ledger, step));
            }
            let ids: Vec<&str> = ledger.iter().map(|entry| entry.id.as_str()).collect();
            prop_assert_eq!(ids, set.iter().map(|migration| migration.id()).collect::<Vec<_>>());
            Ok(())
        })?;
    }

    /// A database that this set only has touched is, taken back and forth, what it was.
    #[test]
    fn taking_everything_back_and_applying_as_many_gives_the_same_ids(world in world(), build in visit(), count in 0..=COUNT) {
        let world = World { reversible: vec![true; COUNT], ..world };
        let set = world.set(&build.build);
        let mut ledger = Vec::new();
        let mut run = |operation: &Operation| {
            let plan = made(&set, &ledger, operation);
            plan.steps.iter().for_each(|step| carry_out(&mut ledger, step));
            ledger.iter().map(|entry| entry.id.clone()).collect::<BTreeSet<_>>()
        };
        let first = run(&Apply(Target::next(count)));
        prop_assert_eq!(run(&Rollback(RollbackTarget::All)), BTreeSet::new());
        prop_assert_eq!(run(&Apply(Target::next(count))), first);
    }

    #[test]
    fn late_is_what_comes_before_something_applied(world in world(), visits in visits()) {
        world.walk(&visits, |visit, set, before, plan| {
            let place = |id: &str| set.iter().position(|migration| migration.id() == id);
            let mut ledger = before.to_vec();
            for step in &plan.steps {
                if let Step::Apply { migration, late } = step {
                    let last = ledger.iter().filter_map(|entry| place(&entry.id)).max();
                    prop_assert_eq!(*late, last > place(migration.id()), "{}: {}", step.id(), plan);
                    prop_assert!(!late || visit.policy.late == OnLate::Apply || matches!(visit.operation, Reapply(_)));
                }
                carry_out(&mut ledger, step);
            }
            Ok(())
        })?;
    }

    #[test]
    fn hooks_come_last_and_if_and_only_if_something_is_applied(world in world(), visits in visits()) {
        world.walk(&visits, |visit, _, _, plan| {
            let applies = plan.steps.iter().any(|step| matches!(step, Step::Apply { .. }));
            let hooks = plan.steps.iter().filter(|step| matches!(step, Step::Hook(_))).count();
            prop_assert_eq!(hooks, usize::from(applies && visit.build.has_hook));
            let last_is_hook = matches!(plan.steps.last(), Some(Step::Hook(_)));
            prop_assert_eq!(last_is_hook, hooks == 1);
            Ok(())
        })?;
    }

    /// Also ledgers that no run of this library would leave: any order, any dependencies, any checksums.
    #[test]
    fn any_ledger_gives_a_plan_or_an_error_but_no_panic(
        world in world(),
        visit in visit(),
        ledger in Just((1..=COUNT + 2).collect::<Vec<_>>()).prop_shuffle(),
        length in 0..=COUNT + 2,
        details in proptest::collection::vec((any::<[bool; 4]>(), proptest::collection::vec(1..=COUNT + 2, 0..3)), COUNT + 2),
    ) {
        let entry = |(id, (flags, depends)): (&usize, &([bool; 4], Vec<usize>))| LedgerEntry {
            id: id.to_string(),
            checksum: Digest::of_sql(if flags[0] { "SELECT 1" } else { "edited" }),
            up: flags[1].then(|| "-- transactional: perhaps\nSELECT 1".to_owned()),
            down: flags[2].then(|| "SELECT 1".to_owned()),
            depends: depends.iter().map(ToString::to_string).collect(),
            compatible: flags[3],
            applied_at: String::new(),
            duration: Duration::ZERO,
        };
        let ledger: Vec<LedgerEntry> = ledger.iter().zip(&details).take(length).map(entry).collect();
        match plan(&world.set(&visit.build), &ledger, &visit.operation, &visit.policy) {
            Ok(plan) => {
                prop_assert_eq!(plan.to_string().lines().count(), if plan.is_empty() { 1 } else { 1 + plan.steps.len() });
                let mut after = ledger.clone();
                plan.steps.iter().for_each(|step| carry_out(&mut after, step));
                prop_assert_eq!(steps(&plan).len(), plan.sql().matches("\n\n-- ").count() + usize::from(!plan.is_empty()));
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
