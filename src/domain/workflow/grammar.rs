//! Reads a workflow file into plain rows, each with its line. Knows the grammar and nothing of any
//! lifecycle: `initial`, `[limits]`, `[state.X]` with `on.INPUT`, `after.LIMIT`, `end`, `rest`.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What is wrong with a workflow, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct Fault {
    /// `workflows/auth_link.toml:12`, or the operator's own setting.
    pub place: String,
    /// What is wrong.
    pub reason: String,
}

impl Fault {
    /// A fault in the operator's limits of one workflow.
    pub fn of_limits(workflow: &str, reason: String) -> Self {
        Self { place: format!("[workflow.{workflow}]"), reason }
    }
}

/// A word and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As written.
    pub text: String,
    /// Counted from 1.
    pub line: usize,
}

/// A whole file as rows.
#[derive(Debug, Default)]
pub struct File {
    /// `initial`.
    pub initial: Option<Word>,
    /// `[limits]`, in order.
    pub limits: Vec<(Word, toml::Value)>,
    /// `[state.X]`, in order.
    pub states: Vec<RawState>,
}

/// One `[state.X]`.
#[derive(Debug)]
pub struct RawState {
    /// Its name.
    pub name: Word,
    /// `end = true`.
    pub is_end: bool,
    /// `rest = true`.
    pub may_rest: bool,
    /// `on.INPUT`.
    pub on: Vec<(Word, RawArrow)>,
    /// `after.LIMIT`.
    pub after: Vec<(Word, RawArrow)>,
}

/// One arrow.
#[derive(Debug, Default)]
pub struct RawArrow {
    /// `to`.
    pub to: Option<Word>,
    /// `stay = true`.
    pub stay: bool,
    /// `if`.
    pub guard: Option<Word>,
    /// `do`.
    pub action: Option<Word>,
    /// `else`.
    pub otherwise: Option<Word>,
}

/// Reads a file.
pub struct Reader<'a> {
    name: &'a str,
    source: &'a str,
    /// What was wrong.
    pub faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    /// A reader of the workflow `name`.
    pub fn new(name: &'a str, source: &'a str) -> Self {
        Self { name, source, faults: Vec::new() }
    }

    /// Notes a fault on a line.
    pub fn fault(&mut self, line: usize, reason: impl Into<String>) {
        let place = format!("workflows/{}.toml:{line}", self.name);
        self.faults.push(Fault { place, reason: reason.into() });
    }

    fn line_of(&self, offset: usize) -> usize {
        1 + self.source.bytes().take(offset).filter(|byte| *byte == b'\n').count()
    }

    /// Reads the whole file; faults pile up in [`Reader::faults`]. `None` when it is not TOML: then
    /// there is nothing else to say about it.
    pub fn read(&mut self) -> Option<File> {
        let mut file = File::default();
        let parsed = DeTable::parse(self.source);
        let table = match parsed {
            Ok(table) => table.into_inner(),
            Err(error) => {
                let line = error.span().map_or(1, |span| self.line_of(span.start));
                self.fault(line, error.message().to_owned());
                return None;
            }
        };
        for (key, value) in &table {
            let line = self.line_of(key.span().start);
            match key.get_ref().as_ref() {
                "initial" => file.initial = self.word(value, line),
                "limits" => self.limits(value, &mut file),
                "state" => self.states(value, &mut file),
                other => self.fault(line, format!("`{other}` is not part of the grammar")),
            }
        }
        file.states.sort_by_key(|state| state.name.line);
        file.limits.sort_by_key(|(name, _)| name.line);
        Some(file)
    }

    fn word(&mut self, value: &Spanned<DeValue<'_>>, line: usize) -> Option<Word> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.fault(line, "wants a name in quotes");
        }
        text.map(|text| Word { text, line })
    }

    fn limits(&mut self, value: &Spanned<DeValue<'_>>, file: &mut File) {
        let line = self.line_of(value.span().start);
        let Some(table) = value.get_ref().as_table() else {
            return self.fault(line, "`limits` wants a table");
        };
        for (key, value) in table {
            let name = Word { text: key.get_ref().to_string(), line: self.line_of(key.span().start) };
            match plain(value.get_ref()) {
                Some(value) => file.limits.push((name, value)),
                None => self.fault(name.line, "a limit is a duration, a whole number or a list of durations"),
            }
        }
    }

    fn states(&mut self, value: &Spanned<DeValue<'_>>, file: &mut File) {
        let line = self.line_of(value.span().start);
        let Some(table) = value.get_ref().as_table() else { return self.fault(line, "`state` wants tables") };
        for (key, value) in table {
            let name = Word { text: key.get_ref().to_string(), line: self.line_of(key.span().start) };
            let line = name.line;
            let Some(members) = value.get_ref().as_table() else {
                self.fault(line, "a state wants a table");
                continue;
            };
            let mut state =
                RawState { name, is_end: false, may_rest: false, on: Vec::new(), after: Vec::new() };
            for (key, value) in members {
                self.member(key, value, &mut state);
            }
            file.states.push(state);
        }
    }

    fn member(
        &mut self,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
        state: &mut RawState,
    ) {
        let line = self.line_of(key.span().start);
        match key.get_ref().as_ref() {
            "end" => state.is_end = self.is_true(value, line),
            "rest" => state.may_rest = self.is_true(value, line),
            "on" => state.on = self.arrows(value, line),
            "after" => state.after = self.arrows(value, line),
            other => self.fault(line, format!("`{other}` is not part of the grammar of a state")),
        }
    }

    fn is_true(&mut self, value: &Spanned<DeValue<'_>>, line: usize) -> bool {
        let is_true = value.get_ref().as_bool() == Some(true);
        if !is_true {
            self.fault(line, "can only be `true`");
        }
        is_true
    }

    fn arrows(&mut self, value: &Spanned<DeValue<'_>>, line: usize) -> Vec<(Word, RawArrow)> {
        let Some(table) = value.get_ref().as_table() else {
            self.fault(line, "wants arrows");
            return Vec::new();
        };
        let mut arrows = Vec::new();
        for (key, value) in table {
            let name = Word { text: key.get_ref().to_string(), line: self.line_of(key.span().start) };
            match value.get_ref().as_table() {
                Some(members) => {
                    let arrow = self.arrow(members, name.line);
                    arrows.push((name, arrow));
                }
                None => self.fault(name.line, "an arrow is a table such as { to = \"…\" }"),
            }
        }
        arrows.sort_by_key(|(name, _)| name.line);
        arrows
    }

    fn arrow(&mut self, members: &DeTable<'_>, line: usize) -> RawArrow {
        let mut arrow = RawArrow::default();
        for (key, value) in members {
            match key.get_ref().as_ref() {
                "to" => arrow.to = self.word(value, line),
                "stay" => arrow.stay = self.is_true(value, line),
                "if" => arrow.guard = self.word(value, line),
                "do" => arrow.action = self.word(value, line),
                "else" => arrow.otherwise = self.word(value, line),
                other => self.fault(line, format!("`{other}` is not part of the grammar of an arrow")),
            }
        }
        arrow
    }
}

/// The values that a limit may have, out of the parser's own.
fn plain(value: &DeValue<'_>) -> Option<toml::Value> {
    match value {
        DeValue::String(text) => Some(toml::Value::String(text.to_string())),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).ok().map(toml::Value::Integer)
        }
        DeValue::Array(list) => {
            list.iter().map(|one| plain(one.get_ref())).collect::<Option<Vec<_>>>().map(toml::Value::Array)
        }
        _ => None,
    }
}
