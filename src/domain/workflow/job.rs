//! The names of the job's lifecycle, its bounds and its safety rules.

use super::{Bound, Names, Table, Workflow, names};
use crate::domain::time::Span;

/// The lifecycle of workflows/job.toml.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Job;

names! {
    /// Where a job can stand.
    State {
        /// Login id and password are being checked.
        Verifying = "verifying",
        /// A bank session is being tried.
        Refreshing = "refreshing",
        /// The institution asks the person for more.
        Challenged = "challenged",
        /// An answer is being checked.
        Answering = "answering",
        /// Signed in; accounts are read.
        RetrievingAccounts = "retrieving_accounts",
        /// Transactions are read.
        RetrievingTransactions = "retrieving_transactions",
        /// All was read.
        Success = "success",
        /// It ended without.
        Failed = "failed",
    }
}

names! {
    /// What can come to a job.
    Input {
        /// A bank session is there: nobody has to sign in.
        Refresh = "refresh",
        /// The institution let the person in.
        SignedIn = "signed_in",
        /// The institution wants to know more.
        Challenge = "challenge",
        /// The person answers.
        Answer = "answer",
        /// The answer was wrong.
        AnswerWrong = "answer_wrong",
        /// The accounts are stored.
        AccountsRead = "accounts_read",
        /// The transactions are stored.
        TransactionsRead = "transactions_read",
        /// The institution says no, or does not work.
        Fail = "fail",
        /// Nobody is at work on it any more: after a restart, say.
        Resume = "resume",
        /// The person discloses without it.
        LeaveOut = "leave_out",
        /// The link that led here was deleted or replaced.
        LinkOver = "link_over",
        /// The consent ended.
        ConsentOver = "consent_over",
    }
}

names! {
    /// What an arrow can ask.
    Guard {
        /// An active consent covers it.
        IsCovered = "is_covered",
        /// Always says no.
        Never = "never",
    }
}

names! {
    /// What an arrow can do.
    Action {
        /// Keep the bank session.
        KeepSession = "keep_session",
        /// Show the person what the institution asks.
        AskPerson = "ask_person",
        /// Hand the answer on.
        PassAnswer = "pass_answer",
        /// Count a wrong answer.
        CountWrong = "count_wrong",
        /// Show the accounts that were read.
        ShowAccounts = "show_accounts",
        /// Show the transactions that were read: all is done.
        Finish = "finish",
        /// Write down why it failed.
        Fail = "fail",
        /// Set somebody to work on it again.
        BeginAgain = "begin_again",
    }
}

names! {
    /// The numbers.
    Limit {
        /// How long it may last.
        Total = "total",
        /// How long an answer is waited for.
        Challenge = "challenge",
        /// How many of a user may be open at a time.
        OpenPerUser = "open_per_user",
    }
}

impl Workflow for Job {
    const NAME: &'static str = "job";
    const SOURCE: &'static str = include_str!("../../../workflows/job.toml");
    type State = State;
    type Input = Input;
    type Guard = Guard;
    type Action = Action;
    type Limit = Limit;

    fn bound(limit: Limit) -> Bound {
        match limit {
            Limit::Total => Bound::deadline(Span::seconds(1), Span::days(1)),
            Limit::Challenge => Bound::deadline(Span::seconds(1), Span::minutes(15)),
            Limit::OpenPerUser => Bound::Count { min: 1, max: 20 },
        }
    }

    fn safety(table: &Table<Self>) -> Vec<String> {
        let mut wrong = Vec::new();
        let reads = [State::RetrievingAccounts, State::RetrievingTransactions];
        for state in State::ALL.iter().copied() {
            for (what, arrow) in table.arrows(state).filter(|(_, arrow)| arrow.to != state) {
                let covered = arrow.guard.map(|(guard, _)| guard) == Some(Guard::IsCovered);
                if reads.contains(&arrow.to) && what != Input::SignedIn.name() && !covered {
                    wrong.push(format!(
                        "`{what}` begins to read without a sign-in or a consent that covers it"
                    ));
                }
                if arrow.to == State::Success && !covered {
                    wrong.push(format!("`{what}` ends well without a consent that covers it"));
                }
            }
            let ends = table.after(state, Limit::Total).is_some_and(|arrow| arrow.to == State::Failed);
            if !table.is_end(state) && !ends {
                wrong.push(format!("`{}` has no `after.total` that ends it", state.name()));
            }
        }
        wrong
    }
}
