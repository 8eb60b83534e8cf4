//! A made-up feed of any size: lines of forty stops across a grid, each trip a few minutes after the one before.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Stops of a line.
const STOPS: u64 = 40;
const LINES: u64 = 50;

/// Writes a feed with so many stop times.
pub(crate) fn make(path: &Path, stop_times: u64) -> io::Result<()> {
    let mut zip = ZipWriter::new(File::create(path)?);
    let trips = stop_times / STOPS;
    let mut table = |name: &str, rows: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>| {
        let options = SimpleFileOptions::default().compression_level(Some(1)).large_file(true);
        zip.start_file(name, options).map_err(io::Error::other)?;
        let mut out = BufWriter::with_capacity(1 << 16, &mut zip);
        rows(&mut out)?;
        out.flush()
    };
    table("agency.txt", &mut |out| {
        out.write_all(b"agency_id,agency_name,agency_url,agency_timezone\na,Exampleton Transit,https://transit.example.com/,America/New_York\n")
    })?;
    table("calendar.txt", &mut |out| {
        out.write_all(b"service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\nwk,1,1,1,1,1,1,1,20260101,20261231\n")
    })?;
    table("routes.txt", &mut |out| {
        writeln!(out, "route_id,agency_id,route_short_name,route_type")?;
        (0..LINES).try_for_each(|line| writeln!(out, "r{line},a,{line},3"))
    })?;
    table("stops.txt", &mut |out| {
        writeln!(out, "stop_id,stop_name,stop_lat,stop_lon")?;
        for line in 0..LINES {
            for stop in 0..STOPS {
                writeln!(out, "s{line}-{stop},Street {line} at {stop},40.{:05},-74.{:05}", line * 400, stop * 400)?;
            }
        }
        Ok(())
    })?;
    table("shapes.txt", &mut |out| {
        writeln!(out, "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence")?;
        for line in 0..LINES {
            for point in 0..STOPS * 10 {
                writeln!(out, "sh{line},40.{:05},-74.{:05},{point}", line * 400, point * 40)?;
            }
        }
        Ok(())
    })?;
    table("trips.txt", &mut |out| {
        writeln!(out, "route_id,service_id,trip_id,trip_headsign,shape_id")?;
        (0..trips).try_for_each(|trip| writeln!(out, "r{0},wk,EX_{trip:08}-wk,Terminal {0},sh{0}", trip % LINES))
    })?;
    table("stop_times.txt", &mut |out| {
        writeln!(out, "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type,timepoint")?;
        for trip in 0..trips {
            let (line, first) = (trip % LINES, 18_000 + trip / LINES * 7 % 50_000);
            // Trips of the day's peak are slower.
            let pace = 120 + trip / LINES % 4 * 15;
            for stop in 0..STOPS {
                let at = first + stop * pace;
                let time = format!("{:02}:{:02}:{:02}", at / 3600, at / 60 % 60, at % 60);
                writeln!(out, "EX_{trip:08}-wk,{time},{time},s{line}-{stop},{},0,0,1", stop + 1)?;
            }
        }
        Ok(())
    })?;
    zip.finish().map_err(io::Error::other)?;
    Ok(())
}
