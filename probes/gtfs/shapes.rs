//! `shapes.txt`: the points of each shape in their order, and what can be said of them alone.

use serde_json::{Value as Json, json};

use super::cells::{Cells, Value};
use super::feed::Feed;
use super::files::Files;
use super::notices::Notices;
use super::read::Sink;
use super::schema::Schema;
use super::sphere::distance;
use super::strings::{NONE, small};

/// The file.
pub(crate) const FILE: &str = "shapes.txt";
/// Points closer than this may share a distance along the shape, in metres.
const SAME: f64 = 1.11;

/// A point of a shape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    pub(crate) line: u32,
    pub(crate) sequence: i32,
    pub(crate) place: (f64, f64),
    /// The distance along the shape as the feed has it.
    pub(crate) distance: f64,
}

/// A shape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) id: u32,
    /// The line on which it is first named.
    pub(crate) line: u32,
    start: u32,
    end: u32,
    /// Whether a row of it cannot be taken.
    pub(crate) damaged: bool,
}

/// Every shape.
#[derive(Default)]
pub(crate) struct Shapes {
    points: Vec<Point>,
    pub(crate) all: Vec<Shape>,
    by_id: Vec<u32>,
    columns: Option<[usize; 5]>,
    /// Points with the place of their shape, where a shape's rows do not stand together.
    scattered: Vec<(u32, Point)>,
}

impl Shapes {
    /// Made ready for the rows.
    pub(crate) fn ready(schema: &Schema) -> Self {
        let names = ["shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence", "shape_dist_traveled"];
        let columns = names.map(|name| schema.place(name).unwrap_or_default());
        Self { columns: Some(columns), ..Self::default() }
    }

    /// The shape of an id.
    pub(crate) fn of(&self, id: u32) -> Option<&Shape> {
        let at = self.by_id.get(id as usize).copied().filter(|at| *at != NONE)?;
        self.all.get(at as usize)
    }

    /// A shape's points.
    pub(crate) fn points(&self, shape: &Shape) -> &[Point] {
        &self.points[shape.start as usize..shape.end as usize]
    }

    fn place(&mut self, id: u32, line: u32) -> usize {
        let at = id as usize;
        if self.by_id.len() <= at {
            self.by_id.resize(at + 1, NONE);
        }
        if self.by_id[at] == NONE {
            self.by_id[at] = small(self.all.len());
            let start = small(self.points.len());
            self.all.push(Shape { id, line, start, end: start, damaged: false });
        }
        self.by_id[at] as usize
    }

    /// Numbers the texts from `first` on anew.
    pub(crate) fn renumber(&mut self, first: usize, numbers: &[u32]) {
        let renumbered = |id: u32| (id as usize).checked_sub(first).and_then(|at| numbers.get(at).copied());
        self.by_id.clear();
        for (at, shape) in self.all.iter_mut().enumerate() {
            shape.id = renumbered(shape.id).unwrap_or(shape.id);
            let id = shape.id as usize;
            if self.by_id.len() <= id {
                self.by_id.resize(id + 1, NONE);
            }
            self.by_id[id] = small(at);
        }
    }

    /// Ends the reading: puts the points in order.
    pub(crate) fn finish(&mut self) {
        if !self.scattered.is_empty() {
            let mut all = std::mem::take(&mut self.scattered);
            for (at, shape) in self.all.iter().enumerate() {
                all.extend(self.points(shape).iter().map(|point| (small(at), *point)));
            }
            all.sort_by_key(|(shape, point)| (*shape, point.sequence, point.line));
            for shape in &mut self.all {
                (shape.start, shape.end) = (0, 0);
            }
            self.points = all.iter().map(|(_, point)| *point).collect();
            let mut start = 0;
            for same in all.chunk_by(|a, b| a.0 == b.0) {
                let shape = &mut self.all[same[0].0 as usize];
                (shape.start, shape.end) = (start, start + small(same.len()));
                start = shape.end;
            }
        }
        for shape in &self.all {
            let points = &mut self.points[shape.start as usize..shape.end as usize];
            if !points.is_sorted_by_key(|point| (point.sequence, point.line)) {
                points.sort_by_key(|point| (point.sequence, point.line));
            }
        }
    }
}

impl Sink for Shapes {
    fn row(&mut self, cells: &mut Cells<'_>, row: &[Value], good: bool) -> bool {
        let Some([id, latitude, longitude, sequence, along]) = self.columns else { return true };
        let id = row[id].id();
        if id == NONE {
            return true;
        }
        let at = self.place(id, cells.line);
        if !good {
            self.all[at].damaged = true;
            return true;
        }
        let place = (row[latitude].num(), row[longitude].num());
        suspicious(FILE, cells.line, None, place, cells.notices);
        let point = Point { line: cells.line, sequence: row[sequence].int(), place, distance: row[along].num() };
        let end = small(self.points.len());
        let shape = &mut self.all[at];
        if shape.start == shape.end {
            (shape.start, shape.end) = (end, end);
        }
        if shape.end == end {
            shape.end += 1;
            self.points.push(point);
        } else {
            self.scattered.push((small(at), point));
        }
        true
    }
}

/// Places by the zero meridian on the equator, and by the poles, are nearly always mistakes.
pub(crate) fn suspicious(file: &str, line: u32, id: Option<&str>, place: (f64, f64), notices: &mut Notices) {
    let (latitude, longitude) = place;
    let told = || json!({ "filename": file, "csvRowNumber": line, "entityId": id, "latFieldValue": latitude, "lonFieldValue": longitude });
    if latitude.abs() <= 1.0 && longitude.abs() <= 1.0 {
        notices.add_cell("point_near_origin", told);
    }
    if latitude.abs() >= 89.0 {
        notices.add_cell("point_near_pole", told);
    }
}

/// The rules of each shape by itself, and whether trips use it.
pub(crate) fn check(feed: &Feed, notices: &mut Notices) {
    let shapes = &feed.shapes;
    let mut used = vec![false; feed.strings.len()];
    for id in feed.table("trips.txt").ids("shape_id").iter().filter(|id| **id != NONE) {
        used[*id as usize] = true;
    }
    for shape in &shapes.all {
        let (points, id) = (shapes.points(shape), feed.text(shape.id));
        if !used[shape.id as usize] {
            notices.add("unused_shape", || json!({ "shapeId": id, "csvRowNumber": shape.line }));
        }
        if shape.damaged {
            continue;
        }
        if let [point] = points {
            notices.add("single_shape_point", || json!({ "shapeId": id, "csvRowNumber": point.line }));
        }
        for same in points.chunk_by(|a, b| a.sequence == b.sequence) {
            for point in &same[1..] {
                notices.add_in(Files::of(&[FILE]), "duplicate_key", || {
                    json!({ "filename": FILE, "oldCsvRowNumber": same[0].line, "newCsvRowNumber": point.line, "fieldName1": "shape_id,shape_pt_sequence", "fieldValue1": format!("{id},{}", point.sequence) })
                });
            }
        }
        for pair in points.windows(2) {
            step(id, &pair[0], &pair[1], notices);
        }
    }
}

#[expect(clippy::float_cmp, reason = "the same digits are meant")]
fn step(id: &str, before: &Point, point: &Point, notices: &mut Notices) {
    let told = |extra: Option<f64>| -> Json {
        let mut told = json!({ "shapeId": id, "csvRowNumber": point.line, "shapeDistTraveled": point.distance, "shapePtSequence": point.sequence, "prevCsvRowNumber": before.line, "prevShapeDistTraveled": before.distance, "prevShapePtSequence": before.sequence });
        if let Some(metres) = extra {
            told["actualDistanceBetweenShapePoints"] = metres.into();
        }
        told
    };
    if before.distance > point.distance {
        notices.add("decreasing_shape_distance", || told(None));
    }
    if before.distance != point.distance {
        return;
    }
    if before.place == point.place {
        notices.add("equal_shape_distance_same_coordinates", || told(None));
        return;
    }
    let metres = distance(point.place, before.place);
    if metres >= SAME {
        notices.add("equal_shape_distance_diff_coordinates", || told(Some(metres)));
    } else if metres > 0.0 {
        notices.add("equal_shape_distance_diff_coordinates_distance_below_threshold", || told(Some(metres)));
    }
}
