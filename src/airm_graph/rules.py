"""The rules of reader and merge: identifier, severity, title and remedy of every finding that does
not come from a shape.
"""

from collections.abc import Mapping
from types import MappingProxyType

from airm_graph.frozen import frozen
from airm_graph.model import Finding, Location, Severity

__all__ = ["OF_WHOLE_PAGES", "REFERENCES", "RULES", "SAYS_THE_SAME", "Rule", "make_finding"]

_MUST, _SHOULD, _NOTE = Severity.VIOLATION, Severity.WARNING, Severity.INFO


@frozen
class Rule:
    """What a rule is about and what to do when it fires."""

    severity: Severity
    title: str
    remedy: str


#: CAP: one captured page. TXT: its texts. TAB: tables. SSM: tables of mappings. DEC: decisions.
#: IDN: items of other frameworks.
#: MRG: several pages together. INF: the closure.
RULES = MappingProxyType(
    {
        "CAP-01": Rule(_MUST, "an input is UTF-8 text", "save the page again as UTF-8 text"),
        "CAP-02": Rule(_MUST, "an input is not empty", "capture the page again"),
        "CAP-03": Rule(
            _MUST, "an input is the text of a mitigation page", "capture the visible text of the page, not its source or another page"
        ),
        "CAP-04": Rule(_MUST, "an input has the size of a page", "capture the page again, one paragraph a line"),
        "CAP-05": Rule(_SHOULD, "a page begins with its two notices", "capture the page from its first line on"),
        "CAP-06": Rule(
            _SHOULD,
            "the code of a page is known by the fingerprint of its definition",
            "add the fingerprint to the taxonomy once the code is known",
        ),
        "CAP-07": Rule(
            _MUST, "the 'Also in' label is that of the parent code", "compare the page with its capture and mend the one that is wrong"
        ),
        "CAP-08": Rule(
            _SHOULD, "a page gives the reason for its code", "check whether the page shows a reason; nothing to do if it does not"
        ),
        "CAP-09": Rule(_MUST, "a code stands with its own label", "mend the line: code and label must be a pair of the taxonomy"),
        "CAP-10": Rule(_MUST, "a code exists in the taxonomy", "mend the line, or add the code to the taxonomy"),
        "CAP-11": Rule(
            _NOTE, "a parent heading is known by name", "check that the line is the parent; a capture of the parent's page settles it"
        ),
        "CAP-12": Rule(_MUST, "every item ends in a code line", "capture the page again; a code line is missing here"),
        "CAP-13": Rule(
            _SHOULD,
            "a page names its source",
            "name it in the side-car of the page, below 'source:' title, authors, year, doi, url",
        ),
        "CAP-14": Rule(_SHOULD, "a source carries its year", "find the year of the document"),
        "CAP-15": Rule(_MUST, "a page ends in six lines: stage, actor, function, each with its definition", "capture the page to its end"),
        "CAP-16": Rule(
            _MUST, "stage, actor and function are terms of their vocabularies", "mend the line, or add the term to the vocabulary"
        ),
        "CAP-17": Rule(_SHOULD, "a term is printed with the definition known for it", "check whether the publisher changed the definition"),
        "CAP-18": Rule(_SHOULD, "a side-car holds id, url, name, retrieved and source", "mend the side-car"),
        "CAP-19": Rule(_NOTE, "children and other mitigations of the source can be told apart", "capture more pages of this source"),
        "CAP-20": Rule(_NOTE, "a name stands on one line", "give the whole name in a side-car of its own page"),
        "CAP-21": Rule(_MUST, "a code line closes a named item", "capture the page again; a name is missing here"),
        "CAP-22": Rule(
            _SHOULD, "a page whose code has a parent says 'Also in'", "compare the page with its capture; a line is missing here"
        ),
        "CAP-23": Rule(
            _SHOULD,
            "a page begins with its notices and its definition",
            "capture the page from its first notice on; give its name in a side-car",
        ),
        "CAP-24": Rule(
            _NOTE, "the source of a page is said and not inferred", "give the page a side-car of its own if it is of another document"
        ),
        "CAP-25": Rule(
            _SHOULD, "an item of a list prints one paragraph", "compare the line with the page; a code line is missing or a line is broken"
        ),
        "TXT-01": Rule(_SHOULD, "a text ends where its sentence ends", "compare with the document and complete the text there"),
        "TXT-02": Rule(_SHOULD, "a description says something", "compare with the document; what followed the lead-in is missing"),
        "TXT-03": Rule(_SHOULD, "a description is prose, not fields", "move the fields to where they belong"),
        "TXT-04": Rule(_SHOULD, "a text carries no damage", "compare with the document and mend the text there"),
        "TAB-01": Rule(_MUST, "a table has rows and columns", "save the table again, as CSV in UTF-8 if in doubt"),
        "TAB-02": Rule(_SHOULD, "a table is UTF-8", "look at letters with accents, and save the table as UTF-8"),
        "TAB-03": Rule(
            _MUST,
            "a mapping knows the columns of a table",
            "write a mapping (airm-graph map proposes one), and give it with --mapping or put it beside the table",
        ),
        "TAB-04": Rule(_MUST, "a row of mitigations has a name", "add the name"),
        "TAB-05": Rule(_MUST, "a code exists in its edition", "correct the code, or the edition in the mapping"),
        "TAB-06": Rule(_MUST, "a code of a table stands with its own label", "correct the code or the label"),
        "TAB-07": Rule(
            _SHOULD,
            "the source of a row is listed",
            "add the document to the table of sources, or describe it in a side-car of the table, below 'sources:' and its key",
        ),
        "TAB-08": Rule(
            _MUST, "an identifier stands in one row", "give one of the rows another identifier, or take out the one that is wrong"
        ),
        "TAB-09": Rule(_MUST, "a row fits its header", "compare the row with the table it was saved from"),
        "TAB-10": Rule(_SHOULD, "a row of mitigations has a code", "add the code once it is known"),
        "TAB-11": Rule(_SHOULD, "a row of mitigations has a description", "add the description"),
        "TAB-12": Rule(
            _NOTE, "an identifier holds no white space", "write a hyphen for the blank, in every table that uses the identifier"
        ),
        "TAB-13": Rule(_NOTE, "a listed document states a mitigation", "nothing to do if the document is only listed"),
        "TAB-14": Rule(_MUST, "a listed document has identifier and title", "add what is missing"),
        "TAB-15": Rule(_SHOULD, "a listed document has a year", "add the date of the document"),
        "TAB-16": Rule(_MUST, "days and addresses have the usual form", "write days as 2026-11-21 and addresses with https://"),
        "TAB-17": Rule(_NOTE, "an author line is a list of names", "list the names only, one separator between two"),
        "TAB-18": Rule(_MUST, "a code of a table stands below its own parent", "correct the parent, or the edition in the mapping"),
        "TAB-20": Rule(_SHOULD, "a code is a text and not a number", "write the code as text: a number loses the zero at the end of 1.10"),
        "TAB-21": Rule(_MUST, "a formula is saved with its value", "open the workbook in a spreadsheet program and save it there"),
        "TAB-22": Rule(_MUST, "a cell holds no error", "mend the formula of the cell, or write the value"),
        "TAB-23": Rule(_NOTE, "rows and sheets of a workbook are shown", "show the sheet, or delete the rows, if that is meant"),
        "TAB-24": Rule(_NOTE, "a table is one header row and rows of values", "nothing to do if the columns are the ones that you expect"),
        "TAB-25": Rule(_MUST, "a packed file holds one table of ordinary size", "unpack the file, look into it, and give the table itself"),
        "TAB-26": Rule(_MUST, "a member stands once in its record", "take out the one that is wrong"),
        "TAB-27": Rule(_MUST, "a value of a record fits a cell", "give the list as plain values, or as records of a table of its own"),
        "TAB-28": Rule(_NOTE, "JSON in a folder is a table or none", "nothing to do if it is none; otherwise name the file itself"),
        "TAB-29": Rule(_NOTE, "the sheets of a workbook are tables", "nothing to do if it is none; otherwise write a mapping for it"),
        "TAB-30": Rule(_MUST, "a term of a table is one of its vocabulary", "correct the term; several stand apart by the separator"),
        "TAB-31": Rule(_MUST, "a row of a table is part of one other row at most", "correct the parent, or the children of the other row"),
        "TAB-32": Rule(_MUST, "parents and children are rows of the same document", "add the row, or correct the name"),
        "TAB-33": Rule(_SHOULD, "a reason stands with a code", "add the code once it is known"),
        "TAB-34": Rule(_MUST, "a row of an exported graph names what its tables hold", "export the graph again, or mend the row"),
        "TAB-35": Rule(_MUST, "a row of an exported graph is as it was written", "export the graph again, or mend the row"),
        "TAB-36": Rule(_SHOULD, "a listed document has authors", "add the author line: people, or the body that published it"),
        "TAB-37": Rule(
            _SHOULD, "a row has an identifier where the table has a column for it", "give the row an identifier that no other row has"
        ),
        "TAB-38": Rule(
            _NOTE,
            "what a repair takes out of a text is told",
            "nothing to do if it is the number of a citation or footnote; 'texts: as-they-are' in the mapping keeps it",
        ),
        "TAB-39": Rule(
            _NOTE,
            "a row states a measure, and is no total, heading or note",
            "nothing to do if it is one; otherwise give it a description",
        ),
        "SSM-01": Rule(
            _MUST,
            "a table of mappings is UTF-8 text: metadata, a header, rows",
            "save the table as SSSOM/TSV, with the metadata on top",
        ),
        "SSM-02": Rule(
            _SHOULD, "a set of mappings says which it is and under which licence", "add mapping_set_id and license to the metadata"
        ),
        "SSM-03": Rule(_MUST, "a mapping has subject, predicate, object and justification", "complete the row, or take it out"),
        "SSM-04": Rule(_MUST, "a reference is a CURIE with a declared prefix", "declare the prefix in curie_map, or mend the reference"),
        "SSM-05": Rule(_MUST, "a slot holds what SSSOM lets it hold", "mend the value, or leave the slot empty"),
        "SSM-06": Rule(_SHOULD, "a table of mappings keeps to the form of SSSOM/TSV", "rename or take out what is not of SSSOM"),
        "SSM-07": Rule(_MUST, "a mapping is not stated and denied at once", "take out one of the two rows"),
        "SSM-08": Rule(_MUST, "a mapped term exists in its vocabulary", "look the term up in the edition that is listed, and mend the IRI"),
        "SSM-09": Rule(_SHOULD, "a mapped term is in use", "map to the term that took its place"),
        "SSM-10": Rule(_SHOULD, "the label of a mapped term is its own", "compare label and IRI; one of them belongs to another term"),
        "SSM-11": Rule(_SHOULD, "an identifier has one label in a table of mappings", "compare the rows; one of them names another term"),
        "SSM-12": Rule(_SHOULD, "a row of a table of mappings stands once", "take out one of the rows, or mend the one that is wrong"),
        "DEC-01": Rule(_SHOULD, "a decision names what the input holds", "take the names from a new links.sssom.tsv or review.csv"),
        "DEC-02": Rule(_SHOULD, "decisions do not contradict each other", "take out one of them; none of the two is followed"),
        "DEC-03": Rule(_MUST, "a decision can be read", "write accept or reject, or a code of the edition"),
        "IDN-01": Rule(
            _SHOULD,
            "an identifier of another framework is one, in the form and edition of that framework",
            "compare with the framework; the nearest items are named",
        ),
        "IDN-02": Rule(_SHOULD, "an item of another framework is in use", "name what took its place, or keep the edition with it"),
        "IDN-03": Rule(
            _SHOULD, "an item of another framework stands with its own label", "compare identifier and label; one is of another item"
        ),
        "INF-01": Rule(_MUST, "statements and ontology do not contradict each other", "mend the input that states one of the two"),
        "MRG-01": Rule(_SHOULD, "a mitigation has one code of an edition", "compare the lines of both codes; a person decides"),
        "MRG-02": Rule(_SHOULD, "a mitigation has one description", "compare the lines of both descriptions"),
        "MRG-03": Rule(_SHOULD, "a mitigation has one parent", "compare the pages that name the parents"),
        "MRG-04": Rule(_SHOULD, "a source is printed the same on every page", "choose one spelling"),
        "MRG-05": Rule(
            _SHOULD,
            "an abstract belongs to one source, and a source has one",
            "compare with the document; one of the abstracts is not its own",
        ),
        "MRG-06": Rule(
            _SHOULD, "a mitigation has a name", "add a side-car NAME.meta.yaml with 'name: …', or the capture of a page that lists it"
        ),
        "MRG-07": Rule(
            _NOTE, "mitigations of one source with the same name are told apart by their parents", "capture the pages of the parents"
        ),
        "MRG-08": Rule(_SHOULD, "one identifier names one mitigation", "compare the side-cars"),
        "MRG-09": Rule(_SHOULD, "a mitigation has one actor, stage and function", "compare the pages"),
        "MRG-10": Rule(_NOTE, "the name of a page is said and not inferred", "check it; a side-car with the page's name settles it"),
        "MRG-11": Rule(
            _SHOULD, "one DOI or arXiv number names one document", "mend the number or the title; a decision joins them or keeps them apart"
        ),
        "MRG-12": Rule(_SHOULD, "one title and year has one DOI", "compare the documents; a decision joins them or keeps them apart"),
        "MRG-13": Rule(
            _NOTE, "what may be one mitigation is one or two", "give a page without a name a side-car with it, or decide of both"
        ),
        "MRG-14": Rule(
            _SHOULD,
            "what a row was taken from is another mitigation of the input",
            "give the identifier of one mitigation, or add the table that holds it",
        ),
    }
)

#: Rule of a shape → the rules by which reader and merge say the same of a capture, at the exact
#: line and with the words that are wrong. Where one of these speaks of the same lines, the finding
#: of the shape is left out; so no rule stands here that says more than they do.
SAYS_THE_SAME: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "EDI-04": ("TXT-04",),
        "EDI-06": ("TXT-04",),
        "EDI-07": ("TXT-01", "TXT-03", "TXT-04"),
        "EDI-08": ("MRG-06",),
        "EDI-10": ("TXT-02",),
        "EDI-09": ("TAB-11",),
        "EDI-11": ("CAP-06", "CAP-09", "CAP-10", "TAB-10"),
        "EDI-12": ("MRG-02",),
        "EDI-13": ("MRG-01",),
        "EDI-16": ("MRG-05",),
        "EDI-17": ("MRG-05",),
        "EDI-19": ("CAP-14", "TAB-15"),
        "EDI-23": ("CAP-08",),
        "EDI-25": ("CAP-13", "TAB-07"),
    }
)
#: What costs a row of a table what it refers to: its source, a code, its parent; ``--strict`` stops
#: there.
REFERENCES = frozenset({"TAB-05", "TAB-06", "TAB-07", "TAB-14", "TAB-31"})
#: What is said of all that a page lists, whatever the lines at which it is said.
OF_WHOLE_PAGES = frozenset({"CAP-13"})


def make_finding(rule: str, message: str, location: Location | None) -> Finding:
    """Make a finding of *rule* with the severity and remedy of the table.

    >>> make_finding("CAP-02", "the file is empty", Location("a.txt")).severity.value
    'violation'
    """
    entry = RULES[rule]
    return Finding(rule, entry.severity, message, entry.remedy, location)
