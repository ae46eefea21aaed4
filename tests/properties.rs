//! What holds for any set of migrations, any history and any target: sets of real SQL, made at random.
#![cfg(not(target_family = "wasm"))]

mod support;

use proptest::collection::vec;
use proptest::prelude::*;
use rusqlite::Connection;
use support::{File, cases, column, dump};
use wheatear::{
    ErrorCode, MigrationSet, Migrator, Operation, Report, RollbackTarget, SourceFile, StepOperation, Target,
};

/// What a migration is made from. A table and all that changes it are a chain, in which each migration
/// depends on the one before; chains are independent but for what is drawn.
#[derive(Clone, Debug)]
struct Gene {
    chain: usize,
    change: Change,
    /// Its place among those that do not depend on each other.
    place: u16,
    /// Depends on the one this far before it, whatever its chain.
    depends_on: Option<prop::sample::Index>,
    /// Written after the others: a build of before lacks it.
    is_new: bool,
}

#[derive(Clone, Copy, Debug)]
enum Change {
    AddColumn,
    Index,
    RenameTable,
    RenameColumn,
    Rebuild,
    Insert,
    Update,
    Trigger,
}

const CHAINS: usize = 4;

fn gene() -> impl Strategy<Value = Gene> {
    use Change::*;
    let changes = [AddColumn, Index, RenameTable, RenameColumn, Rebuild, Insert, Update, Trigger];
    let depends_on = prop::option::weighted(0.3, any::<prop::sample::Index>());
    (0..CHAINS, prop::sample::select(changes.to_vec()), any::<u16>(), depends_on, prop::bool::weighted(0.4))
        .prop_map(|(chain, change, place, depends_on, is_new)| Gene { chain, change, place, depends_on, is_new })
}

fn genes() -> impl Strategy<Value = Vec<Gene>> {
    vec(gene(), 1..14)
}

/// One migration, its statements apart.
#[derive(Clone, Debug)]
struct Made {
    id: String,
    depends: Vec<usize>,
    is_new: bool,
    up: Vec<String>,
    down: Vec<String>,
}

impl Made {
    fn files(&self, all: &[Self]) -> [SourceFile; 2] {
        let depends: String = self.depends.iter().map(|&index| format!("-- depends: {}\n", all[index].id)).collect();
        let file = |path: String, text: String| SourceFile { path, text };
        [
            file(format!("{}.sql", self.id), depends + &self.up.join("\n")),
            file(format!("{}.rollback.sql", self.id), self.down.join("\n")),
        ]
    }
}

/// A table while its chain is written.
#[derive(Clone)]
struct Table {
    /// Of the last migration of the chain.
    last: usize,
    name: String,
    number_column: String,
    /// Definitions, in order.
    columns: Vec<String>,
    indexes: Vec<String>,
}

impl Table {
    fn create(&self, name: &str) -> String {
        format!("CREATE TABLE \"{name}\" ({});", self.columns.join(", "))
    }

    /// SQLite's procedure for what ALTER TABLE cannot do: the same rows in another table.
    fn rebuild_as(&self, columns: &[String]) -> Vec<String> {
        let names = |definitions: &[String]| {
            let shared = definitions.iter().filter(|definition| self.columns.contains(definition));
            shared.filter_map(|definition| definition.split(' ').next()).collect::<Vec<_>>().join(", ")
        };
        let (table, shared) = (&self.name, names(columns));
        let new = Table { columns: columns.to_vec(), ..self.clone() };
        let mut statements = vec![
            new.create("rebuilt"),
            format!("INSERT INTO \"rebuilt\" ({shared}) SELECT {shared} FROM \"{table}\";"),
            format!("DROP TABLE \"{table}\";"),
            format!("ALTER TABLE \"rebuilt\" RENAME TO \"{table}\";"),
        ];
        statements.extend(self.indexes.iter().cloned());
        statements
    }
}

/// The migrations, in the order in which they were written, each with a down that is its exact inverse.
fn write(genes: &[Gene]) -> Vec<Made> {
    let mut tables: Vec<Option<Table>> = vec![None; CHAINS];
    let mut all: Vec<Made> = Vec::new();
    for (number, gene) in genes.iter().enumerate() {
        let id = format!("{}-{number}", gene.place);
        let mut depends: Vec<usize> =
            gene.depends_on.iter().filter(|_| number > 0).map(|index| index.index(number)).collect();
        // Chains of even number are parents of the chain after them. Their names stay: a child may be
        // created before or after any other change of its parent.
        let parent = if gene.chain % 2 == 1 { tables[gene.chain - 1].clone() } else { None };
        let (up, down) = match &mut tables[gene.chain] {
            none @ None => {
                let mut columns = vec!["\"id\" INTEGER PRIMARY KEY".to_owned(), "\"v\" INTEGER".to_owned()];
                if let Some(parent) = parent {
                    columns.push(format!("\"p\" INTEGER REFERENCES \"{}\" ON DELETE CASCADE", parent.name));
                    depends.push(parent.last);
                }
                let name = format!("t{}", gene.chain);
                let table = Table { last: number, name, number_column: "v".into(), columns, indexes: Vec::new() };
                let made = (vec![table.create(&table.name)], vec![format!("DROP TABLE \"{}\";", table.name)]);
                *none = Some(table);
                made
            }
            Some(table) => {
                depends.push(std::mem::replace(&mut table.last, number));
                change(table, gene, number)
            }
        };
        depends.sort_unstable();
        depends.dedup();
        let is_new = gene.is_new || depends.iter().any(|&index| all[index].is_new);
        all.push(Made { id, depends, is_new, up, down });
    }
    all
}

fn change(table: &mut Table, gene: &Gene, number: usize) -> (Vec<String>, Vec<String>) {
    let (name, v) = (table.name.clone(), table.number_column.clone());
    match gene.change {
        Change::AddColumn => {
            let column = format!("\"c{number}\" TEXT DEFAULT 'c{number}'");
            let made = (
                vec![format!("ALTER TABLE \"{name}\" ADD COLUMN {column};")],
                vec![format!("ALTER TABLE \"{name}\" DROP COLUMN \"c{number}\";")],
            );
            table.columns.push(column);
            made
        }
        Change::Index => {
            let index = format!("CREATE INDEX \"i{number}\" ON \"{name}\" (\"{v}\");");
            table.indexes.push(index.clone());
            (vec![index], vec![format!("DROP INDEX \"i{number}\";")])
        }
        Change::RenameTable if gene.chain % 2 == 1 => {
            let new = format!("t{}r{number}", gene.chain);
            table
                .indexes
                .iter_mut()
                .for_each(|index| *index = index.replace(&format!("\"{name}\""), &format!("\"{new}\"")));
            table.name.clone_from(&new);
            let rename = |from: &str, to: &str| vec![format!("ALTER TABLE \"{from}\" RENAME TO \"{to}\";")];
            (rename(&name, &new), rename(&new, &name))
        }
        Change::RenameTable | Change::RenameColumn => {
            let new = format!("v{number}");
            let (old_quoted, new_quoted) = (format!("\"{v}\""), format!("\"{new}\""));
            let texts = table.indexes.iter_mut().chain(&mut table.columns);
            texts.for_each(|text| *text = text.replace(&old_quoted, &new_quoted));
            table.number_column.clone_from(&new);
            let rename = |from: &str, to: &str| vec![format!("ALTER TABLE \"{name}\" RENAME COLUMN {from} TO {to};")];
            (rename(&old_quoted, &new_quoted), rename(&new_quoted, &old_quoted))
        }
        Change::Rebuild => {
            let old = table.clone();
            table
                .columns
                .insert(1, format!("\"r{number}\" INTEGER NOT NULL DEFAULT {number} CHECK (\"r{number}\" > 0)"));
            (old.rebuild_as(&table.columns), table.rebuild_as(&old.columns))
        }
        Change::Insert => {
            let keys = [number * 2 + 1, number * 2 + 2];
            let rows: Vec<String> = keys.iter().map(|key| format!("({key}, {number})")).collect();
            (
                vec![format!("INSERT INTO \"{name}\" (\"id\", \"{v}\") VALUES {};", rows.join(", "))],
                keys.iter().map(|key| format!("DELETE FROM \"{name}\" WHERE \"id\" = {key};")).collect(),
            )
        }
        Change::Update => {
            let update = |sign| vec![format!("UPDATE \"{name}\" SET \"{v}\" = \"{v}\" {sign} {};", number + 1)];
            (update('+'), update('-'))
        }
        Change::Trigger => (
            // Semicolons that end no migration's statement. Another table's, as a rebuild would drop it.
            vec![
                format!("CREATE TABLE \"log{number}\" (\"x\");"),
                format!(
                    "CREATE TRIGGER \"tr{number}\" AFTER INSERT ON \"log{number}\" BEGIN SELECT 1; DELETE FROM \"log{number}\"; END;"
                ),
            ],
            vec![format!("DROP TRIGGER \"tr{number}\";"), format!("DROP TABLE \"log{number}\";")],
        ),
    }
}

fn set_of<'a>(all: &[Made], chosen: impl Iterator<Item = &'a Made>) -> MigrationSet {
    MigrationSet::from_files(chosen.flat_map(|made| made.files(all))).expect("a valid set")
}

fn whole_set(all: &[Made]) -> MigrationSet {
    set_of(all, all.iter())
}

/// A build of before the newest migrations were written.
fn old_set(all: &[Made]) -> MigrationSet {
    set_of(all, all.iter().filter(|made| !made.is_new))
}

/// An operation, its numbers taken modulo what there is.
#[derive(Clone, Debug)]
enum Move {
    Latest,
    Next(usize),
    UpTo(prop::sample::Index),
    Last(usize),
    DownTo(prop::sample::Index),
    Reapply(usize),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let forward = prop_oneof![
        Just(Move::Latest),
        (0..6_usize).prop_map(Move::Next),
        any::<prop::sample::Index>().prop_map(Move::UpTo),
    ];
    let back = prop_oneof![
        (0..6_usize).prop_map(Move::Last),
        any::<prop::sample::Index>().prop_map(Move::DownTo),
        (0..6_usize).prop_map(Move::Reapply),
    ];
    vec(prop_oneof![2 => forward, 1 => back], 0..5)
}

impl Move {
    /// `None` if it asks for something of an empty set.
    fn operation(&self, set: &MigrationSet) -> Option<Operation> {
        let id = |index: &prop::sample::Index| {
            (!set.is_empty()).then(|| set.iter().nth(index.index(set.len())).expect("one of them").id().to_owned())
        };
        Some(match self {
            Self::Latest => Operation::Apply(Target::Latest),
            Self::Next(count) => Operation::Apply(Target::next(*count)),
            Self::UpTo(index) => Operation::Apply(Target::up_to(id(index)?)),
            Self::Last(count) => Operation::Rollback(RollbackTarget::last(*count)),
            Self::DownTo(index) => Operation::Rollback(RollbackTarget::down_to(id(index)?)),
            Self::Reapply(count) => Operation::Reapply(RollbackTarget::last(*count)),
        })
    }
}

/// Goes through a history; going down to what is not applied is refused, and part of it.
fn live(connection: &mut Connection, set: &MigrationSet, history: &[Move]) {
    for operation in history.iter().filter_map(|a_move| a_move.operation(set)) {
        match Migrator::new(set).run(connection, &operation) {
            Ok(_) => {}
            Err(error) => assert_eq!(error.code(), ErrorCode::UnknownTarget, "{operation:?}: {error}"),
        }
    }
}

/// Rows of the application in every table that is there; those of children have parents.
fn insert_rows(connection: &Connection) {
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 't[0-9]*' ORDER BY name";
    for table in column(connection, tables) {
        let columns =
            format!("SELECT name FROM pragma_table_info('{table}') WHERE name = 'id' OR name = 'p' ORDER BY 1");
        let columns = column(connection, &columns).join(", ");
        for id in [1001, 1002, 1003] {
            let values = if columns.contains('p') { format!("{id}, {id}") } else { id.to_string() };
            let insert = format!("INSERT OR IGNORE INTO \"{table}\" ({columns}) VALUES ({values})");
            connection.execute_batch(&insert).expect(&insert);
        }
    }
    // As an application's rows are: by its own foreign keys.
    assert_eq!(column(connection, "SELECT \"table\" FROM pragma_foreign_key_check"), Vec::<String>::new());
}

fn memory() -> Connection {
    let connection = Connection::open_in_memory().expect("a database");
    connection.pragma_update(None, "foreign_keys", true).expect("a pragma");
    connection
}

/// A file with a history behind it, first of an old build and then of the whole set.
fn file_with(all: &[Made], old: &[Move], new: &[Move]) -> (File, Connection) {
    let file = File::new();
    let mut connection = file.open();
    connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON;").expect("pragmas");
    live(&mut connection, &old_set(all), old);
    live(&mut connection, &whole_set(all), new);
    insert_rows(&connection);
    (file, connection)
}

fn schema(connection: &Connection) -> Vec<String> {
    column(connection, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")
}

fn ids(report: &Report) -> Vec<(StepOperation, &str, bool)> {
    report.steps.iter().map(|step| (step.operation, step.id.as_str(), step.late)).collect()
}

proptest! {
    #![proptest_config(cases(256, 3))]

    #[test]
    fn applying_and_rolling_back_gives_schema_and_rows_back(
        genes in genes(), old in moves(), new in moves(), target in 0..20_usize,
    ) {
        let all = write(&genes);
        let set = whole_set(&all);
        let mut connection = memory();
        live(&mut connection, &old_set(&all), &old);
        live(&mut connection, &set, &new);
        insert_rows(&connection);
        let before = dump(&connection);

        let migrator = Migrator::new(&set);
        let applied = migrator.apply_to(&mut connection, Target::next(target)).expect("any target").applied().count();
        let back = migrator.rollback(&mut connection, RollbackTarget::last(applied)).expect("the way back");
        prop_assert_eq!(back.rolled_back().count(), applied);
        prop_assert_eq!(dump(&connection), before);

        migrator.rollback(&mut connection, RollbackTarget::All).expect("all the way back");
        prop_assert_eq!(dump(&connection), Vec::<String>::new());
    }

    #[test]
    fn every_history_ends_at_the_schema_of_the_set_and_then_there_is_nothing_to_do(
        genes in genes(), old in moves(), new in moves(),
    ) {
        let all = write(&genes);
        let set = whole_set(&all).tried_out().expect("it runs");
        let (file, mut connection) = file_with(&all, &old, &new);
        let migrator = Migrator::new(&set).on_drift(wheatear::OnDrift::Error);
        let latest = Operation::Apply(Target::Latest);
        migrator.run(&mut connection, &latest).expect("the whole set");
        let mut fresh = memory();
        migrator.run(&mut fresh, &latest).expect("the whole set");
        prop_assert_eq!(schema(&connection), schema(&fresh));

        let before = file.bytes();
        prop_assert!(migrator.plan(&connection, &latest).expect("a plan").is_empty());
        prop_assert!(migrator.run(&mut connection, &latest).expect("nothing to do").steps.is_empty());
        for operation in [Operation::Apply(Target::next(9)), Operation::Rollback(RollbackTarget::last(0))] {
            prop_assert!(migrator.plan(&connection, &operation).expect("a plan").is_empty());
            migrator.run(&mut connection, &operation).expect("nothing to do");
        }
        prop_assert!(file.bytes() == before, "something was written");
    }

    #[test]
    fn a_failure_at_any_statement_changes_nothing(
        genes in genes(), old in moves(), new in moves(), where_to in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
    ) {
        let all = write(&genes);
        let (file, mut connection) = file_with(&all, &old, &new);
        let latest = Operation::Apply(Target::Latest);
        let pending: Vec<String> = {
            let set = whole_set(&all);
            let plan = Migrator::new(&set).plan(&connection, &latest).expect("a plan");
            plan.steps.iter().map(|step| step.id().to_owned()).collect()
        };
        prop_assume!(!pending.is_empty());
        let mut failing = all.clone();
        let id = &pending[where_to.index(pending.len())];
        let made = failing.iter_mut().find(|made| made.id == *id).expect("one of them");
        let position = at.index(made.up.len() + 1);
        // It runs, and fails at its second row.
        made.up.insert(position, "SELECT json(column1) FROM (VALUES ('1'), ('no JSON'));".to_owned());

        let before = file.bytes();
        let set = whole_set(&failing);
        let rehearsal = Migrator::new(&set).rehearse(&connection, &latest).expect("a copy");
        prop_assert!(file.bytes() == before, "a rehearsal wrote");
        let error = Migrator::new(&set).apply(&mut connection).expect_err("the statement that fails");
        prop_assert!(error.to_string().contains(&format!("statement {} of migration \"{id}\"", position + 1)), "{}", error);
        prop_assert_eq!(rehearsal.outcome.expect_err("the same").to_string(), error.to_string());
        prop_assert!(file.bytes() == before, "{}", error);
        Migrator::new(&whole_set(&all)).apply(&mut connection).expect("mended");
    }

    #[test]
    fn a_failure_on_the_way_back_changes_nothing(
        genes in genes(), where_to in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(),
    ) {
        let mut all = write(&genes);
        let place = where_to.index(all.len());
        let position = at.index(all[place].down.len() + 1);
        all[place].down.insert(position, "SELECT json(column1) FROM (VALUES ('1'), ('no JSON'));".to_owned());
        let (file, mut connection) = file_with(&all, &[], &[Move::Latest]);
        let before = file.bytes();
        let set = whole_set(&all);
        for target in [RollbackTarget::All, RollbackTarget::last(all.len())] {
            let error = Migrator::new(&set).rollback(&mut connection, target).expect_err("the statement that fails");
            prop_assert_eq!(error.code(), ErrorCode::StatementFailed);
            prop_assert!(file.bytes() == before, "{}", error);
        }
    }

    #[test]
    fn a_rehearsal_predicts_the_run_and_leaves_the_file_alone(
        genes in genes(), old in moves(), new in moves(), next in moves(),
    ) {
        let all = write(&genes);
        let set = whole_set(&all);
        let (file, mut connection) = file_with(&all, &old, &new);
        let migrator = Migrator::new(&set);
        for operation in next.iter().filter_map(|a_move| a_move.operation(&set)) {
            let before = file.bytes();
            let rehearsal = migrator.rehearse(&connection, &operation).expect("a copy");
            prop_assert!(file.bytes() == before, "{:?}", operation);
            match (rehearsal.outcome, migrator.run(&mut connection, &operation)) {
                (Ok(expected), Ok(found)) => {
                    prop_assert_eq!(ids(&expected), ids(&found));
                    prop_assert_eq!((expected.from, expected.to), (found.from, found.to));
                    prop_assert_eq!(expected.warnings, found.warnings);
                }
                (expected, found) => {
                    let message = |result: Result<Report, _>| result.map_err(|error: wheatear::Error| error.to_string());
                    prop_assert_eq!(message(expected).expect_err("an error"), message(found).expect_err("an error"));
                }
            }
        }
    }

    #[test]
    fn applying_again_gives_the_same_schema(genes in genes(), old in moves(), new in moves(), count in 0..20_usize) {
        let all = write(&genes);
        let set = whole_set(&all);
        let mut connection = memory();
        live(&mut connection, &old_set(&all), &old);
        live(&mut connection, &set, &new);
        let before = schema(&connection);
        let report = Migrator::new(&set).reapply(&mut connection, RollbackTarget::last(count)).expect("again");
        prop_assert_eq!(report.applied().count(), report.rolled_back().count());
        prop_assert_eq!(schema(&connection), before);
    }
}
