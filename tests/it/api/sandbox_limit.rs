//! How many connections the users of a sandbox application have together.

use super::consents::consent_on;
use super::customer::Customer;
use crate::rig::{Rig, Setup, answer};
use reqwest::Method;
use serde_json::json;

const PLAIN: (&str, &str, &str) = ("AU00000", "Whistler", "ShowBox");

fn rig_with(most: i64) -> Rig {
    let overrides = vec![("connection", "per_sandbox", toml::Value::Integer(most))];
    Rig::with(Setup { overrides, ..Setup::default() })
}

impl Customer<'_> {
    /// Another person of the same partner, who consented.
    async fn beside(&self, number: u8) -> Customer<'_> {
        let user = self.rig.user(&self.partner, &format!("+614001112{number:02}")).await;
        let partner = crate::rig::Partner {
            id: self.partner.id,
            key: self.partner.key.clone(),
            token: self.partner.token.clone(),
        };
        consent_on(self.rig, &partner, &user, 100 + number, 1).await;
        Customer { rig: self.rig, partner, user }
    }

    async fn signs_in(&self) -> u16 {
        let (status, body) = answer(self.sign_in(PLAIN.0, PLAIN.1, PLAIN.2)).await;
        if status == 403 {
            let told = (&body["data"][0]["code"], &body["data"][0]["detail"]);
            assert_eq!(told, (&json!("access-denied"), &json!("Limit reached for sandbox connections.")));
        }
        status
    }

    async fn all_signed_in(&self) {
        for job in self.read("/jobs").await["data"].as_array().unwrap() {
            self.ended(job["id"].as_str().unwrap()).await;
        }
    }

    async fn removes(&self, rest: &str) {
        assert_eq!(answer(self.call(Method::DELETE, &self.path(rest))).await.0, 204, "{rest}");
    }
}

#[tokio::test]
async fn all_users_of_a_sandbox_share_a_number_of_connections_and_give_them_back() {
    let rig = rig_with(3);
    let ada = Customer::enter(&rig).await;
    let (ben, cleo, dan) = (ada.beside(1).await, ada.beside(2).await, ada.beside(3).await);
    for one in [&ada, &ben, &cleo] {
        assert_eq!(one.signs_in().await, 202);
        one.all_signed_in().await;
    }
    assert_eq!(dan.signs_in().await, 403);
    assert_eq!(dan.read("/connections").await["data"], json!([]), "nothing began");
    assert_eq!(dan.read("/jobs").await["size"], 0);
    assert_eq!(ada.signs_in().await, 202, "the same login again takes no other place");
    ada.all_signed_in().await;
    let other = Customer::of(&rig, rig.partner("Another").await).await;
    assert_eq!(other.signs_in().await, 202, "each application has its own");

    let connection = ada.read("/connections").await["data"][0]["id"].as_str().unwrap().to_owned();
    ada.removes(&format!("/connections/{connection}")).await;
    assert_eq!(dan.signs_in().await, 202, "a deleted one gives its place back");
    assert_eq!(ada.signs_in().await, 403);
    let consent = ben.read("/consents").await["data"][0]["id"].as_str().unwrap().to_owned();
    ben.removes(&format!("/consents/{consent}")).await;
    assert_eq!(ada.signs_in().await, 202, "and so does the end of a consent");
    let eve = ada.beside(4).await;
    assert_eq!(eve.signs_in().await, 403);
    cleo.removes("").await;
    assert_eq!(eve.signs_in().await, 202, "and of a user");
}

#[tokio::test]
async fn of_many_who_sign_in_at_once_as_many_do_as_there_are_places() {
    let rig = rig_with(4);
    let ada = Customer::enter(&rig).await;
    let mut people = Vec::new();
    for number in 10..22 {
        people.push(ada.beside(number).await);
    }
    let answers = futures_util::future::join_all(people.iter().map(Customer::signs_in)).await;
    assert_eq!(answers.iter().filter(|status| **status == 202).count(), 4, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 403).count(), 8, "{answers:?}");
}
