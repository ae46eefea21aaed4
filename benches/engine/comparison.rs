use std::process::ExitCode;
use std::time::Duration;

/// Two things, measured in turns within one run, so that a busy machine is busy for both.
pub struct Comparison {
    what: String,
    ratio: f64,
    bound: Option<f64>,
}

impl Comparison {
    /// Compares the shortest times: everything else that a machine does only ever adds to them.
    ///
    /// Either side does something once and says how long it took.
    pub fn of(
        what: &str,
        rounds: usize,
        mut one: impl FnMut() -> Duration,
        mut other: impl FnMut() -> Duration,
    ) -> Self {
        let (mut one_best, mut other_best) = (one(), other());
        for _ in 0..rounds {
            one_best = one_best.min(one());
            other_best = other_best.min(other());
        }
        let ratio = one_best.as_secs_f64() / other_best.as_secs_f64();
        println!("{what}: {ratio:.2} ({one_best:.2?} to {other_best:.2?})");
        Self { what: what.to_owned(), ratio, bound: None }
    }

    /// The highest ratio that is right.
    pub fn within(self, bound: f64) -> Self {
        Self { bound: Some(bound), ..self }
    }
}

/// Prints the table, and fails if a bound is broken.
pub fn verdict(comparisons: &[Comparison]) -> ExitCode {
    println!("\n| what | ratio | bound |\n| --- | --- | --- |");
    for Comparison { what, ratio, bound } in comparisons {
        println!("| {what} | {ratio:.2} | {} |", bound.map_or(String::new(), |bound| bound.to_string()));
    }
    let mut code = ExitCode::SUCCESS;
    for Comparison { what, ratio, bound } in comparisons {
        if let Some(bound) = bound.filter(|bound| ratio > bound) {
            eprintln!("bound broken: {what}: {ratio:.3} is more than {bound}");
            code = ExitCode::FAILURE;
        }
    }
    code
}
