//! `cargo bench --bench engine`: how long planning takes and finding nothing to do (criterion), then how the
//! engine compares with plain SQLite and with itself at other sizes (ratios, some with a bound; a broken
//! bound fails the process).

mod comparison;
mod databases;
mod sets;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use comparison::Comparison;
use criterion::{BenchmarkId, Criterion};
use databases::{Folder, Template, plain};
use rusqlite::Connection;
use wheatear::{MigrationSet, Migrator, Operation, Target};

/// How many migrations a set has.
const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];

fn main() -> ExitCode {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    plans(&mut criterion);
    nothing_to_do(&mut criterion);
    criterion.final_summary();

    // Cargo says so; without, criterion only tries its functions out.
    if !std::env::args().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let comparisons: Vec<Comparison> =
        [looks(), plans_of_sizes(), applications(), scripts(), rebuilds()].into_iter().flatten().collect();
    comparison::verdict(&comparisons)
}

/// The whole set is pending; all of it but the last is applied and was read from the ledger.
fn plans(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("plan");
    for size in SIZES {
        let set = sets::rows(size);
        let empty = Connection::open_in_memory().expect("a database");
        group.bench_function(BenchmarkId::new("all of", size), |bencher| bencher.iter(|| plan(&set, &empty)));
        let mut almost = Connection::open_in_memory().expect("a database");
        Migrator::new(&set).apply_to(&mut almost, Target::next(size - 1)).expect("it applies");
        group.bench_function(BenchmarkId::new("the last of", size), |bencher| bencher.iter(|| plan(&set, &almost)));
    }
    group.finish();
}

fn nothing_to_do(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("nothing to do");
    let folder = Folder::new();
    for size in SIZES {
        let set = sets::rows(size);
        let path = folder.applied(&set);
        let mut open = Folder::open(&path);
        group.bench_function(BenchmarkId::new("open", size), |bencher| bencher.iter(|| apply(&set, &mut open)));
        group.bench_function(BenchmarkId::new("opened for it", size), |bencher| {
            bencher.iter(|| apply(&set, &mut Folder::open(&path)));
        });
    }
    group.finish();
}

/// 'Nothing to do' is one small read, however long the history is.
fn looks() -> Vec<Comparison> {
    let folder = Folder::new();
    let (short, long) = (sets::rows(SIZES[0]), sets::rows(SIZES[3]));
    let (short_path, long_path) = (folder.applied(&short), folder.applied(&long));
    let (mut short_open, mut long_open) = (Folder::open(&short_path), Folder::open(&long_path));
    let (looks, openings) = (200, 50);
    vec![
        Comparison::of(
            "nothing to do, 10,000 migrations against 10",
            30,
            || elapsed(|| (0..looks).for_each(|_| apply(&long, &mut long_open))),
            || elapsed(|| (0..looks).for_each(|_| apply(&short, &mut short_open))),
        )
        .within(1.2),
        Comparison::of(
            "the same, the file opened first",
            30,
            || elapsed(|| (0..openings).for_each(|_| apply(&long, &mut Folder::open(&long_path)))),
            || elapsed(|| (0..openings).for_each(|_| apply(&short, &mut Folder::open(&short_path)))),
        )
        .within(1.2),
    ]
}

/// Ten times the migrations, ten times the time.
fn plans_of_sizes() -> Vec<Comparison> {
    let (short, long) = (sets::rows(SIZES[2]), sets::rows(SIZES[3]));
    let databases = [&short, &long].map(|set| {
        let mut database = Connection::open_in_memory().expect("a database");
        Migrator::new(set).apply_to(&mut database, Target::next(set.len() - 1)).expect("it applies");
        database
    });
    vec![
        Comparison::of(
            "plan, 10,000 migrations against 1,000",
            20,
            || elapsed(|| plan(&long, &databases[1])),
            || elapsed(|| plan(&short, &databases[0])),
        )
        .within(13.0),
        Comparison::of(
            "set from files, 10,000 migrations against 1,000",
            20,
            || timed(|| sets::row_files(SIZES[3]), MigrationSet::from_files),
            || timed(|| sets::row_files(SIZES[2]), MigrationSet::from_files),
        )
        .within(13.0),
    ]
}

/// A new database in a file, against the same SQL in one batch in one transaction.
fn applications() -> Vec<Comparison> {
    let compare = |what: &str, rounds: usize, set: MigrationSet| {
        let folder = Folder::new();
        let batch = plain::batch(&set);
        Comparison::of(
            &format!("apply {what} against one batch"),
            rounds,
            || timed(|| folder.new_database(), |mut database| apply(&set, &mut database)),
            || timed(|| folder.new_database(), |database| plain::run(&database, &batch)),
        )
    };
    let tried_out = |set: MigrationSet| set.tried_out().expect("SQLite takes it");
    vec![
        compare("100 small migrations", 60, sets::mixed(100)).within(1.3),
        compare("1,000 small migrations", 20, sets::mixed(1_000)).within(1.3),
        compare("100 small migrations and compare the schema", 60, tried_out(sets::mixed(100))),
        compare("1,000 small migrations and compare the schema", 20, tried_out(sets::mixed(1_000))),
        compare("100 tables", 60, sets::tables(100)),
        compare("1,000 tables", 20, sets::tables(1_000)),
        compare("1,000 single rows", 20, sets::rows(1_000)),
    ]
}

/// One migration of many statements.
fn scripts() -> Vec<Comparison> {
    let [short, long] = [10_000, 100_000].map(sets::script);
    let run = |set: &'_ MigrationSet| {
        timed(|| Connection::open_in_memory().expect("a database"), |mut database| apply(set, &mut database))
    };
    let (short_set, long_set) = (sets::one(&short), sets::one(&long));
    let batch = plain::batch(&long_set);
    vec![
        Comparison::of(
            "set from a script, 100,000 statements against 10,000",
            5,
            || elapsed(|| sets::one(&long)),
            || elapsed(|| sets::one(&short)),
        )
        .within(13.0),
        Comparison::of("run a script, 100,000 statements against 10,000", 5, || run(&long_set), || run(&short_set))
            .within(13.0),
        Comparison::of(
            "run a script of 100,000 statements against one batch",
            5,
            || run(&long_set),
            || timed(|| Connection::open_in_memory().expect("a database"), |database| plain::run(&database, &batch)),
        ),
    ]
}

/// A million rows, by the procedure that SQLite documents.
fn rebuilds() -> Vec<Comparison> {
    let compare = |what: &str, set: &MigrationSet, fill: &[&str], watched: bool| {
        let template = Template::new(set, &fill.concat());
        let mut migrator = Migrator::new(set);
        if watched {
            migrator = migrator.on_progress(|_| std::ops::ControlFlow::Continue(()));
        }
        let rebuild = set.latest().and_then(|migration| migration.up()).expect("the rebuild");
        let procedure = plain::procedure(rebuild);
        Comparison::of(
            what,
            7,
            || timed(|| template.copy(), |mut database| migrator.apply(&mut database).map(drop).expect("it applies")),
            || timed(|| template.copy(), |database| plain::run(&database, &procedure)),
        )
    };
    let (alone, child) = (sets::rebuild(), sets::rebuild_of_child());
    vec![
        compare("rebuild 1,000,000 rows against plain SQLite", &alone, &[sets::FILL], false).within(1.05),
        compare("the same, watched", &alone, &[sets::FILL], true).within(1.05),
        compare("the same with a foreign key", &child, &[sets::FILL_PARENTS, sets::FILL], false),
    ]
}

fn plan(set: &MigrationSet, database: &Connection) -> usize {
    Migrator::new(set).plan(database, &Operation::Apply(Target::Latest)).expect("a plan").steps.len()
}

fn apply(set: &MigrationSet, database: &mut Connection) {
    Migrator::new(set).apply(database).map(drop).expect("it applies");
}

fn elapsed<T>(work: impl FnOnce() -> T) -> Duration {
    timed(|| (), |()| work())
}

/// Time that `work` takes, without what it needs and what it leaves.
fn timed<I, O>(prepare: impl FnOnce() -> I, work: impl FnOnce(I) -> O) -> Duration {
    let input = prepare();
    let start = Instant::now();
    let output = work(input);
    let time = start.elapsed();
    drop(output);
    time
}
