//! What requests carry, what answers are refused, and how clients are set up.

use std::time::Duration;

use schema::model::ids::VersionId;

use super::scripted::{Reply, Scripted};
use crate::client::{
    CacheSettings, Credentials, ErrorKind, ListSubjects, Normalize, OAuthSettings, Page, ReadOptions,
    RegistryClient, RetrySettings, SchemaDefinition, Secret, TlsSettings, UNREADABLE_ANSWER, blocking,
};
use crate::mock::MockRegistry;

const SECRET: &str = "s3cret-w0rd";

#[tokio::test]
async fn headers_are_sent_and_the_hook_sees_each_attempt() {
    let script = Scripted::new(|_, before| Reply::Body(if before == 0 { 503 } else { 200 }, "[]"));
    let client = script
        .builder("http://a")
        .credentials(Credentials::bearer("token"))
        .header("target-sr-cluster", "lsrc-1")
        .request_hook(|request| {
            let seen = request.target.clone();
            request.headers.set("X-Target", seen);
        })
        .build()
        .unwrap();
    client.api().list_contexts(Page { offset: Some(1), limit: None }).await.unwrap();
    for (_, request) in script.log() {
        let header = |name: &str| request.headers.get(name).map(str::to_owned);
        assert_eq!(header("authorization").as_deref(), Some("Bearer token"));
        assert_eq!(header("Target-SR-Cluster").as_deref(), Some("lsrc-1"));
        assert_eq!(header("X-Target").as_deref(), Some("/contexts?offset=1"));
        assert!(header("Accept").unwrap().starts_with("application/vnd.schemaregistry.v1+json"));
    }
    assert_eq!(script.log().len(), 2);
}

#[tokio::test]
async fn user_and_password_of_a_url_are_sent_to_it_alone() {
    let script =
        Scripted::new(|request, _| Reply::Body(if &*request.base == "http://a" { 500 } else { 200 }, "[]"));
    let client = script.builder(&format!("http://me:{SECRET}@a,http://b")).build().unwrap();
    client.api().get_root().await.unwrap();
    let log = script.log();
    let sent = |at: usize| log[at].1.headers.get("Authorization");
    assert_eq!(sent(0), Some("Basic bWU6czNjcmV0LXcwcmQ="));
    assert_eq!(sent(log.len() - 1), None);
}

#[tokio::test]
async fn no_secret_is_printed() {
    let script = Scripted::new(|_, _| Reply::Body(404, "<html>"));
    let with = |credentials| script.builder("http://a").credentials(credentials);
    let in_url = script.builder(&format!("http://me:{SECRET}@a"));
    let oauth = OAuthSettings::new("http://login/token", "me", SECRET);
    for builder in [
        with(Credentials::basic("me", SECRET)),
        with(Credentials::bearer(SECRET)),
        with(Credentials::OAuth(oauth)),
        in_url.clone(),
        in_url
            .header("X-Key", SECRET)
            .tls(TlsSettings { identity_pem: Some(SECRET.into()), ..TlsSettings::default() }),
    ] {
        assert!(!format!("{builder:?}").contains(SECRET), "{builder:?}");
        let client = builder.build().unwrap();
        let error = client.api().get_root().await.unwrap_err();
        let request = script.log().pop().unwrap().1;
        for text in [format!("{client:?}"), format!("{error:?}"), error.to_string(), format!("{request:?}")] {
            assert!(!text.contains(SECRET) && !text.contains("czNjcmV0"), "{text}");
        }
    }
    assert_eq!(format!("{:?}", Secret::from(SECRET)), "***");
}

#[tokio::test]
async fn a_context_qualifies_subjects_and_holds_ids() {
    let script = Scripted::new(|request, _| match request.target.contains("/versions") {
        true => Reply::Body(200, r#"{"subject":":.eu:s","version":1,"id":3,"schema":"\"int\""}"#),
        false => Reply::Body(200, r#"{"schema":"\"int\""}"#),
    });
    let client = script.builder("http://a").context("eu").build().unwrap();
    client.latest_version("a/b").await.unwrap();
    client.latest_version(":.us:s").await.unwrap();
    client.schema_by_id(1, None).await.unwrap();
    client.schema_by_id(2, Some("s")).await.unwrap();
    client.api().list_subjects(&ListSubjects::default()).await.unwrap_err();
    assert_eq!(
        script.targets(),
        [
            "/subjects/:.eu:a%2Fb/versions/latest",
            "/subjects/:.us:s/versions/latest",
            "/schemas/ids/1?subject=:.eu:",
            "/schemas/ids/2?subject=:.eu:s",
            "/subjects?subjectPrefix=:.eu:",
        ]
    );
    // The version that was found is known by its id, too.
    assert_eq!(client.schema_by_id(3, Some("s")).await.unwrap().version, Some(1));
}

#[tokio::test]
async fn an_answer_that_is_none_has_a_code_of_its_own() {
    for body in ["", "<html>", "[]", r#"{"schema":7}"#, r#"{"schema":"x","schemaType":"XML"}"#] {
        let script = Scripted::new(move |_, _| Reply::Body(200, body));
        let client = script.builder("http://a").build().unwrap();
        let error =
            client.api().get_version("s", VersionId::Latest, &ReadOptions::default()).await.unwrap_err();
        assert_eq!(error.error_code(), Some(UNREADABLE_ANSWER), "{body}");
        assert_eq!((error.kind(), error.is_retriable()), (ErrorKind::Unreadable, false), "{body}");
        assert!(error.to_string().contains("http://a/subjects/s/versions/latest"), "{error}");
    }
}

#[tokio::test]
async fn depth_is_bounded() {
    let deep = "[".repeat(100_000);
    let registry = MockRegistry::new();
    registry.fail_next(1, crate::mock::Fault::Body(deep));
    assert_eq!(registry.client().latest_version("s").await.unwrap_err().kind(), ErrorKind::Unreadable);
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let built = |urls: &str| RegistryClient::builder(urls).build().map(|_| ());
    assert!(built("http://a").is_ok());
    assert!(built("").is_err() && built("a:8081").is_err() && built("file:///x").is_err());
    let twice = RegistryClient::builder("http://u:p@a").credentials(Credentials::bearer("t")).build();
    assert!(twice.unwrap_err().to_string().contains("twice"));
    assert!(RegistryClient::builder("http://a").context("a:b").build().is_err());
}

#[tokio::test]
async fn durations_without_end_are_bounded() {
    let registry = MockRegistry::new();
    registry.client().register("s", &SchemaDefinition::avro("\"int\""), Normalize::No).await.unwrap();
    let (always, cache, retries) = (Duration::MAX, CacheSettings::default(), RetrySettings::default());
    let cache = CacheSettings { latest_ttl: always, latest_stale_max: always, missing_ttl: always, ..cache };
    let retries = RetrySettings { wait: always, wait_max: always, ..retries };
    let builder = registry.client_builder().connect_timeout(always).read_timeout(always).call_timeout(always);
    let client = builder.cache(cache).retries(retries).build().unwrap();
    client.latest_version("s").await.unwrap();
    client.latest_version("none").await.unwrap_err();
}

#[cfg(not(feature = "tls"))]
#[test]
fn https_names_the_feature_that_it_needs() {
    let error = RegistryClient::builder("https://registry").build().unwrap_err().to_string();
    assert!(error.contains("https://registry needs the feature `tls`"), "{error}");
    let tls = TlsSettings { authorities_pem: Some(Vec::new()), ..TlsSettings::default() };
    assert!(RegistryClient::builder("http://registry").tls(tls).build().is_err());
}

#[cfg(feature = "tls")]
#[test]
fn certificates_are_read_when_the_client_is_built() {
    assert!(RegistryClient::builder("https://registry").build().is_ok());
    for tls in [
        TlsSettings { authorities_pem: Some(b"no certificate".to_vec()), ..TlsSettings::default() },
        TlsSettings { identity_pem: Some("no key".into()), ..TlsSettings::default() },
    ] {
        assert!(RegistryClient::builder("https://registry").tls(tls).build().is_err());
    }
}

#[test]
fn a_subject_that_a_url_cannot_carry_is_refused() {
    let client = blocking::RegistryClient::new(MockRegistry::new().client()).unwrap();
    for subject in ["", ".", ".."] {
        assert_eq!(client.latest_version(subject).unwrap_err().kind(), ErrorKind::Settings, "{subject}");
    }
}

#[test]
fn waiting_inside_a_runtime_is_an_error_and_no_panic() {
    let client = blocking::RegistryClient::new(MockRegistry::new().client()).unwrap();
    let definition = SchemaDefinition::avro("\"int\"");
    client.register("s", &definition, Normalize::No).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let error = runtime.block_on(async move {
        let error = client.latest_version("s").unwrap_err();
        drop(client);
        error
    });
    assert_eq!(error.kind(), ErrorKind::Settings);
    assert!(error.to_string().contains("inside an async runtime"));
}

/// The description of the API lists what a registry offers; each operation is a method of the same name.
#[test]
fn every_operation_has_a_method() {
    let root = env!("CARGO_MANIFEST_DIR");
    let description = std::fs::read_to_string(format!("{root}/../openapi.yaml")).unwrap();
    let mut sources = String::new();
    for file in std::fs::read_dir(format!("{root}/src/client/api")).unwrap() {
        sources.push_str(&std::fs::read_to_string(file.unwrap().path()).unwrap());
    }
    let operations = description.lines().filter_map(|line| line.trim().strip_prefix("operationId: "));
    let methods: Vec<String> = operations
        .map(|name| {
            let letters = name.chars().flat_map(|letter| {
                let low = letter.is_uppercase().then_some('_');
                low.into_iter().chain(letter.to_lowercase())
            });
            letters.collect()
        })
        .collect();
    assert!(methods.len() > 50, "{methods:?}");
    for method in methods {
        assert!(sources.contains(&format!("pub async fn {method}(")), "{method}");
    }
}
