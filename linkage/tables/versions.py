"""The record that publishes a version."""

from __future__ import annotations

from linkage.platform.lake.schema import Column, Table


class Version(Table):
    """One row per published version."""

    path = "versions"
    grain = "Une ligne par version publiée."
    coverage = "Une version existe quand sa ligne est écrite ; les analystes ne lisent qu'elles."
    job = "quality"
    key = ("version",)
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    status = Column("string", "published")
    created_at = Column("timestamp", "publication")
    code_version = Column("string", "version du code")
    inputs_hash = Column(
        "string", "empreinte des livraisons, de la méthode et du modèle donné : ce qui fait la version"
    )
    settings_hash = Column("string", "empreinte de la méthode")
    model_hash = Column("string", "empreinte du modèle utilisé")
    model = Column("string", "modèle utilisé, en JSON")
    model_given = Column("boolean", "modèle donné par --model plutôt qu'estimé sur ces données")
    deliveries = Column("array<string>", "livraisons : source, millésime, date d'extraction, empreinte")
    table_versions = Column("map<string,bigint>", "versions Delta des tables lues et écrites")
    row_counts = Column("map<string,bigint>", "lignes par table", unit="lignes")
    indicators = Column("map<string,double>", "principaux indicateurs")
