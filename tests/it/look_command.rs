//! `authlink app look` and `app update`: the same through a running server and on the folder alone.

use crate::process::{Demo, run, text};
use serde_json::Value;
use std::path::Path;

const QUILL: &str = "[brand]\nname = \"Quill\"\ncolour = \"#6b2347\"\n\n[greeting]\ntitle = \"Hello\"\n
[logo]\nfile = \"quill.svg\"\n";

/// Larger than one part of a stored logo.
fn drawn() -> String {
    let path = "M0 0h90v30z".repeat(600);
    format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 90 30\"><path d=\"{path}\"/></svg>")
}

async fn only_application(folder: &Path) -> Value {
    let listed = text(&run(folder, &["app", "list", "--json"]).await.stdout);
    serde_json::from_str::<Value>(&listed).unwrap()["applications"][0].clone()
}

#[tokio::test]
async fn a_look_is_set_from_a_file_and_printed_as_one() {
    let folder = tempfile::tempdir().unwrap();
    Demo::start(folder.path()).kill();
    let application = only_application(folder.path()).await;
    let id = application["id"].as_str().unwrap();
    let file = folder.path().join("quill.toml");
    let (file_name, mut printed) = (file.to_str().unwrap().to_owned(), Vec::new());
    std::fs::write(folder.path().join("quill.svg"), drawn()).unwrap();
    for running in [true, false] {
        let demo = running.then(|| Demo::start(folder.path()));
        std::fs::write(&file, QUILL).unwrap();
        let set = run(folder.path(), &["app", "look", "--app", id, &file_name]).await;
        let shown = text(&set.stdout);
        assert!(shown.contains("colour = \"#6b2347\"\ntext = \"#ffffff\"\nnight = \"#"), "{shown}{set:?}");
        // What is printed is a file that makes the same look.
        std::fs::write(&file, &shown).unwrap();
        assert_eq!(text(&run(folder.path(), &["app", "look", "--app", id, &file_name]).await.stdout), shown);
        assert_eq!(text(&run(folder.path(), &["app", "look", "--app", id]).await.stdout), shown);
        for (wrong, said) in [
            (
                "[brand]\ncolour = \"#ffcc00\"\n",
                "#ffcc00 is not readable with a note (#f2ede4): its contrast is 1.",
            ),
            ("[brand]\ncolor = \"#6b2347\"\n", "unknown field `color`"),
            ("brand = 1", "quill.toml"),
            ("[logo]\nfile = \"nothing.svg\"", "nothing.svg"),
            ("[logo]\nfile = \"quill.toml\"", "it is no SVG, PNG, JPEG or WebP"),
            ("[logo]\nplate = false", "logo.data wants the picture"),
        ] {
            std::fs::write(&file, wrong).unwrap();
            let refused = run(folder.path(), &["app", "look", "--app", id, &file_name]).await;
            assert_eq!(refused.status.code(), Some(1), "{wrong}");
            assert!(text(&refused.stderr).contains(said), "{wrong}: {}", text(&refused.stderr));
        }
        assert_eq!(text(&run(folder.path(), &["app", "look", "--app", id]).await.stdout), shown);
        printed.push(shown);
        if let Some(demo) = demo {
            demo.kill();
        }
    }
    assert_eq!(printed[0], printed[1], "it is kept over the end of a server");
    let nobody = "00000000-0000-4000-8000-000000000000";
    let unknown = run(folder.path(), &["app", "look", "--app", nobody]).await;
    assert!(text(&unknown.stderr).contains("there is no such application"));
}

#[tokio::test]
async fn an_application_is_updated_member_by_member() {
    let folder = tempfile::tempdir().unwrap();
    Demo::start(folder.path()).kill();
    for running in [true, false] {
        let demo = running.then(|| Demo::start(folder.path()));
        // A demo says at each start where its people go back to.
        let before = only_application(folder.path()).await;
        let id = before["id"].as_str().unwrap();
        let update = async |more: &[&str]| {
            let output =
                run(folder.path(), &[&["app", "update", "--json", "--app", id], more].concat()).await;
            assert!(output.status.success(), "{output:?}");
            serde_json::from_str::<Value>(&text(&output.stdout)).unwrap()
        };
        let required = update(&["--requires-link", "true"]).await;
        assert_eq!(required["requires_link"], true);
        assert_eq!(required["redirect_url"], before["redirect_url"]);
        let elsewhere = update(&["--redirect-url", "https://quill.example/done"]).await;
        assert_eq!(elsewhere["redirect_url"], "https://quill.example/done");
        assert_eq!(elsewhere["requires_link"], true);
        let back = before["redirect_url"].as_str().unwrap();
        assert_eq!(update(&["--redirect-url", back, "--requires-link", "false"]).await, before);
        let odd = run(folder.path(), &["app", "update", "--app", id, "--redirect-url", "nowhere"]).await;
        assert!(text(&odd.stderr).contains("the redirect URL must begin with"), "{odd:?}");
        if let Some(demo) = demo {
            demo.kill();
        }
    }
}

#[tokio::test]
async fn every_page_is_written_into_a_folder_in_a_look_or_without() {
    let folder = tempfile::tempdir().unwrap();
    Demo::start(folder.path()).kill();
    let application = only_application(folder.path()).await;
    let id = application["id"].as_str().unwrap();
    let file = folder.path().join("quill.toml");
    std::fs::write(folder.path().join("quill.svg"), drawn()).unwrap();
    std::fs::write(&file, QUILL).unwrap();
    let name = file.to_str().unwrap();
    assert!(run(folder.path(), &["app", "look", "--app", id, name]).await.status.success());
    let mut written = Vec::new();
    for arguments in [&["--look", name][..], &["--app", id], &[]] {
        let to = folder.path().join(format!("pages-{}", written.len()));
        let output =
            run(folder.path(), &[&["pages", "--to", to.to_str().unwrap()], arguments].concat()).await;
        assert!(output.status.success(), "{output:?}");
        let said = text(&output.stdout);
        assert!(said.ends_with(&format!("; open {}\n", to.join("index.html").display())), "{said}");
        let index = std::fs::read_to_string(to.join("index.html")).unwrap();
        let start = std::fs::read_to_string(to.join("start-00.html")).unwrap();
        for shown in index.split("<iframe src=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(to.join(shown).is_file(), "{shown}");
        }
        for part in ["href=\"", "src=\""].iter().flat_map(|name| start.split(name).skip(1)) {
            let path = part.split('"').next().unwrap();
            let is_beside = to.join(path).is_file() || path.starts_with('#') || path.starts_with('/');
            assert!(is_beside, "{path}");
        }
        written.push((index.contains("Every page of Quill<"), start.contains("class=\"logo plate\""), start));
    }
    assert!(written[0].0 && written[0].1);
    assert_eq!(written[0], written[1], "as it would be, and as it is");
    assert!(!written[2].0 && !written[2].1, "the house's own");
    let both = run(folder.path(), &["pages", "--look", name, "--app", id]).await;
    assert!(!both.status.success());
}

#[tokio::test]
async fn a_policy_is_set_from_a_file_and_printed_as_one() {
    let folder = tempfile::tempdir().unwrap();
    Demo::start(folder.path()).kill();
    let application = only_application(folder.path()).await;
    let id = application["id"].as_str().unwrap();
    let file = folder.path().join("policy.toml");
    let name = file.to_str().unwrap().to_owned();
    let set = async |text_of_file: &str| {
        std::fs::write(&file, text_of_file).unwrap();
        run(folder.path(), &["app", "policy", "--app", id, &name]).await
    };
    let shown = async || text(&run(folder.path(), &["app", "policy", "--app", id]).await.stdout);
    for (running, version) in [(true, 2), (false, 3)] {
        let demo = running.then(|| Demo::start(folder.path()));
        let wanted = format!("duration_days = {version}0\nsupporting_parties = [\"Meadow Brokers\"]\n");
        let printed = text(&set(&wanted).await.stdout);
        assert!(printed.starts_with(&format!("# the policy of {id} (version {version})\n")), "{printed}");
        assert!(printed.contains("supporting_parties = [\"Meadow Brokers\"]"), "{printed}");
        assert_eq!(text(&set(&printed).await.stdout), printed, "the same once more is no new version");
        for (wrong, said) in [
            ("duration_days = 366", "a consent lasts 1 to 365 days"),
            ("permissions = [\"transaction.detail\"]", "account.basic is always asked for"),
            ("permissions = [\"everything\"]", "The permissions are some of customer.person.basic,"),
            ("supporting_parties = [\"\"]", "supporting parties are at most 6"),
            (
                "supporting_parties = [\"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\"]",
                "supporting parties are at most 6",
            ),
            ("purpose = \"x\"", "unknown field `purpose`"),
        ] {
            let refused = set(wrong).await;
            assert!(text(&refused.stderr).contains(said), "{wrong}: {}", text(&refused.stderr));
        }
        assert_eq!(shown().await, printed);
        if let Some(demo) = demo {
            demo.kill();
        }
    }
}
