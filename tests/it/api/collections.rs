//! What all lists have in common: bounds of a page, and filters by every property that the contract names
//! (its section 4.3), each with each of its operators and with none else.

use super::customer::{Customer, STRANGER};
use super::deliveries::{rig, subscribe};
use crate::receiver::{Receiver, status};
use crate::rig::{answer, refusal};
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeSet;

const OPERATORS: [&str; 8] = ["eq", "ne", "gt", "gteq", "lt", "lteq", "bt", "in"];

/// A property of a list: its operators, a value that some have, where it stands in each object (as a
/// pointer; empty where it does not), and a value that cannot be one.
struct Property {
    name: &'static str,
    operators: &'static str,
    value: String,
    at: &'static str,
    bad: &'static str,
}

fn property(
    name: &'static str,
    operators: &'static str,
    value: &str,
    at: &'static str,
    bad: &'static str,
) -> Property {
    Property { name, operators, value: value.to_owned(), at, bad }
}

/// One list of the wire.
struct List {
    path: String,
    properties: Vec<Property>,
    /// What it counts (contract section 4.1).
    counters: &'static [&'static str],
    /// What is no place in it, where it goes page by page.
    bad_places: &'static [&'static str],
}

impl List {
    fn is_paged(&self) -> bool {
        !self.bad_places.is_empty()
    }
}

fn institutions() -> Vec<Property> {
    vec![
        property("institution.stage", "eq ne in", "live", "/stage", "old"),
        property("institution.status", "eq ne in", "operational", "/status", "fine"),
        property("institution.connectorStatus", "eq ne in", "active", "", ""),
        property("institution.country", "eq ne in", "Australia", "/country", "Atlantis"),
        property("institution.tier", "eq ne in", "4", "/tier", "5"),
        property("institution.institutionType", "eq ne in", "Test Bank", "/institutionType", "Shop"),
        property("institution.authorization", "eq ne in", "user-mfa", "/authorization", "wink"),
        property("institution.openBankingSource", "eq ne in", "web", "", ""),
    ]
}

fn connectors() -> Vec<Property> {
    vec![
        property("connector.id", "eq", "AU00002", "/id", "bank"),
        property("connector.method", "eq", "web", "/method", "post"),
        property("connector.status", "eq ne in", "operational", "/status", "fine"),
        property("connector.stage", "eq ne in", "live", "/stage", "old"),
        property("connector.scopes", "eq ne in", "account.basic", "", "account.all"),
        property("connector.institution.country", "eq ne in", "Australia", "/institution/country", "Oz"),
        property("connector.institution.tier", "eq ne in", "4", "/institution/tier", "5"),
        property("connector.institution.type", "eq ne", "Test Bank", "/institution/type", "Shop"),
        property("connector.authorization.type", "eq ne in", "user", "/authorization/type", "wink"),
        property("connector.connectorEngine", "eq ne", "node", "", "steam"),
        property("connector.connectorCategory", "eq ne", "node", "", "steam"),
    ]
}

fn transactions(account: &str, connection: &str) -> Vec<Property> {
    vec![
        property("account.id", "eq", account, "/account", "1"),
        property("connection.id", "eq", connection, "/connection", "1"),
        property("institution.id", "eq", "AU00000", "/institution", "bank"),
        property("transaction.postDate", "eq bt gt gteq lt lteq", "2026-01-15", "", "soon"),
        property("transaction.status", "eq", "posted", "/status", "lost"),
        property("transaction.direction", "eq", "debit", "/direction", "up"),
        property("transaction.class", "eq", "payment", "/class", "gift"),
    ]
}

/// Of the feed more than one entity and type can be asked for, of the compatible list one.
fn events(user: &str, operators: &'static str) -> Vec<Property> {
    vec![
        property("user.id", "eq", user, "/userId", "1"),
        property("event.entity", operators, "connection", "/entity", "bank"),
        property("event.type", operators, "created", "/eventType", "painted"),
    ]
}

/// The counters of lists, as they stand in the contract.
const COUNTERS: [&str; 3] = ["count", "size", "totalCount"];
const NONE: &[&str] = &[];
const COUNT: &[&str] = &["count"];
const SIZE: &[&str] = &["size"];
const TOTAL: &[&str] = &["totalCount"];
const BOTH: &[&str] = &["count", "size"];

fn lists(ada: &Customer<'_>, account: &str, connection: &str, messages: String) -> Vec<List> {
    let list = |path: String, counters, properties| List { path, properties, counters, bad_places: &[] };
    let plain = |path: &str, counters| list(path.to_owned(), counters, Vec::new());
    let accounts = vec![
        property("account.id", "eq ne", account, "/id", "1"),
        property("connection.id", "eq ne", connection, "/connection", "1"),
        property("institution.id", "eq ne", "AU00000", "/institution", "bank"),
    ];
    let connections = vec![
        property("connection.id", "eq", connection, "/id", "1"),
        property("connection.status", "eq", "active", "/status", "fine"),
        property("institution.id", "eq", "AU00000", "/institution/id", "bank"),
    ];
    let of_messages = vec![
        property("date", "eq bt gt gteq lt lteq", "2026-01-15", "", "soon"),
        property("message.status", "eq", "delivered", "", "lost"),
        property("eventTypeId", "eq", "connection.created", "/eventTypeId", "connection.painted"),
        property("webhookId", "eq", STRANGER, "/webhookId", "1"),
        property("eventId", "eq", &"a".repeat(64), "/eventId", "1"),
    ];
    let jobs = vec![property("connection.id", "eq", connection, "", "1")];
    vec![
        list("/connectors".into(), TOTAL, connectors()),
        list("/public/connectors".into(), TOTAL, connectors()),
        list("/institutions".into(), TOTAL, institutions()),
        list("/public/institutions".into(), TOTAL, institutions()),
        List { bad_places: &["next=-1", "next=zz"], ..list("/events".into(), NONE, events(&ada.user, "eq")) },
        list(ada.path("/accounts"), NONE, accounts),
        list(ada.path("/connections"), NONE, connections),
        list(ada.path("/jobs"), SIZE, jobs),
        plain(&ada.path("/consents"), SIZE),
        plain(&ada.path("/identities"), COUNT),
        plain("/events/types", BOTH),
        plain("/notifications/webhooks", BOTH),
        plain("/test_clocks", COUNT),
        List {
            bad_places: &["next=1", "next=zz"],
            ..list(ada.path("/transactions"), BOTH, transactions(account, connection))
        },
        List { bad_places: &["next=1", "next=zz"], ..list(messages, BOTH, of_messages) },
        List {
            bad_places: &["after=-1", "after=zz"],
            ..list("/events/feed".into(), COUNT, events(&ada.user, "eq in"))
        },
        List { bad_places: &["next=-1", "next=zz"], ..plain(&ada.path("/timeline"), COUNT) },
    ]
}

impl Customer<'_> {
    /// The ids of a list, each with what stands at `at`. Of an institution there is one id for each method.
    async fn found(&self, path: &str, filter: &str, at: &str) -> BTreeSet<(String, String)> {
        let request = self.call(Method::GET, path).query(&[("filter", filter)]);
        let (status, body) = answer(request).await;
        assert_eq!(status, 200, "{path} {filter}: {body}");
        assert_eq!(body["type"], "list", "{path}");
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let data = body["data"].as_array().unwrap();
        data.iter()
            .map(|one| (one["id"].to_string() + &one["method"].to_string(), text(one.pointer(at))))
            .collect()
    }

    /// The envelope of a list (contract sections 0 and 4.1): what it counts, and where it is read.
    async fn is_list(&self, list: &List) {
        let List { path, counters, .. } = list;
        let body = self.get(path).await;
        let counted: Vec<&str> = COUNTERS.into_iter().filter(|one| body.get(one).is_some()).collect();
        assert_eq!((&body["type"], &counted), (&"list".into(), &counters.to_vec()), "{path}");
        let length = body["data"].as_array().unwrap().len();
        assert!(length > 0, "{path}: nothing to look at");
        for counter in counted.iter().filter(|one| **one == "count" || !list.is_paged()) {
            assert_eq!(body[*counter], length, "{path} {counter}");
        }
        let own = body["links"]["self"].as_str().map(|own| own.split('?').next().unwrap_or(own));
        // Nothing leads back to the identities: the contract has no links there.
        let wanted = (!path.ends_with("/identities")).then(|| format!("{}{path}", self.rig.base));
        assert_eq!(own, wanted.as_deref(), "{path}");
    }

    async fn refuses(&self, path: &str, filter: &str) {
        let request = self.call(Method::GET, path).query(&[("filter", filter)]);
        let (status, code, parameter) = refusal(request).await;
        assert_eq!((status, code.as_str()), (400, "parameter-not-valid"), "{path} {filter}");
        assert_eq!(parameter, "filter", "{path} {filter}");
    }

    /// Each operator of a property finds what it should, and what it does not have is refused.
    async fn holds(&self, path: &str, property: &Property) {
        let Property { name, operators, value, at, bad } = property;
        let all = self.found(path, "", at).await;
        let mut by_equal = BTreeSet::new();
        for operator in OPERATORS {
            let arguments =
                if operator == "bt" { format!("'{value}','{value}'") } else { format!("'{value}'") };
            let filter = format!("{name}.{operator}({arguments})");
            if !operators.split(' ').any(|one| one == operator) {
                self.refuses(path, &filter).await;
                continue;
            }
            let found = self.found(path, &filter, at).await;
            let is_told = !at.is_empty() && all.len() < 500;
            let fits = |one: &&(String, String)| (one.1 == *value) == (operator != "ne");
            if is_told {
                assert_eq!(found, all.iter().filter(fits).cloned().collect(), "{path} {filter}");
            }
            match operator {
                "eq" => by_equal = found,
                "ne" => assert!(
                    found.is_disjoint(&by_equal) && found.len() + by_equal.len() == all.len(),
                    "{filter}"
                ),
                "in" => assert_eq!(found, by_equal, "{path} {filter}"),
                _ => {}
            }
        }
        if !bad.is_empty() {
            self.refuses(path, &format!("{name}.eq('{bad}')")).await;
        }
        self.refuses(path, &format!("{name}.eq()")).await;
        self.refuses(path, &format!("{name}.eq('{value}','{value}')")).await;
    }
}

#[tokio::test]
async fn every_list_is_filtered_by_what_the_contract_names_and_by_nothing_else() {
    let rig = rig(&["20ms"]);
    let receiver = Receiver::start(|_, _| status(200)).await;
    let ada = Customer::enter(&rig).await;
    let webhook = subscribe(&rig, &ada.partner, &receiver.url(), &["connection.created"]).await;
    let connection = ada.connect("AU00000", "Whistler", "ShowBox").await;
    receiver.hears(1).await;
    let account = ada.read("/accounts").await["data"][0]["id"].as_str().unwrap().to_owned();
    let messages = format!("/notifications/webhooks/{}/messages", webhook["id"].as_str().unwrap());
    // Shown once its attempt is written down, which is a moment after it was heard.
    while ada.found(&messages, "status.eq('delivered')", "").await.is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let clock = ada.call(Method::POST, "/test_clocks").json(&serde_json::json!({"name": "one"}));
    assert_eq!(answer(clock).await.0, 201);
    for list in lists(&ada, &account, &connection, messages) {
        ada.is_list(&list).await;
        let is_paged = list.is_paged();
        let List { path, properties, bad_places, .. } = list;
        for unknown in ["thing.colour.eq('red')", "connector.institution.eq('x')", "eq('x')", "x", "a.eq('b'"]
        {
            ada.refuses(&path, unknown).await;
        }
        for property in &properties {
            ada.holds(&path, property).await;
        }
        for bad in ["0", "-1", "x", "501", "1.5", "99999999999999999999"].iter().filter(|_| is_paged) {
            let (status, code, parameter) =
                refusal(ada.call(Method::GET, &format!("{path}?limit={bad}"))).await;
            assert_eq!(
                (status, code.as_str(), parameter.as_str()),
                (400, "parameter-not-valid", "limit"),
                "{bad}"
            );
        }
        for good in [1_usize, 500].into_iter().filter(|_| is_paged) {
            let list = ada.get(&format!("{path}?limit={good}")).await;
            assert!(list["data"].as_array().unwrap().len() <= good, "{path}");
        }
        for bad in bad_places {
            let (status, _, parameter) = refusal(ada.call(Method::GET, &format!("{path}?{bad}"))).await;
            assert_eq!(
                (status, Some((parameter.as_str(), ""))),
                (400, bad.split_once('=').map(|(name, _)| (name, ""))),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_there_from_the_first_page_to_the_last_is_on_one_of_them() {
    let rig = crate::rig::Rig::start();
    let ada = Customer::enter(&rig).await;
    let stays = ada.connect("AU00000", "Whistler", "ShowBox").await;
    let goes = ada.connect("AU00001", "Gilfoyle", "PiedPiper").await;
    let ids = |page: &Value, through: &str| -> Vec<String> {
        let data = page["data"].as_array().unwrap().iter();
        let data = data.filter(|one| one["connection"] == *through && one["status"] == "posted");
        data.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    let whole = ada.pages("/transactions?limit=500", |page| ids(page, &stays)).await;
    let (mut seen, mut at, mut pages) = (Vec::new(), Some(ada.path("/transactions?limit=97")), 0);
    while let Some(path) = at {
        let page = ada.get(&path).await;
        seen.extend(ids(&page, &stays));
        at = page["links"]["next"].as_str().map(|next| next.strip_prefix(&rig.base).unwrap().to_owned());
        pages += 1;
        if pages == 2 {
            ada.connect("AU00000", "ashMann", "hooli2024").await;
        }
        if pages == 4 {
            let purge = ada.path(&format!("/connections/{goes}/purge"));
            assert_eq!(answer(ada.call(Method::POST, &purge)).await.0, 204);
        }
    }
    assert!(pages > 4, "{pages}");
    let distinct: BTreeSet<&String> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len(), "none twice");
    assert_eq!(distinct, whole.iter().collect(), "and none left out");
}

impl Customer<'_> {
    /// What all pages of a list hold.
    async fn pages(&self, rest: &str, read: impl Fn(&Value) -> Vec<String>) -> Vec<String> {
        let (mut all, mut at) = (Vec::new(), Some(self.path(rest)));
        while let Some(path) = at {
            let page = self.get(&path).await;
            all.extend(read(&page));
            at = page["links"]["next"]
                .as_str()
                .map(|next| next.strip_prefix(&self.rig.base).unwrap().to_owned());
        }
        all
    }
}
