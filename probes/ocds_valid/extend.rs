//! The extensions that data says it uses: fetched, and applied to the standard that it is held against.

use std::sync::Arc;

use serde_json::Value;

use crate::capture::{Capture, Captures, Need, Request};
use crate::ocds::extension::{Patch, Place, codelists};
use crate::ocds::schema::Standard;

/// The most extensions that are asked for.
const EXTENSIONS: usize = 30;
/// The most codelists that are asked for.
const CODELISTS: usize = 30;
/// The most that is read of an extension's file, in bytes.
const LARGEST: u64 = 1 << 20;

/// An extension, and what became of it.
#[derive(Clone, Debug)]
pub(super) struct Extension {
    /// Its address, as the data has it.
    pub address: String,
    /// What the registry calls it.
    pub title: Option<String>,
    /// Why it was not applied, if it was not.
    pub lacking: Option<String>,
}

/// The standard, or the schema in its place, with the extensions of these addresses, if one of them could be had; and what
/// became of each.
pub(super) fn standard(
    captures: &Captures<'_>,
    schema: Option<&Patch>,
    addresses: &[String],
) -> Result<(Option<Standard>, Vec<Extension>), Need> {
    let places: Vec<Option<Place>> = addresses.iter().take(EXTENSIONS).map(|address| Place::of(address)).collect();
    let wanted = places.iter().flatten().flat_map(|place| [place.patch(), place.metadata()]).flatten();
    let wanted: Vec<Request> = wanted.map(|url| request(&url)).collect();
    captures.all(&wanted)?;
    let mut extensions = Vec::new();
    let mut patches: Vec<Patch> = schema.into_iter().cloned().collect();
    let base = patches.len();
    let mut need = Need::default();
    let mut left = CODELISTS;
    for (at, address) in addresses.iter().enumerate() {
        let place = places.get(at);
        let found = match place {
            None => Err(format!("no more than {EXTENSIONS} extensions are asked for")),
            Some(None) => Err("its address is none".to_owned()),
            Some(Some(place)) => patch(captures, place, &mut left, &mut need)?,
        };
        let title = place.and_then(Option::as_ref).and_then(Place::registered).map(|one| one.title.clone());
        let lacking = found.as_ref().err().cloned();
        patches.extend(found);
        extensions.push(Extension { address: address.clone(), title, lacking });
    }
    if need != Need::default() {
        return Err(need);
    }
    Ok(((patches.len() > base).then(|| Standard::with(&patches)), extensions))
}

fn request(url: &url::Url) -> Request {
    Request::discovered(url).first(LARGEST)
}

/// An extension's patch with its codelists, or why there is none.
fn patch(
    captures: &Captures<'_>,
    place: &Place,
    left: &mut usize,
    need: &mut Need,
) -> Result<Result<Patch, String>, Need> {
    let get = |url: Option<url::Url>| url.map(|url| captures.get(&request(&url))).transpose();
    let (Some(schema), metadata) = (get(place.patch())?, get(place.metadata())?) else {
        return Ok(Err("its address is none".to_owned()));
    };
    let metadata = metadata.and_then(|metadata| json(captures, &metadata).ok());
    let named = metadata.as_ref().map(codelists).unwrap_or_default();
    let release = match json(captures, &schema) {
        Ok(release) => release,
        // Some extensions have codelists alone.
        Err(_) if !named.is_empty() => Value::Null,
        Err(cause) => return Ok(Err(cause)),
    };
    let mut lists = Vec::new();
    for name in named {
        let Some(url) = place.codelist(&name).filter(|_| *left > 0) else { continue };
        *left -= 1;
        match captures.get(&request(&url)) {
            Ok(capture) => {
                let text = text(captures, &capture).ok();
                lists.extend(text.map(|text| (name, text)));
            }
            Err(lacks) => need.merge(lacks),
        }
    }
    Ok(Ok(Patch { release, codelists: lists, ..Patch::default() }))
}

fn text(captures: &Captures<'_>, capture: &Arc<Capture>) -> Result<String, String> {
    capture.success()?;
    let most = usize::try_from(LARGEST).unwrap_or(usize::MAX);
    let bytes = captures.body(capture)?.head(most).map_err(|error| error.to_string())?;
    String::from_utf8(bytes.to_vec()).map_err(|_| "it is not written in UTF-8".to_owned())
}

fn json(captures: &Captures<'_>, capture: &Arc<Capture>) -> Result<Value, String> {
    let text = text(captures, capture)?;
    let value: Value = serde_json::from_str(&text).map_err(|error| format!("it is no JSON: {error}"))?;
    if value.is_object() { Ok(value) } else { Err("it is no patch: not an object".to_owned()) }
}
