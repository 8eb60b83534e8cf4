//! Tickmark's probes: pure questions about captured bytes.
//!
//! Nothing here opens a socket or a file, reads a clock or the environment: what a probe says can be
//! said again from the same captures. `clippy.toml` beside this file holds that line.

// The contract.
pub mod capture;
pub mod finding;
pub mod probe;
pub mod sentence;
pub mod spec;

// What probes share: reading bodies.
pub mod archive;
pub mod body;
pub mod columns;
pub mod contracts;
pub mod dates;
pub mod dcat;
pub mod document;
pub mod export;
pub mod genre;
pub mod geometry;
pub mod gtfs;
pub mod html;
pub mod json;
pub mod kind;
pub mod missing;
pub mod obstacle;
pub mod ocds;
pub mod paper;
pub mod pattern;
pub mod people;
pub mod platform;
pub mod quote;
pub mod rdf;
pub mod roles;
pub mod row_api;
pub mod rows;
pub mod sample;
pub mod shown;
pub mod site;
pub mod standards;
pub mod statements;
pub mod table;
pub mod text;
pub mod wording;
pub mod workbook;

// The probes.
pub mod analysis_kind;
pub mod api;
pub mod automated_decisions;
pub mod catalogue;
pub mod contact;
pub mod contract_catalogue;
pub mod data_standards;
pub mod dated;
pub mod decision_informed;
pub mod distribution_alive;
pub mod document_kind;
pub mod document_text;
pub mod download;
pub mod feedback_form;
pub mod format;
pub mod fresh;
pub mod gbfs;
pub mod geo;
pub mod gtfs_realtime;
pub mod gtfs_valid;
pub mod guidance;
pub mod inventory;
pub mod licence;
pub mod link_list;
pub mod link_state;
pub mod machine_readable;
pub mod meeting_dates;
pub mod metadata_complete;
pub mod metadata_quality;
pub mod ocds_valid;
pub mod officers;
pub mod open_access;
pub mod open_format;
pub mod passages;
pub mod procurement;
pub mod procurement_forecast;
pub mod progress_shared;
pub mod publisher;
pub mod sharing_agreement;
pub mod strategic_targets;
pub mod table_structure;
pub mod update_frequency;
pub mod usage_statistics;

pub use probe::Probe;

/// Every probe, in report order.
pub const ALL: &[&dyn Probe] = &[
    &link_state::LinkState,
    &open_access::OpenAccess,
    &format::Format,
    &document_text::DocumentText,
    &machine_readable::MachineReadable,
    &table_structure::TableStructure,
    &document_kind::DocumentKind,
    &dated::Age,
    &meeting_dates::MeetingDates,
    &geo::Geo,
    &officers::Officers,
    &link_list::LinkList,
    &strategic_targets::StrategicTargets,
    &progress_shared::ProgressShared,
    &sharing_agreement::SharingAgreement,
    &automated_decisions::AutomatedDecisions,
    &procurement::Procurement,
    &analysis_kind::AnalysisKind,
    &decision_informed::DecisionInformed,
    &fresh::Fresh,
    &feedback_form::FeedbackForm,
    &contact::Contact,
    &passages::Passages,
    &data_standards::DataStandards,
    &gtfs_valid::GtfsValid,
    &gtfs_realtime::GtfsRealtime,
    &gbfs::Gbfs,
    &inventory::Inventory,
    &ocds_valid::OcdsValid,
    &contract_catalogue::ContractCatalogue,
    &procurement_forecast::ProcurementForecast,
    &usage_statistics::UsageStatistics,
    &guidance::Guidance,
    &catalogue::Listing,
    &distribution_alive::DistributionAlive,
    &download::Download,
    &api::Api,
    &open_format::OpenFormat,
    &metadata_complete::MetadataComplete,
    &publisher::Publisher,
    &update_frequency::UpdateFrequency,
    &metadata_quality::MetadataQuality,
    &licence::Licence,
];

/// Every reader that runs in the child process, by name.
pub const READERS: &[&dyn capture::Reader] = &[
    &workbook::Workbook,
    &archive::Archive,
    &rdf::Rdf,
    &rows::Rows,
    &geometry::Geometry,
    &table_structure::Spreads,
    &gtfs::Gtfs,
    &document::Paper,
];

/// What every probe declares of itself, in report order.
pub fn specs() -> impl Iterator<Item = &'static spec::Spec> {
    ALL.iter().map(|probe| probe.spec())
}
