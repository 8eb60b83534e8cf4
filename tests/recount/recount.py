"""Counts again, by other means, what `tickmark check metadata_complete FILE` counts.

    recount.py FILE           each share, and the points of Europe's metadata quality assessment
    recount.py FILE --json    the same for programs

Only the names in Europe's vocabularies and the yardsticks are read from the files that Tickmark reads; how records
are read, looked up and counted is written anew here. Python 3.11 or newer, nothing else.
"""

import json
import pathlib
import re
import sys
import tomllib

DCAT = pathlib.Path(__file__).parents[2] / "probes" / "dcat"


def words(value):
    """The words of a value, however it is written."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list):
        return next((w for w in map(words, value) if w), "")
    if isinstance(value, dict):
        for key in ["en", "en-us", "en-gb", "und", "none", "@value", "name", "title", "fn", "label", "prefLabel", "@id"]:
            if key in value and words(value[key]):
                return words(value[key])
        return next((value[key].strip() for key in sorted(value) if isinstance(value[key], str) and value[key].strip()), "")
    return ""


def each(value):
    """The values of a list, or the one value."""
    return value if isinstance(value, list) else [value]


def get(value, *path):
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def some(*values):
    """Whether any of them has words."""
    return any(words(v) for v in values)


def listed(value):
    return any(words(v) for v in each(value))


def whole(value):
    """Whether it is a whole number."""
    if isinstance(value, str):
        return re.fullmatch(r"\+?[0-9]+", value.strip()) is not None
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def first_words(*values):
    return next((w for w in map(words, values) if w), "")


def address(value):
    return re.sub(r"(?i)^mailto:", "", words(value)).strip()


def file(access="", download="", format="", media="", size=None, licence=(), rights="", title="", text="", stable=""):
    """A distribution: what it has, and what its format and licence are called."""
    return {
        "access_url": bool(access), "download_url": bool(download), "format": bool(format), "media_type": bool(media),
        "byte_size": whole(size), "distribution_licence": any(licence), "distribution_rights": bool(rights),
        "distribution_title": bool(title), "distribution_description": bool(text), "availability": bool(stable),
        "names": (format, media), "licences": list(licence),
    }


# --- records as each platform writes them --------------------------------------------------------------------------

def dcat_us(r):
    person = r.get("contactPoint")
    person = person[0] if isinstance(person, list) and person else person
    publisher = r.get("publisher")
    publisher = publisher[0] if isinstance(publisher, list) and publisher else publisher
    plain = lambda v: v.strip() if isinstance(v, str) else ""

    def place(value):
        value = value[0] if isinstance(value, list) and value else value
        return bool(value) if isinstance(value, dict) and value else bool(words(value))

    name = words(get(person, "fn")) or plain(person)
    mail = address(words(get(person, "hasEmail")) or words(r.get("mbox")))
    return {
        "identifier": some(r.get("identifier"), r.get("@id")), "title": some(r.get("title")),
        "description": some(r.get("description")), "keyword": listed(r.get("keyword")), "theme": listed(r.get("theme")),
        "publisher": bool(words(get(publisher, "name")) or plain(publisher)),
        "contact_name": bool(name), "contact_email": bool(mail), "contact": bool(name or mail or words(get(person, "hasURL"))),
        "rights": some(r.get("rights")), "access_level": some(r.get("accessLevel")),
        "access": words(r.get("accessRights")), "issued": some(r.get("issued")), "modified": some(r.get("modified")),
        "frequency": some(r.get("accrualPeriodicity")), "spatial": place(r.get("spatial")),
        "temporal": place(r.get("temporal")), "language": some(r.get("language")),
        "landing_page": some(r.get("landingPage")), "conforms_to": some(r.get("conformsTo")),
        "licences": [words(r.get("license"))],
        "files": [
            file(words(d.get("accessURL")), words(d.get("downloadURL")), words(d.get("format")), words(d.get("mediaType")),
                 d.get("byteSize"), [words(d.get("license"))], words(d.get("rights")), words(d.get("title")),
                 words(d.get("description")), words(d.get("availability")))
            for d in each(r.get("distribution")) if isinstance(d, dict)
        ],
    }


def socrata(r):
    thing, about = r.get("resource"), r.get("classification")
    if thing is None:
        return None
    keys = [(words(get(e, "key")).lower(), words(get(e, "value"))) for e in each(get(about, "domain_metadata"))]

    def custom(*parts):
        return any(value for key, value in keys if any(part in key for part in parts))

    identifier, domain = words(get(thing, "id")), words(get(r, "metadata", "domain"))
    kind = words(get(thing, "type"))
    named = [w for w in map(words, each(get(thing, "columns_name"))) if w]
    told = [w for w in map(words, each(get(thing, "columns_description"))) if w]
    page = some(r.get("permalink"), r.get("link"))
    mail = words(get(thing, "contact_email"))
    # Socrata serves every table at two addresses that no record states.
    table = domain and identifier and kind in ("dataset", "")
    files = [file("", "x", "CSV", "text/csv"), file("", "x", "JSON", "application/json")] if table else []
    return {
        "identifier": bool(identifier), "title": some(get(thing, "name")), "description": some(get(thing, "description")),
        "keyword": listed(get(about, "domain_tags")) or listed(get(about, "tags")),
        "theme": listed(get(about, "domain_category")) or listed(get(about, "categories")),
        "publisher": some(get(thing, "attribution")), "contact_email": bool(mail), "contact": bool(mail) or page,
        "issued": some(get(thing, "publication_date"), get(thing, "createdAt")),
        "modified": some(*(get(thing, k) for k in ("metadata_updated_at", "updatedAt", "data_updated_at"))),
        "frequency": custom("frequen") or custom("refresh") or custom("cycle"),
        "temporal": custom("time period", "period-of", "temporal", "coverage_period"), "landing_page": page,
        "columns_described": bool(named) and len(named) == len(told),
        "licences": [words(get(r, "metadata", "license"))], "files": files,
    }


def ckan(r):
    extras = {e.get("key"): words(e.get("value")) for e in reversed(r.get("extras") or []) if isinstance(e, dict)}

    def custom(*names):
        return any(words(r.get(n)) for n in names) or any(extras.get(n) for n in names)

    files = []
    for f in r.get("resources") or []:
        get_ = lambda key: words(f.get(key))
        stored = get_("url_type") == "upload" or get_("mimetype")
        files.append(file(get_("url"), get_("url") if stored else get_("download_url"), get_("format"), get_("mimetype"),
                          f.get("size"), [get_("license"), get_("license_url")], get_("rights"), get_("name"),
                          get_("description"), get_("availability")))
    # The first extra named for a frequency counts, and only if the usual names have none.
    odd = [v for e in r.get("extras") or [] for v in [words(e.get("value"))]
           if re.search("frequ|frecuen|periodicid", words(e.get("key")).lower())]
    name = custom("contact_name") or some(r.get("maintainer"), r.get("author"))
    mail = next((m for m in [words(r.get("maintainer_email")), words(r.get("contact_email")) or extras.get("contact_email"),
                             words(r.get("author_email"))] if m), "")
    return {
        "identifier": some(r.get("id"), r.get("name")), "title": some(r.get("title")), "description": some(r.get("notes")),
        "keyword": any(some(get(t, "display_name"), t) for t in r.get("tags") or []),
        "theme": listed(r.get("groups")) or custom("theme", "category"),
        "publisher": some(get(r, "organization", "title"), get(r, "organization", "name")) or custom("publisher_name", "publisher"),
        "contact_name": name, "contact_email": bool(address(mail)),
        "contact": name or bool(address(mail)) or custom("contact_uri", "contact_url"),
        "access_level": custom("accessLevel", "access_level", "public_access_level"),
        "access": first_words(r.get("access_rights"), extras.get("access_rights")),
        "issued": custom("issued", "release_date") or some(r.get("metadata_created")),
        "modified": custom("modified") or some(r.get("metadata_modified"), *[f.get("last_modified") for f in r.get("resources") or []]),
        "frequency": custom("frequency", "accrualPeriodicity", "accrual_periodicity", "update_frequency", "updateFrequency")
        or bool(odd and odd[0]),
        "spatial": custom("spatial", "spatial_text", "spatial_uri", "spatial_coverage"),
        "temporal": custom("temporal", "temporal_start", "temporal_coverage", "temporal_coverage_from"),
        "language": custom("language"), "landing_page": some(r.get("url")), "conforms_to": custom("conforms_to", "conformsTo"),
        "licences": [first_words(r.get("license_title"), r.get("license_id")), words(r.get("license_url"))], "files": files,
    }


def hub(r):
    item = r.get("properties")
    if not isinstance(item, dict):
        return None
    service = words(item.get("url"))
    # Other addresses follow from the site's own, and a file has no site.
    files = [file(service, "", "ArcGIS GeoServices REST API", "application/json", title=words(item.get("type")))] if service else []
    moment = lambda key: bool(words(item.get(key)))
    return {
        "identifier": some(r.get("id")), "title": some(item.get("title")),
        "description": some(item.get("description"), item.get("snippet")), "keyword": listed(item.get("tags")),
        "theme": listed(item.get("categories")), "publisher": some(item.get("source"), item.get("owner")),
        "access_level": some(item.get("access")), "issued": moment("created"), "modified": moment("modified"),
        "spatial": isinstance(item.get("extent"), dict), "language": some(item.get("culture")),
        "licences": [first_words(item.get("license"), item.get("licenseInfo"))], "files": files,
    }


def opendatasoft(r):
    identifier = words(r.get("dataset_id"))
    if not identifier:
        return None
    meta, dcat = get(r, "metas", "default"), get(r, "metas", "dcat")
    name, mail = words(get(dcat, "contact_name")), address(get(dcat, "contact_email"))
    columns = r.get("fields") if isinstance(r.get("fields"), list) else []
    return {
        "identifier": True, "title": some(get(meta, "title")), "description": some(get(meta, "description")),
        "keyword": listed(get(meta, "keyword")), "theme": listed(get(meta, "theme")),
        "publisher": some(get(meta, "publisher"), get(dcat, "creator")), "contact_name": bool(name),
        "contact_email": bool(mail), "contact": bool(name or mail), "issued": some(get(dcat, "issued"), get(dcat, "created")),
        "modified": some(get(meta, "modified"), get(meta, "data_processed")), "frequency": some(get(dcat, "accrualperiodicity")),
        "spatial": some(get(dcat, "spatial"), get(meta, "territory")), "temporal": some(get(dcat, "temporal")),
        "language": some(get(meta, "language")),
        "columns_described": bool(columns) and all(some(get(c, "description")) for c in columns),
        "licences": [words(get(meta, "license")), words(get(meta, "license_url"))],
        "files": [file("", words(f.get("url")), "", words(f.get("mimetype")), title=words(f.get("title")), text=words(f.get("description")))
                  for key in ("alternative_exports", "attachments") for f in r.get(key) or []],
    }


def within(catalogue):
    """The datasets of a catalogue, and of catalogues and series in it."""
    for key in ("dataset", "seriesMember"):
        yield from (d for d in catalogue.get(key) or [] if isinstance(d, dict))
    for key in ("catalog", "datasetSeries"):
        for inner in catalogue.get(key) or []:
            yield from within(inner)


def records(document):
    """The datasets of a document of whatever platform."""
    if isinstance(document, list):
        return [dcat_us(r) for r in document if isinstance(r, dict)]
    if "resultSetSize" in document:
        return [d for d in map(socrata, document["results"]) if d]
    if "total_count" in document:
        return [d for d in map(opendatasoft, document["results"]) if d]
    if "numberMatched" in document:
        return [d for d in map(hub, document["features"]) if d]
    if "success" in document:
        return [ckan(r) for r in document["result"]["results"]]
    return [dcat_us(r) for r in within(document)]


# --- Europe's vocabularies -----------------------------------------------------------------------------------------

VOCABULARY = tomllib.loads((DCAT / "vocabulary.toml").read_text("utf-8"))
YARDSTICKS = tomllib.loads((DCAT / "yardsticks.toml").read_text("utf-8"))


def bare(name):
    return re.sub("[^A-Z0-9]", "", re.sub("[^\x00-\x7f]", "", name).upper())


FORMATS = {bare(code): code for code in VOCABULARY["file_types"]}
FORMATS |= {bare(name): code for table in ("file_type_names", "media_types") for name, code in VOCABULARY[table].items()}
LICENCES = {bare(name) for name in [*VOCABULARY["licences"], *VOCABULARY["licence_names"]]}
RIGHTS = {bare(name) for name in VOCABULARY["access_rights"]}


def file_type(names):
    for name in names:
        name = name.rsplit("/", 1)[-1] if "://" in name else name.split(";")[0]
        if bare(name) in FORMATS:
            return FORMATS[bare(name)]
    return None


def licence_known(name):
    if re.match("https?://", name):
        at = re.sub(r"^https?://(www\.)?", "", name)
        for folder, code in VOCABULARY["licence_folders"].items():
            if at.startswith(folder):
                rest = [p for p in at[len(folder):].split("/") if p not in ("legalcode", "summary") and not p.startswith("deed")]
                return bare(code + "".join(rest)) in LICENCES
        name = at
    return bare(name) in LICENCES


# --- counting ------------------------------------------------------------------------------------------------------

FIELDS = """identifier title description keyword theme publisher contact contact_name contact_email licence licence_known
rights access_level access_rights access_rights_known issued modified frequency spatial temporal language landing_page
conforms_to columns_described distribution access_url download_url format media_type format_known non_proprietary
machine_readable byte_size availability distribution_description distribution_licence distribution_licence_known
distribution_rights""".split()
OF_FILES = FIELDS[FIELDS.index("access_url"):] + ["distribution_title"]


def complete(record):
    """All fields of a record, as true or false."""
    for f in record["files"]:
        kind = file_type(f["names"])
        f["format_known"] = kind is not None
        f["machine_readable"] = kind in VOCABULARY["machine_readable"]
        f["non_proprietary"] = kind in VOCABULARY["non_proprietary"]
        f["distribution_licence_known"] = any(licence_known(name) for name in f["licences"])
    filled = {field: bool(record.get(field)) for field in FIELDS}
    for field in OF_FILES:
        filled[field] = any(f[field] for f in record["files"])
    filled["distribution"] = bool(record["files"])
    filled["licence"] = any(record["licences"]) or filled["distribution_licence"]
    filled["licence_known"] = any(map(licence_known, record["licences"])) or filled["distribution_licence_known"]
    access = record.get("access", "")
    filled["access_rights"] = bool(access)
    filled["access_rights_known"] = bare(access.rsplit("/", 1)[-1]) in RIGHTS
    return filled


def recount(document):
    datasets = records(document)
    weights = YARDSTICKS["best_distribution"]
    names = FIELDS + list(YARDSTICKS["sets"]) + ["mqa_" + name.removeprefix("distribution_") for name in weights]
    counts = dict.fromkeys(names, 0)
    for record in datasets:
        filled = complete(record)
        for field in FIELDS:
            counts[field] += filled[field]
        for name, required in YARDSTICKS["sets"].items():
            every = all(f[field] for f in record["files"] for field in required.get("every_distribution", []))
            counts[name] += every and all(filled[field] for field in required["fields"])
        if record["files"]:
            best = max(record["files"], key=lambda f: sum(points for field, points in weights.items() if f[field]))
            for field in weights:
                counts["mqa_" + field.removeprefix("distribution_")] += best[field]
    return len(datasets), counts


# The 23 indicators of the metadata quality assessment with their points, and the count that each rests on. Which
# addresses answer is not known here: an address that is given is counted as if it did.
MQA = [
    ("keyword", 30, "keyword"), ("theme", 30, "theme"), ("spatial", 20, "spatial"), ("temporal", 20, "temporal"),
    ("accessURL answers", 50, "mqa_access_url"), ("downloadURL", 20, "mqa_download_url"),
    ("downloadURL answers", 30, "mqa_download_url"), ("format", 20, "mqa_format"), ("mediaType", 10, "mqa_media_type"),
    ("format known", 10, "mqa_format_known"), ("non-proprietary", 20, "mqa_non_proprietary"),
    ("machine-readable", 20, "mqa_machine_readable"), ("DCAT-AP", 30, "dcat_ap_mandatory"), ("licence", 20, "mqa_licence"),
    ("licence known", 10, "mqa_licence_known"), ("accessRights", 10, "access_rights"),
    ("accessRights known", 5, "access_rights_known"), ("contactPoint", 20, "contact"), ("publisher", 10, "publisher"),
    ("rights", 5, "mqa_rights"), ("byteSize", 5, "mqa_byte_size"), ("issued", 5, "issued"), ("modified", 5, "modified"),
]
assert len(MQA) == 23 and sum(points for _, points, _ in MQA) == 405


def main(path, *options):
    datasets, counts = recount(json.loads(pathlib.Path(path).read_text("utf-8-sig")))
    points = sum(points * counts[name] for _, points, name in MQA) / max(datasets, 1)
    sure = sum(points * counts[name] for what, points, name in MQA if "answers" not in what) / max(datasets, 1)
    if "--json" in options:
        print(json.dumps({"datasets": datasets, "counts": counts, "mqa": {"least": sure, "most": points}}))
        return
    for name, count in counts.items():
        print(f"{name:28} {count:6} of {datasets:6}  {100 * count / max(datasets, 1):5.1f} %")
    print(f"\n{datasets} datasets; {sure:.1f} to {points:.1f} of 405 points, as addresses answer")
    for what, weight, name in MQA:
        print(f"  {what:22} {weight:3} x {counts[name] / max(datasets, 1):.4f} = {weight * counts[name] / max(datasets, 1):6.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
