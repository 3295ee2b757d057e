//! What a consent does not cover is never fetched and never returned: each permission of contract section 6.2,
//! by what the bank was asked and by every read.

use super::customer::Customer;
use crate::rig::{Rig, answer};
use authlink::domain::application::{Permission, Policy};
use authlink::engine::application::core::Command as ApplicationCommand;
use reqwest::Method;
use serde_json::{Value, json};

/// A person who agreed to these permissions and connected a bank.
async fn connected<'a>(rig: &'a Rig, permissions: &[Permission]) -> (Customer<'a>, String) {
    let partner = rig.partner("Quill Lending").await;
    let policy = Policy { version: 1, permissions: permissions.to_vec(), ..Policy::standard() };
    rig.engine.ask_application(partner.id, ApplicationCommand::SetPolicy(Box::new(policy))).await.unwrap();
    let person = Customer::with_policy(rig, partner, 2).await;
    rig.asked();
    let connection = person.connect("AU00000", "laurieBream", "business2024").await;
    (person, connection)
}

fn has_whole_numbers(accounts: &Value) -> bool {
    let accounts = accounts["data"].as_array().unwrap();
    assert!(!accounts.is_empty());
    accounts.iter().any(|one| one["accountNo"].as_str().unwrap().bytes().all(|byte| byte.is_ascii_digit()))
}

/// What a person agreed to, as the reads and the bank should show it.
struct Agreed(Vec<Permission>);

impl Agreed {
    fn covers(&self, wanted: &[Permission]) -> bool {
        self.0.iter().any(|one| wanted.contains(one))
    }

    fn name(&self) -> bool {
        self.covers(&[Permission::PersonBasic, Permission::PersonDetail])
    }

    fn organisation(&self) -> bool {
        self.covers(&[Permission::OrganisationBasic, Permission::OrganisationDetail])
    }

    fn transactions(&self) -> bool {
        self.covers(&[Permission::TransactionDetail])
    }

    /// What the bank was asked since the last time.
    fn hold_to_asked(&self, rig: &Rig) {
        let asked = rig.asked();
        let has = |name: &str| asked.contains(&name);
        assert!(has("accounts"), "{asked:?}");
        assert_eq!(has("terms"), self.covers(&[Permission::AccountDetail]), "{asked:?}");
        assert_eq!(has("profile"), self.name() || self.organisation(), "{asked:?}");
        assert_eq!(has("transactions"), self.transactions(), "{asked:?}");
    }

    async fn hold_to_reads(&self, person: &Customer<'_>, connection: &str) {
        let number = self.covers(&[Permission::AccountDetail]);
        let accounts = person.read("/accounts").await;
        assert_eq!(has_whole_numbers(&accounts), number);
        for account in accounts["data"].as_array().unwrap() {
            assert_eq!(account["meta"].is_object(), number, "{account}");
            let path = format!("/accounts/{}", account["id"].as_str().unwrap());
            assert_eq!(person.read(&path).await, *account);
        }
        let shown = person.read(&format!("/connections/{connection}")).await;
        assert_eq!(has_whole_numbers(&shown["accounts"]), number);
        assert_eq!(shown.get("profile").is_some(), self.name(), "{shown}");
        assert_eq!(person.read("/transactions").await["size"] != json!(0), self.transactions());
        let identities = person.read("/identities").await;
        assert_eq!(identities["count"] != json!(0), self.name() || self.organisation());
        let one = &identities["data"][0];
        let is_told = |text: &Value| text.as_str().is_some_and(|text| !text.is_empty());
        assert_eq!(is_told(&one["firstName"]), self.name(), "{one}");
        let phones = one["phoneNumbers"].as_array().is_some_and(|all| !all.is_empty());
        assert_eq!(phones, self.covers(&[Permission::PersonDetail]), "{one}");
        assert_eq!(is_told(&one["organisation"]["abn"]), self.organisation(), "{one}");
    }
}

#[tokio::test]
async fn each_permission_opens_what_it_names_and_nothing_else() {
    let rig = Rig::start();
    for more in [None].into_iter().chain(Permission::ALL.map(Some)) {
        let permissions: Vec<_> = [Permission::AccountBasic].into_iter().chain(more).collect();
        println!("{permissions:?}");
        let agreed = Agreed(permissions.clone());
        let (person, connection) = connected(&rig, &permissions).await;
        agreed.hold_to_asked(&rig);
        agreed.hold_to_reads(&person, &connection).await;
        let refresh = person.path(&format!("/connections/{connection}/refresh"));
        let (status, job) = answer(person.call(Method::POST, &refresh)).await;
        assert_eq!(status, 202, "{job}");
        person.ended(job["id"].as_str().unwrap()).await;
        agreed.hold_to_asked(&rig);
        agreed.hold_to_reads(&person, &connection).await;
    }
}
