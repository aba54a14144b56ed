//! Handshakes with a server whose certificates are made for the test.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, LazyLock};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair, SanType,
};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use super::scripted::retries;
use crate::client::{ErrorKind, Page, RegistryClient, RegistryError, TlsSettings};

const FINE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n[\".\"]";

/// An authority that signs certificates.
struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate with its key, both in PEM.
struct Identity {
    certificate: String,
    key: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn pem(&self) -> String {
        self.0.pem()
    }

    fn issue(&self, purpose: ExtendedKeyUsagePurpose) -> Identity {
        let mut params = CertificateParams::default();
        params.subject_alt_names = vec![SanType::IpAddress(Ipv4Addr::LOCALHOST.into())];
        params.extended_key_usages = vec![purpose];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap().pem();
        Identity { certificate, key: key.serialize_pem() }
    }

    fn trusted(&self) -> TlsSettings {
        TlsSettings { authorities_pem: Some(self.pem().into_bytes()), ..TlsSettings::default() }
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(der(&self.pem())).unwrap();
        roots
    }
}

impl Identity {
    fn both(&self) -> String {
        format!("{}{}", self.certificate, self.key)
    }
}

fn der(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()
}

/// Of the registry and, in most tests, of its clients.
static AUTHORITY: LazyLock<Authority> = LazyLock::new(Authority::new);

/// What a server makes of one connection: the client's certificates, or why there is no connection.
type Seen = Result<Vec<CertificateDer<'static>>, String>;

/// A registry on a free port; `clients` signs the certificates of clients, which are asked for where there is one. Gives
/// its URL and what it makes of each connection.
fn registry(clients: Option<&Authority>) -> (String, Receiver<Seen>) {
    let identity = AUTHORITY.issue(ExtendedKeyUsagePurpose::ServerAuth);
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let builder = match clients {
        Some(authority) => builder.with_client_cert_verifier(verifier(authority, provider)),
        None => builder.with_no_client_auth(),
    };
    let key = rustls::pki_types::PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
    let config = Arc::new(builder.with_single_cert(vec![der(&identity.certificate)], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let (sender, seen) = channel();
    std::thread::spawn(move || serve(&listener, &config, &sender));
    (url, seen)
}

fn verifier(
    authority: &Authority,
    provider: Arc<CryptoProvider>,
) -> Arc<dyn rustls::server::danger::ClientCertVerifier> {
    WebPkiClientVerifier::builder_with_provider(Arc::new(authority.roots()), provider).build().unwrap()
}

fn serve(listener: &TcpListener, config: &Arc<ServerConfig>, seen: &Sender<Seen>) {
    for stream in listener.incoming() {
        let Ok(stream) = stream else { return };
        // The test may have ended.
        let _ = seen.send(answer(stream, Arc::clone(config)).map_err(|error| error.to_string()));
    }
}

fn answer(stream: TcpStream, config: Arc<ServerConfig>) -> std::io::Result<Vec<CertificateDer<'static>>> {
    let connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
    let mut stream = StreamOwned::new(connection, stream);
    if let Err(error) = read_head(&mut stream) {
        // A connection that ends with bytes unread is reset, and the client might not see the alert.
        std::io::copy(&mut stream.sock, &mut std::io::sink())?;
        return Err(error);
    }
    stream.write_all(FINE)?;
    stream.conn.send_close_notify();
    stream.flush()?;
    let certificates = stream.conn.peer_certificates().unwrap_or_default();
    Ok(certificates.iter().map(|certificate| certificate.clone().into_owned()).collect())
}

fn read_head(stream: &mut impl Read) -> std::io::Result<()> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(())
}

async fn call(url: &str, tls: TlsSettings) -> Result<Vec<String>, RegistryError> {
    let client = RegistryClient::builder(url).retries(retries(0)).tls(tls).build()?;
    client.api().list_contexts(Page::default()).await
}

#[tokio::test]
async fn a_registry_of_a_trusted_authority_is_believed() {
    let (url, seen) = registry(None);
    assert_eq!(call(&url, AUTHORITY.trusted()).await.unwrap(), ["."]);
    assert_eq!(seen.recv().unwrap(), Ok(Vec::new()), "nobody asked for a certificate");
}

#[tokio::test]
async fn a_registry_of_an_unknown_authority_is_refused() {
    let (url, seen) = registry(None);
    for tls in [TlsSettings::default(), Authority::new().trusted()] {
        let error = call(&url, tls).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport);
        assert!(error.to_string().contains("certificate"), "{error}");
        let reason = seen.recv().unwrap().unwrap_err();
        assert!(reason.contains("received fatal alert"), "no request was sent: {reason}");
    }
}

#[tokio::test]
async fn a_registry_of_another_name_is_refused() {
    let (url, _) = registry(None);
    let error = call(&url.replace("127.0.0.1", "localhost"), AUTHORITY.trusted()).await.unwrap_err();
    assert!(error.to_string().contains("certificate not valid for name \"localhost\""), "{error}");
}

#[tokio::test]
async fn the_certificate_of_a_client_reaches_the_registry() {
    let (url, seen) = registry(Some(&AUTHORITY));
    let identity = AUTHORITY.issue(ExtendedKeyUsagePurpose::ClientAuth);
    let tls = TlsSettings { identity_pem: Some(identity.both().into()), ..AUTHORITY.trusted() };
    assert_eq!(call(&url, tls).await.unwrap(), ["."]);
    assert_eq!(seen.recv().unwrap(), Ok(vec![der(&identity.certificate)]));
}

#[tokio::test]
async fn a_client_without_a_certificate_that_the_registry_trusts_is_told() {
    let (url, seen) = registry(Some(&AUTHORITY));
    let stranger = Authority::new().issue(ExtendedKeyUsagePurpose::ClientAuth);
    let unknown = TlsSettings { identity_pem: Some(stranger.both().into()), ..AUTHORITY.trusted() };
    for tls in [AUTHORITY.trusted(), unknown] {
        let error = call(&url, tls).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport);
        assert!(error.to_string().contains("received fatal alert"), "{error}");
        assert!(seen.recv().unwrap().is_err());
    }
}
