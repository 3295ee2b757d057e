//! The configuration from its layers: precedence, faults, and what is shown of it.

use super::*;

mod documented;

fn load(
    file: Option<&str>,
    environment: &[(&str, &str)],
    flags: &[(&'static str, &'static str, &str)],
) -> Result<Loaded, Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("authlink.toml");
    if let Some(text) = file {
        std::fs::write(&path, text).unwrap();
    }
    let sources = Sources {
        presets: Vec::new(),
        file: file.map(|_| path.clone()),
        environment: environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        flags: flags.iter().map(|(name, flag, word)| (*name, *flag, (*word).to_owned())).collect(),
    };
    let folder = format!("{}/", folder.path().display());
    sources
        .load()
        .map_err(|faults| faults.iter().map(|fault| fault.to_string().replace(&folder, "")).collect())
}

#[test]
fn the_defaults_are_without_fault_and_are_those_of_the_engine() {
    let Config { listen, admin_listen, engine, public_base_url, log, .. } =
        load(None, &[], &[]).unwrap().config;
    assert_eq!(listen, "127.0.0.1:4400".parse().unwrap());
    assert_eq!(admin_listen, "127.0.0.1:4401".parse().unwrap());
    assert_eq!(engine, Limits::default());
    assert_eq!(public_base_url, None);
    assert_eq!(log, Log { format: LogFormat::Text, level: "info" });
}

#[test]
fn each_layer_wins_over_the_one_before() {
    let file = "listen = \"127.0.0.1:1\"\nadmin_listen = \"127.0.0.1:2\"\n[engine]\npermits = 7\n";
    let environment = [("AUTHLINK_LISTEN", "127.0.0.1:3"), ("AUTHLINK_ENGINE_PERMITS", "8")];
    let loaded = load(Some(file), &environment, &[("listen", "--listen", "127.0.0.1:4")]).unwrap();
    assert_eq!(loaded.config.listen.port(), 4);
    assert_eq!(loaded.config.admin_listen.port(), 2);
    assert_eq!(loaded.config.engine.permits, 8);
    let shown = loaded.show();
    let line =
        |key: &str| shown.lines().find(|line| line.starts_with(&format!("{key} ="))).unwrap().to_owned();
    assert!(line("listen").ends_with("# --listen"), "{shown}");
    assert!(line("admin_listen").ends_with("authlink.toml:2"), "{shown}");
    assert!(line("engine.permits").ends_with("# environment AUTHLINK_ENGINE_PERMITS"), "{shown}");
    assert!(line("data").ends_with("# default"), "{shown}");
    assert!(line("public_base_url").ends_with("# default: http://127.0.0.1:4, after listen"), "{shown}");
}

#[test]
fn all_faults_are_named_at_once_with_key_and_place() {
    let file = "\
listn = \"127.0.0.1:1\"
public_base_url = \"https://links.example.test/\"
cache_bytes = 5
[store]
cache_bytes = \"a lot\"
[workflow.auth_link]
lifetime = \"8y\"
code_trys = 3
[log]
level = \"loud\"
";
    let environment = [("AUTHLINK_ENGINE_SHARDS", "many"), ("AUTHLINK_DATTA", "x"), ("AUTHLINK_DATA", "")];
    let faults = load(Some(file), &environment, &[("admin_listen", "--admin-listen", "here")]).unwrap_err();
    let expected = [
        "authlink.toml:1: there is no setting listn; did you mean listen?",
        "authlink.toml:3: there is no setting cache_bytes; did you mean store.cache_bytes?",
        "authlink.toml:8: there is no setting workflow.auth_link.code_trys; did you mean workflow.auth_link.code_tries?",
        "environment AUTHLINK_DATTA: there is no setting datta; did you mean AUTHLINK_DATA?",
        "--admin-listen: admin_listen wants an address and a port such as \"127.0.0.1:4400\" or \"[::1]:4400\", not \"here\"",
        "environment AUTHLINK_ENGINE_SHARDS: engine.shards wants a whole number from 0 to 64, not \"many\"",
        "authlink.toml:10: log.level wants one of \"error\", \"warn\", \"info\", \"debug\", \"trace\", not \"loud\"",
        "authlink.toml:2: public_base_url wants http:// or https://, a host, perhaps a port, and nothing after it, not \"https://links.example.test/\"",
        "authlink.toml:5: store.cache_bytes wants a whole number from 1048576 to 1099511627776, not \"a lot\"",
        "authlink.toml:7: workflow.auth_link.lifetime `8y` is not a duration such as \"7d\", \"10m\" or \"30s\"",
    ];
    for one in expected {
        assert!(faults.contains(&one.to_owned()), "missing: {one}\nfound: {faults:#?}");
    }
    assert_eq!(faults.len(), expected.len(), "{faults:#?}");
}

#[test]
fn broken_toml_is_a_fault_with_its_line_and_hides_no_other() {
    let faults = load(Some("listen = \n[log]\nlevel = \"loud\"\n"), &[], &[]).unwrap_err();
    assert!(faults.iter().any(|fault| fault.starts_with("authlink.toml:1:")), "{faults:?}");
    assert!(faults.iter().any(|fault| fault.starts_with("authlink.toml:3: log.level wants")), "{faults:?}");
    let missing =
        Sources { file: Some("no/such/file.toml".into()), ..Sources::default() }.load().unwrap_err();
    assert!(missing[0].to_string().starts_with("no/such/file.toml: the file cannot be read"), "{missing:?}");
}

#[test]
fn a_base_url_is_scheme_host_and_port_alone() {
    for good in ["http://127.0.0.1:4400", "https://links.example.test", "https://links.example.test:8443"] {
        let loaded = load(None, &[], &[("public_base_url", "--public-base-url", good)]).unwrap();
        assert_eq!(loaded.config.public_base_url.as_deref(), Some(good));
    }
    for bad in [
        "links.example.test",
        "ftp://links.example.test",
        "https://links.example.test/",
        "https://links.example.test/x",
        "https://links.example.test?x",
        "https://ada@links.example.test",
        "https://",
    ] {
        let faults = load(None, &[], &[("public_base_url", "--public-base-url", bad)]).unwrap_err();
        assert!(
            faults.len() == 1 && faults[0].starts_with("--public-base-url: public_base_url wants"),
            "{bad}: {faults:?}"
        );
    }
}

#[test]
fn limits_of_lifecycles_come_from_every_layer() {
    use crate::domain::workflow::auth_link::Limit;
    let file = "[workflow.auth_link]\nlifetime = \"1h\"\ncode_tries = 3\n";
    let environment = [("AUTHLINK_WORKFLOW_AUTH_LINK_CODE_COOLDOWN", "1s, 2s")];
    let loaded = load(Some(file), &environment, &[]).unwrap();
    let table = &loaded.config.workflows.auth_link;
    assert_eq!(table.span(Limit::Lifetime), Span::minutes(60));
    assert_eq!(table.count(Limit::CodeTries), 3);
    assert_eq!(table.spans(Limit::CodeCooldown), [Span::seconds(1), Span::seconds(2)]);
}

#[test]
fn what_is_shown_is_a_file_that_means_the_same() {
    let given = [("AUTHLINK_WORKFLOW_CONSENT_SESSION_IDLE", "90s"), ("AUTHLINK_DATA", "a \"b\" \\ c")];
    let first = load(None, &given, &[]).unwrap();
    let again = load(Some(&first.show()), &[], &[]).unwrap();
    let strip = |loaded: &Loaded| -> Vec<String> {
        loaded
            .show()
            .lines()
            .filter_map(|line| line.split("  #").next().map(|line| line.trim().to_owned()))
            .collect()
    };
    assert_eq!(strip(&first), strip(&again));
    assert_eq!(again.config.data, PathBuf::from("a \"b\" \\ c"));
}

#[test]
fn no_two_settings_share_a_variable() {
    let loaded = load(None, &[], &[]).unwrap();
    let known = Known::new(&loaded.settings);
    let variables: std::collections::BTreeSet<String> =
        known.examples.keys().map(|name| variable(name)).collect();
    assert_eq!(variables.len(), known.examples.len());
    assert!(!variables.contains(MASTER_KEY_VARIABLE) && !variables.contains(API_KEY_VARIABLE));
    assert!(load(None, &[(API_KEY_VARIABLE, "a key")], &[]).is_ok(), "it is in nobody's way");
}

#[test]
fn what_may_be_meant_otherwise_is_said_and_everybody_is_no_proxy() {
    let warned = |url: &'static str, admin: &'static str| {
        let given = [("AUTHLINK_PUBLIC_BASE_URL", url), ("AUTHLINK_ADMIN_LISTEN", admin)];
        load(None, &given, &[]).unwrap().config.warnings()
    };
    for url in
        ["", "https://links.example.test", "http://127.0.0.1:4400", "http://localhost", "http://[::1]:1"]
    {
        assert_eq!(warned(url, "127.0.0.1:1"), Vec::<String>::new(), "{url}");
    }
    let both = warned("http://links.example.test", "0.0.0.0:1");
    assert!(both[0].starts_with("admin_listen 0.0.0.0:1 "), "{both:?}");
    assert!(both[1].starts_with("public_base_url http://links.example.test/ is http"), "{both:?}");
    for everybody in ["0.0.0.0/0", "10.0.0.0/8,::/0"] {
        let faults = load(None, &[("AUTHLINK_HTTP_TRUSTED_PROXIES", everybody)], &[]).unwrap_err();
        assert!(faults.len() == 1 && faults[0].contains("a /0 is everybody"), "{faults:?}");
    }
    let told = load(None, &[("AUTHLINK_HTTP_TRUSTED_PROXIES", "10.0.0.0/8,::1")], &[]).unwrap().config;
    assert_eq!((told.trusted_proxies.len(), &told.http.proxies), (2, &told.trusted_proxies));
}

#[test]
fn a_list_in_the_environment_is_written_with_commas_or_as_in_a_file() {
    let proxies = |word: &str| load(None, &[("AUTHLINK_HTTP_TRUSTED_PROXIES", word)], &[]);
    let both = proxies("10.0.0.0/8, ::1").unwrap().config.trusted_proxies;
    assert_eq!(both.len(), 2);
    assert_eq!(proxies("[\"10.0.0.0/8\", \"::1\"]").unwrap().config.trusted_proxies, both);
    for bad in ["[\"10.0.0.0/8\"", "[7]", "10.0.0.0/8;::1"] {
        let faults = proxies(bad).unwrap_err();
        assert!(faults[0].contains("wants networks such as"), "{faults:?}");
    }
}
