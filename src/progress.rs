use std::fmt;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use web_time::Instant;
use wheatear_core::StepOperation;

use crate::error::ApplyError;

/// What a run is doing now, as it tells the function given to
/// [`Migrator::on_progress`](crate::Migrator::on_progress).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress<'a> {
    /// A part of the run begins.
    Phase(Phase),
    /// A step of the plan begins.
    Step {
        /// What it does.
        operation: StepOperation,
        /// Id of the migration or hook.
        id: &'a str,
        /// Which step it is, counted from 1.
        number: usize,
        /// How many steps there are.
        count: usize,
    },
    /// A statement of a step begins.
    Statement {
        /// Id of the migration or hook.
        id: &'a str,
        /// Which statement of its file, counted from 1.
        statement: usize,
        /// Line in the file, counted from 1.
        line: usize,
    },
    /// A statement goes on. Told about twenty times a second.
    Working {
        /// Id of the migration or hook.
        id: &'a str,
        /// Which statement of its file, counted from 1.
        statement: usize,
        /// Time since the statement began.
        elapsed: Duration,
    },
}

/// The parts of a run, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// Waits for other connections that write, reads the ledger, plans.
    Planning,
    /// Runs the steps of the plan.
    Migrating,
    /// Checks foreign keys and the schema.
    Checking,
    /// Makes it durable.
    Committing,
}

impl Phase {
    /// The word for it, also on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planning => "planning",
            Self::Migrating => "migrating",
            Self::Checking => "checking",
            Self::Committing => "committing",
        }
    }
}

/// Hears what a run is doing, and may end it.
pub(crate) type Observer = Arc<dyn Fn(&Progress<'_>) -> ControlFlow<()> + Send + Sync>;

/// Time between two signs of life of one statement.
const PULSE: Duration = Duration::from_millis(50);

/// Instructions of SQLite's virtual machine between two looks at the clock: well under a millisecond,
/// and too many for the look to cost anything.
const INSTRUCTIONS_PER_LOOK: i32 = 10_000;

/// Passes on what a run is doing. Without an observer it costs nothing.
#[derive(Clone, Default)]
pub(crate) struct Reporter(Option<Arc<Watched>>);

struct Watched {
    observer: Observer,
    now: Mutex<Now>,
    /// What happens now cannot be undone, so it cannot be cancelled.
    is_final: AtomicBool,
}

/// The statement that runs.
struct Now {
    id: String,
    statement: usize,
    since: Instant,
    last_pulse: Instant,
}

impl Reporter {
    pub fn new(observer: Option<Observer>) -> Self {
        let start = Instant::now();
        let now = || Mutex::new(Now { id: String::new(), statement: 0, since: start, last_pulse: start });
        Self(observer.map(|observer| Arc::new(Watched { observer, now: now(), is_final: AtomicBool::new(false) })))
    }

    /// Lets SQLite call while a statement runs, until [`Reporter::detach`].
    pub fn attach(&self, connection: &mut Connection) -> rusqlite::Result<()> {
        let Some(watched) = self.0.as_ref().map(Arc::downgrade) else { return Ok(()) };
        // Weak, so that a handler left behind by a panic does nothing any more.
        let look = move || watched.upgrade().is_some_and(|watched| watched.pulse().is_break());
        connection.progress_handler(INSTRUCTIONS_PER_LOOK, Some(look))
    }

    /// From now on nothing can be cancelled, or again it can.
    pub fn set_final(&self, is_final: bool) {
        self.0.iter().for_each(|watched| watched.is_final.store(is_final, Ordering::Relaxed));
    }

    pub fn detach(&self, connection: &mut Connection) -> rusqlite::Result<()> {
        if self.0.is_none() {
            return Ok(());
        }
        connection.progress_handler(0, None::<fn() -> bool>)
    }

    pub fn phase(&self, phase: Phase) -> Result<(), ApplyError> {
        self.tell(&Progress::Phase(phase))
    }

    pub fn step(&self, operation: StepOperation, id: &str, number: usize, count: usize) -> Result<(), ApplyError> {
        self.tell(&Progress::Step { operation, id, number, count })
    }

    pub fn statement(&self, id: &str, statement: usize, line: usize) -> Result<(), ApplyError> {
        if let Some(watched) = &self.0 {
            let start = Instant::now();
            *watched.now() = Now { id: id.to_owned(), statement, since: start, last_pulse: start };
        }
        self.tell(&Progress::Statement { id, statement, line })
    }

    fn tell(&self, progress: &Progress<'_>) -> Result<(), ApplyError> {
        match &self.0 {
            Some(watched) if watched.tell(progress).is_break() => Err(ApplyError::Cancelled),
            _ => Ok(()),
        }
    }
}

impl Watched {
    fn tell(&self, progress: &Progress<'_>) -> ControlFlow<()> {
        let answer = (self.observer)(progress);
        if self.is_final.load(Ordering::Relaxed) { ControlFlow::Continue(()) } else { answer }
    }

    fn now(&self) -> std::sync::MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pulse(&self) -> ControlFlow<()> {
        let (id, statement, elapsed) = {
            let mut now = self.now();
            if now.last_pulse.elapsed() < PULSE {
                return ControlFlow::Continue(());
            }
            now.last_pulse = Instant::now();
            (now.id.clone(), now.statement, now.since.elapsed())
        };
        self.tell(&Progress::Working { id: &id, statement, elapsed })
    }
}

impl fmt::Debug for Reporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reporter").field(&self.0.is_some()).finish()
    }
}
