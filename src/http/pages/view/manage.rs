//! The person's own page: what is shared with whom, from where and until when; the page that asks whether
//! it should end; and the receipt of what has ended.

use super::{AccessPart, Bank, Frame, Moment, NoticePart, Page};
use crate::domain::time::UnixMillis;
use crate::http::pages::language::Names;
use askama::Template;

/// What you share.
#[derive(Debug, Template)]
#[template(path = "manage.html")]
pub struct ManagePage {
    /// What stands around it.
    pub frame: Frame,
    /// What is shared; absent when nothing is.
    pub now: Option<SharedNow>,
    /// What was agreed to, word for word.
    pub notice: Option<NoticePart>,
    /// Who read what of it.
    pub accesses: AccessPart,
    /// What ended before, the latest first.
    pub ended: Vec<EndedLine>,
    /// Something was ended there a moment ago.
    pub stopped: Option<Bank>,
    /// They may connect and sign in from here.
    pub may_connect: bool,
    /// They came for this page alone: it says when they are done.
    pub is_visit: bool,
    /// Binds the form to this browser.
    pub csrf: String,
}

/// What is shared.
#[derive(Debug)]
pub struct SharedNow {
    /// The purpose in a few words.
    pub purpose: String,
    /// What is shared.
    pub cluster_names: Vec<&'static str>,
    /// When it was agreed to.
    pub agreed: Moment,
    /// When it ends by itself.
    pub ends: Moment,
    /// The partner may keep a copy without names.
    pub retains_data: bool,
    /// Where it comes from.
    pub banks: Vec<ManagedBank>,
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedBank {
    /// Its name in addresses.
    pub connection: String,
    /// Where.
    pub bank: Bank,
    /// Its accounts, each with its name and the end of its number.
    pub accounts: Vec<(String, String)>,
    /// It was read last then.
    pub read: Option<Moment>,
    /// Nothing is read by it until its person signs in again.
    pub needs_sign_in: bool,
}

/// One consent that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedLine {
    /// Its name in addresses.
    pub id: String,
    /// When it ended.
    pub at: Moment,
    /// Its time was over; otherwise somebody ended it.
    pub ran_out: bool,
    /// What for.
    pub purpose: String,
}

/// Stop it?
#[derive(Debug, Template)]
#[template(path = "withdraw.html")]
pub struct WithdrawPage {
    /// What stands around it.
    pub frame: Frame,
    /// The one bank that it is about; all of it when absent.
    pub one: Option<Bank>,
    /// Where the form goes.
    pub action: String,
    /// Which consent was shown.
    pub consent: String,
    /// Where it comes from.
    pub banks: Names,
    /// The partner may keep a copy without names.
    pub retains_data: bool,
    /// Binds the form to this browser.
    pub csrf: String,
}

/// It has ended.
#[derive(Debug, Template)]
#[template(path = "receipt.html")]
pub struct ReceiptPage {
    /// What stands around it.
    pub frame: Frame,
    /// What people read out when they ask about it.
    pub number: String,
    /// What for.
    pub purpose: String,
    /// What was shared.
    pub cluster_names: Vec<&'static str>,
    /// When it was agreed to.
    pub agreed: Moment,
    /// When it ended.
    pub at: Moment,
    /// Its time was over; otherwise somebody ended it.
    pub ran_out: bool,
    /// The partner may keep a copy without names.
    pub retains_data: bool,
    /// They asked that this copy is deleted too.
    pub deletion_asked: bool,
    /// What was agreed to, word for word.
    pub notice: Option<NoticePart>,
}

const AT: UnixMillis = UnixMillis(1_795_857_240_000);
const PURPOSE: &str = "To see whether you can afford the loan you asked for";

fn names() -> Vec<&'static str> {
    vec!["Name, occupation, contact details", "Account balance and details", "Transaction details"]
}

impl Page for ManagePage {
    const NAME: &'static str = "manage";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let bank = |place: usize, accounts: &[(&str, &str)], needs_sign_in: bool| ManagedBank {
            connection: format!("00000000-0000-4000-8000-00000000000{place}"),
            bank: Bank::sample(place),
            accounts: accounts.iter().map(|(name, ending)| ((*name).into(), (*ending).into())).collect(),
            read: (!needs_sign_in).then(|| Moment::full(AT)),
            needs_sign_in,
        };
        let banks = [
            bank(0, &[("Everyday", "4417"), ("Holidays <3 & a name that is rather long", "4425")], false),
            bank(1, &[("Low Rate Card", "9031")], true),
            bank(2, &[], false),
        ];
        let line = |id: &str, ran_out| EndedLine {
            id: id.into(),
            at: Moment::full(AT),
            ran_out,
            purpose: PURPOSE.into(),
        };
        let sample = |banks: Option<&[ManagedBank]>, ended: &[EndedLine], is_visit, retains_data| {
            let frame = Frame::sample(None);
            Self {
                frame,
                now: banks.map(|banks| SharedNow {
                    purpose: PURPOSE.into(),
                    cluster_names: names(),
                    agreed: Moment::full(AT),
                    ends: Moment::date(AT),
                    retains_data,
                    banks: banks.to_vec(),
                }),
                accesses: AccessPart::sample(if is_visit { 3 } else { 0 }, false),
                notice: banks.filter(|_| is_visit).map(|_| NoticePart::sample("ar")),
                ended: ended.to_vec(),
                stopped: None,
                may_connect: banks.is_some(),
                is_visit,
                csrf: "sample".into(),
            }
        };
        let history = [line("a", false), line("b", true)];
        vec![
            sample(Some(&banks), &history, true, false),
            Self {
                stopped: Some(Bank::sample(3)),
                accesses: AccessPart::sample(30, true),
                ..sample(Some(&banks[..1]), &[], false, true)
            },
            sample(Some(&[]), &[], true, false),
            sample(None, &history, true, false),
            sample(None, &[], false, false),
        ]
    }
}

impl Page for WithdrawPage {
    const NAME: &'static str = "withdraw";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let sample = |one: Option<usize>, banks: &[&str], retains_data| {
            let frame = Frame::sample(None);
            Self {
                frame,
                one: one.map(Bank::sample),
                action: "/manage/withdraw".into(),
                consent: "sample".into(),
                banks: Names(banks.iter().map(|name| (*name).into()).collect()),
                retains_data,
                csrf: "sample".into(),
            }
        };
        vec![
            sample(None, &["Sandbox Bank", "Sandbox Savings"], true),
            sample(None, &[], false),
            sample(Some(0), &[], false),
            sample(Some(1), &[], true),
        ]
    }
}

impl Page for ReceiptPage {
    const NAME: &'static str = "receipt";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let sample = |ran_out, retains_data, deletion_asked| {
            let frame = Frame::sample(None);
            Self {
                frame,
                number: "4F6C-1D2E".into(),
                purpose: PURPOSE.into(),
                cluster_names: names(),
                agreed: Moment::full(AT),
                at: Moment::full(AT),
                ran_out,
                retains_data,
                deletion_asked,
                notice: retains_data.then(|| NoticePart::sample("en-AU")),
            }
        };
        vec![
            sample(false, false, false),
            sample(false, true, true),
            sample(false, true, false),
            sample(true, false, false),
        ]
    }
}
