//! A database that an older build has left, and two handles to one.

use std::path::Path;

use weather_store::{Failure, NewReading, Reading, Weather};
use wheatear::{MigrationSet, Migrator, Target, storage};

/// A database at its second migration, with a reading from the shed.
fn leave_old_database(path: &Path) {
    let set = MigrationSet::from_folder("migrations").expect("the set");
    let mut db = storage::open_file(path).expect("a new file");
    Migrator::new(&set).apply_to(&mut db, Target::up_to("0002.humidity")).expect("the first two");
    let sql = "INSERT INTO reading (place_id, temp_c) SELECT id, 21 FROM place WHERE name = 'Shed'";
    db.execute(sql, []).expect("a reading");
}

fn from_the(place: &str, temp_c: f64) -> Reading {
    Reading { place: place.into(), temp_c, humidity: None }
}

#[test]
fn an_old_database_is_upgraded_once_and_keeps_its_readings() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("weather.sqlite3");
    leave_old_database(&path);

    let (weather, report) = Weather::open(&path).expect("the upgrade");
    assert_eq!((report.from.as_deref(), report.to.as_deref()), (Some("0002.humidity"), Some("0003.greenhouse")));
    assert_eq!(weather.newest().expect("readings"), [from_the("Greenhouse", 21.0)]);

    let (_, report) = Weather::open(&path).expect("the same one");
    assert!(report.steps.is_empty());
}

#[test]
fn two_handles_that_are_opened_at_once_share_one_upgrade_and_what_is_recorded() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("weather.sqlite3");
    leave_old_database(&path);

    let open = || Weather::open(&path).expect("the database");
    let ((one, first), (other, second)) = std::thread::scope(|scope| {
        let opening = scope.spawn(open);
        (open(), opening.join().expect("the other one"))
    });
    assert_eq!(first.steps.len() + second.steps.len(), 1);

    let place_id = one.places().expect("places").iter().find(|place| place.name == "Roof").expect("a roof").id;
    one.record(&NewReading { place_id, temp_c: 5.0, humidity: None }).expect("a second reading");
    assert_eq!(other.newest().expect("readings"), [from_the("Roof", 5.0), from_the("Greenhouse", 21.0)]);
}

#[test]
fn a_page_is_told_what_failed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("weather.sqlite3");
    let (weather, _) = Weather::open(&path).expect("a new one");
    let nowhere = NewReading { place_id: 99, temp_c: 5.0, humidity: None };
    assert!(matches!(weather.record(&nowhere), Err(Failure::Query(_))));

    std::fs::write(folder.path().join("text"), "This is no database, however long one makes it.".repeat(20))
        .expect("a text");
    assert!(matches!(Weather::open(&folder.path().join("text")), Err(Failure::Wheatear(_))));
}
