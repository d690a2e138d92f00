//! The WebSocket side against the Autobahn suite's fuzzing client, which runs on Python 2.7 alone: `make autobahn`.

use std::collections::BTreeMap;
use std::path::Path;

use engawa_server::net::{Options, serve};
use engawa_server::transport::echo_route;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Cases 12 and 13 are about compression, which is not offered.
const LEFT_OUT: [&str; 2] = ["12.*", "13.*"];
/// Packages that share a name (`zope.interface`) are found in a folder only if it is named as one of packages.
const RUN: &str = "import site, sys, runpy; site.addsitedir(sys.argv.pop(1)); \
                   runpy.run_module('autobahntestsuite.wstest', run_name='__main__', alter_sys=True)";
/// Behaviours that are as the RFC wants it, or allows.
const FINE: [&str; 3] = ["OK", "INFORMATIONAL", "NON-STRICT"];

#[tokio::test]
#[ignore = "needs Python 2.7 and the Autobahn suite: make autobahn"]
async fn autobahn_finds_nothing() {
    let python = std::env::var("ENGAWA_AUTOBAHN").expect("ENGAWA_AUTOBAHN names a Python 2.7");
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target").canonicalize().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = CancellationToken::new();
    let serving = tokio::spawn(serve(listener, echo_route(), Options::default(), shutdown.clone()));
    let folder = tempfile::tempdir().unwrap();
    let spec = serde_json::json!({
        "outdir": folder.path().join("report"),
        "servers": [{"agent": "engawa", "url": format!("ws://{address}/echo")}],
        "cases": ["*"], "exclude-cases": LEFT_OUT, "exclude-agent-cases": {},
    });
    let spec_file = folder.path().join("spec.json");
    std::fs::write(&spec_file, spec.to_string()).unwrap();
    let mut words = python.split_whitespace();
    let status = tokio::process::Command::new(words.next().unwrap())
        .args(words)
        .args(["-c", RUN])
        .arg(target.join("autobahn"))
        .args(["--mode", "fuzzingclient", "--spec"])
        .arg(&spec_file)
        .status()
        .await
        .unwrap();
    assert!(status.success(), "{status}");
    let report = std::fs::read(folder.path().join("report/index.json")).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    let cases = report["engawa"].as_object().unwrap();
    let mut counts = BTreeMap::<&str, u32>::new();
    let mut bad = Vec::new();
    for (case, result) in cases {
        for key in ["behavior", "behaviorClose"] {
            let behaviour = result[key].as_str().unwrap();
            if !FINE.contains(&behaviour) {
                bad.push(format!("{case}: {key} {behaviour}"));
            }
        }
        *counts.entry(result["behavior"].as_str().unwrap()).or_default() += 1;
    }
    println!("{} cases: {counts:?}", cases.len());
    assert!(cases.len() > 200, "the suite has run");
    assert!(bad.is_empty(), "{bad:#?}");
    shutdown.cancel();
    serving.await.unwrap();
}
