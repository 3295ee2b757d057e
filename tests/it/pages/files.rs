//! The files that pages load.

use super::browser::Browser;
use super::place::Place;

#[tokio::test]
async fn files_have_their_hash_in_the_name_and_stay_a_year() {
    let place = Place::open().await;
    let mut browser = Browser::new(&place.base);
    let link = place.link().await;
    let html = browser.get(&link).await.html;
    let paths: Vec<&str> =
        html.split("\"/assets/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(paths.len(), 3);
    for path in paths {
        let file = browser.get(&format!("/assets/{path}")).await;
        assert_eq!(
            (file.status, &file.headers["cache-control"]),
            (200, &"public, max-age=31536000, immutable".parse().unwrap())
        );
        assert!(!file.html.is_empty());
        assert_eq!(browser.get(&format!("/assets/{}", path.replace('.', ".0"))).await.status, 404);
    }
}
