"""TLS is RFC 9325's or none, in real handshakes."""

import asyncio
import contextlib
import logging
import ssl
import time
import warnings
from datetime import timedelta
from pathlib import Path

import pytest
import uvloop

from atelier.certificats import PATIENCE_S, Autorite, Paire, ancien, serrer, serveur_tls
from socle import tls
from socle.courtier import connexion
from socle.tls import CertificatRefuse, Genre, examiner, serveur

DE_LA_RFC = {
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
}
TROIS_JOURS = timedelta(days=3)


@pytest.fixture
def autorite(tmp_path: Path) -> Autorite:
    return Autorite(tmp_path)


def test_un_client_ordinaire_est_servi_en_tls_1_3(autorite: Autorite) -> None:
    paire = autorite.emettre()
    with serveur_tls(serveur(*paire)) as port:
        client = autorite.client()
        client.set_alpn_protocols(["h2", "http/1.1"])
        fait = serrer(port, client)
    assert (fait.version, fait.protocole) == ("TLSv1.3", "http/1.1")


def test_un_autre_hote_une_autre_autorite_et_un_certificat_expire_sont_refuses(
    autorite: Autorite, tmp_path: Path
) -> None:
    with serveur_tls(serveur(*autorite.emettre("ailleurs.example"))) as port:
        assert _refus(port, autorite.client()) == "Hostname mismatch, certificate is not valid for 'localhost'."
    with serveur_tls(serveur(*Autorite(tmp_path).emettre())) as port:
        assert "unable to get local issuer" in _refus(port, autorite.client())
    with serveur_tls(serveur(*autorite.emettre(ecart=-TROIS_JOURS))) as port:
        assert _refus(port, autorite.client()) == "certificate has expired"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_une_version_depassee_est_refusee(autorite: Autorite, version: ssl.TLSVersion) -> None:
    paire = autorite.emettre()
    client = ancien(version)
    with serveur_tls(_complaisant(paire)) as port:
        assert serrer(port, client).version in ("TLSv1", "TLSv1.1")  # this client could
    with serveur_tls(serveur(*paire)) as port, pytest.raises(ssl.SSLError) as refus:
        serrer(port, client)
    assert refus.value.reason == "TLSV1_ALERT_PROTOCOL_VERSION"


def test_en_tls_1_2_les_suites_sont_exactement_celles_de_la_rfc(autorite: Autorite) -> None:
    acceptees = set()
    for paire in (autorite.emettre(), autorite.emettre(octets_rsa=2048)):
        with serveur_tls(serveur(*paire)) as port:
            for suite in _toutes_les_suites():
                try:
                    fait = serrer(port, _client_de(suite))
                except OSError:
                    continue
                acceptees.add(fait.suite)
    assert acceptees == DE_LA_RFC


def test_aucune_session_n_est_reprise_par_un_billet(autorite: Autorite) -> None:
    with serveur_tls(serveur(*autorite.emettre())) as port:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            client = autorite.client()
            client.maximum_version = version
            fait = serrer(port, client)
            assert fait.session is None or not fait.session.has_ticket


def test_ni_renegociation_ni_compression(autorite: Autorite) -> None:
    voulues = ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    assert serveur(*autorite.emettre()).options & voulues == voulues


def test_un_certificat_renouvele_est_servi_sans_redemarrage(autorite: Autorite) -> None:
    paire, nouvelle = autorite.emettre(), autorite.emettre()
    attendu = ssl.PEM_cert_to_DER_cert(nouvelle.certificat.read_text())
    with serveur_tls(serveur(*paire, regard_s=0.0)) as port:
        assert serrer(port, autorite.client()).certificat != attendu
        paire.remplacer(nouvelle)
        for hote in ("localhost", "127.0.0.1"):  # an address is not told to the server as a name
            assert serrer(port, autorite.client(), hote).certificat == attendu


def test_la_boucle_de_la_passerelle_sert_aussi_le_certificat_renouvele(autorite: Autorite) -> None:
    paire, nouvelle = autorite.emettre(), autorite.emettre()
    attendu = ssl.PEM_cert_to_DER_cert(nouvelle.certificat.read_text())

    async def repondre(_: asyncio.StreamReader, ecrivain: asyncio.StreamWriter) -> None:
        ecrivain.write(b"ok")
        await ecrivain.drain()
        ecrivain.close()

    async def essayer() -> None:
        contexte = serveur(*paire, regard_s=0.0)
        async with await asyncio.start_server(repondre, "127.0.0.1", 0, ssl=contexte) as ouvert:
            port = ouvert.sockets[0].getsockname()[1]
            assert (await asyncio.to_thread(serrer, port, autorite.client())).certificat != attendu
            paire.remplacer(nouvelle)
            assert (await asyncio.to_thread(serrer, port, autorite.client())).certificat == attendu

    uvloop.run(essayer())


def test_un_renouvellement_a_moitie_ecrit_laisse_servir_l_ancien(
    autorite: Autorite, caplog: pytest.LogCaptureFixture
) -> None:
    paire, nouvelle = autorite.emettre(), autorite.emettre()
    avant, apres = (ssl.PEM_cert_to_DER_cert(p.certificat.read_text()) for p in (paire, nouvelle))
    with serveur_tls(serveur(*paire, regard_s=0.0)) as port:
        nouvelle.certificat.replace(paire.certificat)
        assert serrer(port, autorite.client()).certificat == avant
        assert [ligne.cause for ligne in caplog.records if ligne.levelno == logging.ERROR] == [Genre.DEPAREILLE]
        nouvelle.cle.replace(paire.cle)
        assert serrer(port, autorite.client()).certificat == apres


def test_un_certificat_expire_est_servi_et_dit(autorite: Autorite, caplog: pytest.LogCaptureFixture) -> None:
    serveur(*autorite.emettre(ecart=-TROIS_JOURS))
    assert [ligne.cause for ligne in caplog.records] == [Genre.EXPIRE]


def test_un_certificat_qui_expire_pendant_qu_il_sert_est_dit(
    autorite: Autorite, caplog: pytest.LogCaptureFixture
) -> None:
    paire = autorite.emettre(ecart=timedelta(seconds=5) - timedelta(days=1))
    with serveur_tls(serveur(*paire, regard_s=0.0)) as port:
        fin = time.monotonic() + PATIENCE_S
        while Genre.EXPIRE not in [ligne.cause for ligne in caplog.records]:
            assert time.monotonic() < fin
            with contextlib.suppress(ssl.SSLCertVerificationError):
                serrer(port, autorite.client())
            time.sleep(0.1)


def test_ce_qui_ne_va_pas_est_nomme(autorite: Autorite, tmp_path: Path) -> None:
    bonne, autre = autorite.emettre(), autorite.emettre()
    examiner(*bonne)
    vide = tmp_path / "vide"
    vide.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    cas = {
        Genre.ILLISIBLE: [(tmp_path / "rien", bonne.cle), (bonne.certificat, tmp_path / "rien"), (vide, bonne.cle)],
        Genre.DEPAREILLE: [(bonne.certificat, autre.cle), (bonne.certificat, autorite.emettre(octets_rsa=2048).cle)],
        Genre.FAIBLE: [tuple(autorite.emettre(octets_rsa=1024))],
        Genre.EXPIRE: [tuple(autorite.emettre(ecart=-TROIS_JOURS))],
        Genre.PAS_ENCORE: [tuple(autorite.emettre(ecart=TROIS_JOURS))],
    }
    assert set(cas) == set(Genre)
    for genre, paires in cas.items():
        for certificat, cle in paires:
            with pytest.raises(CertificatRefuse) as refus:
                examiner(certificat, cle)
            assert refus.value.genre == genre
            assert str(refus.value).endswith(".") and "\n" not in str(refus.value)


def test_une_cle_chiffree_ne_demande_rien_au_terminal(autorite: Autorite) -> None:
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
        load_pem_private_key,
    )

    paire = autorite.emettre()
    cle = load_pem_private_key(paire.cle.read_bytes(), None)
    paire.cle.write_bytes(cle.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"mot")))
    with pytest.raises(CertificatRefuse) as refus:
        examiner(*paire)
    assert refus.value.genre == Genre.ILLISIBLE


def test_vers_le_courtier_l_autorite_et_l_hote_sont_verifies(autorite: Autorite, tmp_path: Path) -> None:
    with serveur_tls(serveur(*autorite.emettre())) as port:
        assert not isinstance(_connecter(port, autorite.racine), ssl.SSLError)  # what follows is no AMQP
        assert "certificate verify failed" in str(_connecter(port, Autorite(tmp_path).racine))
        assert "certificate verify failed" in str(_connecter(port, None))
    with serveur_tls(serveur(*autorite.emettre("ailleurs.example"))) as port:
        assert "not valid for" in str(_connecter(port, autorite.racine))
    with serveur_tls(serveur(*autorite.emettre(ecart=-TROIS_JOURS))) as port:
        assert "certificate has expired" in str(_connecter(port, autorite.racine))


def test_vers_le_courtier_rien_d_ancien_n_est_offert(autorite: Autorite) -> None:
    paire = autorite.emettre()
    depasse, sans_aead = _complaisant(paire, ssl.TLSVersion.TLSv1_1), _complaisant(paire, ssl.TLSVersion.TLSv1_2)
    with serveur_tls(depasse) as port:
        assert isinstance(_connecter(port, autorite.racine), ssl.SSLError)
    assert set(tls.amqp()["ciphers"].split(":")) == DE_LA_RFC
    sans_aead.set_ciphers("ECDHE+AES:!AESGCM:!AESCCM")
    with serveur_tls(sans_aead) as port:
        assert isinstance(_connecter(port, autorite.racine), ssl.SSLError)


def _connecter(port: int, autorites: Path | None) -> Exception:
    """How the connection to a broker that is none ends."""
    lien = connexion(f"amqps://moi:rien@127.0.0.1:{port}/mcp", autorites)
    with pytest.raises(Exception) as fin:
        lien.connect()
    cause = fin.value.__cause__ or fin.value
    assert isinstance(cause, Exception)
    return cause


def _refus(port: int, client: ssl.SSLContext) -> str:
    with pytest.raises(ssl.SSLCertVerificationError) as refus:
        serrer(port, client)
    return refus.value.verify_message


def _complaisant(paire: Paire, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2) -> ssl.SSLContext:
    """A server that takes what ours refuses."""
    contexte = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    contexte.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        contexte.minimum_version, contexte.maximum_version = ssl.TLSVersion.TLSv1, version
    contexte.load_cert_chain(*paire)
    return contexte


def _toutes_les_suites() -> list[str]:
    contexte = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    contexte.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    return [dite["name"] for dite in contexte.get_ciphers() if dite["protocol"] != "TLSv1.3"]


def _client_de(suite: str) -> ssl.SSLContext:
    contexte = ancien(ssl.TLSVersion.TLSv1_2)
    contexte.set_ciphers(f"{suite}:@SECLEVEL=0")
    return contexte
