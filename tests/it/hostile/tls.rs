//! Certificates good and bad, chosen by the name that is asked for.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

/// Certificates by what is wrong with them.
#[derive(Debug)]
struct Certificates {
    good: Arc<CertifiedKey>,
    expired: Arc<CertifiedKey>,
    other_name: Arc<CertifiedKey>,
    self_signed: Arc<CertifiedKey>,
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(match hello.server_name() {
            Some("expired.example.gov") => self.expired.clone(),
            Some("other-name.example.gov") => self.other_name.clone(),
            Some("self-signed.example.gov") => self.self_signed.clone(),
            Some("no-certificate.example.gov") => return None,
            _ => self.good.clone(),
        })
    }
}

/// What accepts TLS connections, and the root that vouches for the good certificate.
pub(super) fn acceptor() -> (TlsAcceptor, Vec<u8>) {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(rcgen::DnType::CommonName, "Hostile City Root");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let certified = |names: &[&str], expired: bool, signed: bool| {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(if expired { 2021 } else { 2099 }, 1, 1);
        let certificate = if signed { params.signed_by(&key, &root) } else { params.self_signed(&key) }.unwrap();
        let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let key = provider.key_provider.load_private_key(der).unwrap();
        Arc::new(CertifiedKey::new(vec![CertificateDer::from(certificate.der().to_vec())], key))
    };
    let certificates = Certificates {
        good: certified(&["*.example.gov", "example.gov", "opendataphilly.org"], false, true),
        expired: certified(&["expired.example.gov"], true, true),
        other_name: certified(&["www.example.org"], false, true),
        self_signed: certified(&["self-signed.example.gov"], false, false),
    };
    let config = rustls::ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(certificates));
    (TlsAcceptor::from(Arc::new(config)), root.der().to_vec())
}
