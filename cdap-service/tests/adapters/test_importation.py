"""An import of files into a real database: what it refuses, rejects, keeps, and how it goes on."""

from datetime import date
from pathlib import Path

import flux
import pytest
from click.testing import CliRunner
from flux import un_foyer, va_a, vient_de
from sqlalchemy import delete, select, update

from atelier.bases import nouvelle_base
from cdap.adapters import ndjson
from cdap.adapters.avancement import suivre
from cdap.adapters.depots import DossiersSql
from cdap.adapters.importation import Source, connus, importer, oublier
from cdap.adapters.tables import dossiers, imports, rejets
from cdap.domain.dossiers import Cle, Dossier
from cdap.domain.foyer import Adresse
from cdap.domain.liens import Depart, DroitRsa, Liens, Mandat
from cdap.domain.versements import QuotientFamilial
from cdap.main import MIGRATIONS, groupe
from socle.database import lecture, ouvrir
from socle.migrations import migrer

LE = date(2026, 3, 31)
MOIS_1, MOIS_2, JOUR = "2022-02-28", "2022-03-31", "2022-03-10"


@pytest.fixture
def engine(tmp_path):
    """An empty database of CDAP."""
    engine = ouvrir(nouvelle_base(tmp_path / "cdap.sqlite"), creer=True)
    migrer(engine, MIGRATIONS)
    yield engine
    engine.dispose()


@pytest.fixture
def prendre(engine, tmp_path):
    """Import a flow of these households."""
    rang = 0

    def _prendre(*foyers: str, **options):
        nonlocal rang
        rang += 1
        xsd, le = options.pop("xsd", None), options.pop("le", None)
        chemin = flux.ecrire(tmp_path / f"flux-{rang}.xml", foyers, **options)
        return importer(engine, Source(chemin, xsd=xsd, le=le), LE)

    return _prendre


def contenu(engine) -> dict[str, list]:
    """All that an import may change, but for its instants."""
    with lecture(engine) as connexion:
        return {
            "dossiers": list(connexion.execute(
                select(dossiers.c.organisme, dossiers.c.numero_allocataire, dossiers.c.contenu, dossiers.c.arretes)
                .order_by(dossiers.c.organisme, dossiers.c.numero_allocataire)
            )),
            "imports": list(connexion.execute(select(*[c for c in imports.c if not c.name.endswith("_a")]))),
            "rejets": list(connexion.execute(select(rejets).order_by(rejets.c.import_id, rejets.c.rang))),
        }  # fmt: skip


def lire(engine, numero="2055990", caf="521") -> Dossier | None:
    with lecture(engine) as connexion:
        return DossiersSql(connexion).lire(Cle(caf, numero))


VIDE = {"dossiers": [], "imports": [], "rejets": []}


def test_le_flux_des_tiers_entre_et_dit_son_ecart_puis_ne_change_plus_rien(engine, donnees_tierces):
    source = Source(donnees_tierces / "flux-rsa" / "RSABEM.xml", xsd=donnees_tierces / "flux-rsa" / "vrsb0801.xsd")
    rapport = importer(engine, source, LE)
    lignes = list(rapport.lignes())
    assert lignes[0] == "RSABEM.xml : 2 dossier(s) importé(s), 0 rejet(s)"
    assert "  le flux annonce 1 foyer(s) et en contient 2" in lignes
    avant = contenu(engine)
    assert len(avant["dossiers"]) == 2
    encore = importer(engine, source, LE)
    assert encore.deja and encore.pris == 2
    assert "rien n’a changé" in "\n".join(encore.lignes())
    assert contenu(engine) == avant
    assert [(i.nature, i.arrete) for i in connus(engine)] == [("flux RSA mensuel", f"{MOIS_1} 2022-03-05T01:18:36")]


BOMBE = (
    '<!DOCTYPE Racine [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


@pytest.mark.parametrize(
    ("options", "raison"),
    [
        ({"annonces": 3}, "moins de foyers"),
        ({"annonces": "00A"}, "ne dit pas combien"),
        ({"annonces": ""}, "ne dit pas combien"),
        ({"reference": "2022-02-30"}, "DTREF"),
        ({"reference": ""}, "DTREF"),
        ({"reference": "2027-01-01"}, "à venir"),
        ({"en": "utf-8"}, "UTF-8"),
        ({"encodage": "utf-8", "en": "cp1252"}, "mal formé"),
        ({"encodage": "utf-8", "en": "utf-16"}, "format inconnu"),
        ({"prologue": BOMBE}, "DTD"),
        ({"prologue": '<!DOCTYPE Racine SYSTEM "file:///etc/hostname">'}, "DTD"),
    ],
)
def test_un_flux_qui_ne_tient_pas_est_refuse_en_entier_et_ne_change_rien(engine, prendre, options, raison):
    rapport = prendre(un_foyer(), un_foyer("2055991"), **options)
    assert raison in rapport.refus
    assert contenu(engine) == VIDE


@pytest.mark.parametrize("reste", [0.2, 0.5, 0.9, 0.999])
def test_un_flux_ecourte_est_refuse_ou_qu_il_soit_coupe(engine, tmp_path, reste):
    octets = flux.ecrire(tmp_path / "entier.xml", map(un_foyer, flux.numeros(50))).read_bytes()
    coupe = tmp_path / "coupe.xml"
    coupe.write_bytes(octets[: int(len(octets) * reste)])
    assert "mal formé" in importer(engine, Source(coupe), LE).refus
    assert contenu(engine) == VIDE


def test_un_flux_de_dossiers_ecourte_entre_deux_lignes_est_refuse_s_il_annonce_son_compte(engine, tmp_path):
    chemin = tmp_path / "d.ndjson"
    tous = [Dossier(cle=Cle("831", numero), creances=()) for numero in flux.numeros(5)]
    ndjson.ecrire(tous[:4], chemin, arrete_le=LE, nombre=5)
    assert "moins de foyers" in importer(engine, Source(chemin), LE).refus
    assert contenu(engine) == VIDE
    ndjson.ecrire(tous, chemin, arrete_le=LE, nombre=5)
    assert importer(engine, Source(chemin), LE).pris == 5
    chemin.write_bytes(b'{"flux": {"arrete_le": "2026-02-30"}}\n')
    assert "schéma" in importer(engine, Source(chemin), LE).refus


def test_un_flux_contraire_a_son_schema_est_refuse_quand_le_schema_est_donne(engine, prendre, donnees_tierces):
    xsd = donnees_tierces / "flux-rsa" / "vrsb0801.xsd"
    assert "schéma, ligne" in prendre(un_foyer(), un_foyer(naissance="SECRET"), xsd=xsd).refus
    assert contenu(engine) == VIDE
    mutation = va_a(le="2027-01-01") + "\n"
    assert prendre(un_foyer(suite=mutation), un_foyer("2055991", suite=vient_de("1234567")), xsd=xsd).pris == 2


def test_un_element_demesure_est_refuse_sans_remplir_la_memoire(engine, prendre):
    assert "trop long" in prendre(un_foyer(annexe="<Anomalie>x</Anomalie>" * 300_000)).refus
    assert contenu(engine) == VIDE


MAUVAIS = [
    ({"matricule": "2055990"}, "MATRICULE"),
    ({"matricule": "2055990000000001"}, "MATRICULE"),
    ({"matricule": "20559900000000A"}, "MATRICULE"),
    ({"caf": "5é1"}, "NUMORG"),
    ({"naissance": "1982-02-30"}, "DTNAI"),
    ({"naissance": "01/02/1982"}, "DTNAI"),
    ({"demande": "2018-13-01"}, "DTDEMRSA"),
    ({"etat": "5", "clos_le": "2021-11-31"}, "DTCLORSA"),
    ({"montant": "16O5.00"}, "MTNATRESSMEN"),
    ({"montant": "1e9"}, "MTNATRESSMEN"),
    ({"suite": vient_de("20A5990")}, "MATRICULEORGCEDMUT"),
    ({"suite": va_a(le="2022-02-31")}, "DDDEPAMUT"),
]


def test_un_foyer_fautif_est_rejete_avec_sa_ligne_et_son_champ_et_les_bons_entrent(engine, prendre, tmp_path):
    fautifs = [un_foyer(f"30000{rang:02d}", **champs) for rang, (champs, _) in enumerate(MAUVAIS)]
    bons = [un_foyer(numero) for numero in flux.numeros(len(fautifs))]
    rapport = prendre(*(foyer for paire in zip(bons, fautifs, strict=True) for foyer in paire))
    assert (rapport.pris, rapport.nb_rejets, rapport.refus) == (len(bons), len(MAUVAIS), None)
    lignes = (tmp_path / "flux-1.xml").read_text("cp1252").splitlines()
    dits = list(rapport.rejets)
    for rang, (rejet, (champs, champ)) in enumerate(zip(dits, MAUVAIS, strict=True)):
        assert rejet.champ == champ
        assert rejet.place.endswith(f", foyer {2 * rang + 2}")
        ligne = int(rejet.place.removeprefix("ligne ").partition(",")[0])
        assert f"<{champ}>" in lignes[ligne - 1]
        assert not any(valeur in "\n".join(rapport.lignes()) for valeur in champs.values() if len(valeur) > 3)


def test_un_foyer_en_double_est_rejete_et_le_premier_reste(engine, prendre):
    rapport = prendre(un_foyer(nom="PREMIER"), un_foyer("2055991"), un_foyer(nom="SECOND"))
    assert (rapport.pris, rapport.nb_rejets) == (2, 1)
    (rejet,) = rapport.rejets
    assert rejet.place.endswith("foyer 3") and "déjà plus haut" in rejet.raison
    assert lire(engine).personnes[0].nom_usage == "PREMIER"
    assert prendre(un_foyer(nom="TROISIEME"), reference=MOIS_2).pris == 1


def test_des_foyers_de_plus_qu_annonce_entrent_et_l_ecart_est_dit(prendre):
    rapport = prendre(un_foyer(), un_foyer("2055991"), annonces=1)
    assert rapport.pris == 2
    assert "  le flux annonce 1 foyer(s) et en contient 2" in list(rapport.lignes())


class Coupure(BaseException):
    """The power goes."""


@pytest.mark.parametrize("apres", [1, 4, 9])
def test_un_import_interrompu_reprend_a_sa_place_et_finit_comme_s_il_ne_l_avait_pas_ete(engine, tmp_path, apres):
    foyers = [un_foyer(numero, montant="x" if rang % 40 == 7 else "0000010.00", nom=f"NOM{rang % 9}É")
              for rang, numero in enumerate(flux.numeros(1500))] + [un_foyer("1000003")]  # fmt: skip
    source = Source(flux.ecrire(tmp_path / "f.xml", foyers))

    temoin = ouvrir(nouvelle_base(tmp_path / "temoin.sqlite"), creer=True)
    migrer(temoin, MIGRATIONS)
    entier = importer(temoin, source, LE)
    assert len(entier.lots_s) > 1

    def couper(nom, _):
        vus = 0

        def suivi(_: int) -> None:
            nonlocal vus
            vus += nom == "Import"
            if vus > apres * 10:
                raise Coupure

        return suivi

    with pytest.raises(Coupure):
        importer(engine, source, LE, couper)
    fini = importer(engine, source, LE)
    assert fini.pris == entier.pris == 1462
    assert fini.nb_rejets == entier.nb_rejets == 39
    assert list(fini.rejets) == list(entier.rejets)
    assert contenu(engine) == contenu(temoin)
    temoin.dispose()


def test_deux_imports_du_meme_fichier_ne_font_pas_deux_fois_le_travail(engine, tmp_path):
    source = Source(flux.ecrire(tmp_path / "f.xml", map(un_foyer, flux.numeros(40))))

    def doubler(nom, _):
        def suivi(_: int) -> None:
            if nom == "Import":
                with engine.begin() as connexion:  # somebody else has gone on meanwhile
                    connexion.execute(update(imports).values(place=imports.c.place + 20))

        return suivi

    assert "par ailleurs" in importer(engine, source, LE, doubler).refus
    assert contenu(engine)["dossiers"] == []


def test_un_fichier_qui_change_pendant_l_import_arrete_l_import(engine, tmp_path):
    chemin = flux.ecrire(tmp_path / "f.xml", map(un_foyer, flux.numeros(40)))

    def changer(nom, _):
        return lambda _: chemin.touch() if nom == "Import" else None

    assert "a changé" in importer(engine, Source(chemin), LE, changer).refus
    assert contenu(engine)["dossiers"] == []


def test_un_flux_plus_ancien_n_ecrase_rien_et_apprend_le_passe(engine, prendre):
    assert prendre(un_foyer(nom="RECENT", demande="2021-01-01"), reference=MOIS_2).pris == 1
    avant = lire(engine)
    vieux = prendre(un_foyer(nom="VIEUX", etat="5", demande="2018-08-06", clos_le="2020-03-31"), reference=MOIS_1)
    assert (vieux.pris, vieux.anciens) == (0, 1)
    assert "plus récent" in "\n".join(vieux.lignes())
    apres = lire(engine)
    assert (apres.personnes, apres.rsa) == (avant.personnes, avant.rsa)
    assert apres.liens.droits_rsa == (
        DroitRsa(depuis=date(2018, 8, 6), jusqu_a=date(2020, 3, 31)),
        DroitRsa(depuis=date(2021, 1, 1)),
    )


def test_un_flux_plus_ancien_ne_rouvre_pas_un_droit_clos(engine, prendre):
    prendre(un_foyer(etat="5", clos_le="2022-03-31"), reference=MOIS_2)
    prendre(un_foyer(etat="2"), reference=MOIS_1)
    assert lire(engine).liens.droits_rsa == (DroitRsa(depuis=date(2018, 8, 6), jusqu_a=date(2022, 3, 31)),)
    assert lire(engine).rsa.etat_code == "5"


def test_le_quotidien_et_le_mensuel_se_rangent_par_leur_date_de_reference(engine, prendre):
    prendre(un_foyer(nom="QUOTIDIEN"), reference=JOUR, cree=JOUR, type_flux="J")
    tardif = prendre(un_foyer(nom="FEVRIER"), reference=MOIS_1, cree="2022-03-12")
    assert (tardif.anciens, lire(engine).personnes[0].nom_usage) == (1, "QUOTIDIEN")
    assert prendre(un_foyer(nom="MARS"), reference=MOIS_2, cree="2022-04-05").pris == 1
    assert prendre(un_foyer(nom="REFAIT"), reference=MOIS_2, cree="2022-04-07").pris == 1
    assert prendre(un_foyer(nom="PERIME"), reference=MOIS_2, cree="2022-04-06").anciens == 1
    assert lire(engine).personnes[0].nom_usage == "REFAIT"


def test_ce_qui_n_a_pas_de_date_complete_et_n_ecrase_pas(engine, prendre, tmp_path):
    prendre(un_foyer())
    adresse, quotient = Adresse(commune="AILLEURS"), QuotientFamilial(valeur=612, mois="2022-02")
    chemin = tmp_path / "d.ndjson"
    sans_date = Dossier(cle=Cle("521", "2055990"), adresse=adresse, quotient_familial=quotient)
    ndjson.ecrire([sans_date], chemin)
    assert importer(engine, Source(chemin), LE).pris == 1
    assert lire(engine).adresse.commune == "LEVALLOIS PERRET"
    assert lire(engine).quotient_familial == quotient
    ndjson.ecrire([sans_date], chemin, arrete_le=date(2022, 3, 1))
    assert importer(engine, Source(chemin), LE).pris == 1
    assert lire(engine).adresse == adresse
    ndjson.ecrire([Dossier(cle=sans_date.cle, adresse=Adresse(commune="TROP TARD"))], chemin)
    assert importer(engine, Source(chemin, le=date(2022, 2, 1)), LE).anciens == 1
    assert lire(engine).adresse == adresse


def test_un_droit_clos_sans_date_finit_le_dernier_jour_ou_on_l_a_su_ouvert(engine, prendre):
    prendre(un_foyer(), reference=MOIS_1)
    prendre(un_foyer(etat="5"), reference=MOIS_2)
    assert lire(engine).liens.droits_rsa == (DroitRsa(depuis=date(2018, 8, 6), jusqu_a=date(2022, 2, 28)),)
    assert lire(engine).rsa.etat_code == "5"


def test_un_droit_clos_puis_rouvert_garde_les_deux_periodes(engine, prendre):
    prendre(un_foyer(), reference=MOIS_1)
    prendre(un_foyer(etat="5", clos_le="2022-03-15"), reference="2022-03-16", type_flux="J")
    prendre(un_foyer(demande="2022-03-20"), reference=MOIS_2)
    assert lire(engine).liens.droits_rsa == (
        DroitRsa(depuis=date(2018, 8, 6), jusqu_a=date(2022, 3, 15)),
        DroitRsa(depuis=date(2022, 3, 20)),
    )


def _mandate(engine):
    """The household of Chaumont has a measure of protection that no flow of the Cnaf knows."""
    mandat = Mandat(siret="13002526500013", depuis=date(2020, 1, 1))
    with engine.begin() as connexion:
        DossiersSql(connexion).fusionner([Dossier(cle=Cle("521", "2055990"), liens=Liens(mandats=(mandat,)))])
    return mandat


def test_une_mutation_change_la_cle_et_le_passe_suit(engine, prendre):
    prendre(un_foyer(nom="MUTE"))
    mandat = _mandate(engine)
    arrive = un_foyer("9332742", caf="831", nom="MUTE", demande=JOUR, suite=vient_de("2055990"))
    assert prendre(arrive, reference=MOIS_2).pris == 1
    nouveau, ancien = lire(engine, "9332742", "831"), lire(engine)
    assert ancien.liens.depart == Depart(le=date(2022, 3, 10), vers="831")
    assert nouveau.liens.depart is None
    assert nouveau.liens.mandats == (mandat,)
    assert nouveau.liens.droits_rsa == (
        DroitRsa(depuis=date(2018, 8, 6), jusqu_a=date(2022, 3, 9)),
        DroitRsa(depuis=date(2022, 3, 10)),
    )


def test_le_depart_que_dit_la_caf_quittee_vaut_et_un_retour_l_efface(engine, prendre):
    prendre(un_foyer(suite=va_a(le=JOUR)), reference=JOUR, type_flux="J")
    assert lire(engine).liens.depart == Depart(le=date(2022, 3, 10), vers="831")
    prendre(un_foyer(), reference=MOIS_1)
    assert lire(engine).liens.depart is not None
    prendre(un_foyer(), reference="2022-06-30")
    assert lire(engine).liens.depart is None


@pytest.mark.parametrize("ordre", [(0, 1), (1, 0)])
def test_une_mutation_dite_par_les_deux_caf_finit_pareil_dans_les_deux_ordres(engine, prendre, ordre):
    prendre(un_foyer())
    flux_ = [
        (un_foyer(suite=va_a(le=JOUR)), {"reference": MOIS_2}),
        (
            un_foyer("9332742", caf="831", suite=vient_de("2055990", le=JOUR)),
            {"reference": MOIS_2, "cree": "2022-04-06"},
        ),
    ]
    for rang in ordre:
        foyer, options = flux_[rang]
        prendre(foyer, **options)
    assert lire(engine).liens.depart == Depart(le=date(2022, 3, 10), vers="831")
    assert lire(engine, "9332742", "831").liens.droits_rsa == (DroitRsa(depuis=date(2018, 8, 6)),)


def test_une_arrivee_sans_ancien_matricule_ou_d_un_inconnu_entre_comme_un_foyer_neuf(engine, prendre):
    rapport = prendre(
        un_foyer("9332742", caf="831", suite=vient_de(None)),
        un_foyer("9332743", caf="831", suite=vient_de("7777777")),
    )
    assert rapport.pris == 2
    assert lire(engine, "9332743", "831").liens.droits_rsa == (DroitRsa(depuis=date(2018, 8, 6)),)


def test_le_fictif_et_le_vrai_ne_se_melent_pas_dans_une_mutation(engine, prendre):
    with engine.begin() as connexion:
        DossiersSql(connexion).fusionner([Dossier(cle=Cle("521", "2055990"), fictif=True)])
    prendre(un_foyer("9332742", caf="831", suite=vient_de("2055990")))
    assert lire(engine) == Dossier(cle=Cle("521", "2055990"), fictif=True)
    assert lire(engine, "9332742", "831").fictif is False


def test_hors_d_un_terminal_l_avancement_est_fait_de_lignes_et_sur_un_terminal_d_une_barre():
    lignes: list[str] = []
    suivi = suivre("Import", 10_000_000, terminal=False, dire=lignes.append)
    for octets in range(0, 10_000_001, 1_000_000):
        suivi(octets)
    suivi(10_000_000)
    assert lignes == ["Import : 100%\n"]
    barre: list[str] = []
    suivre("Import", 10_000_000, terminal=True, dire=barre.append)(10_000_000)
    assert barre[0].startswith("\rImport") and "100%" in barre[0]
    suivre("Import", 10, terminal=False, dire=lignes.append)(10)
    assert len(lignes) == 1


def test_le_nom_du_fichier_n_est_pas_garde(engine, donnees_tierces):
    chemin: Path = donnees_tierces / "quotient-familial" / "200_4400100.yaml"
    assert importer(engine, Source(chemin, organisme="441"), LE).pris == 1
    assert "4400100" not in str(contenu(engine)["imports"])


def test_un_fichier_qui_dit_sa_caf_n_entre_qu_une_fois_avec_ou_sans_organisme(engine, tmp_path):
    xml = flux.ecrire(tmp_path / "f.xml", [un_foyer()])
    lignes = tmp_path / "d.ndjson"
    ndjson.ecrire([Dossier(cle=Cle("831", "0412377"), creances=())], lignes, arrete_le=LE, nombre=1)
    for chemin in (xml, lignes):
        assert not importer(engine, Source(chemin), LE).deja
        assert importer(engine, Source(chemin, organisme="831"), LE).deja
    assert len(connus(engine)) == 2


def test_un_import_oublie_peut_etre_relu_en_entier(engine, tmp_path):
    source = Source(flux.ecrire(tmp_path / "f.xml", [un_foyer(), un_foyer()]))
    assert importer(engine, source, LE).nb_rejets == 1
    autre = importer(engine, Source(flux.ecrire(tmp_path / "g.xml", [un_foyer("2055991")])), LE)
    assert autre.pris == 1
    entiers = contenu(engine)["dossiers"]
    with engine.begin() as connexion:
        connexion.execute(delete(dossiers).filter_by(numero_allocataire="2055990"))
    assert importer(engine, source, LE).deja
    (premier,) = [ligne.id for ligne in connus(engine) if ligne.rejets]
    assert oublier(engine, premier) and not oublier(engine, premier)
    assert len(connus(engine)) == 1 and contenu(engine)["rejets"] == []
    encore = importer(engine, source, LE)
    assert (encore.deja, encore.repris_a, encore.pris, encore.nb_rejets) == (False, 0, 1, 1)
    assert contenu(engine)["dossiers"] == entiers


def test_qui_importe_un_fichier_que_l_on_oublie_s_arrete_et_le_dit(engine, tmp_path):
    source = Source(flux.ecrire(tmp_path / "f.xml", map(un_foyer, flux.numeros(10))))

    def etape(nom, taille):
        if nom == "Import":
            assert oublier(engine, connus(engine)[0].id)
        return lambda octets: None

    assert "par ailleurs" in importer(engine, source, LE, etape).refus
    assert contenu(engine) == VIDE


def test_la_commande_oublie_par_le_numero_que_la_liste_dit(tmp_path):
    def lancer(*arguments):
        return CliRunner(env={"MCP_VAR": str(tmp_path), "MCP_DATABASE_URL": None}).invoke(groupe, arguments)

    chemin = str(flux.ecrire(tmp_path / "f.xml", [un_foyer()]))
    assert lancer("migrate").exit_code == 0
    assert lancer("import", chemin).exit_code == 0
    assert lancer("imports").output.startswith("n° 1 ")
    inconnu = lancer("imports", "--oublier", "7")
    assert (inconnu.exit_code, "pas d’import n° 7" in inconnu.output) == (1, True)
    assert lancer("imports", "--oublier", "1").exit_code == 0
    assert lancer("imports").output == ""
    assert "1 importé(s)" in lancer("import", chemin).output
