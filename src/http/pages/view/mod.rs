//! What each page shows, as plain values: one typed model per page beside its template in
//! web/templates, each with samples. A page decides nothing: whoever fills the model has decided.
//! Must not know: HTTP, the engine.

mod bank;
mod banks;
mod challenge;
mod code;
mod connect;
mod consent;
mod done;
mod ended;
mod frame;
mod left;
mod moment;
mod progress;
mod returned;
mod sign_in;
mod start;
mod waiting;

pub use bank::{AccountLine, Bank, accounts_in_words};
pub use banks::{BankLine, BanksPage};
pub use challenge::{ChallengePage, Prompt, Question};
pub use code::{CodeFault, CodePage, Texts};
pub use connect::ConnectPage;
pub use consent::{About, Cluster, ConsentPage, clusters};
pub use done::{DonePage, Receipt, SharedBank};
pub use ended::{CodeAgain, End, EndedPage};
pub use frame::{Frame, Knot, StepAt};
pub use left::LeftPage;
pub use moment::{Moment, days_in_words};
pub use progress::{BankBox, Live, Mark, Stand, Step, StepKind, Stopped};
pub use returned::ReturnedPage;
pub use sign_in::{FieldFault, SignInPage};
pub use start::StartPage;
pub use waiting::{WaitingBank, WaitingPage};

/// One hosted page.
pub trait Page: askama::Template + Sized {
    /// Its name: in the gallery, in tests, and as the answer's page in logs.
    const NAME: &'static str;

    /// What it can look like, made up: every page is rendered with every sample in the tests, and the
    /// gallery shows them. At least one.
    fn samples() -> Vec<Self>;
}
