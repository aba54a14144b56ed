//! Tokens: fetched once, used for a while, and replaced.

use std::time::Duration;

use tokio::time::advance;

use super::scripted::{Reply, Scripted, retries};
use crate::client::{Credentials, OAuthSettings, RegistryClient};

const TOKENS: &str = "http://login/token";

fn tokens(script: &Scripted) -> usize {
    script.bases().iter().filter(|base| *base == TOKENS).count()
}

fn client(script: &std::sync::Arc<Scripted>, buffer: u64) -> RegistryClient {
    let mut settings = OAuthSettings::new(TOKENS, "me:1", "a b").scope("schemas read");
    settings.expiry_buffer = Duration::from_secs(buffer);
    script.builder("http://a").credentials(Credentials::OAuth(settings)).retries(retries(0)).build().unwrap()
}

fn answering(token: &'static str) -> std::sync::Arc<Scripted> {
    Scripted::new(move |request, _| match &*request.base {
        TOKENS => Reply::Body(200, token),
        _ => Reply::Body(200, "[]"),
    })
}

#[tokio::test(start_paused = true)]
async fn many_calls_fetch_one_token() {
    let script = answering(r#"{"access_token":"t1","expires_in":1000,"token_type":"Bearer"}"#);
    let client = client(&script, 10);
    let calls = futures_util::future::join_all((0..100).map(|_| client.api().get_root())).await;
    assert!(calls.iter().all(Result::is_ok));
    assert_eq!(tokens(&script), 1);
    let log = script.log();
    let fetch = &log.iter().find(|(_, request)| &*request.base == TOKENS).unwrap().1;
    assert_eq!(fetch.body.as_deref(), Some(&b"grant_type=client_credentials&scope=schemas%20read"[..]));
    // Id and secret are encoded before they become user and password: `me%3A1:a%20b`.
    assert_eq!(fetch.headers.get("Authorization"), Some("Basic bWUlM0ExOmElMjBi"));
    assert_eq!(fetch.headers.get("Content-Type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(log.last().unwrap().1.headers.get("Authorization"), Some("Bearer t1"));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_replaced_before_its_end() {
    // Life, buffer, and for how long the token is used.
    for (token, buffer, used) in [
        (r#"{"access_token":"t","expires_in":1000}"#, 10, 800),
        (r#"{"access_token":"t","expires_in":1000}"#, 300, 700),
        (r#"{"access_token":"t","expires_in":100}"#, 300, 80),
        (r#"{"access_token":"t"}"#, 0, 240),
    ] {
        let script = answering(token);
        let client = client(&script, buffer);
        client.api().get_root().await.unwrap();
        advance(Duration::from_secs(used - 1)).await;
        client.api().get_root().await.unwrap();
        assert_eq!(tokens(&script), 1, "{token} {buffer}");
        advance(Duration::from_secs(1)).await;
        client.api().get_root().await.unwrap();
        assert_eq!(tokens(&script), 2, "{token} {buffer}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_fetch_fails_those_who_wait_and_a_refused_token_is_forgotten() {
    let script = Scripted::new(|request, before| match (&*request.base, before) {
        (TOKENS, 0) => Reply::Body(500, ""),
        (TOKENS, _) => Reply::Body(200, r#"{"access_token":"t","expires_in":1000}"#),
        (_, 2) => Reply::Body(401, r#"{"error_code":401,"message":"revoked"}"#),
        _ => Reply::Body(200, "[]"),
    });
    let client = client(&script, 10);
    let calls = futures_util::future::join_all((0..10).map(|_| client.api().get_root())).await;
    assert!(calls.iter().all(|call| call.as_ref().unwrap_err().to_string().contains(TOKENS)));
    assert_eq!(script.log().len(), 1);
    assert_eq!(client.api().get_root().await.unwrap_err().status(), Some(401));
    client.api().get_root().await.unwrap();
    assert_eq!(script.bases(), [TOKENS, TOKENS, "http://a", TOKENS, "http://a"]);
}
