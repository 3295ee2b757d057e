//! The page that asks: what, why, how long, what happens to it, and how to stop.

use super::{Frame, Moment, Page, StepAt};
use crate::domain::application::Permission;
use crate::domain::time::UnixMillis;
use crate::http::pages::language::Names;
use askama::Template;

/// Agree, or not.
#[derive(Debug, Template)]
#[template(path = "consent.html", blocks = ["main"])]
pub struct ConsentPage {
    /// What stands around it.
    pub frame: Frame,
    /// The purpose in a few words.
    pub purpose: String,
    /// The purpose in a sentence.
    pub purpose_sentence: String,
    /// An earlier version was agreed to and goes on until then.
    pub earlier_until: Option<Moment>,
    /// What is different from that version.
    pub changes: Changes,
    /// What would be shared.
    pub clusters: Vec<Cluster>,
    /// How far back data goes.
    pub reaches_back_to: Moment,
    /// The same in days.
    pub reach_days: u32,
    /// When sharing would end.
    pub ends: Moment,
    /// How long it would last, in days.
    pub duration_days: u32,
    /// The partner may keep a copy without names.
    pub retains_data: bool,
    /// Who helps the partner, and may see the data for the same purpose.
    pub supporting_parties: Names,
    /// What is shown, so that nothing else is agreed to.
    pub policy_version: u32,
    /// When it is shown: its days are counted from here.
    pub shown: UnixMillis,
    /// Proves the words in which it is shown, and when.
    pub notice: String,
    /// Binds the forms to this browser.
    pub csrf: String,
}

/// What a version asks for otherwise than the one that was agreed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The purpose that it was, in a few words.
    pub purpose: Option<String>,
    /// Data that was not asked for: clusters that are new, and what is new in the others.
    pub new_data: Vec<&'static str>,
    /// Data that is no longer asked for, in the same way.
    pub gone_data: Vec<&'static str>,
    /// How long it would have lasted, in days.
    pub duration_days: Option<u32>,
    /// How far back data went, in days.
    pub reach_days: Option<u32>,
    /// Who may see the data now, and might not.
    pub parties: Names,
    /// A copy may be kept now, and might not.
    pub keeps_copy: bool,
}

/// What of these clusters the others have not: a cluster's name, or what is in it besides.
pub fn beyond(these: &[Cluster], others: &[Cluster]) -> Vec<&'static str> {
    let mut found = Vec::new();
    for one in these {
        match others.iter().find(|other| other.about == one.about) {
            None => found.push(one.name),
            Some(other) => {
                found.extend(one.attributes.iter().filter(|name| !other.attributes.contains(name)));
            }
        }
    }
    found
}

/// One cluster of data in the standard's own words (CDS consumer experience, data language standards).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// What it is about: picks the icon.
    pub about: About,
    /// The standard name.
    pub name: &'static str,
    /// What for.
    pub why: Vec<&'static str>,
    /// What is in it.
    pub attributes: Vec<&'static str>,
    /// Shown opened: the one that people worry about most.
    pub is_open: bool,
}

/// What a cluster is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The person.
    Person,
    /// The organisation.
    Organisation,
    /// The accounts.
    Account,
    /// What went in and out.
    Transaction,
}

impl Cluster {
    /// Whether its attributes are short enough for two columns.
    pub fn is_short(&self) -> bool {
        self.attributes.iter().all(|attribute| attribute.len() <= 24)
    }

    fn of(permission: Permission) -> Self {
        let text = permission.text();
        let about = match permission {
            Permission::PersonBasic | Permission::PersonDetail => About::Person,
            Permission::OrganisationBasic | Permission::OrganisationDetail => About::Organisation,
            Permission::AccountBasic | Permission::AccountDetail => About::Account,
            Permission::TransactionDetail => About::Transaction,
        };
        Self {
            about,
            name: text.name,
            why: vec![text.purpose],
            attributes: text.attributes.to_vec(),
            is_open: about == About::Account,
        }
    }

    /// The detailed cluster holds the basic one: the standard shows both as one, under its name.
    fn absorb(&mut self, basic: &Self) {
        let new = self.attributes.iter().filter(|name| !basic.attributes.contains(name));
        self.attributes = basic.attributes.iter().chain(new).copied().collect();
        let new = self.why.iter().filter(|why| !basic.why.contains(why));
        self.why = basic.why.iter().chain(new).copied().collect();
    }
}

/// The clusters of these permissions in the order of reading, a basic one merged into its detailed one.
pub fn clusters(permissions: &[Permission]) -> Vec<Cluster> {
    let mut shown: Vec<Cluster> = Vec::new();
    for permission in Permission::ALL.into_iter().filter(|one| permissions.contains(one)) {
        let mut cluster = Cluster::of(permission);
        if let Some(basic) = shown.pop_if(|before| before.about == cluster.about) {
            cluster.absorb(&basic);
        }
        shown.push(cluster);
    }
    shown
}

impl Page for ConsentPage {
    const NAME: &'static str = "consent";

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn samples() -> Vec<Self> {
        let parties = ["Meadow Brokers", "Fern & Sons"];
        let day = |days: i64| UnixMillis(1_795_857_240_000 + days * 86_400_000);
        let sample = |permissions: &[Permission], retains_data, earlier: Option<i64>| {
            let frame = Frame::sample(Some(StepAt::Agree));
            let frame = if retains_data {
                frame.with_sample_greeting().with_sample_logo(true).with_sample_ways()
            } else {
                frame
            };
            Self {
                frame,
                purpose: "To see whether you can afford the loan you asked for".into(),
                purpose_sentence: "Your accounts show your income and your spending.".into(),
                earlier_until: earlier.map(|days| Moment::date(day(days))),
                changes: if retains_data { sample_changes() } else { Changes::default() },
                clusters: clusters(permissions),
                reaches_back_to: Moment::date(day(-730)),
                reach_days: 730,
                ends: Moment::date(day(90)),
                duration_days: 90,
                retains_data,
                supporting_parties: Names(if retains_data {
                    parties.map(Into::into).to_vec()
                } else {
                    Vec::new()
                }),
                policy_version: 1,
                shown: day(0),
                notice: "sample".into(),
                csrf: "sample".into(),
            }
        };
        let usual = [
            Permission::PersonDetail,
            Permission::AccountBasic,
            Permission::AccountDetail,
            Permission::TransactionDetail,
        ];
        let visit = |page: Self| Self { frame: page.frame.of_sample_visit(), ..page };
        vec![
            sample(&usual, false, None),
            sample(&Permission::ALL, true, Some(40)),
            sample(&[Permission::AccountBasic], false, None),
            visit(sample(&usual, false, None)),
            visit(sample(&usual, false, Some(40))),
        ]
    }
}

fn sample_changes() -> Changes {
    let all = clusters(&Permission::ALL);
    let before = clusters(&[Permission::PersonBasic, Permission::AccountBasic]);
    Changes {
        purpose: Some("To see what you could borrow".into()),
        new_data: beyond(&all, &before),
        gone_data: vec!["Organisation profile"],
        duration_days: Some(365),
        reach_days: Some(365),
        parties: Names(vec!["Fern & Sons".into()]),
        keeps_copy: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_is_a_whole_cluster_or_what_a_cluster_has_besides() {
        let basic = clusters(&[Permission::AccountBasic]);
        let detail = clusters(&[Permission::AccountDetail, Permission::TransactionDetail]);
        let new = beyond(&detail, &basic);
        let text = Permission::AccountDetail.text();
        let besides = text.attributes.iter().filter(|name| !basic[0].attributes.contains(name));
        let transactions = clusters(&[Permission::TransactionDetail])[0].name;
        assert_eq!(new, besides.copied().chain([transactions]).collect::<Vec<_>>());
        assert!(new.len() > 1);
        assert!(beyond(&basic, &basic).is_empty());
    }

    #[test]
    fn basic_and_detail_are_shown_as_one_cluster_with_all_of_both() {
        let shown = clusters(&[Permission::AccountDetail, Permission::AccountBasic]);
        let [cluster] = shown.as_slice() else { panic!("one cluster, not {}", shown.len()) };
        assert_eq!(cluster.name, "Account balance and details");
        for permission in [Permission::AccountBasic, Permission::AccountDetail] {
            for attribute in permission.text().attributes {
                assert!(cluster.attributes.contains(attribute), "{attribute} is not shown");
            }
            assert!(cluster.why.contains(&permission.text().purpose));
        }
    }

    #[test]
    fn nothing_that_is_asked_for_stays_hidden() {
        let shown = clusters(&Permission::ALL);
        for permission in Permission::ALL {
            for attribute in permission.text().attributes {
                assert!(shown.iter().any(|cluster| cluster.attributes.contains(attribute)), "{attribute}");
            }
        }
        assert_eq!(clusters(&[Permission::AccountBasic])[0].name, "Account name, type and balance");
    }
}
