//! Checks a file against the names of its lifecycle and makes the dense table. Refuses the whole file
//! for any fault, and names all faults at once.

use super::grammar::{Fault, File, RawArrow, RawState, Reader, Word};
use super::limits::{Overrides, Value};
use super::{Arrow, Names, Refusal, Step, Workflow};
use crate::domain::time::Span;

/// A compiled lifecycle.
#[derive(Debug, Clone)]
pub struct Table<W: Workflow> {
    initial: W::State,
    is_end: Vec<bool>,
    may_rest: Vec<bool>,
    on: Vec<Option<Arrow<W>>>,
    after: Vec<Option<Arrow<W>>>,
    limits: Vec<Value>,
}

impl<W: Workflow> Table<W> {
    /// The embedded file with the operator's limits.
    ///
    /// # Errors
    /// Every fault there is.
    pub fn embedded(overrides: &Overrides) -> Result<Self, Vec<Fault>> {
        Self::compile(W::SOURCE, overrides)
    }

    /// Compiles a file.
    ///
    /// # Errors
    /// Every fault there is.
    pub fn compile(source: &str, overrides: &Overrides) -> Result<Self, Vec<Fault>> {
        let mut reader = Reader::new(W::NAME, source);
        let Some(file) = reader.read() else { return Err(reader.faults) };
        let mut compiler = Compiler::<W> { reader, table: Self::empty() };
        compiler.fill(&file, overrides);
        let Compiler { reader, table } = compiler;
        if reader.faults.is_empty() { Ok(table) } else { Err(reader.faults) }
    }

    fn empty() -> Self {
        let states = W::State::ALL.len();
        Self {
            initial: W::State::ALL[0],
            is_end: vec![false; states],
            may_rest: vec![false; states],
            on: vec![None; states * W::Input::ALL.len()],
            after: vec![None; states * W::Limit::ALL.len()],
            limits: W::Limit::ALL.iter().map(|_| Value::Count(0)).collect(),
        }
    }

    /// Where it begins.
    pub fn initial(&self) -> W::State {
        self.initial
    }

    /// Whether nothing leads on from here.
    pub fn is_end(&self, state: W::State) -> bool {
        self.is_end[state.index()]
    }

    /// Whether it may stay here for ever.
    pub fn may_rest(&self, state: W::State) -> bool {
        self.may_rest[state.index()]
    }

    /// The arrow for an input; `None` in end states alone.
    pub fn on(&self, state: W::State, input: W::Input) -> Option<Arrow<W>> {
        self.on[state.index() * W::Input::ALL.len() + input.index()]
    }

    /// The arrow for a limit that falls due, if it means something here.
    pub fn after(&self, state: W::State, limit: W::Limit) -> Option<Arrow<W>> {
        self.after[state.index() * W::Limit::ALL.len() + limit.index()]
    }

    /// Every arrow out of a state, by the name of its input or limit: inputs first.
    pub fn arrows(&self, state: W::State) -> impl Iterator<Item = (&'static str, Arrow<W>)> + '_ {
        let on = W::Input::ALL.iter().filter_map(move |one| Some((one.name(), self.on(state, *one)?)));
        let after = W::Limit::ALL.iter().filter_map(move |one| Some((one.name(), self.after(state, *one)?)));
        on.chain(after)
    }

    /// Takes the arrow for an input, asking its guard.
    pub fn step(&self, state: W::State, input: W::Input, guard: impl FnMut(W::Guard) -> bool) -> Step<W> {
        match self.on(state, input) {
            Some(arrow) => take(arrow, guard),
            None => Step::Ended,
        }
    }

    /// Takes the arrow for a limit that fell due.
    pub fn fall_due(&self, state: W::State, limit: W::Limit, guard: impl FnMut(W::Guard) -> bool) -> Step<W> {
        match self.after(state, limit) {
            Some(arrow) => take(arrow, guard),
            None => Step::Ignored,
        }
    }

    /// A limit's value.
    pub fn value(&self, limit: W::Limit) -> &Value {
        &self.limits[limit.index()]
    }

    /// A limit that is a duration; zero for one that is not.
    pub fn span(&self, limit: W::Limit) -> Span {
        match self.value(limit) {
            Value::Span(span) => *span,
            Value::Count(_) | Value::Spans(_) => Span(0),
        }
    }

    /// A limit that is a number; zero for one that is not.
    pub fn count(&self, limit: W::Limit) -> u32 {
        match self.value(limit) {
            Value::Count(count) => *count,
            Value::Span(_) | Value::Spans(_) => 0,
        }
    }

    /// A limit that is a list of durations; empty for one that is not.
    pub fn spans(&self, limit: W::Limit) -> &[Span] {
        match self.value(limit) {
            Value::Spans(spans) => spans,
            Value::Span(_) | Value::Count(_) => &[],
        }
    }
}

fn take<W: Workflow>(arrow: Arrow<W>, mut guard: impl FnMut(W::Guard) -> bool) -> Step<W> {
    match arrow.guard {
        Some((asked, refusal)) if !guard(asked) => Step::Refused(refusal),
        _ => Step::Moved { to: arrow.to, action: arrow.action },
    }
}

struct Compiler<'a, W: Workflow> {
    reader: Reader<'a>,
    table: Table<W>,
}

impl<W: Workflow> Compiler<'_, W> {
    fn fill(&mut self, file: &File, overrides: &Overrides) {
        match &file.initial {
            Some(word) => {
                if let Some(state) = self.name::<W::State>(word, "state") {
                    self.table.initial = state;
                }
            }
            None => self.reader.fault(1, "`initial` is missing"),
        }
        self.fill_limits(file, overrides);
        for raw in &file.states {
            self.fill_state(raw);
        }
        for state in W::State::ALL {
            if !file.states.iter().any(|raw| raw.name.text == state.name()) {
                self.reader.fault(1, format!("state `{}` is missing", state.name()));
            }
        }
        // The rules below look at arrows as a whole; with holes in them they would only repeat faults.
        if self.reader.faults.is_empty() {
            self.check_reach(file);
            for reason in W::safety(&self.table) {
                self.reader.fault(1, reason);
            }
        }
    }

    fn name<N: Names>(&mut self, word: &Word, what: &str) -> Option<N> {
        let found = N::parse(&word.text);
        if found.is_none() {
            self.reader.fault(word.line, format!("there is no {what} `{}`", word.text));
        }
        found
    }

    fn fill_limits(&mut self, file: &File, overrides: &Overrides) {
        for (name, value) in &file.limits {
            let Some(limit) = self.name::<W::Limit>(name, "limit") else { continue };
            match W::bound(limit).read(value) {
                Ok(value) => self.table.limits[limit.index()] = value,
                Err(reason) => self.reader.fault(name.line, format!("limit `{}` {reason}", name.text)),
            }
        }
        for limit in W::Limit::ALL {
            if !file.limits.iter().any(|(name, _)| name.text == limit.name()) {
                self.reader.fault(1, format!("limit `{}` is missing", limit.name()));
            }
        }
        for (name, value) in overrides {
            let read = W::Limit::parse(name).ok_or_else(|| format!("there is no limit `{name}`")).and_then(
                |limit| match W::bound(limit).read(value) {
                    Ok(value) => Ok((limit, value)),
                    Err(reason) => Err(format!("limit `{name}` {reason}")),
                },
            );
            match read {
                Ok((limit, value)) => self.table.limits[limit.index()] = value,
                Err(reason) => self.reader.faults.push(Fault::of_limits(W::NAME, reason)),
            }
        }
    }

    fn fill_state(&mut self, raw: &RawState) {
        let Some(state) = self.name::<W::State>(&raw.name, "state") else { return };
        self.table.is_end[state.index()] = raw.is_end;
        self.table.may_rest[state.index()] = raw.may_rest;
        if raw.is_end {
            if !raw.on.is_empty() || !raw.after.is_empty() || raw.may_rest {
                self.reader.fault(raw.name.line, format!("end state `{}` has a way out", raw.name.text));
            }
            return;
        }
        for (word, arrow) in &raw.on {
            let Some(input) = self.name::<W::Input>(word, "input") else { continue };
            let arrow = self.arrow(state, word.line, arrow);
            self.table.on[state.index() * W::Input::ALL.len() + input.index()] = arrow;
        }
        for (word, arrow) in &raw.after {
            let Some(limit) = self.name::<W::Limit>(word, "limit") else { continue };
            if !W::bound(limit).is_deadline() {
                self.reader.fault(word.line, format!("limit `{}` is not a deadline", word.text));
            }
            let arrow = self.arrow(state, word.line, arrow);
            self.table.after[state.index() * W::Limit::ALL.len() + limit.index()] = arrow;
        }
        for input in W::Input::ALL {
            if !raw.on.iter().any(|(word, _)| word.text == input.name()) {
                let (state, input) = (&raw.name.text, input.name());
                self.reader.fault(raw.name.line, format!("state `{state}` has no answer for `{input}`"));
            }
        }
        // One that it stays after is no way out.
        if raw.after.iter().all(|(_, arrow)| arrow.stay) && !raw.may_rest {
            let reason =
                format!("state `{}` waits without a deadline and is not marked `rest`", raw.name.text);
            self.reader.fault(raw.name.line, reason);
        }
    }

    fn arrow(&mut self, from: W::State, line: usize, raw: &RawArrow) -> Option<Arrow<W>> {
        let to = match (&raw.to, raw.stay) {
            (Some(word), false) => self.name::<W::State>(word, "state"),
            (None, true) => Some(from),
            _ => {
                self.reader.fault(line, "an arrow wants either `to` or `stay = true`");
                None
            }
        };
        let guard = match (&raw.guard, &raw.otherwise) {
            (Some(guard), Some(otherwise)) => {
                let guard = self.name::<W::Guard>(guard, "guard");
                guard.zip(self.name::<Refusal>(otherwise, "error code"))
            }
            (Some(_), None) => {
                self.reader.fault(line, "`if` wants an `else` with an error code");
                None
            }
            (None, Some(_)) => {
                self.reader.fault(line, "`else` wants an `if`");
                None
            }
            (None, None) => None,
        };
        let action = raw.action.as_ref().and_then(|word| self.name::<W::Action>(word, "action"));
        to.map(|to| Arrow { to, guard, action })
    }

    fn check_reach(&mut self, file: &File) {
        let mut reached = vec![false; W::State::ALL.len()];
        let mut open = vec![self.table.initial];
        while let Some(state) = open.pop() {
            if std::mem::replace(&mut reached[state.index()], true) {
                continue;
            }
            open.extend(self.table.arrows(state).map(|(_, arrow)| arrow.to));
        }
        for raw in &file.states {
            let state = W::State::parse(&raw.name.text);
            if state.is_some_and(|state| !reached[state.index()]) {
                self.reader.fault(raw.name.line, format!("state `{}` cannot be reached", raw.name.text));
            }
        }
    }
}
