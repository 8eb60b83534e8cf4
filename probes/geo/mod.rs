//! Can the geometry be put on a map as it stands?

mod catalogue;

use std::collections::BTreeMap;

use serde::{Deserialize as _, Serialize};

use crate::capture::{Capture, Captures, Need, Unreadable};
use crate::finding::{Evidence, Finding, Locus, Share};
use crate::geometry::{Geometry, Layer, Layers, Misplaced};
use crate::kind::{self, Kind};
use crate::obstacle;
use crate::platform;
use crate::probe::{Probe, Target};
use crate::spec::Spec;

crate::declare!();

/// Opens files of geometry and looks where they lie.
pub struct Geo;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Sound {
        #[serde(flatten)]
        file: File,
    },
    Misplaced {
        what: String,
        swapped: bool,
        #[serde(flatten)]
        file: File,
    },
    WithoutCrs {
        what: String,
        #[serde(flatten)]
        file: File,
    },
    Empty {
        kind: String,
    },
    Broken {
        kind: String,
        problem: String,
    },
    Sampled {
        share: Share,
        unseen: u64,
        causes: Vec<BTreeMap<String, String>>,
        unsound: Vec<BTreeMap<String, String>>,
    },
    NoGeometry {
        kind: String,
    },
    Unseen {
        cause: String,
    },
}

/// A file that opens, and what it holds.
#[derive(Serialize)]
struct File {
    kind: String,
    features: u64,
    geometries: u64,
    crs: String,
    layers: Vec<BTreeMap<String, String>>,
    notes: Vec<String>,
}

impl Probe for Geo {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let capture = captures.get(&target.request())?;
        let evidence = vec![Evidence::new(&capture.id, Locus::Exchange, "")];
        let seen = match read(captures, &capture)? {
            Read::Page if platform::evident(target, captures)? => return catalogue::look(target, captures),
            Read::Page => Seen::NoGeometry { kind: Kind::Html.to_string() },
            Read::Told(seen) => *seen,
        };
        Ok(vec![SPEC.finding(target, &seen, evidence)])
    }
}

/// What became of opening a file.
enum Read {
    Told(Box<Seen>),
    Page,
}

fn read(captures: &Captures<'_>, capture: &Capture) -> Result<Read, Need> {
    let told = |seen| Ok(Read::Told(Box::new(seen)));
    if let Some(obstacle) = obstacle::of(captures, capture) {
        return told(Seen::Unseen { cause: obstacle.to_string() });
    }
    let answered = match capture.success() {
        Ok(answered) => answered,
        Err(cause) => return told(Seen::Unseen { cause }),
    };
    let kind = kind::of(captures, capture);
    match kind {
        Kind::Html => return Ok(Read::Page),
        Kind::Geojson | Kind::Kml => {}
        Kind::Kmz | Kind::ShapefileZip | Kind::Geopackage if answered.body.cut.is_none() => {}
        Kind::Kmz | Kind::ShapefileZip | Kind::Geopackage => {
            return told(Seen::Unseen { cause: "only a part of it came in".to_owned() });
        }
        kind => return told(Seen::NoGeometry { kind: kind.to_string() }),
    }
    let kind = kind.to_string();
    let form = captures.form(capture, &Geometry)?;
    let layers = match form.as_ref() {
        Ok(form) => Layers::deserialize(form).map_err(|error| error.to_string()),
        Err(Unreadable::Malformed(problem)) => return told(Seen::Broken { kind, problem: problem.clone() }),
        Err(broke) => Err(broke.to_string()),
    };
    match layers {
        Ok(layers) => told(judge(kind, layers, answered.body.cut.is_some())),
        Err(cause) => told(Seen::Unseen { cause }),
    }
}

/// What a file's layers come to; `part` says that only its beginning was read.
fn judge(kind: String, read: Layers, part: bool) -> Seen {
    let Layers { layers, broken, elsewhere } = read;
    if let Some(problem) = broken.filter(|_| !part) {
        return Seen::Broken { kind, problem };
    }
    let geometries: u64 = layers.iter().map(|layer| layer.geometries).sum();
    if geometries == 0 && part {
        return Seen::Unseen { cause: "its beginning holds no geometry, and only that came in".to_owned() };
    }
    if geometries == 0 && elsewhere {
        return Seen::Unseen { cause: "it only leads to other files or pictures".to_owned() };
    }
    if geometries == 0 {
        return Seen::Empty { kind };
    }
    let misplaced = layers.iter().find_map(|layer| Some((layer, layer.extent?.misplaced(&layer.crs)?)));
    let untold = layers.iter().find(|layer| layer.geometries > 0 && !layer.crs.is_told());
    let mut names: Vec<&str> = layers.iter().map(|layer| layer.crs.name.as_str()).filter(|it| !it.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    let file = File {
        kind,
        features: layers.iter().map(|layer| layer.features).sum(),
        geometries,
        crs: names.join(", "),
        layers: layers.iter().map(row).collect(),
        notes: layers.iter().flat_map(|layer| layer.notes.clone()).collect(),
    };
    let of =
        |layer: &Layer| if layer.name.is_empty() { String::new() } else { format!(" in the layer {}", layer.name) };
    match (misplaced, untold) {
        (Some((layer, why)), _) => {
            let what = format!("{}{}", why.words(), of(layer));
            Seen::Misplaced { what, swapped: why == Misplaced::Swapped, file }
        }
        (None, Some(layer)) => {
            let what = format!("nothing says in which coordinates it is written{}", of(layer));
            Seen::WithoutCrs { what, file }
        }
        (None, None) => Seen::Sound { file },
    }
}

fn row(layer: &Layer) -> BTreeMap<String, String> {
    let corner = |of: fn(&crate::geometry::Extent) -> f64| {
        layer.extent.as_ref().map(|extent| format!("{}", (of(extent) * 1e6).round() / 1e6)).unwrap_or_default()
    };
    BTreeMap::from([
        ("layer".to_owned(), layer.name.clone()),
        ("features".to_owned(), layer.features.to_string()),
        ("geometries".to_owned(), layer.geometries.to_string()),
        ("crs".to_owned(), layer.crs.name.clone()),
        ("west".to_owned(), corner(|it| it.west)),
        ("south".to_owned(), corner(|it| it.south)),
        ("east".to_owned(), corner(|it| it.east)),
        ("north".to_owned(), corner(|it| it.north)),
    ])
}
