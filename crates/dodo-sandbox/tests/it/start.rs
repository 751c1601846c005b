//! What the sandbox refuses at its start, and who it answers to.

use std::net::SocketAddr;

use dodo_sandbox::{Sandbox, SandboxConfig, SandboxError};

use crate::support::{Shop, read};

#[tokio::test]
async fn an_address_that_others_can_reach_is_refused() {
    for addr in ["0.0.0.0:0", "192.0.2.1:0", "[::]:0"] {
        let addr: SocketAddr = addr.parse().unwrap();
        let refused = Sandbox::start(SandboxConfig { addr, ..SandboxConfig::default() }).await;
        assert!(matches!(refused, Err(SandboxError::NotLoopback(_))), "{addr}");
    }
}

#[tokio::test]
async fn a_taken_port_is_a_clear_error() {
    let first = Sandbox::start(SandboxConfig::default()).await.unwrap();
    let refused = Sandbox::start(SandboxConfig { addr: first.addr(), ..SandboxConfig::default() }).await;
    let message = refused.unwrap_err().to_string();
    assert!(message.contains("choose another port"), "{message}");
}

#[tokio::test]
async fn a_bad_secret_address_or_scale_is_refused() {
    let base = SandboxConfig::default;
    let secret = SandboxConfig { webhook_secret: "whsec_%%%".into(), ..base() };
    assert!(matches!(Sandbox::start(secret).await, Err(SandboxError::WebhookSecret(_))));
    let url = SandboxConfig { webhook_url: Some("ftp://localhost/".into()), ..base() };
    assert!(matches!(Sandbox::start(url).await, Err(SandboxError::WebhookUrl(_))));
    for time_scale in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let scale = SandboxConfig { time_scale, ..base() };
        assert!(matches!(Sandbox::start(scale).await, Err(SandboxError::TimeScale(_))));
    }
}

#[tokio::test]
async fn a_call_without_the_key_is_401() {
    let shop = Shop::open().await;
    for key in [None, Some("Bearer wrong"), Some("Basic dodo_test_sandbox")] {
        let mut request = shop.client.get(format!("{}/customers", shop.sandbox.url()));
        if let Some(key) = key {
            request = request.header("authorization", key);
        }
        let (status, body) = read(request.send().await.unwrap()).await;
        assert_eq!((status, body["code"].as_str()), (401, Some("UNAUTHORIZED")), "{key:?}");
    }
}

#[tokio::test]
async fn names_of_other_machines_are_not_answered() {
    let shop = Shop::open().await;
    let request =
        shop.client.get(format!("{}/_sandbox/info", shop.sandbox.url())).header("host", "evil.example");
    assert_eq!(request.send().await.unwrap().status(), 421);
}

#[tokio::test]
async fn pages_of_this_machine_may_steer_it_and_others_may_not() {
    let shop = Shop::open().await;
    let url = format!("{}/_sandbox/info", shop.sandbox.url());
    let local = shop.client.get(&url).header("origin", "http://localhost:8080").send().await.unwrap();
    assert_eq!(local.status(), 200);
    assert_eq!(local.headers()["access-control-allow-origin"], "http://localhost:8080");
    let other = shop.client.get(&url).header("origin", "https://evil.example").send().await.unwrap();
    assert_eq!(other.status(), 403);
}

#[tokio::test]
async fn it_stops_and_frees_its_port() {
    let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
    let addr = sandbox.addr();
    sandbox.stop().await;
    tokio::net::TcpListener::bind(addr).await.unwrap();
}
