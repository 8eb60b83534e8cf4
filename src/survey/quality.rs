//! A survey's figures as linked data: each a measurement by the W3C's Data Quality Vocabulary, with who measured what by which
//! plan, by its provenance ontology.

use std::collections::BTreeSet;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use probes::finding::Fact;
use probes::spec::Spec;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::files::persist;
use super::ledger::{SurveyError, disk};
use crate::criteria::Scheme;
use crate::report::text::standing_name;
use crate::report::{Report, ReportError};

/// The file's name.
const FILE: &str = "quality.jsonld";

/// The file while it is written: one node a line.
pub(super) struct Quality {
    out: BufWriter<NamedTempFile>,
    nodes: u64,
}

impl Quality {
    /// Begins it in a folder, with what is measured.
    pub(super) fn begin(into: &Path, specs: &[&Spec], schemes: &[Scheme]) -> Result<Self, SurveyError> {
        let mut out = BufWriter::new(NamedTempFile::new_in(into).map_err(disk(into))?);
        let context = json!({
            "dcterms": "http://purl.org/dc/terms/",
            "dqv": "http://www.w3.org/ns/dqv#",
            "prov": "http://www.w3.org/ns/prov#",
            "skos": "http://www.w3.org/2004/02/skos/core#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        });
        write!(out, "{{\"@context\":{context},\"@graph\":[").map_err(ReportError::from)?;
        let mut quality = Self { out, nodes: 0 };
        for spec in specs {
            quality.put(&json!({
                "@id": format!("#probe/{}", spec.id),
                "@type": "dqv:Dimension",
                "skos:prefLabel": spec.question,
            }))?;
            for (code, declared) in &spec.findings {
                for (fact, kind) in &declared.facts {
                    quality.put(&json!({
                        "@id": metric(&spec.id, code, fact),
                        "@type": "dqv:Metric",
                        "skos:prefLabel": format!("{fact} ({kind})"),
                        "skos:definition": declared.means,
                        "dqv:inDimension": { "@id": format!("#probe/{}", spec.id) },
                    }))?;
                }
            }
        }
        for scheme in schemes {
            quality.put(&json!({
                "@id": format!("#scheme/{}", scheme.file.id),
                "@type": ["prov:Plan", "dqv:Dimension"],
                "dcterms:title": scheme.file.title,
                "dcterms:identifier": format!("sha256:{}", scheme.sha256),
            }))?;
            for clause in scheme.criteria.iter().flat_map(|criterion| &criterion.clauses) {
                quality.put(&json!({
                    "@id": clause_metric(&scheme.file.id, clause.id.get_ref()),
                    "@type": "dqv:Metric",
                    "skos:definition": clause.says,
                    "dqv:inDimension": { "@id": format!("#scheme/{}", scheme.file.id) },
                }))?;
            }
        }
        Ok(quality)
    }

    /// Writes what was measured of a city.
    pub(super) fn city(&mut self, id: &str, report: &Report) -> Result<(), SurveyError> {
        let (audit, judging) = (format!("#audit/{id}"), format!("#judging/{id}"));
        let plans: Vec<Value> =
            report.by_scheme().map(|by| json!({ "@id": format!("#scheme/{}", by.scheme.id) })).collect();
        let links: BTreeSet<&str> = report.submission.links.iter().map(|link| link.url.as_str()).collect();
        let agent = |version: &str| format!("#tool/{version}");
        for version in BTreeSet::from([report.tool.version.as_str(), env!("CARGO_PKG_VERSION")]) {
            let title = format!("{} {version}", report.tool.name);
            self.put(&json!({ "@id": agent(version), "@type": "prov:SoftwareAgent", "dcterms:title": title }))?;
        }
        self.put(&json!({
            "@id": audit,
            "@type": "prov:Activity",
            "dcterms:title": report.submission.city,
            "dcterms:date": { "@type": "xsd:date", "@value": report.as_of },
            "prov:wasAssociatedWith": { "@id": agent(&report.tool.version) },
            "prov:used": links.iter().map(|link| json!({ "@id": link })).collect::<Vec<_>>(),
        }))?;
        self.put(&json!({
            "@id": judging,
            "@type": "prov:Activity",
            "prov:wasInformedBy": { "@id": audit },
            "prov:wasAssociatedWith": { "@id": agent(env!("CARGO_PKG_VERSION")) },
            "prov:used": plans,
        }))?;
        for finding in &report.findings {
            let link = report.submission.links.iter().find(|link| link.target().id == finding.target);
            for (fact, value) in &finding.facts {
                let Some(value) = number(value) else { continue };
                self.put(&json!({
                    "@id": format!("#measured/{id}/{}/{fact}", finding.id),
                    "@type": "dqv:QualityMeasurement",
                    "dqv:isMeasurementOf": { "@id": metric(&finding.probe, &finding.code, fact) },
                    "dqv:computedOn": link.map(|link| json!({ "@id": link.url })),
                    "dqv:value": value,
                    "prov:wasGeneratedBy": { "@id": audit },
                }))?;
            }
        }
        for by in report.by_scheme() {
            let clauses = by.verdicts.iter().flat_map(|verdict| &verdict.clauses);
            for clause in clauses.filter(|clause| !clause.links.is_empty()) {
                self.put(&json!({
                    "@id": format!("#judged/{id}/{}/{}", by.scheme.id, clause.id),
                    "@type": "dqv:QualityMeasurement",
                    "dqv:isMeasurementOf": { "@id": clause_metric(&by.scheme.id, &clause.id) },
                    "dqv:computedOn": { "@id": audit },
                    "dqv:value": standing_name(clause.standing),
                    "prov:wasGeneratedBy": { "@id": judging },
                }))?;
            }
        }
        Ok(())
    }

    /// Puts the file where it belongs.
    pub(super) fn end(mut self, into: &Path) -> Result<(), SurveyError> {
        self.out.write_all(b"\n]}\n").map_err(ReportError::from)?;
        let file = self.out.into_inner().map_err(|error| disk(into)(error.into_error()))?;
        persist(file, &into.join(FILE))
    }

    fn put(&mut self, node: &Value) -> Result<(), SurveyError> {
        let comma = if self.nodes == 0 { "\n" } else { ",\n" };
        self.nodes += 1;
        Ok(write!(self.out, "{comma}{node}").map_err(ReportError::from)?)
    }
}

fn metric(probe: &str, code: &str, fact: &str) -> String {
    format!("#probe/{probe}/{code}/{fact}")
}

fn clause_metric(scheme: &str, clause: &str) -> String {
    format!("#scheme/{scheme}/{clause}")
}

/// A fact that is one value, typed.
fn number(fact: &Fact) -> Option<Value> {
    let typed = |kind: &str, value: String| json!({ "@type": format!("xsd:{kind}"), "@value": value });
    Some(match fact {
        Fact::Count(count) => typed("integer", count.to_string()),
        Fact::Days(days) => typed("integer", days.to_string()),
        Fact::Number(number) => typed("double", number.to_string()),
        Fact::Share(share) => typed("double", share.share.to_string()),
        Fact::YesNo(yes) => typed("boolean", yes.to_string()),
        Fact::Date(date) => typed("date", date.to_string()),
        Fact::Text(_) | Fact::List(_) | Fact::Table(_) => return None,
    })
}
