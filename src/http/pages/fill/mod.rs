//! Fills the models of pages from what the engine answered and from the partner's policy. Must not
//! know: requests, which page it is (pick), how it looks.

pub mod banks;
pub mod errands;
pub mod facts;
pub mod manage;
#[cfg(test)]
mod tests;

use self::banks::{live, return_url, shared};
use self::facts::BankFacts;
use super::browser::Said;
use super::view::{
    Changes, Closes, CodeFault, CodePage, ConnectPage, ConsentPage, DonePage, End, EndedPage, Frame,
    FrameLook, InUseUntil, LastText, LeftPage, Moment, NewLink, PhonePage, Receipt, SentPage, Square,
    StartPage, StepAt, Texts, beyond, clusters,
};
use crate::domain::application::{Application, Policy};
use crate::domain::auth_link::PublicId;
use crate::domain::command::{LinkFace, SessionView};
use crate::domain::consent::{Consent, duration};
use crate::domain::consent_session::Origin;
use crate::domain::id::JobId;
use crate::domain::time::{Span, UnixMillis};
use crate::engine::house::House;
use crate::http::pages::language::{Names, Reader};

const DAY_MILLIS: u64 = 86_400_000;

/// The link that a page is about, as its address has it.
pub struct LinkPlace<'a> {
    /// Its secret.
    pub id: PublicId,
    /// Its own query with the `?`, or empty.
    pub query: &'a str,
    /// Binds its forms.
    pub csrf: String,
}

fn frame(application: Option<&Application>, mobile_ending: Option<&String>, step: Option<StepAt>) -> Frame {
    // From the pages about banks a form can lead on to the partner.
    let leads_on = step == Some(StepAt::Banks);
    let frame = Frame {
        partner: application.map(|one| one.brand().to_owned()),
        mobile_ending: mobile_ending.cloned(),
        step,
        reader: Reader::default(),
        look: application.map(|one| FrameLook::of(one.id, &one.look)).unwrap_or_default(),
        closes: None,
        is_visit: false,
    };
    if leads_on { leading_on(frame, application) } else { frame }
}

/// The frame of a session's page, which says when it closes by itself.
fn inside(application: Option<&Application>, view: &SessionView, step: Option<StepAt>) -> Frame {
    let at = view.idle_at.min(view.total_at);
    let seconds = at.since(view.now).seconds_up();
    let closes = Closes { at: Moment::clock(at), seconds, is_last: view.total_at <= view.idle_at };
    let frame = frame(application, view.mobile_ending.as_ref(), step);
    let is_visit = view.origin == Origin::ClientToken;
    Frame { closes: view.ended.is_none().then_some(closes), is_visit, ..frame }
}

/// A form of that page may lead straight back to the partner: where they want that, browsers let it.
fn leading_on(mut frame: Frame, application: Option<&Application>) -> Frame {
    frame.look.leads_to = application.and_then(straight_back).and_then(origin);
    frame
}

/// Where whoever is done goes at once, when the partner wants that.
fn straight_back(application: &Application) -> Option<&str> {
    application.redirect_url.as_deref().filter(|_| application.look.flow.skips_success)
}

/// Scheme, host and port.
fn origin(url: &str) -> Option<String> {
    let uri: http::Uri = url.parse().ok()?;
    Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?))
}

/// The way straight back with the jobs of this session, when the partner wants that.
pub fn way_straight_back(house: &House, view: &SessionView, jobs: &[JobId]) -> Option<String> {
    let application = house.application(view.application)?;
    straight_back(&application)?;
    return_url(Some(&application), view, jobs)
}

/// The start page.
pub fn start(house: &House, face: &LinkFace, place: LinkPlace<'_>) -> StartPage {
    let application = house.application(face.application);
    let application = application.as_deref();
    StartPage {
        frame: frame(application, face.mobile_ending.as_ref(), Some(StepAt::Confirm)),
        mobile_ending: face.mobile_ending.clone().unwrap_or_default(),
        purpose: application.and_then(Application::policy).map(|policy| policy.purpose_title.clone()),
        works_until: Moment::full(face.expires),
        code_is_alive: face.code.is_some(),
        texts_are_left: face.sends_left > 0,
        path: format!("/{}", place.id.reveal()),
        query: place.query.to_owned(),
        csrf: place.csrf,
    }
}

/// The page for a phone's camera; none when the address fits in no square.
pub fn phone(house: &House, face: &LinkFace, place: LinkPlace<'_>, address: &str) -> Option<PhonePage> {
    let application = house.application(face.application);
    Some(PhonePage {
        frame: frame(application.as_deref(), face.mobile_ending.as_ref(), Some(StepAt::Confirm)),
        square: Square::of(address)?,
        back: format!("/{}{}", place.id.reveal(), place.query),
    })
}

/// The code page. What it says to the last press is said for as long as it is so.
pub fn code(house: &House, face: &LinkFace, place: LinkPlace<'_>, said: Said) -> CodePage {
    let application = house.application(face.application);
    let application = application.as_deref();
    let wait = face.code.map_or(Span(0), |code| code.next_send_at.since(face.now));
    let texts = match face.code {
        _ if face.sends_left == 0 => Texts::Never,
        Some(code) if wait > Span(0) => {
            Texts::After { seconds: wait.seconds_up(), at: Moment::clock(code.next_send_at) }
        }
        _ => Texts::Now,
    };
    CodePage {
        frame: frame(application, face.mobile_ending.as_ref(), Some(StepAt::Confirm)),
        mobile_ending: face.mobile_ending.clone().unwrap_or_default(),
        code_until: face.code.map(|code| Moment::clock(code.expires)),
        was_refused: face.was_refused,
        fault: match (said, face.code) {
            (Said::Wrong, Some(code)) => Some(CodeFault::Wrong { tries_left: code.tries_left }),
            (Said::Malformed, _) => Some(CodeFault::Malformed),
            (Said::Late, None) => Some(CodeFault::Late),
            (Said::NoCookie, _) => Some(CodeFault::NoCookie),
            _ => None,
        },
        text: match (said, texts, face.code) {
            (Said::TooEarly, Texts::After { at, .. }, Some(code)) => {
                Some(LastText::NotAgain { sent: Moment::clock(code.sent_at), at })
            }
            (_, _, Some(code)) if code.is_second => Some(LastText::New { sent: Moment::clock(code.sent_at) }),
            _ => None,
        },
        texts,
        path: format!("/{}", place.id.reveal()),
        query: place.query.to_owned(),
        csrf: place.csrf,
    }
}

/// A dead end of a link.
pub fn link_ended(house: &House, face: &LinkFace, end: End, place: LinkPlace<'_>) -> EndedPage {
    let application = house.application(face.application);
    let application = application.as_deref();
    let when = if end == End::Expired { Some(face.expires) } else { face.ended };
    let again = format!("/{}/again{}", place.id.reveal(), place.query);
    let is_reissued = application.is_some_and(|one| one.look.flow.reissues_links);
    let until = face.session.closes.filter(|_| end == End::InUse);
    EndedPage {
        frame: frame(application, face.mobile_ending.as_ref(), None),
        end,
        when: when.map(Moment::full),
        is_own_browser: face.session.is_own,
        way_back: application.and_then(|one| one.redirect_url.clone()),
        code_again: None,
        new_link: new_link(application, face.mobile_ending.as_ref(), end, (again, place.csrf)),
        has_consent: Some(face.has_consent),
        in_use_until: until.map(|at| InUseUntil { at: Moment::clock(at), is_reissued }),
    }
}

/// The way to a new link, where the partner lets people ask for one. The digits are those of the link that is
/// over, which its holder has seen on it: whether they still count is not said.
fn new_link(
    application: Option<&Application>,
    mobile_ending: Option<&String>,
    end: End,
    (action, csrf): (String, String),
) -> Option<NewLink> {
    let partner = application.filter(|one| one.look.flow.reissues_links)?;
    let (partner, mobile_ending) = (partner.id.to_string(), mobile_ending.cloned());
    end.may_be_followed_by_a_link().then_some(NewLink { action, csrf, partner, mobile_ending })
}

/// The page behind a press for a new link.
pub fn sent(application: Option<&Application>) -> SentPage {
    let way_back = application.and_then(|one| one.redirect_url.clone());
    SentPage { frame: frame(application, None, None), way_back }
}

/// A dead end of a session, or on its way; `csrf` binds a form to its browser, where it may lead on.
pub fn session_ended(house: &House, view: &SessionView, end: End, csrf: Option<String>) -> EndedPage {
    let application = house.application(view.application);
    let application = application.as_deref();
    // Whoever came by a token of the partner's goes back to the partner for another one.
    let csrf = csrf.filter(|_| view.origin != Origin::ClientToken);
    let way = csrf.map(|csrf| ("/again".to_owned(), csrf));
    EndedPage {
        frame: inside(application, view, None),
        end,
        when: view.ended.map(Moment::full),
        is_own_browser: true,
        way_back: view.ended.and_then(|_| return_url(application, view, &[])),
        code_again: None,
        new_link: way.and_then(|way| new_link(application, view.mobile_ending.as_ref(), end, way)),
        has_consent: Some(view.consent.is_some()),
        in_use_until: None,
    }
}

/// The page that asks, as it is, or was, shown at that instant; none when the partner has no policy.
pub fn consent(house: &House, view: &SessionView, shown: UnixMillis, csrf: String) -> Option<ConsentPage> {
    let application = house.application(view.application)?;
    let policy = application.policy()?;
    let lasts = duration(policy, &house.workflows.consent);
    let days = u32::try_from(lasts.0 / DAY_MILLIS).unwrap_or(policy.duration_days);
    let back = Span::days(u64::from(policy.retrieval_days));
    Some(ConsentPage {
        frame: inside(Some(&application), view, Some(StepAt::Agree)),
        purpose: policy.purpose_title.clone(),
        purpose_sentence: policy.purpose_description.clone(),
        earlier_until: view.consent.as_ref().map(|earlier| Moment::date(earlier.expires)),
        changes: view
            .consent
            .as_ref()
            .map(|earlier| changes(&application, earlier, policy))
            .unwrap_or_default(),
        clusters: clusters(&policy.permissions),
        reaches_back_to: Moment::date(shown.minus(back)),
        reach_days: policy.retrieval_days,
        ends: Moment::date(shown.plus(lasts)),
        duration_days: days,
        retains_data: policy.retain_data,
        supporting_parties: Names(policy.supporting_parties.clone()),
        policy_version: policy.version,
        shown,
        notice: String::new(),
        csrf,
    })
}

/// What `now` asks for otherwise than the version that was agreed to; nothing, where that one is not known.
fn changes(application: &Application, earlier: &Consent, now: &Policy) -> Changes {
    let Some(before) = application.policies.get(&earlier.policy_version) else { return Changes::default() };
    let (was, is) = (clusters(&earlier.permissions), clusters(&now.permissions));
    let is_new = |party: &&String| !before.supporting_parties.contains(party);
    Changes {
        purpose: (before.purpose_title != now.purpose_title).then(|| before.purpose_title.clone()),
        new_data: beyond(&is, &was),
        gone_data: beyond(&was, &is),
        duration_days: (before.duration_days != now.duration_days).then_some(before.duration_days),
        reach_days: (before.retrieval_days != now.retrieval_days).then_some(before.retrieval_days),
        parties: Names(now.supporting_parties.iter().filter(is_new).cloned().collect()),
        keeps_copy: now.retain_data && !before.retain_data,
    }
}

/// What was agreed to, in the words of the version that was shown.
fn receipt(application: &Application, consent: &Consent) -> Receipt {
    let shown: Option<&Policy> = application.policies.get(&consent.policy_version);
    let id = consent.id.to_string().to_uppercase();
    Receipt {
        number: format!("{}-{}", &id[..4], &id[4..8]),
        purpose: shown.map(|policy| policy.purpose_title.clone()).unwrap_or_default(),
        cluster_names: clusters(&consent.permissions).into_iter().map(|cluster| cluster.name).collect(),
        agreed: Moment::full(consent.created),
        ends: Moment::date(consent.expires),
    }
}

/// The hub; none when there is no consent, which the session's own rules prevent.
pub fn connect(
    house: &House,
    view: &SessionView,
    facts: &BankFacts,
    stays_still: bool,
    csrf: String,
) -> Option<ConnectPage> {
    let application = house.application(view.application)?;
    let consent = view.consent.as_ref()?;
    let Receipt { purpose, cluster_names, ends, .. } = receipt(&application, consent);
    let frame = inside(Some(&application), view, Some(StepAt::Banks));
    Some(ConnectPage {
        carried: view.carried,
        live: live(house, view, facts, csrf.clone()),
        frame,
        stays_still,
        former: errands::former(view),
        is_renewing: errands::is_renewing(view),
        purpose,
        cluster_names,
        agreed: Moment::full(consent.created),
        ends,
        csrf,
    })
}

/// Thanks, with the receipt. `jobs` are those of this session, in order: the partner gets their names.
pub fn done(house: &House, view: &SessionView, facts: &BankFacts, jobs: &[JobId]) -> DonePage {
    let application = house.application(view.application);
    let application = application.as_deref();
    DonePage {
        frame: inside(application, view, Some(StepAt::Done)),
        receipt: application.zip(view.consent.as_ref()).map(|(one, consent)| receipt(one, consent)),
        banks: shared(facts),
        declared: Moment::full(view.ended.unwrap_or(view.now)),
        way_back: return_url(application, view, jobs),
    }
}

/// They said no, or left: the partner gets no names of jobs.
pub fn left(house: &House, view: &SessionView, facts: &BankFacts) -> LeftPage {
    let application = house.application(view.application);
    let application = application.as_deref();
    LeftPage {
        frame: inside(application, view, None),
        sharing_until: view.consent.as_ref().map(|consent| Moment::date(consent.expires)),
        has_banks: !facts.connections.is_empty(),
        way_back: return_url(application, view, &[]),
    }
}
