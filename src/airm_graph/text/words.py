"""The closed word lists of the repairs. A word stands here because it has one reading, or because
somebody counts such things.

Damaged spellings are not written down but made from the sound word, so that each entry says what it
repairs to.
"""

__all__ = [
    "LOST_HYPHENS",
    "LOST_HYPHENS_EXACT",
    "LOST_LIGATURES",
    "NAME_PARTICLES",
    "NOT_SENTENCE_ENDS",
    "NOUNS",
    "NOUN_SUFFIXES",
    "NUMBERED_NOUNS",
    "SENTENCE_OPENERS",
    "TAKES_OBJECT",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words by the ligature that fonts lose. Left out: what becomes another word (letter → leer,
# classifier → classier), what becomes somebody's misspelling of another word (setting → seing), and
# what two words become (conflict and convict → conict; attend and amend → aend).
_BY_LIGATURE = {
    "tt": """
        admitted attachment attachments attack attackable attacked attacker attackers attacking attacks attainable attained
        attaining attainment attempt attempted attempting attempts attendance attendee attendees attention attentive attestation
        attestations attorney attorneys attracted attracting attractive attributable attribute attributed attributes attributing
        attribution attributions bottleneck bottlenecks committed committee committees committing counterattack counterattacks
        cyberattack cyberattacks handwritten intermittent intermittently omitted omitting overfitting pattern patterns permitted
        permitting rebuttal rebuttals rewritten settings subcommittee subcommittees submitted submitting transmitted
        transmitting unattainable unattributed underwritten unwritten utterance utterances written
    """,
    "ti": """
        activities additional additionally alternative alternatives application applications authentication authorities
        automation classification collaboration collection communication communications communities consideration considerations
        construction coordination detection discrimination documentation education evaluation evaluations executive executives
        existing foundation function functional functions generation identification identify implementation incentive incentives
        information initiative initiatives innovation institution institutions interaction interactions international
        investigation investigations legislation liabilities limitation limitations mitigation mitigations moderation multiple
        national negative objective objectives operation operational operations optimization organisation organisational
        organisations organization organizational organizations participation particular particularly potential potentially
        production protection qualitative quantitative question questions recommendation recommendations regulation regulations
        responsibilities restriction restrictions sensitive simulation simulations testing validation verification
        vulnerabilities
    """,
    "fi": """
        artificial artificially beneficial certificate certificates certification certifications certified clarification
        classification classifications classified confidential confidentiality configuration configurations configured financial
        financially findings fingerprint fingerprinting fingerprints identification identified identifier identifiers
        justification modification modifications modified notification notifications qualification qualifications quantification
        scientific significant significantly specific specifically specification specifications specified verification
    """,
    "ff": """
        affected affecting difference differences different differential differently effective effectively effectiveness effort
        efforts
    """,
    "fl": """
        flexibility flexible influence influenced influences influencing influential overflow workflow workflows
    """,
    "ffi": """
        difficult difficulty efficiency efficient efficiently inefficient insufficient official officially officials sufficient
        sufficiently
    """,
}

# Left out: whatever is also written as one word (lifecycle, tradeoff, multistakeholder,
# pretraining, finetuning, opensource, realtime).
_WITH_HYPHEN = """
    case-by-case cloud-based compute-intensive consent-based cost-benefit cost-effective cross-border cross-functional
    cross-industry cross-sector cross-sectoral decision-maker decision-makers decision-making dual-use end-to-end evidence-based
    forward-looking high-impact high-level high-profile high-quality high-risk high-stakes human-centered human-centred
    human-centric in-house knowledge-based large-scale long-term low-impact low-level low-quality low-risk mission-critical
    multi-agent open-weight open-weights peer-reviewed post-deployment pre-deployment principles-based privacy-enhancing
    privacy-preserving public-private red-team red-teamed red-teamer red-teamers red-teaming red-teams resource-intensive
    rights-based risk-based role-based rule-based rules-based safety-critical self-assessment self-assessments self-evaluation
    self-governance self-harm self-regulation self-regulatory self-reporting short-term small-scale state-of-the-art third-party
    time-consuming time-sensitive up-to-date user-centered user-centred user-friendly well-defined well-documented
    well-established well-informed well-known whole-of-government
"""
_AFTER_AI = "aided assisted augmented based driven enabled focused generated infused powered related specific"

#: Damaged spelling, lower case → the word.
LOST_LIGATURES = {word.replace(ligature, ""): word for ligature, words in _BY_LIGATURE.items() for word in sorted(_words(words))}

#: Spelling without hyphens, lower case → with them.
LOST_HYPHENS = {word.replace("-", ""): word for word in sorted(_words(_WITH_HYPHEN))}

#: The same where capitals count: ``AIgenerated`` has lost a hyphen, ``aigenerated`` and
#: ``AIGenerated`` are names of something.
LOST_HYPHENS_EXACT = {head + tail: f"{head}-{tail}" for head in ("AI", "LLM", "ML") for tail in sorted(_words(_AFTER_AI))}

#: Nouns, singular or plural, that carry no number of their own: a number glued to one is a
#: footnote.
NOUNS = _words(
    """
    abuse accountability adversaries adversary alignment assessments assurance attacker attackers audit auditing auditor
    auditors audits awareness benchmarking benefits bias biases biosecurity capabilities children citizen citizens companies
    company compliance consumer consumers culture cybersecurity democracy deployer deployers deployment developer developers
    development disclosure disclosures disinformation documentation ecosystem efforts enforcement ethics evaluation evaluations
    evaluator evaluators expert expertise experts explainability fairness framework frameworks fraud governance government
    governments guideline guidelines harm harms incidents industry infrastructure institutions interpretability knowledge law
    laws legislation liability licensing lifecycle literacy methodologies methodology misinformation misuse mitigations
    monitoring organisation organisations organization organizations oversight people policies policy policymaker policymakers
    practice practices practitioner practitioners privacy provenance provider providers regulator regulators reliability
    reporting research researcher researchers rights risks robustness safeguard safeguards safety sandbox sandboxes sandboxing
    schemas security society stakeholder stakeholders standard standards stewardship taxonomies taxonomy technologies technology
    testing threat threats toolkit toolkits training transparency trust trustworthiness user users vulnerabilities watermarking
    whistleblower whistleblowers whistleblowing worker workers
    """
)

#: Endings of nouns that nobody numbers, unless the noun stands in the list below.
NOUN_SUFFIXES = ("tion", "sion", "ment", "ness", "ity", "ance", "ence", "ics", "ship", "ency", "ancy")

#: Nouns, singular, that are counted or carry numbers: what is glued to them may be part of a name.
NUMBERED_NOUNS = _words(
    """
    action activity addition amendment annex answer apartment appendix application argument arrangement article assertion
    assessment assignment assumption attachment audience basics building capability caption category chapter citation city
    clause collection column combination comment commission commitment community companion competency competition component
    conclusion condition conference configuration consideration constellation convention criterion decision declaration
    definition deliverable department depiction derivation description dimension difference direction directive discussion distance
    division document edition element embedding emergency entity entry environment equation event evidence exception exhibit
    expansion expedition experience experiment expression extension facility figure finding foundation fraction fragment
    frequency function generation goal group harness hearing illustration improvement increment instance institution instruction
    instrument interaction intersection intervention item iteration judgment junction law layer lesson letter level line link
    location measure measurement mechanics meeting mention metrics milestone mission mitigation model module moment motion
    movement notation note number objection objective obligation observation occurrence operation opinion option organism page
    pair panel paragraph parameter part partition partnership payment performance permission permutation petition phase
    placement point population position prediction principle priority probability problem procedure production proposal
    proposition provision publication quality quantity question reaction reading reason recital recommendation reference region
    regulation relation relationship report requirement resolution resource restriction result revision risk rotation round row
    rule sample scenario scene schedule section segment selection sentence sequence series session setting settlement simulation
    situation solution stage statement station statistics step strategy submission subsection substance supplement system table
    tactic target task team test theme threshold tier topic track transaction transformation transition treatment trial type
    unit university utility variable variance variation vector version volume warning week witness workshop year zone
    """
)

#: Words that a dot may follow inside a sentence, before a number: short forms, and what numbers are
#: given to.
NOT_SENTENCE_ENDS = _words(
    """
    annex appendix approx appx article arts chap chaps chapter circa clause dept exhibit figs figure footnote govt incl item
    level line nos note number page para paragraph paras pars part prof recital refs regs resp rule sect section sects sept step
    subpara subsec table tabs univ version vols volume
    """
)

#: Words that open a sentence and never follow a count: ``37 A common example`` is a footnote and a
#: sentence.
SENTENCE_OPENERS = _words(
    """
    A Additionally After Also Although An And Another Any As At Because Before Both But By Consequently During Each Every
    Finally For From Furthermore Hence Here How However If In Instead It Its Moreover Nevertheless Not On Or Our Similarly Since
    So Some Such The Their There Therefore These They This Those Through Thus To Under We What When Where Which While Why With
    Within Without You Your
    """
)

#: Words that need what follows: a citation mark behind one of them is part of its sentence.
TAKES_OBJECT = _words(
    """
    a about after an and are array as at before behind between by cf chapter clause column e element eq equation fig figure
    following for from g if in index into is item like list of on or per position ref reference references refs row section see
    than that the to under vector via was were when where whether which while with within
    """
)

#: Lower-case words inside names of authors.
NAME_PARTICLES = _words("al and bin da de del della den der di dos du el et ibn la le ten ter van von zu")
