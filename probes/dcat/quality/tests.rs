//! Words that say nothing, told from plain ones.

use super::*;

#[test]
fn titles_that_say_nothing_are_told_from_plain_ones() {
    let placeholders = [
        "test",
        "Test Dataset One",
        "Untitled",
        "TBD",
        "New Group Layer",
        "Copy of Budget",
        "PWD PARCELS TEST",
        "Layer 3",
        "{{title}}",
        "TEST Permit Data",
        "Data",
    ];
    for title in placeholders {
        assert_eq!(title_sign(title), Some(Sign::TitlePlaceholder), "{title}");
    }
    let codes = [
        "tbl_xyz_2019",
        "FINAL_v2",
        "PW_Solid_Waste_Metrics",
        "budget.xlsx",
        "ParcelsIntersectTobFreeZone",
        "MCD",
        "B25010",
    ];
    for title in codes {
        assert_eq!(title_sign(title), Some(Sign::TitleCode), "{title}");
    }
    let telling = [
        "Trees",
        "HIV TESTING SITES",
        "Water Testing Results",
        "Building Permits 2019",
        "SEPTA GTFS",
        "Air Quality (PM2.5)",
        "Ward Precincts (2023-)",
        "SAT Test Results",
        "StreetSmartPHL",
        "Dataset of Datasets",
        "Enquête 2024",
    ];
    for title in telling {
        assert_eq!(title_sign(title), None, "{title}");
    }
}

#[test]
fn descriptions_that_say_nothing_are_told_from_short_ones() {
    let placeholders = [
        "{{default.description}}",
        "No description provided.",
        "There is no description available.",
        "TBD",
        "test",
        "Lorem ipsum dolor sit amet",
        "This dataset contains data.",
        "https://example.gov/more",
        "Enter a description",
        "Click here to view metadata. For questions email maps@example.gov.",
        "Sin descripción",
        "for http://checkbook.example.gov/",
        "To view or use this file, special GIS software is required.",
        "...",
    ];
    for description in placeholders {
        assert_eq!(description_sign("Trees", description), Some(Sign::DescriptionPlaceholder), "{description}");
    }
    for description in ["Trees.", "TREES"] {
        assert_eq!(description_sign("Trees", description), Some(Sign::DescriptionTitle), "{description}");
    }
    let telling = [
        "Locations of trees.",
        "Test results by school.",
        "Data on bike lanes.",
        "See also the park benches, which are kept apart.",
        "This dataset contains data on every tree that the city planted.",
    ];
    for description in telling {
        assert_eq!(description_sign("Trees", description), None, "{description}");
    }
    let long = format!("See the documentation. {}", "It tells of each tree how old it is. ".repeat(10));
    assert_eq!(description_sign("Trees", &long), None);
}

#[test]
fn markup_counts_where_it_came_from_a_word_processor_or_is_seen() {
    let told = |written: &str| {
        let mut seen = String::new();
        visible(written, &mut seen);
        leftovers(written, &seen)
    };
    assert!(told("<p class=MsoNormal>Trees</p>"));
    assert!(told("&lt;p&gt;Trees&lt;/p&gt;"));
    assert!(told("Trees &amp;nbsp; benches"));
    assert!(!told("<p>Trees &amp; benches, <b>5 < 6</b></p>"));
}

#[test]
fn dates_to_come_and_the_most_viewed_faults_are_named() {
    let mut quality = Quality::default();
    for (at, (title, views, modified)) in
        [("test", 5, "2026-12-24"), ("tbl_a", 9, "1970-01-01T00:00:00"), ("Trees", 99, "2026-11-01")].iter().enumerate()
    {
        let dataset = Dataset {
            identifier: format!("d{at}"),
            title: (*title).to_owned(),
            description: "What it holds.".to_owned(),
            modified: (*modified).to_owned(),
            views: Some(*views),
            ..Dataset::default()
        };
        quality.see(&dataset, at as u64);
    }
    let as_of = "2026-11-02".parse().unwrap();
    assert_eq!((quality.days.after(as_of), quality.of(Sign::DateImpossible)), (1, 1));
    assert_eq!(quality.days.latest(as_of), [("2026-12-24".to_owned(), "d0", "test")]);
    let worst: Vec<_> = quality.worst.cases().map(|case| (case.identifier.as_str(), case.signs.len())).collect();
    assert_eq!(worst, [("d1", 2), ("d0", 1)]);
    assert_eq!((quality.titles_telling, quality.descriptions.shared), (1, 3));
}
