//! A model of a fleet: thousands of clients come online when they like, meet whatever release is out then,
//! newer or taken back, are killed at any moment, and all end at the last release's schema with their rows. The last
//! release has new ids for a third of its migrations.
//!
//! `FLEET_CLIENTS` chooses how many (1,500 by default), `FLEET_SEED` another course of events.
#![cfg(not(target_family = "wasm"))]

#[path = "support/crash_disk.rs"]
mod crash_disk;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::CString;
use std::ops::{AddAssign, Range};
use std::sync::atomic::{AtomicU64, Ordering};

use crash_disk::{CrashDisk, Unsynced};
use rusqlite::{Connection, OpenFlags};
use support::{column, value};
use wheatear::{MigrationSet, Migrator, OnAhead, Operation, SourceFile, StepOperation, Target};

/// Random numbers that are the same for the same seed (SplitMix64).
struct Random(u64);

impl Random {
    fn of(seed: u64, number: u64) -> Self {
        let mut random = Self(seed ^ number.wrapping_mul(0xd1b5_4a32_d192_ed03));
        random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn within(&mut self, range: Range<usize>) -> usize {
        range.start + (self.next() % (range.end - range.start) as u64) as usize
    }

    fn percent(&mut self, percent: usize) -> bool {
        self.within(0..100) < percent
    }
}

/// A migration that someone wrote.
struct Recipe {
    id: String,
    depends: Vec<usize>,
    /// Code that does not know it may go on.
    compatible: bool,
    transactional: bool,
    /// Once released it is part of the last release, though it may be taken back in between.
    comes_back: bool,
    up: String,
    down: String,
    /// What it adds to the number in every note.
    adds: i64,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Base,
    /// A new table, with a row of its own.
    Table,
    Index,
    /// A column of the child table.
    Column,
    /// The parent table anew, as SQLite's procedure says; each on top of the one before.
    Rebuild,
    /// Other numbers in all rows.
    Data,
    /// An index and a VACUUM, outside of the transaction.
    Outside,
}

const BASE: &str = "CREATE TABLE note (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, n INTEGER NOT NULL);
    CREATE TABLE entry (
      id INTEGER PRIMARY KEY, note_id INTEGER NOT NULL REFERENCES note ON DELETE CASCADE, text TEXT NOT NULL
    );";

impl Recipe {
    fn base() -> Self {
        let (up, down) = (BASE.to_owned(), "DROP TABLE entry; DROP TABLE note;".to_owned());
        let (id, kind) = ("1.base".to_owned(), Kind::Base);
        Self { id, depends: vec![], compatible: false, transactional: true, comes_back: true, up, down, adds: 0, kind }
    }

    /// One more, for a release that has these. It commutes with all that it does not depend on, as late
    /// migrations must.
    fn write(random: &mut Random, recipes: &[Self], has: &BTreeSet<usize>) -> Self {
        let number = recipes.len();
        let of_kind = |kind| has.iter().copied().filter(|&index| recipes[index].kind == kind).collect::<Vec<_>>();
        let kinds = [Kind::Table, Kind::Index, Kind::Column, Kind::Rebuild, Kind::Data, Kind::Outside];
        let mut recipe = Self { kind: kinds[random.within(0..kinds.len())], depends: vec![0], ..Self::base() };
        // What builds on something that goes for good goes with it.
        recipe.comes_back = has.iter().all(|&index| recipes[index].comes_back) && random.percent(85);
        // Rebuilds are one chain, whatever comes back.
        let all_rebuilds = (0..number).filter(|&index| recipes[index].kind == Kind::Rebuild);
        let mut others = all_rebuilds.filter(|index| !has.contains(index));
        if recipe.kind == Kind::Rebuild && others.any(|index| recipe.comes_back || recipes[index].comes_back) {
            recipe.kind = Kind::Data;
        }
        // Half of them are late; none that goes for good, or who began with it could never do without.
        let newest = has.iter().map(|&index| recipes[index].place()).max().unwrap_or_default();
        let is_late = recipe.comes_back && newest > 2 && random.percent(50);
        let place = if is_late { random.within(2..newest) } else { newest + random.within(1..20) };
        recipe.id = format!("{place}.{number}");
        // What older code leaves in place must be wanted in the end.
        recipe.compatible = recipe.comes_back && random.percent(40);
        match recipe.kind {
            Kind::Base | Kind::Table => {
                recipe.up = format!("CREATE TABLE t{number} (x INTEGER); INSERT INTO t{number} VALUES ({number});");
                recipe.down = format!("DROP TABLE t{number};");
            }
            Kind::Index => {
                let tables = of_kind(Kind::Table);
                let on = match tables.is_empty() {
                    true => "entry (text)".to_owned(),
                    false => {
                        let table = tables[random.within(0..tables.len())];
                        recipe.depends.push(table);
                        format!("t{table} (x)")
                    }
                };
                (recipe.up, recipe.down) =
                    (format!("CREATE INDEX i{number} ON {on};"), format!("DROP INDEX i{number};"));
            }
            Kind::Column => {
                recipe.up = format!("ALTER TABLE entry ADD COLUMN c{number} TEXT DEFAULT 'of {number}';");
                recipe.down = format!("ALTER TABLE entry DROP COLUMN c{number};");
            }
            Kind::Rebuild => {
                let before = of_kind(Kind::Rebuild);
                recipe.depends.extend(before.last());
                recipe.compatible = false;
                recipe.adds = number as i64;
                let columns: String =
                    before.iter().map(|index| format!(", r{index} INTEGER DEFAULT {index}")).collect();
                let names: String = before.iter().map(|index| format!(", r{index}")).collect();
                let rebuild = |columns: &str, sign: char| {
                    format!(
                        "CREATE TABLE new (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, n INTEGER NOT NULL{columns});
                         INSERT INTO new (id, key, n{names}) SELECT id, key, n {sign} {number}{names} FROM note;
                         DROP TABLE note; ALTER TABLE new RENAME TO note;"
                    )
                };
                recipe.up = rebuild(&format!("{columns}, r{number} INTEGER DEFAULT {number}"), '+');
                recipe.down = rebuild(&columns, '-');
            }
            Kind::Data => {
                (recipe.compatible, recipe.adds) = (false, 1000 * number as i64);
                recipe.up = format!("UPDATE note SET n = n + {};", recipe.adds);
                recipe.down = format!("UPDATE note SET n = n - {};", recipe.adds);
            }
            Kind::Outside => {
                recipe.transactional = false;
                recipe.up = format!("CREATE INDEX IF NOT EXISTS o{number} ON entry (note_id); VACUUM;");
                // An index more harms nobody, so it is part of no comparison. One that is dropped outside of a
                // transaction may be gone and yet recorded as applied, if the client is killed and then meets a
                // release that wants it.
                recipe.down = "SELECT 'it stays';".to_owned();
            }
        }
        recipe
    }

    /// The number that its id begins with.
    fn place(&self) -> usize {
        self.id.split('.').next().and_then(|place| place.parse().ok()).unwrap_or_default()
    }

    /// Its id in the last release: another one for every third.
    fn last_id(&self) -> String {
        let number: usize = self.id.split('.').nth(1).and_then(|number| number.parse().ok()).unwrap_or_default();
        if number % 3 == 1 { format!("{}.renamed", self.id) } else { self.id.clone() }
    }

    fn files(&self, recipes: &[Self], is_last: bool) -> [SourceFile; 2] {
        let id = |recipe: &Self| if is_last { recipe.last_id() } else { recipe.id.clone() };
        let mut up: String =
            self.depends.iter().map(|&index| format!("-- depends: {}\n", id(&recipes[index]))).collect();
        let own = id(self);
        if own != self.id {
            up += &format!("-- was: {}\n", self.id);
        }
        if self.compatible {
            up += "-- compatible: true\n";
        }
        if !self.transactional {
            up += "-- transactional: false\n";
        }
        let file = |name: String, text: String| SourceFile { path: name, text };
        [file(format!("{own}.sql"), up + &self.up), file(format!("{own}.rollback.sql"), self.down.clone())]
    }
}

/// What is out at one time.
struct Release {
    has: BTreeSet<usize>,
    set: MigrationSet,
    /// What its migrations add to the number of a note, and so its code does when it writes one.
    adds: i64,
}

impl Release {
    fn of(has: BTreeSet<usize>, recipes: &[Recipe], is_last: bool) -> Self {
        let set = MigrationSet::from_files(has.iter().flat_map(|&index| recipes[index].files(recipes, is_last)));
        let adds = has.iter().map(|&index| recipes[index].adds).sum();
        Self { set: set.expect("a valid set"), adds, has }
    }
}

/// One history of releases, and what the last one makes of an empty database.
struct World {
    releases: Vec<Release>,
    schema: Vec<String>,
    ids: Vec<String>,
    taken_back: usize,
}

impl World {
    const RELEASES: usize = 10;

    fn new(random: &mut Random) -> Self {
        let mut recipes = vec![Recipe::base()];
        let mut releases: Vec<Release> = vec![];
        let mut taken_back = 0;
        while releases.len() < Self::RELEASES {
            let mut has = releases.last().map_or(BTreeSet::from([0]), |release| release.has.clone());
            if random.percent(30) && releases.len() > 1 {
                has.clone_from(&releases[random.within(0..releases.len() - 1)].has);
                taken_back += 1;
            } else {
                if random.percent(40) {
                    bring_back(&mut has, &recipes);
                }
                for _ in 0..random.within(1..4) {
                    recipes.push(Recipe::write(random, &recipes, &has));
                    has.insert(recipes.len() - 1);
                }
            }
            releases.push(Release::of(has, &recipes, false));
        }
        let mut has = releases.last().map_or(BTreeSet::new(), |release| release.has.clone());
        bring_back(&mut has, &recipes);
        releases.push(Release::of(has, &recipes, true));

        let last = &releases[releases.len() - 1].set;
        let mut fresh = Connection::open_in_memory().expect("a database");
        Migrator::new(last).apply(&mut fresh).expect("the last release");
        let (schema, mut ids) =
            (schema(&fresh), last.iter().map(|migration| migration.id().to_owned()).collect::<Vec<_>>());
        ids.sort_unstable();
        Self { schema, ids, releases, taken_back }
    }
}

/// Adds what was taken back and comes back: all of it, because what is applied later may build on it.
fn bring_back(has: &mut BTreeSet<usize>, recipes: &[Recipe]) {
    has.extend((0..recipes.len()).filter(|&index| recipes[index].comes_back));
}

/// What a schema is, whatever the order in which columns were added.
fn schema(connection: &Connection) -> Vec<String> {
    let mut schema = column(
        connection,
        "SELECT type || ' ' || name || coalesce(' ' || CASE type WHEN 'table' THEN NULL ELSE sql END, '') FROM sqlite_schema
          WHERE name NOT GLOB 'o[0-9]*'",
    );
    schema.extend(column(
        connection,
        "SELECT t.name || '.' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || coalesce(c.dflt_value, '') || ' ' || c.pk
           FROM sqlite_schema t, pragma_table_xinfo(t.name) c WHERE t.type = 'table'",
    ));
    schema.extend(column(
        connection,
        "SELECT t.name || ' refers to ' || k.\"table\" || ' ' || k.\"from\" || ' ' || k.on_delete
           FROM sqlite_schema t, pragma_foreign_key_list(t.name) k WHERE t.type = 'table'",
    ));
    schema.sort_unstable();
    schema
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    clients: usize,
    releases: usize,
    taken_back: usize,
    visits: usize,
    kills: usize,
    upgrades: usize,
    late: usize,
    rollbacks: usize,
    renames: usize,
    rows: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.clients += other.clients;
        self.releases += other.releases;
        self.taken_back += other.taken_back;
        self.visits += other.visits;
        self.kills += other.kills;
        self.upgrades += other.upgrades;
        self.late += other.late;
        self.rollbacks += other.rollbacks;
        self.renames += other.renames;
        self.rows += other.rows;
    }
}

/// A note as its writer knows it: its number without what migrations add, and how many entries it has.
type Note = (i64, i64);

#[derive(Default)]
struct Client {
    acknowledged: BTreeMap<String, Note>,
    /// Their COMMIT did not return.
    in_doubt: BTreeMap<String, Note>,
}

struct Fleet<'a> {
    disk: CrashDisk,
    vfs: CString,
    world: &'a World,
    counts: Counts,
}

impl Fleet<'_> {
    fn open(&self, random: &mut Random) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags_and_vfs("database", flags, self.vfs.as_c_str())?;
        let pragmas = match random.percent(70) {
            // As in a browser, and as SQLite does by itself.
            true => "PRAGMA locking_mode = exclusive; PRAGMA journal_mode = truncate;",
            false => "PRAGMA journal_mode = delete;",
        };
        connection.execute_batch("PRAGMA page_size = 512; PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;")?;
        connection.execute_batch(pragmas)?;
        Ok(connection)
    }

    /// From when a client is first seen to when it opens the last release.
    fn live(&mut self, number: usize, random: &mut Random) {
        let mut client = Client::default();
        let world = self.world;
        let last = world.releases.len() - 1;
        let mut visits: Vec<usize> = (0..random.within(1..6)).map(|_| random.within(0..last)).collect();
        visits.sort_unstable();
        for time in visits {
            // An old tab, or a cache that has not heard of the newest release.
            let release = &world.releases[if random.percent(15) { time.saturating_sub(1) } else { time }];
            let moment = random.within(0..150);
            if random.percent(60) {
                self.disk.stop_after(moment);
            }
            self.visit(&mut client, number, release, random);
            if self.disk.has_stopped() {
                self.counts.kills += 1;
            }
            self.disk.restart(match random.within(0..3) {
                0 => Unsynced::Kept,
                1 => Unsynced::Lost,
                _ => Unsynced::Torn(random.next()),
            });
        }
        // The last release too may be killed while it upgrades, and comes again.
        let moment = random.within(0..150);
        self.disk.stop_after(moment);
        self.visit(&mut client, number, &world.releases[last], random);
        self.disk.restart(Unsynced::Torn(random.next()));
        self.visit(&mut client, number, &world.releases[last], random);
        self.check(&client, random);
        self.disk.format();
        self.counts.clients += 1;
        self.counts.rows += client.acknowledged.len();
    }

    /// Opens the application: migrates, writes a few notes. Ends early if the client is killed.
    fn visit(&mut self, client: &mut Client, number: usize, release: &Release, random: &mut Random) {
        self.counts.visits += 1;
        let Ok(mut connection) = self.open(random) else { return assert!(self.disk.has_stopped(), "it does not open") };
        let migrator = Migrator::new(&release.set).on_ahead(OnAhead::Rollback);
        match migrator.apply(&mut connection) {
            Ok(report) => {
                self.counts.upgrades += usize::from(report.applied().count() > 0);
                self.counts.late += report.steps.iter().filter(|step| step.late).count();
                self.counts.renames +=
                    report.steps.iter().filter(|step| step.operation == StepOperation::Rename).count();
                self.counts.rollbacks += usize::from(report.rolled_back().count() > 0);
            }
            Err(error) => return assert!(self.disk.has_stopped(), "{error}"),
        }
        for _ in 0..random.within(0..4) {
            let serial = client.acknowledged.len() + client.in_doubt.len();
            let key = format!("{number}-{serial}");
            let note: Note = (serial as i64 * 7, random.within(1..4) as i64);
            match write(&connection, &key, note, release) {
                Ok(()) => client.acknowledged.insert(key, note),
                Err(error) => {
                    client.in_doubt.insert(key, note);
                    return assert!(self.disk.has_stopped(), "{error}");
                }
            };
        }
    }

    fn check(&self, client: &Client, random: &mut Random) {
        let release = &self.world.releases[self.world.releases.len() - 1];
        let connection = self.open(random).expect("the database opens");
        assert_eq!(value::<String>(&connection, "PRAGMA integrity_check"), "ok");
        assert_eq!(column(&connection, "SELECT \"table\" FROM pragma_foreign_key_check"), Vec::<String>::new());
        assert_eq!(schema(&connection), self.world.schema);
        assert_eq!(column(&connection, "SELECT id FROM _wheatear_migration ORDER BY id"), self.world.ids);
        let latest = Operation::Apply(Target::Latest);
        assert!(Migrator::new(&release.set).plan(&connection, &latest).expect("a plan").is_empty());

        let sql = "SELECT key, n, (SELECT count(*) FROM entry WHERE note_id = note.id AND text = key) FROM note";
        let mut statement = connection.prepare(sql).expect(sql);
        let rows =
            statement.query_map([], |row| Ok((row.get(0)?, (row.get::<_, i64>(1)? - release.adds, row.get(2)?))));
        let rows: Vec<(String, Note)> = rows.expect(sql).collect::<rusqlite::Result<_>>().expect(sql);
        let entries: i64 = rows.iter().map(|(_, (_, entries))| entries).sum();
        assert_eq!(value::<i64>(&connection, "SELECT count(*) FROM entry"), entries, "entries of no note");
        let count = rows.len();
        let found: BTreeMap<String, Note> = rows.into_iter().collect();
        assert_eq!(found.len(), count, "a note is there twice");
        for (key, note) in &client.acknowledged {
            assert_eq!(found.get(key), Some(note), "{key} was acknowledged");
        }
        for (key, note) in &found {
            let written = client.acknowledged.get(key).or_else(|| client.in_doubt.get(key));
            assert_eq!(written, Some(note), "{key} was not written so");
        }
    }
}

/// A note with its entries, as the code of a release writes it.
fn write(connection: &Connection, key: &str, (n, entries): Note, release: &Release) -> rusqlite::Result<()> {
    let transaction = connection.unchecked_transaction()?;
    transaction.execute("INSERT INTO note (key, n) VALUES (?1, ?2)", (key, n + release.adds))?;
    let note_id = transaction.last_insert_rowid();
    for _ in 0..entries {
        transaction.execute("INSERT INTO entry (note_id, text) VALUES (?1, ?2)", (note_id, key))?;
    }
    transaction.commit()
}

/// Says, when a client fails, how to meet it again.
struct Place {
    seed: u64,
    world: u64,
    client: usize,
}

impl Drop for Place {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("FLEET_SEED={}: world {}, client {} of it", self.seed, self.world, self.client);
        }
    }
}

fn number_from_env(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

#[test]
fn a_fleet_killed_at_random_moments_ends_at_the_last_release_with_all_its_rows() {
    const CLIENTS_PER_WORLD: usize = 250;
    let clients = number_from_env("FLEET_CLIENTS", 1_500) as usize;
    let seed = number_from_env("FLEET_SEED", 20_240_501);
    let worlds = clients.div_ceil(CLIENTS_PER_WORLD) as u64;
    let next_world = AtomicU64::new(0);
    let work = |thread: usize| {
        let name = format!("fleet {thread}");
        let disk = CrashDisk::register(&name);
        let vfs = CString::new(name).expect("a name");
        let mut counts = Counts::default();
        loop {
            let number = next_world.fetch_add(1, Ordering::Relaxed);
            if number >= worlds {
                return counts;
            }
            let mut place = Place { seed, world: number, client: 0 };
            let world = World::new(&mut Random::of(seed, number));
            counts += Counts { releases: world.releases.len(), taken_back: world.taken_back, ..Counts::default() };
            let mut fleet = Fleet { disk: disk.clone(), vfs: vfs.clone(), world: &world, counts };
            for client in 0..CLIENTS_PER_WORLD.min(clients - number as usize * CLIENTS_PER_WORLD) {
                place.client = client;
                fleet.live(client, &mut Random::of(seed ^ (number + 1), 1 + client as u64));
            }
            counts = fleet.counts;
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let counts = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        let mut counts = Counts::default();
        threads.into_iter().for_each(|thread| counts += thread.join().expect("every client is well"));
        counts
    });
    let Counts { releases, taken_back, visits, kills, upgrades, late, rollbacks, renames, rows, .. } = counts;
    support::tell!(
        "fleet: {clients} clients, {releases} releases ({taken_back} of them older ones again), {visits} visits, \
         {kills} kills, {upgrades} upgrades ({late} late migrations), {rollbacks} rollbacks, {renames} renames, {rows} rows"
    );
    assert_eq!(counts.clients, clients);
    assert!(kills > clients / 2 && upgrades > clients && rollbacks > clients / 20 && late > clients / 20, "{counts:?}");
    assert!(renames > clients / 2, "{counts:?}");
}
