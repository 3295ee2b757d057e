//! Medians with their spread, as a table for people or one JSON line for programs.

use super::workload::{Plan, Run};
use super::{BenchOptions, Workload};
use serde::Serialize;
use std::fmt::Write;

/// A probe below this many syncs a second makes a run void: the disk was not ours.
pub const PROBE_PER_SECOND_MIN: f64 = 3000.0;

/// Everything that was measured.
#[derive(Debug)]
pub struct Report {
    users: usize,
    seconds: u64,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    plan: Plan,
    per_second: Vec<f64>,
    p50_micros: Vec<f64>,
    p99_micros: Vec<f64>,
    probes: Vec<f64>,
    refused: u64,
}

/// A median with the smallest and largest it was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    median: f64,
    min: f64,
    max: f64,
}

#[derive(Serialize)]
struct Line {
    workload: String,
    connections: usize,
    users: usize,
    seconds: u64,
    repeats: usize,
    per_second: Spread,
    p50_micros: Spread,
    p99_micros: Spread,
    fdatasyncs_per_second: Spread,
    per_fdatasync: f64,
    refused: u64,
    void: bool,
}

fn spread(values: &[f64]) -> Spread {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |index: usize| sorted.get(index).copied().unwrap_or_default();
    let middle = sorted.len() / 2;
    let median = if sorted.len() % 2 == 1 {
        at(middle)
    } else {
        f64::midpoint(at(middle.saturating_sub(1)), at(middle))
    };
    Spread { median, min: at(0), max: at(sorted.len().saturating_sub(1)) }
}

impl Report {
    /// An empty report.
    pub fn new(options: &BenchOptions) -> Self {
        Self { users: options.users, seconds: options.seconds, rows: Vec::new() }
    }

    /// Adds one run with the probe that was taken just before it.
    pub fn add(&mut self, plan: Plan, run: Run, probe: f64) {
        let at = |quantile: f64| {
            let micros = run.latencies.value_at_quantile(quantile);
            f64::from(u32::try_from(micros).unwrap_or(u32::MAX))
        };
        let (p50, p99) = (at(0.5), at(0.99));
        let known = self.rows.iter_mut().position(|row| row.plan == plan);
        let index = known.unwrap_or_else(|| {
            let (per_second, p50_micros, p99_micros, probes) = (vec![], vec![], vec![], vec![]);
            self.rows.push(Row { plan, per_second, p50_micros, p99_micros, probes, refused: 0 });
            self.rows.len() - 1
        });
        if let Some(row) = self.rows.get_mut(index) {
            row.per_second.push(run.per_second);
            row.p50_micros.push(p50);
            row.p99_micros.push(p99);
            row.probes.push(probe);
            row.refused += run.refused;
        }
    }

    fn lines(&self) -> impl Iterator<Item = Line> + '_ {
        self.rows.iter().map(|row| {
            let (per_second, probe) = (spread(&row.per_second), spread(&row.probes));
            Line {
                workload: row.plan.workload.to_string(),
                connections: row.plan.connections,
                users: self.users,
                seconds: self.seconds,
                repeats: row.per_second.len(),
                per_second,
                p50_micros: spread(&row.p50_micros),
                p99_micros: spread(&row.p99_micros),
                fdatasyncs_per_second: probe,
                per_fdatasync: if probe.median > 0.0 { per_second.median / probe.median } else { 0.0 },
                refused: row.refused,
                // Reads wait for no disk.
                void: row.plan.workload != Workload::Read && probe.median < PROBE_PER_SECOND_MIN,
            }
        })
    }

    /// One JSON line.
    pub fn json(&self) -> String {
        serde_json::to_string(&self.lines().collect::<Vec<_>>()).unwrap_or_default()
    }

    /// A table for people.
    pub fn table(&self) -> String {
        let mut out = String::from(
            "workload  conns     per second [min–max]   p50 ms   p99 ms   fdatasync/s   ÷ fdatasync   refused\n",
        );
        for line in self.lines() {
            let Spread { median, min, max } = line.per_second;
            let range = format!("{median:.0} [{min:.0}–{max:.0}]");
            // Writing to a string cannot fail.
            let _ = writeln!(
                out,
                "{:<8} {:>6} {range:>24} {:>8.2} {:>8.2} {:>13.0} {:>13.2} {:>9}{}",
                line.workload,
                line.connections,
                line.p50_micros.median / 1000.0,
                line.p99_micros.median / 1000.0,
                line.fdatasyncs_per_second.median,
                line.per_fdatasync,
                line.refused,
                if line.void { "   void: the disk was busy" } else { "" },
            );
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_the_middle_one_or_between_the_two() {
        assert_eq!(spread(&[3.0, 1.0, 2.0]), Spread { median: 2.0, min: 1.0, max: 3.0 });
        assert_eq!(spread(&[4.0, 1.0, 2.0, 3.0]), Spread { median: 2.5, min: 1.0, max: 4.0 });
        assert_eq!(spread(&[]), Spread { median: 0.0, min: 0.0, max: 0.0 });
    }
}
