//! What each page shows, as plain values: one typed model per page beside its template in
//! web/templates, each with samples. A page decides nothing: whoever fills the model has decided.
//! Must not know: HTTP, the engine.

mod accesses;
mod bank;
mod banks;
mod challenge;
mod check;
mod code;
mod connect;
mod consent;
mod done;
mod ended;
mod extend;
mod finished;
mod frame;
mod left;
mod manage;
mod moment;
mod notice;
mod phone;
mod progress;
mod renew;
mod returned;
mod sent;
mod sign_in;
mod start;
mod waiting;

pub use accesses::{AccessLine, AccessPart};
pub use bank::{AccountLine, Bank};
pub use banks::{BankLine, BanksPage};
pub use challenge::{ChallengePage, Prompt, Question};
pub use check::{CheckPage, GapBox};
pub use code::{CodeFault, CodePage, LastText, Texts};
pub use connect::ConnectPage;
pub use consent::{About, Changes, Cluster, ConsentPage, beyond, clusters};
pub use done::{DonePage, Receipt, Shared, SharedBank};
pub use ended::{CodeAgain, End, EndedPage, InUseUntil, NewLink};
pub use extend::ExtendPage;
pub use finished::{FinishedPage, NothingPage};
pub use frame::{Closes, Frame, FrameLogo, FrameLook, Knot, StepAt};
pub use left::LeftPage;
pub use manage::{EndedLine, ManagePage, ManagedBank, ReceiptPage, SharedNow, WithdrawPage};
pub use moment::Moment;
pub use notice::NoticePart;
pub use phone::{PhonePage, Square};
pub use progress::{BankBox, Found, Live, Mark, Pace, Stand, Step, StepKind, Stopped};
pub use renew::{LoginFault, RenewBank, RenewLoginPage, RenewPage};
pub use returned::ReturnedPage;
pub use sent::SentPage;
pub use sign_in::{FieldFault, SignInPage};
pub use start::StartPage;
pub use waiting::{WaitingBank, WaitingPage, WorkingBank};

use crate::http::pages::language::Reader;

/// One hosted page. Its model holds values; words come when it is rendered, in its reader's language.
pub trait Page: askama::Template + Sized {
    /// Its name: in the gallery, in tests, and as the answer's page in logs.
    const NAME: &'static str;

    /// What stands around it.
    fn frame(&mut self) -> &mut Frame;

    /// Turns it to who reads it. Until then it speaks the standard language.
    fn speak(&mut self, reader: &Reader) {
        self.frame().reader = reader.clone();
    }

    /// What it can look like, made up: every page is rendered with every sample in the tests, and the
    /// gallery shows them. At least one.
    fn samples() -> Vec<Self>;
}
